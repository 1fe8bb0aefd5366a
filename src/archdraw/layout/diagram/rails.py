"""Residual rails: a line around an item that joins its output in a plus."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import Measures
from archdraw.records import record


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
        tap, plus = y - measures.tap / 2, y - length + radius
        left = x + port - distance
        canvas.line((x + port, y), (x + port, y - measures.tap), arrow=body.arrows[0])
        if midway is None:
            canvas.line((x + port, tap), (left, tap), (left, plus), (x + axis - radius, plus), arrow=True)
        else:
            middle = (tap + plus) / 2
            canvas.line((x + port, tap), (left, tap), (left, middle + midway.height / 2), arrow=True)
            midway.paint(canvas, left, middle)
            above = (left, middle - midway.height / 2)
            canvas.line(above, (left, plus), (x + axis - radius, plus), arrow=True)
        canvas.dot(x + port, tap)
        body.paint(canvas, x, y - measures.tap)
        canvas.line((x + axis, y - measures.tap - body.length), (x + axis, plus + radius), arrow=True)
        canvas.node(x + axis, plus, radius, "+")

    return Cell(port - distance - 2 - half, body.right, length, (port,), (axis,), (False,), paint)
