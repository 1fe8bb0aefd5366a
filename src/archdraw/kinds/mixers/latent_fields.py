"""The fields of multi-head latent attention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary.concepts import (
    INDEXER,
    LATENT_ATTENTION,
    OUTPUT_GATE,
    PARTIAL_ROPE,
    SHARED_INDEX,
    SHARED_KEYS_VALUES,
    SINKS,
    SLIDING_WINDOW,
    Concept,
)
from archdraw.kinds.base import Family, Kind, KindError, Position
from archdraw.kinds.fields import Factor, OwnLabel, Size
from archdraw.kinds.mixers.position import Rope


class LatentFields(Kind):
    """The fields of multi-head latent attention, by their names in ``config.json``."""

    family: ClassVar[Family] = "mixer"
    concepts: ClassVar[tuple[Concept, ...]] = (LATENT_ATTENTION,)

    num_attention_heads: Size = Field(description="Number of heads.")
    kv_lora_rank: Size = Field(description="Features of the latent of keys and values.")
    qk_nope_head_dim: Size = Field(description="Features per query and key head that are not rotated.")
    qk_rope_head_dim: Annotated[int, Field(ge=0, le=1_000_000_000)] = Field(
        description="Features per query head that are rotated, and of the rotated key that all heads share; 0 for none."
    )
    v_head_dim: Size = Field(description="Features per value head.")
    q_lora_rank: Size | None = Field(
        default=None, description="Features of the latent of queries; they are projected from the input without it."
    )
    attention_bias: bool = Field(
        default=False, description="Whether the projections to the latents and the output projection have a bias."
    )
    position: Position | None = Field(default=None, description="Positional encoding of the rotated features.")
    sliding_window: Size | None = Field(
        default=None,
        description="Number of tokens that a token attends to, itself included; left out for full attention.",
    )
    k_rope_norm: bool = Field(
        default=False, description="Whether the rotated key that all heads share passes an RMSNorm (dots3)."
    )
    indexer: Literal["full", "shared"] | None = Field(
        default=None, description="Lightning indexer: the layer's own (full), or that of the last full layer (shared)."
    )
    index_n_heads: Size | None = Field(default=None, description="Number of index query heads.")
    index_head_dim: Size | None = Field(
        default=None, description="Features per index query head, and of the one index key."
    )
    index_topk: Size | None = Field(default=None, description="Number of tokens that a query attends to.")
    index_kpool: Size = Field(default=1, description="Tokens whose index keys are pooled to one (GLM-5.3).")
    output_gate: bool | Literal["per_head", "with_queries"] = Field(
        default=False,
        description=(
            "Sigmoid gate on the output of the heads: one number per feature (true) or per head. with_queries: one per "
            "feature, and it and the queries are projected from their latent as it is before and after its norm."
        ),
    )
    sinks: bool = Field(default=False, description="Whether each head has a learned logit without a value.")
    mla_scale: bool = Field(
        default=False, description="Whether each latent is multiplied by √(hidden_size / its features) (LongCat)."
    )
    attn_temperature_tuning: bool = Field(
        default=False,
        description="Whether the query of token n is multiplied by 1 + attn_scale · ln(1 + floor(n / floor_scale)).",
    )
    floor_scale: Size = Field(default=8192, description="Tokens per step of the temperature tuning.")
    attn_scale: Factor = Field(default=0.1, description="Slope of the temperature tuning.")
    softmax_scaling: bool = Field(
        default=False,
        description=(
            "Whether queries of token n are multiplied by s · ln(n + 1) + b, s and b learned for each head (Mistral "
            "Large 4). The queries of an indexer are, too; without a latent of queries they read the normalized input."
        ),
    )
    shares_kv: bool = Field(
        default=False, description="Whether the latent is that of an earlier layer, and no token leaves one here."
    )
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """Indexer, gate and sinks by their fields; partial RoPE where a head has a part with and one without."""
        yield from self.concepts
        if self.indexer is not None:
            yield INDEXER
        if self.indexer == "shared":
            yield SHARED_INDEX
        if self.shares_kv:
            yield SHARED_KEYS_VALUES
        if self.output_gate:
            yield OUTPUT_GATE
        if self.sinks:
            yield SINKS
        if self.sliding_window is not None:
            yield SLIDING_WINDOW
        if self.qk_rope_head_dim and isinstance(self.position, Rope):
            yield PARTIAL_ROPE

    def check(self) -> None:
        """Raises :class:`KindError` for fields that cannot go together."""
        if self.sliding_window is not None and self.indexer is not None:
            raise KindError("sliding_window cannot be combined with an indexer", "sliding_window", "remove one")
        if self.output_gate == "with_queries" and self.q_lora_rank is None:
            raise KindError("output_gate: with_queries needs a latent of queries", "output_gate", "add q_lora_rank")
        if self.shares_kv and self.k_rope_norm:
            raise KindError("k_rope_norm without a latent of its own", "k_rope_norm", "remove it")
        if self.k_rope_norm and not self.qk_rope_head_dim:
            raise KindError("k_rope_norm without a key that is rotated", "k_rope_norm", "remove it")
