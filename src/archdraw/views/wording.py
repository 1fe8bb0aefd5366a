"""How the views write numbers and names: one place, so that equal things look equal in every picture."""

from __future__ import annotations

from archdraw.kinds.wording import data_size as data
from archdraw.kinds.wording import parameters, within
from archdraw.tree.facts import Facts

__all__ = ["data", "headline", "ordinal", "parameters", "share", "within"]

MOSTLY_TABLES = 0.6
"""Where less of the active parameters is multiplied, the rest being tables to look up, that part is told."""


def share(part: float, whole: float) -> str:
    """``part`` of ``whole`` in per cent, with one digit below ten: ``4.9 %``, ``37 %``."""
    value = 100 * part / whole
    return f"{value:.1f} %" if value < 9.95 else f"{value:.0f} %"


def ordinal(number: int) -> str:
    """``2nd``, ``3rd``, ``4th``, ``11th``."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def headline(counted: Facts) -> tuple[int, str]:
    """The active parameters that are worth telling first, and what they are.

    Where tables that are only looked up make up most of the active parameters, those that a token is multiplied with.
    """
    multiplied = counted.active_parameters_without_input_embedding
    if multiplied < MOSTLY_TABLES * counted.active_parameters:
        return multiplied, "active beside input tables"
    return counted.active_parameters, "active"
