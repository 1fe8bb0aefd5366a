"""Mixers that reach the last few tokens only: gated short convolutions."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.concepts import SHORT_CONVOLUTION, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import output_projection
from archdraw.kinds.mixers.state_parts import bias_on, causal_convolution, in_bf16
from archdraw.tree.blocks import LINE, Leaf, Module, Parallel, Role, Sequence, linear


class ShortConvolution(Kind):
    """Gated short convolution: ``C * conv(B * x)``, each channel convolved over its last tokens by itself.

    One projection makes B, C and x, of ``hidden_size`` features each; both gates are plain products, without an
    activation. A layer keeps the tokens that its kernel still reaches, whatever the context.
    """

    keyword: ClassVar[str] = "short_convolution"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "short_convolution: {conv_L_cache: 3}"
    source: ClassVar[str] = "Liquid AI 2025, LFM2 technical report, arXiv:2511.23404"
    main: ClassVar[str | None] = "conv_L_cache"

    term: ClassVar[Term] = words.GATED_SHORT_CONVOLUTION
    aliases: ClassVar[tuple[str, ...]] = ("short conv", "lfm2", "liv", "depthwise convolution")
    concepts: ClassVar[tuple[Concept, ...]] = (SHORT_CONVOLUTION,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("convolution",)

    conv_L_cache: Size = Field(default=3, description="Kernel size of the causal convolution, in tokens.")  # noqa: N815
    conv_bias: bool = Field(default=False, description="Whether both projections and the convolution have a bias.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """One projection to three lines, a product, the convolution, a product, the output projection."""
        hidden, kernel, bias = scope.hidden_size, self.conv_L_cache, self.conv_bias
        split = linear(
            "in_proj",
            words.EQUAL_LINES(lines="C, B, x", number=3, width=hidden),
            hidden,
            3 * hidden,
            bias=bias,
            part="attention",
            outputs=("C", "B", "x"),
        )
        channels = words.CHANNELS(number=hidden)
        convolution = causal_convolution("conv", hidden, kernel, bias=bias, role="convolution", detail=channels)
        gated = Leaf("gate", words.PRODUCT(first="B", second="x"), inputs=2)
        out = output_projection("out_proj", hidden, hidden, bias=bias)
        return Module(
            "conv",
            self.label or self.term(),
            Sequence((split, Parallel((LINE, Sequence((gated, convolution))), "multiply"), out)),
            role="convolution",
            detail=words.KERNEL(kernel=kernel),
            notes=(
                (words.CONV_STATE(values=convolution.state), in_bf16(convolution.state)),
                *(bias_on(words.PROJECTIONS(), words.CONV()) if bias else ()),
            ),
        )
