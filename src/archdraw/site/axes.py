"""Axes of plots in pages: where values are, from 0 to 1, and which of them have a tick with words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, Literal, TypeAlias

from archdraw.glossary.numbers import data_size, parameters, tokens
from archdraw.records import record

Tick: TypeAlias = tuple[float, str]
Steps: TypeAlias = Literal["tens", "twos", "years"]
PAD = 0.3
"""Powers of two left free at both ends."""
MOST_TICKS = 9
YEAR = 2
"""A year is as wide as so many models and as those that it has."""


@record(eq=False)
class Axis:
    """What a fact is read by: its ``key`` in the facts of a model, how people read a value, and what has ticks."""

    key: str
    shown: Callable[[Any], str]
    steps: Steps = "tens"


def _number(value: int) -> str:
    return f"{value:,}"


AXES: dict[str, Axis] = {
    "date": Axis("released", str, "years"),
    "total": Axis("total_parameters", parameters),
    "active": Axis("active_parameters", parameters),
    "cache": Axis("kv_cache_bytes_per_token", data_size, "twos"),
    "context": Axis("context_length", lambda value: tokens(value) or _number(value), "twos"),
    "layers": Axis("layers", _number),
    "width": Axis("hidden_size", _number),
}
"""What one can choose for an axis, in the order of the page."""


@record(eq=False)
class Scale:
    """An axis that is made for some values: ``at`` is where each of them is, ``ticks`` are places with words."""

    at: Callable[[Any], float]
    ticks: tuple[Tick, ...]


def scale(axis: Axis, values: Sequence[Any]) -> Scale:
    """The scale of ``axis`` for ``values``: logarithmic, but for dates; without ticks where there are none."""
    if not values:
        return Scale(lambda _: 0.5, ())
    return _years(values) if axis.steps == "years" else _logarithmic(axis, values)


def _logarithmic(axis: Axis, values: Sequence[int]) -> Scale:
    low, high = math.log2(min(values)) - PAD, math.log2(max(values)) + PAD

    def at(value: int) -> float:
        return (math.log2(value) - low) / (high - low)

    ticks = next(found for found in _choices(axis.steps, low, high) if len(found) <= MOST_TICKS)
    return Scale(at, tuple((at(value), _round(axis.shown(value))) for value in ticks))


def _choices(steps: Steps, low: float, high: float) -> Iterator[list[int]]:
    """Values between two powers of two that could have ticks, the most first."""
    for every in range(1, 12):
        base, most = (2, 64) if steps == "twos" else (10, 20)
        powers = [base**power for power in range(0, most, every)]
        several = (1, 2, 5) if steps == "tens" and every == 1 else (1,)
        for leading in (several, (1,)):
            found = sorted(power * one for power in powers for one in leading)
            yield [value for value in found if low < math.log2(value) < high]


def _round(text: str) -> str:
    """``1.00B`` as ``1B``: a tick is exact."""
    number, unit = text.rstrip("KMBTiP "), text[len(text.rstrip("KMBTiP ")) :]
    return f"{number.rstrip('0').rstrip('.')}{unit}" if "." in number else text


def _years(values: Sequence[str]) -> Scale:
    found = Counter(int(value[:4]) for value in values)
    years = range(min(found), max(found) + 1)
    widths = [YEAR + found[year] for year in years]
    starts = dict(zip(years, [0, *accumulate(widths)], strict=False))
    whole = sum(widths)

    def at(value: str) -> float:
        year, share = int(value[:4]), _share(value)
        return (starts[year] + share * (YEAR + found[year])) / whole

    return Scale(at, tuple((starts[year] / whole, str(year)) for year in years))


def _share(value: str) -> float:
    """How much of its year was over on a day; in the middle of what is not said more exactly."""
    match value.split("-"):
        case [year, month, day]:
            return (date(int(year), int(month), int(day)) - date(int(year), 1, 1)).days / 366
        case [_, month]:
            return (int(month) - 0.5) / 12
    return 0.5
