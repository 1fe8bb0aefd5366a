"""Convolutions over one to three axes, and what turns them round."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import ClassVar, get_args

from archdraw.checked import Field
from archdraw.glossary import Detail, Words, common
from archdraw.glossary import encoders as words
from archdraw.glossary import shapes as terms
from archdraw.glossary.encoders import PATCH_GRID, PATCHES
from archdraw.glossary.linear_mixers import GROUPS
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.layers.declared import Trainable, trained, with_remarks
from archdraw.kinds.layers.primitives import Name, SecondLine
from archdraw.kinds.shapes.axes import PADDING, Padding, PerAxis, number_of_axes, over_axes, shown, slid, spread, step
from archdraw.tree.blocks import Leaf, Part, Role, Weight


class Convolution(Kind):
    """A convolution to ``features`` channels, over one axis for each entry of ``kernel_size``.

    In ``groups`` each channel sees only those of its group; ``depthwise``, each channel on its own. One that is
    ``transposed`` enlarges the grid and is stored as ``[inputs, features / groups, ...]``.
    """

    keyword: ClassVar[str] = "convolution"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "convolution: {features: 384, kernel_size: [3], stride: 2, bias: true}"
    source: ClassVar[str] = "LeCun et al. 1989, Backpropagation Applied to Handwritten Zip Code Recognition"
    term: ClassVar[Term] = words.CONVOLUTION
    aliases: ClassVar[tuple[str, ...]] = (
        *("conv", "conv1d", "conv2d", "conv3d", "depthwise convolution", "depthwise conv", "pointwise convolution"),
        *("conv transpose", "convtranspose2d", "deconvolution", "deconv", "up-convolution", "upconv"),
        *("transposed convolution", "dilated convolution", "cnn"),
    )
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    features: Size | None = Field(
        default=None, description="Channels that leave; needed unless depthwise, which leaves as many as come in."
    )
    kernel_size: PerAxis = Field(
        description="Extent over each axis; one number stands for all axes where the grid of the line is known."
    )
    stride: PerAxis = Field(default=1, description="Step over each axis, or over all of them.")
    dilation: PerAxis = Field(default=1, description="Steps between the positions that a kernel reads.")
    padding: Padding = Field(default="same", description=PADDING)
    transposed: bool = Field(default=False, description="Whether it enlarges the grid by its stride (up-convolution).")
    inputs: Size | None = Field(default=None, description="Channels that come in; the width of the line unless given.")
    groups: Size = Field(default=1, description="Groups of channels that do not see each other.")
    depthwise: bool = Field(default=False, description="Whether there are as many groups as channels; not with groups.")
    bias: bool = Field(default=False, description="Whether a bias is added.")
    trainable: Trainable = None
    name: Name = Field(default="conv", description="Name in the checkpoint.")
    tensor: Name = Field(default="weight", description="Name of its tensor.")
    label: OwnLabel = None
    detail: SecondLine = ""
    role: Role = Field(default="convolution", description="Color of the box.")
    part: Part = Field(default="other", description="Where the parameters are counted.")

    def expand(self, scope: Scope) -> Leaf:
        """One leaf. Raises :class:`KindError` where the groups do not divide the channels, or axes don't agree."""
        channels, features, groups = self._channels(scope), self.features_out(scope), self._groups(scope)
        for width in (channels, features):
            if width % groups:
                raise KindError(f"{groups:,} groups do not divide {width:,} channels", "groups")
        size = self._size(scope)
        left = self.grid_out(scope)
        shape = (channels, features // groups) if self.transposed else (features, channels // groups)
        weights: tuple[Weight, ...] = (Weight(self.tensor, (*shape, *size)),)
        if self.bias:
            weights += (Weight(self.tensor.removesuffix("weight") + "bias", (features,)),)
        # Each value that comes in is multiplied with the whole kernel where it is transposed, else each that leaves.
        applied = scope.grid if self.transposed else left
        made = Leaf(
            self.name,
            self.label or self._called(size, scope),
            role=self.role,
            detail=with_remarks(self._widths(scope, left), None, self.trainable),
            weights=weights,
            part=self.part,
            positions=None if applied is None else prod(applied),
        )
        return trained(made, self.trainable)  # type: ignore[return-value]

    def features_out(self, scope: Scope) -> int:
        """The channels that leave. Raises :class:`KindError` where nothing says how many they are."""
        if self.features is not None:
            return self.features
        if not self.depthwise:
            raise KindError("convolution needs features", "", "say how many channels leave, or depthwise: true")
        return self._channels(scope)

    def grid_out(self, scope: Scope) -> tuple[int, ...] | None:
        """What is left of the grid, by kernel, stride, padding and dilation."""
        size = self._size(scope)
        stride, dilation = self._stride(len(size)), over_axes(self.dilation, len(size), "dilation")
        if scope.grid is None:
            return None
        if self.transposed:
            return spread(scope.grid, size, stride, self.padding, dilation)
        return slid(scope.grid, size, stride, self.padding, dilation)

    def _channels(self, scope: Scope) -> int:
        return self.inputs or scope.hidden_size

    def _groups(self, scope: Scope) -> int:
        if self.depthwise and self.groups > 1:
            raise KindError("depthwise says how many groups there are", "groups", "leave one of the two out")
        return self._channels(scope) if self.depthwise else self.groups

    def _size(self, scope: Scope) -> tuple[int, ...]:
        return over_axes(self.kernel_size, number_of_axes(self.kernel_size, scope), "kernel_size")

    def _stride(self, axes: int) -> tuple[int, ...]:
        return over_axes(self.stride, axes, "stride")

    def _called(self, size: tuple[int, ...], scope: Scope) -> Words:
        """Which convolution it is, with its kernel and its stride."""
        stride = self._stride(len(size))
        plain, strided = (
            (terms.TRANSPOSED, terms.TRANSPOSED_STRIDE)
            if self.transposed
            else (terms.DEPTHWISE, terms.DEPTHWISE_STRIDE)
            if self.depthwise
            else (words.CONVOLUTION_OVER, words.CONVOLUTION_STRIDE)
        )
        if max(stride) > 1:
            return strided(size=shown(size), stride=step(stride))
        return plain(size=shown(size))

    def _widths(self, scope: Scope, left: tuple[int, ...] | None) -> Detail:
        """The second line: channels before and after, the grid where it changes, and what is unusual."""
        if self.detail:
            return self.detail
        changed = left is not None and left != scope.grid
        channels, features = self._channels(scope), self.features_out(scope)
        if self.label and not changed:
            named = any(letter.isdigit() for letter in self.label)
            return "" if named else common.WIDTHS(inputs=channels, outputs=features)
        facts: list[Words] = [common.WIDTHS(inputs=channels, outputs=features), *self._unusual(scope)]
        if changed and left is not None:
            patches = self._patches(scope)
            facts += (
                [PATCHES(size=patches), PATCH_GRID(extents=terms.EXTENTS(extents=left))]
                if patches
                else [terms.EXTENTS(extents=left)]
            )
        return tuple(facts) if len(facts) > 1 else facts[0]

    def _patches(self, scope: Scope) -> str:
        """The extents of what is made one vector, each apart; empty where kernels overlap, or the label names them."""
        size = self._size(scope)
        apart = not self.transposed and max(size) > 1 and self._stride(len(size)) == size
        return shown(size) if self.label and apart else ""

    def _unusual(self, scope: Scope) -> Iterator[Words]:
        if self.groups > 1:
            yield GROUPS(number=self.groups)
        if self.dilation not in (1, (1,), (1, 1), (1, 1, 1)):
            axes = number_of_axes(self.kernel_size, scope)
            yield terms.DILATED(step=step(over_axes(self.dilation, axes, "dilation")))
