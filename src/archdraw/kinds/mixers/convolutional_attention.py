"""Attention whose queries, keys and values are narrow and mixed with those of the tokens just before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Term
from archdraw.glossary import attention as attention_words
from archdraw.glossary import latent_attention as words
from archdraw.glossary.concepts import CONVOLUTIONAL_ATTENTION, SLIDING_WINDOW, Concept
from archdraw.glossary.linear_mixers import CONV_STATE
from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import (
    Biases,
    grouping,
    head_counts,
    head_dim,
    kv_cache,
    mask,
    output_projection,
    window_detail,
)
from archdraw.kinds.mixers.position import PositionKind
from archdraw.tree.blocks import Block, Cache, Heads, Leaf, Module, Parallel, Role, Sequence, Weight, Window, linear


class CompressedConvolutionalAttention(Kind):
    """Compressed convolutional attention (CCA): all of attention happens in fewer features than the line has.

    Queries and keys pass two causal convolutions, over ``cca_time0`` tokens in each channel and over ``cca_time1``
    tokens in each head; the mean of the query and key heads of a group, from before, is added. Both are scaled to unit
    length, keys by a learned number per head. One half of the values is the token's own, the other the token before's.
    """

    keyword: ClassVar[str] = "compressed_convolutional_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "compressed_convolutional_attention: {num_attention_heads: 8, num_key_value_heads: 2, head_dim: 128}"
    )
    source: ClassVar[str] = "Figliolia et al. 2025, Compressed Convolutional Attention, arXiv:2510.04476"
    term: ClassVar[Term] = words.CONVOLUTIONAL
    aliases: ClassVar[tuple[str, ...]] = ("cca", "convolutional attention")
    concepts: ClassVar[tuple[Concept, ...]] = (CONVOLUTIONAL_ATTENTION,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention", "sliding")

    num_attention_heads: Size = Field(description="Number of query heads.")
    num_key_value_heads: Size = Field(
        description="Number of key heads, and of value heads; a divisor of num_attention_heads."
    )
    head_dim: Size = Field(description="Features per head; those of all value heads together are even.")
    cca_time0: Size = Field(default=2, description="Tokens that the depthwise convolution reads, its own included.")
    cca_time1: Size = Field(default=2, description="Tokens that the convolution within heads reads.")
    attention_bias: bool = Field(default=False, description="Whether the projections have a bias.")
    position: Position | None = Field(default=None, description="Positional encoding: rope, or none (NoPE).")
    sliding_window: Size | None = Field(
        default=None,
        description="Number of tokens that a token attends to, itself included; left out for full attention.",
    )
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """A window where there is one."""
        yield from self.concepts
        if self.sliding_window:
            yield SLIDING_WINDOW

    def expand(self, scope: Scope) -> Module:
        """Queries and keys through convolutions, norm and rotation; values of two tokens; attention; the output.

        Raises :class:`KindError` where heads don't divide or the values have no two halves.
        """
        self._check()
        hidden, bias = scope.hidden_size, self.attention_bias
        window = None if self.sliding_window is None else Window(self.sliding_window)
        heads = Heads(self.num_attention_heads, self.num_key_value_heads, self.head_dim, reach=self.sliding_window)
        role: Role = "attention" if window is None else "sliding"
        attention = Leaf(
            "attention",
            attention_words.SOFTMAX_ATTENTION(),
            role=role,
            detail=grouping(heads),
            part="attention",
            inputs=3,
            heads=heads,
        )
        made = Parallel((self._queries_and_keys(hidden, window), self._values(hidden, window)), "separate")
        out = output_projection("o_proj", heads.query * heads.width, hidden, bias=bias)
        channels = (heads.query + heads.key_value) * heads.width
        state = (self.cca_time0 - 1 + self.cca_time1 - 1) * channels
        return Module(
            "self_attn",
            self.label or self.term(),
            Sequence((made, attention, out)),
            role=role,
            detail=(head_counts(heads), head_dim(heads), window_detail(window)),
            notes=(
                kv_cache(heads),
                CONV_STATE(values=state),
                mask(window),
                Biases(bias, bias, bias, bias).phrase(),
            ),
        )

    def _check(self) -> None:
        if self.num_attention_heads % self.num_key_value_heads:
            raise KindError(
                f"num_key_value_heads {self.num_key_value_heads} does not divide num_attention_heads "
                f"{self.num_attention_heads}",
                "num_key_value_heads",
                f"grouped-query attention needs a divisor of {self.num_attention_heads}",
            )
        values = self.num_key_value_heads * self.head_dim
        if values % 2:
            raise KindError(f"{values} features of values have no two halves", "head_dim")

    def _queries_and_keys(self, hidden: int, window: Window | None) -> Block:
        width, bias = self.head_dim, self.attention_bias
        heads = self.num_attention_heads + self.num_key_value_heads
        query, key = self.num_attention_heads * width, self.num_key_value_heads * width
        projections = Parallel(
            (
                linear(
                    "q_proj",
                    attention_words.LINE(line="Q", width=query),
                    hidden,
                    query,
                    bias=bias,
                    part="attention",
                ),
                linear(
                    "k_proj",
                    attention_words.LINE(line="K", width=key),
                    hidden,
                    key,
                    bias=bias,
                    part="attention",
                    cache=Cache(key, window),
                ),
            ),
            "concatenate",
        )
        channels = query + key
        convolutions = [
            Leaf(
                f"conv_qk_{name}",
                attention_words.CAUSAL_CONVOLUTION(kernel=kernel),
                role="convolution",
                detail=detail,
                weights=(Weight("weight", (channels, inputs, kernel)), Weight("bias", (channels,))),
                part="attention",
                state=(kernel - 1) * channels,
            )
            for name, inputs, kernel, detail in (
                ("depthwise", 1, self.cca_time0, words.DEPTHWISE(channels=channels)),
                ("grouped", width, self.cca_time1, words.CONVOLVED_HEADS(heads=heads)),
            )
        ]
        mean = Leaf("qk_mean", words.QUERY_KEY_MEAN(), detail=words.PER_KV_GROUP())
        norm = Leaf(
            "qk_norm",
            words.L2_NORM_SCALED(),
            role="norm",
            weights=(Weight("temp", (self.num_key_value_heads,)),),
            part="norm",
            outputs=("Q", "K"),
            tag=attention_words.QK_NORM(),
        )
        position = self.position.rotation(width, ("Q", "K")) if isinstance(self.position, PositionKind) else None
        mixed = Parallel((mean, Sequence(tuple(convolutions))), "add")
        return Sequence((projections, mixed, norm, *([] if position is None else [position])))

    def _values(self, hidden: int, window: Window | None) -> Block:
        """Half of the values from the token itself, half from the token before."""
        half = self.num_key_value_heads * self.head_dim // 2
        own, delayed = (
            linear(
                f"v_proj_{name}",
                attention_words.LINE(line="V", width=half),
                hidden,
                half,
                bias=self.attention_bias,
                part="attention",
                cache=Cache(half, window),
            )
            for name in ("current", "delayed")
        )
        late = Leaf("delay", words.TOKEN_SHIFT(), role="convolution", state=half)
        return Sequence((Parallel((own, Sequence((delayed, late))), "concatenate"),))
