"""What an author says of a mixture of experts, and what cannot go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import concepts as known
from archdraw.glossary.concepts import Concept
from archdraw.kinds.base import AnyBlock, Family, FeedForward, Kind, KindError, Scope, settings
from archdraw.kinds.feed_forward.feed_forward import SwiGLU
from archdraw.kinds.feed_forward.kind import FeedForwardKind
from archdraw.kinds.fields import Factor, OwnLabel, Size
from archdraw.tree.blocks import Setting


class MixtureFields(Kind):
    """The fields of a mixture of experts, and what follows from them."""

    family: ClassVar[Family] = "feed_forward"

    num_experts: Size = Field(description="Number of routed experts.")
    num_experts_per_tok: Size = Field(description="Number of routed experts that each token passes.")
    moe_intermediate_size: Size | None = Field(
        default=None, description="Features inside each expert, which is a SwiGLU FFN unless expert is given."
    )
    expert: FeedForward | None = Field(
        default=None, description="One expert, in place of moe_intermediate_size: any feed-forward network."
    )
    n_shared_experts: Size | None = Field(
        default=None, description="Number of shared experts; they are one network, as many times as wide as an expert."
    )
    shared_expert_intermediate_size: Size | None = Field(
        default=None, description="Features inside the shared expert, in place of n_shared_experts."
    )
    shared_expert_gate: bool = Field(
        default=False, description="Whether the output of the shared expert is multiplied by a learned sigmoid gate."
    )
    shared_expert: FeedForward | None = Field(
        default=None, description="The shared expert where it differs from an expert in more than its width."
    )
    shared_expert_bias: bool | None = Field(
        default=None, description="Whether the shared expert has biases; left out, as the routed experts."
    )
    shared_expert_sink: bool = Field(
        default=False, description="Whether the router scores and weighs the shared experts as well (Inkling)."
    )
    shared_expert_combination_strategy: Literal["sum", "average", "sum_over_sqrt_2"] = Field(
        default="sum", description="What is done to the sum of shared and routed experts: nothing, × 1/2, × 1/√2."
    )
    dense: FeedForward | None = Field(
        default=None, description="A dense feed-forward network in parallel to the experts."
    )
    moe_latent_size: Size | None = Field(
        default=None,
        description="Features that the routed experts read and write; one projection leads down to them, one up again.",
    )
    moe_latent_bias: bool = Field(default=False, description="Whether both projections have a bias.")
    latent_moe_use_norm: bool | Literal["around_experts"] = Field(
        default=False,
        description=(
            "Whether there is a norm before the projection up. around_experts: one of what experts read, and one of "
            "the output of each, with the same gains for all (Muse Spark)."
        ),
    )
    zero_expert_num: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=0, description="Number of zero-computation experts, which output their input (LongCat)."
    )
    router: AnyBlock | None = Field(default=None, description="A router in place of the linear one.")
    scoring_func: Literal["softmax", "sigmoid", "sqrtsoftplus", "sparsemixer"] = Field(
        default="softmax", description="What makes scores of the router's logits."
    )
    hash_routing: bool = Field(
        default=False,
        description="Whether a table of token IDs selects the experts, which the router only weighs (DeepSeek V4).",
    )
    n_group: Size = Field(default=1, description="Number of groups that the experts are divided into.")
    topk_group: Size = Field(default=1, description="Number of groups that a token's experts are selected from.")
    norm_topk_prob: bool = Field(
        default=False,
        description="Whether the weights of the selected experts sum to 1, as after a softmax over them alone.",
    )
    expert_capacity: Size | None = Field(
        default=None,
        description="Tokens of a sequence that an expert takes at most; it drops further ones (Switch Transformers).",
    )
    routed_scaling_factor: Factor = Field(default=1.0, description="Factor of the output of the routed experts.")
    global_scale: bool = Field(default=False, description="Whether all weights are multiplied by one learned number.")
    router_logit_softcapping: Factor | None = Field(default=None, description="Bound c of the logits: c tanh(x / c).")
    apply_router_weight_on_input: bool = Field(
        default=False, description="Whether a weight multiplies its expert's input in place of its output (Llama 4)."
    )
    router_bias: bool = Field(default=False, description="Whether the linear router has a bias per expert.")
    e_score_correction_bias: bool | Literal["parameter"] = Field(
        default=False,
        description=(
            "Whether there is a selection bias per expert for load balancing, adjusted without gradients. It counts "
            "only where the model's class keeps it among its parameters: parameter (AFMoE, Laguna)."
        ),
    )
    output_bias: bool = Field(
        default=False, description="Whether a learned vector is added to the sum of the experts (JetMoE)."
    )
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """With those of its experts, its router and what is in parallel to it."""
        yield from super().concepts_used()
        used = {
            known.SWIGLU: self.expert is None,
            known.SHARED_EXPERT: self.shared_width is not None,
            known.LATENT_EXPERTS: self.moe_latent_size is not None,
            known.ZERO_EXPERTS: self.zero_expert_num > 0,
            known.HASH_ROUTING: self.hash_routing,
            known.SIGMOID_ROUTING: self.scoring_func == "sigmoid",
            known.PARALLEL_DENSE: self.dense is not None,
        }
        yield from (concept for concept, holds in used.items() if holds)

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The expert, which is a SwiGLU where nothing else is given, with its width under one name."""
        expert = self.expert or SwiGLU(intermediate_size=self.moe_intermediate_size or 1)
        given = dict(settings(expert, "expert."))
        width = given.get("expert.intermediate_size", self.moe_intermediate_size)
        width = self.moe_intermediate_size if self.expert is None else width
        return {**given, "expert": expert.keyword, "expert.intermediate_size": None, "moe_intermediate_size": width}

    @property
    def expert_width(self) -> int | None:
        """Features inside a routed expert; None where it is no usual feed-forward network."""
        if isinstance(self.expert, FeedForwardKind):
            return self.expert.intermediate_size
        return self.moe_intermediate_size

    @property
    def shared_width(self) -> int | None:
        """Features inside the shared experts together; None where there is none, 0 where it has no such width."""
        if self.shared_expert is not None:
            return self.shared_expert.intermediate_size if isinstance(self.shared_expert, FeedForwardKind) else 0
        width = self.expert_width
        if self.n_shared_experts is not None and width is not None:
            return self.n_shared_experts * width
        return self.shared_expert_intermediate_size

    def check(self) -> None:
        """Raises :class:`KindError` for fields that cannot go together."""
        for found in self._problems():
            raise found

    def _problems(self) -> Iterator[KindError]:
        if self.num_experts_per_tok > self.num_experts:
            yield KindError(
                f"num_experts_per_tok {self.num_experts_per_tok} is more than num_experts {self.num_experts}",
                "num_experts_per_tok",
            )
        yield from self._problems_of_widths()
        if self.shared_expert_gate and self.shared_width is None:
            yield KindError(
                "shared_expert_gate without a shared expert", "shared_expert_gate", "add n_shared_experts: 1"
            )
        if self.shared_expert_sink and (self.shared_width is None or self.moe_latent_size is not None):
            yield KindError("shared_expert_sink needs shared experts and no moe_latent_size", "shared_expert_sink")
        if self.zero_expert_num and self.moe_latent_size is not None:
            yield KindError("zero_expert_num and moe_latent_size cannot both be set", "zero_expert_num")
        if self.latent_moe_use_norm and self.moe_latent_size is None:
            yield KindError("latent_moe_use_norm without moe_latent_size", "latent_moe_use_norm")
        if self.hash_routing and (self.e_score_correction_bias or self.n_group > 1):
            yield KindError("hash_routing leaves nothing to balance or to group", "hash_routing")
        if self.num_experts % self.n_group:
            yield KindError(f"n_group {self.n_group} does not divide num_experts {self.num_experts}", "n_group")
        if self.topk_group > self.n_group:
            yield KindError(f"topk_group {self.topk_group} is more than n_group {self.n_group}", "topk_group")

    def _problems_of_widths(self) -> Iterator[KindError]:
        """Where no field or two fields say how wide an expert is."""
        if self.moe_intermediate_size is None and self.expert is None:
            yield KindError("moe_intermediate_size is missing", hint="or give an expert: expert: {swiglu: ...}")
        if self.moe_intermediate_size is not None and self.expert is not None:
            yield KindError(
                "moe_intermediate_size and expert both give the width of an expert", "expert", "keep one of the two"
            )
        if self.shared_expert is not None and (self.n_shared_experts or self.shared_expert_intermediate_size):
            yield KindError("shared_expert gives its width itself", "shared_expert", "leave the other width out")
        if self.n_shared_experts is not None and self.shared_expert_intermediate_size is not None:
            yield KindError(
                "n_shared_experts and shared_expert_intermediate_size both give the width of the shared expert",
                "shared_expert_intermediate_size",
                "keep one of the two",
            )
        if self.n_shared_experts is not None and self.expert_width is None:
            yield KindError(
                "n_shared_experts needs experts with an intermediate_size",
                "n_shared_experts",
                "set shared_expert_intermediate_size",
            )
