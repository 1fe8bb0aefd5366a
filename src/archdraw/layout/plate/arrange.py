"""Which inset stands in which column: of all assignments the one with the least emptiness.

They are not gone through one by one, of which there are up to three for each inset over the others: for each pair of
widths the columns are filled panel by panel (:mod:`archdraw.layout.plate.filling`), and the best of each is measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from archdraw.layout.plate import letters, panels
from archdraw.layout.plate.filling import DETOUR_COST, PASSAGE_COST, SPACE, UNDER_COST, Costs, Piece, filled
from archdraw.layout.plate.sizes import Sizes
from archdraw.picture import Inset
from archdraw.records import record

SECOND_WIDTH = 400.0
LEAST_WIDTHS = (panels.WIDE, SECOND_WIDTH)
"""The least widths of the first and the second column."""
SECOND_COLUMN_COST = 240.0
"""A wider page is smaller on every screen: a second column must save this much height."""
OMISSION_COST = 110.0
OPENED_COST = 420.0
"""What it costs to leave out a panel that opens a box: more than a figure beside the model."""
EXCESS_COST, IMPOSSIBLE_COST = 3.0, 500.0
"""Of each px beyond the height that is good, and of each beyond the one that is allowed."""


@record
class Limits:
    """How tall insets should be: ``narrow`` where all columns together are at most ``width`` wide, else ``wide``.

    Wide ones must not be taller than ``hard``; where ``strict``, narrow ones not than ``narrow``: what does not fit
    into one column then goes into two, before anything is left out.
    """

    width: float
    narrow: float
    wide: float
    hard: float
    strict: bool = False

    def last(self, widths: tuple[float, ...]) -> float:
        """The height beyond which insets in columns of ``widths`` cannot go."""
        if self.is_wide(widths):
            return self.hard
        # Two columns that are not wide may make the page a square: its shorter side is what text goes by.
        return max(self.narrow, self.hard) if self.strict and len(widths) > 1 else self.narrow

    def tallest(self, widths: tuple[float, ...]) -> float:
        """The height that insets in columns of ``widths`` may have."""
        return self.wide if self.is_wide(widths) else self.narrow

    def good(self, widths: tuple[float, ...]) -> float:
        """The height beyond which insets in columns of ``widths`` do not fit: the last that can be where ``strict``."""
        last = self.last(widths)
        return last if self.strict else min(self.tallest(widths), last)

    @property
    def most(self) -> float:
        """The height beyond which no insets are :meth:`good`, however wide their columns are."""
        return max(self.narrow, self.hard if self.strict else min(self.wide, self.hard))

    def is_wide(self, widths: tuple[float, ...]) -> bool:
        """Whether the height is the shorter side of the page, which the size of its text goes by."""
        return sum(widths) + SPACE * (len(widths) - 1) > self.width


@record
class Arrangement:
    """Insets in columns, top to bottom, with the width of each column and the height that all share.

    ``left_out`` are those that found no room, ``shortened`` those that stand without their side remarks, as they were.
    """

    columns: tuple[tuple[Inset, ...], ...]
    widths: tuple[float, ...]
    height: float
    left_out: tuple[Inset, ...] = ()
    shortened: tuple[Inset, ...] = ()


def arrange(insets: tuple[Inset, ...], model_height: float, limits: Limits, sizes: Sizes) -> Arrangement:
    """The arrangement of ``insets`` beside a model column of ``model_height`` that leaves the least space unused.

    The insets stand in the order of their letters, those that open nothing last. A height beyond ``limits`` is taken
    only where nothing else is possible. ``sizes`` are those of the insets, as far as they are measured.
    """
    ordered = [inset for inset in insets if not _loose(inset)] + [inset for inset in insets if _loose(inset)]
    measured = _Measured(ordered, sizes)

    best: tuple[float, Arrangement] | None = None
    for widths in measured.widths:
        costs = _costs(widths, model_height, limits, best[0] if best else math.inf)
        choice = filled(measured.pieces(widths), costs, (widths[0] > panels.WIDE, widths[1] > SECOND_WIDTH))
        if choice is None:
            continue
        both = [[inset for inset, column in zip(ordered, choice, strict=True) if column == number] for number in (1, 2)]
        columns = tuple(tuple(column) for column in both if column)
        cost, found = _measured_cost(insets, columns, measured, model_height, limits)
        if best is None or cost < best[0] - 0.5:
            best = (cost, found)
    return best[1] if best else Arrangement((), (), model_height, insets)


def least_height(insets: tuple[Inset, ...], sizes: Sizes) -> float:
    """A height below which no two columns hold those of ``insets`` that have to stand, whatever their widths."""
    measured = _Measured(insets, sizes)
    widths = sorted({width for pair in measured.widths for width in pair})
    standing = [inset for inset in insets if not inset.optional and not inset.beside]
    heights = [min(sizes.height(inset, width) for width in widths if width >= sizes.width(inset)) for inset in standing]
    return (sum(heights) + SPACE * (len(heights) - 2)) / 2


def _costs(widths: tuple[float, float], model_height: float, limits: Limits, limit: float) -> Costs:
    """What two columns of ``widths`` cost by their heights; only costs below ``limit`` matter."""
    # One that is wider for the sake of a panel does not stay empty.
    may_be_one = widths[1] <= SECOND_WIDTH
    one, both = (_excess(widths[:used], model_height, limits) for used in (1, 2))

    def emptiness(first: float, second: float) -> float:
        target = max(model_height, first, second)
        if not first:
            return one(target) - SECOND_COLUMN_COST
        if not second:
            return one(target) + target - first
        return both(target) + 2 * target - first - second

    def least(first: float, second: float, must: float, may: float) -> float:
        # Whatever is still added fills the columns by no more than may; what they lack of the height is empty.
        full = first + second + may
        target = max(model_height, first, second, (first + second + must) / 2)
        cost = both(target) + max(0.0, 2 * target - full)
        if not second and may_be_one:
            target = max(model_height, first + must)
            cost = min(cost, one(target) + max(0.0, target - full))
            if not first:
                cost = min(cost, one(model_height) - SECOND_COLUMN_COST)
        return cost

    return Costs(emptiness, least, limit)


def _excess(widths: tuple[float, ...], model_height: float, limits: Limits) -> Callable[[float], float]:
    """What a page with columns of ``widths`` costs by its height: beside the model, beyond what is good and allowed."""
    tallest = limits.tallest(widths)
    last = limits.last(widths) if limits.strict or limits.is_wide(widths) else math.inf
    columns = SECOND_COLUMN_COST * (len(widths) - 1)

    def cost(target: float) -> float:
        cost = columns + (target - model_height) * 1.2
        if target > tallest:
            cost += EXCESS_COST * (target - tallest)
        return cost + (IMPOSSIBLE_COST * (target - last) if target > last else 0.0)

    return cost


class _Measured:
    """The insets as columns see them: the widths that they need, and their heights at widths."""

    def __init__(self, insets: Sequence[Inset], sizes: Sizes) -> None:
        self.insets, self.sizes = insets, sizes
        self._needed = [sizes.width(inset) for inset in insets]
        # By column, how wide it is for the sake of each inset.
        self._own = [[_width(needed, least) for needed in self._needed] for least in LEAST_WIDTHS]
        self._owners = [_owner(inset, insets) if inset.beside else None for inset in insets]

    def width(self, column: Sequence[Inset], least: float) -> float:
        """The width of a ``column`` that is at least ``least`` wide."""
        return _width(max(map(self.sizes.width, column)), least)

    @property
    def widths(self) -> list[tuple[float, float]]:
        """The pairs of widths that two columns of the insets can have; narrow ones first."""
        firsts, seconds = (sorted(set(own)) for own in self._own)
        return [(first, second) for first in firsts for second in seconds]

    def pieces(self, widths: tuple[float, float]) -> list[Piece]:
        """The insets as columns of ``widths`` see them."""
        return [
            Piece(
                heights=tuple(self.sizes.height(inset, width) if needed <= width else None for width in widths),
                needs=tuple(own >= width for own, width in zip(both, widths, strict=True)),
                lettered=bool(inset.letter),
                loose=_loose(inset),
                owner=owner,
                omission=_omission(inset) if inset.optional else None,
            )
            for inset, needed, owner, *both in zip(self.insets, self._needed, self._owners, *self._own, strict=True)
        ]


def _width(needed: float, least: float) -> float:
    """The width of a column that is at least ``least`` wide, in which a panel has ``needed`` so much."""
    return least if needed <= least else max(panels.WIDE, needed)


def _omission(inset: Inset) -> float:
    return OPENED_COST if inset.source else OMISSION_COST


def _measured_cost(
    insets: tuple[Inset, ...],
    columns: tuple[tuple[Inset, ...], ...],
    measured: _Measured,
    model_height: float,
    limits: Limits,
) -> tuple[float, Arrangement]:
    """What ``columns`` cost in all, and the arrangement that they are."""
    widths = tuple(measured.width(column, least) for column, least in zip(columns, LEAST_WIDTHS, strict=False))
    tall = [
        sum(measured.sizes.height(inset, width) for inset in column) + SPACE * (len(column) - 1)
        for column, width in zip(columns, widths, strict=True)
    ]
    kept = {id(inset) for column in columns for inset in column}
    missing = tuple(inset for inset in insets if id(inset) not in kept)
    target = max([model_height, *tall])
    cost = sum(target - each for each in tall) + sum(map(_omission, missing))
    cost += _excess(widths, model_height, limits)(target)
    cost += DETOUR_COST * _detours(columns) + sum(PASSAGE_COST[min(number, 3)] for number in _passing(columns))
    cost += UNDER_COST * sum(1 for inset in columns[0] if inset.beside) if columns else 0
    return cost, Arrangement(columns, widths, target, missing)


def _passing(columns: tuple[tuple[Inset, ...], ...]) -> list[int]:
    """How many lines pass each space of the first column."""
    if len(columns) < 2:
        return []
    first, second = (_numbers(column) for column in columns)
    lines = [sum(1 for other in first if other < number) for number in second]
    return [lines.count(number) for number in sorted(set(lines))]


def _detours(columns: tuple[tuple[Inset, ...], ...]) -> int:
    """How many lines must go around the first column, having no space in it to pass."""
    if len(columns) < 2:
        return 0
    first, second = (_numbers(column) for column in columns)
    followed = not columns[0][-1].letter and not columns[0][-1].beside
    inside = [*first[1:], *([math.inf] if followed else [])]
    return sum(
        1
        for number in second
        if not (any(other < number for other in first) and any(number < other for other in inside))
    )


def _numbers(column: tuple[Inset, ...]) -> list[int]:
    """The numbers of the letters in ``column``, from the top down."""
    return [letters.number(inset.letter) for inset in column if inset.letter]


def _loose(inset: Inset) -> bool:
    return not inset.source and not inset.beside


def _owner(inset: Inset, all_insets: Sequence[Inset]) -> int:
    """The place in ``all_insets`` of the one that shows the part which ``inset`` opens; -1 where none does."""
    owners = [
        index for index, other in enumerate(all_insets) if other.source and inset.beside.startswith(f"{other.source}/")
    ]
    return max(owners, key=lambda index: len(all_insets[index].source), default=-1)
