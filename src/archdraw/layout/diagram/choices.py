"""Alternatives in one slot, in one frame: above each other, also where the flow leads to the right."""

from __future__ import annotations

from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.layout.diagram.text import around, fitted, paint_rows
from archdraw.picture import Box, Diagram

OPTION_PAD = 16.0
"""From an alternative that is no box to the sides of its border."""
BAND, BAND_LINE = 21.0, 19.0
"""The height of one line of words above an alternative, and of each further one."""
BAND_PAD = 12.0
"""What words above an alternative leave free of its width."""


def choice(
    cells: list[Cell],
    options: tuple[Diagram, ...],
    bands: tuple[str, ...],
    ports: tuple[float, ...],
    measures: Measures,
) -> Cell:
    """``cells`` in one frame, the first on top, with words above each of them: one of them is passed, not all.

    Lines come into each at ``ports``; they leave all where they leave the one on top.
    """
    pads = [0.0 if isinstance(option, Box) else OPTION_PAD for option in options]
    left = min(cell.left for cell in cells) - max(pads)
    right = max(cell.right for cell in cells) + max(pads)
    box_left = min(_frame_left(cell, option, ports, measures) for cell, option in zip(cells, options, strict=True))
    words = [fitted(band, right - box_left - BAND_PAD, SMALL, SMALL, 500) for band in bands]
    heights = [BAND + BAND_LINE * (len(rows) - 1) for rows in words]
    length = sum(cell.length + 2 * pad for cell, pad in zip(cells, pads, strict=True)) + sum(heights)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        with canvas.group("", "", role="choice", layer="ground"):
            canvas.rect(
                x + box_left - max(pads),
                y - length,
                right - box_left + max(pads),
                length,
                fill=canvas.theme.page,
                stroke=canvas.theme.container_border if max(pads) else canvas.theme.ink,
                kind="container",
            )
        top = y - length
        for cell, pad, rows, height in zip(cells, pads, words, heights, strict=True):
            paint_rows(canvas, rows, x + (box_left + right) / 2, top + height / 2, canvas.theme.ink)
            top += height
            bottom = top + cell.length + 2 * pad
            if pad:
                # A whole block as an alternative gets a border, as a box has one: else both would read as a series.
                canvas.rect(
                    x + box_left - pad,
                    top,
                    right - box_left + pad,
                    bottom - top,
                    fill=canvas.tint,
                    stroke=canvas.theme.container_border,
                    kind="container",
                    layer="ground",
                )
                for port, arrow in zip(ports, cell.arrows, strict=True):
                    canvas.line((x + port, bottom), (x + port, bottom - pad), arrow=arrow)
                for out in cell.outputs:
                    canvas.line((x + out, top + pad), (x + out, top))
            cell.paint(canvas, x, bottom - pad)
            top = bottom

    # The line goes on into a whole block, whose first box takes the arrow.
    return Cell(left, right, length, ports, cells[0].outputs, (not pads[-1],) * len(ports), paint)


def _frame_left(cell: Cell, option: Diagram, ports: tuple[float, ...], measures: Measures) -> float:
    """Where the boxes of ``cell``, about the middle of ``ports``, begin: chips stand outside the frame."""
    if not (isinstance(option, Box) and measures.box_width):
        return cell.left
    middle = (ports[0] + ports[-1]) / 2
    return 2 * middle - cell.right


def length(bands: tuple[str, ...]) -> float:
    """How long alternatives with ``bands`` above them are, where each of these takes one line."""
    return max((around(text_width(band, SMALL, 500), BAND_PAD / 2) + BAND_PAD for band in bands), default=0.0)


def along(cells: list[Cell], options: tuple[Diagram, ...]) -> float:
    """How long the frame of ``cells``, those of ``options``, is."""
    return max(
        cell.length + (0.0 if isinstance(option, Box) else 2 * OPTION_PAD)
        for cell, option in zip(cells, options, strict=True)
    )


def choice_right(cells: list[Cell], options: tuple[Diagram, ...], bands: tuple[str, ...], port: float) -> Cell:
    """``cells`` in one frame, the first on top, on a line to the right: it ends at the frame, and leaves it again."""
    pads = [0.0 if isinstance(option, Box) else OPTION_PAD for option in options]
    long = along(cells, options)
    words = [fitted(band, long - BAND_PAD, SMALL, SMALL, 500) for band in bands]
    heights = [BAND + BAND_LINE * (len(rows) - 1) for rows in words]
    breadth = sum(cell.width + 2 * pad for cell, pad in zip(cells, pads, strict=True)) + sum(heights)
    left = port - _entry(cells, pads, heights, breadth)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        page, whole = canvas.upright(Place(x + left, y - long, x + left + breadth, y))
        with page.group("", "", role="choice", layer="ground"):
            page.rect(
                whole.left,
                whole.top,
                long,
                breadth,
                fill=page.theme.page,
                stroke=page.theme.container_border if max(pads) else page.theme.ink,
                kind="container",
            )
        top = x + left
        for cell, pad, rows, height in zip(cells, pads, words, heights, strict=True):
            band = whole.top + top - x - left + height / 2
            paint_rows(page, rows, (whole.left + whole.right) / 2, band, page.theme.ink)
            top += height
            foot = top + cell.width + 2 * pad
            if pad:
                canvas.rect(
                    top,
                    y - long,
                    foot - top,
                    long,
                    fill=canvas.tint,
                    stroke=canvas.theme.container_border,
                    kind="container",
                    layer="ground",
                )
            start, low = top + pad - cell.left, y - (long - cell.length) / 2
            for entry, arrow in zip(cell.inputs, cell.arrows, strict=True) if low < y else ():
                canvas.line((start + entry, y), (start + entry, low), arrow=arrow)
            for out in cell.outputs if low < y else ():
                canvas.line((start + out, low - cell.length), (start + out, y - long))
            cell.paint(canvas, start, low)
            top = foot

    return Cell(left, left + breadth, long, (port,), (port,), (True,), paint)


def _entry(cells: list[Cell], pads: list[float], heights: list[float], breadth: float) -> float:
    """Where the line ends at a frame of alternatives, from its top on: at words between two, next to the middle.

    It is of all of them, and would be of one if it ended at a box.
    """
    middles, top = [], 0.0
    for cell, pad, height in zip(cells, pads, heights, strict=True):
        middles.append(top + height / 2)
        top += height + cell.width + 2 * pad
    return min(middles[1:] or middles, key=lambda middle: abs(middle - breadth / 2))
