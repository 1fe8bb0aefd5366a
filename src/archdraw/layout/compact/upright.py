"""A column of a paper: the name, the model, under it what is opened, the strip, and what is not shown."""

from __future__ import annotations

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact import panel
from archdraw.layout.compact.model import LINE, Footer, Page, column_in, lettered, missing, notes, openable
from archdraw.layout.compact.panel_choice import chosen
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.plate import strip
from archdraw.layout.plate.column import paint_model
from archdraw.layout.plate.zoom import zoom_lines
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.theme import Theme

TITLE, LEAST_TITLE = 24.0, 18.0
TOP, UNDER_HEADER = 30.0, 26.0
"""The baseline of the name, and from the last line of the header to the content: an arrow leaves the model there."""
SPACE = 14.0
STRIP_SPACE = 22.0
SEPARATOR = "  |  "


def fits(plate: Plate, page: Page, footer: Footer) -> bool:
    """Whether the model of ``plate`` finds room on ``page``, where panels need none."""
    column = column_in(plate, page.measures_of(plate))
    return column.width <= page.room and _around(plate, page, footer) + column.height <= page.height


def draw(plate: Plate, page: Page, footer: Footer, theme: Theme) -> Scene:
    """The scene of ``plate`` on ``page``, as high as it has to be. It has to fit."""
    canvas = Canvas(theme, plate.accent)
    column = column_in(plate, page.measures_of(plate))
    room = page.height - _around(plate, page, footer) - column.height
    top = _header(canvas, plate, page)
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
    y = _notes(canvas, notes(footer, len(left_out), page.room), page, y)
    return Scene(
        page.width,
        float(round(y)),
        f"{plate.name} architecture",
        plate.description,
        theme.page,
        canvas.elements(),
        left_out=tuple(inset.title for inset in left_out),
    )


def _around(plate: Plate, page: Page, footer: Footer) -> float:
    """What stands above and below the model, without panels."""
    above = TOP + LINE * len(_subtitle(plate, page)) + UNDER_HEADER
    below = STRIP_SPACE + strip.height(plate.strip, page.room) if plate.strip else 0.0
    return above + below + 22 + LINE * len(notes(footer, len(plate.insets), page.room))


def _subtitle(plate: Plate, page: Page) -> tuple[Row, ...]:
    return fitted(SEPARATOR.join(plate.subtitle), page.room - 14, SMALL, SMALL, 400)


def _header(canvas: Canvas, plate: Plate, page: Page) -> float:
    """The name with the accent bar and the subtitle, all of it; where the content begins."""
    (name, *more) = fitted(plate.name, page.room - 14, TITLE, LEAST_TITLE, 700)
    y = TOP
    x = page.margin + 14
    for row in (name, *more):
        canvas.text(x, y, row.text, row.size, 700, phrase=row.phrase)
        y += row.height
    y += LINE - name.height - 0 if not more else 0
    for index, row in enumerate(_subtitle(plate, page)):
        y += 0 if index else 4
        canvas.text(x, y, row.text, SMALL, 400, fill=canvas.theme.muted, phrase=row.phrase)
        y += LINE
    canvas.rect(page.margin, 12, 4, y - LINE - 8, fill=canvas.accent, radius=2, kind="mark", layer="ground")
    return y - LINE + UNDER_HEADER


def _notes(canvas: Canvas, rows: tuple[Row, ...], page: Page, bottom: float) -> float:
    y = bottom + 22
    for row in rows:
        canvas.text(page.margin, y, row.text, SMALL, 400, fill=canvas.theme.muted, phrase=row.phrase)
        y += LINE
    return y - LINE + 10
