"""Mixers that see the last few tokens only: gated short convolutions."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import data_size, notes
from archdraw.tree.blocks import LINE, Leaf, Module, Parallel, Sequence, Weight, linear


class ShortConvolution(Kind):
    """Gated short convolution: ``C * conv(B * x)``, each channel over its last ``conv_L_cache`` tokens.

    One projection makes B, C and x, of ``hidden_size`` features each; both gates are plain products, without an
    activation. A layer keeps the tokens that its kernel still reaches, whatever the context.
    """

    keyword: ClassVar[str] = "short_convolution"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "short_convolution: {conv_L_cache: 3}"
    source: ClassVar[str] = "Liquid AI 2025, LFM2 technical report, arXiv:2511.23404"
    main: ClassVar[str | None] = "conv_L_cache"

    conv_L_cache: Size = 3  # noqa: N815
    conv_bias: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """One projection to three lines, a product, the convolution, a product, the output projection."""
        hidden, kernel, bias = scope.hidden_size, self.conv_L_cache, self.conv_bias
        state = (kernel - 1) * hidden
        split = linear(
            "in_proj",
            f"C, B, X 3 × {hidden:,}",
            hidden,
            3 * hidden,
            bias=bias,
            part="attention",
            outputs=("C", "B", "X"),
        )
        convolution = Leaf(
            "conv",
            f"convolution over {kernel} tokens",
            role="convolution",
            detail=f"{hidden:,} channels",
            weights=(Weight("weight", (hidden, 1, kernel)),) + ((Weight("bias", (hidden,)),) if bias else ()),
            part="attention",
            state=state,
        )
        gated = Leaf("gate", "B × X", inputs=2)
        out = linear(
            "out_proj",
            "output projection",
            hidden,
            hidden,
            bias=bias,
            part="attention",
            detail=f"{hidden:,} to {hidden:,}",
        )
        return Module(
            "conv",
            self.label or "Gated short convolution",
            Sequence((split, Parallel((LINE, Sequence((gated, convolution))), "multiply"), out)),
            role="convolution",
            detail=f"kernel {kernel}",
            kind=self.keyword,
            notes=notes(
                f"a layer keeps {state:,} values, {data_size(2 * state)} in bf16",
                "projections and convolution have a bias" if bias else "",
            ),
        )
