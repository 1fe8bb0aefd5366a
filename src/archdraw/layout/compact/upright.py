"""A column of a paper: the name, the model, under it what is opened, the strip, and what is not shown."""

from __future__ import annotations

from dataclasses import replace

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact import panel
from archdraw.layout.compact.heading import header, note, subtitle
from archdraw.layout.compact.model import LINE, Page, column_in, lettered, missing, notes, openable
from archdraw.layout.compact.panel_choice import chosen
from archdraw.layout.plate import strip
from archdraw.layout.plate.column import paint_model
from archdraw.layout.plate.zoom import zoom_lines
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.theme import Theme

SPACE = 14.0
STRIP_SPACE = 22.0


def fits(plate: Plate, page: Page) -> bool:
    """Whether the model of ``plate`` finds room on ``page``, where panels need none."""
    column = column_in(plate, page.measures_of(plate))
    return column.width <= page.room and _around(plate, page) + column.height <= page.height


def draw(plate: Plate, page: Page, theme: Theme) -> Scene:
    """The scene of ``plate`` on ``page``, as high as it has to be. It has to fit."""
    canvas = Canvas(theme, plate.accent)
    column = column_in(plate, page.measures_of(plate))
    room = page.height - _around(plate, page) - column.height
    top = header(canvas, plate, page)
    bottom = top + column.height
    left = page.margin + (page.room - column.width) / 2
    paint_model(canvas, column, bottom, left=left, top=top)
    found = lettered(chosen(openable(canvas, plate.insets), page.room, room - SPACE, page.panels, SPACE), canvas)
    placed, y = [], bottom
    for one in found:
        y += SPACE
        panel.paint(canvas, one, page.margin, y, one.height)
        placed.append((one, Place(page.margin, y, page.width - page.margin, y + one.height)))
        y += one.height
    if placed:
        zoom_lines(canvas, [placed], left + column.width, apart=True)
    if plate.strip:
        y += STRIP_SPACE
        strip.paint(canvas, plate.strip, page.margin, y, page.room)
        y += strip.height(plate.strip, page.room)
    left_out = missing(plate.insets, found)
    y = note(canvas, notes(plate, left_out, page.room), page, y)
    scene = canvas.scene(page.width, y, f"{plate.name} architecture", plate.description)
    return replace(scene, left_out=tuple(inset.title for inset in left_out))


def _around(plate: Plate, page: Page) -> float:
    """What stands above and below the model, without panels."""
    below = STRIP_SPACE + strip.height(plate.strip, page.room) if plate.strip else 0.0
    return subtitle(plate, page)[1] + below + 32 + LINE * (len(notes(plate, plate.insets, page.room)) - 1)
