"""Which inset stands in which column: of all assignments the one with the least emptiness.

They are not gone through one by one, of which there are up to three for each inset over the others: for each pair of
widths the columns are filled panel by panel (:mod:`archdraw.layout.plate.filling`), and the best of each is measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from archdraw.layout.plate import letters, panels
from archdraw.layout.plate.filling import DETOUR_COST, PASSAGE_COST, SPACE, UNDER_COST, Costs, Piece, filled
from archdraw.picture import Inset
from archdraw.records import record

SECOND_WIDTH = 400.0
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


def arrange(insets: tuple[Inset, ...], model_height: float, limits: Limits) -> Arrangement:
    """The arrangement of ``insets`` beside a model column of ``model_height`` that leaves the least space unused.

    The insets stand in the order of their letters, those that open nothing last. A height beyond ``limits`` is taken
    only where nothing else is possible.
    """
    ordered = [inset for inset in insets if not _loose(inset)] + [inset for inset in insets if _loose(inset)]
    measured = _Measured(ordered)

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


def _costs(widths: tuple[float, float], model_height: float, limits: Limits, limit: float) -> Costs:
    """What two columns of ``widths`` cost by their heights; only costs below ``limit`` matter."""
    one, both = (_Excess.of(widths[:used], model_height, limits) for used in (1, 2))

    def emptiness(first: float, second: float) -> float:
        target = max(model_height, first, second)
        if not first:
            return one(target) - SECOND_COLUMN_COST
        if not second:
            return one(target) + target - first
        return both(target) + 2 * target - first - second

    def least(tallest: float) -> float:
        target = max(model_height, tallest)
        return min(one(target) - (0.0 if tallest else SECOND_COLUMN_COST), both(target))

    return Costs(emptiness, least, limit)


@record
class _Excess:
    """What a page with some columns costs by its height: beside the model, beyond what is good and what is allowed."""

    model_height: float
    tallest: float
    last: float
    columns: float

    @classmethod
    def of(cls, widths: tuple[float, ...], model_height: float, limits: Limits) -> _Excess:
        """For columns of ``widths``."""
        last = limits.last(widths) if limits.strict or limits.is_wide(widths) else math.inf
        return cls(model_height, limits.tallest(widths), last, SECOND_COLUMN_COST * (len(widths) - 1))

    def __call__(self, target: float) -> float:
        cost = self.columns + (target - self.model_height) * 1.2
        if target > self.tallest:
            cost += EXCESS_COST * (target - self.tallest)
        return cost + (IMPOSSIBLE_COST * (target - self.last) if target > self.last else 0.0)


class _Measured:
    """The widths that insets need, and their heights at widths, each measured once."""

    def __init__(self, insets: Sequence[Inset]) -> None:
        self.insets = insets
        # Keyed by identity: to hash a whole inset takes longer than to add its height up.
        self._needed = {id(inset): panels.widest(inset) for inset in insets}
        self._heights: dict[tuple[int, float], float] = {}

    def height(self, inset: Inset, width: float) -> float:
        """The height of ``inset`` at ``width``, in px."""
        key = (id(inset), width)
        if key not in self._heights:
            self._heights[key] = panels.measure(inset, width).height
        return self._heights[key]

    def width(self, column: Sequence[Inset], least: float) -> float:
        """The width of a ``column`` that is at least ``least`` wide."""
        wide = max(self._needed[id(inset)] for inset in column)
        return least if wide <= least else max(panels.WIDE, wide)

    @property
    def widths(self) -> list[tuple[float, float]]:
        """The pairs of widths that two columns of the insets can have; narrow ones first."""
        firsts, seconds = (
            sorted({self.width([inset], least) for inset in self.insets}) for least in (panels.WIDE, SECOND_WIDTH)
        )
        return [(first, second) for first in firsts for second in seconds]

    def pieces(self, widths: tuple[float, float]) -> list[Piece]:
        """The insets as columns of ``widths`` see them."""
        return [
            Piece(
                heights=tuple(
                    self.height(inset, width) if self._needed[id(inset)] <= width else None for width in widths
                ),
                needs=tuple(
                    self.width([inset], least) >= width
                    for width, least in zip(widths, (panels.WIDE, SECOND_WIDTH), strict=True)
                ),
                lettered=bool(inset.letter),
                loose=_loose(inset),
                owner=_owner(inset, self.insets) if inset.beside else None,
                omission=_omission(inset) if inset.optional else None,
            )
            for inset in self.insets
        ]


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
    widths = tuple(
        measured.width(column, least) for column, least in zip(columns, (panels.WIDE, SECOND_WIDTH), strict=False)
    )
    tall = [
        sum(measured.height(inset, width) for inset in column) + SPACE * (len(column) - 1)
        for column, width in zip(columns, widths, strict=True)
    ]
    kept = {id(inset) for column in columns for inset in column}
    missing = tuple(inset for inset in insets if id(inset) not in kept)
    target = max([model_height, *tall])
    cost = sum(target - each for each in tall) + sum(map(_omission, missing))
    cost += _Excess.of(widths, model_height, limits)(target)
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
