"""A laid-out piece of a diagram: its size about its lines, and how to paint it once its place is known."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.layout.canvas import Canvas
from archdraw.records import record

Paint = Callable[[Canvas, float, float], None]
"""``paint(canvas, x, y)``: ``x`` is added to the cell's own x coordinates, ``y`` is the page's y of its bottom."""


@record
class Cell:
    """Extents from ``left`` to ``right`` and ``length`` along the flow; ports are x coordinates of lines.

    ``arrows`` says for each input whether the line that comes in ends here with a head. Chips and rails beside a box
    are within the extents. A ``source`` has no line that comes in: its input is only where it stands.
    """

    left: float
    right: float
    length: float
    inputs: tuple[float, ...]
    outputs: tuple[float, ...]
    arrows: tuple[bool, ...]
    paint: Paint
    source: bool = False

    @property
    def width(self) -> float:
        return self.right - self.left

    def moved(self, dx: float) -> Cell:
        """The same cell ``dx`` further right."""
        if dx == 0:
            return self
        paint = self.paint
        return Cell(
            self.left + dx,
            self.right + dx,
            self.length,
            tuple(x + dx for x in self.inputs),
            tuple(x + dx for x in self.outputs),
            self.arrows,
            lambda canvas, x, y: paint(canvas, x + dx, y),
            self.source,
        )


def line_cell(ports: tuple[float, ...]) -> Cell:
    """Lines that pass, of no length."""

    def paint(canvas: Canvas, x: float, y: float) -> None:
        """Nothing: the neighbours' lines meet here."""

    return Cell(min(ports) - 1, max(ports) + 1, 0, ports, ports, (False,) * len(ports), paint)
