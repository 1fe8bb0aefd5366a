"""The layer strip: one cell a layer, mixers above, feed forwards below, ticks, a caption and a legend."""

from __future__ import annotations

from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.figures import hatch
from archdraw.layout.measures import SMALL
from archdraw.layout.words import fitted
from archdraw.picture import Strip

# Full attention stands highest: in a grey print height is what tells it from the other mixers.
FULL, PARTIAL, LOWER = 30.0, 18.0, 11.0
HEAD = 38.0
HEIGHT = HEAD + FULL + 3 + LOWER + 22
TALL_ROLES = frozenset({"attention"})
GROUP_GAP = 6.0


def paint(canvas: Canvas, strip: Strip, left: float, top: float, width: float) -> None:
    """``strip`` across ``width`` px, ``HEIGHT`` high."""
    legend_left = _legend(canvas, strip, left + width, top + 16)
    caption = fitted(strip.caption, legend_left - left - 24, 18, SMALL, 600)
    for index, row in enumerate(caption):
        canvas.text(left, top + 16 + (index - len(caption) + 1) * 20, row.text, row.size, 600)
    groups = strip.cells[-1].group if strip.cells else 0
    number = len(strip.cells)
    gap = GROUP_GAP if groups * GROUP_GAP < width * 0.15 else 3.0
    pitch = (width - groups * gap) / number
    space = 1.5 if pitch > 8 else 0.8
    base = top + HEAD + FULL
    tick_right = -1.0
    for index, cell in enumerate(strip.cells):
        x = left + index * pitch + cell.group * gap
        cell_width = pitch - space
        with canvas.group("", cell.title):
            if cell.upper:
                _upper(canvas, cell.upper, x, base, cell_width)
            if cell.lower:
                colours = canvas.theme.paint(cell.lower)
                canvas.rect(
                    x + 0.5,
                    base + 3,
                    cell_width - 1,
                    LOWER,
                    fill=colours.fill,
                    stroke=colours.border,
                    stroke_width=1,
                    radius=2,
                    kind="mark",
                )
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


def _upper(canvas: Canvas, role: str, x: float, base: float, width: float) -> None:
    colours = canvas.theme.paint(role)
    height = FULL if role in TALL_ROLES else PARTIAL
    canvas.rect(x, base - height, width, height, fill=colours.fill, radius=1.5, kind="mark")
    if canvas.theme.pattern(role) == "hatched" and width > 6:
        hatch(canvas, x, base - height, width, height, colours.text)


def _legend(canvas: Canvas, strip: Strip, right: float, baseline: float) -> float:
    """The swatches, right-aligned; returns where they begin."""
    x = right
    for entry in reversed(strip.legend):
        x -= text_width(entry.label, SMALL, 400)
        canvas.text(x, baseline, entry.label, SMALL, 400, fill=canvas.theme.muted)
        x -= 8 + 14
        if entry.row == "upper":
            scale = 0.5
            height = (FULL if entry.role in TALL_ROLES else PARTIAL) * scale
            colours = canvas.theme.paint(entry.role)
            canvas.rect(x, baseline + 1 - height, 14, height, fill=colours.fill, radius=1.5, kind="mark")
            if canvas.theme.pattern(entry.role) == "hatched":
                hatch(canvas, x, baseline + 1 - height, 14, height, colours.text)
        else:
            colours = canvas.theme.paint(entry.role)
            canvas.rect(
                x,
                baseline - 9.5,
                14,
                10,
                fill=colours.fill,
                stroke=colours.border,
                stroke_width=1,
                radius=2,
                kind="mark",
            )
        x -= 22
    return x + 22
