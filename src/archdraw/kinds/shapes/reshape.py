"""The same values in another shape, and lines that become one: flatten, reshape, concatenate."""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Detail
from archdraw.glossary import shapes as words
from archdraw.glossary.common import WIDTHS
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Composed, Family, KindError, Line, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.layers.primitives import AUTHORS_OWN, Name
from archdraw.kinds.lines import extents, merged
from archdraw.tree.blocks import Leaf, Role


class Flatten(Composed):
    """All values of the grid as one vector; ``to: tokens``, each position of the grid as a token."""

    keyword: ClassVar[str] = "flatten"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "flatten: tokens"
    source: ClassVar[str] = "Dosovitskiy et al. 2020, An Image is Worth 16x16 Words, section 3.1, arXiv:2010.11929"
    main: ClassVar[str | None] = "to"
    term: ClassVar[Term] = words.FLATTEN
    aliases: ClassVar[tuple[str, ...]] = ("vectorize", "patchify", "image to sequence", "flatten patches")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    to: Literal["vector", "tokens"] = Field(
        default="vector", description="One vector of all values, or a token for each position."
    )
    name: Name = Field(default="flatten", description="Name of the block.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf without weights. Raises :class:`KindError` where a vector is made of an unknown grid."""
        (line,) = self.lines_out(scope)
        label = self.label or (words.FLATTEN() if self.to == "vector" else words.FLATTEN_TO_TOKENS())
        detail: Detail = ""
        if scope.grid is not None and self.to == "tokens":
            detail = words.NUMBER_OF_TOKENS(number=prod(scope.grid))
        elif scope.grid and line.features is not None:
            detail = words.RESHAPED(inputs=(scope.hidden_size, *scope.grid), outputs=(line.features,))
        return Leaf(self.name, label, detail=detail)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """One vector, or as many tokens as there were positions."""
        if self.to == "tokens":
            return (Line(scope.line.features, None if scope.grid is None else (prod(scope.grid),)),)
        if scope.grid is None:
            hint = "begin with input: {shape: [3, 224, 224]}, or write flatten: tokens"
            raise KindError("flatten needs to know the grid of the line that comes in", "", hint)
        return (Line(scope.hidden_size * prod(scope.grid), ()),)


class Reshape(Composed):
    """The same values in another ``shape``, channels first: a vector becomes an image, an image a sequence."""

    keyword: ClassVar[str] = "reshape"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "reshape: {shape: [256, 4, 4]}"
    source: ClassVar[str] = AUTHORS_OWN
    main: ClassVar[str | None] = "shape"
    term: ClassVar[Term] = words.RESHAPE
    aliases: ClassVar[tuple[str, ...]] = ("view", "rearrange", "unflatten", "permute", "squeeze", "unsqueeze")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    shape: Annotated[tuple[Size, ...], Field(min_length=1, max_length=5)] = Field(
        description="Features, and the extents of the grid after them."
    )
    name: Name = Field(default="reshape", description="Name of the block.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf without weights. Raises :class:`KindError` where there are more values, or less, than came in."""
        detail: Detail = words.EXTENTS(extents=self.shape)
        if scope.grid is not None and scope.line.features is not None:
            before = (scope.line.features, *scope.grid)
            if prod(before) != prod(self.shape):
                message = (
                    f"{extents(before)} has {prod(before):,} values, {extents(self.shape)} has {prod(self.shape):,}"
                )
                raise KindError(message, "shape", "op: {label: Crop, grid: [...]} says what is left of a larger grid")
            detail = words.RESHAPED(inputs=before, outputs=self.shape)
        return Leaf(self.name, self.label or self.term(), detail=detail)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """The first extent as features, the others as grid."""
        return (Line(self.shape[0], self.shape[1:]),)


class Concatenate(Composed):
    """Several lines that become one: their features follow each other, or, with ``axis: positions``, their positions.

    Branches of ``parallel`` can be concatenated by ``merge`` as well; this is for lines that a block or graph leaves.
    """

    keyword: ClassVar[str] = "concatenate"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "concatenate: {inputs: 2, axis: positions}"
    source: ClassVar[str] = "Huang et al. 2016, Densely Connected Convolutional Networks, arXiv:1608.06993"
    main: ClassVar[str | None] = "inputs"
    term: ClassVar[Term] = words.CONCATENATE
    aliases: ClassVar[tuple[str, ...]] = ("concat", "cat", "concatenation", "append", "join", "prepend")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    inputs: Annotated[int, Field(ge=2, le=64)] = Field(default=2, description="How many lines it takes.")
    axis: Literal["features", "positions"] = Field(
        default="features", description="Along what they follow each other; positions: of tokens or of a sequence."
    )
    name: Name = Field(default="concatenate", description="Name of the block.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf that takes several lines. Raises :class:`KindError` where they don't fit each other."""
        (line,) = self.lines_out(scope)
        label = self.label or (self.term() if self.axis == "features" else words.CONCATENATE_POSITIONS())
        detail: Detail = ""
        if self.axis == "positions" and line.positions is not None:
            detail = words.NUMBER_OF_TOKENS(number=line.positions)
        elif (
            self.axis == "features" and line.features is not None and None not in (one.features for one in scope.lines)
        ):
            detail = WIDTHS(inputs=_sum(scope.lines), outputs=line.features)
        return Leaf(self.name, label, detail=detail, inputs=self.inputs)

    def lines_in(self, scope: Scope) -> int:
        """As many as it says."""
        return self.inputs

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """One line, as wide as all that come in together, or as long."""
        if len(scope.lines) != self.inputs:
            came = "one line comes" if len(scope.lines) == 1 else f"{len(scope.lines)} lines come"
            hint = "lead several lines to it: parallel: {merge: separate, branches: [...]}"
            raise KindError(f"concatenate reads {self.inputs} lines, {came} in", "", hint)
        if self.axis == "features":
            return (merged(scope.lines, "concatenate"),)
        widths = [line.features for line in scope.lines if line.features is not None]
        if len(set(widths)) > 1:
            listed = " and ".join(f"{width:,}" for width in widths)
            raise KindError(f"positions of {listed} features cannot follow each other", "axis")
        counts = [line.positions for line in scope.lines]
        known = [count for count in counts if count is not None]
        return (Line(widths[0] if widths else None, (sum(known),) if len(known) == len(counts) else None),)


def _sum(lines: tuple[Line, ...]) -> str:
    """The widths of ``lines`` as a sum: ``512 + 512``."""
    return " + ".join(f"{line.features or 0:,}" for line in lines)
