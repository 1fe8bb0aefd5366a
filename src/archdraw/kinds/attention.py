"""Softmax attention over keys and values of whole heads: multi-head, grouped-query, multi-query."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Role, Sequence, Weight, Window, linear
from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.position import NoPosition, PositionKind
from archdraw.kinds.wording import data_size, notes, number

QueryKeyNorm = Literal["rmsnorm_per_head", "rmsnorm_per_projection", "layernorm_per_head", "l2norm_per_head"]
_NORM_LABELS = {
    "rmsnorm_per_head": "RMSNorm per head",
    "rmsnorm_per_projection": "RMSNorm over all heads",
    "layernorm_per_head": "LayerNorm per head",
    "l2norm_per_head": "L2 norm per head",
}


class SoftmaxAttention(Kind):
    """What all kinds of softmax attention with whole heads share."""

    family: ClassVar[Family] = "mixer"
    title: ClassVar[str]

    num_attention_heads: Size
    head_dim: Size | None = None
    attention_bias: bool = False
    attention_out_bias: bool | None = None
    qk_norm: QueryKeyNorm | None = None
    position: Position | None = None
    sliding_window: Size | None = None
    attention_chunk_size: Size | None = None
    sinks: bool = False
    output_gate: bool = False
    attn_logit_softcapping: Factor | None = None
    query_pre_attn_scalar: Factor | None = None
    attn_temperature_tuning: bool = False
    floor_scale: Size = 8192
    attn_scale: Factor = 0.1
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

    def expand(self, scope: Scope) -> Module:
        """Projections, QK-norm and rotation, attention, output projection; with an output gate beside the attention.

        Raises :class:`KindError` where heads don't divide or a window and a chunk are both given.
        """
        query, key_value = self.num_attention_heads, self.key_value_heads
        if query % key_value:
            raise KindError(
                f"num_key_value_heads {key_value} does not divide num_attention_heads {query}",
                "num_key_value_heads",
                f"grouped-query attention needs a divisor of {query}",
            )
        if self.sliding_window is not None and self.attention_chunk_size is not None:
            raise KindError("a layer has a sliding_window or an attention_chunk_size, not both", "attention_chunk_size")
        width = self.head_width(scope)
        mixed = self._mixed(width)
        if self.output_gate:
            mixed = (Parallel((Leaf("gate", "sigmoid"), Sequence(mixed)), "multiply"),)
        out = linear(
            "o_proj",
            "output projection",
            query * width,
            scope.hidden_size,
            bias=self._output_bias(),
            part="attention",
            detail=f"{query * width:,} to {scope.hidden_size:,}",
        )
        return Module(
            "self_attn",
            self.label or self._label(),
            Sequence((self._projections(scope.hidden_size, width), *mixed, out)),
            role=self._role(),
            detail=self._detail(width),
            kind=self.keyword,
            notes=self._notes(width),
        )

    def _window(self) -> Window | None:
        if self.attention_chunk_size is not None:
            return Window(self.attention_chunk_size, chunked=True)
        return Window(self.sliding_window) if self.sliding_window is not None else None

    def _role(self) -> Role:
        return "attention" if self._window() is None else "sliding"

    def _projections(self, hidden: int, width: int) -> Parallel:
        queries, keys = self.num_attention_heads * width, self.key_value_heads * width
        cache = Cache(keys, self._window())
        q_lines: tuple[str, ...]
        if self.output_gate:
            q_label, q_width, q_lines = f"gate + Q {2 * queries:,}", 2 * queries, ("gate", "Q")
        else:
            q_label, q_width, q_lines = f"Q {queries:,}", queries, ("Q",)
        bias = self.attention_bias
        return Parallel(
            (
                linear("q_proj", q_label, hidden, q_width, bias=bias, part="attention", outputs=q_lines),
                *(
                    linear(
                        f"{line.lower()}_proj",
                        f"{line} {keys:,}",
                        hidden,
                        keys,
                        bias=bias,
                        part="attention",
                        outputs=(line,),
                        cache=cache,
                    )
                    for line in ("K", "V")
                ),
            ),
            "separate",
        )

    def _mixed(self, width: int) -> tuple[Block, ...]:
        """From the lines Q, K, V to one line: QK-norm, rotation, attention."""
        query, key_value = self.num_attention_heads, self.key_value_heads
        group = query // key_value
        if group == 1:
            detail = f"{query} heads"
        elif key_value == 1:
            detail = f"{query} Q heads to 1 KV head"
        else:
            detail = f"{key_value} groups: {group} Q heads to 1 KV head"
        chip = "sinks" if self.sinks else ""
        if self.attn_logit_softcapping is not None:
            chip = (
                f"{chip}, cap {number(self.attn_logit_softcapping)}"
                if chip
                else (f"soft cap {number(self.attn_logit_softcapping)}")
            )
        attention = Leaf(
            "attention",
            "Softmax attention",
            role=self._role(),
            detail=detail,
            weights=(Weight("sinks", (query,)),) if self.sinks else (),
            part="attention",
            inputs=3,
            chip=chip,
            heads=Heads(query, key_value, width),
        )
        prepared = self._prepared(width)
        return (Parallel((prepared, LINE), "separate"), attention) if prepared.parts else (attention,)

    def _prepared(self, width: int) -> Sequence:
        """What queries and keys pass before they meet; an L2 norm comes after the rotation (Llama 4), others before."""
        lines = ("Q", "K")
        norm = self._query_key_norm(width, lines)
        position = self._position()
        rotation = position.rotation(width, lines) if position is not None else None
        ordered = (rotation, norm) if self.qk_norm == "l2norm_per_head" else (norm, rotation)
        return Sequence(tuple(step for step in ordered if step is not None))

    def _query_key_norm(self, width: int, lines: tuple[str, ...]) -> Leaf | None:
        if self.qk_norm is None:
            return None
        weights: tuple[Weight, ...]
        match self.qk_norm:
            case "rmsnorm_per_head":
                weights = (Weight("q_norm.weight", (width,)), Weight("k_norm.weight", (width,)))
            case "rmsnorm_per_projection":
                weights = (
                    Weight("q_norm.weight", (self.num_attention_heads * width,)),
                    Weight("k_norm.weight", (self.key_value_heads * width,)),
                )
            case "layernorm_per_head":
                weights = (Weight("q_norm.weight", (width,)), Weight("q_norm.bias", (width,)))
                weights += (Weight("k_norm.weight", (width,)), Weight("k_norm.bias", (width,)))
            case "l2norm_per_head":
                weights = ()
        return Leaf(
            "qk_norm",
            _NORM_LABELS[self.qk_norm],
            role="norm",
            weights=weights,
            part="norm",
            inputs=2,
            outputs=lines,
            chip="QK-norm",
        )

    def _position(self) -> PositionKind | None:
        return self.position if isinstance(self.position, PositionKind) else None

    def _label(self) -> str:
        if self.attention_chunk_size is not None:
            return "Chunked attention"
        if self.sliding_window is not None:
            return "Sliding attention"
        return "Gated attention" if self.output_gate else self.title

    def _detail(self, width: int) -> str:
        query, key_value = self.num_attention_heads, self.key_value_heads
        shared = query != key_value
        heads = [f"{query} Q, {key_value} KV", f"head {width}"] if shared else [f"{query} heads of {width}"]
        extra = []
        window = self._window()
        if window is not None:
            extra.append(f"{'chunk' if window.chunked else 'window'} {window.size:,}")
        if isinstance(self.position, NoPosition):
            extra.append("NoPE")
        return ", ".join(heads + extra)

    def _notes(self, width: int) -> tuple[str, ...]:
        window = self._window()
        cached = 2 * self.key_value_heads * width
        facts = []
        if window is not None:
            facts.append(f"{'chunks of' if window.chunked else 'window'} {window.size:,}")
        if isinstance(self.position, NoPosition):
            facts.append("no position encoding (NoPE)")
        if self.query_pre_attn_scalar is not None:
            facts.append(f"scale 1 / √{number(self.query_pre_attn_scalar)}")
        if self.attn_temperature_tuning:
            facts.append(f"Q × (1 + {number(self.attn_scale)} ln(1 + n)), n = position / {self.floor_scale:,} floored")
        if self.sinks:
            facts.append("1 learned sink a head")
        return notes(
            f"a token caches 2 × {self.key_value_heads} × {width} values, {data_size(2 * cached)} in bf16",
            facts,
            self._biases(),
        )

    def _biases(self) -> str:
        biased = ["q", "k", "v"] if self.attention_bias else []
        biased += ["output"] if self._output_bias() else []
        if len(biased) == 1:
            return f"{biased[0]} has a bias"
        return f"{', '.join(biased[:-1])} and {biased[-1]} have a bias" if biased else ""

    def _output_bias(self) -> bool:
        return self.attention_bias if self.attention_out_bias is None else self.attention_out_bias


class MultiHead(SoftmaxAttention):
    """Multi-head attention: each query head has a key head and a value head of its own.

    ``head_dim`` is ``hidden_size / num_attention_heads`` where it is not said. ``attention_bias`` gives all four
    projections a bias, ``attention_out_bias`` says otherwise for the last. ``sliding_window`` and
    ``attention_chunk_size`` bound what a token sees; ``sinks`` adds a learned score a head that draws attention to
    nothing; ``output_gate`` multiplies the result by a sigmoid of the input. ``attn_temperature_tuning`` multiplies the
    query of the nth token by ``1 + attn_scale * ln(1 + floor(n / floor_scale))`` (Llama 4).
    """

    keyword: ClassVar[str] = "multi_head"
    title: ClassVar[str] = "Multi-head attention"
    example: ClassVar[str] = "multi_head: {num_attention_heads: 16, attention_bias: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762"

    @property
    def key_value_heads(self) -> int:
        """As many as query heads."""
        return self.num_attention_heads


class GroupedQuery(SoftmaxAttention):
    """Grouped-query attention: groups of query heads share one key head and one value head.

    The fields are those of ``multi_head`` and ``num_key_value_heads``, which divides ``num_attention_heads``.
    """

    keyword: ClassVar[str] = "grouped_query"
    title: ClassVar[str] = "Grouped-query attention"
    example: ClassVar[str] = "grouped_query: {num_attention_heads: 32, num_key_value_heads: 8, position: rope}"
    source: ClassVar[str] = (
        "Ainslie et al. 2023, GQA, arXiv:2305.13245; sinks: arXiv:2309.17453; gate: arXiv:2505.06708; "
        "scaling of queries: arXiv:2501.19399"
    )

    num_key_value_heads: Size

    @property
    def key_value_heads(self) -> int:
        """The field ``num_key_value_heads``."""
        return self.num_key_value_heads


class MultiQuery(SoftmaxAttention):
    """Multi-query attention: all query heads share one key head and one value head. Fields as in ``multi_head``."""

    keyword: ClassVar[str] = "multi_query"
    title: ClassVar[str] = "Multi-query attention"
    example: ClassVar[str] = "multi_query: {num_attention_heads: 8, head_dim: 256, position: rope}"
    source: ClassVar[str] = "Shazeer 2019, Fast Transformer Decoding, arXiv:1911.02150"

    @property
    def key_value_heads(self) -> int:
        """One."""
        return 1
