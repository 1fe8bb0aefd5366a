"""A dense feed forward and a mixture of experts side by side, each with norms of its own (Gemma 4 26B-A4B)."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, FeedForward, Kind, KindError, Scope
from archdraw.kinds.booking import booked
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.feed_forward.feed_forward import FeedForwardKind
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import notes, parameters
from archdraw.tree.blocks import Experts, Graph, Leaf, Module, Weight
from archdraw.tree.facts import facts


class DenseAndExperts(Kind):
    """A dense feed forward that every token passes, and beside it ``num_experts_per_tok`` of ``num_experts`` experts.

    Both read the residual stream, each through a norm of its own, and have another norm after them; the sum is what the
    block leaves, so that it takes no norm before it. The router reads the stream through a norm without weights and a
    learned scale for each feature; its softmax weights are those of the chosen experts, made to sum to 1, times a
    learned scale for each expert. ``expert`` is any feed forward.
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
    brings_norm: ClassVar[bool] = True

    dense: FeedForward
    num_experts: Size
    num_experts_per_tok: Size
    expert: FeedForward
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """A graph of both ways.

        Raises :class:`KindError` for more active experts than there are, and for feed forwards of another width.
        """
        total, active, hidden = self.num_experts, self.num_experts_per_tok, scope.hidden_size
        if active > total:
            raise KindError(f"num_experts_per_tok {active} is more than num_experts {total}", "num_experts_per_tok")
        dense, expert = self._made("dense", scope), self._made("expert", scope)
        body = booked(expert.body, "experts")
        kind = self.expert
        told = f"{kind.short}, width {kind.intermediate_size:,}" if isinstance(kind, FeedForwardKind) else ""
        one = Module(
            "experts", "Expert", body, role="experts", detail=told, kind=self.expert.keyword, notes=expert.notes
        )
        graph = Graph(
            (
                ("router", self._router(hidden)),
                ("before_dense", parts.rmsnorm("pre_feedforward_layernorm", hidden)),
                ("before_experts", parts.rmsnorm("pre_feedforward_layernorm_2", hidden)),
                (
                    "dense",
                    Module("mlp", dense.label, dense.body, dense.role, dense.detail, dense.kind, notes=dense.notes),
                ),
                ("experts", Experts(one, total, active)),
                ("after_dense", parts.rmsnorm("post_feedforward_layernorm_1", hidden)),
                ("after_experts", parts.rmsnorm("post_feedforward_layernorm_2", hidden)),
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
        counted = facts(graph)
        share = parameters(counted.active_parameters, unit_of=counted.total_parameters)
        return Module(
            "mlp",
            self.label or "Dense and experts",
            graph,
            role="experts",
            detail=f"{active} of {total:,} + 1 dense",
            kind=self.keyword,
            notes=notes(
                f"{share} of {parameters(counted.total_parameters)} parameters a layer are active",
                ["weights of the chosen experts sum to 1", "then × a learned scale of each expert"],
            ),
        )

    def _made(self, field: str, scope: Scope) -> Module:
        kind: Kind = getattr(self, field)
        made, width = kind.expand(scope), kind.features_out(scope)
        if width != scope.hidden_size:
            raise KindError(f"{field} leaves {width:,} features where {scope.hidden_size:,} came in", field)
        return made if isinstance(made, Module) else Module("mlp", "Feed forward", made, role="feed_forward")

    def _router(self, hidden: int) -> Leaf:
        return Leaf(
            "router",
            "Router",
            detail=f"RMSNorm, softmax, top {self.num_experts_per_tok}",
            weights=(
                Weight("proj.weight", (self.num_experts, hidden)),
                Weight("scale", (hidden,)),
                Weight("per_expert_scale", (self.num_experts,)),
            ),
            part="router",
        )
