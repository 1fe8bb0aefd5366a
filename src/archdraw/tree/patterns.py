"""The order of a stack in a few words: repeats are found and written as factors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from archdraw.records import record
from archdraw.tree.repeats import best_repeat, times_at

REPEAT = 1.5
"""What a repeat costs in addition to the letters of what is repeated."""
SHIFTED = 1.0
"""What it costs more where its unit begins with another letter than the whole order."""


def runs(names: Sequence[str]) -> list[tuple[str, int]]:
    """Neighbours of one name counted together: ``[("local", 5), ("global", 1)]``."""
    return [(name, len(list(group))) for name, group in groupby(names)]


def periods(names: Sequence[str]) -> tuple[int, int, int]:
    """The stretch of ``names`` that a repeated unit describes best: its start, the unit's length, how often it comes.

    A unit of one name is a run and no unit. ``(0, n, 1)`` where nothing repeats.
    """
    best = best_repeat(names, varied=True)
    return (0, len(names), 1) if best is None else (best.start, best.unit, best.times)


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
    """The period ``n`` where ``places`` of ``number`` are every n-th from the beginning to the end, else None.

    The first of them may be any of the first ``n``: layers before may be counted apart. One place is no rule, and of
    two kinds that take turns it is the second that is every 2nd.
    """
    if len(places) < 2:
        return None
    first, step = places[0], places[1] - places[0]
    is_rule = step > 1 and first < step and list(places) == list(range(first, number, step))
    return step if is_rule and (first, step) != (0, 2) else None


def nested(letters: str, depth: int = 2) -> str:
    """``3 × [3 × (me) mae] 4 × (me)``: the order of ``letters`` as :func:`covered` finds it, in one line of text."""
    return _written(covered(letters, depth))


def _written(items: tuple[str | Times, ...]) -> str:
    words = []
    for item in items:
        if isinstance(item, Times):
            inner = _written(item.items)
            opening, closing = "()" if inner.isalpha() else "[]"
            words.append(f" {item.times} × {opening}{inner}{closing} ")
        else:
            words.append(item)
    return "".join(words).strip().replace("  ", " ")


@record
class Times:
    """``items``, ``times`` in a row."""

    times: int
    items: tuple[str | Times, ...]


def covered(letters: str, depth: int = 2) -> tuple[str | Times, ...]:
    """The order of ``letters``, each of which is one layer, in as few letters and repeats as can be.

    Repeats of several letters are nested at most ``depth`` deep; a run of one letter may stand anywhere. A repeat
    counts as much as one letter and a half, and a letter more where its unit does not begin as the whole does: units
    that begin alike are compared at a glance.
    """
    return _cover(letters, depth, letters[:1])[1]


@lru_cache(maxsize=8192)
def _cover(letters: str, depth: int, first: str) -> tuple[float, tuple[str | Times, ...]]:
    """The cost of the shortest cover of ``letters``, and the cover. ``first``: how the whole order begins."""
    # From the end to the start: what is cheapest from each place on.
    best: list[tuple[float, tuple[str | Times, ...]]] = [(0.0, ())]
    for start in range(len(letters) - 1, -1, -1):
        rest = best[len(letters) - start - 1]
        found, is_letter = (rest[0] + 1, (letters[start], *rest[1])), True
        for unit in range(1, (len(letters) - start) // 2 + 1 if depth else 2):
            if letters[start] != letters[start + unit : start + unit + 1]:
                continue
            part, times = letters[start : start + unit], times_at(letters, start, unit)
            if times == 1:
                continue
            inner_cost, inner = _cover(part, depth - 1, first) if unit > 1 else (1.0, (part,))
            after = best[len(letters) - start - times * unit]
            cost = inner_cost + REPEAT + (SHIFTED if unit > 1 and part[0] != first else 0) + after[0]
            # Where it is as short, a repeat from here on is better than one that begins after a letter.
            if cost < found[0] or (is_letter and cost == found[0]):
                is_letter = False
                found = (cost, (Times(times, inner), *after[1]))
        best.append(found)
    return best[-1]
