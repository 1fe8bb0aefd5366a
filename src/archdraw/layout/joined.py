"""Lines that go on where another ends, as one."""

from __future__ import annotations

from collections.abc import Iterator

from archdraw.records import replaced
from archdraw.scene import Element, Line, OpenEnds, Point


def joined(elements: list[Element]) -> Iterator[Element]:
    """Lines that go on where another ends become one, so that an edge through several items is one path."""
    waiting: dict[Point, Line] = {}
    result: list[Element | None] = []
    index: dict[int, int] = {}
    for element in elements:
        if isinstance(element, Line) and element.kind == "edge":
            before = waiting.pop(element.points[0], None)
            if before is not None and _same_pen(before, element) and _straight_on(before, element):
                result[index.pop(id(before))] = None
                element = replaced(
                    element, points=(*before.points[:-1], *element.points[1:]), open_ends=_open_ends(before, element)
                )
            if not element.head:
                waiting[element.points[-1]] = element
                index[id(element)] = len(result)
        result.append(element)
    return (element for element in result if element is not None)


def _same_pen(one: Line, other: Line) -> bool:
    return (one.stroke, one.stroke_width, one.dash) == (other.stroke, other.stroke_width, other.dash)


def _open_ends(first: Line, last: Line) -> OpenEnds:
    """The open ends of both as one: the start of the ``first``, the end of the ``last``."""
    if first.open_ends in ("start", "both"):
        return "both" if last.open_ends in ("end", "both") else "start"
    return "end" if last.open_ends in ("end", "both") else ""


def _straight_on(one: Line, other: Line) -> bool:
    return direction(one.points[-2], one.points[-1]) == direction(other.points[0], other.points[1])


def direction(start: Point, end: Point) -> tuple[float, float]:
    """Which way a level or upright line from ``start`` leads, as a step of 1."""
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1])) or 1.0
    return ((end[0] - start[0]) / length, (end[1] - start[1]) / length)


def straightened(points: list[Point]) -> list[Point]:
    """``points`` without those that stand on a straight piece."""
    result: list[Point] = []
    for point in points:
        if result and abs(point[0] - result[-1][0]) < 0.01 and abs(point[1] - result[-1][1]) < 0.01:
            continue
        if len(result) > 1 and (
            (abs(result[-2][0] - result[-1][0]) < 0.01 and abs(result[-1][0] - point[0]) < 0.01)
            or (abs(result[-2][1] - result[-1][1]) < 0.01 and abs(result[-1][1] - point[1]) < 0.01)
        ):
            result[-1] = point
        else:
            result.append(point)
    return result
