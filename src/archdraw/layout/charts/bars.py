"""Bars to true scale, one row a thing: a bar that is longer than its line goes on in the next, as text does.

So the smallest can still be seen beside the largest: all bars share one scale, and areas can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import fitted, paint_rows, rows_height
from archdraw.layout.sections import section
from archdraw.records import record
from archdraw.scene import LEAST_TEXT, Scene, rounded
from archdraw.theme import Theme


@record
class Part:
    """A part of all bars: its words and its role; a ``hollow`` one has a border, so that colour is not all."""

    label: str
    role: str
    hollow: bool = False


@record
class Bar:
    """One row: a name, the figures beside it (as many as the picture has columns), and the value of each part.

    Bars of one ``group`` follow each other, under its name.
    """

    path: str
    label: str
    title: str
    figures: tuple[str, ...]
    values: tuple[float, ...]
    group: str = ""
    href: str = ""


@record
class Bars:
    """A whole picture. ``columns`` head the figures; ``line`` is the value of a full line, ``scale`` says it."""

    name: str
    subtitle: tuple[str, ...]
    columns: tuple[str, ...]
    parts: tuple[Part, ...]
    bars: tuple[Bar, ...]
    line: float
    scale: str
    footer: tuple[str, ...]
    description: str


SIZE, ROW, STRIPE, STRIPE_GAP, THICK = SMALL, 22.0, 6.0, 1.0, 12.0
"""Text; the least height of a row; a line of a bar, the gap to the next one, and a bar where all have one line."""
HEADING, GUTTER, AIR = 36.0, 48.0, 14.0
LEAST_LINE, MOST_NAME = 300.0, 300.0
WIDTH, ROOM = 1224.0, 1050.0
"""The least width of a page, and how high a column may be before there are two."""
MOST_COLUMNS, MOST_TALL = 6, 1.5
"""And how many there are at most; a page is at most so many times as high as wide."""
LEGEND = 40.0


@record
class _Widths:
    """Of one column of bars: the name, each figure, the line."""

    name: float
    figures: tuple[float, ...]
    line: float

    @property
    def total(self) -> float:
        return self.name + sum(self.figures) + self.line


def lines_of(values: Sequence[float], line: float) -> list[tuple[int, float, float, int]]:
    """The segments of one bar: which part, from where to where (in shares of a line), in which line.

    Parts follow each other, as words do; a piece ends at the end of its line.
    """
    segments: list[tuple[int, float, float, int]] = []
    ends = list(accumulate(values, initial=0.0))
    for part, (start, end) in enumerate(pairwise(ends)):
        at = start / line
        while end / line - at > 1e-9:
            row = math.floor(at + 1e-9)
            stop = min(end / line, row + 1)
            segments.append((part, max(0.0, at - row), stop - row, row))
            at = stop
    return segments


def draw(picture: Bars, theme: Theme) -> Scene:
    """The picture, in as many columns as keep the page from being a ribbon."""
    heights = [_height(bar, picture.line) for bar in picture.bars]
    heads = [HEADING * (bar.group != before) for before, bar in _with_group_before(picture.bars)]
    number = _columns(picture, sum(heights) + sum(heads))
    widths = _widths(picture, number)
    width = _page_width(widths, number)
    columns = _broken(picture.bars, heights, heads, number)
    canvas = Canvas(theme)
    page.header(canvas, picture.name, picture.subtitle, width)
    _legend(canvas, picture, width)
    top = page.HEADER + LEGEND
    ends = []
    for index, column in enumerate(columns):
        left = page.MARGIN + index * (widths.total + GUTTER)
        ends.append(_column(canvas, picture, column, widths, left, top))
    bottom = page.footer(canvas, picture.footer, width, max(ends) - 8)
    return canvas.scene(width, bottom, picture.name, picture.description)


def _columns(picture: Bars, whole: float) -> int:
    """How many columns rows of ``whole`` px are set in: as few as make a page that is no ribbon, with legible words."""
    if whole <= 1.4 * ROOM:
        return 1
    for number in range(2, MOST_COLUMNS + 1):
        width = _page_width(_widths(picture, number), number)
        height = whole / number + page.HEADER + LEGEND + page.FOOTER + page.BELOW + HEADING
        if height <= MOST_TALL * width and min(width, height) * LEAST_TEXT <= SIZE:
            return number
    return 2


def _page_width(widths: _Widths, number: int) -> float:
    return rounded(max(WIDTH, number * widths.total + (number - 1) * GUTTER + 2 * page.MARGIN))


def _with_group_before(bars: Sequence[Bar]) -> Iterator[tuple[str, Bar]]:
    before = ""
    for bar in bars:
        yield before, bar
        before = bar.group


def _height(bar: Bar, line: float) -> float:
    lines = math.ceil(sum(bar.values) / line - 1e-9)
    return max(ROW, lines * (STRIPE + STRIPE_GAP) + 8)


def _widths(picture: Bars, number: int) -> _Widths:
    """One set of widths for all columns, so that all lines have one scale."""
    names = min(MOST_NAME, max(text_width(bar.label, SIZE, 500) for bar in picture.bars)) + AIR
    figures = tuple(
        max(text_width(head, SIZE, 400), *(text_width(bar.figures[at], SIZE, 400) for bar in picture.bars)) + AIR
        for at, head in enumerate(picture.columns)
    )
    room = (WIDTH - 2 * page.MARGIN - (number - 1) * GUTTER) / number - names - sum(figures) - AIR
    return _Widths(names, figures, max(LEAST_LINE, room) + AIR)


def _broken(
    bars: Sequence[Bar], heights: Sequence[float], heads: Sequence[float], number: int
) -> list[list[tuple[Bar, float]]]:
    """Bars with their heights in ``number`` columns, in order, the highest column as low as can be."""
    sizes = list(zip(bars, heights, strict=True))

    def filled(limit: float) -> list[list[tuple[Bar, float]]]:
        columns: list[list[tuple[Bar, float]]] = [[]]
        used = 0.0
        for (bar, height), head in zip(sizes, heads, strict=True):
            if columns[-1] and used + height + head > limit:
                columns.append([])
                used, head = 0.0, HEADING if bar.group else 0.0
            columns[-1].append((bar, height))
            used += height + head
        return columns

    limit = (sum(heights) + sum(heads)) / number
    while len(filled(limit)) > number:
        limit += 4
    return filled(limit)


@section("legend")
def _legend(canvas: Canvas, picture: Bars, width: float) -> None:
    """The parts with their colours, and the scale."""
    x, middle = page.MARGIN + 20, page.HEADER - 2
    for part in picture.parts:
        _piece(canvas, part, x, middle - 6, 22, 12)
        canvas.text(x + 30, middle + MIDDLE * SIZE, part.label, SIZE, 400, fill=canvas.theme.muted)
        x += 30 + text_width(part.label, SIZE, 400) + 32
    if x + text_width(picture.scale, SIZE, 500) > width - page.MARGIN:
        x, middle = page.MARGIN + 20, middle + 24
    canvas.text(x, middle + MIDDLE * SIZE, picture.scale, SIZE, 500)


@section("rows")
def _column(
    canvas: Canvas, picture: Bars, column: Sequence[tuple[Bar, float]], widths: _Widths, left: float, top: float
) -> float:
    """One column of rows; returns where it ends."""
    theme = canvas.theme
    right = left + widths.name
    for head, width in zip(picture.columns, widths.figures, strict=True):
        right += width
        canvas.text(right - AIR, top + 8, head, SIZE, 400, fill=theme.muted, anchor="end")
    start, length = left + widths.total - widths.line + AIR / 2, widths.line - AIR
    y = top + 18
    shade = False
    for group, rows in groupby(column, key=lambda row: row[0].group):
        if group:
            canvas.text(left, y + HEADING - 10, group, SIZE + 1, 700)
            y += HEADING
        for bar, height in rows:
            shade = not shade
            if shade:
                canvas.rect(left - 8, y, widths.total + 16, height, fill=theme.band, radius=0, kind="ground",
                            layer="ground")  # fmt: skip
            with canvas.group(bar.path, bar.title, bar.href):
                _row(canvas, picture, bar, widths, left, y, start, length)
            y += height
    return y


def _row(
    canvas: Canvas, picture: Bars, bar: Bar, widths: _Widths, left: float, y: float, start: float, length: float
) -> None:
    theme = canvas.theme
    names = fitted(bar.label, widths.name - AIR, SIZE, SIZE, 500)
    if len(names) == 1:
        canvas.text(
            left, y + ROW / 2 + MIDDLE * names[0].size, names[0].text, names[0].size, 500, phrase=names[0].phrase
        )
    else:
        paint_rows(canvas, names, left + widths.name / 2, y + rows_height(names) / 2, theme.ink)
    right = left + widths.name
    for figure, width in zip(bar.figures, widths.figures, strict=True):
        right += width
        canvas.text(right - AIR, y + ROW / 2 + MIDDLE * SIZE, figure, SIZE, 400, anchor="end")
    segments = lines_of(bar.values, picture.line)
    # Where nothing is wrapped, bars may be as high as their words.
    stripe = STRIPE if any(sum(one.values) > picture.line for one in picture.bars) else THICK
    rows = max((row for *_, row in segments), default=0) + 1
    above = y + ((ROW - stripe) / 2 if rows == 1 else 4)
    for part, begin, end, row in segments:
        top = above + row * (stripe + STRIPE_GAP)
        _piece(canvas, picture.parts[part], start + begin * length, top, (end - begin) * length, stripe)


def _piece(canvas: Canvas, part: Part, x: float, y: float, width: float, height: float) -> None:
    colours = canvas.theme.paint(part.role)
    if not part.hollow:
        canvas.rect(x, y, width, height, fill=colours.fill, radius=0, kind="mark")
    else:
        # Inside of the area, which stays true to scale; where that is too narrow, the border is all.
        edge = min(1.0, width / 2)
        canvas.rect(x + edge / 2, y + 0.5, width - edge, height - 1, fill=colours.fill, stroke=colours.border,
                    stroke_width=edge, radius=0, kind="mark")  # fmt: skip
