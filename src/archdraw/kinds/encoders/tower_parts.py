"""Boxes that several kinds share: a norm and a projection by name and width."""

from __future__ import annotations

from archdraw.glossary import common
from archdraw.tree import blocks
from archdraw.tree.blocks import Leaf, Weight


def rmsnorm(name: str, width: int, *, affine: bool = True) -> Leaf:
    """Root mean square normalization over ``width`` features; without weights where it is not ``affine``."""
    weights = (Weight("weight", (width,)),) if affine else ()
    return Leaf(name, common.RMSNORM(), role="norm", weights=weights, part="norm")


def linear(name: str, inputs: int, width: int, *, bias: bool = True, label: str = "") -> Leaf:
    """A projection whose box says both widths."""
    return blocks.linear(name, label or common.WIDTHS(inputs=inputs, outputs=width), inputs, width, bias=bias)
