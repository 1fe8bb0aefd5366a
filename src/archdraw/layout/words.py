"""Text in boxes: measured, made smaller, wrapped; in this order."""

from __future__ import annotations

from dataclasses import dataclass

from archdraw.fonts import LINE_HEIGHT, MIDDLE, Weight, text_width, wrap
from archdraw.layout.canvas import Canvas
from archdraw.layout.measures import Measures


@dataclass(frozen=True, slots=True)
class Row:
    """One line of text of a box."""

    text: str
    size: float
    weight: Weight
    muted: bool = False

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.weight)

    @property
    def height(self) -> float:
        return self.size * LINE_HEIGHT


def fitted(text: str, width: float, size: float, least: float, weight: Weight) -> tuple[Row, ...]:
    """``text`` in at most ``width`` px: at ``size`` if it fits, else smaller down to ``least``, else wrapped."""
    if not text:
        return ()
    step = size
    while step >= least:
        if text_width(text, step, weight) <= width:
            return (Row(text, step, weight),)
        step -= 1
    return tuple(Row(line, least, weight) for line in wrap(text, least, weight, width))


def rows_of(label: str, detail: str, width: float, measures: Measures) -> tuple[Row, ...]:
    """The lines of a box: its label, then its second line."""
    return (
        *fitted(label, width, measures.label_size, measures.least_label_size, 500),
        *fitted(detail, width, measures.detail_size, measures.least_detail_size, 400),
    )


def block_height(rows: tuple[Row, ...], measures: Measures) -> float:
    """Height of a box that holds ``rows``."""
    match len(rows):
        case 0 | 1:
            return measures.one_line
        case 2:
            return measures.two_lines
        case _:
            return max(measures.two_lines, sum(row.height for row in rows) + 16)


def paint_rows(canvas: Canvas, rows: tuple[Row, ...], x: float, middle: float, fill: str) -> None:
    """``rows`` centred on ``x`` and ``middle``, the distance of two lines a little under their line height."""
    heights = [row.height * (1 if len(rows) < 3 else 0.98) for row in rows]
    y = middle - sum(heights) / 2
    for row, height in zip(rows, heights, strict=True):
        canvas.text(x, y + height / 2 + MIDDLE * row.size, row.text, row.size, row.weight, fill=fill, anchor="middle")
        y += height
