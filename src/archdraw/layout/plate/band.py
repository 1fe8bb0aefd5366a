"""The band of a plate: what is counted of a model, side by side in bars, on every plate at the same place."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted, paint_rows, rows_height
from archdraw.layout.sections import section
from archdraw.picture import Inset, Segment, Share, Split, Words
from archdraw.records import record

PAD, TITLE, BAR, LINE = 16.0, 16.0, 12.0, 20.0
"""Px around a cell, the size of its title, the height of its bar, and that of a line below it."""
BAR_TOP, BELOW = 34.0, 53.0
"""From the top of the band down to its bars, and to the first line below them."""
BETWEEN = 40.0
SWATCH, ENTRY_SPACE = 20.0, 18.0
APART = 3.0


def belongs(inset: Inset) -> bool:
    """Whether ``inset`` stands in the band: bars and words that open nothing."""
    bars = sum(isinstance(item, Share | Split) for item in inset.items)
    alone = not inset.source and not inset.beside
    return alone and bars == 1 and all(isinstance(item, Share | Split | Words) for item in inset.items)


@record
class _Entry:
    """An entry of a legend, ``left`` px from that of its cell in the ``line`` of that number."""

    segment: Segment
    left: float
    line: int


def height(cells: Sequence[Inset], width: float) -> float:
    """How high the band of ``cells`` is across ``width`` px; 0 for none."""
    if not cells:
        return 0.0
    lines = max(_lines(cell, room) for cell, room in zip(cells, _rooms(cells, width), strict=True))
    return BELOW + LINE * lines + PAD - 6


@section("facts")
def paint(canvas: Canvas, cells: Sequence[Inset], left: float, top: float, width: float) -> None:
    """The band of ``cells`` from ``left`` and ``top`` on across ``width`` px."""
    tall = height(cells, width)
    theme = canvas.theme
    canvas.rect(
        left, top, width, tall, fill=theme.page, stroke=theme.container_border, radius=16, kind="container",
        layer="ground",
    )  # fmt: skip
    x = left + PAD
    for cell, room in zip(cells, _rooms(cells, width), strict=True):
        with canvas.group("", cell.title):
            _paint_cell(canvas, cell, x, top, room)
        x += room + BETWEEN


def _rooms(cells: Sequence[Inset], width: float) -> list[float]:
    """How wide each of ``cells`` is."""
    room = (width - 2 * PAD - BETWEEN * (len(cells) - 1)) / len(cells)
    return [room] * len(cells)


def _title(cell: Inset, room: float) -> tuple[tuple[Row, ...], str]:
    """The title of ``cell`` in one line, with what its bar is called, and the figure at its end."""
    bar = _bar(cell)
    title, right = cell.title, ""
    if isinstance(bar, Share):
        title, right = ": ".join(filter(None, (cell.title, bar.left))), bar.right
    return fitted(title, room - (text_width(right, SMALL, 500) + 16 if right else 0), TITLE, SMALL, 600), right


def _bar(cell: Inset) -> Share | Split:
    return next(item for item in cell.items if isinstance(item, Share | Split))


def _words(cell: Inset, room: float) -> tuple[Row, ...]:
    """The words of ``cell``, one remark after the other, in as few lines as they take."""
    said = "; ".join(item.text for item in cell.items if isinstance(item, Words))
    return fitted(said, room, SMALL, SMALL, 400)


def _legend(cell: Inset, room: float) -> list[_Entry]:
    bar = _bar(cell)
    if not isinstance(bar, Split):
        return []
    entries: list[_Entry] = []
    x, line = 0.0, 0
    for segment in bar.segments:
        own = SWATCH + text_width(segment.label, SMALL, 400)
        if x and x + own > room:
            x, line = 0.0, line + 1
        entries.append(_Entry(segment, x, line))
        x += own + ENTRY_SPACE
    return entries


def _lines(cell: Inset, room: float) -> int:
    legend = _legend(cell, room)
    title = len(_title(cell, room)[0]) - 1
    return title + (legend[-1].line + 1 if legend else 0) + len(_words(cell, room))


def _paint_cell(canvas: Canvas, cell: Inset, left: float, top: float, room: float) -> None:
    theme, bar = canvas.theme, _bar(cell)
    title, right = _title(cell, room)
    middle = top + 20 + (len(title) - 1) * LINE / 2
    paint_rows(canvas, title, left, middle, theme.ink, "start")
    top += (len(title) - 1) * LINE
    if right:
        canvas.text(left + room, middle + MIDDLE * SMALL, right, SMALL, 500, anchor="end")
    y = top + BAR_TOP
    whole = sum(segment.value for segment in bar.segments) if isinstance(bar, Split) else bar.whole
    if isinstance(bar, Share):
        colours = theme.paint(bar.role)
        with canvas.group("", f"{bar.left}: {bar.part / bar.whole:.1%}"):
            canvas.rect(left, y, room, BAR, fill=theme.page, stroke=colours.border, radius=BAR / 2, kind="mark")
            # The filled end keeps its true width even where that is less than a round end needs.
            filled = max(room * bar.part / whole, 1.0)
            canvas.rect(left, y, filled, BAR, fill=colours.border, radius=min(BAR / 2, filled / 2), kind="mark")
    else:
        x = left
        with canvas.group("", "; ".join(f"{part.label} {part.value / whole:.1%}" for part in bar.segments)):
            for part in bar.segments:
                colours = theme.paint(part.role)
                own = room * part.value / whole
                # Apart by a line of the page: two dark ones would not be distinguished by their borders.
                wide = max(own - APART, 0.5)
                canvas.rect(x, y, wide, BAR, fill=colours.fill, stroke=colours.border, radius=0, kind="mark")
                x += own
    line = top + BELOW
    for entry in _legend(cell, room):
        colours, middle = theme.paint(entry.segment.role), line + (entry.line + 0.5) * LINE
        x = left + entry.left
        canvas.rect(x, middle - 7, 14, 14, fill=colours.fill, stroke=colours.border, radius=3, kind="mark")
        canvas.text(x + SWATCH, middle + MIDDLE * SMALL, entry.segment.label, SMALL, 400)
    legend = _legend(cell, room)
    line += (legend[-1].line + 1) * LINE if legend else 0
    words = _words(cell, room)
    paint_rows(canvas, words, left, line + rows_height(words) / 2, theme.muted, "start")
