"""Shapes mirrored about a vertical axis, for a column whose residual lines run at its right."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Literal, assert_never

from archdraw.layout.canvas import Canvas, Layer, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.records import replaced
from archdraw.scene import Circle, Element, Group, Line, Point, Polygon, Rect, Text, rounded


def mirrored(cell: Cell) -> Cell:
    """``cell`` with left and right changed about its x = 0; words stay readable."""

    def paint(canvas: Canvas, x: float, y: float) -> None:
        cell.paint(_Mirrored(canvas, x), x, y)

    return Cell(
        -cell.right,
        -cell.left,
        cell.length,
        tuple(-x for x in reversed(cell.inputs)),
        tuple(-x for x in reversed(cell.outputs)),
        tuple(reversed(cell.arrows)),
        paint,
        cell.source,
    )


class _Mirrored(Canvas):
    """A canvas that hands on to another one all that it is given, mirrored about x = ``axis``."""

    def __init__(self, canvas: Canvas, axis: float) -> None:
        super().__init__(canvas.theme)
        self.mirrors = True
        self.accent, self.tint, self.opens, self.read = canvas.accent, canvas.tint, canvas.opens, canvas.read
        self._canvas, self._axis = canvas, axis
        self.places: _Places = _Places(canvas.places, axis)  # type: ignore[assignment]  # as a dictionary is used here

    def upright(self, place: Place) -> tuple[Canvas, Place]:
        """As of the other canvas, unless that is the page: on a page words are mirrored with what is around them."""
        canvas, found = self._canvas.upright(self.places.mirrored(place))
        return (self, place) if canvas is self._canvas else (canvas, found)

    def group(self, *said: str, **more: Any) -> AbstractContextManager[None]:
        """As of the other canvas: what is in it is mirrored one by one."""
        return self._canvas.group(*said, **more)

    def _add(self, element: Element, layer: Layer) -> None:
        self._canvas.add(_flipped(element, self._axis), layer)


class _Places(MutableMapping[str, Place]):
    """The places that a canvas keeps, as they are seen in the mirror."""

    def __init__(self, places: dict[str, Place], axis: float) -> None:
        self._places, self._axis = places, axis

    def mirrored(self, place: Place) -> Place:
        return replaced(place, left=2 * self._axis - place.right, right=2 * self._axis - place.left)

    def __getitem__(self, path: str) -> Place:
        return self.mirrored(self._places[path])

    def __setitem__(self, path: str, place: Place) -> None:
        self._places[path] = self.mirrored(place)

    def __delitem__(self, path: str) -> None:
        del self._places[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_ANCHORS: dict[str, Literal["start", "middle", "end"]] = {"start": "end", "middle": "middle", "end": "start"}


def _flipped(element: Element, axis: float) -> Element:
    def across(point: Point) -> Point:
        return (rounded(2 * axis - point[0]), point[1])

    match element:
        case Rect(x=x, width=width):
            return replaced(element, x=rounded(2 * axis - x - width))
        case Circle(x=x):
            return replaced(element, x=rounded(2 * axis - x))
        case Text(x=x, anchor=anchor):
            return replaced(element, x=rounded(2 * axis - x), anchor=_ANCHORS[anchor])
        case Line(points=points) | Polygon(points=points):
            return replaced(element, points=tuple(map(across, points)))
        case Group(children=children):
            return replaced(element, children=tuple(_flipped(child, axis) for child in children))
        case _:
            assert_never(element)
