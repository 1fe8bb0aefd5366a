"""Smaller and larger grids without weights: pooling and upsampling."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Detail, Words
from archdraw.glossary import shapes as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import OwnLabel
from archdraw.kinds.layers.primitives import Name
from archdraw.kinds.shapes.axes import PADDING, Padding, PerAxis, number_of_axes, over_axes, shown, slid, step
from archdraw.tree.blocks import Leaf, Role


class Pool(Kind):
    """The largest value of each neighborhood, or its mean; without ``kernel_size``, of the whole grid.

    It steps from neighborhood to neighborhood where ``stride`` is left out.
    """

    keyword: ClassVar[str] = "pool"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "pool: {mode: max, kernel_size: [3, 3], stride: 2}"
    source: ClassVar[str] = "Goodfellow, Bengio and Courville 2016, Deep Learning, section 9.3"
    main: ClassVar[str | None] = "mode"
    term: ClassVar[Term] = words.POOLING
    aliases: ClassVar[tuple[str, ...]] = (
        *("maxpool", "max pool", "max pooling", "maxpool1d", "maxpool2d", "maxpool3d", "avgpool", "average pool"),
        *(
            "average pooling",
            "avgpool2d",
            "global average pooling",
            "gap",
            "adaptive avgpool2d",
            "adaptive average pool",
        ),
        *("mean pooling", "subsampling", "downsample"),
    )
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    mode: Literal["max", "average"] = Field(default="max", description="The largest value, or the mean.")
    kernel_size: PerAxis | None = Field(
        default=None, description="Extent over each axis; left out, the whole grid: one vector leaves (global pooling)."
    )
    stride: PerAxis | None = Field(default=None, description="Step over each axis; left out, the kernel size.")
    padding: Padding = Field(default="same", description=PADDING)
    name: Name = Field(default="pool", description="Name of the block.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf without weights. Raises :class:`KindError` where axes don't agree."""
        left = self.grid_out(scope)
        detail: Detail = ""
        if scope.grid is not None and left is not None and left != scope.grid:
            detail = words.EXTENTS(extents=left) if left else words.RESHAPED(inputs=scope.grid, outputs=())
        return Leaf(self.name, self.label or self._called(scope), detail=detail)

    def grid_out(self, scope: Scope) -> tuple[int, ...] | None:
        """What is left of the grid; of global pooling no axis."""
        if self.kernel_size is None:
            if self.stride is not None:
                raise KindError("global pooling has no stride", "stride", "say kernel_size")
            return ()
        axes = number_of_axes(self.kernel_size, scope)
        size = over_axes(self.kernel_size, axes, "kernel_size")
        stride = over_axes(self.stride or self.kernel_size, axes, "stride")
        return None if scope.grid is None else slid(scope.grid, size, stride, self.padding)

    def _called(self, scope: Scope) -> Words:
        most = self.mode == "max"
        if self.kernel_size is None:
            return words.GLOBAL_MAX_POOLING() if most else words.GLOBAL_AVERAGE_POOLING()
        axes = number_of_axes(self.kernel_size, scope)
        size = over_axes(self.kernel_size, axes, "kernel_size")
        stride = over_axes(self.stride or self.kernel_size, axes, "stride")
        if stride == size:
            return (words.MAX_POOLING if most else words.AVERAGE_POOLING)(size=shown(size))
        term = words.MAX_POOLING_STRIDE if most else words.AVERAGE_POOLING_STRIDE
        return term(size=shown(size), stride=step(stride))


class Upsample(Kind):
    """A grid that is ``scale`` times as large over each axis, its values copied or interpolated; without weights."""

    keyword: ClassVar[str] = "upsample"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "upsample: {scale: 2, mode: bilinear}"
    source: ClassVar[str] = "Odena, Dumoulin and Olah 2016, Deconvolution and Checkerboard Artifacts"
    main: ClassVar[str | None] = "scale"
    term: ClassVar[Term] = words.UPSAMPLING
    aliases: ClassVar[tuple[str, ...]] = ("upsampling", "interpolate", "interpolation", "resize", "nearest", "unpool")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    scale: PerAxis = Field(default=2, description="How many times as large over each axis, or over all of them.")
    mode: Literal["nearest", "linear", "bilinear", "trilinear", "bicubic"] = Field(
        default="nearest", description="How values between those that come in are made; nearest: they are copied."
    )
    name: Name = Field(default="upsample", description="Name of the block.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf without weights. Raises :class:`KindError` where axes don't agree."""
        larger = self.grid_out(scope)
        factor = step(self.scale if isinstance(self.scale, tuple) else (self.scale,))
        label: Words = words.UPSAMPLING_BY(factor=factor)
        if self.mode != "nearest":
            label = words.UPSAMPLING_MODE(mode=self.mode, factor=factor)
        detail: Detail = "" if larger is None else words.EXTENTS(extents=larger)
        return Leaf(self.name, self.label or label, detail=detail)

    def grid_out(self, scope: Scope) -> tuple[int, ...] | None:
        """The larger grid."""
        if scope.grid is None:
            return None
        factors = over_axes(self.scale, number_of_axes(self.scale, scope, "scale"), "scale")
        return tuple(extent * factor for extent, factor in zip(scope.grid, factors, strict=True))
