"""How near marks, labels and leaders are to each other, in px."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

from archdraw.records import record

Point: TypeAlias = tuple[float, float]


class Bounds(NamedTuple):
    """An upright rectangle by its sides."""

    left: float
    top: float
    right: float
    bottom: float


@record
class Anchor:
    """A mark that wants a label: its middle, its ``radius``, and how wide the label is."""

    x: float
    y: float
    radius: float
    width: float


CLEAR = 4.0
"""Px between a leader and all that is not its own."""


def overlap(one: Bounds, other: Bounds, across: float, down: float) -> bool:
    return (
        one.left < other.right + across
        and other.left < one.right + across
        and one.top < other.bottom + down
        and other.top < one.bottom + down
    )


def gap(box: Bounds, mark: Anchor) -> float:
    """Px between a box and the rim of a mark; negative where they overlap."""
    across = max(box.left - mark.x, 0.0, mark.x - box.right)
    down = max(box.top - mark.y, 0.0, mark.y - box.bottom)
    return math.hypot(across, down) - mark.radius


def from_line(line: tuple[Point, Point], mark: Anchor) -> float:
    """Px between a line and the rim of a mark."""
    return _from_segment((mark.x, mark.y), *line) - mark.radius


def _from_segment(point: Point, start: Point, end: Point) -> float:
    along = end[0] - start[0], end[1] - start[1]
    length = along[0] ** 2 + along[1] ** 2
    share = 0.0
    if length:
        share = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length
        share = min(1.0, max(0.0, share))
    return math.hypot(start[0] + share * along[0] - point[0], start[1] + share * along[1] - point[1])


def meets(line: tuple[Point, Point], box: Bounds) -> bool:
    """Whether a line comes nearer to a box than ``CLEAR``."""
    left, top, right, bottom = box.left - CLEAR, box.top - CLEAR, box.right + CLEAR, box.bottom + CLEAR
    (x, y), (u, v) = line
    if max(x, u) < left or min(x, u) > right or max(y, v) < top or min(y, v) > bottom:
        return False
    low, high = 0.0, 1.0
    for place, delta, least, most in ((x, u - x, left, right), (y, v - y, top, bottom)):
        if delta == 0:
            continue
        near, far = sorted(((least - place) / delta, (most - place) / delta))
        low, high = max(low, near), min(high, far)
    return low <= high


def lines_near(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two leaders cross or come nearer to each other than ``CLEAR``."""
    for axis in (0, 1):
        if min(one[0][axis], one[1][axis]) > max(other[0][axis], other[1][axis]) + CLEAR:
            return False
        if min(other[0][axis], other[1][axis]) > max(one[0][axis], one[1][axis]) + CLEAR:
            return False
    gap = min(
        *(_from_segment(point, *other) for point in one),
        *(_from_segment(point, *one) for point in other),
    )
    return gap < CLEAR or _cross(*one, *other)


def _cross(start: Point, end: Point, origin: Point, target: Point) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    apart = side(start, end, origin) * side(start, end, target)
    return apart < 0 and side(origin, target, start) * side(origin, target, end) < 0
