"""What stands around items on the spine: frames with their brackets, slots with alternatives, taps."""

from __future__ import annotations

from archdraw.fonts import MIDDLE
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.layout.diagram.text import Row, fitted, paint_rows, room, rows_height
from archdraw.picture import Bar, Box, Diagram, Frame, Tap
from archdraw.scene import FRAME as FRAMED
from archdraw.scene import OpenEnds

FRAME = "#frame"
"""Where the canvas keeps the place of the last frame."""
CAPTION, CAPTION_LEFT = 20.0, 20.0
"""A line of a frame's caption, and how far it stands from the frame's left."""
BACK, BACK_ROOM = 32.0, 28.0
"""From the line that leads back in a loop to the frame's right, and the room above and below for where it turns."""
OPTION_PAD = 16.0
"""From an alternative that is no box to the sides of its border."""
BAR_PAD, SIDE_PAD = 12.0, 8.0  # px free at each side of words in a bar, and in the box of a module beside the line
BAND, BAND_LINE = 21.0, 19.0
BRACKET = 16.0
"""From a frame to the bracket at its left."""
BRACKET_FOOT = 6.0
NOTE_WIDTH, NOTE_LINE = 190.0, 19.0
"""What a module that joins the spine says beside its line."""


def frame(body: Cell, item: Frame, port: float, measures: Measures) -> Cell:
    """``body`` in a tinted frame, which all its lines pass; the bracket stands in the gutter at its left."""
    body = body.moved(port - body.inputs[0])
    left = min(body.left - measures.frame_space, port - measures.frame_left)
    right = max(body.right + measures.frame_space + 2 + (BACK if item.back else 0), port + measures.frame_right)
    caption = _caption(item, body.outputs[0] - left) if item.caption else ()
    top = measures.frame_top + (CAPTION * len(caption) if caption else 0) + (BACK_ROOM if item.back else 0)
    bottom = measures.frame_bottom + (BACK_ROOM if item.back else 0)
    length = bottom + body.length + top

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
            middle = place.top + 12 + rows_height(caption) / 2
            with canvas.group("", "", role="caption"):
                paint_rows(canvas, caption, place.left + CAPTION_LEFT, middle, canvas.theme.ink, "start")
        for entry, arrow in () if body.source else zip(body.inputs, body.arrows, strict=True):
            canvas.line((x + entry, y), (x + entry, y - bottom), arrow=arrow)
        body.paint(canvas, x, y - bottom)
        # Of frames in frames the outermost is the one that zoom lines leave.
        canvas.places[FRAME] = place
        for output in body.outputs:
            canvas.line((x + output, y - length + top), (x + output, y - length))
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
    rows = fitted(item.label, room(right - left, BAR_PAD), 16, SMALL, 500)
    height = max(measures.bar_height, rows_height(rows) + 14)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        place = Place(x + left, y - height, x + right, y)
        with canvas.group(item.path, item.title, role="layers", layers=item.layers):
            canvas.rect(
                place.left,
                place.top,
                right - left,
                height,
                fill=canvas.theme.page,
                stroke=canvas.accent,
                stroke_width=2,
                radius=12,
            )
            paint_rows(canvas, rows, (place.left + place.right) / 2, place.middle, canvas.theme.ink)
        canvas.places[item.path] = place
        bracket(canvas, place, item.times, measures)

    return Cell(left - gutter(item.times, measures), right, height, ports, ports, (True,) * len(ports), paint)


def bracket(canvas: Canvas, place: Place, times: str, measures: Measures) -> None:
    """A straight bracket at the left of ``place`` with ``times`` beside its middle."""
    if not times:
        return
    x, foot = place.left - BRACKET, place.left - BRACKET + BRACKET_FOOT
    top, bottom = place.top + 2, place.bottom - 2
    points = ((foot, top), (x, top), (x, bottom), (foot, bottom))
    rows = fitted(times, measures.gutter, measures.times_size, SMALL, 700)
    y = place.middle - rows_height(rows) / 2
    with canvas.group("", "", role="bracket"):
        canvas.line(*points, stroke=canvas.accent, radius=0, kind="rule")
        for row in rows:
            baseline = y + row.height / 2 + MIDDLE * row.size
            canvas.text(
                x - 8, baseline, row.text, row.size, row.weight, fill=canvas.accent, anchor="end", phrase=row.phrase
            )
            y += row.height


def choice(
    cells: list[Cell],
    options: tuple[Diagram, ...],
    bands: tuple[str, ...],
    ports: tuple[float, ...],
    measures: Measures,
) -> Cell:
    """``cells`` in one frame, the first on top, with words above each of them: one of them is passed, not all.

    Lines come into each at ``ports``; they leave all where they leave the one on top.
    """
    pads = [0.0 if isinstance(option, Box) else OPTION_PAD for option in options]
    left = min(cell.left for cell in cells) - max(pads)
    right = max(cell.right for cell in cells) + max(pads)
    box_left = min(_frame_left(cell, option, ports, measures) for cell, option in zip(cells, options, strict=True))
    words = [fitted(band, right - box_left - 12, SMALL, SMALL, 500) for band in bands]
    heights = [BAND + BAND_LINE * (len(rows) - 1) for rows in words]
    length = sum(cell.length + 2 * pad for cell, pad in zip(cells, pads, strict=True)) + sum(heights)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        with canvas.group("", "", role="choice", layer="ground"):
            canvas.rect(
                x + box_left - max(pads),
                y - length,
                right - box_left + max(pads),
                length,
                fill=canvas.theme.page,
                stroke=canvas.theme.container_border if max(pads) else canvas.theme.ink,
                kind="container",
            )
        top = y - length
        for cell, pad, rows, height in zip(cells, pads, words, heights, strict=True):
            paint_rows(canvas, rows, x + (box_left + right) / 2, top + height / 2, canvas.theme.ink)
            top += height
            bottom = top + cell.length + 2 * pad
            if pad:
                # A whole block as an alternative gets a border, as a box has one: else both would read as a series.
                canvas.rect(
                    x + box_left - pad,
                    top,
                    right - box_left + pad,
                    bottom - top,
                    fill=canvas.tint,
                    stroke=canvas.theme.container_border,
                    kind="container",
                    layer="ground",
                )
                for port, arrow in zip(ports, cell.arrows, strict=True):
                    canvas.line((x + port, bottom), (x + port, bottom - pad), arrow=arrow)
                for out in cell.outputs:
                    canvas.line((x + out, top + pad), (x + out, top))
            cell.paint(canvas, x, bottom - pad)
            top = bottom

    # The line goes on into a whole block, whose first box takes the arrow.
    return Cell(left, right, length, ports, cells[0].outputs, (not pads[-1],) * len(ports), paint)


def _frame_left(cell: Cell, option: Diagram, ports: tuple[float, ...], measures: Measures) -> float:
    """Where the boxes of ``cell``, about the middle of ``ports``, begin: chips stand outside the frame."""
    if not (isinstance(option, Box) and measures.box_width):
        return cell.left
    middle = (ports[0] + ports[-1]) / 2
    return 2 * middle - cell.right


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
        side_box(canvas, item.box, there, measures, open_ends="end" if item.joins else "both")
        if item.joins:
            canvas.line((x + port, level), (middle, level), (middle, y - measures.tap_out), arrow=True)
            canvas.dot(x + port, level)

    return Cell(left, port + 1, measures.tap_out, (port,), (port,), (False,), paint)


def _aside(item: Tap, port: float, measures: Measures) -> Cell:
    """A module that joins the line from its left, or that reads it at its right, in a row of its own."""
    height = side_height(item.box, measures)
    right = port + side_right(measures)
    if item.direction == "out":
        left = port - side_right(measures)

        def read(canvas: Canvas, x: float, y: float) -> None:
            place = Place(x + left, y - height, x + left + measures.side_width, y)
            open_ends: OpenEnds = "" if item.box.path in canvas.read else "end"
            side_box(canvas, item.box, place, measures, open_ends=open_ends)
            canvas.line((x + port, y), (x + port, y - height))
            canvas.line((x + port, place.middle), (place.left, place.middle), arrow=True)
            canvas.dot(x + port, place.middle)

        return Cell(port - 1, left + measures.side_width, height, (port,), (port,), (False,), read)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        place = Place(x + right - measures.side_width, y - height, x + right, y)
        side_box(canvas, item.box, place, measures, open_ends="start")
        canvas.line((x + port, y), (x + port, y - height))
        canvas.line((place.right, place.middle), (x + port, place.middle), arrow=True)

    return Cell(right - measures.side_width, port + 1, height, (port,), (port,), (False,), paint)


def beside(item: Tap, port: float, measures: Measures) -> Place:
    """Where the box of a module that reads the line at ``port`` stands, seen from where its line comes in."""
    right = port + side_right(measures)
    top = -measures.tap_out - side_height(item.box, measures)
    return Place(right - measures.side_width, top, right, -measures.tap_out)


def side_right(measures: Measures) -> float:
    """Where a module beside the spine ends, seen from the spine."""
    return -measures.box_width / 2 - measures.side_gap


def side_height(box: Box, measures: Measures, width: float = 0) -> float:
    """How high a folded module beside the spine is; ``width`` is its own where it is not the usual one."""
    words = rows_height(_side_rows(box, width or measures.side_width, measures)) + 16
    return max(measures.side_height, box.least_height, words)


def _side_rows(box: Box, width: float, measures: Measures) -> tuple[Row, ...]:
    inner = room(width, SIDE_PAD)
    return (*fitted(box.label, inner, measures.side_label, SMALL, 500), *fitted(box.detail, inner, SMALL, SMALL, 400))


def side_box(canvas: Canvas, box: Box, place: Place, measures: Measures, *, open_ends: OpenEnds = "") -> None:
    """A folded module beside the spine; ``open_ends`` says whether no line enters it, or none leaves it."""
    rows = _side_rows(box, place.right - place.left, measures)
    title = box.title or f"{box.label}: {box.detail}"
    with canvas.group(box.path, title, role=box.role, layers=box.layers, open_ends=open_ends):
        ink = canvas.box(place, box.role, box.path, mark=box.mark)
        paint_rows(canvas, rows, (place.left + place.right) / 2, place.middle, ink)
