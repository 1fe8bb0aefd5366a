"""Tensors as an author writes them: a box with any weights, and convolutions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from archdraw.glossary import Words, common
from archdraw.glossary import encoders as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, OwnLabel, Size
from archdraw.kinds.layers.primitives import AUTHORS_OWN, PARTS, Name, SecondLine, slug
from archdraw.tree import blocks
from archdraw.tree.blocks import Leaf, Part, Pattern, Role

Shape = Annotated[tuple[Size, ...], Field(min_length=1, max_length=8)]


class Tensor(BaseModel):
    """One tensor of a checkpoint: its name below the block (below the enclosing module where it has a dot), its shape.

    A ``buffer`` is stored and not trained, so that it does not count.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Name = Field(default="weight", description="Name of the tensor below its block.")
    shape: Shape = Field(description="Shape as stored.")
    buffer: bool = Field(default=False, description="Stored and not trained: it does not count.")

    def made(self) -> blocks.Weight:
        """The tensor of the tree."""
        return blocks.Weight(self.name, self.shape, buffer=self.buffer)


class Heads(BaseModel):
    """The attention heads that meet in a box: groups of query heads share a head of keys and values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    num_attention_heads: Size = Field(description="Query heads.")
    num_key_value_heads: Size | None = Field(default=None, description="Key and value heads; as many unless given.")
    head_dim: Size = Field(description="Width of a head.")
    reach: Size | None = Field(default=None, description="Keys that a query meets at most; all unless given.")
    is_causal: bool = Field(default=True, description="Whether a token attends only to itself and those before it.")
    pattern: Pattern = Field(default="window", description="Which keys are within reach.")

    def made(self) -> blocks.Heads:
        """The heads of the tree."""
        groups = self.num_key_value_heads or self.num_attention_heads
        return blocks.Heads(
            self.num_attention_heads,
            groups,
            self.head_dim,
            reach=self.reach,
            causal=self.is_causal,
            pattern=self.pattern,
        )


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
    term: ClassVar[Term] = words.WEIGHT
    aliases: ClassVar[tuple[str, ...]] = ("parameter", "learned scale", "table", "buffer")
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    label: Label = Field(description="First line of the box.")
    name: Name | None = Field(default=None, description="Name in the checkpoint; made from the label where not given.")
    detail: SecondLine = ""
    role: Role = Field(default="plain", description="Color of the box.")
    part: Part | None = Field(default=None, description="Where the parameters are counted; by the role unless given.")
    weights: Annotated[tuple[Tensor, ...], Field(min_length=1, max_length=1000)] = Field(description="The tensors.")
    inputs: Annotated[int, Field(ge=0, le=64)] = Field(default=1, description="Lines that come in.")
    features: Size | None = Field(default=None, description="Width of the line that leaves, where it is another.")
    tag: Annotated[str, Field(max_length=24)] = Field(default="", description="Tag of the folded block it is in.")
    heads: Heads | None = Field(default=None, description="Its attention heads, where it is attention.")

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
    term: ClassVar[Term] = words.CONVOLUTION
    aliases: ClassVar[tuple[str, ...]] = ("conv", "conv1d", "conv2d", "conv3d", "depthwise convolution")
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    features: Size = Field(description="Channels that leave.")
    kernel_size: Annotated[tuple[Size, ...], Field(min_length=1, max_length=3)] = Field(
        description="Extent over each axis."
    )
    stride: Size = Field(default=1, description="Step over each axis.")
    inputs: Size | None = Field(default=None, description="Channels that come in; the width of the line unless given.")
    groups: Size = Field(default=1, description="Groups of channels that do not see each other.")
    bias: bool = Field(default=False, description="Whether a bias is added.")
    name: Name = Field(default="conv", description="Name in the checkpoint.")
    tensor: Name = Field(default="weight", description="Name of its tensor.")
    label: OwnLabel = None
    detail: SecondLine = ""
    role: Role = Field(default="convolution", description="Color of the box.")
    part: Part = Field(default="other", description="Where the parameters are counted.")

    def expand(self, scope: Scope) -> Leaf:
        """One leaf. Raises :class:`KindError` where the groups do not divide the channels."""
        channels = self.inputs or scope.hidden_size
        for width in (channels, self.features):
            if width % self.groups:
                raise KindError(f"{self.groups:,} groups do not divide {width:,} channels", "groups")
        size = " × ".join(map(str, self.kernel_size))
        label: Words = words.CONVOLUTION_OVER(size=size)
        if self.stride > 1:
            label = words.CONVOLUTION_STRIDE(size=size, stride=self.stride)
        weights: tuple[blocks.Weight, ...] = (
            blocks.Weight(self.tensor, (self.features, channels // self.groups, *self.kernel_size)),
        )
        if self.bias:
            weights += (blocks.Weight(self.tensor.removesuffix("weight") + "bias", (self.features,)),)
        made = Leaf(self.name, self.label or label, role=self.role, weights=weights)
        detail: Words = self.detail or ("" if self.label else common.WIDTHS(inputs=channels, outputs=self.features))
        return replace(made, detail=detail, part=self.part)

    def features_out(self, scope: Scope) -> int:
        """The channels that leave."""
        return self.features
