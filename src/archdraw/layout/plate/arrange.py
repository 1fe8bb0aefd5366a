"""Which inset stands in which column: every assignment is measured, the one with the least emptiness wins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from archdraw.layout.plate import letters, panels
from archdraw.picture import Inset

SECOND_WIDTH = 400.0
SPACE = 24.0
SECOND_COLUMN_COST = 240.0
"""A wider page is smaller on every screen: a second column must save this much height."""
OMISSION_COST = 110.0
OPENED_COST = 420.0
"""What it costs to leave out a panel that opens a box: more than a figure beside the model."""
DETOUR_COST = 260.0
"""Of a line that passes above or below the whole first column."""
EXCESS_COST, IMPOSSIBLE_COST = 3.0, 500.0
"""Of each px beyond the height that is good, and of each beyond the one that is allowed."""
UNDER_COST = 100.0
"""Of a part opened under its owner: its line runs around the owner's figure."""
MOST_CHOICES = 2**14
"""So many assignments of insets to columns are measured one by one."""
PASSAGE_COST = (0.0, 20.0, 110.0, 1000.0)
"""Of so many lines through one space: two are room for two, three are not."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Insets in columns, top to bottom, with the width of each column and the height that all share."""

    columns: tuple[tuple[Inset, ...], ...]
    widths: tuple[float, ...]
    height: float


def arrange(insets: tuple[Inset, ...], model_height: float, limits: Limits) -> Arrangement:
    """The arrangement of ``insets`` beside a model column of ``model_height`` that leaves the least space unused.

    A height beyond ``limits`` is taken only where nothing else is possible.
    """
    # Keyed by identity: to hash a whole inset takes longer than to add its height up.
    needed = {id(inset): panels.widest(inset) for inset in insets}
    heights: dict[tuple[int, float], float] = {}

    def height(inset: Inset, width: float) -> float:
        key = (id(inset), width)
        if key not in heights:
            heights[key] = panels.measure(inset, width).height
        return heights[key]

    best: tuple[float, Arrangement] | None = None
    for columns in _candidates(insets):
        widths = tuple(
            max(least, panels.WIDE if wide > least else least, wide)
            for least, wide in zip(
                (panels.WIDE, SECOND_WIDTH),
                (max(needed[id(inset)] for inset in column) for column in columns),
                strict=False,
            )
        )
        tall = [
            sum(height(inset, width) for inset in column) + SPACE * (len(column) - 1)
            for column, width in zip(columns, widths, strict=True)
        ]
        target = max([model_height, *tall])
        unused = (target - model_height) * 1.2 + sum(target - each for each in tall)
        cost = unused + SECOND_COLUMN_COST * (len(columns) - 1)
        cost += sum(OPENED_COST if inset.source else OMISSION_COST for inset in _missing(insets, columns))
        cost += EXCESS_COST * max(0.0, target - limits.tallest(widths))
        if limits.strict or limits.is_wide(widths):
            cost += IMPOSSIBLE_COST * max(0.0, target - limits.last(widths))
        cost += DETOUR_COST * _detours(columns) + sum(PASSAGE_COST[min(number, 3)] for number in _passing(columns))
        cost += UNDER_COST * sum(1 for inset in columns[0] if inset.beside) if columns else 0
        if best is None or cost < best[0] - 0.5:
            best = (cost, Arrangement(columns, widths, target))
    return best[1] if best else Arrangement((), (), model_height)


def _candidates(insets: tuple[Inset, ...]) -> Iterator[tuple[tuple[Inset, ...], ...]]:
    """Assignments to no, one or two columns in which every line has a way.

    0: left out (optional panels only), 1: first column, 2: second. The order is kept in each column, panels that open
    nothing come last.
    """
    ordered = [inset for inset in insets if not _loose(inset)] + [inset for inset in insets if _loose(inset)]
    for choice in _choices([inset.optional for inset in ordered]):
        first = tuple(inset for column, inset in zip(choice, ordered, strict=True) if column == 1)
        second = tuple(inset for column, inset in zip(choice, ordered, strict=True) if column == 2)
        if first and _led(first, second):
            yield (first, second) if second else (first,)
        elif not first and not second:
            yield ()


def _choices(optional: list[bool]) -> Iterator[tuple[int, ...]]:
    """For each inset its column, 0 where it is left out: all that there are as long as these can be counted.

    Each inset more doubles their number. Of many, those in which the last insets, or every second one of these, are in
    the second column: their lines pass the first column below it, or one in each space.
    """
    if math.prod(3 if one else 2 for one in optional) <= MOST_CHOICES:
        yield from product(*((1, 2, 0) if one else (1, 2) for one in optional))
        return
    for left_out in sorted({False, any(optional)}):
        for first in range(len(optional) + 1):
            for step in (1, 2):
                second = range(first, len(optional), step)
                yield tuple(
                    0 if one and left_out else 2 if number in second else 1 for number, one in enumerate(optional)
                )


def _missing(insets: tuple[Inset, ...], columns: tuple[tuple[Inset, ...], ...]) -> list[Inset]:
    """The insets that stand in none of ``columns``."""
    kept = {id(inset) for column in columns for inset in column}
    return [inset for inset in insets if id(inset) not in kept]


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


def _led(first: tuple[Inset, ...], second: tuple[Inset, ...]) -> bool:
    """Whether each inset that opens a part of another stands right of that one, or right under it."""
    for column in (first, second):
        for index, inset in enumerate(column):
            if not inset.beside:
                continue
            owner = _owner(inset, (*first, *second))
            if column is second and owner in first:
                # Only the first part of a column can stand level with its owner's figure.
                if index and not all(other.beside for other in column[:index]):
                    return False
                continue
            if index == 0 or column[index - 1] is not owner:
                return False
    return True


def _owner(inset: Inset, all_insets: tuple[Inset, ...]) -> Inset | None:
    owners = [other for other in all_insets if other.source and inset.beside.startswith(other.source + "/")]
    return max(owners, key=lambda other: len(other.source), default=None)
