"""Attention of contents and of relative positions apart (DeBERTa)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Phrase, Term, Words, common
from archdraw.glossary import attention as words
from archdraw.glossary.concepts import ATTENTION_BIAS, MULTI_HEAD, RELATIVE_POSITIONS, Concept
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import (
    Biases,
    attention_scale,
    grouping,
    head_counts,
    head_dim,
    keys_and_values,
    output_projection,
    queries,
)
from archdraw.tree.blocks import Block, Heads, Leaf, Module, Parallel, Role, Sequence, Setting, Weight, linear

Direction = Literal["c2p", "p2c"]


class DisentangledAttention(Kind):
    """Disentangled attention (DeBERTa): contents and relative positions are compared apart, in both directions.

    The logits are the sum of up to three products: of the contents of query and key, of the query's content with the
    key's position relative to it (``c2p``), and of the query's position with the key's content (``p2c``), divided by
    the root of the width of a head times their number. One table of relative positions serves all layers.
    """

    keyword: ClassVar[str] = "disentangled_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "disentangled_attention: {num_attention_heads: 16, max_relative_positions: 512, position_buckets: 256,\n"
        "                         pos_att_type: [c2p, p2c], share_att_key: true}"
    )
    source: ClassVar[str] = "He et al. 2020, DeBERTa, arXiv:2006.03654; buckets, shared projections: arXiv:2111.09543"
    term: ClassVar[Term] = words.DISENTANGLED
    aliases: ClassVar[tuple[str, ...]] = ("deberta attention", "content and position attention", "relative attention")
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_HEAD, RELATIVE_POSITIONS)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)

    num_attention_heads: Size = Field(description="Number of heads.")
    head_dim: Size | None = Field(
        default=None, description="Features per head; hidden_size / num_attention_heads where it is left out."
    )
    attention_bias: bool = Field(default=True, description="Whether the projections have biases.")
    attention_key_bias: bool | None = Field(
        default=None, description="Whether the key projection has a bias; attention_bias where it is left out."
    )
    max_relative_positions: Size = Field(
        description="Largest distance, in tokens, with an entry of its own in the table."
    )
    position_buckets: Size | None = Field(
        default=None,
        description="Buckets of distances to each side, which widen with the distance; left out, one per distance.",
    )
    pos_att_type: tuple[Direction, ...] = Field(
        default=("c2p", "p2c"),
        min_length=1,
        max_length=2,
        description="Products beside that of the contents: c2p, content to position; p2c, position to content.",
    )
    share_att_key: bool = Field(
        default=False, description="Whether positions pass the projections of contents; else they have their own."
    )
    position_key_bias: bool = Field(
        default=True, description="Whether the projection of positions to keys has a bias; that to queries has one."
    )
    norm_rel_ebd: bool = Field(default=False, description="Whether the table passes a LayerNorm before its use.")
    talking_head: bool = Field(
        default=False, description="Whether logits and weights pass a projection from head to head."
    )
    shared: bool = Field(
        default=False, description="Whether the table, with its norm, is the one of the stack's first layer."
    )
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """With the biases."""
        yield from super().concepts_used()
        if self.attention_bias:
            yield ATTENTION_BIAS

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The width of a head."""
        return {"head_dim": self._width(scope)}

    def expand(self, scope: Scope) -> Module:
        """Projections of contents, and of the table of positions; attention over both; output projection.

        Raises :class:`KindError` where heads don't divide the hidden size.
        """
        hidden, bias = scope.hidden_size, self.attention_bias
        heads = Heads(self.num_attention_heads, self.num_attention_heads, self._width(scope), causal=False)
        biases = Biases(bias, bias if self.attention_key_bias is None else self.attention_key_bias, bias, bias)
        contents = (
            *queries(hidden, heads, None, bias=biases.query),
            *keys_and_values(hidden, heads, key_bias=biases.key, value_bias=biases.value, window=None, cached=False),
        )
        attention = Leaf(
            "attention",
            words.SOFTMAX_ATTENTION(),
            role="attention",
            detail=(words.BIDIRECTIONAL(), grouping(heads)),
            weights=self._between_heads(),
            part="attention",
            inputs=len(contents) + len(self.pos_att_type),
            tag=words.TALKING_HEADS() if self.talking_head else "",
            heads=heads,
        )
        width = heads.query * heads.width
        return Module(
            "self_attn",
            self.label or self.term(),
            Sequence(
                (
                    Parallel((*contents, self._positions(hidden, width)), "separate"),
                    attention,
                    output_projection("o_proj", width, hidden, bias=biases.output),
                )
            ),
            role="attention",
            detail=(head_counts(heads), head_dim(heads), words.BIDIRECTIONAL()),
            notes=(
                (words.BIDIRECTIONAL(), words.NO_KV_CACHE()),
                (attention_scale((heads.width * (1 + len(self.pos_att_type))) ** -0.5), words.TABLE_SHARED()),
                (words.PROJECTIONS_OF_CONTENT() if self.share_att_key else "", self._buckets()),
                biases.phrase(),
            ),
        )

    def _width(self, scope: Scope) -> int:
        if self.head_dim is None and scope.hidden_size % self.num_attention_heads:
            raise KindError(
                f"num_attention_heads {self.num_attention_heads} does not divide hidden_size {scope.hidden_size}",
                "num_attention_heads",
                "add head_dim where a head is not hidden_size / num_attention_heads wide",
            )
        return self.head_dim or scope.hidden_size // self.num_attention_heads

    def _buckets(self) -> Words:
        return words.IN_BUCKETS(distance=self.max_relative_positions) if self.position_buckets else ""

    def _between_heads(self) -> tuple[Weight, ...]:
        shape = (self.num_attention_heads, self.num_attention_heads)
        names = ("head_logits_proj.weight", "head_weights_proj.weight") if self.talking_head else ()
        return tuple(Weight(name, shape) for name in names)

    def _positions(self, hidden: int, width: int) -> Block:
        """From the table of relative positions to the lines that contents are compared with."""
        rows = 2 * (self.position_buckets or self.max_relative_positions)
        table: list[Block] = [
            Leaf(
                "rel_embeddings",
                words.RELATIVE_TABLE(),
                role="position",
                detail=(words.DISTANCES(number=rows), common.SHARED() if self.shared else ""),
                weights=(Weight("weight", (rows, hidden), tied=self.shared),),
                part="attention",
                inputs=0,
            )
        ]
        if self.norm_rel_ebd:
            weights = tuple(Weight(name, (hidden,), tied=self.shared) for name in ("weight", "bias"))
            table.append(Leaf("rel_norm", common.LAYERNORM(), role="norm", weights=weights, part="norm"))
        lines = [self._position_line(direction, hidden, width) for direction in self.pos_att_type]
        last = lines[0] if len(lines) == 1 else Parallel(tuple(lines), "separate")
        return Sequence((*table, last))

    def _position_line(self, direction: Direction, hidden: int, width: int) -> Leaf:
        """Keys of positions for the queries' contents, or queries of positions for the keys'."""
        line, name = ("K", "pos_key_proj") if direction == "c2p" else ("Q", "pos_query_proj")
        label: Phrase = words.POSITION_LINE(line=line, width=width)
        detail = words.CONTENT_TO_POSITION() if direction == "c2p" else words.POSITION_TO_CONTENT()
        if self.share_att_key:
            # The weights are those of the contents' projections, which are counted there.
            of_positions = f"{line.lower()}_of_positions"
            return Leaf(
                of_positions, label, detail=(detail, common.SHARED()), part="attention", outputs=(f"{line} pos",)
            )
        bias = self.position_key_bias if direction == "c2p" else True
        return linear(name, label, hidden, width, bias=bias, part="attention", detail=detail, outputs=(f"{line} pos",))
