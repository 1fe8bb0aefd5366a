"""A frame of layers that is by itself, beside or below its column."""

from __future__ import annotations

from dataclasses import replace

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import Measures
from archdraw.picture import Frame

CORNER = 24.0
"""From the sides of such a frame, whose corners are round, to the nearest line that passes it."""
STUB = 12.0
"""Px of the lines into and out of a frame beside its column."""


def framed(frame: Frame, measures: Measures, *, lettered: bool = False) -> Cell:
    """The cell of a ``frame`` that is by itself: no wider than what is in it, and letters beside it, if so."""
    close = measures.box_width / 2 + measures.rail_space
    right = measures.box_width / 2 + measures.frame_space + 4
    if lettered:
        right = max(right, measures.frame_right)
    own = replace(measures, rail=close, frame_left=close + measures.frame_space, frame_right=right)
    cell = diagram.place(frame, (0.0,), (), own)
    ends = (*cell.inputs, *cell.outputs)
    if min(ends) - cell.left >= CORNER and cell.right - max(ends) >= CORNER:
        return cell
    # A line at the side enters beside the round corner.
    return diagram.place(frame, (0.0,), (), replace(own, frame_space=CORNER))


def stubs(canvas: Canvas, cell: Cell, x: float, bottom: float) -> None:
    """The lines into and out of a frame by itself, whose ``cell`` stands at ``x`` above ``bottom``."""
    for port in cell.inputs:
        canvas.line((x + port, bottom + STUB), (x + port, bottom), open_ends="start")
    top = bottom - cell.length
    for port in cell.outputs:
        canvas.line((x + port, top), (x + port, top - STUB), arrow=True, open_ends="end")
