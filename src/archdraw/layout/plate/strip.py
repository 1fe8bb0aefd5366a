"""The layer strip: one cell a layer, mixers above, feed forwards below, ticks, a caption and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from archdraw.cells import LegendEntry, Strip, StripCell
from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.plate import order
from archdraw.layout.sections import section
from archdraw.records import record
from archdraw.scene import Polygon

# Full attention stands highest: in a gray print height distinguishes it from the other mixers.
FULL, PARTIAL, LOWER = 30.0, 18.0, 11.0
HEAD, HEAD_LINE = 38.0, 22.0
"""From the top to the cells with one line of words, and what another line adds."""
BODY = FULL + 3 + LOWER + 22
TALL_ROLES = frozenset({"attention"})
ORDER_TOP, ORDER_SPACE = 8.0, 12.0
"""The order stands a little nearer to the words than cells do, and has so much below it."""
GROUP_GAP = 6.0
MARK, MARK_SPACE, MOST_MARKS = 1.6, 3.4, 4
SWATCH, SWATCH_GAP, ENTRY_GAP = 14.0, 8.0, 22.0
LINK_ROOM, LINK_SPACE, OWNER, READER = 24.0, 5.0, 5.0, 1.5
"""What the row of links takes above the cells, its distance from them, and how thick its bars and lines are."""


@record
class _Head:
    """The words above the cells: the caption, and the legend beside it or in lines of its own below."""

    caption: tuple[Row, ...]
    legend: tuple[tuple[LegendEntry, ...], ...]
    beside: bool

    @property
    def lines(self) -> int:
        return len(self.caption) + (0 if self.beside else len(self.legend))


def _head(strip: Strip, width: float) -> _Head:
    entries = [SWATCH + SWATCH_GAP + text_width(entry.label, SMALL, 400) for entry in strip.legend]
    whole = sum(entries) + ENTRY_GAP * max(0, len(entries) - 1)
    caption = fitted(strip.caption, width - whole - 24, 18, SMALL, 600) if whole < width * 0.6 else ()
    if len(caption) == 1:
        return _Head(caption, (strip.legend,), beside=True)
    lines: list[list[LegendEntry]] = [[]]
    used = 0.0
    for entry, size in zip(strip.legend, entries, strict=True):
        if lines[-1] and used + size > width:
            lines.append([])
            used = 0.0
        lines[-1].append(entry)
        used += size + ENTRY_GAP
    return _Head(fitted(strip.caption, width, 18, SMALL, 600), tuple(map(tuple, lines)), beside=False)


def height(strip: Strip, width: float) -> float:
    """How tall ``strip`` is across ``width`` px."""
    links = LINK_ROOM if strip.links else 0.0
    return HEAD + HEAD_LINE * (_head(strip, width).lines - 1) + _order_height(strip, width) + links + BODY


def _order_height(strip: Strip, width: float) -> float:
    return order.height(strip.order, width) + ORDER_SPACE if strip.order else 0.0


def pitch_in(strip: Strip, width: float) -> float:
    """From one cell of ``strip`` to the next where it is ``width`` px wide."""
    groups = strip.cells[-1].group if strip.cells else 0
    return (width - groups * _group_gap(groups, width)) / max(1, len(strip.cells))


def _group_gap(groups: int, width: float) -> float:
    return GROUP_GAP if groups * GROUP_GAP < width * 0.15 else 3.0


@section("strip")
def paint(canvas: Canvas, strip: Strip, left: float, top: float, width: float, *, pitch: float | None = None) -> None:
    """``strip`` across ``width`` px, down from ``top``; with ``pitch`` its cells are so far apart, however few."""
    head = _head(strip, width)
    baseline = top + 16
    for row in head.caption:
        canvas.text(left, baseline, row.text, row.size, 600, phrase=row.phrase)
        baseline += HEAD_LINE
    if head.beside:
        baseline -= HEAD_LINE
    for line in head.legend:
        _legend(canvas, line, left, left + width if head.beside else None, baseline)
        baseline += HEAD_LINE
    top += HEAD_LINE * (head.lines - 1)
    if strip.order:
        order.paint(canvas, strip.order, left, top + HEAD - ORDER_TOP, width)
        top += _order_height(strip, width)
    groups = strip.cells[-1].group if strip.cells else 0
    number = len(strip.cells)
    gap = _group_gap(groups, width)
    pitch = pitch or pitch_in(strip, width)
    width = number * pitch + groups * gap
    space = 1.5 if pitch > 8 else 0.8
    lefts = [left + index * pitch + cell.group * gap for index, cell in enumerate(strip.cells)]
    if strip.links:
        _links(canvas, strip, lefts, pitch - space, top + HEAD + LINK_ROOM - LINK_SPACE)
        top += LINK_ROOM
    base = top + HEAD + FULL
    tick_right = -1.0
    for _, run in groupby(enumerate(strip.cells), key=lambda item: item[1].title):
        _run(canvas, list(run), lefts, base, pitch - space)
    for index, cell in enumerate(strip.cells):
        x, cell_width = lefts[index], pitch - space
        if cell.tick:
            tick_width = text_width(cell.tick, SMALL, 400)
            middle = min(max(x + cell_width / 2, left + tick_width / 2), left + width - tick_width / 2)
            last = index == number - 1
            room = left + width - (0 if last else text_width(strip.cells[-1].tick, SMALL, 400) + 10)
            if middle - tick_width / 2 > tick_right + 8 and middle + tick_width / 2 <= room:
                canvas.text(
                    middle, base + 3 + LOWER + 17, cell.tick, SMALL, 400, fill=canvas.theme.muted, anchor="middle"
                )
                tick_right = middle + tick_width / 2


def _run(
    canvas: Canvas, run: Sequence[tuple[int, StripCell]], lefts: Sequence[float], base: float, width: float
) -> None:
    """The cells of layers that follow each other and are alike, ``width`` px wide, with one title."""
    first = run[0][1]
    with canvas.group("", first.title, role="layers", layers=tuple(index for index, _ in run)):
        for index, cell in run:
            x = lefts[index]
            if cell.upper:
                _upper(canvas, cell.upper, x, base, width)
                height = FULL if cell.upper in TALL_ROLES else PARTIAL
                colour = canvas.theme.paint(cell.upper).text
                marks(canvas, x, base - height, width, height, cell.upper_variant, colour)
            if cell.lower:
                colours = canvas.theme.paint(cell.lower)
                canvas.rect(
                    x + 0.5,
                    base + 3,
                    width - 1,
                    LOWER,
                    fill=colours.fill,
                    stroke=colours.border,
                    stroke_width=1,
                    radius=2,
                    kind="mark",
                )
                marks(canvas, x, base + 3, width, LOWER, cell.lower_variant, colours.border)


def _links(canvas: Canvas, strip: Strip, starts: list[float], width: float, bottom: float) -> None:
    """A line over each run of cells that read what another layer makes, which itself has a bar over it.

    ``starts`` are the left sides of all cells, each ``width`` px wide; the words of a run stand on its line.
    """
    colours = canvas.theme.paint("latent")
    for owner in sorted({link.owner for link in strip.links}):
        canvas.rect(starts[owner], bottom - OWNER, width, OWNER, fill=colours.border, radius=1.5, kind="mark")
    for link in strip.links:
        start, end = starts[link.first], starts[link.last] + width
        with canvas.group("", link.label):
            canvas.rect(start, bottom - READER, end - start, READER, fill=colours.border, radius=0, kind="mark")
            words = next((one for one in (link.label, link.short) if text_width(one, SMALL, 400) <= end - start), "")
            if words:
                middle = (start + end) / 2
                canvas.text(middle, bottom - 6, words, SMALL, 400, fill=canvas.theme.muted, anchor="middle")


def _upper(canvas: Canvas, role: str, x: float, base: float, width: float) -> None:
    colours = canvas.theme.paint(role)
    height = FULL if role in TALL_ROLES else PARTIAL
    canvas.rect(x, base - height, width, height, fill=colours.fill, radius=1.5, kind="mark")
    if canvas.theme.pattern(role) == "hatched" and width > 6:
        hatch(canvas, x, base - height, width, height, colours.text)


def _legend(
    canvas: Canvas, entries: tuple[LegendEntry, ...], left: float, right: float | None, baseline: float
) -> None:
    """A line of swatches from ``left`` on, or, where ``right`` is given, up to there."""
    x = left
    if right is not None:
        sizes = [SWATCH + SWATCH_GAP + text_width(entry.label, SMALL, 400) for entry in entries]
        x = right - sum(sizes) - ENTRY_GAP * (len(sizes) - 1)
    for entry in entries:
        colours = canvas.theme.paint(entry.role)
        if entry.row == "upper":
            # Half the heights of the cells, so that height distinguishes the roles here too.
            size = (FULL if entry.role in TALL_ROLES else PARTIAL) / 2
            canvas.rect(x, baseline + 1 - size, SWATCH, size, fill=colours.fill, radius=1.5, kind="mark")
            if canvas.theme.pattern(entry.role) == "hatched":
                hatch(canvas, x, baseline + 1 - size, SWATCH, size, colours.text)
            marks(canvas, x, baseline + 1 - size, SWATCH, size, entry.variant, colours.text)
        else:
            canvas.rect(
                x,
                baseline - 9.5,
                SWATCH,
                10,
                fill=colours.fill,
                stroke=colours.border,
                stroke_width=1,
                radius=2,
                kind="mark",
            )
            marks(canvas, x, baseline - 9.5, SWATCH, 10, entry.variant, colours.border)
        x += SWATCH + SWATCH_GAP
        canvas.text(x, baseline, entry.label, SMALL, 400, fill=canvas.theme.muted)
        x += text_width(entry.label, SMALL, 400) + ENTRY_GAP


def marks(canvas: Canvas, x: float, y: float, width: float, height: float, number: int, fill: str) -> None:
    """``number`` upright bars in the middle of a cell, which tell it from other cells of its role."""
    number = min(number, MOST_MARKS)
    space = min(MARK_SPACE, (width - 2) / max(number, 1))
    if not number or space < 1.5:
        return
    left = x + width / 2 - space * (number - 1) / 2
    for index in range(number):
        middle = left + index * space
        canvas.rect(
            round(middle - MARK / 2, 2), y + height * 0.25, min(MARK, space / 2), height * 0.5, fill=fill, kind="mark"
        )


def hatch(canvas: Canvas, x: float, y: float, width: float, height: float, fill: str) -> None:
    """One diagonal from the lower left to the upper right corner, as a polygon inside the cell."""
    half = 0.9
    # Not flatter than 45 degrees: in a wide cell it stands in the middle.
    run = min(width, height)
    left, right = x + (width - run) / 2, x + (width + run) / 2
    points = (
        (left + half + 1, y + height - 1),
        (left + 1, y + height - 1),
        (left + 1, y + height - half - 1),
        (right - half - 1, y + 1),
        (right - 1, y + 1),
        (right - 1, y + half + 1),
    )
    canvas.add(Polygon(tuple((round(a, 2), round(b, 2)) for a, b in points), fill))
