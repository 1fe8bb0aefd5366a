"""Mixture of experts: many feed-forward networks, of which a router selects a few for each token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

from archdraw.glossary import Detail, Note, Phrase, common
from archdraw.glossary import feed_forward as words
from archdraw.glossary.concepts import MIXTURE_OF_EXPERTS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Kind, KindError, Line, Scope
from archdraw.kinds.feed_forward.feed_forward import SwiGLU
from archdraw.kinds.feed_forward.kind import FeedForwardKind
from archdraw.kinds.feed_forward.mixture_fields import MixtureFields
from archdraw.kinds.feed_forward.router_mlp import MLPRouter
from archdraw.kinds.fields import LARGEST_SIZE
from archdraw.kinds.leaves import counted_under, rest_counted_under
from archdraw.tree.blocks import (
    Block,
    Experts,
    Graph,
    Leaf,
    Module,
    Parallel,
    Part,
    Role,
    Sequence,
    Weight,
    linear,
)
from archdraw.tree.facts import facts

_SCORES: Mapping[str, Term] = {
    "softmax": common.SOFTMAX,
    "sigmoid": common.SIGMOID,
    "sqrtsoftplus": words.SQRT_SOFTPLUS,
    "sparsemixer": words.SPARSEMIXER,
}

_COMBINED: Mapping[str, Term] = {"average": words.HALVED, "sum_over_sqrt_2": words.OVER_ROOT_2}
"""What the sum of all experts is multiplied by."""


class MixtureOfExperts(MixtureFields):
    """Mixture of experts: a router sends each token to ``num_experts_per_tok`` of ``num_experts`` networks.

    Every token also passes the shared expert and the dense network, where there are such.
    """

    keyword: ClassVar[str] = "mixture_of_experts"
    example: ClassVar[str] = (
        "mixture_of_experts: {num_experts: 128, num_experts_per_tok: 8, moe_intermediate_size: 1536}"
    )
    source: ClassVar[str] = (
        "Shazeer et al. 2017, arXiv:1701.06538; shared experts: DeepSeekMoE, arXiv:2401.06066; "
        "selection bias: arXiv:2408.15664; latent experts: Nemotron 3, arXiv:2512.20856; "
        "zero-computation experts: LongCat-Flash, arXiv:2509.01322; hash routing: arXiv:2106.04426"
    )
    term: ClassVar[Term] = words.MIXTURE_OF_EXPERTS
    aliases: ClassVar[tuple[str, ...]] = ("moe", "sparse moe", "routed experts", "shared experts", "switch")
    concepts: ClassVar[tuple[Concept, ...]] = (MIXTURE_OF_EXPERTS,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("experts",)

    def expand(self, scope: Scope) -> Module:
        """The router and the experts, added to the shared expert and the dense network where there are such.

        Raises :class:`KindError` for more active experts than there are, no or two widths, groups that don't divide.
        """
        self.check()
        router = self._router(scope)
        parallel: list[Block] = [self._dense(scope)] if self.dense is not None else []
        shared = self._shared(scope)
        if shared is not None and not self.shared_expert_sink:
            parallel.append(shared)
        routed = self._routed(router, shared if self.shared_expert_sink else None, scope)
        body: Block = Parallel((*parallel, routed), "add") if parallel else routed
        if self.shared_expert_combination_strategy != "sum":
            body = Sequence((body, Leaf("combination", _COMBINED[self.shared_expert_combination_strategy]())))
        if self.output_bias:
            own = (Weight("bias", (scope.hidden_size,)),)
            body = Sequence((body, Leaf("bias", words.LEARNED_BIAS(), weights=own, part="experts")))
        return Module(
            "mlp", self.label or self._label(), body, role="experts", detail=self._detail(), notes=self._notes(body)
        )

    @property
    def _may_pass_fewer(self) -> bool:
        """Whether the router may choose what does nothing, in place of an expert."""
        return self.zero_expert_num > 0 or (isinstance(self.router, MLPRouter) and self.router.skip)

    def _label(self) -> Phrase:
        if self.hash_routing:
            return words.HASH_MOE()
        return self.term() if self.moe_latent_size is None else words.LATENT_MOE()

    def _detail(self) -> Detail:
        active, total, identity = self.num_experts_per_tok, self.num_experts, self.zero_expert_num
        of = words.AT_MOST_ACTIVE_OF if self._may_pass_fewer else common.ACTIVE_OF
        parts = [of(active=active, total=total)]
        if identity:
            parts = [words.ACTIVE_WITH_IDENTITY(active=active, all=total + identity, identity=identity)]
        if self.shared_width is not None:
            parts.append(words.SHARED(number=self.n_shared_experts or 1))
        if self.dense is not None:
            parts.append(words.DENSE())
        passed = words.SUM_OF(parts=tuple(parts))
        remark = self.router.remark if isinstance(self.router, MLPRouter) else None
        said = tuple(part for part in (passed, self._said_width(), remark) if part is not None)
        return said if len(said) > 1 else passed

    def _said_width(self) -> Phrase | None:
        """How wide a routed expert is; just the width where all else that a token passes has it, too."""
        width = self.expert_width
        if width is None:
            return None
        is_only = self.dense is None and self.shared_width in (None, width * (self.n_shared_experts or 1))
        return (words.OF_WIDTH if is_only else words.OF_EXPERT_WIDTH)(width=width)

    def _notes(self, body: Block) -> tuple[Note, ...]:
        counted = facts(body)
        # A token that the router leaves as it is passes fewer.
        term = words.ACTIVE_SHARE_MOST if self._may_pass_fewer else words.ACTIVE_SHARE
        share = term(active=(counted.active_parameters, counted.total_parameters), total=counted.total_parameters)
        noted: list[Phrase] = []
        if self.hash_routing:
            noted.append(words.HASHED())
        if self.norm_topk_prob and self.num_experts_per_tok > 1:
            noted.append(words.RENORMALIZED())
        if self.apply_router_weight_on_input:
            noted.append(words.WEIGHT_ON_INPUT())
        elif (
            self.num_experts_per_tok == 1
            and self.scoring_func == "softmax"
            and not (self.norm_topk_prob or self.router)
        ):
            noted.append(words.SOLE_WEIGHT())
        if self.expert_capacity is not None:
            noted.append(words.CAPACITY(tokens=self.expert_capacity))
        if self.router_bias:
            noted.append(words.ROUTER_BIAS())
        if self.router_logit_softcapping is not None:
            noted.append(words.ROUTER_SOFTCAP(cap=self.router_logit_softcapping))
        if self.routed_scaling_factor != 1:
            noted.append(words.ROUTED_SCALE(factor=self.routed_scaling_factor))
        if self.global_scale:
            noted.append(words.GLOBAL_SCALE())
        if self.e_score_correction_bias:
            noted.append(words.SELECTION_BIAS())
        if self.zero_expert_num:
            every, chosen = self.num_experts + self.zero_expert_num, self.num_experts_per_tok
            noted.append(words.ZERO_EXPERTS(active=chosen, all=every, number=self.zero_expert_num))
        return (share, tuple(noted)) if noted else (share,)

    def _routed(self, router: Block, sink: Block | None, scope: Scope) -> Block:
        """The router, the routed experts, and what else it weighs."""
        inner = scope if self.moe_latent_size is None else scope.at(Line(self.moe_latent_size, scope.grid))
        experts: Block = Experts(
            self._expert(inner), self.num_experts, self.num_experts_per_tok, at_most=self._may_pass_fewer
        )
        if self.moe_latent_size is not None:
            return self._latent(router, experts, scope)
        branches = [] if sink is None else [sink]
        if self.zero_expert_num:
            number = words.NUMBER_OF_EXPERTS(number=self.zero_expert_num)
            branches.append(Leaf("zero_experts", words.IDENTITY_EXPERTS(), detail=number))
        branches.append(experts)
        return Sequence((router, Parallel(tuple(branches), "add") if len(branches) > 1 else experts))

    def _latent(self, router: Block, experts: Block, scope: Scope) -> Graph:
        """The router reads the line as it came in, the experts a narrower one."""
        assert self.moe_latent_size is not None
        hidden, latent = scope.hidden_size, self.moe_latent_size
        down = self._latent_projection("fc1_latent_proj", words.DOWN_TO(inputs=hidden, width=latent), hidden, latent)
        up = self._latent_projection("fc2_latent_proj", words.UP_FROM(inputs=latent, width=hidden), latent, hidden)
        nodes = [("down", down), ("router", router), ("experts", experts), ("up", up)]
        way = ["down", "experts", "up", "output"]
        for name, norm in self._latent_norms(latent):
            nodes.append((name, norm))
            way.insert(way.index("experts" if name == "pre_expert_norm" else "up"), name)
        edges = (("input", "down"), ("input", "router"), ("router", "experts"), *pairwise(way))
        return Graph(tuple(nodes), edges)

    def _latent_norms(self, width: int) -> Iterator[tuple[str, Leaf]]:
        """The norms of the narrower line by their names, in its order."""

        def made(name: str, label: Phrase) -> tuple[str, Leaf]:
            return name, Leaf(name, label, role="norm", weights=(Weight("weight", (width,)),), part="norm")

        if self.latent_moe_use_norm == "around_experts":
            yield made("pre_expert_norm", common.RMSNORM())
            yield made("post_expert_norm", words.RMSNORM_OF_EXPERTS())
        elif self.latent_moe_use_norm:
            yield made("latent_norm", common.RMSNORM())

    def _latent_projection(self, name: str, label: Phrase, inputs: int, width: int) -> Leaf:
        return linear(name, label, inputs, width, bias=self.moe_latent_bias, part="experts")

    def _dense(self, scope: Scope) -> Block:
        assert self.dense is not None
        made = self.dense.expand(scope)
        width = self.dense.features_out(scope)
        if width != scope.hidden_size:
            raise KindError(f"dense leaves {width:,} features where {scope.hidden_size:,} came in", "dense")
        return rest_counted_under(replace(made, name="dense") if isinstance(made, Module) else made, "feed_forward")

    def _router(self, scope: Scope) -> Block:
        if self.router is not None:
            return rest_counted_under(self.router.expand(scope), "router")
        rows = self.num_experts + self.zero_expert_num
        scored = rows + (self.n_shared_experts or 1 if self.shared_expert_sink else 0)
        weights: tuple[Weight, ...] = (Weight("weight", (scored, scope.hidden_size)),)
        if self.router_bias:
            weights += (Weight("bias", (scored,)),)
        if self.global_scale:
            weights += (Weight("global_scale", (1,)),)
        if self.e_score_correction_bias:
            weights += (Weight("e_score_correction_bias", (rows,), buffer=self.e_score_correction_bias is True),)
        if self.hash_routing:
            weights += (Weight("tid2eid", (scope.vocab_size, self.num_experts_per_tok), buffer=True),)
        term = words.BY_TOKEN_ID if self.hash_routing else common.TOP_K
        selected = term(number=self.num_experts_per_tok)
        if self.zero_expert_num:
            selected = common.ACTIVE_OF(active=selected, total=rows)
        detail = [_SCORES[self.scoring_func](), selected]
        if self.n_group > 1:
            detail.append(words.EXPERT_GROUPS(selected=self.topk_group, total=self.n_group))
        return Leaf("gate", words.ROUTER(), detail=tuple(detail), weights=weights, part="router")

    def _routed_kind(self) -> Kind:
        """What a routed expert is."""
        if self.expert is not None:
            return self.expert
        assert self.moe_intermediate_size is not None
        return SwiGLU(intermediate_size=self.moe_intermediate_size)

    def _expert(self, scope: Scope) -> Module:
        return as_expert("experts", words.EXPERT(), self._routed_kind(), scope, "experts", "experts")

    def _shared(self, scope: Scope) -> Block | None:
        """The shared expert, of the same kind as the routed ones but for its width unless ``shared_expert`` is set."""
        width = self.shared_width
        if width is None:
            return None
        if width > LARGEST_SIZE:
            raise KindError(
                f"the shared experts are {width:,} wide in all, at most {LARGEST_SIZE:,}", "n_shared_experts"
            )
        number = self.n_shared_experts or 1
        separate = self.shared_expert_sink and number > 1
        kind: Kind | None = self.shared_expert
        if kind is None:
            like = self.expert if isinstance(self.expert, FeedForwardKind) else SwiGLU(intermediate_size=width)
            changes: dict[str, object] = {"intermediate_size": width // number if separate else width}
            if self.shared_expert_bias is not None:
                changes["mlp_bias"] = self.shared_expert_bias
            kind = like.model_copy(update=changes)
        label = words.SHARED_EXPERT() if number == 1 or separate else words.SHARED_EXPERTS(number=number)
        shared: Block = as_expert("shared_experts", label, kind, scope, "shared_experts", "shared", self._routed_kind())
        if separate:
            shared = Experts(shared, number, number)
        if not self.shared_expert_gate:
            return shared
        gate = linear("shared_expert_gate", words.SHARED_GATE(), scope.hidden_size, 1, part="shared_experts")
        return Parallel((Sequence((gate, Leaf("shared_gate_act", common.SIGMOID()))), shared), "multiply")


def as_expert(
    name: str, label: Phrase, kind: Kind, scope: Scope, part: Part, role: Role, routed: Kind | None = None
) -> Module:
    """One feed-forward network as an expert: its parameters counted under ``part``, its box of ``role``.

    The box of one beside ``routed`` experts says its clamp and factors, or that they are those of these. Raises
    :class:`KindError` where it leaves another width than came in.
    """
    made = kind.expand(scope)
    width = kind.features_out(scope)
    if width != scope.hidden_size:
        raise KindError(
            f"an expert leaves {width:,} features where {scope.hidden_size:,} came in",
            "expert",
            f"end it with linear: {scope.hidden_size}",
        )
    if not isinstance(made, Module):
        return Module(name, label, counted_under(made, part), role=role, kind=kind.keyword)
    body, notes = counted_under(made.body, part), made.notes
    if isinstance(kind, FeedForwardKind):
        detail = kind.as_expert
        beyond = kind.facts_beyond_boxes()
        if beyond and isinstance(routed, FeedForwardKind):
            detail = (*detail, *((words.AS_ROUTED(),) if beyond == routed.facts_beyond_boxes() else beyond))
        title = words.OPENED_EXPERT(label=label, detail=detail)
        return Module(name, label, body, role, detail, kind.keyword, title, notes)
    return Module(name, label, body, role, made.detail, kind.keyword, made.label, notes)
