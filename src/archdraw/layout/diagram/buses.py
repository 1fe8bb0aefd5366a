"""Lines between two rows of a graph: each source has a bus on a track of its own, ending under its targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archdraw.layout.canvas import Canvas
from archdraw.scene import Point

NEAR = 10.0
"""Lines of different sources that run side by side are at least this far apart."""
BRIDGE = 5.0
"""Half of the gap in a bus where a line of another source crosses it."""
_COLLISION = 1000
"""Of two lines on top of each other, in crossings."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a line ends: at ``x``, ``rise`` above the row's lower edge, with an ``arrow`` or passing on.

    One with a ``goal`` turns there and ends at that x.
    """

    x: float
    rise: float
    arrow: bool
    goal: float | None = None

    def points(self, x: float, edge: float) -> tuple[Point, ...]:
        """The last points of the line, moved by ``x``; ``edge`` is the y of the row's lower edge."""
        last = (x + self.x, edge - self.rise)
        return (last,) if self.goal is None else (last, (x + self.goal, last[1]))


@dataclass(frozen=True, slots=True)
class Bus:
    """The lines of one source, which leaves at ``x`` a ``drop`` below the upper edge of its row."""

    x: float
    drop: float
    ends: tuple[End, ...]

    @property
    def low(self) -> float:
        return min(self.x, *(end.x for end in self.ends))

    @property
    def high(self) -> float:
        return max(self.x, *(end.x for end in self.ends))

    @property
    def is_straight(self) -> bool:
        return self.high - self.low < 0.01


def tracks(buses: Sequence[Bus]) -> list[int]:
    """The track of each bus, 0 the lowest: as few crossings as can be, no two lines on top of each other.

    Buses that don't reach each other share a track; one that is a straight line needs none and gets 0.
    """
    order: list[int] = []
    for number in sorted(range(len(buses)), key=lambda index: (buses[index].low, index)):
        if not buses[number].is_straight:
            order = min((_inserted(order, place, number) for place in range(len(order) + 1)), key=_cost(buses))
    improved = True
    while improved:
        improved = False
        for number in tuple(order):
            rest = [other for other in order if other != number]
            best = min((_inserted(rest, place, number) for place in range(len(order))), key=_cost(buses))
            if _cost(buses)(best) < _cost(buses)(order):
                order, improved = best, True
    result = [0] * len(buses)
    for place, number in enumerate(order):
        below = [result[other] for other in order[:place] if _meet(buses[other], buses[number])]
        result[number] = max(below, default=-1) + 1
    return result


def collide(buses: Sequence[Bus]) -> bool:
    """Whether no order of tracks keeps the lines of ``buses`` apart."""
    lanes = tracks(buses)
    bent = [index for index, bus in enumerate(buses) if not bus.is_straight]
    return _cost(buses)(sorted(bent, key=lambda index: lanes[index])) >= _COLLISION


def _inserted(order: list[int], place: int, number: int) -> list[int]:
    return [*order[:place], number, *order[place:]]


def _cost(buses: Sequence[Bus]) -> _Cost:
    return _Cost(tuple(buses))


@dataclass(frozen=True, slots=True)
class _Cost:
    """How bad an order of buses, from the lowest up, is."""

    buses: tuple[Bus, ...]

    def __call__(self, order: list[int]) -> int:
        return sum(
            _between(self.buses[lower], self.buses[upper])
            for place, lower in enumerate(order)
            for upper in order[place + 1 :]
        )


def _meet(one: Bus, other: Bus) -> bool:
    return one.low - NEAR < other.high and other.low - NEAR < one.high


def _between(lower: Bus, upper: Bus) -> int:
    """Crossings of two buses on tracks above each other; lines that would lie on each other count as many."""
    crossings = int(lower.low < upper.x < lower.high)
    crossings += sum(1 for end in lower.ends if upper.low < end.x < upper.high)
    return crossings + _COLLISION * sum(1 for end in lower.ends if abs(end.x - upper.x) < NEAR)


def paint(canvas: Canvas, buses: Sequence[Bus], heights: Sequence[float], x: float, below: float, above: float) -> None:
    """``buses``, moved by ``x``, from ``below``, the upper edge of their row, to ``above``, the lower edge of the next.

    ``heights`` are the y of their tracks. A bus that is crossed has a gap there.
    """
    for bus, track in zip(buses, heights, strict=True):
        start = (x + bus.x, below + bus.drop)
        ends = sorted(bus.ends, key=lambda end: end.x)
        cuts = [x + cut for cut in _cuts(bus, track, buses, heights)]
        straight = [end for end in ends if abs(end.x - bus.x) < 0.01]
        for end in straight:
            canvas.line(start, *end.points(x, above), arrow=end.arrow)
        arms = [[end for end in ends if end.x < bus.x - 0.01], [end for end in ends if end.x > bus.x + 0.01][::-1]]
        forks = len(straight) + sum(map(bool, arms)) > 1
        joint = (x + bus.x, track)
        if forks:
            canvas.dot(*joint)
            if not straight:
                canvas.line(start, joint)
        for arm in filter(None, arms):
            far, *inner = arm
            path = (*(() if forks else (start,)), joint, (x + far.x, track), *far.points(x, above))
            *pieces, last = _bridged(path, track, cuts)
            for piece in pieces:
                canvas.line(*piece)
            canvas.line(*last, arrow=far.arrow)
            for end in inner:
                canvas.line((x + end.x, track), *end.points(x, above), arrow=end.arrow)
                canvas.dot(x + end.x, track)


def _cuts(bus: Bus, track: float, buses: Sequence[Bus], heights: Sequence[float]) -> Iterator[float]:
    """Where lines of other sources cross the track of ``bus``; y grows downwards."""
    for other, height in zip(buses, heights, strict=True):
        if other is bus:
            continue
        if (other.is_straight or height < track) and bus.low < other.x < bus.high:
            yield other.x
        elif not other.is_straight and height > track:
            yield from (end.x for end in other.ends if bus.low < end.x < bus.high)


def _bridged(path: tuple[Point, ...], track: float, cuts: Sequence[float]) -> Iterator[tuple[Point, ...]]:
    """``path`` in pieces, cut where its piece along ``track`` is crossed at one of ``cuts``."""
    piece: list[Point] = [path[0]]
    for (left, top), (right, bottom) in pairwise(path):
        if top == bottom == track:
            step = 1 if right > left else -1
            for cut in sorted(cuts, reverse=step < 0):
                if min(left, right) < cut < max(left, right):
                    yield (*piece, (cut - step * BRIDGE, track))
                    piece = [(cut + step * BRIDGE, track)]
        piece.append((right, bottom))
    yield tuple(piece)
