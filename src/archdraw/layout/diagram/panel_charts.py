"""What stands in panels beside diagrams: attention masks, shares, parameter breakdowns."""

from __future__ import annotations

from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted, paint_rows, rows_height
from archdraw.picture import Mask, Masks, Segment, Share, Split

CELL = 12.0
MASK = 12 * CELL
"""Width of a cell of a mask, and of a mask of as many as fit."""


CELLS = 12
LEAST_CELL, MASK_SPACE = 5.0, 18.0
"""Cells of a mask either way; the smallest cell of masks without words at their sides, and what is between two."""
MASK_PITCH, MASK_WORDS = 194.0, 188.0
QUERY = 40.0
"""What the word for the rows takes at the left of the first mask."""
KEY, KEY_CELLS, KEY_ROWS = 20.0, 4, 2
"""What the word for the columns takes above masks; the cells and rows of its place in a corner that is free."""


def _mask_words(mask: Mask) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    return fitted(mask.label, MASK_WORDS, SMALL, SMALL, 500), fitted(mask.detail, MASK_WORDS, SMALL, SMALL, 400)


def _above(item: Masks) -> float:
    """What the words for the columns take above the masks: nothing where all upper right corners are free."""
    first = MASK / CELL - KEY_CELLS
    filled = any(key >= first for mask in item.masks for keys in mask.rows[:KEY_ROWS] for key in keys)
    return KEY if filled else 0.0


def masks_size(item: Masks) -> tuple[float, float]:
    """Width and height of a row of masks with their words."""
    words = max(sum(map(rows_height, _mask_words(mask))) for mask in item.masks)
    return len(item.masks) * MASK_PITCH + QUERY, _above(item) + MASK + 12 + 10 + words


def paint_masks(canvas: Canvas, item: Masks, centre: float, top: float) -> None:
    """Masks: a row is a query, a column a key, filled where the query sees it."""
    width, above = len(item.masks) * MASK_PITCH, _above(item)
    for index, mask in enumerate(item.masks):
        middle = centre + QUERY / 2 - width / 2 + MASK_PITCH * (index + 0.5)
        left, y = middle - MASK / 2, top + above
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
            for row, keys in enumerate(mask.rows):
                for column in keys:
                    canvas.rect(
                        left + column * CELL + 0.75,
                        y + 6 + row * CELL + 0.75,
                        CELL - 1.5,
                        CELL - 1.5,
                        fill=colours.fill,
                        radius=1.5,
                        kind="mark",
                    )
            word = y - 8 if above else y + 22
            canvas.text(left + MASK - 2, word, "key", SMALL, 400, fill=canvas.theme.muted, anchor="end")
        if index == 0:
            canvas.text(left - 14, y + MASK / 2 + 10, "query", SMALL, 400, fill=canvas.theme.muted, anchor="end")
        baseline = y + MASK + 22
        for rows, fill in zip(_mask_words(mask), (canvas.theme.ink, canvas.theme.muted), strict=True):
            paint_rows(canvas, rows, middle, baseline + rows_height(rows) / 2, fill)
            baseline += rows_height(rows)


def _plain_words(mask: Mask, width: float) -> tuple[Row, ...]:
    """What is seen, and in how many layers."""
    detail = mask.detail.partition(", ")[0]
    return (*fitted(mask.label, width, SMALL, SMALL, 500), *fitted(detail, width, SMALL, SMALL, 400))


def plain_masks_size(item: Masks, width: float, cell: float) -> tuple[float, float]:
    """Width and height of masks with cells of ``cell`` px and words below them only, side by side in ``width`` px."""
    each = (width - MASK_SPACE * (len(item.masks) - 1)) / len(item.masks)
    words = max(rows_height(_plain_words(mask, each)) for mask in item.masks)
    widest = max(row.width for mask in item.masks for row in _plain_words(mask, each))
    return width if widest <= each else width + widest, CELLS * cell + 8 + words


def paint_plain_masks(canvas: Canvas, item: Masks, left: float, top: float, width: float, cell: float) -> None:
    """Masks with cells of ``cell`` px and their words below them, side by side in ``width`` px."""
    each = (width - MASK_SPACE * (len(item.masks) - 1)) / len(item.masks)
    side = CELLS * cell
    for index, mask in enumerate(item.masks):
        middle = left + index * (each + MASK_SPACE) + each / 2
        x = middle - side / 2
        colours = canvas.theme.paint(mask.role)
        with canvas.group("", f"{mask.label}, {mask.detail}"):
            canvas.rect(
                x - 3,
                top - 3,
                side + 6,
                side + 6,
                fill=canvas.theme.page,
                stroke=canvas.theme.container_border,
                radius=3,
            )
            for row, keys in enumerate(mask.rows):
                for column in keys:
                    canvas.rect(
                        x + column * cell + 0.5,
                        top + row * cell + 0.5,
                        cell - 1,
                        cell - 1,
                        fill=colours.fill,
                        radius=1,
                        kind="mark",
                    )
        rows = _plain_words(mask, each)
        paint_rows(canvas, rows, middle, top + side + 8 + rows_height(rows) / 2, canvas.theme.ink)


def _side_by_side(item: Share, width: float) -> bool:
    return text_width(item.left, SMALL, 500) + text_width(item.right, SMALL, 400) + 16 <= width


def share_size(item: Share, width: float) -> float:
    """Height of a share bar in ``width`` px: with one line of words above it, or two where they are long."""
    return SHARE if _side_by_side(item, width) else SHARE + SHARE_LINE * len(_caption(item, width))


def _caption(item: Share, width: float) -> tuple[Row, ...]:
    """The words above a bar in as many lines as they take."""
    return fitted(item.left, width, SMALL, SMALL, 500)


def paint_share(canvas: Canvas, item: Share, left: float, top: float, width: float) -> None:
    """A bar filled to its share, its words above."""
    rows = _caption(item, width)
    for number, row in enumerate(rows):
        canvas.text(left, top + 12 + number * SHARE_LINE, row.text, row.size, row.weight, phrase=row.phrase)
    if not _side_by_side(item, width):
        top += SHARE_LINE * len(rows)
    canvas.text(left + width, top + 12, item.right, SMALL, 400, anchor="end")
    colours = canvas.theme.paint(item.role)
    with canvas.group("", f"{item.left}: {item.part / item.whole:.1%}"):
        y, height = top + 24, 14.0
        canvas.rect(left, y, width, height, fill=canvas.theme.page, stroke=colours.border, radius=7, kind="mark")
        # The filled end keeps its true width even where that is less than a round end needs.
        filled = max(width * item.part / item.whole, 1.0)
        canvas.rect(left, y, filled, height, fill=colours.border, radius=min(7.0, filled / 2), kind="mark")


SHARE, SHARE_LINE = 40.0, 22.0
APART = 3.0
"""Px between two parts of a bar."""
SPLIT, SPLIT_ROW, SWATCH = 36.0, 24.0, 22.0
"""Height of the bar with the space below it, of a line of the legend; width of a swatch with the space behind it."""


def _legend(item: Split, width: float) -> list[list[tuple[float, Segment]]]:
    """The entries line by line, each with its distance from the left: in two columns where all of them fit."""
    sizes = [SWATCH + text_width(segment.label, SMALL, 400) for segment in item.segments]
    columns = 2 if max(sizes) <= width / 2 - 12 else 1
    entries = [(index % columns * (width / 2 + 4), segment) for index, segment in enumerate(item.segments)]
    return [entries[index : index + columns] for index in range(0, len(entries), columns)]


def split_size(item: Split, width: float) -> float:
    """Height of a split bar with its legend in ``width`` px."""
    return SPLIT + SPLIT_ROW * len(_legend(item, width))


def paint_split(canvas: Canvas, item: Split, left: float, top: float, width: float) -> None:
    """A bar cut by shares, with a legend below it."""
    whole = sum(segment.value for segment in item.segments)
    x = left
    with canvas.group("", "; ".join(f"{segment.label} {segment.value / whole:.1%}" for segment in item.segments)):
        for segment in item.segments:
            colours = canvas.theme.paint(segment.role)
            part = width * segment.value / whole
            # Apart by a line of the page: two dark ones would not be distinguished by their borders.
            canvas.rect(
                x, top, max(part - APART, 0.5), 22, fill=colours.fill, stroke=colours.border, radius=0, kind="mark"
            )
            x += part
    for row, entries in enumerate(_legend(item, width)):
        middle = top + SPLIT + row * SPLIT_ROW + 8
        for distance, segment in entries:
            colours = canvas.theme.paint(segment.role)
            swatch = left + distance
            canvas.rect(swatch, middle - 7, 14, 14, fill=colours.fill, stroke=colours.border, radius=3, kind="mark")
            canvas.text(swatch + SWATCH, middle + 5.4, segment.label, SMALL, 400)
