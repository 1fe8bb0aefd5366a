"""From pixels to vectors: the patch embedding of vision transformers."""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import encoders as words
from archdraw.glossary.common import GRID
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.layers.primitives import Name, SecondLine
from archdraw.kinds.layers.weight import Tensor
from archdraw.tree.blocks import Leaf, Role, Weight


class PatchEmbedding(Kind):
    """Patches of ``patch_size`` by ``patch_size`` pixels, projected to vectors of ``features``.

    A patch of a video spans ``temporal_patch_size`` frames. ``weights`` are tables that are added to the result:
    positions, a class token; ``detail`` says which.
    """

    keyword: ClassVar[str] = "patch_embedding"
    family: ClassVar[Family] = "embedding"
    example: ClassVar[str] = (
        "patch_embedding:\n"
        "  features: 1024\n"
        "  patch_size: 14\n"
        "  weights: [{name: position_embedding, shape: [576, 1024]}]\n"
        "  detail: 576 positions"
    )
    source: ClassVar[str] = "Dosovitskiy et al. 2020, An Image is Worth 16x16 Words, section 3.1, arXiv:2010.11929"
    term: ClassVar[Term] = words.PATCH_EMBEDDING
    aliases: ClassVar[tuple[str, ...]] = ("patchify", "patches", "conv stem")
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    features: Size = Field(description="Width of a vector.")
    patch_size: Size = Field(description="Pixels of a patch, in height and width.")
    num_channels: Size = Field(default=3, description="Values of a pixel.")
    temporal_patch_size: Size | None = Field(default=None, description="Frames of a patch; none for images alone.")
    bias: bool = Field(default=True, description="Whether the projection has a bias.")
    flat: bool = Field(default=False, description="Whether its tensor is stored as a matrix.")
    name: Name = Field(default="patch_embedding", description="Name in the checkpoint.")
    tensor: Name = Field(default="weight", description="Name of the tensor of the projection.")
    label: OwnLabel = None
    detail: SecondLine = Field(default="", description="Second line of the box, after the size of a patch.")
    weights: Annotated[tuple[Tensor, ...], Field(max_length=16)] = Field(
        default=(), description="Tables that are added to the result."
    )

    def expand(self, scope: Scope) -> Leaf:
        """One leaf: all that is added up before the first layer."""
        width, patch, frames = self.features, self.patch_size, self.temporal_patch_size
        shape: tuple[int, ...] = (width, self.num_channels, *((frames,) if frames else ()), patch, patch)
        if self.flat:
            shape = (width, self.num_channels * (frames or 1) * patch * patch)
        weights: tuple[Weight, ...] = (Weight(self.tensor, shape),)
        if self.bias:
            weights += (Weight(self.tensor.removesuffix("weight") + "bias", (width,)),)
        left = self.grid_out(scope)
        return Leaf(
            self.name,
            self.label or self.term(),
            role="embedding",
            detail=(
                words.PATCHES(size=GRID(rows=patch, columns=patch)),
                words.FRAMES(frames=frames) if frames else "",
                self.detail,
            ),
            weights=(*weights, *(tensor.made() for tensor in self.weights)),
            positions=None if left is None else prod(left),
            # Of an embedding rows are looked up; this one multiplies each patch.
            multiplications=0 if left is None else prod(shape),
        )

    def features_out(self, scope: Scope) -> int:
        """The width of a vector."""
        return self.features

    def grid_out(self, scope: Scope) -> tuple[int, ...] | None:
        """A token for each patch, where the size of the image is known."""
        if scope.grid is None or len(scope.grid) < 2:
            return None
        *frames, rows, columns = scope.grid
        patches = (rows // self.patch_size) * (columns // self.patch_size)
        return (prod(frames) // (self.temporal_patch_size or 1) * patches,)
