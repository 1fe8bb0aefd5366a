"""Normalization of channels over a batch, or over groups of them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import shapes as words
from archdraw.glossary.linear_mixers import GROUPNORM, GROUPS
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.layers.norm import NormKind
from archdraw.tree.blocks import Leaf, Weight


class BatchNorm(NormKind):
    """Batch normalization: each channel less its mean over the batch and all positions, divided by its deviation.

    Weight and bias are trained. The running mean, the running variance and the number of batches are stored and do not
    count. Of a ``frozen`` one nothing is trained, so that nothing counts.
    """

    keyword: ClassVar[str] = "batchnorm"
    example: ClassVar[str] = "batchnorm"
    source: ClassVar[str] = "Ioffe and Szegedy 2015, Batch Normalization, arXiv:1502.03167"
    term: ClassVar[Term] = words.BATCH_NORM
    aliases: ClassVar[tuple[str, ...]] = (
        *("batch norm", "batch normalization", "bn", "batchnorm1d", "batchnorm2d", "batchnorm3d", "frozen batchnorm"),
        "norm",
    )

    bias: bool = Field(default=True, description="Whether a learned bias per channel is added after the weight.")
    frozen: bool = Field(
        default=False,
        description="Whether weight and bias are constants, too: stored, not trained, not counted (FrozenBatchNorm2d).",
    )
    track_running_stats: bool = Field(
        default=True, description="Whether running mean and variance are stored, which are used at inference."
    )

    def expand(self, scope: Scope) -> Leaf:
        """One leaf over the channels of the line."""
        made = super().expand(scope)
        if self.frozen:
            fixed = tuple(replace(weight, buffer=True) for weight in made.weights)
            made = replace(made, label=self.label or words.FROZEN_BATCH_NORM(), weights=fixed)
        if not self.track_running_stats:
            return made
        kept: tuple[tuple[str, tuple[int, ...]], ...] = (
            ("running_mean", (scope.hidden_size,)),
            ("running_var", (scope.hidden_size,)),
        )
        if not self.frozen:
            kept = (*kept, ("num_batches_tracked", ()))
        return replace(made, weights=(*made.weights, *(Weight(name, shape, buffer=True) for name, shape in kept)))


class GroupNorm(NormKind):
    """Group normalization: each group of channels less its mean, divided by its deviation, over all positions."""

    keyword: ClassVar[str] = "groupnorm"
    example: ClassVar[str] = "groupnorm: {num_groups: 32}"
    source: ClassVar[str] = "Wu and He 2018, Group Normalization, arXiv:1803.08494"
    main: ClassVar[str | None] = "num_groups"
    term: ClassVar[Term] = GROUPNORM
    aliases: ClassVar[tuple[str, ...]] = (
        "group norm",
        "group normalization",
        "gn",
        "instancenorm",
        "instance norm",
        "norm",
    )

    num_groups: Size = Field(default=32, description="Groups of channels; as many as channels: instance norm.")
    bias: bool = Field(default=True, description="Whether a learned bias per channel is added after the weight.")

    def expand(self, scope: Scope) -> Leaf:
        """One leaf over the channels of the line. Raises :class:`KindError` where the groups do not divide them."""
        if scope.hidden_size % self.num_groups:
            raise KindError(f"{self.num_groups:,} groups do not divide {scope.hidden_size:,} channels", "num_groups")
        return replace(super().expand(scope), detail=GROUPS(number=self.num_groups))
