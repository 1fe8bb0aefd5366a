"""The cells of what is in the rows of a graph: boxes and signs about their middle, any other diagram as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram import boxes
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.picture import Box, Diagram

PORT_SPACE = 20.0
"""Between lines that enter one box."""
NAME_SPACE, NAME_HEIGHT = 16.0, 24.0
"""From the name of a line to the next line, and what it takes along the line."""
SIDE = 20.0
"""From a sign to where a line turns to its side, at least."""
NOTE_SPACE = 7.0
"""From a line to the note beside it."""

PlaceItem = Callable[[Diagram, tuple[float, ...], tuple[float, ...]], Cell]
"""Lays a diagram out over the lines that come in; those that leave are at least so far apart."""


def is_sign(item: Diagram, lines: int) -> bool:
    """Whether ``item`` is drawn as the node of its sign, with ``lines`` coming in."""
    return isinstance(item, Box) and item.label in ("+", "×") and not item.detail and 2 <= lines <= 3


def node_cell(item: Diagram, lines: int, measures: Measures, place: PlaceItem) -> Cell:
    """``item`` about x = 0, a box wide enough for the ``lines`` that enter it; a sign with room at its sides."""
    if not isinstance(item, Box):
        cell = place(item, tuple(measures.port_gap * index for index in range(max(1, lines))), ())
        return cell.moved(-(cell.left + cell.right) / 2)
    if not is_sign(item, lines):
        return boxes.place(item, _ports(item, lines), _distances(item, measures), measures)
    radius = measures.node
    side = radius + SIDE

    def paint(canvas: Canvas, x: float, y: float) -> None:
        canvas.node(x, y - radius, radius, "+" if item.label == "+" else "×")

    return Cell(-side, side, 2 * radius, (0.0,) * lines, (0.0,), (True,) * lines, paint)


def half(box: Box, cell: Cell, lines: int, measures: Measures) -> float:
    """How far the sides of ``box`` are from its middle, chips and names beside it left out."""
    if not box.chips and len(box.outputs) == 1:
        return cell.right
    bare = replace(box, chips=(), outputs=("",) * len(box.outputs))
    return boxes.place(bare, _ports(box, lines), _distances(box, measures), measures).right


def _ports(box: Box, lines: int) -> tuple[float, ...]:
    """Where lines enter ``box`` if nothing else says so; one in the middle stands for those of a box that splits."""
    if len(box.outputs) > 1:
        return (0.0,)
    start = -PORT_SPACE * (lines - 1) / 2
    return tuple(start + PORT_SPACE * index for index in range(lines)) or (0.0,)


def _distances(box: Box, measures: Measures) -> tuple[float, ...]:
    """How far apart the lines that leave ``box`` are: with room for their names."""
    return name_distances(box.outputs, measures)


def name_distances(names: Sequence[str], measures: Measures) -> tuple[float, ...]:
    """How far apart lines with ``names`` at their right, or above them, are at least."""
    if measures.right:
        return (max(measures.port_gap, NAME_HEIGHT),) * (len(names) - 1)
    return tuple(max(measures.port_gap, text_width(name, SMALL) + NAME_SPACE) for name in names[:-1])


def output_cell(names: tuple[str, ...], ports: tuple[float, ...], measures: Measures) -> Cell:
    """Where the lines of a graph leave, each with its name if they are several."""
    named = len(names) > 1 and any(names)
    widths = [text_width(name, SMALL) if named else 0.0 for name in names]
    length = NAME_HEIGHT if named else 0.0
    right = max(port + (NOTE_SPACE + width if named else 1) for width, port in zip(widths, ports, strict=True))
    if measures.right:
        length, right = max(widths) + 2 * NOTE_SPACE if named else 0.0, ports[-1] + 1

    def paint(canvas: Canvas, x: float, y: float) -> None:
        for name, port in zip(names, ports, strict=True):
            if named:
                canvas.line((x + port, y), (x + port, y - length))
                _beside(canvas, name, x + port, y - length / 2, y, measures)

    left = ports[0] - (NAME_HEIGHT if named and measures.right else 1)
    return Cell(left, right, length, ports, ports, (False,) * len(ports), paint)


def lane_cell(note: str, measures: Measures) -> Cell:
    """A line that leads back down past a row, with ``note`` at its right, or above it."""
    width = text_width(note, SMALL) + NOTE_SPACE if note else 1.0

    def paint(canvas: Canvas, x: float, y: float) -> None:
        if note:
            _beside(canvas, note, x, y, y, measures)

    if measures.right:
        return Cell(-NAME_HEIGHT if note else -1, 1, width if note else 0.0, (0.0,), (0.0,), (False,), paint)
    return Cell(-1, width, 0, (0.0,), (0.0,), (False,), paint)


def _beside(canvas: Canvas, words: str, x: float, middle: float, start: float, measures: Measures) -> None:
    """``words`` at the right of a line at ``x``, about ``middle``; above one to the right that begins at ``start``."""
    page, at = canvas.upright(Place(x, start, x, start) if measures.right else Place(x, middle, x, middle))
    baseline = at.top - 6 if measures.right else at.top + MIDDLE * SMALL
    page.text(at.left + NOTE_SPACE, baseline, words, SMALL, fill=page.theme.muted)
