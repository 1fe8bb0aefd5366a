"""Where the label of a mark may stand, at which cost, and which places exclude each other.

Plain geometry in px, x to the right and y downwards; without a canvas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TypeAlias

from archdraw.layout.charts.clearance import (
    CLEAR,
    Anchor,
    Bounds,
    Point,
    from_line,
    gap,
    lines_near,
    meets,
    overlap,
)
from archdraw.records import record


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
        return _reach(self.box, self.leader)

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
RINGS = (22.0, 30.0, 40.0, 52.0, 66.0, 84.0, 104.0, 128.0, 156.0, 190.0, 230.0, 275.0, 325.0, 380.0)
"""How long leaders may be."""
ANGLES, FEW = (24, 72), 24
"""Directions of leaders: more where fewer than ``FEW`` places are free."""
EDGE_COST, LEADER_COST, LENGTH_COST, NEAR_COST = 3.0, 4.0, 0.14, 2.0
"""Of a label on the border of a band, of a leader, of each px of it, of another's mark nearer than ``2 * AIR``."""
_CELL = 64.0


class Marks:
    """All anchors, found by place."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self.anchors = anchors
        self._largest = max((one.radius for one in anchors), default=0.0)
        self._cells: dict[tuple[int, int], list[Anchor]] = {}
        for one in anchors:
            self._cells.setdefault((int(one.x // _CELL), int(one.y // _CELL)), []).append(one)

    def near(self, bounds: Bounds, by: float) -> list[Anchor]:
        """The anchors that may be nearer to ``bounds`` than ``by``, each once."""
        by += self._largest
        left, top, right, bottom = bounds
        found: list[Anchor] = []
        for column in range(int((left - by) // _CELL), int((right + by) // _CELL) + 1):
            for row in range(int((top - by) // _CELL), int((bottom + by) // _CELL) + 1):
                there = self._cells.get((column, row))
                if there:
                    found += there
        return found


def _reach(box: Bounds, leader: tuple[Point, Point] | None) -> Bounds:
    if leader is None:
        return box
    (x, y), (u, v) = leader
    return Bounds(min(box.left, x, u), min(box.top, y, v), max(box.right, x, u), max(box.bottom, y, v))


def cells(bounds: Bounds) -> Iterator[tuple[int, int]]:
    """The cells of a coarse grid that ``bounds`` touch: what lies near is found by them."""
    for column in range(int(bounds.left // _CELL), int(bounds.right // _CELL) + 1):
        for row in range(int(bounds.top // _CELL), int(bounds.bottom // _CELL) + 1):
            yield column, row


class Table:
    """The places of one label that meet no mark, the best first, found as they are asked for: most labels need few.

    ``free`` is how many there are, or ``FEW`` at least.
    """

    def __init__(
        self, own: Anchor, marks: Marks, area: Bounds, size: float, edges: Sequence[float], walls: Sequence[float]
    ) -> None:
        self._own, self._marks, self._area, self._size = own, marks, area, size
        self._edges, self._walls = edges, walls
        # Where few are free, there are more to choose from.
        for angles in ANGLES:
            self._angles, self._rings = angles, 0
            self._found = [*self._checked(_beside(own, size))]
            while len(self._found) < FEW and self._rings < len(RINGS):
                self._ring()
            if len(self._found) >= FEW:
                break
        self.free = len(self._found)
        self._sorted: list[Label] = []

    def __iter__(self) -> Iterator[Label]:
        number = 0
        while True:
            while number < len(self._sorted):
                yield self._sorted[number]
                number += 1
            if not self._found and self._rings == len(RINGS):
                return
            self._sort()

    def _ring(self) -> None:
        """Finds the places at the ends of leaders that are one step longer."""
        self._found += self._checked(_around(self._own, self._size, RINGS[self._rings], self._angles))
        self._rings += 1

    def _sort(self) -> None:
        """Puts more places in order: those that cost no more than any that is still to be found."""
        if self._sorted and self._rings < len(RINGS):
            self._ring()
        least = _leader_cost(self._own, RINGS[self._rings]) if self._rings < len(RINGS) else math.inf
        self._sorted += sorted((one for one in self._found if one.cost <= least), key=lambda one: one.cost)
        self._found = [one for one in self._found if one.cost > least]

    def _checked(self, places: Iterable[Place]) -> Iterator[Label]:
        """Those of ``places`` that are in the area and meet no mark, with what they cost."""
        own, area, size = self._own, self._area, self._size
        for left, baseline, leader, cost in places:
            right, top, bottom = left + own.width, baseline - RISE * size, baseline + FALL * size
            if left < area.left or right > area.right or top < area.top or bottom > area.bottom:
                continue
            box = Bounds(left, top, right, bottom)
            nearby = [one for one in self._marks.near(_reach(box, leader), 2 * AIR) if one is not own]
            if nearby:
                gaps = [gap(box, one) for one in nearby]
                if min(gaps) < AIR / 2 or (leader and any(from_line(leader, one) < CLEAR for one in nearby)):
                    continue
                cost += NEAR_COST * sum(one < 2 * AIR for one in gaps)
            over = any(top < edge < bottom for edge in self._edges) + any(left < wall < right for wall in self._walls)
            cost += EDGE_COST * over
            yield Label(left, baseline, box, leader, cost)


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


def _around(own: Anchor, size: float, ring: float, angles: int) -> Iterator[Place]:
    """The places at the end of a leader to ``ring`` px from the middle of the mark."""
    cost = _leader_cost(own, ring)
    for across, down in _directions(angles):
        end = own.x + ring * across, own.y + ring * down
        start = own.x + own.radius * across, own.y + own.radius * down
        if abs(across) > 0.3:
            left = end[0] + AIR if across > 0 else end[0] - AIR - own.width
            baseline = end[1] + MIDDLE * size
        else:
            left = end[0] - own.width / 2
            baseline = end[1] + AIR + RISE * size if down > 0 else end[1] - AIR - FALL * size
        yield left, baseline, (start, end), cost


def _leader_cost(own: Anchor, ring: float) -> float:
    return LEADER_COST + LENGTH_COST * (ring - own.radius)


@lru_cache(maxsize=len(ANGLES))
def _directions(angles: int) -> tuple[Point, ...]:
    """So many directions, as the cosine and the sine of their angles."""
    turns = [2 * math.pi * step / angles for step in range(angles)]
    return tuple((math.cos(turn), math.sin(turn)) for turn in turns)


def grown(bounds: Bounds) -> Bounds:
    """``bounds`` with all that must stay free about them."""
    by = max(APART, CLEAR, LINES_APART)
    return Bounds(bounds.left - by, bounds.top - by, bounds.right + by, bounds.bottom + by)


def clash(one: Label, other: Label) -> bool:
    """Whether two labels with their leaders cannot both stand."""
    if overlap(one.box, other.box, APART, LINES_APART):
        return True
    if other.leader and meets(other.leader, one.box):
        return True
    if one.leader and meets(one.leader, other.box):
        return True
    return one.leader is not None and other.leader is not None and lines_near(one.leader, other.leader)
