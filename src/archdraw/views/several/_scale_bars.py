"""The sizes of models as bars: what a line measures, the order, and the words around them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from archdraw.layout.charts.bars import Bar, Bars, Part
from archdraw.views.several._scale_points import ACTIVE_RULE, left_out, title
from archdraw.views.several._sizes import Scale, Sized, Sort
from archdraw.views.wording import parameters

PARTS = (
    Part("embedding and LM head", "embedding", hollow=True),
    Part("other active parameters", "attention"),
    Part("inactive", "expert_idle"),
)
MOST_LINES = 30
"""Of the longest bar."""
VISIBLE = 0.02
"""The part of a line that the shortest bar takes at least, if the longest one allows it."""


def picture(value: Scale, sort: Sort) -> Bars:
    """``value`` as bars in the order of ``sort``."""
    keys: dict[str, Callable[[Sized], Any]] = {
        "size": lambda model: (-model.total, model.name),
        "date": lambda model: (model.day or date.max, model.name),
        "name": lambda model: model.name.casefold(),
    }
    models = sorted(value.models, key=keys[sort])
    line = full_line([model.total for model in models])
    bars = tuple(
        Bar(
            model.slug,
            model.name,
            title(value, model),
            (parameters(model.total), parameters(model.active), parameters(model.embedding)),
            parts_of(model),
            _group(model, sort),
            model.link,
        )
        for model in models
    )
    number = f"{len(bars)} model{'s' if len(bars) != 1 else ''}"
    order = {"size": "largest first", "date": "oldest first", "name": "by name"}[sort]
    titles = "; ".join(title(value, model) for model in models)
    wrapped = any(model.total > line for model in models)
    scale = f"a full line is {_round(line)} parameters" + (", longer bars continue on the next line" * wrapped)
    sparse = any(model.active < model.total for model in models)
    return Bars(
        "Parameters to scale",
        (number, order, "all bars share one scale"),
        ("total", "active", "embedding"),
        PARTS,
        bars,
        line,
        scale,
        (
            "Counted from the specs",
            *([ACTIVE_RULE] if sparse else []),
            *left_out(value),
            "archdraw",
        ),
        f"{number}, {order}; {scale}. {titles}.",
    )


def parts_of(model: Sized) -> tuple[float, float, float]:
    """The embedding and output tables, what else is active, and what is not: together all parameters."""
    tables = min(model.embedding, model.total)
    inactive = min(model.total - tables, model.inactive)
    return tables, model.total - tables - inactive, inactive


def full_line(totals: list[int]) -> float:
    """The parameters of a full line: a round number at which the shortest bar is visible and the longest not too long.

    Where a line holds the longest bar and the shortest can be seen all the same, each bar has one line.
    """
    least = max(totals) / MOST_LINES
    wanted = min(float(max(totals)), max(least, min(totals) / VISIBLE))
    size = 10.0 ** (len(str(int(wanted))) - 1)
    return next(size * step for step in (1, 2, 5, 10) if size * step >= wanted)


def _round(value: float) -> str:
    text = parameters(round(value))
    digits, letter = text[:-1], text[-1]
    return f"{digits.rstrip('0').rstrip('.')}{letter}" if "." in digits else text


def _group(model: Sized, sort: Sort) -> str:
    if sort == "date":
        return str(model.day.year) if model.day else "no release date"
    if sort == "name":
        return ""
    power = 10 ** (len(str(model.total)) - 1)
    return f"{_round(power)} to {_round(10 * power)}"
