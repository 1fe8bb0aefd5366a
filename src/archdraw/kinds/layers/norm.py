"""Normalisation of the residual stream."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Label
from archdraw.kinds.layers.algebra import Name
from archdraw.tree.blocks import Leaf, Weight


class RMSNorm(Kind):
    """Root mean square normalisation: x / rms(x) times a learned weight for each feature, no mean, no bias.

    ``zero_centered`` stores the weight as its distance from 1 (Gemma, Qwen3-Next), which counts the same. ``bias``
    adds one for each feature after all (xLSTM).
    """

    keyword: ClassVar[str] = "rmsnorm"
    family: ClassVar[Family] = "norm"
    example: ClassVar[str] = "rmsnorm"
    source: ClassVar[str] = "Zhang and Sennrich 2019, Root Mean Square Layer Normalization, arXiv:1910.07467"

    zero_centered: bool = False
    bias: bool = False
    elementwise_affine: bool = True
    name: Name = Field(default="norm", description="name in the checkpoint")
    label: Label | None = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf over ``hidden_size`` features."""
        names = (("weight",) + (("bias",) if self.bias else ())) if self.elementwise_affine else ()
        weights = tuple(Weight(name, (scope.hidden_size,)) for name in names)
        return Leaf(self.name, self.label or "RMSNorm", role="norm", weights=weights, part="norm")


class LayerNorm(Kind):
    """Layer normalisation: mean and variance over the features, then a learned weight and, by default, a bias.

    Without ``elementwise_affine`` it has no parameters at all (OLMo 1).
    """

    keyword: ClassVar[str] = "layernorm"
    family: ClassVar[Family] = "norm"
    example: ClassVar[str] = "layernorm: {bias: false}"
    source: ClassVar[str] = "Ba, Kiros and Hinton 2016, Layer Normalization, arXiv:1607.06450"

    bias: bool = True
    elementwise_affine: bool = True
    name: Name = Field(default="norm", description="name in the checkpoint")
    label: Label | None = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf over ``hidden_size`` features."""
        names = (("weight",) + (("bias",) if self.bias else ())) if self.elementwise_affine else ()
        weights = tuple(Weight(name, (scope.hidden_size,)) for name in names)
        return Leaf(self.name, self.label or "LayerNorm", role="norm", weights=weights, part="norm")
