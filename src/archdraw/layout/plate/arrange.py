"""Which panel stands in which column: in the order of their letters, down each column and then down the next.

How many columns there are is chosen for the shape of the whole page: it is to be as near to 16:10 as can be, and is
never higher than its width allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archdraw.layout.page import MARGIN
from archdraw.layout.plate.cuts import ROUNDING, SPACE, Cuts
from archdraw.layout.plate.sizes import Sizes
from archdraw.picture import Inset
from archdraw.records import record

CHANNEL, GUTTER = 48.0, 32.0
"""Px between the model and the first column, and between two columns."""
MOST_COLUMNS = 3
"""More columns are taken only where panels that have to stand find no room in so many."""
WIDEST = 2976.0
"""The widest page whose smallest text has 10 px on a screen of 1,920 px."""
WIDEST_BESIDE_HIGH = 1800.0
"""The widest page that is higher than that for the sake of its model: it is read part by part, across its width."""
ASPECT = 1.6
"""The width of a page by its height, as it should be."""
EMPTY_COST, COLUMN_COST = 0.5, 40.0
"""Of each px that columns are lower than the page, on average, and of each column."""
NARROW, WIDE = 1224.0, 1736.0
"""The widths of usual pages with one column and with two."""
TALLEST = 1673.0
"""The highest page whose smallest text has 10 px on a screen of 1,080 px."""
MOST_NARROW, MOST_WIDE = TALLEST / NARROW, 1.0
"""The most that the height of a page is of its width, for one that is narrow and one that is wide: a tall model has one
column beside it rather than two that are mostly empty."""


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
    cuts = sizes.cuts(insets, page.apart)
    found = (_Arranged(cuts, ends, page) for ends in cuts.ways(min(most, len(insets))))
    return min(found, key=lambda way: way.cost).arrangement(insets)


class _Arranged:
    """The columns of ``cuts`` that have their ``ends`` before these panels, and what a ``page`` with them costs."""

    def __init__(self, cuts: Cuts, ends: tuple[int, ...], page: Page) -> None:
        self._cut = tuple(zip((0, *ends), ends, strict=False))
        self._passing = tuple(cuts.passing[end] for end in ends)
        columns = [cuts.column(start, end) for start, end in self._cut]
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

    def arrangement(self, insets: Sequence[Inset]) -> Arrangement:
        """The ``insets`` in these columns."""
        columns = tuple(tuple(insets[start:end]) for start, end in self._cut)
        return Arrangement(columns, self._widths, self._passing, self._tall, self._fits, self._excess)


def column_height(column: Sequence[Inset], width: float, sizes: Sizes) -> float:
    """The height of a ``column`` of panels that is ``width`` wide, in px."""
    return sum(sizes.height(inset, width) for inset in column) + SPACE * (len(column) - 1)
