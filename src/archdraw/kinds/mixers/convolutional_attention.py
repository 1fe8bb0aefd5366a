"""Attention whose queries, keys and values are narrow and mixed with those of the tokens just before."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.mixers.position import PositionKind
from archdraw.kinds.wording import data_size, notes
from archdraw.tree.blocks import Block, Cache, Heads, Leaf, Module, Parallel, Role, Sequence, Weight, Window, linear


class CompressedConvolutionalAttention(Kind):
    """Compressed convolutional attention (CCA): all of attention happens in fewer features than the line has.

    Queries and keys pass two causal convolutions, over ``cca_time0`` tokens in each channel and over ``cca_time1``
    tokens in each head; the mean of the query and key heads of a group, from before, is added. Both are scaled to unit
    length, keys by a learned number a head. One half of the values is the token's own, the other the token before's.
    """

    keyword: ClassVar[str] = "compressed_convolutional_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "compressed_convolutional_attention: {num_attention_heads: 8, num_key_value_heads: 2, head_dim: 128}"
    )
    source: ClassVar[str] = "Figliolia et al. 2025, Compressed Convolutional Attention, arXiv:2510.04476"

    num_attention_heads: Size
    num_key_value_heads: Size
    head_dim: Size
    cca_time0: Size = 2
    cca_time1: Size = 2
    attention_bias: bool = False
    position: Position | None = None
    sliding_window: Size | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Queries and keys through convolutions, norm and rotation; values of two tokens; attention; the output.

        Raises :class:`KindError` where heads don't divide or the values have no two halves.
        """
        query, key_value, width, hidden = self._checked(scope)
        window = None if self.sliding_window is None else Window(self.sliding_window)
        role: Role = "attention" if window is None else "sliding"
        attention = Leaf(
            "attention",
            "Softmax attention",
            role=role,
            detail=f"{self.num_key_value_heads} groups: {query // key_value} Q heads to 1 KV head",
            part="attention",
            inputs=3,
            heads=Heads(self.num_attention_heads, self.num_key_value_heads, width, reach=self.sliding_window),
        )
        out = linear(
            "o_proj",
            "output projection",
            query,
            hidden,
            bias=self.attention_bias,
            part="attention",
            detail=f"{query:,} to {hidden:,}",
        )
        body = Sequence(
            (
                Parallel((self._queries_and_keys(hidden, window), self._values(hidden, window)), "separate"),
                attention,
                out,
            )
        )
        extra = [] if self.sliding_window is None else [f"window {self.sliding_window:,}"]
        mixed = (self.cca_time0 - 1 + self.cca_time1 - 1) * (query + key_value)
        return Module(
            "self_attn",
            self.label or "Compressed convolutional attention",
            body,
            role=role,
            detail=", ".join([f"{self.num_attention_heads} Q, {self.num_key_value_heads} KV", f"head {width}", *extra]),
            kind=self.keyword,
            notes=notes(
                f"a token caches 2 × {self.num_key_value_heads} × {width} values, {data_size(4 * key_value)} in bf16",
                f"a layer keeps {mixed:,} values for its convolutions",
                "all projections have a bias" if self.attention_bias else "",
            ),
        )

    def _checked(self, scope: Scope) -> tuple[int, int, int, int]:
        """The features of all queries, of all keys, of one head, and of the line."""
        if self.num_attention_heads % self.num_key_value_heads:
            raise KindError(
                f"num_key_value_heads {self.num_key_value_heads} does not divide num_attention_heads "
                f"{self.num_attention_heads}",
                "num_key_value_heads",
                f"grouped-query attention needs a divisor of {self.num_attention_heads}",
            )
        key_value = self.num_key_value_heads * self.head_dim
        if key_value % 2:
            raise KindError(f"{key_value} features of values have no two halves", "head_dim")
        return self.num_attention_heads * self.head_dim, key_value, self.head_dim, scope.hidden_size

    def _queries_and_keys(self, hidden: int, window: Window | None) -> Block:
        width, bias = self.head_dim, self.attention_bias
        heads = self.num_attention_heads + self.num_key_value_heads
        query, key = self.num_attention_heads * width, self.num_key_value_heads * width
        channels = query + key
        projections = Parallel(
            (
                linear("q_proj", f"Q {query:,}", hidden, query, bias=bias, part="attention"),
                linear("k_proj", f"K {key:,}", hidden, key, bias=bias, part="attention", cache=Cache(key, window)),
            ),
            "concatenate",
        )
        convolutions = [
            Leaf(
                f"conv_qk_{name}",
                f"convolution over {kernel} tokens",
                role="convolution",
                detail=detail,
                weights=(Weight("weight", (channels, inputs, kernel)), Weight("bias", (channels,))),
                part="attention",
                state=(kernel - 1) * channels,
            )
            for name, inputs, kernel, detail in (
                ("depthwise", 1, self.cca_time0, f"{channels:,} channels"),
                ("grouped", width, self.cca_time1, f"{heads} heads"),
            )
        ]
        mean = Leaf("qk_mean", "mean of Q and K", detail="in each group")
        norm = Leaf(
            "qk_norm",
            "L2 norm, K scaled",
            role="norm",
            weights=(Weight("temp", (self.num_key_value_heads,)),),
            part="norm",
            outputs=("Q", "K"),
            tag="QK-norm",
        )
        position = self.position.rotation(width, ("Q", "K")) if isinstance(self.position, PositionKind) else None
        mixed = Parallel((mean, Sequence(tuple(convolutions))), "add")
        return Sequence((projections, mixed, norm, *([] if position is None else [position])))

    def _values(self, hidden: int, window: Window | None) -> Block:
        half = self.num_key_value_heads * self.head_dim // 2
        own, delayed = (
            linear(
                f"v_proj_{name}",
                f"V {half:,}",
                hidden,
                half,
                bias=self.attention_bias,
                part="attention",
                cache=Cache(half, window),
            )
            for name in ("current", "delayed")
        )
        late = Leaf("delay", "1 token late", role="convolution", state=half)
        return Sequence((Parallel((own, Sequence((delayed, late))), "concatenate"),))
