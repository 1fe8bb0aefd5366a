"""Relative attention with bounded lengths, a gate and sinks that each token makes (Inkling 2)."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Words, common, positions
from archdraw.glossary import attention as words
from archdraw.glossary import clipped as own
from archdraw.glossary.concepts import (
    GROUPED_QUERY,
    OUTPUT_GATE,
    RELATIVE_POSITIONS,
    SINKS,
    Concept,
)
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Scope
from archdraw.kinds.fields import Factor
from archdraw.kinds.mixers.attention_parts import (
    head_counts,
    head_dim,
    kv_cache,
    mask,
    output_projection,
    unit_norm,
    window_detail,
)
from archdraw.kinds.mixers.relative_attention import RelativeAttention, scaled_convolution
from archdraw.tree.blocks import (
    LINE,
    Block,
    Cache,
    Leaf,
    Module,
    Parallel,
    Sequence,
    Weight,
    Window,
    linear,
)

LINES = ("Q", "K", "V")
"""What the three lines are for that may come in."""
NAMELESS = ("",) * len(LINES)


class ClippedRelativeAttention(RelativeAttention):
    """Relative attention whose vectors are bounded in length, with a sigmoid gate and sinks that each token makes.

    Queries, and what mixes the profiles of the bias, pass a learned scale for each feature of each head and are then
    shortened to a length; so are keys, without a scale. Values pass an RMSNorm without weights. Each token makes a
    logit for each head that joins the softmax and adds nothing to the output. Keys and values pass a short causal
    convolution that is added to them, whose weights a token may make itself (``dynamic_convolution``); the sum is
    divided by the root of the number of its terms.
    """

    keyword: ClassVar[str] = "clipped_relative_attention"
    example: ClassVar[str] = (
        "clipped_relative_attention: {num_attention_heads: 48, num_key_value_heads: 8, head_dim: 128, d_rel: 16,\n"
        "                             rel_extent: 1024, dynamic_convolution: true}"
    )
    source: ClassVar[str] = (
        "Inkling2FullAttention of transformers; relative positions: Shaw et al. 2018, arXiv:1803.02155"
    )
    term: ClassVar[Term] = own.CLIPPED_ATTENTION
    aliases: ClassVar[tuple[str, ...]] = ("l2 clip", "dynamic convolution", "inkling 2")
    concepts: ClassVar[tuple[Concept, ...]] = (GROUPED_QUERY, RELATIVE_POSITIONS, OUTPUT_GATE, SINKS)

    qk_l2_clip_threshold: Factor = Field(
        default=22.627416997969522, description="Greatest length of a head's query, and of its key."
    )
    rel_l2_clip_threshold: Factor = Field(
        default=8.0, description="Greatest length of what a head mixes the profiles by."
    )
    dynamic_convolution: bool = Field(
        default=False,
        description="Whether each token makes weights of the convolutions, those of a head alike, beside learned ones.",
    )
    input_norms: Literal["each", "shared"] | None = Field(
        default=None,
        description=(
            "The norms of three lines that come in, for queries (gate, bias, sinks), keys and values: one of each, or "
            "one for all (shared). Left out, one line comes in that is normalized already."
        ),
    )

    def expand(self, scope: Scope) -> Module:
        """Gate, sinks, bias, Q, K and V from one line or three; clips and norm, attention, gate, output projection.

        Raises :class:`KindError` where heads don't divide, or the reach of the bias is missing.
        """
        heads, extent, window, attention = self._attended(5)
        width = heads.width
        prepared = Parallel((LINE, LINE, self._clip(), unit_norm("v_proj.norm")), "separate")
        gate = Leaf("gate", common.SIGMOID())
        gated = Parallel((gate, Sequence((prepared, attention))), "multiply")
        out = output_projection("o_proj.linear", heads.query * width, scope.hidden_size)
        facts: tuple[Words, ...] = (
            mask(window),
            words.SCALE_ROOT(width=width),
            own.SINK_OF_TOKEN(),
            positions.RELATIVE_PROFILES(number=self.d_rel),
        )
        return Module(
            "self_attn",
            self.label or (words.SLIDING_WINDOW() if window else self.term()),
            Sequence((*self._norms(scope.hidden_size), self._lines(scope.hidden_size, extent, window), gated, out)),
            role=attention.role,
            detail=(head_counts(heads), head_dim(heads), window_detail(window)),
            notes=(kv_cache(heads), facts, self._growth()),
        )

    def _norms(self, hidden: int) -> tuple[Leaf, ...]:
        """The norms of three lines that come in."""
        if self.input_norms is None:
            return ()
        shared = self.input_norms == "shared"
        names = ("input_layernorm",) if shared else tuple(f"{line.lower()}_input_layernorm" for line in LINES)
        norm = Leaf(
            "input_layernorm",
            own.NORM_OF_LINES(lines=LINES),
            role="norm",
            detail=own.ONE_FOR_ALL() if shared else "",
            weights=tuple(Weight(f"{name}.weight", (hidden,)) for name in names),
            part="norm",
            inputs=len(LINES),
            outputs=NAMELESS,
        )
        return (norm,)

    def _lines(self, hidden: int, extent: int, window: Window | None) -> Block:
        """The lines gate, sinks, bias and Q of the first line that comes in, K and V of it or of two more."""
        width, number = self.num_attention_heads * self.head_dim, self.num_attention_heads
        first = (
            linear("o_proj.gate_proj", words.GATE(width=width), hidden, width, part="attention", outputs=("gate",)),
            linear("sink_proj", own.SINKS_OF(number=number), hidden, number, part="attention", outputs=("sinks",)),
            self._bias(hidden, extent),
            linear("q_proj.linear", words.LINE(line="Q", width=width), hidden, width, part="attention", outputs=("Q",)),
        )
        others = (self._filtered("K", hidden, window), self._filtered("V", hidden, window))
        if self.input_norms:
            return Parallel((Parallel(first, "separate"), *others), "separate")
        return Parallel((*first, *others), "separate")

    def _clip(self) -> Leaf:
        """Queries after their scale, and keys, no longer than the threshold."""
        return Leaf(
            "q_proj.norm",
            own.CLIPPED_TO(),
            role="norm",
            detail=own.LENGTH_AND_SCALE(scaled="Q", limit=round(self.qk_l2_clip_threshold, 1)),
            weights=(Weight("scale", (self.num_attention_heads, self.head_dim)),),
            part="norm",
            inputs=2,
            outputs=("Q", "K"),
            tag=own.LENGTH_CLIP(),
        )

    def _bias(self, hidden: int, extent: int) -> Block:
        """What each token mixes the profiles by, no longer than the threshold, and the profiles."""
        number, relative = self.num_attention_heads, self.num_attention_heads * self.d_rel
        name = "relative_position_bias"
        mixing = linear(f"{name}.linear", words.LINE(line="R", width=relative), hidden, relative, part="attention")
        clip = Leaf(
            f"{name}.norm",
            own.CLIPPED_TO(),
            role="norm",
            detail=own.LENGTH_AND_SCALE(scaled="R", limit=round(self.rel_l2_clip_threshold, 1)),
            weights=(Weight("scale", (number, self.d_rel)),),
            part="norm",
        )
        bias = Leaf(
            name,
            positions.RELATIVE_BIAS_UP_TO(distance=extent),
            role="position",
            weights=(Weight("proj", (self.d_rel, extent)),),
            multiplications=relative * extent,
            part="attention",
            outputs=("bias",),
            tag=positions.RELATIVE_BIAS(),
        )
        return Sequence((mixing, clip, bias))

    def _filtered(self, line: str, hidden: int, window: Window | None) -> Block:
        """Keys or values: the projection, and the convolution whose result is added."""
        name, kernel, dynamic = f"{line.lower()}_proj", self.conv_kernel_size, self.dynamic_convolution
        width, taps = self.num_key_value_heads * self.head_dim, self.num_key_value_heads * kernel
        projection = linear(f"{name}.linear", words.LINE(line=line, width=width), hidden, width, part="attention")
        making = linear(f"{name}.sconv.weight_proj", own.TAPS(width=taps), hidden, taps, part="attention")
        convolution = Leaf(
            f"{name}.sconv",
            own.DYNAMIC_CONVOLUTION(kernel=kernel, taps=2 * kernel + 1) if dynamic else scaled_convolution(kernel),
            role="convolution",
            weights=(
                Weight("static_weight", (kernel, width))
                if dynamic
                else Weight(f"{name}.sconv.conv1d.weight", (width, 1, kernel)),
            ),
            state=(kernel - 1) * width,
            part="attention",
            inputs=2 if dynamic else 1,
            outputs=(line,),
            cache=Cache(width, window),
        )
        first = Parallel((projection, making), "separate") if dynamic else projection
        return Sequence((first, convolution))
