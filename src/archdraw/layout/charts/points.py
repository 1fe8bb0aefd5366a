"""Points on two axes as a value: what :mod:`archdraw.layout.charts.scatter` draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from archdraw.records import record, replaced

Form: TypeAlias = Literal["disc", "square"]


@record
class Tick:
    """A place on an axis with its words (empty: a mark alone); ``strong`` ones begin something."""

    at: float
    label: str
    strong: bool = False


@record
class Stretch:
    """A part of an axis with one scale, from ``low`` to ``high``; ``share`` is its part of the axis' length.

    ``note`` says in words that its scale is another.
    """

    low: float
    high: float
    share: float = 1.0
    note: str = ""


@record
class Axis:
    """``stretches`` follow each other without a gap in what they measure, and are drawn with one between them."""

    ticks: tuple[Tick, ...]
    stretches: tuple[Stretch, ...]


@record
class Mark:
    """One thing: where it is on the axes, its name, and the ``share`` (0 to 1) of its area that is filled.

    A mark whose ``label`` is empty has no name in the picture.
    """

    path: str
    label: str
    title: str
    x: float
    y: float
    share: float
    form: Form
    role: str
    href: str = ""


@record
class Key:
    """A mark of the legend with its words, in no colour where it has no role; a ``gap`` before the first of a sort."""

    label: str
    share: float
    form: Form
    role: str
    gap: bool = False


@record
class Scatter:
    """A whole picture; ``{moved}`` in the footer is replaced by how far marks are shifted at most, in words.

    Marks that would meet are moved ``sideways``, or in any direction.
    """

    name: str
    subtitle: tuple[str, ...]
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    legend: tuple[Key, ...]
    footer: tuple[str, ...]
    description: str
    sideways: bool = True


def named_at_rim(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """``marks`` without the names of those that others surround: only their convex hull is named."""
    places = sorted({(mark.x, mark.y) for mark in marks})
    rim: set[tuple[float, float]] = set()
    for order in (places, places[::-1]):
        half: list[tuple[float, float]] = []
        for place in order:
            while len(half) > 1 and not _turns_left(half[-2], half[-1], place):
                half.pop()
            half.append(place)
        rim.update(half)
    return tuple(mark if (mark.x, mark.y) in rim else replaced(mark, label="") for mark in marks)


def _turns_left(first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]) -> bool:
    """Whether the way from the first over the second to the third place bends to the left."""
    (x, y), (a, b), (c, d) = first, second, third
    return (a - x) * (d - y) - (b - y) * (c - x) > 0
