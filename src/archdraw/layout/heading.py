"""What stands above and below everything else on a page: the name of the model, and where its facts are from."""

from __future__ import annotations

from archdraw.fonts import text_width, wrap
from archdraw.layout.canvas import Canvas
from archdraw.layout.measures import SMALL
from archdraw.layout.words import divided, fitted
from archdraw.picture import Plate

MARGIN = 32.0
FOOTER = 35.0


def header(canvas: Canvas, plate: Plate, width: float) -> None:
    """The name with the bar of its developer, and a line of numbers below it."""
    canvas.rect(MARGIN, 32, 6, 60, fill=canvas.accent, radius=3, kind="mark", layer="ground")
    names = fitted(plate.name, width - 2 * MARGIN - 20, 44, 15, 700)
    # A name of one line stands on 67; more lines grow upwards into the margin.
    for index, row in enumerate(names):
        canvas.text(MARGIN + 20, 67 - row.height * (len(names) - 1 - index), row.text, row.size, 700)
    parts = list(plate.subtitle)
    room = width - 2 * MARGIN - 20
    # What does not fit is left out from the end: the most important stands first.
    while len(parts) > 1 and text_width("  |  ".join(parts), SMALL, 400) > room:
        parts.pop()
    subtitle = fitted("  |  ".join(parts), room, 20, SMALL, 400)[0]
    canvas.text(MARGIN + 20, 96, subtitle.text, subtitle.size, 400, fill=canvas.theme.muted)


def footer(canvas: Canvas, plate: Plate, width: float, height: float) -> float:
    """The source line; returns the height of the whole picture."""
    baseline, room = height + FOOTER, width - 2 * MARGIN
    lines: list[str] = []
    for part in plate.footer:
        longer = f"{lines[-1]} | {part}" if lines else part
        if lines and text_width(longer, SMALL, 400) <= room:
            lines[-1] = longer
        else:
            # Full lines, not balanced ones: a footnote is read like prose.
            lines.extend(wrap(divided(part, room, SMALL, 400), SMALL, 400, room))
    for line in lines:
        canvas.text(MARGIN, baseline, line, SMALL, 400, fill=canvas.theme.muted)
        baseline += 20
    return baseline - 20 + 24
