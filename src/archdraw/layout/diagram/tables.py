"""Alternatives in one slot as the rows of a small table, where boxes above each other would be a tower."""

from __future__ import annotations

from typing import Literal

from archdraw.fonts import MIDDLE, Weight, text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import BOX_STROKE, SMALL, Measures
from archdraw.layout.diagram.text import Row, around, common_size, fitted, paint_rows, room, rows_height
from archdraw.picture import Box, Choice
from archdraw.records import record

SWATCH, SWATCH_INSET = 8.0, 5.0
"""The strip in the colour of a row's role, and how far it stands from the row's sides."""
WORDS_LEFT = SWATCH + 2 * SWATCH_INSET
"""From a row's left to its words."""
ROW_PAD, RIGHT_PAD, COUNT_GAP = 8.0, 6.0, 10.0
"""Above and below the words of a row, at their right, and from a label to the count at its right."""
FOOT = 4.0
"""Px below the last row, whose corners are square."""
HEADING = 26.0
MEDIUM: Weight = 500
"""The weight of labels."""
LEAST_STEP = 16.0
"""Px that a table is wider than boxes at least where it is wider: less would look like a mistake."""
LEAST_WORDS = 120.0
"""Px that labels have at least in a panel."""


@record
class _Row:
    """One alternative, measured: the lines of its label, those below it, and what stands at the right."""

    box: Box
    label: tuple[Row, ...]
    below: tuple[Row, ...]
    count: str

    @property
    def height(self) -> float:
        return max(rows_height(self.label) + rows_height(self.below) + 2 * ROW_PAD, self.box.least_height)


def label_widths(item: Choice, measures: Measures) -> list[float]:
    """How wide the label of each row may be."""
    inner = room(sum(sides(item, measures)) - WORDS_LEFT - COUNT_GAP, RIGHT_PAD / 2)
    return [inner - text_width(count, SMALL, 600) for count in _counts(item)]


def sides(item: Choice, measures: Measures) -> tuple[float, float]:
    """How far the table reaches to the left and to the right of its line.

    It is as wide as a box. Where labels do not fit one line there, it takes the room in which chips would stand.
    """
    size = measures.least_label_size
    longest = max(
        text_width(box.label, size, MEDIUM) + text_width(count, SMALL, 600)
        for box, count in zip(_boxes(item), _counts(item), strict=True)
    )
    needed = WORDS_LEFT + COUNT_GAP + around(longest, RIGHT_PAD / 2)
    if not measures.box_width:
        width = min(max(needed, WORDS_LEFT + LEAST_WORDS), measures.widest_box)
        return width / 2, width / 2
    more = needed - measures.box_width
    if more > 0:
        more = min(max(more, LEAST_STEP), measures.chip_width + measures.chip_space)
    return measures.box_width / 2 + max(more, 0.0), measures.box_width / 2


def table(item: Choice, port: float, measures: Measures) -> Cell:
    """The alternatives of ``item`` in rows over the line at ``port``: one of them is passed, not all.

    What stands beside a box as chips stands in the last line of its row.
    """
    assert item.headings is not None
    left, right = sides(item, measures)
    inner = room(left + right - WORDS_LEFT, RIGHT_PAD / 2)
    widths = label_widths(item, measures)
    labels = tuple((box.label, width, MEDIUM) for box, width in zip(_boxes(item), widths, strict=True))
    size = common_size(labels, measures.label_size, measures.least_label_size)
    rows = [
        _Row(
            box,
            fitted(box.label, width, size, size, MEDIUM),
            (
                *fitted(box.detail, inner, measures.detail_size, measures.least_detail_size, 400),
                *fitted(", ".join(chip.label for chip in box.chips), inner, SMALL, SMALL, 400),
            ),
            count,
        )
        for box, count, width in zip(_boxes(item), _counts(item), widths, strict=True)
    ]
    length = HEADING + sum(row.height for row in rows) + FOOT
    first, last = item.headings

    def paint(canvas: Canvas, x: float, y: float) -> None:
        start, end, top = x + port - left, x + port + right, y - length
        with canvas.group("", "", role="choice", layer="ground"):
            canvas.rect(
                start,
                top,
                left + right,
                length,
                fill=canvas.theme.page,
                stroke=canvas.theme.ink,
                kind="container",
            )
        baseline = top + HEADING / 2 + MIDDLE * SMALL
        with canvas.group("", "", role="caption"):
            for said, before, after in ((first, SWATCH_INSET, True), (last, RIGHT_PAD, False)):
                at, anchor = _at(canvas, start, end, before, first=after)
                canvas.text(at, baseline, said, SMALL, 500, anchor=anchor)
        top += HEADING
        for row in rows:
            canvas.line((start, top), (end, top), stroke=canvas.theme.container_border, width=1, kind="rule")
            _paint(canvas, row, Place(start, top, end, top + row.height), measures)
            top += row.height

    return Cell(port - left, port + right, length, (port,), (port,), (True,), paint)


def _paint(canvas: Canvas, row: _Row, place: Place, measures: Measures) -> None:
    box, theme = row.box, canvas.theme
    colours = theme.paint(box.role)
    with canvas.group(box.path, box.title or box.label, role=box.role, layers=box.layers):
        # The border of the table is that of its rows.
        inside = place.left + BOX_STROKE / 2
        canvas.rect(inside, place.top, place.right - place.left - BOX_STROKE, row.height, fill=theme.page, radius=0)
        swatch, _ = _at(canvas, place.left, place.right, SWATCH_INSET + SWATCH / 2, first=True)
        canvas.rect(
            swatch - SWATCH / 2,
            place.top + SWATCH_INSET,
            SWATCH,
            place.bottom - place.top - 2 * SWATCH_INSET,
            fill=colours.fill,
            stroke=colours.border,
            stroke_width=1,
            radius=2,
            kind="mark",
        )
        words, anchor = _at(canvas, place.left, place.right, WORDS_LEFT, first=True)
        named = rows_height(row.label)
        top = place.middle - (named + rows_height(row.below)) / 2
        paint_rows(canvas, row.label, words, top + named / 2, theme.ink, anchor)
        paint_rows(canvas, row.below, words, top + named + rows_height(row.below) / 2, theme.muted, anchor)
        baseline = top + row.label[0].height / 2 + MIDDLE * row.label[0].size
        count, anchor = _at(canvas, place.left, place.right, RIGHT_PAD, first=False)
        canvas.text(count, baseline, row.count, SMALL, 600, anchor=anchor)
    canvas.places[box.path] = place


def _at(
    canvas: Canvas, left: float, right: float, distance: float, *, first: bool
) -> tuple[float, Literal["start", "end"]]:
    """Where the ``first`` words of a row begin, ``distance`` from its left, or the last end, as far from its right.

    Also in the mirror: a table is read from the left there, too.
    """
    if first:
        return (right - distance, "end") if canvas.mirrors else (left + distance, "start")
    return (left + distance, "start") if canvas.mirrors else (right - distance, "end")


def _counts(item: Choice) -> tuple[str, ...]:
    """What stands at the right of each row of ``item``."""
    return item.counts or item.bands


def _boxes(item: Choice) -> list[Box]:
    return [option for option in item.options if isinstance(option, Box)]
