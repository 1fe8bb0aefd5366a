"""The order of a stack told in a few words: repeats are found and written as factors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby


def runs(names: Sequence[str]) -> list[tuple[str, int]]:
    """Neighbours of one name counted together: ``[("local", 5), ("global", 1)]``."""
    return [(name, len(list(group))) for name, group in groupby(names)]


def periods(names: Sequence[str]) -> tuple[int, int, int]:
    """The stretch of ``names`` that a repeated unit tells best: its start, the unit's length, how often it comes.

    The unit with the most layers told wins; among equals the shorter one, then the earlier. ``(0, n, 1)`` where nothing
    repeats.
    """
    number = len(names)
    best = (0, 0, number, 1)
    for unit in range(2, number // 2 + 1):
        start = 0
        while start + 2 * unit <= number:
            times = 1
            while (
                start + (times + 1) * unit <= number
                and names[start + times * unit : start + (times + 1) * unit] == names[start : start + unit]
            ):
                times += 1
            told = times * unit
            # A unit of one name is a run and needs no brackets.
            if times > 1 and told > best[0] and len(set(names[start : start + unit])) > 1:
                best = (told, start, unit, times)
            start += 1
    return best[1], best[2], best[3]


def factored(names: Sequence[str]) -> str:
    """``(5 sliding + 1 global) × 10 + 2 sliding``: the order of ``names`` from the first layer on."""
    names = list(names)
    start, unit, times = periods(names)
    if times == 1:
        return " + ".join(f"{count} {name}" for name, count in runs(names))
    parts = []
    if start:
        parts.append(factored(names[:start]))
    inner = " + ".join(f"{count} {name}" for name, count in runs(names[start : start + unit]))
    parts.append(f"({inner}) × {times}")
    if start + unit * times < len(names):
        parts.append(factored(names[start + unit * times :]))
    return " + ".join(parts)


def cadence(places: Sequence[int], number: int) -> int | None:
    """The period ``n`` where ``places`` of ``number`` are every n-th one (n-1, 2n-1, ...), else None."""
    if not places:
        return None
    step = places[0] + 1
    expected = list(range(step - 1, number, step))
    return step if step > 1 and list(places) == expected else None
