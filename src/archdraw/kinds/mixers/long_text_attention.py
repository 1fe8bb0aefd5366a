"""Attention of encoders of long texts: windows with global tokens, random blocks, approximations of the softmax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase, Term, Words
from archdraw.glossary import attention as words
from archdraw.glossary.concepts import (
    BLOCK_SPARSE,
    MULTI_HEAD,
    SLIDING_WINDOW,
    Concept,
)
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.mixers.attention_parts import grouping
from archdraw.tree.blocks import Block, Heads, Leaf, Role, Weight, linear

_NOT_DRAWN = ("output_gate", "shares_kv", "attention_k_eq_v", "sliding_window", "attention_chunk_size", "sinks")
"""Fields of softmax attention that these kinds have no use for."""


class LongText(MultiHead):
    """What these kinds share: they are bidirectional, and their pattern takes the place of a window."""

    is_causal: bool = Field(default=False, description="False: a token attends to those after it, too.")

    def check(self) -> None:
        """Raises :class:`KindError` for fields that another pattern than this one needs."""
        super().check()
        if self.is_causal:
            raise KindError(f"{self.keyword} is bidirectional", "is_causal", "leave it out")
        for name in _NOT_DRAWN:
            if getattr(self, name):
                raise KindError(f"{name} cannot be combined with {self.keyword}", name)


class WindowAndGlobal(LongText):
    """Window and global attention (Longformer): each token attends to a window around it and to the global tokens.

    The global tokens, which a task chooses, attend to all tokens, with projections of their own: those of queries,
    keys and values stand twice in each layer. ``attention_window`` counts the tokens of both sides.
    """

    keyword: ClassVar[str] = "window_and_global_attention"
    example: ClassVar[str] = (
        "window_and_global_attention: {num_attention_heads: 16, attention_window: 512, attention_bias: true}"
    )
    source: ClassVar[str] = "Beltagy et al. 2020, Longformer, arXiv:2004.05150; LongformerSelfAttention of transformers"
    term: ClassVar[Term] = words.WINDOW_AND_GLOBAL
    aliases: ClassVar[tuple[str, ...]] = ("longformer", "longformer attention", "global tokens", "dilated window")
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_HEAD, SLIDING_WINDOW)
    drawn_as: ClassVar[tuple[Role, ...]] = ("sliding",)

    attention_window: Size = Field(description="Tokens around a token that it attends to, half of them to each side.")

    def heads(self, scope: Scope) -> Heads:
        """The heads; a query meets the tokens of its window."""
        return replace(super().heads(scope), reach=self.attention_window)

    def named(self) -> Phrase:
        """As the kind."""
        return self.term()

    def chooser(self, hidden: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """Projections of the global tokens, which lead straight to the attention."""
        made = []
        width = self._global_width or hidden
        for line, name, bias in (
            ("Q", "query_global", self.biases.query),
            ("K", "key_global", self.biases.key),
            ("V", "value_global", self.biases.value),
        ):
            label = words.GLOBAL_LINE(line=line, width=width)
            made.append(linear(name, label, hidden, width, bias=bias, part="attention", outputs=(f"global {line}",)))
        return tuple(made), ()

    @property
    def _global_width(self) -> int | None:
        return None if self.head_dim is None else self.head_dim * self.num_attention_heads

    def selection(self) -> tuple[Note, ...]:
        """How far a window reaches, and what the global tokens do."""
        return (words.PER_SIDE(tokens=self.attention_window // 2), words.GLOBAL_TOKENS())

    def _role(self) -> Role:
        return "sliding"

    def _mixed(self, heads: Heads, selected: tuple[Block, ...]) -> tuple[Block, ...]:
        """One attention over the lines of all tokens and those of the global ones."""
        *before, attention = super()._mixed(heads, selected)
        assert isinstance(attention, Leaf)
        assert not before, "positions are not rotated here"
        return (replace(attention, inputs=attention.inputs + 3, role="sliding", tag=words.GLOBAL_TAG()),)

    def check(self) -> None:
        """Also where queries and keys are changed on their way, which would leave out the global ones."""
        super().check()
        for name in ("qk_norm", "v_norm", "position", "attention_value_scale"):
            if getattr(self, name):
                raise KindError(f"{name} cannot be combined with {self.keyword}", name)


class RandomBlocks(LongText):
    """Window, global and random blocks (BigBird): tokens are cut into blocks, and each attends to a few of them.

    A block attends to itself and its two neighbors, to the first and the last block, and to ``num_random_blocks`` that
    are drawn for each layer once for all. The first and the last block attend to all.
    """

    keyword: ClassVar[str] = "random_block_attention"
    example: ClassVar[str] = (
        "random_block_attention: {num_attention_heads: 16, block_size: 64, num_random_blocks: 3, attention_bias: true}"
    )
    source: ClassVar[str] = (
        "Zaheer et al. 2020, Big Bird, arXiv:2007.14062; BigBirdBlockSparseAttention of transformers"
    )
    term: ClassVar[Term] = words.RANDOM_BLOCKS
    aliases: ClassVar[tuple[str, ...]] = ("big bird", "bigbird", "random attention", "sparse attention")
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_HEAD, BLOCK_SPARSE)
    drawn_as: ClassVar[tuple[Role, ...]] = ("sliding",)

    block_size: Size = Field(description="Tokens per block.")
    num_random_blocks: Size = Field(description="Random blocks that a block attends to.")

    NEAR: ClassVar[int] = 3
    ENDS: ClassVar[int] = 2

    def heads(self, scope: Scope) -> Heads:
        """The heads; a query meets the tokens of the blocks that its own attends to."""
        blocks = self.NEAR + self.ENDS + self.num_random_blocks
        reach, block = blocks * self.block_size, self.block_size
        return replace(super().heads(scope), reach=reach, pattern="selection", block=block, local=self.NEAR)

    def named(self) -> Phrase:
        """As the kind."""
        return self.term()

    def selection(self) -> tuple[Note, ...]:
        """The blocks."""
        blocks = words.BLOCKS_PER_QUERY(near=self.NEAR, random=self.num_random_blocks)
        return words.BLOCKS_OF(size=self.block_size), blocks

    def _role(self) -> Role:
        return "sliding"


Method = Literal["nystrom", "multiresolution", "lsh"]


class Approximate(LongText):
    """Approximate attention: softmax attention of all tokens, computed at a cost that grows with the length alone.

    ``nystrom`` (Nyströmformer) goes through ``num_landmarks`` means of segments; ``multiresolution`` (MRA) refines the
    ``block_per_row`` most important blocks of a row; ``lsh`` (YOSO) takes the tokens in one bucket of ``num_hash``
    hashes of ``hash_code_len`` bits. With ``conv_kernel_size`` a depthwise convolution of the values over the tokens,
    one kernel per head, is added to the result.
    """

    keyword: ClassVar[str] = "approximate_attention"
    example: ClassVar[str] = (
        "approximate_attention: {num_attention_heads: 8, method: nystrom, num_landmarks: 64, conv_kernel_size: 65}"
    )
    source: ClassVar[str] = (
        "Xiong et al. 2021, Nyströmformer, arXiv:2102.03902; MRA: arXiv:2207.10284; YOSO: arXiv:2111.09714"
    )
    term: ClassVar[Term] = words.APPROXIMATE
    aliases: ClassVar[tuple[str, ...]] = ("nyströmformer", "yoso", "mra", "linear-time attention", "landmarks")
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_HEAD,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)

    method: Method = Field(description="How the softmax is approximated: nystrom, multiresolution, or lsh.")
    num_landmarks: Size | None = Field(default=None, description="Landmarks of nystrom.")
    block_per_row: Size | None = Field(default=None, description="Blocks per row that multiresolution refines.")
    num_hash: Size | None = Field(default=None, description="Hashes of lsh.")
    hash_code_len: Size | None = Field(default=None, description="Bits of a hash of lsh.")
    conv_kernel_size: Size | None = Field(
        default=None, description="Tokens of the convolution that is added; left out, there is none."
    )

    _NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "nystrom": ("num_landmarks",),
        "multiresolution": ("block_per_row",),
        "lsh": ("num_hash", "hash_code_len"),
    }

    def check(self) -> None:
        """Raises :class:`KindError` also where a number of the method is missing, or one of another is there."""
        super().check()
        for method, names in self._NEEDS.items():
            for name in names:
                if (getattr(self, name) is None) == (method == self.method):
                    problem = "is missing" if method == self.method else f"is none of {self.method}"
                    raise KindError(f"{name} {problem}", name if method != self.method else "method")

    def named(self) -> Phrase:
        """By the method."""
        return self.core()

    def core(self) -> Phrase:
        """By the method."""
        names = {"nystrom": words.NYSTROM, "multiresolution": words.MULTIRESOLUTION, "lsh": words.HASHED}
        return names[self.method]()

    def selection(self) -> tuple[Note, ...]:
        """The numbers of the method, and the convolution."""
        kernel = self.conv_kernel_size
        return (self._numbers(), words.OVER_TOKENS(kernel=kernel) if kernel else "")

    def _mixed(self, heads: Heads, selected: tuple[Block, ...]) -> tuple[Block, ...]:
        """With the convolution, which the class stores as ``[heads, 1, kernel, 1]``."""
        *before, attention = super()._mixed(heads, selected)
        assert isinstance(attention, Leaf)
        kernel = self.conv_kernel_size
        convolution = (Weight("conv.weight", (heads.query, 1, kernel, 1)),) if kernel else ()
        changed = replace(
            attention,
            detail=(words.BIDIRECTIONAL(), grouping(heads), self._numbers()),
            weights=attention.weights + convolution,
            tag=words.OVER_TOKENS(kernel=kernel) if kernel else "",
        )
        return (*before, changed)

    def _numbers(self) -> Words:
        if self.num_landmarks is not None:
            return words.LANDMARKS(number=self.num_landmarks)
        if self.block_per_row is not None:
            return words.BLOCKS_PER_ROW(number=self.block_per_row)
        return words.HASHES(number=self.num_hash or 0, bits=self.hash_code_len or 0)
