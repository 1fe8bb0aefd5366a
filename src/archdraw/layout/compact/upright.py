"""A column of a paper: the name, the model, under it what is opened, the strip, and what is not shown."""

from __future__ import annotations

from dataclasses import replace

from archdraw.cells import Strip
from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact import panel
from archdraw.layout.compact.framed import STUB, framed, stubs
from archdraw.layout.compact.heading import header, note, subtitle
from archdraw.layout.compact.model import LINE, Footer, Page, column_in, lettered, missing, notes, openable
from archdraw.layout.compact.panel_choice import chosen
from archdraw.layout.compact.slide import slim
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.forks import frames
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.plate import strip
from archdraw.layout.plate.column import Column, paint_model
from archdraw.layout.plate.zoom import zoom_lines
from archdraw.layout.sections import section
from archdraw.picture import Frame, Plate
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.theme import Theme

SPACE = 14.0
STRIP_SPACE = 22.0
LANE = 24.0
"""Px of the place for the line that leads to a frame by itself."""
WIDTHS, WIDTHS_OF_SEVERAL = (236.0, 200.0, 170.0, 150.0, 136.0), (168.0, 150.0, 138.0, 128.0, 112.0, 104.0)
"""The widths of boxes of a column whose layers stand below it, and of each of several."""


@record
class _Laid:
    """A model laid out for a column of a paper: its column, and a frame of it that stands below."""

    column: Column
    opened: Cell | None

    @property
    def width(self) -> float:
        """That of the wider one, with room for the line between both on either side."""
        return max(self.column.width, self.opened.width) + 2 * LANE if self.opened else self.column.width

    @property
    def height(self) -> float:
        return self.column.height + (2 * STUB + SPACE + self.opened.length if self.opened else 0.0)


def fits(plate: Plate, opened: Frame | None, page: Page, footer: Footer) -> bool:
    """Whether the model of ``plate`` finds room on ``page``, where panels need none."""
    laid = _laid(plate, opened, page)
    return laid.width <= page.room and _around(plate, page, footer) + laid.height <= page.height


def draw(plate: Plate, opened: Frame | None, page: Page, footer: Footer, theme: Theme) -> Scene:
    """The scene of ``plate`` on ``page``, as high as it has to be, below its column the frame ``opened``.

    It has to fit.
    """
    canvas = Canvas(theme, plate.accent)
    laid = _laid(plate, opened, page)
    column = laid.column
    room = page.height - _around(plate, page, footer) - laid.height
    top = header(canvas, plate, page)
    bottom = top + column.height
    left = page.margin + (page.room - column.width) / 2
    paint_model(canvas, column, bottom, left=left, top=top)
    right, y = left + column.width, bottom
    if laid.opened and opened:
        y = _below(canvas, laid.opened, opened, page, bottom)
    found = lettered(chosen(openable(canvas, plate.insets), page.room, room - SPACE, page.panels, SPACE), canvas)
    placed = []
    for one in found:
        y += SPACE
        panel.paint(canvas, one, page.margin, y, one.height)
        placed.append((one, Place(page.margin, y, page.width - page.margin, y + one.height)))
        y += one.height
    if placed:
        zoom_lines(canvas, [placed], right, apart=True)
    if plate.strip:
        layers = narrow(plate.strip, page.room)
        y += STRIP_SPACE
        strip.paint(canvas, layers, page.margin, y, page.room)
        y += strip.height(layers, page.room)
    left_out = missing(plate.insets, found)
    y = note(canvas, notes(footer, left_out, page.room), page, y)
    scene = canvas.scene(page.width, y, f"{plate.name} architecture", plate.description)
    return replace(scene, left_out=tuple(inset.title for inset in left_out))


def _laid(plate: Plate, opened: Frame | None, page: Page) -> _Laid:
    """``plate`` with boxes of the widest of the possible widths with which it fits."""
    measures = page.measures_of(plate)
    if not opened and any(frames(plate.column)):
        return _Laid(column_in(plate, measures), None)
    several = measures == page.columns
    frame = framed(opened, page.measures, lettered=True) if opened else None
    for width in WIDTHS_OF_SEVERAL if several else WIDTHS:
        wide = slim(measures, width)
        wide = wide if several else replace(wide, column=slim(measures, WIDTHS_OF_SEVERAL[-3]))
        laid = _Laid(column_in(plate, wide), frame)
        if laid.width <= page.room:
            break
    return laid


@section("model")
def _below(canvas: Canvas, cell: Cell, frame: Frame, page: Page, bottom: float) -> float:
    """Paints ``cell``, that of the ``frame`` whose bar stands above ``bottom``, and the line to it; where it ends."""
    bar, above = canvas.places[frame.path], canvas.places[FRAME]
    left = page.margin + (page.room - cell.width) / 2
    foot = bottom + SPACE + STUB + cell.length
    canvas.places.pop(FRAME, None)
    cell.paint(canvas, left - cell.left, foot)
    place = canvas.places[FRAME]
    stubs(canvas, cell, left - cell.left, foot)
    lane, level = page.width - page.margin - LANE / 2, place.top + LANE
    start, end = bar.right, place.right
    if canvas.is_crossed(Place(start + 2, bar.middle - 1, lane, bar.middle + 1)):
        # Another column stands at its right.
        lane, start, end = page.margin + LANE / 2, bar.left, place.left
    canvas.line((start, bar.middle), (lane, bar.middle), (lane, level), (end, level), kind="zoom", width=1.75)
    for x, y in ((start, bar.middle), (end, level)):
        canvas.dot(x, y, colour=canvas.theme.zoom, layer="object")
    canvas.places[FRAME] = above
    return foot + STUB


def _around(plate: Plate, page: Page, footer: Footer) -> float:
    """What stands above and below the model, without panels."""
    below = STRIP_SPACE + strip.height(narrow(plate.strip, page.room), page.room) if plate.strip else 0.0
    return subtitle(plate, page)[1] + below + 32 + LINE * (len(notes(footer, plate.insets, page.room)) - 1)


def narrow(layers: Strip, room: float) -> Strip:
    """``layers`` whose legend fits ``room`` px: what is in brackets in a long line of it stands in the caption."""
    longest = room - strip.SWATCH - strip.SWATCH_GAP
    legend = (
        entry if text_width(entry.label, SMALL) <= longest else replace(entry, label=entry.label.partition(" (")[0])
        for entry in layers.legend
    )
    return replace(layers, legend=tuple(legend))
