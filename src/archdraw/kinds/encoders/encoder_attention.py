"""Attention of the encoders of images and audio, whose tokens see each other in both directions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Words, common
from archdraw.glossary import attention as terms
from archdraw.glossary import encoders as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.encoders.tower_parts import rmsnorm
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.layers.primitives import Name
from archdraw.tree.blocks import LINE, Block, Heads, Leaf, Module, Parallel, Role, Sequence, Weight, linear

_LINES = ("Q", "K", "V")
_AXES = ("h", "w", "t")
_WINDOWS = {
    "window": words.WINDOW_ATTENTION,
    "row window": words.ROW_WINDOW_ATTENTION,
    "column window": words.COLUMN_WINDOW_ATTENTION,
}


class EncoderAttention(Kind):
    """Softmax attention of an encoder: every token sees all others, unless ``window`` names what it sees.

    Groups of query heads share ``num_key_value_heads`` heads of keys and values where that is given; a head is as wide
    as the line allows unless ``head_dim`` is. ``qk_norm`` is an RMSNorm per head, ``v_norm`` one without weights.

    A part of encoders and no mixer: what an encoder is made of is no design decision of the model that reads it.
    """

    keyword: ClassVar[str] = "encoder_attention"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "encoder_attention: {num_attention_heads: 16, fused_projection: qkv, rotary: 2D RoPE}"
    source: ClassVar[str] = (
        "Vaswani et al. 2017, arXiv:1706.03762; Dosovitskiy et al. 2020, arXiv:2010.11929; "
        "rotation in two dimensions: arXiv:2104.09864"
    )
    term: ClassVar[Term] = words.ENCODER_ATTENTION
    aliases: ClassVar[tuple[str, ...]] = ("vision attention", "bidirectional attention", "vit attention")
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention", "sliding")

    num_attention_heads: Size = Field(description="Query heads.")
    num_key_value_heads: Size | None = Field(default=None, description="Key and value heads; as many unless given.")
    head_dim: Size | None = Field(default=None, description="Width of a head; the line's share unless given.")
    name: Name = Field(default="self_attn", description="Name in the checkpoint.")
    fused_projection: Name | None = Field(default=None, description="Name of one projection for Q, K and V, if fused.")
    output_projection: Name = Field(default="o_proj", description="Name of the output projection.")
    attention_bias: bool = Field(default=True, description="Whether the projections have biases.")
    output_bias: bool | None = Field(default=None, description="The same of the output, where it differs.")
    rotary: Annotated[str, Field(min_length=1, max_length=24)] | None = Field(
        default=None, description="Label of the rotation of queries and keys: 2D RoPE."
    )
    qk_norm: bool = Field(default=False, description="RMSNorm of queries and keys, per head.")
    v_norm: bool = Field(default=False, description="RMSNorm without weights of the values.")
    window: Literal["window", "row window", "column window"] | None = Field(
        default=None, description="What a token sees, where not all: window, row window."
    )
    relative_positions: tuple[Size, ...] = Field(
        default=(), max_length=3, description="Rows of a table of relative positions for each axis, of a head's width."
    )
    relative_bias: Size | None = Field(
        default=None, description="Rows of a table of biases by relative position, one bias per head (Swin)."
    )
    sinks: bool = Field(default=False, description="One learned sink per head.")
    is_causal: bool = Field(default=False, description="Whether tokens see only those before.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """The module. Raises :class:`KindError` where heads don't divide the width, or groups the heads."""
        width, heads = scope.hidden_size, self._heads(scope)
        shape: Words = terms.HEADS(number=heads.query)
        if heads.query != heads.key_value:
            shape = terms.QUERY_KV_HEADS(query=heads.query, key_value=heads.key_value)
        features = heads.query * heads.width
        bias = self.attention_bias if self.output_bias is None else self.output_bias
        detail = common.WIDTHS(inputs=features, outputs=width)
        out = linear(self.output_projection, common.OUTPUT_PROJECTION(), features, width, bias=bias, detail=detail)
        return Module(
            self.name,
            self.label or (_WINDOWS[self.window]() if self.window else words.ATTENTION()),
            Sequence((self._projections(width, heads), *self._prepared(heads.width), self._core(heads), out)),
            role="sliding" if self.window else "attention",
            detail=(terms.CAUSAL() if self.is_causal else "", shape, terms.DIM(width=heads.width)),
        )

    def _heads(self, scope: Scope) -> Heads:
        width, query = scope.hidden_size, self.num_attention_heads
        groups = self.num_key_value_heads or query
        if self.head_dim is None and width % query:
            raise KindError(f"{query} heads do not divide {width} features", "num_attention_heads")
        if query % groups:
            raise KindError(f"{groups} key and value heads do not divide {query} heads", "num_key_value_heads")
        return Heads(query, groups, self.head_dim or width // query, causal=self.is_causal, kept=False)

    def _projections(self, width: int, heads: Heads) -> Block:
        """One projection for queries, keys and values, or three."""
        queries, keys, bias = heads.query * heads.width, heads.key_value * heads.width, self.attention_bias
        if self.fused_projection:
            alike = queries == keys
            label = words.FUSED(width=queries) if alike else words.FUSED_GROUPED(queries=queries, keys=keys)
            return linear(self.fused_projection, label, width, queries + 2 * keys, bias=bias, outputs=_LINES)
        sizes = zip(_LINES, (queries, keys, keys), strict=True)
        each = (
            linear(f"{line.lower()}_proj", terms.LINE(line=line, width=size), width, size, bias=bias, outputs=(line,))
            for line, size in sizes
        )
        return Parallel(tuple(each), "separate")

    def _prepared(self, width: int) -> tuple[Block, ...]:
        """Norm and rotation of queries and keys, beside which the values pass."""
        made: list[Block] = []
        if self.qk_norm:
            weights = (Weight("q_norm.weight", (width,)), Weight("k_norm.weight", (width,)))
            norm = Leaf(
                "qk_norm", terms.PER_HEAD(what=common.RMSNORM()), "norm", weights=weights, inputs=2, outputs=_LINES[:2]
            )
            made.append(replace(norm, tag=terms.QK_NORM()))
        if self.rotary:
            made.append(Leaf("rotary_emb", self.rotary, "position", inputs=2, outputs=_LINES[:2], tag=self.rotary))
        if not made:
            return ()
        values: Block = LINE
        if self.v_norm:
            values = replace(rmsnorm("v_norm", width, affine=False), tag=terms.V_NORM())
        return (Parallel((Sequence(tuple(made)), values), "separate"),)

    def _core(self, heads: Heads) -> Leaf:
        sinks = (Weight("sinks", (heads.query,)),) if self.sinks else ()
        rows = zip(_AXES, self.relative_positions, strict=False)
        tables = tuple(Weight(f"rel_pos_{axis}", (number, heads.width)) for axis, number in rows)
        if self.relative_bias:
            tables += (Weight("relative_position_bias_table", (self.relative_bias, heads.query)),)
        grouped = terms.HEADS_PER_KV(group=heads.query // heads.key_value)
        return Leaf(
            "attention",
            terms.SOFTMAX_ATTENTION(),
            role="attention",
            detail=terms.HEADS(number=heads.query) if heads.query == heads.key_value else grouped,
            weights=(*sinks, *tables),
            inputs=3,
            tag=terms.SINKS() if self.sinks else words.RELATIVE_POSITIONS() if tables else "",
            heads=heads,
        )
