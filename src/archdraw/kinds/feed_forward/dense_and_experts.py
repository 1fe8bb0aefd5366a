"""A dense feed-forward network and a mixture of experts in parallel, each with norms of its own (Gemma 4 26B-A4B)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import common
from archdraw.glossary import feed_forward as words
from archdraw.glossary.concepts import MIXTURE_OF_EXPERTS, PARALLEL_DENSE, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, FeedForward, Kind, KindError, Scope
from archdraw.kinds.feed_forward.kind import FeedForwardKind
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.layers.norm import RMSNorm
from archdraw.kinds.leaves import counted_under
from archdraw.tree.blocks import Experts, Graph, Leaf, Module, Role, Weight
from archdraw.tree.facts import facts


class DenseAndExperts(Kind):
    """A dense feed-forward network that every token passes, and in parallel to it a mixture of experts.

    Both read the residual stream, each through a norm of its own, and have another norm after them; the sum is what the
    block outputs, so that it takes no norm before it. The router reads the stream through a norm without weights and a
    learned scale per feature; its softmax weights are those of the selected experts, renormalized to a sum of 1, times
    a learned scale per expert.
    """

    keyword: ClassVar[str] = "dense_and_experts"
    family: ClassVar[Family] = "feed_forward"
    example: ClassVar[str] = (
        "dense_and_experts:\n"
        "  dense: {geglu: {intermediate_size: 2112}}\n"
        "  num_experts: 128\n"
        "  num_experts_per_tok: 8\n"
        "  expert: {geglu: {intermediate_size: 704}}"
    )
    source: ClassVar[str] = "transformers, models/gemma4"
    term: ClassVar[Term] = words.DENSE_AND_MOE
    aliases: ClassVar[tuple[str, ...]] = ("parallel dense", "dense ffn + moe", "gemma 4 moe")
    concepts: ClassVar[tuple[Concept, ...]] = (MIXTURE_OF_EXPERTS, PARALLEL_DENSE)
    drawn_as: ClassVar[tuple[Role, ...]] = ("experts",)
    brings_norm: ClassVar[bool] = True

    dense: FeedForward = Field(description="The feed-forward network that every token passes.")
    num_experts: Size = Field(description="Number of experts.")
    num_experts_per_tok: Size = Field(description="Number of experts that each token passes.")
    expert: FeedForward = Field(description="One expert: any feed-forward network.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """A graph of both ways.

        Raises :class:`KindError` for more active experts than there are, and for networks of another width.
        """
        total, active = self.num_experts, self.num_experts_per_tok
        if active > total:
            raise KindError(f"num_experts_per_tok {active} is more than num_experts {total}", "num_experts_per_tok")
        graph = self._graph(scope)
        counted = facts(graph)
        share = (counted.active_parameters, counted.total_parameters)
        passed = words.SUM_OF(parts=(common.ACTIVE_OF(active=active, total=total), words.ONE_DENSE()))
        width = self.expert.intermediate_size if isinstance(self.expert, FeedForwardKind) else None
        return Module(
            "mlp",
            self.label or self.term(),
            graph,
            role="experts",
            detail=passed if width is None else (passed, words.OF_EXPERT_WIDTH(width=width)),
            notes=(
                words.ACTIVE_SHARE(active=share, total=counted.total_parameters),
                (words.RENORMALIZED(), words.EXPERT_SCALE()),
            ),
        )

    def _graph(self, scope: Scope) -> Graph:
        """Both ways from the residual stream, each with its norms, and their sum."""

        def norm(name: str) -> Leaf | Module:
            return replace(RMSNorm().expand(scope), name=name)

        experts = Experts(self._expert(scope), self.num_experts, self.num_experts_per_tok)
        return Graph(
            (
                ("router", self._router(scope.hidden_size)),
                ("before_dense", norm("pre_feedforward_layernorm")),
                ("before_experts", norm("pre_feedforward_layernorm_2")),
                ("dense", replace(self._made("dense", scope), name="mlp")),
                ("experts", experts),
                ("after_dense", norm("post_feedforward_layernorm_1")),
                ("after_experts", norm("post_feedforward_layernorm_2")),
                ("sum", Leaf("sum", "+")),
            ),
            (
                ("input", "before_dense"),
                ("before_dense", "dense"),
                ("dense", "after_dense"),
                ("after_dense", "sum"),
                ("input", "router"),
                ("router", "experts"),
                ("input", "before_experts"),
                ("before_experts", "experts"),
                ("experts", "after_experts"),
                ("after_experts", "sum"),
                ("sum", "output"),
            ),
        )

    def _expert(self, scope: Scope) -> Module:
        kind, made = self.expert, self._made("expert", scope)
        detail = kind.as_expert if isinstance(kind, FeedForwardKind) else ""
        body = counted_under(made.body, "experts")
        return Module("experts", words.EXPERT(), body, "experts", detail, kind.keyword, notes=made.notes)

    def _made(self, field: str, scope: Scope) -> Module:
        kind: Kind = getattr(self, field)
        made, width = kind.expand(scope), kind.features_out(scope)
        if width != scope.hidden_size:
            raise KindError(f"{field} leaves {width:,} features where {scope.hidden_size:,} came in", field)
        return made if isinstance(made, Module) else Module("mlp", words.FFN(), made, role="feed_forward")

    def _router(self, hidden: int) -> Leaf:
        return Leaf(
            "router",
            words.ROUTER(),
            detail=(common.RMSNORM(), common.SOFTMAX(), common.TOP_K(number=self.num_experts_per_tok)),
            weights=(
                Weight("proj.weight", (self.num_experts, hidden)),
                Weight("scale", (hidden,)),
                Weight("per_expert_scale", (self.num_experts,)),
            ),
            part="router",
        )
