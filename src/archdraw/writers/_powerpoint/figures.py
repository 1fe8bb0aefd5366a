"""Small parts of a figure, such as the cells of a grid: all of one colour are one shape, if nothing is between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archdraw.scene import Bounds, Circle, Line, Polygon, Rect, Text, extent
from archdraw.writers._powerpoint.outlines import Path, around
from archdraw.writers._powerpoint.place import Fitting
from archdraw.writers._powerpoint.words import Block

Part = Rect | Line | Polygon | Circle
Look = tuple[object, ...]


@dataclass
class Heap:
    """Parts that look alike, and the bounds of what was painted over them since the first."""

    look: Look
    parts: list[Part] = field(default_factory=list)
    above: list[Bounds] = field(default_factory=list)

    @property
    def bounds(self) -> Bounds:
        return around(map(extent, self.parts))

    def outline(self, fitting: Fitting) -> str:
        """The markup of all parts as one path."""
        path = Path(fitting, self.bounds)
        for part in self.parts:
            match part:
                case Rect():
                    path.rect(part)
                case Circle():
                    path.circle(part)
                case Line():
                    path.polyline(part.points, part.radius)
                case Polygon():
                    path.polyline(part.points, closed=True)
        return path.written(open_=isinstance(self.parts[0], Line))


def heaped(parts: Sequence[Part | Block]) -> list[Heap | Block]:
    """``parts`` in the order of painting, those together that look alike and have nothing between them."""
    found: list[Heap | Block] = []
    heaps: dict[Look, Heap] = {}
    for part in parts:
        place = part.bounds if isinstance(part, Block) else extent(part)
        look = None if isinstance(part, Block) else _look(part)
        heap = heaps.get(look) if look is not None else None
        if heap is not None and not any(_meet(place, other) for other in heap.above):
            heap.parts.append(part)  # type: ignore[arg-type]
        elif isinstance(part, Block):
            found.append(part)
        else:
            assert look is not None
            heap = heaps[look] = Heap(look, [part])
            found.append(heap)
        for other in heaps.values():
            if other is not heap:
                other.above.append(place)
    return found


def _look(part: Part) -> Look:
    match part:
        case Rect() | Circle():
            dash = part.dash if isinstance(part, Rect) else ()
            return "area", part.fill, part.stroke, part.stroke_width, dash
        case Line():
            return "line", part.stroke, part.stroke_width, part.dash
        case Polygon():
            return "area", part.fill, None, 0, ()


def _meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def is_part(element: object) -> bool:
    """Whether ``element`` is a part of a figure or words, and no object of the picture."""
    match element:
        case Rect(kind=kind):
            return kind in ("mark", "ground")
        case Circle(kind=kind):
            return kind == "mark"
        case Line(kind=kind):
            return kind == "rule"
        case _:
            return isinstance(element, Polygon | Text)
