"""What lines must have in common: where they are merged, and where a block must leave what came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from archdraw.checked import Field
from archdraw.kinds.base import Kind, KindError, Line, Scope
from archdraw.kinds.fields import Size
from archdraw.tree.blocks import Merge

Grid = Annotated[tuple[Size, ...], Field(max_length=4)]
"""Extents of a line over its axes, channels left out."""


def common_grid(lines: Sequence[Line]) -> tuple[int, ...] | None:
    """The grid that all ``lines`` have; None where they differ or one is not known."""
    grids = {line.grid for line in lines}
    return grids.pop() if len(grids) == 1 else None


def extents(grid: Sequence[int]) -> str:
    """A grid as it is written: ``112 × 112``; of no axis, ``one position``."""
    return " × ".join(f"{extent:,}" for extent in grid) if grid else "one position"


def merged(lines: Sequence[Line], merge: Merge, field: str = "") -> Line:
    """The one line of ``lines`` that are added, multiplied or concatenated.

    Raises :class:`KindError` at ``field`` where their widths or their grids don't fit.
    """
    widths = [line.features for line in lines if line.features is not None]
    if merge != "concatenate" and len(set(widths)) > 1:
        listed = " and ".join(f"{width:,}" for width in widths)
        raise KindError(
            f"branches of {listed} features cannot be merged by {merge}",
            field,
            "give them one width, or merge: concatenate",
        )
    # One vector is added to every position.
    grids = {line.grid: None for line in lines if line.grid is not None and (merge == "concatenate" or line.grid)}
    if len(grids) > 1:
        listed = " and ".join(map(extents, grids))
        verb = {"add": "added", "multiply": "multiplied"}.get(merge, "concatenated")
        hint = "crop, pool or upsample one of them: op: {label: Crop, grid: [...]} says what is left"
        raise KindError(f"lines of {listed} cannot be {verb}", field, hint)
    known = len(widths) == len(lines)
    features = widths[0] if widths else None
    if merge == "concatenate":
        features = sum(widths) if known else None
    return Line(features, next(iter(grids), lines[0].grid if lines else None))


def check_one(kind: Kind, scope: Scope, what: str, field: str) -> None:
    """Raises :class:`KindError` at ``field`` where ``kind`` does not read exactly one line."""
    number = kind.lines_in(scope)
    if number != 1:
        raise KindError(f"{what} reads {number} lines where one comes in", field)


def keeps_line(kind: Kind, scope: Scope, what: str, field: str) -> None:
    """Raises :class:`KindError` at ``field`` where ``kind`` does not leave lines such as came in."""
    leaving = kind.lines_out(scope)
    if len(leaving) != len(scope.lines):
        number = len(scope.lines)
        raise KindError(
            f"{what} leaves {len(leaving)} lines where {'one' if number == 1 else number} came in",
            field,
            f"merge them: concatenate: {{inputs: {len(leaving)}}}, or op: {{label: +, inputs: {len(leaving)}}}",
        )
    for line, came in zip(leaving, scope.lines, strict=True):
        if line.features != came.features:
            raise KindError(
                f"{what} leaves {width(line)} features where {width(came)} came in",
                field,
                f"end it with linear: {came.features}" if came.features else "",
            )
        if None not in (line.grid, came.grid) and line.grid != came.grid:
            raise KindError(
                f"{what} leaves {extents(line.grid or ())} where {extents(came.grid or ())} came in",
                field,
                "keep the grid with stride: 1 and padding: same",
            )


def width(line: Line) -> str:
    """Features of ``line`` with commas."""
    return "unknown" if line.features is None else f"{line.features:,}"
