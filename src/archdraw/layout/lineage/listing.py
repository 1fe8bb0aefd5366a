"""What has no card in a chart, as a list in columns below it."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.fonts import LINE_HEIGHT, text_width, wrap
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.text import divided
from archdraw.layout.page import MARGIN
from archdraw.records import record

SIZE = 14.0
LINE = SIZE * LINE_HEIGHT
COLUMN, BETWEEN = 300.0, 28.0
"""The least width of a column, and px between two."""
HEADING, HEADING_SIZE = 34.0, 18.0
"""From the end of the chart to the baseline of the heading."""
UNDER_HEADING = 14.0
ENTRY = 5.0
"""Px between two entries."""
INDENT = 14.0


@record
class Entry:
    """A ``name`` in an accent with words about it; ``path`` is that of a model, ``title`` its tooltip."""

    name: str
    text: str
    accent: int
    path: str = ""
    title: str = ""
    href: str = ""


@record
class _Laid:
    """An entry in lines: the first stands behind its name where that leaves room."""

    entry: Entry
    lines: tuple[str, ...]
    behind: bool

    @property
    def height(self) -> float:
        return LINE * (len(self.lines) + (0 if self.behind else 1)) + ENTRY


def height(entries: Sequence[Entry], width: float) -> float:
    """Px that the list of ``entries`` takes below a chart on a page of ``width`` px; 0 where there are none."""
    if not entries:
        return 0.0
    return HEADING + UNDER_HEADING + max(sum(one.height for one in column) for column in _columns(entries, width))


def paint(canvas: Canvas, heading: str, entries: Sequence[Entry], width: float, top: float) -> float:
    """The list of ``entries`` below ``top``; returns where it ends."""
    if not entries:
        return top
    canvas.text(MARGIN, top + HEADING, heading, HEADING_SIZE, 600)
    columns = _columns(entries, width)
    room = _room(width, len(columns))
    for index, column in enumerate(columns):
        x, y = MARGIN + index * (room + BETWEEN), top + HEADING + UNDER_HEADING
        for one in column:
            _entry(canvas, one, x, y)
            y += one.height
    return top + height(entries, width)


def _room(width: float, number: int) -> float:
    return (width - 2 * MARGIN - BETWEEN * (number - 1)) / number


def _columns(entries: Sequence[Entry], width: float) -> list[list[_Laid]]:
    """Entries in columns of about one height, read downwards."""
    number = max(1, int((width - 2 * MARGIN + BETWEEN) // (COLUMN + BETWEEN)))
    laid = [_laid(entry, _room(width, number)) for entry in entries]
    found: list[list[_Laid]] = [[]]
    left = sum(one.height for one in laid)
    share, used = left / number, 0.0
    for one in laid:
        if used + one.height / 2 > share and len(found) < number:
            left -= used
            share, used = left / (number - len(found)), 0.0
            found.append([])
        found[-1].append(one)
        used += one.height
    return [*found, *([[]] * (number - len(found)))]


def _laid(entry: Entry, room: float) -> _Laid:
    after = room - text_width(f"{entry.name} ", SIZE, 600)
    if text_width(entry.text, SIZE, 400) <= after:
        return _Laid(entry, (entry.text,), behind=True)
    inner = room - INDENT
    return _Laid(entry, tuple(wrap(divided(entry.text, inner, SIZE, 400), SIZE, 400, inner)), behind=False)


def _entry(canvas: Canvas, one: _Laid, x: float, top: float) -> None:
    entry, baseline = one.entry, top + SIZE
    with canvas.group(entry.path, entry.title, entry.href):
        canvas.text(x, baseline, entry.name, SIZE, 600, fill=canvas.theme.accent(entry.accent))
        left = x + text_width(f"{entry.name} ", SIZE, 600) if one.behind else x + INDENT
        baseline += 0 if one.behind else LINE
        for line in one.lines if entry.text else ():
            canvas.text(left, baseline, line, SIZE, 400, fill=canvas.theme.muted, phrase=entry.text)
            baseline += LINE
