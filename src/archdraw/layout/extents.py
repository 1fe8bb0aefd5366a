"""What shapes cover, and which of them reach into a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from archdraw.scene import Circle, Element, Group, Line, Rect, Text


class Extent(NamedTuple):
    """What a shape covers, and what it is."""

    left: float
    top: float
    right: float
    bottom: float
    kind: type[Rect | Circle | Text | Line]


Part = TypeVar("Part", bound=Element, contravariant=True)


class Extents(Generic[Part]):
    """What parts of ``elements`` cover, of which there may come more, as they are ``measured``."""

    def __init__(self, elements: Sequence[Part], measured: Callable[[Sequence[Part]], list[Extent]]) -> None:
        self._elements, self._measure = elements, measured
        # Each is measured once, for all places that are asked for.
        self._found: list[Extent] = []
        self._measured = 0

    def reaching(self, from_left: float, from_top: float, to_right: float, to_bottom: float) -> list[Extent]:
        """The extents that reach into a place with these edges."""
        if self._measured < len(self._elements):
            self._found += self._measure(self._elements[self._measured :])
            self._measured = len(self._elements)
        return [
            extent
            for extent in self._found
            if extent[0] < to_right and extent[2] > from_left and extent[1] < to_bottom and extent[3] > from_top
        ]


def legs(lines: Iterable[Line]) -> list[Extent]:
    """What the straight pieces of ``lines`` cover."""
    return [
        Extent(min(left, right), min(top, bottom), max(left, right), max(top, bottom), Line)
        for line in lines
        for (left, top), (right, bottom) in pairwise(line.points)
    ]


def extents(elements: Iterable[Element]) -> list[Extent]:
    """What the rectangles, discs and words among ``elements`` cover."""
    found: list[Extent] = []
    for shape in elements:
        match shape:
            case Group(children=children):
                found += extents(children)
            case Circle(x=x, y=y, radius=radius):
                found.append(Extent(x - radius, y - radius, x + radius, y + radius, Circle))
            case Rect(x=x, y=y, width=width, height=height):
                found.append(Extent(x, y, x + width, y + height, Rect))
            case Text(left=left, width=width):
                found.append(Extent(left, shape.top, left + width, shape.bottom, Text))
    return found
