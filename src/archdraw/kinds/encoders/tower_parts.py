"""Boxes that several kinds share: a norm and a projection by name and width."""

from __future__ import annotations

from archdraw.tree import blocks
from archdraw.tree.blocks import Leaf, Weight


def rmsnorm(name: str, width: int, *, affine: bool = True) -> Leaf:
    """Root mean square normalisation over ``width`` features; without weights where it is not ``affine``."""
    weights = (Weight("weight", (width,)),) if affine else ()
    return Leaf(name, "RMSNorm", role="norm", weights=weights, part="norm")


def linear(name: str, inputs: int, width: int, *, bias: bool = True, label: str = "") -> Leaf:
    """A projection whose box says both widths."""
    return blocks.linear(name, label or f"{inputs:,} to {width:,}", inputs, width, bias=bias)
