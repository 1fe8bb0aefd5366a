"""Modules beside the line of a model: boxes that read it, and boxes that join it."""

from __future__ import annotations

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.layout.diagram.text import Row, fitted, paint_rows, room, rows_height
from archdraw.picture import Box, Tap
from archdraw.scene import OpenEnds

SIDE_PAD = 8.0
"""Px free at each side of words in the box of a module beside the line."""
NOTE_WIDTH, NOTE_LINE = 190.0, 19.0
"""What a module that joins the spine says beside its line."""


def tap(item: Tap, port: float, measures: Measures) -> Cell:
    """A folded box at the left. One that reads the line stands beside the next item; one that joins it comes from
    below, and the page leads its line here."""
    if item.aside:
        return _aside(item, port, measures)
    if item.direction == "in":
        if not item.joins:
            return Cell(port - 1, port + 1, 0, (port,), (port,), (False,), lambda canvas, x, y: None)

        def join(canvas: Canvas, x: float, y: float) -> None:
            middle = y - length + measures.tap_in / 2
            canvas.places[f"{item.box.path}#join"] = Place(x + port, middle, x + port, middle)

        # Its note stands between its line and that of another one that joins below.
        length = max(measures.tap_in, 17 + NOTE_LINE * len(fitted(item.note, NOTE_WIDTH, SMALL, SMALL, 400)))
        return Cell(port - 1, port + 1, length, (port,), (port,), (False,), join)

    place = beside(item, port, measures)
    left, right = place.left, place.right

    def paint(canvas: Canvas, x: float, y: float) -> None:
        middle = x + (left + right) / 2
        level = y - measures.tap_out / 2
        there = Place(x + left, y + place.top, x + right, y + place.bottom)
        read = None if item.joins else _read(canvas, item, there)
        open_ends: OpenEnds = "end" if item.joins or read else "both"
        side_box(canvas, item.box, there, measures, open_ends="" if item.joins and item.goal else open_ends)
        if read is not None:
            canvas.line((middle, read.top), (middle, there.bottom), arrow=True)
        if item.joins:
            canvas.line((x + port, level), (middle, level), (middle, y - measures.tap_out), arrow=True)
            canvas.dot(x + port, level)

    return Cell(left, port + 1, measures.tap_out, (port,), (port,), (False,), paint)


def _read(canvas: Canvas, item: Tap, there: Place) -> Place | None:
    """The frame that ``item``, whose box is ``there``, reads layers of; None where it is not right below the box."""
    frame = canvas.places.get(item.goal)
    is_below = frame is not None and frame.left < (there.left + there.right) / 2 < frame.right
    return frame if frame is not None and is_below and frame.top > there.bottom else None


def _aside(item: Tap, port: float, measures: Measures) -> Cell:
    """A module that joins the line from its left, or that reads it at its right, in a row of its own."""
    across, along = side_across(item.box, measures), side_along(item.box, measures)
    right = port + side_right(measures)
    if item.direction == "out":
        left = port - side_right(measures)

        def read(canvas: Canvas, x: float, y: float) -> None:
            place = Place(x + left, y - along, x + left + across, y)
            open_ends: OpenEnds = "" if item.box.path in canvas.read else "end"
            side_box(canvas, item.box, place, measures, open_ends=open_ends)
            canvas.line((x + port, y), (x + port, y - along))
            canvas.line((x + port, place.middle), (place.left, place.middle), arrow=True)
            canvas.dot(x + port, place.middle)

        return Cell(port - 1, left + across, along, (port,), (port,), (False,), read)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        place = Place(x + right - across, y - along, x + right, y)
        side_box(canvas, item.box, place, measures, open_ends="start" if item.joins else "both")
        canvas.line((x + port, y), (x + port, y - along))
        if item.joins:
            canvas.line((place.right, place.middle), (x + port, place.middle), arrow=True)

    return Cell(right - across, port + 1, along, (port,), (port,), (False,), paint)


def beside(item: Tap, port: float, measures: Measures) -> Place:
    """Where the box of a module that reads the line at ``port`` stands, seen from where its line comes in."""
    right = port + side_right(measures)
    top = -measures.tap_out - side_along(item.box, measures)
    return Place(right - side_across(item.box, measures), top, right, -measures.tap_out)


def side_right(measures: Measures) -> float:
    """Where a module beside the spine ends, seen from the spine."""
    half = measures.two_lines / 2 if measures.right else measures.box_width / 2
    return -half - measures.side_gap


def side_along(box: Box, measures: Measures) -> float:
    """What a folded module beside the spine takes along the flow."""
    return measures.side_width if measures.right else side_height(box, measures)


def side_across(box: Box, measures: Measures) -> float:
    """What it takes across the flow."""
    return side_height(box, measures) if measures.right else measures.side_width


def side_height(box: Box, measures: Measures, width: float = 0) -> float:
    """How high a folded module beside the spine is; ``width`` is its own where it is not the usual one."""
    words = rows_height(_side_rows(box, width or measures.side_width, measures)) + 16
    return max(measures.side_height, box.least_height, words)


def _side_rows(box: Box, width: float, measures: Measures) -> tuple[Row, ...]:
    inner = room(width, SIDE_PAD)
    return (*fitted(box.label, inner, measures.side_label, SMALL, 500), *fitted(box.detail, inner, SMALL, SMALL, 400))


def side_box(canvas: Canvas, box: Box, place: Place, measures: Measures, *, open_ends: OpenEnds = "") -> None:
    """A folded module beside the spine; ``open_ends`` says whether no line enters it, or none leaves it."""
    page, there = canvas.upright(place)
    rows = _side_rows(box, there.right - there.left, measures)
    title = box.title or f"{box.label}: {box.detail}"
    with page.group(box.path, title, role=box.role, layers=box.layers, open_ends=open_ends):
        ink = page.box(there, box.role, box.path, mark=box.mark)
        paint_rows(page, rows, (there.left + there.right) / 2, there.middle, ink)
