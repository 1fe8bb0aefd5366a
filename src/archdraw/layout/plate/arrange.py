"""Which panel stands in which column: in the order of their letters, down each column and then down the next.

How many columns there are is chosen for the shape of the whole page: it is to be as near to 16:10 as can be, and is
never higher than its width allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from archdraw.layout.page import MARGIN
from archdraw.layout.plate import panels
from archdraw.layout.plate.sizes import Sizes
from archdraw.picture import Inset
from archdraw.records import record

SPACE, CHANNEL, GUTTER = 24.0, 48.0, 32.0
"""Px between two panels of a column, between the model and the first column, and between two columns."""
FIRST_WIDTH, FURTHER_WIDTH = panels.WIDE, 400.0
"""The least widths of the first column and of each further one."""
MOST_COLUMNS = 3
"""More columns are taken only where panels that have to stand find no room in so many."""
WIDEST = 2976.0
"""The widest page whose smallest text has 10 px on a screen of 1,920 px."""
WIDEST_BESIDE_HIGH = 1800.0
"""The widest page that is higher than that for the sake of its model: it is read part by part, across its width."""
LINE_SPACE, LINES_PAD = 9.0, 12.0
"""Between lines that pass under a column, and around all of them."""
ASPECT = 1.6
"""The width of a page by its height, as it should be."""
EMPTY_COST, COLUMN_COST = 0.5, 40.0
"""Of each px that columns are lower than the page, on average, and of each column."""
NARROW, WIDE = 1224.0, 1736.0
"""The widths of usual pages with one column and with two."""
MOST_NARROW, MOST_WIDE = 1.15, 1.0
"""The most that the height of a page is of its width, for one that is narrow and one that is wide."""
TALLEST = 1673.0
"""The highest page whose smallest text has 10 px on a screen of 1,080 px."""
ROUNDING = 0.01


def most_height(width: float) -> float:
    """The most that a page of ``width`` px is high."""
    share = min(max((width - NARROW) / (WIDE - NARROW), 0.0), 1.0)
    return min((MOST_NARROW + share * (MOST_WIDE - MOST_NARROW)) * width, TALLEST)


@record
class Page:
    """What stands around panels: a model of ``width`` by ``height``; ``overhead`` is what a page of a width has above
    and below them. Where letters stand ``apart``, no lines lead to panels."""

    width: float
    height: float
    overhead: Callable[[float], float]
    apart: bool = False

    def across(self, widths: Sequence[float]) -> float:
        """The width of the page with columns of ``widths``."""
        own = 2 * MARGIN + self.width
        return own + (CHANNEL + sum(widths) + GUTTER * (len(widths) - 1) if widths else 0.0)


@record
class Arrangement:
    """Insets in columns, top to bottom, with the width of each column and the height that all share.

    ``passing`` is what the lines to further columns take under each. ``left_out`` are those that found no room,
    ``shortened`` those that stand without their side remarks, as they were; ``fits`` says whether no panel makes the
    page higher than it may be, and ``excess`` by how many px it is too high, be it for the model's sake.
    """

    columns: tuple[tuple[Inset, ...], ...]
    widths: tuple[float, ...]
    passing: tuple[float, ...]
    height: float
    fits: bool = True
    excess: float = 0.0
    left_out: tuple[Inset, ...] = ()
    shortened: tuple[Inset, ...] = ()


def arrange(insets: Sequence[Inset], page: Page, sizes: Sizes, most: int = MOST_COLUMNS) -> Arrangement:
    """The best arrangement of all ``insets`` in at most so many columns; where none fits, that which exceeds least.

    ``sizes`` are those of the insets, as far as they are measured.
    """
    ways = _columns(insets, min(most, len(insets)), page, _heights(insets, sizes)) if insets else ((),)
    return min((_arrangement(columns, page, sizes) for columns in ways), key=lambda pair: pair[0])[1]


_Heights: TypeAlias = Callable[[int, int, bool], float]
"""How high the column of the panels from one number to another is, and whether it is a further one."""


def _heights(insets: Sequence[Inset], sizes: Sizes) -> _Heights:
    """The heights of all columns into which ``insets`` may be cut, each added up once."""
    needed = [sizes.width(inset) for inset in insets]

    @cache
    def own(index: int, width: float) -> float:
        return sizes.height(insets[index], width)

    @cache
    def height(start: int, end: int, further: bool) -> float:
        width = _wide(max(needed[start:end]), further)
        return sum([own(index, width) for index in range(start, end)]) + SPACE * (end - start - 1)

    return height


def _columns(insets: Sequence[Inset], most: int, page: Page, high: _Heights) -> Iterator[tuple[tuple[Inset, ...], ...]]:
    """``insets`` cut into one column, into two, and so on to ``most``, the highest of which is as low as can be."""
    below = [_passing(insets[end:], page) for end in range(len(insets) + 1)]
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for column in range(most):
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (height, ends) in best.items():
            for end in range(start + 1, len(insets) + 1):
                tall = max(height, high(start, end, column > 0) + below[end])
                if end not in after or tall < after[end][0] - ROUNDING:
                    after[end] = (tall, (*ends, end))
        best = after
        ends = best[len(insets)][1]
        yield tuple(tuple(insets[start:end]) for start, end in zip((0, *ends), ends, strict=False))


def _arrangement(columns: tuple[tuple[Inset, ...], ...], page: Page, sizes: Sizes) -> tuple[float, Arrangement]:
    """What a page with ``columns`` costs, and the arrangement that they are."""
    widths = tuple(_width(column, number, sizes) for number, column in enumerate(columns))
    rest = [[inset for column in columns[number + 1 :] for inset in column] for number in range(len(columns))]
    passing = tuple(_passing(further, page) for further in rest)
    heights = [
        column_height(column, width, sizes) + below
        for column, width, below in zip(columns, widths, passing, strict=True)
    ]
    tall = max([page.height, *heights])
    across = page.across(widths)
    high = page.overhead(across) + tall
    # A page is at least as high as its model; panels need not be lower than that.
    least = page.overhead(across) + page.height
    if least <= TALLEST:
        excess = max(0.0, high - most_height(across)) + max(0.0, across - WIDEST)
    else:
        excess = max(0.0, high - least) + max(0.0, across - WIDEST_BESIDE_HIGH)
    cost = max(across / ASPECT, high) + COLUMN_COST * len(columns)
    if heights:
        cost += EMPTY_COST * sum(tall - height for height in heights) / len(heights)
    if excess > ROUNDING:
        cost += 1e4 + 10 * excess
    too_high = max(0.0, high - most_height(across))
    return cost, Arrangement(columns, widths, passing, tall, excess <= ROUNDING, too_high)


def _width(column: Sequence[Inset], number: int, sizes: Sizes) -> float:
    """The width of a ``column``, the first of which is ``number`` 0."""
    return _wide(max(map(sizes.width, column)), number > 0)


def _wide(needed: float, further: bool) -> float:
    """The width of a column whose panels have ``needed`` so much, the first or a ``further`` one."""
    least = FURTHER_WIDTH if further else FIRST_WIDTH
    return least if needed <= least else max(panels.WIDE, math.ceil(needed))


def column_height(column: Sequence[Inset], width: float, sizes: Sizes) -> float:
    """The height of a ``column`` of panels that is ``width`` wide, in px."""
    return sum(sizes.height(inset, width) for inset in column) + SPACE * (len(column) - 1)


def _passing(further: Sequence[Inset], page: Page) -> float:
    """What the lines to ``further`` panels take under a column."""
    lines = sum(bool(inset.letter) for inset in further)
    return LINES_PAD + LINE_SPACE * lines if lines and not page.apart else 0.0
