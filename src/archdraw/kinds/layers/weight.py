"""Tensors as an author writes them: a box with any weights, and convolutions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.layers.primitives import AUTHORS_OWN, PARTS, Name, SecondLine, slug
from archdraw.tree import blocks
from archdraw.tree.blocks import Leaf, Part, Role

Shape = Annotated[tuple[Size, ...], Field(min_length=1, max_length=8)]


class Tensor(BaseModel):
    """One tensor of a checkpoint: its name below the block (below the enclosing module where it has a dot), its shape.

    A ``buffer`` is stored and not trained, so that it does not count.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Name = Field(default="weight", description="name of the tensor below its block")
    shape: Shape = Field(description="shape as stored")
    buffer: bool = Field(default=False, description="stored and not trained: it does not count")

    def made(self) -> blocks.Weight:
        """The tensor of the tree."""
        return blocks.Weight(self.name, self.shape, buffer=self.buffer)


class Heads(BaseModel):
    """The attention heads that meet in a box: groups of query heads share a head of keys and values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    num_attention_heads: Size = Field(description="query heads")
    num_key_value_heads: Size | None = Field(default=None, description="key and value heads; as many unless given")
    head_dim: Size = Field(description="width of a head")
    reach: Size | None = Field(default=None, description="keys that a query meets at most; all unless given")

    def made(self) -> blocks.Heads:
        """The heads of the tree."""
        groups = self.num_key_value_heads or self.num_attention_heads
        return blocks.Heads(self.num_attention_heads, groups, self.head_dim, reach=self.reach)


class WeightKind(Kind):
    """An operation with weights of its own: a table that is added, a learned scale, tensors that nothing else has.

    Like ``op``, with ``weights``: a list of tensors, each with name and shape.
    """

    keyword: ClassVar[str] = "weight"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "weight: {label: + position embedding, role: position, weights: [{name: weight, shape: [1500, 384]}]}"
    )
    source: ClassVar[str] = AUTHORS_OWN

    label: Label = Field(description="first line of the box")
    name: Name | None = Field(default=None, description="name in the checkpoint; made from the label where not given")
    detail: SecondLine = ""
    role: Role = Field(default="plain", description="color of the box")
    part: Part | None = Field(default=None, description="where the parameters are counted; by the role unless given")
    weights: Annotated[tuple[Tensor, ...], Field(min_length=1, max_length=1000)] = Field(description="the tensors")
    inputs: Annotated[int, Field(ge=0, le=64)] = Field(default=1, description="lines that come in")
    features: Size | None = Field(default=None, description="width of the line that leaves, where it is another")
    tag: Annotated[str, Field(max_length=24)] = Field(default="", description="tag of the folded block it is in")
    heads: Heads | None = Field(default=None, description="its attention heads, where it is attention")

    def expand(self, scope: Scope) -> Leaf:
        """One leaf. Raises :class:`KindError` where groups do not divide the heads."""
        heads = self.heads.made() if self.heads else None
        if heads and heads.query % heads.key_value:
            message = f"num_key_value_heads {heads.key_value} does not divide num_attention_heads {heads.query}"
            raise KindError(message, "heads.num_key_value_heads")
        return Leaf(
            self.name or slug(self.label),
            self.label,
            role=self.role,
            detail=self.detail,
            weights=tuple(tensor.made() for tensor in self.weights),
            part=self.part or PARTS.get(self.role, "other"),
            inputs=self.inputs,
            tag=self.tag,
            heads=heads,
        )

    def features_out(self, scope: Scope) -> int:
        """``features``, or what came in."""
        return self.features or scope.hidden_size


class Convolution(Kind):
    """A convolution to ``features`` channels, over one axis for each entry of ``kernel_size``.

    In ``groups`` each channel sees only those of its group; with as many groups as channels it is depthwise.
    """

    keyword: ClassVar[str] = "convolution"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "convolution: {features: 384, kernel_size: [3], stride: 2, bias: true}"
    source: ClassVar[str] = "LeCun et al. 1989, Backpropagation Applied to Handwritten Zip Code Recognition"

    features: Size = Field(description="channels that leave")
    kernel_size: Annotated[tuple[Size, ...], Field(min_length=1, max_length=3)] = Field(
        description="extent over each axis"
    )
    stride: Size = Field(default=1, description="step over each axis")
    inputs: Size | None = Field(default=None, description="channels that come in; the width of the line unless given")
    groups: Size = Field(default=1, description="groups of channels that do not see each other")
    bias: bool = Field(default=False, description="whether a bias is added")
    name: Name = Field(default="conv", description="name in the checkpoint")
    tensor: Name = Field(default="weight", description="name of its tensor")
    label: Label | None = Field(default=None, description="first line of the box")
    detail: SecondLine = ""
    role: Role = Field(default="convolution", description="color of the box")
    part: Part = Field(default="other", description="where the parameters are counted")

    def expand(self, scope: Scope) -> Leaf:
        """One leaf. Raises :class:`KindError` where the groups do not divide the channels."""
        channels = self.inputs or scope.hidden_size
        for width in (channels, self.features):
            if width % self.groups:
                raise KindError(f"{self.groups:,} groups do not divide {width:,} channels", "groups")
        size = " × ".join(map(str, self.kernel_size))
        stride = f", stride {self.stride}" if self.stride > 1 else ""
        weights: tuple[blocks.Weight, ...] = (
            blocks.Weight(self.tensor, (self.features, channels // self.groups, *self.kernel_size)),
        )
        if self.bias:
            weights += (blocks.Weight(self.tensor.removesuffix("weight") + "bias", (self.features,)),)
        made = Leaf(self.name, self.label or f"convolution {size}{stride}", role=self.role, weights=weights)
        detail = self.detail or ("" if self.label else f"{channels:,} to {self.features:,}")
        return replace(made, detail=detail, part=self.part)

    def features_out(self, scope: Scope) -> int:
        """The channels that leave."""
        return self.features
