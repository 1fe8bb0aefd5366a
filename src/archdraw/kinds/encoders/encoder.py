"""Encoders that a decoder reads: the module beside the stack, and the attention to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import Words, common
from archdraw.glossary import attention as terms
from archdraw.glossary import encoders as words
from archdraw.glossary.concepts import CROSS_ATTENTION, ENCODER_DECODER, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Family, Kind, KindError, Position, Scope
from archdraw.kinds.expanding import expand_in_row
from archdraw.kinds.fields import Factor, OwnLabel, ReadsSide, Size
from archdraw.kinds.mixers.added_position import AddedPosition
from archdraw.kinds.mixers.attention_parts import (
    Biases,
    QueryKeyNorm,
    bf16_bytes,
    grouping,
    keys_and_values,
    queries,
    query_key_norm,
)
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
    Side,
    Window,
    linear,
)
from archdraw.tree.facts import facts
from archdraw.tree.runs import number_of_layers


class Encoder(Kind):
    """The encoder of an encoder-decoder: it reads the whole source at once, and each layer of the decoder its output.

    Its parameters are counted by what they are, as those of the decoder.
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
    term: ClassVar[Term] = words.ENCODER
    aliases: ClassVar[tuple[str, ...]] = ("encoder-decoder", "seq2seq", "text encoder", "source encoder")
    concepts: ClassVar[tuple[Concept, ...]] = (ENCODER_DECODER,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)
    main: ClassVar[str | None] = "layers"

    layers: Annotated[tuple[AnyBlock, ...], Field(min_length=1)] = Field(
        description="Its blocks from its own input up, as those of the model."
    )
    hidden_size: Size | None = Field(default=None, description="Its width; left out, the model's.")
    vocab_size: Size | None = Field(default=None, description="Entries of its vocabulary; left out, the model's.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module. Raises :class:`KindError` for one without layers or with a cache."""
        body = Sequence(
            expand_in_row(self.layers, scope.within(self.hidden_size or scope.hidden_size, self.vocab_size))
        )
        layers = number_of_layers(body)
        if layers == 0:
            raise KindError("an encoder needs layers", "layers", "add an encoder_layer")
        counted = facts(body)
        if counted.cache:
            # A recurrent state is none either, once the source is read: it is not counted beside a model.
            raise KindError("an encoder has no KV cache", "layers", "set is_causal: false in its attention")
        detail = (common.LAYERS(number=layers), common.PARAMETERS(count=counted.total_parameters))
        module = Module(
            "encoder",
            self.label or self.term(),
            body,
            role="auxiliary",
            detail=detail,
            notes=(words.TO_CROSS_ATTENTION(),),
            level="encoder",
        )
        return Side(module, direction="in", joins=False)


class CrossAttention(Kind):
    """Attention of a decoder's tokens to the output of an encoder, from which its keys and values come.

    They are computed once for the whole source and kept, so that a token of the decoder adds nothing to a cache.
    """

    keyword: ClassVar[str] = "cross_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "cross_attention: {num_attention_heads: 16, attention_bias: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, section 3.2.3, arXiv:1706.03762"
    term: ClassVar[Term] = words.CROSS_ATTENTION
    aliases: ClassVar[tuple[str, ...]] = ("encoder-decoder attention", "encoder attention", "xattn", "cross attn")
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)
    concepts: ClassVar[tuple[Concept, ...]] = (CROSS_ATTENTION,)

    num_attention_heads: Size = Field(description="Query heads.")
    num_key_value_heads: Size | None = Field(
        default=None, description="Heads of keys and values, shared by groups of query heads; left out, as many."
    )
    head_dim: Size | None = Field(default=None, description="Features of a head; left out, the line's share.")
    qk_norm: QueryKeyNorm | None = Field(default=None, description="Norm of queries and keys.")
    encoder_hidden_size: Size | None = Field(
        default=None, description="Features of the encoder's vectors; left out, the model's."
    )
    max_source_positions: Size | None = Field(default=None, description="Vectors of the encoder at most.")
    use_cache: bool = Field(
        default=True,
        description="Whether keys and values are kept from token to token; false where all come at once (DETR).",
    )
    attention_bias: bool = Field(default=False, description="Whether the projections have biases.")
    attention_key_bias: bool | None = Field(default=None, description="The same of the keys, where it differs.")
    attention_out_bias: bool | None = Field(default=None, description="The same of the output, where it differs.")
    attention_multiplier: Factor | None = Field(
        default=None, description="Factor of the attention logits in place of 1/√d."
    )
    query_pre_attn_scalar: Factor | None = Field(
        default=None, description="Number whose root divides the logits, in place of the width of a head (Gemma)."
    )
    attn_logit_softcapping: Factor | None = Field(
        default=None, description="Bound c of the attention logits: c · tanh(x / c)."
    )
    query_position: Position | None = Field(
        default=None, description="Positions that are added to what queries are made of: added_position."
    )
    key_position: Position | None = Field(
        default=None, description="Positions that are added to what keys are made of; values have none."
    )
    reads: ReadsSide = None
    label: OwnLabel = None

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
        width, longest = self.head_dim or hidden // query, self.max_source_positions
        heads = Heads(query, groups, width, reach=longest, cross=True, causal=False, kept=self.use_cache)
        biases = Biases(bias, _else(self.attention_key_bias, bias), bias, _else(self.attention_out_bias, bias))
        each = heads.width
        width = query * each
        said = words.ENCODER_OUTPUT()
        origin = Leaf("encoder_output", said, role="auxiliary", inputs=0, tag=said, side=self.reads or "")
        pairs = keys_and_values(
            self.encoder_hidden_size or hidden,
            heads,
            key_bias=biases.key,
            value_bias=biases.value,
            window=Window(self.max_source_positions) if self.max_source_positions else None,
            cached=self.use_cache,
        )
        asked = queries(hidden, heads, None, bias=biases.query)
        asked = _placed(self.query_position, "query_position", "Q", asked)
        pairs = _placed(self.key_position, "key_position", "K", pairs)
        projections = Parallel((*asked, Sequence((origin, Parallel(pairs, "separate")))), "separate")
        attention = Leaf(
            "attention",
            terms.SOFTMAX_ATTENTION(),
            role="attention",
            detail=grouping(heads),
            part="attention",
            inputs=3,
            heads=heads,
            tag="" if self.attn_logit_softcapping is None else terms.LOGIT_SOFTCAP(cap=self.attn_logit_softcapping),
        )
        out = linear(
            "o_proj",
            common.OUTPUT_PROJECTION(),
            width,
            hidden,
            bias=biases.output,
            part="attention",
            detail=common.WIDTHS(inputs=width, outputs=hidden),
        )
        return Module(
            "cross_attn",
            self.label or self.term(),
            Sequence((projections, *self._normed(heads), attention, out)),
            role="attention",
            detail=(
                terms.HEADS(number=query) if groups == query else terms.QUERY_KV_HEADS(query=query, key_value=groups),
                terms.DIM(width=each),
            ),
            notes=(
                words.CROSS_CACHE(heads=groups, width=each, size=bf16_bytes(2 * groups * each))
                if self.use_cache
                else "",
                words.COMPUTED_ONCE(),
                (self._longest(), self._scale()),
                biases.phrase(),
            ),
        )

    def _normed(self, heads: Heads) -> tuple[Block, ...]:
        """The norm of queries and keys, beside which the values pass."""
        if self.qk_norm is None:
            return ()
        return (Parallel((query_key_norm(self.qk_norm, heads, ("Q", "K")), LINE), "separate"),)

    def _longest(self) -> Words:
        return words.AT_MOST(vectors=self.max_source_positions) if self.max_source_positions else ""

    def _scale(self) -> Words:
        if self.query_pre_attn_scalar is not None:
            return terms.SCALE_ROOT(width=self.query_pre_attn_scalar)
        if self.attention_multiplier is None:
            return ""
        return terms.NO_SCALING() if self.attention_multiplier == 1 else terms.SCALE(factor=self.attention_multiplier)


def _else(own: bool | None, usual: bool) -> bool:
    return usual if own is None else own


def _placed(position: Kind | None, field: str, line: str, projections: tuple[Block, ...]) -> tuple[Block, ...]:
    """``projections``, the first of which, to ``line``, reads the sum of what comes in and the ``position``."""
    if position is None:
        return projections
    if not isinstance(position, AddedPosition):
        raise KindError(f"{position.keyword} is not added to what cross-attention reads", field, "use added_position")
    return Sequence((position.to_lines(line), projections[0])), *projections[1:]
