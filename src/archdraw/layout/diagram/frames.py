"""What stands around items on the spine: frames with their brackets, slots with alternatives, taps."""

from __future__ import annotations

from typing import Literal

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import HIGHLIGHT, SMALL, Measures
from archdraw.layout.diagram.text import Row, around, fitted, paint_rows, room, rows_height
from archdraw.picture import Bar, Frame
from archdraw.scene import FRAME as FRAMED

FRAME = "#frame"
"""Where the canvas keeps the place of the last frame."""
ADDED = "#added"
"""After the path of a frame: where the canvas keeps the place of the node in it that a line from outside ends at."""
ADDED_LEFT = 12.0
"""What a frame is wider at its left for that line."""
CAPTION, CAPTION_LEFT = 20.0, 20.0
"""A line of a frame's caption, and how far it stands from the frame's left."""
BACK, BACK_ROOM = 32.0, 28.0
"""From the line that leads back in a loop to the frame's right, and the room above and below for where it turns."""
BAR_PAD = 12.0
"""Px free at each side of words in a bar."""
BRACKET = 16.0
"""From a frame to the bracket at its left."""
BRACKET_FOOT = 6.0


def frame(body: Cell, item: Frame, port: float, measures: Measures) -> Cell:
    """``body`` in a tinted frame, which all its lines pass; the bracket stands in the gutter at its left."""
    body, adds = body.moved(port - body.inputs[0]), item.adds and len(body.outputs) == 1
    left = min(body.left - measures.frame_space, port - measures.frame_left) - (ADDED_LEFT if adds else 0)
    right = max(body.right + measures.frame_space + 2 + (BACK if item.back else 0), port + measures.frame_right)
    top = measures.frame_top + (BACK_ROOM if item.back else 0)
    bottom = measures.frame_bottom + (BACK_ROOM if item.back else 0)
    if measures.right:
        caption = _caption(item, bottom + body.length + top) if item.caption else ()
        left -= CAPTION * len(caption)
    else:
        caption = _caption(item, body.outputs[0] - left) if item.caption else ()
        top += CAPTION * len(caption)
    rise = measures.gap + 2 * measures.node if adds else 0.0
    length = bottom + body.length + rise + top

    def paint(canvas: Canvas, x: float, y: float) -> None:
        place = Place(x + left, y - length, x + right, y)
        with canvas.group(item.path, item.title, role=FRAMED, layers=item.layers, layer="ground"):
            canvas.rect(
                place.left,
                place.top,
                right - left,
                length,
                fill=canvas.tint,
                stroke=canvas.accent,
                stroke_width=2,
                radius=20,
                kind="container",
            )
        canvas.places[item.path] = place
        bracket(canvas, place, item.times, measures)
        if caption:
            page, there = canvas.upright(place)
            middle = there.top + 12 + rows_height(caption) / 2
            with page.group("", "", role="caption"):
                paint_rows(page, caption, there.left + CAPTION_LEFT, middle, page.theme.ink, "start")
        for entry, arrow in () if body.source else zip(body.inputs, body.arrows, strict=True):
            canvas.line((x + entry, y), (x + entry, y - bottom), arrow=arrow)
        body.paint(canvas, x, y - bottom)
        # Of frames in frames the outermost is the one that zoom lines leave.
        canvas.places[FRAME] = place
        for output in body.outputs:
            canvas.line((x + output, y - length + top), (x + output, y - length))
        if adds:
            out, radius = x + body.outputs[0], measures.node
            low, middle = y - bottom - body.length, y - length + top + radius
            canvas.line((out, low), (out, middle + radius), arrow=True)
            canvas.node(out, middle, radius, "+")
            canvas.places[f"{item.path}{ADDED}"] = Place(out - radius, middle - radius, out + radius, middle + radius)
        if item.back:
            out = x + body.outputs[0]
            high, low, side = y - length + top - BACK_ROOM / 2, y - BACK_ROOM / 2, place.right - BACK
            canvas.dot(out, high)
            canvas.line((out, high), (side, high), (side, low), (x + port, low), arrow=True)

    passed = (False,) * len(body.inputs)
    return Cell(
        left - gutter(item.times, measures), right, length, body.inputs, body.outputs, passed, paint, body.source
    )


def _caption(item: Frame, room: float) -> tuple[Row, ...]:
    """The caption of a frame, left of the line that leaves it ``room`` px from the frame's left."""
    return fitted(item.caption, room - CAPTION_LEFT - 12, 16, SMALL, 600)


def gutter(times: str, measures: Measures) -> float:
    """What the bracket of ``times`` takes at the left."""
    return BRACKET + measures.gutter if times else 0.0


def bar_gaps(out: tuple[float, ...], inputs: int, measures: Measures) -> tuple[float, ...]:
    """Distances between the ``inputs`` lines that pass a bar straight, which are to be ``out`` apart above it."""
    return tuple(max(measures.port_gap, distance) for distance in (out or (0.0,) * (inputs - 1)))


def bar(item: Bar, ports: tuple[float, ...], measures: Measures) -> Cell:
    """A run of layers folded to one line of words; lines that come in at ``ports`` leave it there."""
    left = ports[0] - measures.frame_left
    right = max(ports[0] + measures.frame_right, ports[-1] + measures.bar_width / 2)
    if not measures.frame_left:
        left = ports[0] - measures.bar_width / 2
        right = ports[-1] + measures.bar_width / 2
    width = right - left
    if measures.right:
        # No word is cut.
        width = max([measures.bar_width, *(around(text_width(word, 16, 500), BAR_PAD) for word in item.label.split())])
    rows = fitted(item.label, room(width, BAR_PAD), 16, SMALL, 500)
    height = along = max(measures.bar_height, rows_height(rows) + 14)
    if measures.right:
        # As long as its words, as high as the lines that pass it ask for.
        along = around(max(row.width for row in rows), BAR_PAD)
        height = max(height, ports[-1] - ports[0] + 2 * BAR_PAD)
        left, right = ((ports[0] + ports[-1] + side * height) / 2 for side in (-1, 1))

    def paint(canvas: Canvas, x: float, y: float) -> None:
        whole = Place(x + left, y - along, x + right, y)
        page, place = canvas.upright(whole)
        fill, ink = page.theme.page, page.theme.ink
        if item.mark.colour:
            fill, ink = (colours := page.theme.paint(item.mark.colour)).fill, colours.text
        with page.group(item.path, item.title, role="layers", layers=item.layers):
            page.rect(
                place.left,
                place.top,
                place.right - place.left,
                place.bottom - place.top,
                fill=fill,
                stroke=page.accent,
                stroke_width=HIGHLIGHT if item.mark.highlight else 2,
                radius=12,
            )
            paint_rows(page, rows, (place.left + place.right) / 2, place.middle, ink)
        page.places[item.path] = place
        bracket(canvas, whole, item.times, measures)

    return Cell(left - gutter(item.times, measures), right, along, ports, ports, (True,) * len(ports), paint)


def bracket(canvas: Canvas, place: Place, times: str, measures: Measures) -> None:
    """A straight bracket at the left of ``place`` with ``times`` beside its middle; above it for a line to the right.

    Words that are longer than a bracket to the right stand above its beginning.
    """
    if not times:
        return
    x, foot = place.left - BRACKET, place.left - BRACKET + BRACKET_FOOT
    top, bottom = place.top + 2, place.bottom - 2
    points = ((foot, top), (x, top), (x, bottom), (foot, bottom))
    page, there = canvas.upright(Place(x, top, x, bottom))
    wide = there.right - there.left if measures.right else measures.gutter
    rows = fitted(times, wide, measures.times_size, SMALL, 700)
    y = there.top - 4 - rows_height(rows) if measures.right else place.middle - rows_height(rows) / 2
    at = (there.left + there.right) / 2 if measures.right else x - 8
    anchor: Literal["middle", "end"] = "middle" if measures.right else "end"
    with page.group("", "", role="bracket"):
        canvas.line(*points, stroke=canvas.accent, radius=0, kind="rule")
        for row in rows:
            baseline = y + row.height / 2 + MIDDLE * row.size
            page.text(at, baseline, row.text, row.size, row.weight, fill=page.accent, anchor=anchor, phrase=row.phrase)
            y += row.height
