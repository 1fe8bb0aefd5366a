"""The boxes below a model that say what comes in; before it where the flow leads to the right."""

from __future__ import annotations

from itertools import pairwise

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.measures import SMALL, SPINE, Measures
from archdraw.layout.diagram.text import Row, fitted, paint_rows, rows_height
from archdraw.picture import Terminal

PAD, SPACE = 16.0, 16.0
"""Px between the words of an input and the sides of its box, and between the boxes of two inputs."""
WIDEST_RIGHT = 110.0
"""Px for the words where the flow leads to the right."""
PAD_RIGHT = 9.0


def along(terminal: Terminal, measures: Measures) -> float:
    """What the box of ``terminal`` takes along the flow."""
    return _width(terminal, measures) if measures.right else _height(terminal, measures)


def across(terminal: Terminal, measures: Measures) -> float:
    """What it takes across the flow."""
    return _height(terminal, measures) if measures.right else _width(terminal, measures)


def widest(inputs: tuple[Terminal, ...], measures: Measures) -> float:
    """What the largest of ``inputs`` takes across the flow, with the space to its neighbour."""
    return max((across(one, measures) + SPACE for one in inputs), default=0.0)


def spread(inputs: tuple[Terminal, ...], measures: Measures = SPINE) -> tuple[float, ...]:
    """How far apart the lines of neighbouring inputs must be for their boxes."""
    sizes = [across(one, measures) for one in inputs]
    return tuple((one + other) / 2 + SPACE for one, other in pairwise(sizes))


def paint(canvas: Canvas, terminal: Terminal, x: float, top: float, room: float, measures: Measures, path: str) -> None:
    """The box of what comes in about ``x``, from ``top`` on: ``room`` px along the flow where that is more than one
    line of words needs.
    """
    own, half = along(terminal, measures), across(terminal, measures) / 2
    is_long = measures.right or room > measures.input_height
    page, place = canvas.upright(Place(x - half, top, x + half, top + (room if is_long else own)))
    title = f"{terminal.label}: {terminal.detail}".removesuffix(": ")
    with page.group(path, title, role="input", open_ends="start"):
        page.box(place, "plain", path)
        fill = page.theme.paint("plain").text
        paint_rows(page, _rows(terminal, measures), (place.left + place.right) / 2, place.middle, fill)


def _rows(terminal: Terminal, measures: Measures) -> tuple[Row, ...]:
    width = WIDEST_RIGHT if measures.right else measures.input_widest
    detail = fitted(terminal.detail, width, measures.detail_size, SMALL, 400) if terminal.detail else ()
    return (*fitted(terminal.label, width, measures.label_size, min(16, measures.label_size), 500), *detail)


def _height(terminal: Terminal, measures: Measures) -> float:
    rows = _rows(terminal, measures)
    least = measures.input_height
    return max(least, rows_height(rows) + 14) if len(rows) > 1 else least


def _width(terminal: Terminal, measures: Measures) -> float:
    words = (row.width + 2 * (PAD_RIGHT if measures.right else PAD) for row in _rows(terminal, measures))
    return max(0.0 if measures.right else measures.input_width, *words)
