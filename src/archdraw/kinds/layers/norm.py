"""Normalization of the residual stream."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import common
from archdraw.glossary.concepts import LAYER_NORM, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel
from archdraw.kinds.layers.primitives import Name
from archdraw.tree.blocks import Leaf, Role, Weight


class NormKind(Kind):
    """What all norms share: one learned weight per feature, and a bias per feature where there is one."""

    family: ClassVar[Family] = "norm"
    drawn_as: ClassVar[tuple[Role, ...]] = ("norm",)

    bias: bool = Field(default=False, description="Whether a learned bias per feature is added after the weight.")
    elementwise_affine: bool = Field(
        default=True, description="Whether there are weights at all, one per feature; without them there is no bias."
    )
    name: Name = Field(default="norm", description="Name in checkpoints.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf over ``hidden_size`` features; its weights have the shape ``[hidden_size]``."""
        names = (("weight",) + (("bias",) if self.bias else ())) if self.elementwise_affine else ()
        weights = tuple(Weight(name, (scope.hidden_size,)) for name in names)
        return Leaf(self.name, self.label or self.term(), role="norm", weights=weights, part="norm")


class RMSNorm(NormKind):
    """Root mean square normalization: x / rms(x) times a learned weight per feature; no mean and, usually, no bias."""

    keyword: ClassVar[str] = "rmsnorm"
    example: ClassVar[str] = "rmsnorm"
    source: ClassVar[str] = "Zhang and Sennrich 2019, Root Mean Square Layer Normalization, arXiv:1910.07467"
    term: ClassVar[Term] = common.RMSNORM
    aliases: ClassVar[tuple[str, ...]] = ("rms", "rms_norm", "root mean square norm", "norm")

    zero_centered: bool = Field(
        default=False,
        description="Whether the weight is stored as its distance from 1 (Gemma, Qwen3-Next), which counts the same.",
    )


class LayerNorm(NormKind):
    """Layer normalization: x less its mean, divided by its standard deviation, times a weight, plus a bias."""

    keyword: ClassVar[str] = "layernorm"
    example: ClassVar[str] = "layernorm: {bias: false}"
    source: ClassVar[str] = "Ba, Kiros and Hinton 2016, Layer Normalization, arXiv:1607.06450"
    term: ClassVar[Term] = common.LAYERNORM
    aliases: ClassVar[tuple[str, ...]] = ("layer_norm", "ln", "norm")
    concepts: ClassVar[tuple[Concept, ...]] = (LAYER_NORM,)

    bias: bool = Field(default=True, description="Whether a learned bias per feature is added after the weight.")
