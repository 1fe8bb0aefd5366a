"""An axis of dates: linear where there is room for it, else with a scale of its own for each year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from archdraw.records import record

ROOMY = 24.0
"""Px of a month from which on one scale serves all years."""
WIDEST = 150.0
"""Px of a month at most: an axis of few months goes on after the last day."""
NARROWEST = 28.0
"""Px of a year at least: the number of every second one stands above it."""
QUARTER = 44.0
"""Px of a quarter that is marked."""
MONTH = 30.437
"""Days of a month, on average."""


@record
class Year:
    """One year from ``left`` to ``right`` px, of which the days from ``first`` to ``end`` (not included) are shown."""

    number: int
    left: float
    right: float
    first: date
    end: date

    def place(self, day: date) -> float:
        share = (day - self.first).days / max(1, (self.end - self.first).days)
        return self.left + share * (self.right - self.left)


@record
class Tick:
    """A mark at ``x``, with words for it; a ``strong`` one begins a year, or the axis."""

    x: float
    label: str
    strong: bool


@record
class Calendar:
    """The years of an axis; ``linear`` if they have one scale; one that ``goes_on`` is longer than its days need."""

    years: tuple[Year, ...]
    linear: bool
    goes_on: bool = False

    def place(self, day: date) -> float:
        """Where ``day`` is, in px."""
        return next(year for year in self.years if year.number == day.year).place(day)

    def ticks(self) -> tuple[Tick, ...]:
        """Years, and quarters where there is room for their names."""
        found = []
        for year in self.years:
            per_day = (year.right - year.left) / max(1, (year.end - year.first).days)
            quarters = per_day * 91 >= QUARTER
            for month in (1, 4, 7, 10):
                day = date(year.number, month, 1)
                if not year.first <= day < year.end or (month > 1 and day != year.first and not quarters):
                    continue
                x = year.place(day)
                if day == year.first:
                    quarter = f" Q{month // 3 + 1}" if month > 1 else ""
                    found.append(Tick(x, f"{year.number}{quarter}", strong=True))
                elif year.right - x >= QUARTER * 0.75:
                    found.append(Tick(x, f"Q{month // 3 + 1}", strong=False))
        return tuple(found)


def calendar(days: Sequence[date], left: float, right: float, exponent: float = 0.7) -> Calendar:
    """The axis of ``days`` (one at least) from ``left`` to ``right`` px.

    Where one scale would make months too narrow, each year is as wide as the number of its days in ``days`` to the
    power of ``exponent`` asks for.
    """
    first, last = min(days), max(days)
    begin = date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
    end = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    needed = end
    end = max(end, begin + timedelta(days=int((right - left) / WIDEST * MONTH)))
    linear = (right - left) * MONTH >= ROOMY * (end - begin).days
    if not linear:
        begin = date(first.year, 1, 1)
    numbers = range(begin.year, (end - timedelta(days=1)).year + 1)
    spans = [(max(begin, date(number, 1, 1)), min(end, date(number + 1, 1, 1))) for number in numbers]
    if linear:
        shares = [float((after - before).days) for before, after in spans]
        least = 0.0
    else:
        counts = Counter(day.year for day in days)
        shares = [counts[number] ** exponent for number in numbers]
        least = min(NARROWEST, (right - left) / (1.5 * len(shares)))
    widths = _at_least(shares, right - left, least)
    years, x = [], left
    for number, (before, after), width in zip(numbers, spans, widths, strict=True):
        years.append(Year(number, x, x + width, before, after))
        x += width
    return Calendar(tuple(years), linear, end > needed)


def _at_least(shares: Sequence[float], whole: float, least: float) -> list[float]:
    """``whole`` divided by ``shares``, where none gets less than ``least``."""
    fixed = {index for index, share in enumerate(shares) if share == 0}
    while True:
        rest = whole - least * len(fixed)
        total = sum(share for index, share in enumerate(shares) if index not in fixed) or 1.0
        small = {
            index for index, share in enumerate(shares) if index not in fixed and share / total * rest < least - 1e-9
        }
        if not small:
            return [least if index in fixed else share / total * rest for index, share in enumerate(shares)]
        fixed |= small
