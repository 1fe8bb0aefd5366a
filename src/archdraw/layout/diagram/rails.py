"""Residual rails: a line around an item that joins its output in a plus."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import DOT, Measures
from archdraw.layout.steps import RESIDUAL
from archdraw.records import record
from archdraw.shapes import HEAD

HALF = 2.0
"""What a residual line itself takes."""


LEAST_ARROW = DOT + HEAD + 3
"""From the dot where a residual line begins to the box above it: the head of the arrow does not touch the dot."""


def _arrow(tap: float) -> float:
    """How far the dot is below the first box: half of the line, or as far as the arrow needs."""
    return max(tap / 2, min(LEAST_ARROW, tap - DOT))


@record
class Midway:
    """What stands on a residual line, ``width`` by ``height`` px: painted about the x and y that it is given."""

    width: float
    height: float
    paint: Callable[[Canvas, float, float], None]


def rail(body: Cell, port: float, measures: Measures, midway: Midway | None = None) -> Cell:
    """``body`` with the line that goes around it, on which ``midway`` stands, and the plus where both meet."""
    body = body.moved(port - body.inputs[0])
    axis = body.outputs[0]
    half = midway.width / 2 if midway else 0.0
    distance = max(measures.rail, port - body.left + measures.rail_space + half)
    radius = measures.node
    length = measures.tap + body.length + measures.gap + 2 * radius

    def paint(canvas: Canvas, x: float, y: float) -> None:
        tap, plus = y - measures.tap + _arrow(measures.tap), y - length + radius
        left = x + port - distance
        canvas.line((x + port, y), (x + port, y - measures.tap), arrow=body.arrows[0])
        with canvas.group("", "", role=RESIDUAL, layer="line"):
            around = ((left, plus), (x + axis - radius, plus))
            if midway is None:
                canvas.line((x + port, tap), (left, tap), *around, arrow=True)
            else:
                low, high = ((tap + plus) / 2 + side * midway.height / 2 for side in (1, -1))
                canvas.line((x + port, tap), (left, tap), (left, low), arrow=True)
                canvas.line((left, high), *around, arrow=True)
            canvas.dot(x + port, tap)
        if midway is not None:
            midway.paint(canvas, left, (tap + plus) / 2)
        body.paint(canvas, x, y - measures.tap)
        canvas.line((x + axis, y - measures.tap - body.length), (x + axis, plus + radius), arrow=True)
        canvas.node(x + axis, plus, radius, "+")

    return Cell(port - distance - HALF - half, body.right, length, (port,), (axis,), (False,), paint)
