"""Softmax attention with a learned bias for each distance, and the short convolutions that go with it (Inkling)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import Phrase, Term, Words, positions
from archdraw.glossary import attention as words
from archdraw.glossary.concepts import GROUPED_QUERY, RELATIVE_POSITIONS, SHORT_CONVOLUTION, SLIDING_WINDOW, Concept
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import (
    grouping,
    head_counts,
    head_dim,
    kv_cache,
    mask,
    output_projection,
    query_key_norm,
    window_detail,
)
from archdraw.tree.blocks import (
    LINE,
    Block,
    Cache,
    Heads,
    Leaf,
    Module,
    Parallel,
    Role,
    Sequence,
    Weight,
    Window,
    linear,
)

Kernel = Annotated[int, Field(ge=2, le=1024, description="Tokens that the causal convolution reads, its own included.")]


class RelativeAttention(Kind):
    """Grouped-query attention without rotation: a learned bias for each distance is added to the logits.

    ``rel_logits_proj`` [d_rel, extent] is a bank of profiles over the last ``extent`` tokens (``sliding_window``, or
    ``rel_extent``); each token mixes them anew for each head. Beyond, the bias is zero. Keys and values pass a short
    causal convolution that is added to them, queries and keys an RMSNorm per head. Logits are divided by the width of
    a head, not by its root.
    """

    keyword: ClassVar[str] = "relative_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "relative_attention: {num_attention_heads: 64, num_key_value_heads: 8, head_dim: 128, d_rel: 16,\n"
        "                     rel_extent: 1024, conv_kernel_size: 4}"
    )
    source: ClassVar[str] = "InklingAttention of transformers; relative positions: Shaw et al. 2018, arXiv:1803.02155"
    term: ClassVar[Term] = words.RELATIVE
    aliases: ClassVar[tuple[str, ...]] = ("relative position", "relative bias")
    concepts: ClassVar[tuple[Concept, ...]] = (GROUPED_QUERY, RELATIVE_POSITIONS)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention", "sliding")

    num_attention_heads: Size = Field(description="Number of query heads.")
    num_key_value_heads: Size = Field(
        description="Number of key heads, and of value heads; a divisor of num_attention_heads."
    )
    head_dim: Size = Field(description="Features per head.")
    d_rel: Size = Field(description="Number of relative-position profiles, and features per head that mix them.")
    rel_extent: Size | None = Field(
        default=None, description="Tokens back that the bias reaches; those of sliding_window where that is set."
    )
    conv_kernel_size: Kernel = 4
    sliding_window: Size | None = Field(
        default=None,
        description="Number of tokens that a token attends to, itself included; left out for full attention.",
    )
    log_scaling_n_floor: Size | None = Field(
        default=None,
        description="Token from which on logits grow by 1 + log_scaling_alpha · ln(n / log_scaling_n_floor).",
    )
    log_scaling_alpha: Factor = Field(default=0.1, description="Slope of that growth.")
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """A window where there is one."""
        yield from self.concepts
        if self.sliding_window:
            yield SLIDING_WINDOW

    def expand(self, scope: Scope) -> Module:
        """Projections, convolutions of keys and values, QK-norm, the line of the bias, attention, output projection.

        Raises :class:`KindError` where heads don't divide, or the reach of the bias is missing.
        """
        heads, extent, window, attention = self._attended(4)
        width = heads.width
        prepared = Parallel((query_key_norm("rmsnorm_per_head", heads, ("Q", "K")), LINE, LINE), "separate")
        out = output_projection("o_proj", heads.query * width, scope.hidden_size)
        facts: tuple[Words, ...] = (
            mask(window),
            words.SCALE_ONE_OVER(divisor=width),
            positions.RELATIVE_PROFILES(number=self.d_rel),
        )
        return Module(
            "self_attn",
            self.label or (words.SLIDING_WINDOW() if window else self.term()),
            Sequence((self._projections(scope.hidden_size, extent, window), prepared, attention, out)),
            role=attention.role,
            detail=(head_counts(heads), head_dim(heads), window_detail(window)),
            notes=(kv_cache(heads), facts, self._growth()),
        )

    def _attended(self, lines: int) -> tuple[Heads, int, Window | None, Leaf]:
        """The heads, how many tokens the bias reaches, the window, and the attention that so many ``lines`` lead to."""
        query, groups = self.num_attention_heads, self.num_key_value_heads
        if query % groups:
            raise KindError(
                f"num_key_value_heads {groups} does not divide num_attention_heads {query}", "num_key_value_heads"
            )
        extent = self.sliding_window or self.rel_extent
        if extent is None:
            raise KindError("rel_extent is missing", hint="add rel_extent or a sliding_window")
        window = Window(self.sliding_window) if self.sliding_window else None
        heads = Heads(query, groups, self.head_dim, None, self.sliding_window)
        attention = Leaf(
            "attention",
            words.SOFTMAX_ATTENTION(),
            role="sliding" if window else "attention",
            detail=grouping(heads),
            part="attention",
            inputs=lines,
            heads=heads,
        )
        return heads, extent, window, attention

    def _projections(self, hidden: int, extent: int, window: Window | None) -> Parallel:
        """The lines Q, K, V, and the bias: what each token mixes the profiles by, and the profiles."""
        width, relative = self.num_attention_heads * self.head_dim, self.num_attention_heads * self.d_rel
        bias = Leaf(
            "rel_logits_proj",
            positions.RELATIVE_BIAS_UP_TO(distance=extent),
            role="position",
            weights=(Weight("proj", (self.d_rel, extent)),),
            multiplications=relative * extent,
            part="attention",
            outputs=("bias",),
            tag=positions.RELATIVE_BIAS(),
        )
        mixing = linear("r_proj", words.LINE(line="R", width=relative), hidden, relative, part="attention")
        return Parallel(
            (
                linear("q_proj", words.LINE(line="Q", width=width), hidden, width, part="attention", outputs=("Q",)),
                self._convolved("K", hidden, window),
                self._convolved("V", hidden, window),
                Sequence((mixing, bias)),
            ),
            "separate",
        )

    def _convolved(self, line: str, hidden: int, window: Window | None) -> Block:
        """Keys or values: the projection, and the convolution whose result is added; only then are they cached."""
        width, name = self.num_key_value_heads * self.head_dim, line.lower()
        label = words.CONVOLUTION_RESIDUAL(kernel=self.conv_kernel_size)
        convolution = _convolution(f"{name}_sconv", label, width, self.conv_kernel_size)
        return Sequence(
            (
                linear(f"{name}_proj", words.LINE(line=line, width=width), hidden, width, part="attention"),
                replace(convolution, part="attention", outputs=(line,), cache=Cache(width, window)),
            )
        )

    def _growth(self) -> Words:
        """How logits grow with the position, empty where they don't."""
        if self.log_scaling_n_floor is None:
            return ""
        return words.LOG_SCALING(scale=self.log_scaling_alpha, floor=self.log_scaling_n_floor)


class AddedConvolution(Kind):
    """A short causal convolution over ``conv_kernel_size`` tokens, each feature by itself, that is added to its input.

    Its weight is [hidden_size, 1, conv_kernel_size].
    """

    keyword: ClassVar[str] = "added_convolution"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "added_convolution: {conv_kernel_size: 4, name: attn_sconv}"
    source: ClassVar[str] = "InklingShortConvolution of transformers; So et al. 2021, Primer, arXiv:2109.08668"
    main: ClassVar[str | None] = "conv_kernel_size"
    term: ClassVar[Term] = words.SHORT_CONVOLUTION
    aliases: ClassVar[tuple[str, ...]] = ("sconv",)
    concepts: ClassVar[tuple[Concept, ...]] = (SHORT_CONVOLUTION,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("convolution",)

    conv_kernel_size: Kernel = 4
    name: Annotated[
        str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60, description="Its name in the checkpoint.")
    ] = "sconv"
    output_scale: bool = Field(
        default=False, description="Whether the sum is divided by √(conv_kernel_size + 1), its terms (Inkling 2)."
    )

    def expand(self, scope: Scope) -> Leaf:
        """One leaf whose state is the last ``conv_kernel_size - 1`` tokens."""
        made = _convolution(self.name, self.term(), scope.hidden_size, self.conv_kernel_size)
        kernel = self.conv_kernel_size
        added = scaled_convolution(kernel) if self.output_scale else words.CONVOLUTION_RESIDUAL(kernel=kernel)
        return replace(made, detail=added)


def scaled_convolution(kernel: int) -> Words:
    """What a convolution of ``kernel`` weights is whose sum with its input is divided by the root of its terms."""
    return words.SCALED_CONVOLUTION_RESIDUAL(kernel=kernel, taps=kernel + 1)


def _convolution(name: str, label: Phrase, width: int, kernel: int) -> Leaf:
    return Leaf(
        name,
        label,
        role="convolution",
        weights=(Weight(f"{name}.conv1d.weight", (width, 1, kernel)),),
        state=(kernel - 1) * width,
    )


class LearnedScale(Kind):
    """One learned number that multiplies all features."""

    keyword: ClassVar[str] = "learned_scale"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "learned_scale: {name: mlp.global_scale}"
    source: ClassVar[str] = "InklingMLP of transformers; Bachlechner et al. 2020, ReZero, arXiv:2003.04887"
    main: ClassVar[str | None] = "name"
    term: ClassVar[Term] = words.LEARNED_SCALE
    aliases: ClassVar[tuple[str, ...]] = ("scale", "layer scale", "rezero")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    name: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$",
            max_length=60,
            description="Its name in the checkpoint, below the layer where it has a dot (mlp.global_scale).",
        ),
    ] = "scale"

    def expand(self, scope: Scope) -> Leaf:
        """One leaf."""
        return Leaf(self.name.rpartition(".")[2], self.term(), weights=(Weight(self.name, (1,)),))
