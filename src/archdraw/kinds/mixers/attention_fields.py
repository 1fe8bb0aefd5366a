"""The fields of softmax attention with whole heads, and what follows from them before there is a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary.concepts import (
    ATTENTION_BIAS,
    CHUNKED,
    KEYS_ARE_VALUES,
    OUTPUT_GATE,
    QK_NORM,
    SHARED_KEYS_VALUES,
    SINKS,
    SLIDING_WINDOW,
    SOFTCAPPING,
    Concept,
)
from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Factor, Label, OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import Biases, Gate, GateActivation, QueryKeyNorm, value_width
from archdraw.kinds.mixers.position import PositionKind, Rope
from archdraw.tree.blocks import Heads, Role, Setting, Window

_BY_FIELD: Mapping[str, Concept] = {
    "sliding_window": SLIDING_WINDOW,
    "attention_chunk_size": CHUNKED,
    "sinks": SINKS,
    "output_gate": OUTPUT_GATE,
    "attention_k_eq_v": KEYS_ARE_VALUES,
    "shares_kv": SHARED_KEYS_VALUES,
    "attention_bias": ATTENTION_BIAS,
    "qk_norm": QK_NORM,
    "attn_logit_softcapping": SOFTCAPPING,
}
"""Concepts that a block takes where the field is set."""


class AttentionFields(Kind):
    """The fields of softmax attention with whole heads, by their names in ``config.json``."""

    family: ClassVar[Family] = "mixer"
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention", "sliding")

    num_attention_heads: Size = Field(description="Number of query heads.")
    head_dim: Size | None = Field(
        default=None,
        description="Features per query and key head; hidden_size / num_attention_heads where it is left out.",
    )
    v_head_dim: Size | None = Field(default=None, description="Features per value head; head_dim where it is left out.")
    is_causal: bool = Field(
        default=True, description="Whether a token attends only to itself and to those before it; false in encoders."
    )
    use_bidirectional_attention: Literal["vision"] | None = Field(
        default=None,
        description="Tokens that are not causal. vision: those of an image attend to all of it (Gemma 3 and 4).",
    )
    attention_bias: bool = Field(default=False, description="Whether the four projections have a bias.")
    attention_key_bias: bool | None = Field(
        default=None, description="Whether the key projection has a bias; attention_bias where it is left out."
    )
    attention_out_bias: bool | None = Field(
        default=None, description="Whether the output projection has a bias; attention_bias where it is left out."
    )
    attention_k_eq_v: bool = Field(
        default=False,
        description="Whether keys and values are of one projection (Gemma 4); both are kept if norm or RoPE part them.",
    )
    shares_kv: bool | Label = Field(
        default=False, description="Whether keys and values are an earlier layer's; a text names it (of layer 13)."
    )
    qk_norm: QueryKeyNorm | None = Field(
        default=None,
        description=(
            "Query-key norm: norm of queries and keys before their product (rmsnorm_per_head in Qwen3 and Gemma 3); "
            "left out for none."
        ),
    )
    qk_norm_after_position: bool = Field(
        default=False, description="Whether that norm follows the rotation; an L2 norm always does."
    )
    v_norm: bool = Field(default=False, description="Whether values pass an RMSNorm per head without weights.")
    clip_qkv: Factor | None = Field(
        default=None, description="Bound to which queries, keys and values are clamped (DBRX)."
    )
    attention_value_scale: Factor | None = Field(
        default=None, description="Number that the values are multiplied by (MiMo-V2)."
    )
    position: Position | None = Field(
        default=None, description="Positional encoding: rope, alibi, relative_bias, or none (NoPE)."
    )
    sliding_window: Size | None = Field(
        default=None,
        description="Number of tokens that a token attends to, itself included; left out for full attention.",
    )
    attention_chunk_size: Size | None = Field(
        default=None, description="Tokens per chunk, beyond which no token attends (Llama 4)."
    )
    sinks: bool = Field(default=False, description="Whether each head has a learned logit without a value (gpt-oss).")
    output_gate: bool | Literal["elementwise", "per_head"] = Field(
        default=False,
        description="Gate on the output of the heads: one number per feature (true, elementwise) or per head.",
    )
    gate_projection: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="Name of the gate's projection; a part of q_proj where it is left out.",
    )
    gate_activation: GateActivation = Field(default="sigmoid", description="Function of the output gate.")
    gate_bias: bool = Field(default=False, description="Whether each head adds a learned number to its gate (Beam).")
    differential: bool = Field(
        default=False,
        description="Whether λ times the output of the second half of heads is subtracted from the first (DiffLlama).",
    )
    keep_window_size: Size | None = Field(
        default=None, description="Keys that a head attends to, those of the highest scores of their values (Doge)."
    )
    out_features: Size | None = Field(
        default=None, description="Features that the output projection leaves; hidden_size where it is left out."
    )
    attn_sub_norm: bool | Literal["layernorm"] = Field(
        default=False,
        description="Whether an RMSNorm over all heads comes before the output projection (BitNet), or a LayerNorm.",
    )
    o_norm: bool = Field(
        default=False,
        description="Whether the output of each head passes an RMSNorm without weights, before any gate (Muse Spark).",
    )
    attn_logit_softcapping: Factor | None = Field(
        default=None, description="Bound c of the attention logits: c · tanh(x / c)."
    )
    query_pre_attn_scalar: Factor | None = Field(
        default=None, description="Number whose root divides the logits, in place of head_dim (Gemma)."
    )
    attention_multiplier: Factor | None = Field(
        default=None, description="Number that multiplies the logits, in place of 1 / √head_dim (Granite)."
    )
    attn_temperature_tuning: bool | Literal["power"] = Field(
        default=False,
        description=(
            "Whether the query of token n is multiplied by 1 + attn_scale · ln(1 + floor(n / floor_scale)), or by "
            "(1 + n / floor_scale) to the power of attn_scale (Beam)."
        ),
    )
    floor_scale: Size = Field(default=8192, description="Tokens per step of the temperature tuning (Llama 4).")
    attn_scale: Factor = Field(default=0.1, description="Slope of the temperature tuning (Llama 4).")
    attn_temperature_len: Size | None = Field(
        default=None,
        description="Token from which on logits are multiplied by ln n / ln attn_temperature_len (Grok 2).",
    )
    use_cache: bool = Field(
        default=True,
        description="Whether keys and values are kept from token to token; false where none are generated (CLIP).",
    )
    label: OwnLabel = None

    @property
    def key_value_heads(self) -> int:
        """How many heads of keys and of values there are."""
        raise NotImplementedError

    @property
    def window(self) -> Window | None:
        """How far back a token attends; None for all tokens."""
        if self.attention_chunk_size is not None:
            return Window(self.attention_chunk_size, chunked=True)
        return Window(self.sliding_window) if self.sliding_window is not None else None

    @property
    def keeps(self) -> bool:
        """Whether keys and values are kept for later tokens: not where a token attends to those behind it."""
        return self.is_causal and self.use_cache

    @property
    def biases(self) -> Biases:
        """Which projections have a bias."""
        every, key, out = self.attention_bias, self.attention_key_bias, self.attention_out_bias
        return Biases(every, every if key is None else key, every, every if out is None else out)

    @property
    def encoding(self) -> PositionKind | None:
        """The positional encoding."""
        return self.position if isinstance(self.position, PositionKind) else None

    @property
    def rotated(self) -> bool:
        """Whether queries and keys are rotated."""
        return isinstance(self.position, Rope)

    def concepts_used(self) -> Iterator[Concept]:
        """Those of every such block, and one for each field that stands for one."""
        yield from self.concepts
        yield from (concept for field, concept in _BY_FIELD.items() if getattr(self, field))

    def head_width(self, scope: Scope) -> int:
        """Features of one head: ``head_dim``, or the hidden size over the heads. Raises :class:`KindError`."""
        if self.head_dim is not None:
            return self.head_dim
        if scope.hidden_size % self.num_attention_heads:
            raise KindError(
                f"num_attention_heads {self.num_attention_heads} does not divide hidden_size {scope.hidden_size}",
                "num_attention_heads",
                "add head_dim where a head is not hidden_size / num_attention_heads wide",
            )
        return scope.hidden_size // self.num_attention_heads

    def features_out(self, scope: Scope) -> int:
        """Those that the output projection leaves."""
        return self.out_features or scope.hidden_size

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The widths of a head in keys and in values."""
        width = self.head_width(scope)
        return {"head_dim": width, "v_head_dim": self.v_head_dim or width}

    def heads(self, scope: Scope) -> Heads:
        """The heads with their widths and reach. Raises :class:`KindError` where the hidden size is not divisible."""
        width, window = self.head_width(scope), self.window
        value = self.v_head_dim if self.v_head_dim != width else None
        return Heads(
            self.num_attention_heads,
            self.key_value_heads,
            width,
            value,
            window.size if window else self.keep_window_size,
            causal=self.is_causal,
            kept=self.keeps,
            pattern="selection" if self.keep_window_size else "chunk" if window and window.chunked else "window",
            images=self.use_bidirectional_attention is not None,
        )

    def gate(self, heads: Heads) -> Gate | None:
        """The output gate."""
        if not self.output_gate:
            return None
        per_head = self.output_gate == "per_head"
        width = heads.query * (1 if per_head else value_width(heads))
        return Gate(width, self.gate_projection, per_head, heads.query if self.gate_bias else 0)

    def check(self) -> None:
        """Raises :class:`KindError` where heads don't divide or fields contradict each other."""
        query, key_value = self.num_attention_heads, self.key_value_heads
        if query % key_value:
            raise KindError(
                f"num_key_value_heads {key_value} does not divide num_attention_heads {query}",
                "num_key_value_heads",
                f"grouped-query attention needs a divisor of {query}",
            )
        if self.sliding_window is not None and self.attention_chunk_size is not None:
            raise KindError(
                "sliding_window and attention_chunk_size cannot both be set", "attention_chunk_size", "remove one"
            )
        if self.use_bidirectional_attention is not None and not self.is_causal:
            raise KindError(
                "use_bidirectional_attention: vision is of attention that is causal in text",
                "use_bidirectional_attention",
                "leave out one of it and is_causal: false",
            )
        if self.differential and query % 2:
            raise KindError(
                f"num_attention_heads {query} is odd", "num_attention_heads", "differential needs two halves"
            )
        if self.keep_window_size is not None and self.window is not None:
            raise KindError("keep_window_size cannot be combined with a window", "keep_window_size", "remove one")
        if self.attention_k_eq_v and self.shares_kv:
            raise KindError("attention_k_eq_v cannot be combined with shares_kv", "attention_k_eq_v")
        if self.attention_k_eq_v and self.v_head_dim not in (None, self.head_dim):
            raise KindError("v_head_dim must equal head_dim where K = V", "v_head_dim", "leave it out")
        if self.query_pre_attn_scalar is not None and self.attention_multiplier is not None:
            raise KindError("query_pre_attn_scalar and attention_multiplier cannot both be set", "attention_multiplier")
        for field in ("gate_projection", "gate_bias"):
            if getattr(self, field) and not self.output_gate:
                raise KindError(f"{field} without an output_gate", field, "add output_gate: true")

    def refuse(self, fields: Iterable[str], other: str) -> None:
        """Raises :class:`KindError` where a field is set that ``other`` excludes, or attention is bidirectional."""
        if not self.is_causal:
            raise KindError(f"is_causal: false cannot be combined with {other}", "is_causal")
        for field in fields:
            if getattr(self, field):
                raise KindError(f"{field} cannot be combined with {other}", field)
