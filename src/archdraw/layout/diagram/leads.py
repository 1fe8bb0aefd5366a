"""Arrows from boxes beside the line into the frame above them, whose layers all read what such a box makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.cell import Cell
from archdraw.picture import Bar, Diagram, Frame, Tap

SIDE_ROOM, LEAD_ROOM = 14.0, 24.0
"""Above a box beside the spine, where another or a frame follows; and where an arrow leads from it into the frame."""


def room_above(tap: Tap) -> float:
    """The px between the box of ``tap`` and what is above it."""
    return LEAD_ROOM if tap.goal and tap.joins else SIDE_ROOM


def for_others(item: Diagram, beside: Iterable[Tap]) -> list[Tap]:
    """Those ``beside`` the line whose goal is further up than ``item``."""
    return [tap for tap in beside if tap.goal and not (isinstance(item, Frame | Bar) and tap.goal == item.path)]


def led(cell: Cell, item: Diagram, beside: Iterable[Tap]) -> Cell:
    """``cell`` of ``item`` with an arrow into it from each box ``beside`` its foot that has it as goal."""
    sources = [tap.box.path for tap in beside if isinstance(item, Frame | Bar) and tap.goal == item.path]
    if not sources:
        return cell

    def paint(canvas: Canvas, x: float, y: float) -> None:
        cell.paint(canvas, x, y)
        for path in sources:
            box = canvas.places[path]
            middle = (box.left + box.right) / 2
            canvas.line((middle, box.top), (middle, y), arrow=True)

    return replace(cell, paint=paint)
