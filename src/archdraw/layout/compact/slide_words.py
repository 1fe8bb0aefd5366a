"""The words above and below all on a page of one size: its name, and what the page does not show."""

from __future__ import annotations

from archdraw.layout.canvas import Canvas
from archdraw.layout.compact.model import LINE, Page
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.sections import section
from archdraw.picture import Plate

MARGIN = 20.0
TITLE_LINE, TITLE, LEAST_TITLE = 34.0, 28.0, 18.0
"""The baseline of the name and its sizes."""
TAKEN = 31.0
"""What the header takes of the height of a page, from its top to the arrow that leaves the model."""


@section("header")
def header(canvas: Canvas, plate: Plate, width: float) -> None:
    """The name with the accent bar, and beside it on one line as much of the subtitle as finds room."""
    room = width - 2 * MARGIN - 14
    canvas.rect(MARGIN, 11, 4, 30, fill=canvas.accent, radius=2, kind="mark", layer="ground")
    rows = fitted(plate.name, room, TITLE, LEAST_TITLE, 700)
    for index, row in enumerate(rows):
        baseline = TITLE_LINE - row.height * (len(rows) - 1 - index)
        canvas.text(MARGIN + 14, baseline, row.text, row.size, 700, phrase=row.phrase)
    start = MARGIN + 14 + rows[-1].width + 16
    said = ""
    for part in plate.subtitle:
        longer = f"{said} | {part}" if said else part
        fitting = fitted(longer, width - MARGIN - start, SMALL, SMALL, 400) if start < width - MARGIN - 60 else ()
        if len(fitting) != 1:
            break
        said = longer
    if said:
        canvas.text(start, TITLE_LINE, said, SMALL, 400, fill=canvas.theme.muted)


@section("footer")
def footer_of(canvas: Canvas, rows: tuple[Row, ...], page: Page) -> None:
    baseline = page.height - 9 - LINE * (len(rows) - 1)
    right, fill = page.width - MARGIN, canvas.theme.muted
    for row in rows:
        canvas.text(right, baseline, row.text, SMALL, 400, fill=fill, anchor="end", phrase=row.phrase)
        baseline += LINE
