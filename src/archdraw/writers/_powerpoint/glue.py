"""Which shapes the lines of a picture are joined to, so that they follow when one is moved.

A line is joined to a place of a shape's outline, by its number. A rectangle has four of them and may be given more,
which PowerPoint finds and LibreOffice does not; nodes are given the same four.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archdraw.records import record
from archdraw.scene import Circle, Element, Group, Line, Point, Rect, extent
from archdraw.writers._powerpoint.elbows import is_elbow

NEAR = 0.6
"""Px from a side at which a line still ends on it: coordinates are rounded."""


@record
class Joint:
    """The end of a line: the shape that it is joined to, and the number of the place there."""

    shape: int
    site: int


@dataclass
class Anchor:
    """A shape that lines end at, with the places beyond the usual ones where they do."""

    shape: int
    element: Rect | Circle
    more: list[Point] = field(default_factory=list)

    def site(self, point: Point) -> int | None:
        """The number of the place at ``point``, which is made where a side can have one; None where it is elsewhere."""
        left, top, right, bottom = extent(self.element)
        x, y = point
        middle, level = (left + right) / 2, (top + bottom) / 2
        sides = ((middle, top), (left, level), (middle, bottom), (right, level))
        for number, (across, down) in enumerate(sides):
            if abs(x - across) < NEAR and abs(y - down) < NEAR:
                return number
        if isinstance(self.element, Circle) or not self._is_on_a_side(point):
            return None
        if point not in self.more:
            self.more.append(point)
        return len(sides) + self.more.index(point)

    def _is_on_a_side(self, point: Point) -> bool:
        left, top, right, bottom = extent(self.element)
        x, y = point
        across, down = left - NEAR < x < right + NEAR, top - NEAR < y < bottom + NEAR
        upright = min(abs(x - left), abs(x - right)) < NEAR and down
        level = min(abs(y - top), abs(y - bottom)) < NEAR and across
        return upright or level

    @property
    def size(self) -> float:
        left, top, right, bottom = extent(self.element)
        return (right - left) * (bottom - top)


class Glue:
    """The shapes of a picture that lines may end at, by the objects of its scene, and the ends of its lines."""

    def __init__(self, elements: Iterable[Element], first: int) -> None:
        """The shapes have the numbers from ``first`` on."""
        self.anchors: dict[int, Anchor] = {}
        lines: list[Line] = []
        for element in _every(elements):
            if isinstance(element, Rect | Circle) and element.kind in ("box", "container", "node"):
                self.anchors[id(element)] = Anchor(first + len(self.anchors), element)
            elif isinstance(element, Line):
                lines.append(element)
        # The smallest is what a line means: a box, and not the frame whose border it stands on.
        self._by_size = sorted(self.anchors.values(), key=lambda anchor: anchor.size)
        self.ends: dict[int, tuple[Joint | None, Joint | None]] = {}
        """Those of straight lines, and of elbows that end at a shape: others keep their round corner."""
        for line in lines:
            if line.kind != "rule" and (is_straight(line) or is_elbow(line)):
                joints = self._joint(line.points[0]), self._joint(line.points[-1])
                if is_straight(line) or any(joints):
                    self.ends[id(line)] = joints

    def _joint(self, point: Point) -> Joint | None:
        for anchor in self._by_size:
            if (site := anchor.site(point)) is not None:
                return Joint(anchor.shape, site)
        return None


def is_straight(line: Line) -> bool:
    """Whether ``line`` is one piece."""
    return len(line.points) == 2


def _every(elements: Iterable[Element]) -> Iterable[Element]:
    for element in elements:
        if isinstance(element, Group):
            yield from _every(element.children)
        else:
            yield element
