"""What stands above and below the content of a page that is as high as it has to be."""

from __future__ import annotations

from archdraw.layout.canvas import Canvas
from archdraw.layout.compact.model import LINE, Page
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.sections import section
from archdraw.picture import Plate

TITLE, LEAST_TITLE = 24.0, 18.0
TOP, UNDER_HEADER = 30.0, 26.0
"""The baseline of the name, and from the last line of the header to the content: an arrow leaves the model there."""
INDENT, TITLE_LEADING = 14.0, 1.2
UNDER_CONTENT, UNDER_NOTES = 22.0, 10.0
SEPARATOR = "  |  "


def subtitle(plate: Plate, page: Page) -> tuple[tuple[Row, ...], float]:
    """The lines below the name, and where the content begins."""
    rows = fitted(SEPARATOR.join(plate.subtitle), page.room - INDENT, SMALL, SMALL, 400)
    names = fitted(plate.name, page.room - INDENT, TITLE, LEAST_TITLE, 700)
    return rows, TOP + (len(names) - 1) * TITLE_LEADING * names[0].size + LINE * len(rows) + UNDER_HEADER


@section("header")
def header(canvas: Canvas, plate: Plate, page: Page) -> float:
    """The name with the accent bar and the subtitle, all of it; where the content begins."""
    rows, bottom = subtitle(plate, page)
    x, y = page.margin + INDENT, TOP
    names = fitted(plate.name, page.room - INDENT, TITLE, LEAST_TITLE, 700)
    for number, row in enumerate(names):
        canvas.text(x, y + number * TITLE_LEADING * row.size, row.text, row.size, 700, phrase=row.phrase)
    y += (len(names) - 1) * TITLE_LEADING * names[0].size
    for number, row in enumerate(rows):
        canvas.text(x, y + (number + 1) * LINE + 2, row.text, SMALL, 400, fill=canvas.theme.muted, phrase=row.phrase)
    canvas.rect(
        page.margin, 12, 4, bottom - UNDER_HEADER - 6, fill=canvas.accent, radius=2, kind="mark", layer="ground"
    )
    return bottom


@section("footer")
def note(canvas: Canvas, rows: tuple[Row, ...], page: Page, bottom: float) -> float:
    """The lines below the content that ends at ``bottom``; the height of the page."""
    y = bottom + UNDER_CONTENT
    for row in rows:
        canvas.text(page.margin, y, row.text, SMALL, 400, fill=canvas.theme.muted, phrase=row.phrase)
        y += LINE
    return y - LINE + UNDER_NOTES
