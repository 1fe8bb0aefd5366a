"""Shapes turned by a quarter, for diagrams that flow to the right: what is upwards leads right, what is left is above.

Words are not turned. What has some is painted upright, at its place on the page (:meth:`Canvas.upright`).
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, assert_never

from archdraw.layout.canvas import Canvas, Layer, Place
from archdraw.scene import Circle, Element, Group, Line, Point, Polygon, Rect, Text, rounded


class Turned(Canvas):
    """A canvas that hands on to a ``page`` all that it is given, turned.

    A diagram's line that comes in at x = 0 and y = 0 begins at ``left`` and ``middle`` of the page.
    """

    def __init__(self, page: Canvas, left: float, middle: float) -> None:
        super().__init__(page.theme)
        self.accent, self.tint, self.opens, self.read = page.accent, page.tint, page.opens, page.read
        self._page, self._left, self._middle = page, left, middle
        self.places = _Places(page.places, left, middle)  # type: ignore[assignment]  # as a dictionary is used here

    def upright(self, place: Place) -> tuple[Canvas, Place]:
        """The page, and where ``place`` lies on it."""
        return self._page, _on_page(place, self._left, self._middle)

    def group(self, *said: str, **more: Any) -> AbstractContextManager[None]:
        """As of the page: what is in it is turned one by one."""
        return self._page.group(*said, **more)

    def section(self, *said: str, **more: Any) -> AbstractContextManager[None]:  # type: ignore[override]
        """As of the page."""
        return self._page.section(*said, **more)

    def is_crossed(self, place: Place) -> bool:
        """As of the page."""
        return self._page.is_crossed(self.upright(place)[1])

    def is_barred(self, place: Place) -> bool:
        """As of the page."""
        return self._page.is_barred(self.upright(place)[1])

    def uprights(self, y: float, left: float, right: float) -> list[float]:
        """Where lines of the diagram cross one at its ``y``."""
        at = self._left - y
        found = self._page.levels(at, self._middle + left, self._middle + right)
        return [level - self._middle for level in found]

    def _add(self, element: Element, layer: Layer) -> None:
        self._page.add(self._turned(element), layer)

    def _turned(self, element: Element) -> Element:
        def across(point: Point) -> Point:
            return rounded(self._left - point[1]), rounded(self._middle + point[0])

        match element:
            case Rect(x=x, y=y, width=width, height=height):
                left, top = across((x, y + height))
                return replace(element, x=left, y=top, width=height, height=width)
            case Circle(x=x, y=y):
                left, top = across((x, y))
                return replace(element, x=left, y=top)
            case Line(points=points) | Polygon(points=points):
                return replace(element, points=tuple(map(across, points)))
            case Text() | Group():
                raise TypeError("words are painted upright")
            case _:
                assert_never(element)


def _on_page(place: Place, left: float, middle: float) -> Place:
    return Place(left - place.bottom, middle + place.left, left - place.top, middle + place.right)


class _Places(MutableMapping[str, Place]):
    """The places that a page keeps, as a diagram sees them."""

    def __init__(self, places: dict[str, Place], left: float, middle: float) -> None:
        self._places, self._left, self._middle = places, left, middle

    def __getitem__(self, path: str) -> Place:
        place, left, middle = self._places[path], self._left, self._middle
        return Place(place.top - middle, left - place.right, place.bottom - middle, left - place.left)

    def __setitem__(self, path: str, place: Place) -> None:
        self._places[path] = _on_page(place, self._left, self._middle)

    def __delitem__(self, path: str) -> None:
        del self._places[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
