"""Encoders that a decoder reads: the module beside the spine, the attention to it, and the front of one of sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import AnyBlock, Family, Kind, KindError, Scope
from archdraw.kinds.expanding import expand_in_row
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.mixers.attention_parts import (
    Biases,
    QueryKeyNorm,
    grouping,
    keys_and_values,
    queries,
    query_key_norm,
)
from archdraw.kinds.wording import notes, number, parameters
from archdraw.tree.blocks import LINE, Block, Heads, Leaf, Module, Parallel, Sequence, Setting, Side, linear
from archdraw.tree.facts import facts
from archdraw.tree.runs import number_of_layers


class Encoder(Kind):
    """The encoder of an encoder-decoder: it reads the whole source at once, and each layer of the decoder its output.

    ``layers`` are its blocks from its own input up, as those of the model; its ``hidden_size`` is the model's unless
    said. Its parameters are booked by what they are, as those of the decoder.
    """

    keyword: ClassVar[str] = "encoder"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "encoder:\n"
        "  layers:\n"
        "    - embedding: {shared: true}\n"
        "    - encoder_layer:\n"
        "        times: 12\n"
        "        attention: {multi_head: {num_attention_heads: 16, is_causal: false}}\n"
        "        feed_forward: {relu: {intermediate_size: 3072}}\n"
        "    - rmsnorm"
    )
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, section 3.1, arXiv:1706.03762"
    main: ClassVar[str | None] = "layers"

    layers: Annotated[tuple[AnyBlock, ...], Field(min_length=1)]
    hidden_size: Size | None = None
    label: Label = "Encoder"

    def expand(self, scope: Scope) -> Side:
        """A counted side module. Raises :class:`KindError` for one without layers or with a cache."""
        body = Sequence(expand_in_row(self.layers, replace(scope, hidden_size=self.hidden_size or scope.hidden_size)))
        layers = number_of_layers(body)
        if layers == 0:
            raise KindError("an encoder needs layers", "layers", "add an encoder_layer")
        counted = facts(body)
        if counted.cache or counted.state:
            raise KindError("an encoder keeps nothing in a cache", "layers", "say is_causal: false in its attention")
        detail = f"{layers} layer{'s' if layers > 1 else ''}, {parameters(counted.total_parameters)}"
        module = Module(
            "encoder",
            self.label,
            body,
            role="auxiliary",
            detail=detail,
            kind=self.keyword,
            notes=("to all cross-attention layers",),
        )
        return Side(module, direction="in", joins=False)


class CrossAttention(Kind):
    """Attention of a decoder's tokens to the output of an encoder, from which its keys and values come.

    They are made once for the whole source, so that a token of the decoder adds nothing to a cache. A vector of the
    encoder has ``encoder_hidden_size`` features, the model's unless said; there are at most ``max_source_positions``.
    Groups of query heads share ``num_key_value_heads`` heads of keys and values where that is said. ``qk_norm``, biases
    and ``attention_multiplier`` as in ``multi_head``.
    """

    keyword: ClassVar[str] = "cross_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "cross_attention: {num_attention_heads: 16, attention_bias: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, section 3.2.3, arXiv:1706.03762"

    num_attention_heads: Size
    num_key_value_heads: Size | None = None
    head_dim: Size | None = None
    qk_norm: QueryKeyNorm | None = None
    encoder_hidden_size: Size | None = None
    max_source_positions: Size | None = None
    attention_bias: bool = False
    attention_key_bias: bool | None = None
    attention_multiplier: Factor | None = None
    label: Label = "Cross-attention"

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The width of a head."""
        return {"head_dim": self.head_dim or scope.hidden_size // self.num_attention_heads}

    def expand(self, scope: Scope) -> Module:
        """Queries of the line, keys and values of a source, attention, output projection.

        Raises :class:`KindError` where the heads don't divide the hidden size, or groups the heads.
        """
        hidden, query, bias = scope.hidden_size, self.num_attention_heads, self.attention_bias
        groups = self.num_key_value_heads or query
        if query % groups:
            raise KindError(
                f"num_key_value_heads {groups} does not divide num_attention_heads {query}", "num_key_value_heads"
            )
        if self.head_dim is None and hidden % query:
            raise KindError(
                f"num_attention_heads {query} does not divide hidden_size {hidden}",
                "num_attention_heads",
                "say head_dim where a head is not hidden_size / num_attention_heads wide",
            )
        heads = Heads(query, groups, self.head_dim or hidden // query, reach=self.max_source_positions)
        biases = Biases(bias, bias if self.attention_key_bias is None else self.attention_key_bias, bias, bias)
        each = heads.width
        width = query * each
        origin = Leaf("encoder_output", "encoder output", role="auxiliary", inputs=0, tag="encoder output")
        pairs = keys_and_values(
            self.encoder_hidden_size or hidden,
            heads,
            key_bias=biases.key,
            value_bias=biases.value,
            window=None,
            cached=False,
        )
        asked = queries(hidden, heads, None, bias=biases.query)
        projections = Parallel((*asked, Sequence((origin, Parallel(pairs, "separate")))), "separate")
        attention = Leaf(
            "attention",
            "Softmax attention",
            role="attention",
            detail=grouping(heads),
            part="attention",
            inputs=3,
            heads=heads,
        )
        out = linear(
            "o_proj",
            "output projection",
            width,
            hidden,
            bias=biases.output,
            part="attention",
            detail=f"{width:,} to {hidden:,}",
        )
        return Module(
            "cross_attn",
            self.label,
            Sequence((projections, *self._normed(heads), attention, out)),
            role="attention",
            detail=f"{query} heads of {each}" if groups == query else f"{query} Q, {groups} KV, head {each}",
            kind=self.keyword,
            notes=notes(
                "K and V are made once, of the whole source", [self._longest(), self._scale()], biases.phrase()
            ),
        )

    def _normed(self, heads: Heads) -> tuple[Block, ...]:
        """The norm of queries and keys, beside which the values pass."""
        if self.qk_norm is None:
            return ()
        return (Parallel((query_key_norm(self.qk_norm, heads, ("Q", "K")), LINE), "separate"),)

    def _longest(self) -> str:
        return f"at most {self.max_source_positions:,} vectors of it" if self.max_source_positions else ""

    def _scale(self) -> str:
        if self.attention_multiplier is None:
            return ""
        factor = number(self.attention_multiplier)
        return "scores are not scaled" if factor == "1" else f"scores × {factor}"
