"""Repeats in a row of items: the one search that stacks, captions, orders of letters and imported specs are made with.

What a repeat is worth is the number of items that need not be written out: all rounds of its unit but the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.records import record


@record
class Repeated:
    """``times`` rounds of a unit of ``unit`` items, from the item ``start`` on."""

    start: int
    unit: int
    times: int

    @property
    def stop(self) -> int:
        """The first item behind the last round."""
        return self.start + self.unit * self.times

    @property
    def saved(self) -> int:
        """How many items need not be written out."""
        return self.unit * (self.times - 1)


def times_at(row: Sequence[Any], start: int, unit: int) -> int:
    """How often in a row the ``unit`` items at ``start`` come; 1 where they do not repeat."""
    first, times = row[start : start + unit], 1
    while row[start + times * unit : start + (times + 1) * unit] == first:
        times += 1
    return times


def period(row: Sequence[Any]) -> int:
    """The length of the shortest unit whose rounds, the last one cut off or not, are the whole ``row``; 0 if empty."""
    for unit in range(1, len(row)):
        # The first item of the second round says in most cases that there is none, without a copy of the row.
        if row[unit] == row[0] and row[unit:] == row[: len(row) - unit]:
            return unit
    return len(row)


def best_repeat(row: Sequence[Any], *, longest: int | None = None, varied: bool = False) -> Repeated | None:
    """The repeat in ``row`` that saves most, among equals that of the shorter unit, then the earlier; None for none.

    ``longest`` bounds the length of a unit, so that the search stays linear in the length of the row. ``varied``: only
    units of several different items count.
    """
    best: Repeated | None = None
    number, most = len(row), 0
    for unit in range(1, min(number // 2, longest or number) + 1):
        if most >= number - unit:
            break  # no longer unit saves more
        start, equal = 0, 0
        for place in range(unit, number + 1):
            if place < number and row[place] == row[place - unit]:
                equal += 1
                continue
            saved = equal - equal % unit
            if saved > most and not (varied and len(set(row[start : start + unit])) == 1):
                best, most = Repeated(start, unit, equal // unit + 1), saved
            start, equal = place - unit + 1, 0
    return best
