"""Where the label of a mark may stand, at which cost, and which places exclude each other.

Plain geometry in px, x to the right and y downwards; without a canvas.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
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


@record(eq=False)
class Label:
    """Where a label stands: its ``left`` end and its ``baseline``; ``leader`` is the line to its mark, if it has one.

    The leader goes from the mark to the label. ``cost`` says how far the place is from the best one (0).
    """

    left: float
    baseline: float
    box: Bounds
    leader: tuple[Point, Point] | None
    cost: float

    @cached_property
    def reach(self) -> Bounds:
        """The bounds of label and leader together."""
        if self.leader is None:
            return self.box
        (x, y), (u, v) = self.leader
        return Bounds(
            min(self.box.left, x, u), min(self.box.top, y, v), max(self.box.right, x, u), max(self.box.bottom, y, v)
        )

    @cached_property
    def cells(self) -> tuple[tuple[int, int], ...]:
        """The cells of the search's grid that it touches."""
        return tuple(cells(self.reach))


RISE, FALL, MIDDLE = 0.75, 0.2, 0.36
"""Ink above and below a baseline, and from the middle of a line to it, in em."""
AIR = 4.0
"""Px between a label and its mark, and between a label and the end of its leader."""
APART, LINES_APART = 5.0, 2.0
"""Px between two labels side by side, and above each other."""
CLEAR = 4.0
"""Px between a leader and all that is not its own."""
RINGS = (22.0, 30.0, 40.0, 52.0, 66.0, 84.0, 104.0, 128.0, 156.0, 190.0, 230.0, 275.0, 325.0, 380.0)
"""How long leaders may be."""
ANGLES, FEW = (24, 72), 60
"""Directions of leaders: more where fewer than ``FEW`` places are free."""
EDGE_COST, LEADER_COST, LENGTH_COST, NEAR_COST = 3.0, 4.0, 0.14, 2.0
"""Of a label on the border of a band, of a leader, of each px of it, of another's mark nearer than ``2 * AIR``."""
_CELL = 64.0


class Marks:
    """All anchors, found by place."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self.anchors = anchors
        self._cells: dict[tuple[int, int], list[int]] = {}
        for number, one in enumerate(anchors):
            bounds = Bounds(one.x - one.radius, one.y - one.radius, one.x + one.radius, one.y + one.radius)
            for cell in cells(bounds):
                self._cells.setdefault(cell, []).append(number)

    def near(self, bounds: Bounds, by: float) -> Iterator[int]:
        """Numbers of anchors that may be nearer to ``bounds`` than ``by``."""
        grown = Bounds(bounds.left - by, bounds.top - by, bounds.right + by, bounds.bottom + by)
        yield from sorted({number for cell in cells(grown) for number in self._cells.get(cell, ())})


def cells(bounds: Bounds) -> Iterator[tuple[int, int]]:
    """The cells of a coarse grid that ``bounds`` touch: what lies near is found by them."""
    for column in range(int(bounds.left // _CELL), int(bounds.right // _CELL) + 1):
        for row in range(int(bounds.top // _CELL), int(bounds.bottom // _CELL) + 1):
            yield column, row


def table(
    number: int, marks: Marks, area: Bounds, size: float, edges: Sequence[float], walls: Sequence[float]
) -> list[Label]:
    """The places of one label, the best first; where few are free, there are more to choose from."""
    for angles in ANGLES:
        found = [_dearer(label, edges, walls) for label in _candidates(number, marks, area, size, angles)]
        if len(found) >= FEW:
            break
    return sorted(found, key=lambda one: one.cost)


def _dearer(label: Label, edges: Sequence[float], walls: Sequence[float]) -> Label:
    box = label.box
    over = any(box.top < edge < box.bottom for edge in edges) + any(box.left < wall < box.right for wall in walls)
    return replace(label, cost=label.cost + EDGE_COST * over) if over else label


def _candidates(number: int, marks: Marks, area: Bounds, size: float, angles: int) -> Iterator[Label]:
    """Every place of one label that meets no mark."""
    own = marks.anchors[number]
    for left, baseline, leader, cost in (*_beside(own, size), *_around(own, size, angles)):
        box = Bounds(left, baseline - RISE * size, left + own.width, baseline + FALL * size)
        if box.left < area.left or box.right > area.right or box.top < area.top or box.bottom > area.bottom:
            continue
        label = Label(left, baseline, box, leader, cost)
        nearby = [one for one in marks.near(label.reach, 2 * AIR) if one != number]
        gaps = [_gap(box, marks.anchors[one]) for one in nearby]
        if any(gap < AIR / 2 for gap in gaps):
            continue
        if leader and any(_from_line(leader, marks.anchors[one]) < CLEAR for one in nearby):
            continue
        crowd = NEAR_COST * sum(gap < 2 * AIR for gap in gaps)
        yield Label(left, baseline, box, leader, cost + crowd) if crowd else label


Place: TypeAlias = tuple[float, float, tuple[Point, Point] | None, float]


def _beside(own: Anchor, size: float) -> Iterator[Place]:
    """The places that need no leader: right, left, above, below, and the corners."""
    out, width = own.radius + AIR, own.width
    level = own.y + MIDDLE * size
    above, below = own.y - out - FALL * size + 2, own.y + out + RISE * size - 2
    yield own.x + out, level, None, 0.0
    yield own.x - out - width, level, None, 0.6
    yield own.x - width / 2, above, None, 1.6
    yield own.x - width / 2, below, None, 1.6
    slant = 0.75 * own.radius
    for baseline in (level - slant - 0.35 * size, level + slant + 0.35 * size):
        yield own.x + slant + AIR, baseline, None, 2.2
        yield own.x - slant - AIR - width, baseline, None, 2.4
    # Slid along above and below, still over the mark.
    for baseline in (above, below):
        yield own.x - own.radius, baseline, None, 2.6
        yield own.x + own.radius - width, baseline, None, 2.8


def _around(own: Anchor, size: float, angles: int) -> Iterator[Place]:
    """The places at the end of a leader: rings about the mark."""
    for ring in RINGS:
        for step in range(angles):
            angle = 2 * math.pi * step / angles
            across, down = math.cos(angle), math.sin(angle)
            end = own.x + ring * across, own.y + ring * down
            start = own.x + own.radius * across, own.y + own.radius * down
            if abs(across) > 0.3:
                left = end[0] + AIR if across > 0 else end[0] - AIR - own.width
                baseline = end[1] + MIDDLE * size
            else:
                left = end[0] - own.width / 2
                baseline = end[1] + AIR + RISE * size if down > 0 else end[1] - AIR - FALL * size
            yield left, baseline, (start, end), LEADER_COST + LENGTH_COST * (ring - own.radius)


def grown(bounds: Bounds) -> Bounds:
    """``bounds`` with all that must stay free about them."""
    by = max(APART, CLEAR, LINES_APART)
    return Bounds(bounds.left - by, bounds.top - by, bounds.right + by, bounds.bottom + by)


def clash(one: Label, other: Label) -> bool:
    """Whether two labels with their leaders cannot both stand."""
    if _overlap(one.box, other.box, APART, LINES_APART):
        return True
    if other.leader and _meets(other.leader, one.box):
        return True
    if one.leader and _meets(one.leader, other.box):
        return True
    return one.leader is not None and other.leader is not None and _lines_near(one.leader, other.leader)


def _overlap(one: Bounds, other: Bounds, across: float, down: float) -> bool:
    return (
        one.left < other.right + across
        and other.left < one.right + across
        and one.top < other.bottom + down
        and other.top < one.bottom + down
    )


def _gap(box: Bounds, mark: Anchor) -> float:
    """Px between a box and the rim of a mark; negative where they overlap."""
    across = max(box.left - mark.x, 0.0, mark.x - box.right)
    down = max(box.top - mark.y, 0.0, mark.y - box.bottom)
    return math.hypot(across, down) - mark.radius


def _from_line(line: tuple[Point, Point], mark: Anchor) -> float:
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


def _meets(line: tuple[Point, Point], box: Bounds) -> bool:
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


def _lines_near(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
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
