"""Figures inside boxes: heads in groups, a grid of experts."""

from __future__ import annotations

from math import ceil, sqrt
from typing import assert_never

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.picture import ExpertGrid, Figure, HeadGroups
from archdraw.scene import Line

GOLDEN = (sqrt(5) - 1) / 2
HEADS_WIDTH, HEADS_HEIGHT = 372.0, 62.0
HEADS_NAME = 46.0
WIDEST_HEAD = 11.0


def size(figure: Figure, scale: float = 1, high: float = 1) -> tuple[float, float]:
    """Width and height of ``figure`` in px, at ``scale`` where it can be made smaller, ``high`` times as high.

    Heads are longer then, a grid of many experts has fewer columns.
    """
    match figure:
        case ExpertGrid():
            columns, rows, cell_width, cell_height, gap = _grid(figure, scale, high)
            return columns * (cell_width + gap) - gap, rows * (cell_height + gap) - gap
        case HeadGroups():
            return HEADS_NAME + _pitch(figure, scale) * figure.key_value, HEADS_HEIGHT * high
        case _:
            assert_never(figure)


def scale_in(figure: Figure, width: float, scale: float = 1, high: float = 1) -> float:
    """``scale``, or the smaller one at which ``figure`` is at most ``width`` px wide."""
    match figure:
        case ExpertGrid():
            return min(scale, width / size(figure, 1, high)[0])
        case HeadGroups():
            return min(scale, max(width, 2 * HEADS_NAME) / HEADS_WIDTH)
        case _:
            assert_never(figure)


def paint(canvas: Canvas, figure: Figure, centre: float, top: float, scale: float = 1, high: float = 1) -> None:
    """``figure`` centred on ``centre``, down from ``top``; ``high`` times as high as usual."""
    match figure:
        case ExpertGrid():
            _paint_grid(canvas, figure, centre, top, scale, high)
        case HeadGroups():
            _paint_heads(canvas, figure, centre, top, scale, high)
        case _:
            assert_never(figure)


def _grid(figure: ExpertGrid, scale: float, high: float = 1) -> tuple[int, int, float, float, float]:
    """Columns, rows, cell width and height, gap: wide grids for many experts, squares for few."""
    if figure.total > 160:
        columns = _columns(figure.total, 32 / high)
        return columns, ceil(figure.total / columns), 8 * scale, 7 * scale, 2 * scale
    columns = _columns(figure.total, 16 / high) if figure.total > 16 else min(8, figure.total)
    return columns, ceil(figure.total / columns), 14 * scale, 14 * scale, 3 * scale


def _columns(total: int, wanted: float) -> int:
    """About as many columns as are ``wanted``, so that the last row is as full as can be."""
    near = range(max(1, round(wanted * 2 / 3)), round(wanted * 3 / 2) + 1)
    return min(near, key=lambda columns: (-total % columns / columns, abs(columns - wanted)))


def active_cells(total: int, active: int) -> frozenset[int]:
    """Which of ``total`` cells are filled: spread by the golden ratio, a figure of how many and not of a route."""
    chosen: set[int] = set()
    position = 0.5
    while len(chosen) < min(active, total):
        cell = int(position * total) % total
        while cell in chosen:
            cell = (cell + 1) % total
        chosen.add(cell)
        position = (position + GOLDEN) % 1
    return frozenset(chosen)


def _paint_grid(canvas: Canvas, figure: ExpertGrid, centre: float, top: float, scale: float, high: float) -> None:
    columns, _, cell_width, cell_height, gap = _grid(figure, scale, high)
    width, _ = size(figure, scale, high)
    chosen = active_cells(figure.total, figure.active)
    for wanted, role, title in (
        (False, "expert_idle", f"{figure.total - figure.active} experts not active per token"),
        (True, "expert_active", f"{figure.active} of {figure.total} experts active per token"),
    ):
        if wanted is False and figure.active == figure.total:
            continue
        fill = canvas.theme.paint(role).fill
        with canvas.group("", title):
            for cell in range(figure.total):
                if (cell in chosen) is wanted:
                    x = centre - width / 2 + cell % columns * (cell_width + gap)
                    y = top + cell // columns * (cell_height + gap)
                    canvas.rect(x, y, cell_width, cell_height, fill=fill, radius=1, kind="mark")


def _paint_heads(canvas: Canvas, figure: HeadGroups, centre: float, top: float, scale: float, high: float) -> None:
    """One column a group: its query heads over a bracket over one box that is cut into key and value."""
    each = figure.query // figure.key_value
    pitch = _pitch(figure, scale)
    group = min(pitch - max(2.0, pitch * 0.26), each * WIDEST_HEAD)
    left = centre - (pitch * figure.key_value + HEADS_NAME) / 2 + HEADS_NAME
    query = canvas.theme.paint("attention")
    pairs = canvas.theme.paint("latent" if figure.kept else "plain")
    names = (("Q", top + 7.5 * high + 5), ("K, V", top + 48 * high + 5.5))
    for name, baseline in names:
        canvas.text(left - 8, baseline, name, SMALL, 600, anchor="end")
    with canvas.group("", f"{figure.query} query heads, {figure.key_value} key and value heads"):
        for index in range(figure.key_value):
            x = left + index * pitch + (pitch - group) / 2
            step = group / each
            bar = max(step - min(2.0, step * 0.3), 1.0)
            middle = x + group / 2
            for head in range(each):
                canvas.rect(
                    x + head * step + (step - bar) / 2,
                    top,
                    bar,
                    15 * high,
                    fill=query.fill,
                    radius=min(2.0, bar / 3),
                    kind="mark",
                )
            foot, fork, pair = top + 18 * high, top + 24 * high, top + 34 * high
            stem = foot
            if each > 1:
                first, last = x + step / 2, x + group - step / 2
                bracket = ((first, foot), (first, fork), (last, fork), (last, foot))
                canvas.add(Line(bracket, canvas.theme.edge, 1.25, kind="rule"))
                stem = fork
            canvas.add(Line(((middle, stem), (middle, pair)), canvas.theme.edge, 1.25, kind="rule"))
            narrow = min(6.0, pitch - 1.5)
            box = max(min(group, 26.0), narrow) if each == 1 else max(group, narrow)
            canvas.rect(
                middle - box / 2,
                pair,
                box,
                28 * high,
                fill=pairs.fill,
                stroke=pairs.border,
                stroke_width=1.25,
                radius=min(3.0, box / 4),
                kind="mark",
            )
            ends = ((middle - box / 2, top + 48 * high), (middle + box / 2, top + 48 * high))
            canvas.add(Line(ends, pairs.border, 1.25, kind="rule"))


def _pitch(figure: HeadGroups, scale: float) -> float:
    """From one group to the next: as wide as its heads want to be, as far as all groups find room."""
    each = figure.query // figure.key_value
    return min((HEADS_WIDTH * scale - HEADS_NAME) / figure.key_value, max(each * WIDEST_HEAD * 1.35, 34.0))
