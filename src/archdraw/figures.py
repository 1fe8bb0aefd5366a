"""Figures that stand in boxes, before anything has a place."""

from __future__ import annotations

from typing import TypeAlias

from archdraw.records import record


@record
class HeadGroups:
    """Figure: ``query`` heads in ``key_value`` groups, each group with one key and one value head.

    Keys and values have the color of what is cached where they are ``kept``.
    """

    query: int
    key_value: int
    kept: bool = True


@record
class ExpertGrid:
    """Figure: ``total`` cells of which ``active`` are filled."""

    total: int
    active: int


Figure: TypeAlias = HeadGroups | ExpertGrid
