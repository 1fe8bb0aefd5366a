"""Mixture of experts: many feed forwards, of which a router picks a few for each token."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.blocks import Block, Experts, Leaf, Module, Parallel, Part, Role, Sequence, Weight, linear
from archdraw.facts import facts
from archdraw.kinds.base import Family, FeedForward, Kind, KindError, Scope
from archdraw.kinds.booking import booked
from archdraw.kinds.feed_forward import FeedForwardKind, SwiGLU
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import notes, number, parameters


class MixtureOfExperts(Kind):
    """Mixture of experts: a router sends each token to ``num_experts_per_tok`` of ``num_experts`` feed forwards.

    An expert is a SwiGLU of ``moe_intermediate_size``, or whatever feed forward ``expert`` says. Every token also
    passes the shared expert, if there is one: ``n_shared_experts`` times as wide as an expert, or
    ``shared_expert_intermediate_size`` wide, behind a sigmoid gate where ``shared_expert_gate`` is true.
    ``n_group`` and ``topk_group`` limit the choice to some groups of experts. ``norm_topk_prob`` makes the weights of
    the chosen sum to 1, as a softmax over them alone does (gpt-oss). ``e_score_correction_bias`` is the
    balancing bias that training adjusts without gradients: it is drawn from, not counted.
    """

    keyword: ClassVar[str] = "mixture_of_experts"
    family: ClassVar[Family] = "feed_forward"
    example: ClassVar[str] = (
        "mixture_of_experts: {num_experts: 128, num_experts_per_tok: 8, moe_intermediate_size: 1536}"
    )
    source: ClassVar[str] = (
        "Shazeer et al. 2017, arXiv:1701.06538; shared experts: DeepSeekMoE, arXiv:2401.06066; "
        "balancing bias: arXiv:2408.15664"
    )

    num_experts: Size
    num_experts_per_tok: Size
    moe_intermediate_size: Size | None = None
    expert: FeedForward | None = None
    n_shared_experts: Size | None = None
    shared_expert_intermediate_size: Size | None = None
    shared_expert_gate: bool = False
    scoring_func: Literal["softmax", "sigmoid"] = "softmax"
    n_group: Size = 1
    topk_group: Size = 1
    norm_topk_prob: bool = False
    routed_scaling_factor: Factor = 1.0
    router_bias: bool = False
    e_score_correction_bias: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """The router and the experts, added to the shared expert where there is one.

        Raises :class:`KindError` for more active experts than there are, no or two widths, groups that don't divide.
        """
        self._check()
        routed = Sequence(
            (self._router(scope.hidden_size), Experts(self._expert(scope), self.num_experts, self.num_experts_per_tok))
        )
        shared = self._shared(scope)
        detail = f"{self.num_experts_per_tok} of {self.num_experts:,}"
        if shared is not None:
            detail += f" + {self.n_shared_experts or 1} shared"
        body: Block = routed if shared is None else Parallel((shared, routed), "add")
        return Module(
            "mlp",
            self.label or "Mixture of experts",
            body,
            role="experts",
            detail=detail,
            kind=self.keyword,
            notes=self._notes(body),
        )

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
        if self.num_experts % self.n_group:
            raise KindError(f"n_group {self.n_group} does not divide num_experts {self.num_experts}", "n_group")
        if self.topk_group > self.n_group:
            raise KindError(f"topk_group {self.topk_group} is more than n_group {self.n_group}", "topk_group")

    def _width(self) -> int | None:
        if isinstance(self.expert, FeedForwardKind):
            return self.expert.intermediate_size
        return self.moe_intermediate_size

    def _shared_width(self) -> int | None:
        width = self._width()
        if self.n_shared_experts is not None and width is not None:
            return self.n_shared_experts * width
        return self.shared_expert_intermediate_size

    def _router(self, hidden: int) -> Leaf:
        weights: tuple[Weight, ...] = (Weight("weight", (self.num_experts, hidden)),)
        if self.router_bias:
            weights += (Weight("bias", (self.num_experts,)),)
        if self.e_score_correction_bias:
            weights += (Weight("e_score_correction_bias", (self.num_experts,), buffer=True),)
        detail = f"{self.scoring_func}, top {self.num_experts_per_tok}"
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
        """The shared expert, of the same kind as the routed ones but for its width."""
        width = self._shared_width()
        if width is None:
            return None
        like = self.expert if isinstance(self.expert, FeedForwardKind) else SwiGLU(intermediate_size=width)
        shared = _expert(
            "shared_experts",
            "Shared expert" if (self.n_shared_experts or 1) == 1 else f"{self.n_shared_experts} shared experts",
            like.model_copy(update={"intermediate_size": width}),
            scope,
            "shared_experts",
            "shared",
        )
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
        balanced = "router bias only balances load" if self.e_score_correction_bias else ""
        return notes(share, [weighting, biased, scaled, balanced])


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
