"""What all kinds of softmax attention over keys and values of whole heads share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.mixers.attention_parts import (
    Biases,
    Gate,
    GateActivation,
    QueryKeyNorm,
    cached,
    gated,
    grouping,
    keys_and_values,
    keys_that_are_values,
    queries,
    query_key_norm,
    shared_keys_and_values,
    value_width,
)
from archdraw.kinds.mixers.position import NoPosition, PositionKind
from archdraw.kinds.wording import notes, number
from archdraw.tree.blocks import (
    LINE,
    Block,
    Heads,
    Leaf,
    Module,
    Parallel,
    Role,
    Sequence,
    Setting,
    Weight,
    Window,
    linear,
)


class SoftmaxAttention(Kind):
    """What all kinds of softmax attention with whole heads share."""

    family: ClassVar[Family] = "mixer"
    title: ClassVar[str]

    num_attention_heads: Size
    head_dim: Size | None = None
    v_head_dim: Size | None = None
    is_causal: bool = True
    attention_bias: bool = False
    attention_key_bias: bool | None = None
    attention_out_bias: bool | None = None
    attention_k_eq_v: bool = False
    shares_kv: bool | Label = False
    qk_norm: QueryKeyNorm | None = None
    qk_norm_after_position: bool = False
    v_norm: bool = False
    clip_qkv: Factor | None = None
    attention_value_scale: Factor | None = None
    position: Position | None = None
    sliding_window: Size | None = None
    attention_chunk_size: Size | None = None
    sinks: bool = False
    output_gate: bool | Literal["elementwise", "per_head"] = False
    gate_projection: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{0,39}$")
    gate_activation: GateActivation = "sigmoid"
    attn_logit_softcapping: Factor | None = None
    query_pre_attn_scalar: Factor | None = None
    attention_multiplier: Factor | None = None
    attn_temperature_tuning: bool = False
    floor_scale: Size = 8192
    attn_scale: Factor = 0.1
    attn_temperature_len: Size | None = None
    label: Label | None = None

    @property
    def key_value_heads(self) -> int:
        """How many heads of keys and of values there are."""
        raise NotImplementedError

    def head_width(self, scope: Scope) -> int:
        """Features of one head: ``head_dim``, or the hidden size shared out. Raises :class:`KindError`."""
        if self.head_dim is not None:
            return self.head_dim
        if scope.hidden_size % self.num_attention_heads:
            raise KindError(
                f"num_attention_heads {self.num_attention_heads} does not divide hidden_size {scope.hidden_size}",
                "num_attention_heads",
                "say head_dim where a head is not hidden_size / num_attention_heads wide",
            )
        return scope.hidden_size // self.num_attention_heads

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The widths of a head in keys and in values."""
        width = self.head_width(scope)
        return {"head_dim": width, "v_head_dim": self.v_head_dim or width}

    def expand(self, scope: Scope) -> Module:
        """Projections, QK-norm and rotation, attention, output projection; with an output gate beside the attention.

        Raises :class:`KindError` where heads don't divide or fields contradict each other.
        """
        self._check()
        heads = self._heads(scope)
        gate, hidden, width = self._gate(heads), scope.hidden_size, heads.query * value_width(heads)
        projections = (
            *self._chooser(hidden)[0],
            *queries(hidden, heads, gate, bias=self.attention_bias),
            *self._keys_values(hidden, heads),
        )
        mixed = self._mixed(heads, self._chooser(hidden)[1])
        out = linear(
            "o_proj",
            "output projection",
            width,
            hidden,
            bias=self._biases().output,
            part="attention",
            detail=f"{width:,} to {hidden:,}",
        )
        body = mixed if gate is None else (gated(mixed, gate, self.gate_activation),)
        return Module(
            "self_attn",
            self.label or self._label(),
            Sequence((Parallel(projections, "separate"), *body, out)),
            role=self._role(),
            detail=self._detail(heads),
            kind=self.keyword,
            notes=self._notes(heads),
        )

    def _check(self) -> None:
        query, key_value = self.num_attention_heads, self.key_value_heads
        if query % key_value:
            raise KindError(
                f"num_key_value_heads {key_value} does not divide num_attention_heads {query}",
                "num_key_value_heads",
                f"grouped-query attention needs a divisor of {query}",
            )
        if self.sliding_window is not None and self.attention_chunk_size is not None:
            raise KindError("a layer has a sliding_window or an attention_chunk_size, not both", "attention_chunk_size")
        if self.attention_k_eq_v and self.shares_kv:
            raise KindError("keys and values of another layer are what they are there", "attention_k_eq_v")
        if self.attention_k_eq_v and self.v_head_dim not in (None, self.head_dim):
            raise KindError("values that are the keys have their width", "v_head_dim", "leave it out")
        if self.query_pre_attn_scalar is not None and self.attention_multiplier is not None:
            raise KindError(
                "query_pre_attn_scalar and attention_multiplier both scale the scores", "attention_multiplier"
            )
        if self.gate_projection is not None and not self.output_gate:
            raise KindError("gate_projection without an output_gate", "gate_projection", "add output_gate: true")

    def _heads(self, scope: Scope) -> Heads:
        width, window = self.head_width(scope), self._window()
        value = self.v_head_dim if self.v_head_dim != width else None
        return Heads(self.num_attention_heads, self.key_value_heads, width, value, window.size if window else None)

    def _gate(self, heads: Heads) -> Gate | None:
        if not self.output_gate:
            return None
        per_head = self.output_gate == "per_head"
        return Gate(heads.query * (1 if per_head else value_width(heads)), self.gate_projection, per_head)

    def _chooser(self, hidden: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """What chooses the keys that a query meets: projections of the input, and what their lines pass to one line.

        Both stand at the left of the queries. Nothing usually.
        """
        return (), ()

    def _window(self) -> Window | None:
        if self.attention_chunk_size is not None:
            return Window(self.attention_chunk_size, chunked=True)
        return Window(self.sliding_window) if self.sliding_window is not None else None

    def _role(self) -> Role:
        return "attention" if self._window() is None else "sliding"

    def _biases(self) -> Biases:
        every, key, out = self.attention_bias, self.attention_key_bias, self.attention_out_bias
        return Biases(every, every if key is None else key, every, every if out is None else out)

    def _keys_values(self, hidden: int, heads: Heads) -> tuple[Block, ...]:
        """The sources of the lines K and V; what sees the future, or takes another layer's, caches nothing."""
        if self.shares_kv:
            return shared_keys_and_values("of an earlier layer" if self.shares_kv is True else self.shares_kv)
        window, biases = self._window(), self._biases()
        if self.attention_k_eq_v:
            return keys_that_are_values(hidden, heads, bias=biases.key, window=window, cached=self.is_causal)
        return keys_and_values(
            hidden, heads, key_bias=biases.key, value_bias=biases.value, window=window, cached=self.is_causal
        )

    def _mixed(self, heads: Heads, chooser: tuple[Block, ...]) -> tuple[Block, ...]:
        """From the lines of the ``chooser`` and Q, K, V to one line: norms, rotation, attention."""
        position = self._position()
        bias, tensors = position.score_bias(heads.query) if position is not None else ("", ())
        cap = self.attn_logit_softcapping
        chips = [
            "sinks" if self.sinks else "",
            bias,
            "" if cap is None else f"{'cap' if self.sinks else 'soft cap'} {number(cap)}",
        ]
        attention = Leaf(
            "attention",
            "Softmax attention",
            role=self._role(),
            detail=grouping(heads),
            weights=((Weight("sinks", (heads.query,)),) if self.sinks else ()) + tensors,
            part="attention",
            inputs=3 + len(chooser),
            tag=", ".join(filter(None, chips)),
            heads=heads,
        )
        prepared, values = self._prepared(heads), self._prepared_values(heads)
        if not prepared.parts and not values.parts and not chooser:
            return (attention,)
        lines = 1 if self.shares_kv else 2
        first: tuple[Block, ...] = (prepared,) if prepared.parts else (LINE,) * lines
        return (Parallel((*chooser, *first, *((LINE,) if lines == 1 else ()), values), "separate"), attention)

    def _prepared(self, heads: Heads) -> Sequence:
        """What queries and keys pass before they meet; keys of another layer have passed it there."""
        lines = ("Q",) if self.shares_kv else ("Q", "K")
        norm = query_key_norm(self.qk_norm, heads, lines) if self.qk_norm is not None else None
        position = self._position()
        rotation = position.rotation(heads.width, lines) if position is not None else None
        # Llama 4 and Hunyuan turn first and normalise then.
        late = self.qk_norm_after_position or self.qk_norm == "l2norm_per_head"
        ordered = (rotation, norm) if late else (norm, rotation)
        return Sequence(tuple(step for step in ordered if step is not None))

    def _prepared_values(self, heads: Heads) -> Sequence:
        if self.shares_kv:
            return LINE
        steps = []
        if self.v_norm:
            steps.append(
                Leaf("v_norm", "RMSNorm per head", role="norm", detail="no weights", outputs=("V",), part="norm")
            )
        if self.attention_value_scale is not None:
            steps.append(Leaf("v_scale", f"× {number(self.attention_value_scale)}", outputs=("V",)))
        return Sequence(tuple(steps))

    def _position(self) -> PositionKind | None:
        return self.position if isinstance(self.position, PositionKind) else None

    def _label(self) -> str:
        if self.attention_chunk_size is not None:
            return "Chunked attention"
        if self.sliding_window is not None:
            return "Sliding attention"
        return "Gated attention" if self.output_gate else self.title

    def _detail(self, heads: Heads) -> str:
        width = f"{heads.width}" if heads.value_width is None else f"{heads.width}, V {heads.value_width}"
        shared = heads.query != heads.key_value
        words = (
            [f"{heads.query} Q, {heads.key_value} KV", f"head {width}"]
            if shared
            else [f"{heads.query} heads of {width}"]
        )
        window = self._window()
        if window is not None:
            words.append(f"{'chunk' if window.chunked else 'window'} {window.size:,}")
        if not self.is_causal:
            words.append("both ways")
        if self.shares_kv:
            words.append("shared K, V")
        position = self._position()
        if position is not None and position.remark:
            words.append(position.remark)
        return ", ".join(words)

    def _notes(self, heads: Heads) -> tuple[str, ...]:
        window, biases = self._window(), self._biases()
        facts = []
        if window is not None:
            facts.append(f"{'chunks of' if window.chunked else 'window'} {window.size:,}")
        if isinstance(self.position, NoPosition):
            facts.append("no position encoding (NoPE)")
        if self.clip_qkv is not None:
            facts.append(f"Q, K and V clamped at ±{number(self.clip_qkv)}")
        if self.query_pre_attn_scalar is not None:
            facts.append(f"scale 1 / √{number(self.query_pre_attn_scalar)}")
        if self.attention_multiplier is not None:
            factor = number(self.attention_multiplier)
            facts.append("scores are not scaled" if factor == "1" else f"scores × {factor}")
        if self.attn_temperature_tuning:
            facts.append(f"Q × (1 + {number(self.attn_scale)} ln(1 + n)), n = position / {self.floor_scale:,} floored")
        if self.attn_temperature_len is not None:
            start = f"{self.attn_temperature_len:,}"
            facts.append(f"beyond token {start} scores × log n / log {start}")
        if self.sinks:
            facts.append("1 learned sink a head")
        told = biases.told(keys=not self.shares_kv, values=not (self.shares_kv or self.attention_k_eq_v))
        return notes(self._cached(heads), *self._more_notes(), facts, told)

    def _more_notes(self) -> tuple[str, ...]:
        """Sentences about what chooses the keys."""
        return ()

    def _cached(self, heads: Heads) -> str:
        if not self.is_causal:
            return "every token sees all others; nothing is cached"
        if self.shares_kv:
            return "keys and values are cached where they are made, not here"
        return cached(heads, once=self.attention_k_eq_v)
