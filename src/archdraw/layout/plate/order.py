"""The order of a stack in factors: named cells from the first layer on, repeats in frames with their number before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archdraw.cells import OrderCell, OrderGroup
from archdraw.fonts import MIDDLE, text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import around, fitted, room
from archdraw.records import record

CELL, CELL_PAD = 26.0, 8.0
FRAME_PAD = 6.0
INNER_GAP, OUTER_GAP, LINE_GAP = 6.0, 12.0, 8.0
TIMES_GAP = 8.0
LEAST = 60.0

Item = OrderCell | OrderGroup


@record
class _Piece:
    """A measured part of the order; ``paint(canvas, left, top)``."""

    width: float
    height: float
    paint: Callable[[Canvas, float, float], None]


def height(items: Sequence[Item], width: float) -> float:
    """How tall the order ``items`` is across ``width`` px."""
    return _flow(items, width, OUTER_GAP).height


def paint(canvas: Canvas, items: Sequence[Item], left: float, top: float, width: float) -> None:
    """``items`` from the left to the right across ``width`` px, in as many lines as they take; nothing for none."""
    if not items:
        return
    with canvas.group("", "the layers in order"):
        _flow(items, width, OUTER_GAP).paint(canvas, left, top)


def _flow(items: Sequence[Item], width: float, gap: float) -> _Piece:
    """``items`` one after the other, broken into lines where they are too wide for one."""
    lines: list[list[_Piece]] = [[]]
    used = 0.0
    for item in items:
        piece = _group(item, width) if isinstance(item, OrderGroup) else _cell(item, width)
        if lines[-1] and used + piece.width > width + 0.01:
            lines.append([])
            used = 0.0
        lines[-1].append(piece)
        used += piece.width + gap
    heights = [max((piece.height for piece in line), default=0.0) for line in lines]
    widths = [sum(piece.width for piece in line) + gap * (len(line) - 1) for line in lines]

    def paint(canvas: Canvas, left: float, top: float) -> None:
        for line, tall in zip(lines, heights, strict=True):
            x = left
            for piece in line:
                piece.paint(canvas, x, top + (tall - piece.height) / 2)
                x += piece.width + gap
            top += tall + LINE_GAP

    return _Piece(max(widths), sum(heights) + LINE_GAP * (len(lines) - 1), paint)


def _cell(item: OrderCell, width: float) -> _Piece:
    row = fitted(item.label, max(room(width, CELL_PAD), LEAST), SMALL, SMALL, 500)[0]
    own = around(row.width, CELL_PAD)

    def paint(canvas: Canvas, left: float, top: float) -> None:
        colours = canvas.theme.paint(item.role)
        with canvas.group("", item.label):
            canvas.rect(left, top, own, CELL, fill=colours.fill, stroke=colours.border, radius=6)
            baseline = top + CELL / 2 + MIDDLE * row.size
            canvas.text(
                left + own / 2, baseline, row.text, row.size, 500, fill=colours.text, anchor="middle", phrase=row.phrase
            )

    return _Piece(own, CELL, paint)


def _group(item: OrderGroup, width: float) -> _Piece:
    times = f"{item.times} ×"
    before = text_width(times, SMALL, 700) + TIMES_GAP
    inner = _flow(item.items, max(width - before - 2 * FRAME_PAD, LEAST), INNER_GAP)
    tall = inner.height + 2 * FRAME_PAD

    def paint(canvas: Canvas, left: float, top: float) -> None:
        canvas.text(left, top + tall / 2 + MIDDLE * SMALL, times, SMALL, 700, fill=canvas.accent)
        frame = inner.width + 2 * FRAME_PAD
        canvas.rect(left + before, top, frame, tall, fill=None, stroke=canvas.accent, radius=10, kind="container")
        inner.paint(canvas, left + before + FRAME_PAD, top + FRAME_PAD)

    return _Piece(before + inner.width + 2 * FRAME_PAD, tall, paint)
