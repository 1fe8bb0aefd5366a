"""Which panel stands in which column: in the order of their letters, down each column and then down the next.

How many columns there are is chosen for the shape of the whole page: it is to be as near to 16:10 as can be, and is
never higher than its width allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

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
    cut = _Cut(insets, page, sizes)
    found = (_Arranged(cut, ends) for ends in _ways(cut, min(most, len(insets))))
    return min(found, key=lambda way: way.cost).arrangement()


class _Cut:
    """The columns into which ``insets`` may be cut, each measured once, whatever stands in the others."""

    def __init__(self, insets: Sequence[Inset], page: Page, sizes: Sizes) -> None:
        self.insets, self.page = insets, page
        self.passing = [_passing(insets[end:], page) for end in range(len(insets) + 1)]
        """What lines to further columns take under one that ends before the panel of this number."""
        self._needed = [sizes.width(inset) for inset in insets]
        self._sizes = sizes
        self._columns: dict[tuple[int, int], tuple[float, float]] = {}
        self._heights: dict[float, dict[int, float]] = {}
        """Of panels, by the width of their column and their number."""

    def column(self, start: int, end: int) -> tuple[float, float]:
        """The width and the height of that from panel ``start`` to before panel ``end``, with the lines under it."""
        key = start, end
        if key not in self._columns:
            width = _wide(max(self._needed[start:end]), start > 0)
            heights = self._heights.setdefault(width, {})
            for number in range(start, end):
                if number not in heights:
                    heights[number] = self._sizes.height(self.insets[number], width)
            high = sum([heights[number] for number in range(start, end)]) + SPACE * (end - start - 1)
            self._columns[key] = width, high + self.passing[end]
        return self._columns[key]


def _ways(cut: _Cut, most: int) -> Iterator[tuple[int, ...]]:
    """Where to end one column, then two, and so on to ``most``, so that the highest is as low as can be."""
    count = len(cut.insets)
    if not count:
        yield ()
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _ in range(most):
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (height, ends) in best.items():
            for end in range(start + 1, count + 1):
                tall = max(height, cut.column(start, end)[1])
                if end not in after or tall < after[end][0] - ROUNDING:
                    after[end] = (tall, (*ends, end))
        best = after
        yield best[count][1]


class _Arranged:
    """The columns of ``cut`` that have their ``ends`` before these panels, and what a page with them costs."""

    def __init__(self, cut: _Cut, ends: tuple[int, ...]) -> None:
        self._cut, page = cut, cut.page
        self._cuts = tuple(zip((0, *ends), ends, strict=False))
        columns = [cut.column(start, end) for start, end in self._cuts]
        self._widths = tuple(width for width, _ in columns)
        heights = [height for _, height in columns]
        self._tall = max([page.height, *heights])
        across = page.across(self._widths)
        overhead = page.overhead(across)
        high, allowed = overhead + self._tall, most_height(across)
        # A page is at least as high as its model; panels need not be lower than that.
        least = overhead + page.height
        if least <= TALLEST:
            excess = max(0.0, high - allowed) + max(0.0, across - WIDEST)
        else:
            excess = max(0.0, high - least) + max(0.0, across - WIDEST_BESIDE_HIGH)
        self._fits, self._excess = excess <= ROUNDING, max(0.0, high - allowed)
        self.cost = max(across / ASPECT, high) + COLUMN_COST * len(columns)
        if heights:
            self.cost += EMPTY_COST * sum(self._tall - height for height in heights) / len(heights)
        if not self._fits:
            self.cost += 1e4 + 10 * excess

    def arrangement(self) -> Arrangement:
        """The panels in these columns."""
        columns = tuple(tuple(self._cut.insets[start:end]) for start, end in self._cuts)
        passing = tuple(self._cut.passing[end] for _, end in self._cuts)
        return Arrangement(columns, self._widths, passing, self._tall, self._fits, self._excess)


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
