"""Mixture of experts: many feed forwards, of which a router picks a few for each token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import AnyBlock, Family, FeedForward, Kind, KindError, Scope, settings
from archdraw.kinds.booking import booked
from archdraw.kinds.expanding import book_rest
from archdraw.kinds.feed_forward.feed_forward import FeedForwardKind, SwiGLU
from archdraw.kinds.feed_forward.router_mlp import MLPRouter
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import notes, number, parameters
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
    Setting,
    Weight,
    linear,
)
from archdraw.tree.facts import facts

_SCORES = {"sqrtsoftplus": "√softplus", "sparsemixer": "SparseMixer"}
"""Scores by the words of a box."""

_COMBINED = {"average": "× 1/2", "sum_over_sqrt_2": "× 1/√2"}
"""What the sum of all experts is multiplied by."""


class MixtureOfExperts(Kind):
    """Mixture of experts: a router sends each token to ``num_experts_per_tok`` of ``num_experts`` feed forwards.

    An expert is a SwiGLU of ``moe_intermediate_size``, or whatever feed forward ``expert`` says. Every token also
    passes the shared expert, if there is one: ``n_shared_experts`` times as wide as an expert, or
    ``shared_expert_intermediate_size`` wide, behind a sigmoid gate where ``shared_expert_gate`` is true;
    ``shared_expert`` is its feed forward where that differs from an expert in more than its width.
    ``n_group`` and ``topk_group`` limit the choice to some groups of experts. ``norm_topk_prob`` makes the weights of
    the chosen sum to 1, as a softmax over them alone does (gpt-oss). ``e_score_correction_bias`` is the
    balancing bias that training adjusts without gradients: it is drawn from, and counted only where the model's class
    keeps it among its parameters (``parameter``: AFMoE, Laguna).

    ``moe_latent_size`` lets the routed experts work on a narrower line: one projection leads down to it, one up again
    behind them, with a norm before it for ``latent_moe_use_norm``. ``zero_expert_num`` experts more may be chosen that
    do nothing (LongCat). With ``hash_routing`` a table says by the token's id which experts it passes; the router only
    weighs them (DeepSeek V4). ``shared_expert_sink``: the router weighs the shared experts too (Inkling). ``dense`` is
    a feed forward beside the experts. ``router`` is a router of your own, in place of a linear one.
    """

    keyword: ClassVar[str] = "mixture_of_experts"
    family: ClassVar[Family] = "feed_forward"
    example: ClassVar[str] = (
        "mixture_of_experts: {num_experts: 128, num_experts_per_tok: 8, moe_intermediate_size: 1536}"
    )
    source: ClassVar[str] = (
        "Shazeer et al. 2017, arXiv:1701.06538; shared experts: DeepSeekMoE, arXiv:2401.06066; "
        "balancing bias: arXiv:2408.15664; latent experts: Nemotron 3, arXiv:2512.20856; "
        "experts that do nothing: LongCat-Flash, arXiv:2509.01322; hash routing: arXiv:2106.04426"
    )

    num_experts: Size
    num_experts_per_tok: Size
    moe_intermediate_size: Size | None = None
    expert: FeedForward | None = None
    n_shared_experts: Size | None = None
    shared_expert_intermediate_size: Size | None = None
    shared_expert_gate: bool = False
    shared_expert: FeedForward | None = None
    shared_expert_bias: bool | None = None
    shared_expert_sink: bool = False
    shared_expert_combination_strategy: Literal["sum", "average", "sum_over_sqrt_2"] = "sum"
    dense: FeedForward | None = None
    moe_latent_size: Size | None = None
    moe_latent_bias: bool = False
    latent_moe_use_norm: bool = False
    zero_expert_num: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    router: AnyBlock | None = None
    scoring_func: Literal["softmax", "sigmoid", "sqrtsoftplus", "sparsemixer"] = "softmax"
    hash_routing: bool = False
    n_group: Size = 1
    topk_group: Size = 1
    norm_topk_prob: bool = False
    routed_scaling_factor: Factor = 1.0
    global_scale: bool = False
    router_logit_softcapping: Factor | None = None
    apply_router_weight_on_input: bool = False
    router_bias: bool = False
    e_score_correction_bias: bool | Literal["parameter"] = False
    label: Label | None = None

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The expert, which is a SwiGLU where nothing else is said, with its width under one name."""
        expert = self.expert or SwiGLU(intermediate_size=self.moe_intermediate_size or 1)
        told = dict(settings(expert, "expert."))
        width = told.get("expert.intermediate_size", self.moe_intermediate_size)
        width = self.moe_intermediate_size if self.expert is None else width
        return {**told, "expert": expert.keyword, "expert.intermediate_size": None, "moe_intermediate_size": width}

    def expand(self, scope: Scope) -> Module:
        """The router and the experts, added to the shared expert and the dense feed forward where there are such.

        Raises :class:`KindError` for more active experts than there are, no or two widths, groups that don't divide.
        """
        self._check()
        router = self._router(scope)
        beside: list[Block] = [self._dense(scope)] if self.dense is not None else []
        shared = self._shared(scope)
        if shared is not None and not self.shared_expert_sink:
            beside.append(shared)
        routed = self._routed(router, shared if self.shared_expert_sink else None, scope)
        body: Block = Parallel((*beside, routed), "add") if beside else routed
        if self.shared_expert_combination_strategy != "sum":
            body = Sequence((body, Leaf("combination", _COMBINED[self.shared_expert_combination_strategy])))
        return Module(
            "mlp",
            self.label or self._label(),
            body,
            role="experts",
            detail=self._detail(),
            kind=self.keyword,
            notes=self._notes(body),
        )

    def _label(self) -> str:
        if self.hash_routing:
            return "Hash-routed experts"
        return "Mixture of experts" if self.moe_latent_size is None else "Latent mixture of experts"

    def _detail(self) -> str:
        detail = f"{self.num_experts_per_tok} of {self.num_experts:,}"
        if self.hash_routing:
            detail += " by token"
        if self.zero_expert_num:
            detail += f" + {self.zero_expert_num:,} identity"
        if self._shared_width() is not None:
            detail += f" + {self.n_shared_experts or 1} shared"
        if self.dense is not None:
            detail += " + dense"
        return (
            f"{detail}, {self.router.remark}" if isinstance(self.router, MLPRouter) and self.router.remark else detail
        )

    def _routed(self, router: Block, sink: Block | None, scope: Scope) -> Block:
        """The router, the routed experts, and what else it weighs."""
        inner = scope if self.moe_latent_size is None else replace(scope, hidden_size=self.moe_latent_size)
        experts: Block = Experts(self._expert(inner), self.num_experts, self.num_experts_per_tok)
        if self.moe_latent_size is not None:
            return self._latent(router, experts, scope)
        branches = [] if sink is None else [sink]
        if self.zero_expert_num:
            branches.append(Leaf("zero_experts", "Identity", detail=f"{self.zero_expert_num:,} of them"))
        branches.append(experts)
        return Sequence((router, Parallel(tuple(branches), "add") if len(branches) > 1 else experts))

    def _latent(self, router: Block, experts: Block, scope: Scope) -> Graph:
        """The router reads the line as it came in, the experts a narrower one."""
        assert self.moe_latent_size is not None
        hidden, latent, bias = scope.hidden_size, self.moe_latent_size, self.moe_latent_bias
        down = linear(
            "fc1_latent_proj", f"down to {latent:,}", hidden, latent, bias=bias, part="experts", role="latent"
        )
        up = linear("fc2_latent_proj", f"up to {hidden:,}", latent, hidden, bias=bias, part="experts", role="latent")
        norm = Leaf("latent_norm", "RMSNorm", role="norm", weights=(Weight("weight", (latent,)),), part="norm")
        nodes = (("down", down), ("router", router), ("experts", experts), ("norm", norm), ("up", up))
        edges = (("input", "down"), ("input", "router"), ("down", "experts"), ("router", "experts"))
        last = ("norm", "up", "output") if self.latent_moe_use_norm else ("up", "output")
        kept = nodes if self.latent_moe_use_norm else tuple(node for node in nodes if node[0] != "norm")
        return Graph(kept, (*edges, *zip(("experts", *last), last, strict=False)))

    def _dense(self, scope: Scope) -> Block:
        assert self.dense is not None
        made = self.dense.expand(scope)
        width = self.dense.features_out(scope)
        if width != scope.hidden_size:
            raise KindError(f"dense leaves {width:,} features where {scope.hidden_size:,} came in", "dense")
        return book_rest(replace(made, name="dense") if isinstance(made, Module) else made, "feed_forward")

    def _check(self) -> None:
        if self.num_experts_per_tok > self.num_experts:
            raise KindError(
                f"num_experts_per_tok {self.num_experts_per_tok} is more than num_experts {self.num_experts}",
                "num_experts_per_tok",
            )
        if self.moe_intermediate_size is None and self.expert is None:
            raise KindError("moe_intermediate_size is missing", hint="or say what an expert is: expert: {swiglu: ...}")
        if self.moe_intermediate_size is not None and self.expert is not None:
            raise KindError(
                "moe_intermediate_size and expert both say how wide an expert is", "expert", "keep one of the two"
            )
        if self.shared_expert is not None and (self.n_shared_experts or self.shared_expert_intermediate_size):
            raise KindError("shared_expert says how wide the shared expert is", "shared_expert", "leave the width out")
        if self.n_shared_experts is not None and self.shared_expert_intermediate_size is not None:
            raise KindError(
                "n_shared_experts and shared_expert_intermediate_size both say how wide the shared expert is",
                "shared_expert_intermediate_size",
                "keep one of the two",
            )
        if self.shared_expert_gate and self._shared_width() is None:
            raise KindError(
                "shared_expert_gate without a shared expert", "shared_expert_gate", "add n_shared_experts: 1"
            )
        if self.n_shared_experts is not None and self._width() is None:
            raise KindError(
                "n_shared_experts needs experts with an intermediate_size",
                "n_shared_experts",
                "say shared_expert_intermediate_size",
            )
        if self.shared_expert_sink and (self._shared_width() is None or self.moe_latent_size is not None):
            raise KindError("shared_expert_sink needs shared experts beside whole routed ones", "shared_expert_sink")
        if self.zero_expert_num and self.moe_latent_size is not None:
            raise KindError("zero_expert_num and moe_latent_size cannot both be set", "zero_expert_num")
        if self.latent_moe_use_norm and self.moe_latent_size is None:
            raise KindError("latent_moe_use_norm without moe_latent_size", "latent_moe_use_norm")
        if self.hash_routing and (self.e_score_correction_bias or self.n_group > 1):
            raise KindError("hash_routing leaves nothing to balance or to group", "hash_routing")
        if self.num_experts % self.n_group:
            raise KindError(f"n_group {self.n_group} does not divide num_experts {self.num_experts}", "n_group")
        if self.topk_group > self.n_group:
            raise KindError(f"topk_group {self.topk_group} is more than n_group {self.n_group}", "topk_group")

    def _width(self) -> int | None:
        if isinstance(self.expert, FeedForwardKind):
            return self.expert.intermediate_size
        return self.moe_intermediate_size

    def _shared_width(self) -> int | None:
        if self.shared_expert is not None:
            return self.shared_expert.intermediate_size if isinstance(self.shared_expert, FeedForwardKind) else 0
        width = self._width()
        if self.n_shared_experts is not None and width is not None:
            return self.n_shared_experts * width
        return self.shared_expert_intermediate_size

    def _router(self, scope: Scope) -> Block:
        if self.router is not None:
            return book_rest(self.router.expand(scope), "router")
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
        scores = _SCORES.get(self.scoring_func, self.scoring_func)
        chosen = f"{self.num_experts_per_tok} by token id" if self.hash_routing else f"top {self.num_experts_per_tok}"
        detail = f"{scores}, {chosen}"
        if self.zero_expert_num:
            detail += f" of {rows:,}"
        if self.n_group > 1:
            detail += f" in {self.topk_group} of {self.n_group} groups"
        return Leaf("gate", "Router", detail=detail, weights=weights, part="router")

    def _expert(self, scope: Scope) -> Module:
        kind = self.expert
        if kind is None:
            assert self.moe_intermediate_size is not None
            kind = SwiGLU(intermediate_size=self.moe_intermediate_size)
        return _expert("experts", "Expert", kind, scope, "experts", "experts")

    def _shared(self, scope: Scope) -> Block | None:
        """The shared expert, of the same kind as the routed ones but for its width unless ``shared_expert`` says."""
        width = self._shared_width()
        if width is None:
            return None
        number_of = self.n_shared_experts or 1
        separate = self.shared_expert_sink and number_of > 1
        kind: Kind | None = self.shared_expert
        if kind is None:
            like = self.expert if isinstance(self.expert, FeedForwardKind) else SwiGLU(intermediate_size=width)
            changes: dict[str, object] = {"intermediate_size": width // number_of if separate else width}
            if self.shared_expert_bias is not None:
                changes["mlp_bias"] = self.shared_expert_bias
            kind = like.model_copy(update=changes)
        shared: Block = _expert(
            "shared_experts",
            "Shared expert" if number_of == 1 or separate else f"{number_of} shared experts",
            kind,
            scope,
            "shared_experts",
            "shared",
        )
        if separate:
            shared = Experts(shared, number_of, number_of)
        if not self.shared_expert_gate:
            return shared
        gate = linear("shared_expert_gate", "gate", scope.hidden_size, 1, part="shared_experts")
        return Parallel((Sequence((gate, Leaf("shared_gate_act", "sigmoid"))), shared), "multiply")

    def _notes(self, body: Block) -> tuple[str, ...]:
        counted = facts(body)
        total = counted.total_parameters
        active = parameters(counted.active_parameters, unit_of=total)
        share = f"{active} of {parameters(total)} parameters a layer are active"
        weighting = (
            "weights of the chosen experts sum to 1" if self.norm_topk_prob and self.num_experts_per_tok > 1 else ""
        )
        scaled = f"output scaled by {number(self.routed_scaling_factor)}" if self.routed_scaling_factor != 1 else ""
        biased = "the router has a bias" if self.router_bias else ""
        cap = self.router_logit_softcapping
        capped = f"router soft cap {number(cap)}" if cap is not None else ""
        balanced = "router bias only balances load" if self.e_score_correction_bias else ""
        hashed = "a table by token id picks the experts" if self.hash_routing else ""
        early = "a weight scales its expert's input" if self.apply_router_weight_on_input else ""
        learned = "a learned number scales all weights" if self.global_scale else ""
        zero = f"{self.zero_expert_num} more experts do nothing" if self.zero_expert_num else ""
        return notes(share, [hashed, weighting, early, biased, capped, scaled, learned, balanced, zero])


def _expert(name: str, label: str, kind: Kind, scope: Scope, part: Part, role: Role) -> Module:
    """One feed forward as an expert: its projections booked and coloured as such."""
    made = kind.expand(scope)
    width = kind.features_out(scope)
    if width != scope.hidden_size:
        raise KindError(
            f"an expert leaves {width:,} features where {scope.hidden_size:,} came in",
            "expert",
            f"end it with linear: {scope.hidden_size}",
        )
    body = booked(made.body if isinstance(made, Module) else made, part)
    detail, title = (made.detail, made.label) if isinstance(made, Module) else ("", "")
    if isinstance(kind, FeedForwardKind):
        detail = f"{kind.short}, width {kind.intermediate_size:,}"
        title = f"{label}: {detail}"
    made_notes = made.notes if isinstance(made, Module) else ()
    return Module(name, label, body, role=role, detail=detail, kind=kind.keyword, title=title, notes=made_notes)
