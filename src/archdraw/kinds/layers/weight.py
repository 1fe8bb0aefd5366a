"""Tensors as an author writes them: a box with any weights."""

from __future__ import annotations

from typing import Annotated, ClassVar, get_args

from archdraw.checked import Checked, Field
from archdraw.glossary import encoders as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Line, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.layers.declared import CACHING, Declaring
from archdraw.kinds.layers.heads import OwnHeads, made_heads
from archdraw.kinds.layers.primitives import AUTHORS_OWN, PARTS, Name, SecondLine, slug
from archdraw.kinds.lines import Grid, common_grid
from archdraw.tree import blocks
from archdraw.tree.blocks import Leaf, Part, Role

Shape = Annotated[tuple[Size, ...], Field(min_length=1, max_length=8)]


class Tensor(Checked):
    """One tensor of a checkpoint: its name below the block (below the enclosing module where it has a dot), its shape.

    A ``buffer`` is stored and not trained, so that it does not count.
    """

    name: Name = Field(default="weight", description="Name of the tensor below its block.")
    shape: Shape = Field(description="Shape as stored.")
    buffer: bool = Field(default=False, description="Stored and not trained: it does not count.")

    def made(self) -> blocks.Weight:
        """The tensor of the tree."""
        return blocks.Weight(self.name, self.shape, buffer=self.buffer)


class WeightKind(Declaring):
    """An operation with weights of its own: a table that is added, a learned scale, tensors that nothing else has.

    Like ``op``, with ``weights``: a list of tensors, each with name and shape. With ``inputs: 0`` it starts a line of
    its own: a class token, object queries.
    """

    keyword: ClassVar[str] = "weight"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "weight: {label: + position embedding, role: position, weights: [{name: weight, shape: [1500, 384]}]}"
    )
    source: ClassVar[str] = AUTHORS_OWN
    term: ClassVar[Term] = words.WEIGHT
    aliases: ClassVar[tuple[str, ...]] = (
        *("parameter", "learned scale", "table", "buffer", "class token", "cls token", "object queries"),
        *("learned positions", "register tokens"),
    )
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    label: Label = Field(description="First line of the box.")
    name: Name | None = Field(default=None, description="Name in the checkpoint; made from the label where not given.")
    detail: SecondLine = ""
    role: Role = Field(default="plain", description="Color of the box.")
    part: Part | None = Field(default=None, description="Where the parameters are counted; by the role unless given.")
    weights: Annotated[tuple[Tensor, ...], Field(min_length=1, max_length=1000)] = Field(description="The tensors.")
    inputs: Annotated[int, Field(ge=0, le=64)] = Field(default=1, description="Lines that come in.")
    features: Size | None = Field(
        default=None,
        description="Width of the line that leaves, where it is another; of a source, the last extent of its tensor.",
    )
    grid: Grid | None = Field(
        default=None,
        description="Extents of the line that leaves; left out, those that came in; of a source, those of its tensor.",
    )
    tag: Annotated[str, Field(max_length=24)] = Field(default="", description="Tag of the folded block it is in.")
    heads: OwnHeads = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf. Raises :class:`KindError` where groups do not divide the heads."""
        made = Leaf(
            self.name or slug(self.label),
            self.label,
            role=self.role,
            detail=self.detail,
            weights=tuple(tensor.made() for tensor in self.weights),
            part=self.part or PARTS.get(self.role, "other"),
            inputs=self.inputs,
            tag=self.tag,
            heads=made_heads(self.heads),
        )
        return self.declared(made, attends=self.role in CACHING and scope.grid is None)

    def lines_in(self, scope: Scope) -> int:
        """As many as it says."""
        return self.inputs

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """One line of ``features``: of a source, its tensor's, without leading extents of 1; else what came in."""
        if self.inputs:
            grid = common_grid(scope.lines) if self.grid is None else self.grid
            return (Line(self.features or scope.line.features, grid),)
        *places, width = self.weights[0].shape
        grid = tuple(extent for extent in places if extent > 1) if self.grid is None else self.grid
        return (Line(self.features or width, grid),)
