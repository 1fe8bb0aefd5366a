"""Figures inside boxes and panels: heads in groups, a grid of experts, masks, bars."""

from __future__ import annotations

from math import ceil, sqrt
from typing import assert_never

from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.measures import SMALL
from archdraw.layout.words import Row, fitted
from archdraw.picture import ExpertGrid, Figure, HeadGroups, Mask, Masks, Share, Split
from archdraw.scene import Line, Polygon

GOLDEN = (sqrt(5) - 1) / 2
HEADS_WIDTH, HEADS_HEIGHT = 372.0, 62.0
HEADS_NAME = 46.0
WIDEST_HEAD = 11.0


def size(figure: Figure, scale: float = 1) -> tuple[float, float]:
    """Width and height of ``figure`` in px, at ``scale`` where it can be made smaller."""
    match figure:
        case ExpertGrid():
            columns, rows, cell_width, cell_height, gap = _grid(figure, scale)
            return columns * (cell_width + gap) - gap, rows * (cell_height + gap) - gap
        case HeadGroups():
            return HEADS_NAME + _pitch(figure) * figure.key_value, HEADS_HEIGHT
        case _:
            assert_never(figure)


def paint(canvas: Canvas, figure: Figure, centre: float, top: float, scale: float = 1) -> None:
    """``figure`` centred on ``centre``, down from ``top``."""
    match figure:
        case ExpertGrid():
            _paint_grid(canvas, figure, centre, top, scale)
        case HeadGroups():
            _paint_heads(canvas, figure, centre, top)
        case _:
            assert_never(figure)


def _grid(figure: ExpertGrid, scale: float) -> tuple[int, int, float, float, float]:
    """Columns, rows, cell width and height, gap: wide grids for many experts, squares for few."""
    if figure.total > 160:
        columns = 32
        return columns, ceil(figure.total / columns), 8 * scale, 7 * scale, 2 * scale
    columns = min(16, figure.total) if figure.total > 16 else min(8, figure.total)
    return columns, ceil(figure.total / columns), 14 * scale, 14 * scale, 3 * scale


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


def _paint_grid(canvas: Canvas, figure: ExpertGrid, centre: float, top: float, scale: float) -> None:
    columns, _, cell_width, cell_height, gap = _grid(figure, scale)
    width, _ = size(figure, scale)
    chosen = active_cells(figure.total, figure.active)
    for wanted, role, title in (
        (False, "expert_idle", f"{figure.total - figure.active} experts idle for a token"),
        (True, "expert_active", f"{figure.active} of {figure.total} experts active for a token"),
    ):
        fill = canvas.theme.paint(role).fill
        with canvas.group("", title):
            for cell in range(figure.total):
                if (cell in chosen) is wanted:
                    x = centre - width / 2 + cell % columns * (cell_width + gap)
                    y = top + cell // columns * (cell_height + gap)
                    canvas.rect(x, y, cell_width, cell_height, fill=fill, radius=1, kind="mark")


def _paint_heads(canvas: Canvas, figure: HeadGroups, centre: float, top: float) -> None:
    """One column a group: its query heads over a bracket over one box that is cut into key and value."""
    each = figure.query // figure.key_value
    pitch = _pitch(figure)
    group = min(pitch - max(2.0, pitch * 0.26), each * WIDEST_HEAD)
    left = centre - (pitch * figure.key_value + HEADS_NAME) / 2 + HEADS_NAME
    query, latent = canvas.theme.paint("attention"), canvas.theme.paint("latent")
    names = (("Q", top + 12.5), ("K, V", top + 53.5))
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
                    15,
                    fill=query.fill,
                    radius=min(2.0, bar / 3),
                    kind="mark",
                )
            if each > 1:
                first, last = x + step / 2, x + group - step / 2
                bracket = ((first, top + 18), (first, top + 24), (last, top + 24), (last, top + 18))
                canvas.add(Line(bracket, canvas.theme.edge, 1.25, kind="rule"))
                canvas.add(Line(((middle, top + 24), (middle, top + 34)), canvas.theme.edge, 1.25, kind="rule"))
            else:
                canvas.add(Line(((middle, top + 18), (middle, top + 34)), canvas.theme.edge, 1.25, kind="rule"))
            box = max(min(group, 26.0), 6.0) if each == 1 else max(group, 6.0)
            canvas.rect(
                middle - box / 2,
                top + 34,
                box,
                28,
                fill=latent.fill,
                stroke=latent.border,
                stroke_width=1.25,
                radius=min(3.0, box / 4),
                kind="mark",
            )
            ends = ((middle - box / 2, top + 48), (middle + box / 2, top + 48))
            canvas.add(Line(ends, latent.border, 1.25, kind="rule"))


def _pitch(figure: HeadGroups) -> float:
    """From one group to the next: as wide as its heads want to be, as far as all groups find room."""
    each = figure.query // figure.key_value
    return min((HEADS_WIDTH - HEADS_NAME) / figure.key_value, max(each * WIDEST_HEAD * 1.35, 34.0))


CELLS, CELL = 12, 12.0
MASK = CELLS * CELL


def masks_size(item: Masks) -> tuple[float, float]:
    """Width and height of a row of masks with their words."""
    return len(item.masks) * 190.0 + 40, MASK + 12 + 52


def paint_masks(canvas: Canvas, item: Masks, centre: float, top: float) -> None:
    """Causal masks: a row is a query, a column a key that it sees."""
    width = len(item.masks) * 190.0
    for index, mask in enumerate(item.masks):
        middle = centre + 18 - width / 2 + 190.0 * (index + 0.5)
        left, y = middle - MASK / 2, top
        colours = canvas.theme.paint(mask.role)
        with canvas.group("", f"{mask.label}, {mask.detail}"):
            canvas.rect(
                left - 6,
                y,
                MASK + 12,
                MASK + 12,
                fill=canvas.theme.page,
                stroke=canvas.theme.container_border,
                radius=4,
            )
            for row in range(CELLS):
                for column in range(row + 1):
                    if sees(mask, row, column):
                        canvas.rect(
                            left + column * CELL + 0.75,
                            y + 6 + row * CELL + 0.75,
                            CELL - 1.5,
                            CELL - 1.5,
                            fill=colours.fill,
                            radius=1.5,
                            kind="mark",
                        )
            canvas.text(left + MASK - 2, y + 22, "key", SMALL, 400, fill=canvas.theme.muted, anchor="end")
        if index == 0:
            canvas.text(left - 14, y + MASK / 2 + 10, "query", SMALL, 400, fill=canvas.theme.muted, anchor="end")
        for words, weight, baseline, fill in (
            (mask.label, 500, y + MASK + 33, canvas.theme.ink),
            (mask.detail, 400, y + MASK + 54, canvas.theme.muted),
        ):
            row_of_words = fitted(words, 186, SMALL, SMALL, 500 if weight == 500 else 400)[0]
            canvas.text(
                middle, baseline, row_of_words.text, row_of_words.size, row_of_words.weight, fill=fill, anchor="middle"
            )


def sees(mask: Mask, query: int, key: int) -> bool:
    """Whether ``query`` attends to ``key`` under ``mask``, both counted from 0."""
    if key > query:
        return False
    if mask.reach is None:
        return True
    if mask.chunked:
        return query // mask.reach == key // mask.reach
    return query - key < mask.reach


def paint_share(canvas: Canvas, item: Share, left: float, top: float, width: float) -> None:
    """A bar filled to its share, its words above; 38 px high."""
    canvas.text(left, top + 12, item.left, SMALL, 500)
    canvas.text(left + width, top + 12, item.right, SMALL, 400, anchor="end")
    colours = canvas.theme.paint(item.role)
    title = f"{item.left}: {item.part / item.whole:.1%}"
    with canvas.group("", title):
        y, height = top + 24, 14.0
        canvas.rect(left, y, width, height, fill=canvas.theme.page, stroke=colours.border, radius=7, kind="mark")
        # The filled end keeps its true width even where that is less than a round end needs.
        filled = max(width * item.part / item.whole, 1.0)
        canvas.rect(left, y, filled, height, fill=colours.border, radius=min(7.0, filled / 2), kind="mark")


def share_size(item: Share, width: float) -> float:
    """Height of a share bar; its words must fit ``width``."""
    words = text_width(item.left, SMALL, 500) + text_width(item.right, SMALL, 400) + 16
    if words > width:
        raise ValueError(f"the words of the bar {item.left!r} are {words:.0f} px wide, of {width:.0f}")
    return 40.0


SPLIT_COLUMNS = 2
SPLIT_ROW = 24.0


def split_size(item: Split) -> float:
    """Height of a split bar with its legend."""
    return 22 + 14 + SPLIT_ROW * ceil(len(item.segments) / SPLIT_COLUMNS)


def paint_split(canvas: Canvas, item: Split, left: float, top: float, width: float) -> None:
    """A bar cut by shares, with a legend in two columns, row by row."""
    whole = sum(segment.value for segment in item.segments)
    x = left
    with canvas.group("", "; ".join(f"{segment.label} {segment.value / whole:.1%}" for segment in item.segments)):
        for segment in item.segments:
            colours = canvas.theme.paint(segment.role)
            part = width * segment.value / whole
            canvas.rect(x, top, max(part, 0.5), 22, fill=colours.fill, stroke=colours.border, radius=0, kind="mark")
            x += part
    for index, segment in enumerate(item.segments):
        column, row = index % SPLIT_COLUMNS, index // SPLIT_COLUMNS
        swatch = left + column * (width / SPLIT_COLUMNS + 8)
        middle = top + 22 + 14 + row * SPLIT_ROW + 8
        colours = canvas.theme.paint(segment.role)
        canvas.rect(swatch, middle - 7, 14, 14, fill=colours.fill, stroke=colours.border, radius=3, kind="mark")
        canvas.text(swatch + 22, middle + 5.4, segment.label, SMALL, 400)


def hatch(canvas: Canvas, x: float, y: float, width: float, height: float, fill: str) -> None:
    """One diagonal from the lower left to the upper right corner, as a polygon inside the cell."""
    half = 0.9
    points = (
        (x + half + 1, y + height - 1),
        (x + 1, y + height - 1),
        (x + 1, y + height - half - 1),
        (x + width - half - 1, y + 1),
        (x + width - 1, y + 1),
        (x + width - 1, y + half + 1),
    )
    canvas.add(Polygon(tuple((round(a, 2), round(b, 2)) for a, b in points), fill))


def words_rows(text: str, width: float, strong: bool) -> tuple[Row, ...]:
    """A line of words under a diagram, wrapped to ``width``."""
    return fitted(text, width, SMALL, SMALL, 500 if strong else 400)
