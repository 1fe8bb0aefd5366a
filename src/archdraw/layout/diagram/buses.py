"""Lines between two rows of a graph: each source has a bus on a track of its own, ending under its targets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from archdraw.layout.canvas import Canvas
from archdraw.records import record
from archdraw.scene import Point

NEAR = 10.0
"""Lines of different sources that run side by side are at least this far apart."""
BRIDGE = 5.0
"""Half of the gap in a bus where a line of another source crosses it."""
UPRIGHT = 0.02
"""A line is upright though its ends are so far apart: places are rounded to a hundredth."""
ROUNDS = 8
"""How often the order of tracks is gone through at most."""
_COLLISION = 1000
"""Of two lines on top of each other, in crossings."""


@record
class End:
    """Where a line ends: at ``x``, ``rise`` above the row's lower edge, with an ``arrow`` or passing on.

    One with a ``goal`` turns there and ends at that x. One that leads ``down`` is ``rise`` below the upper edge of the
    row that its bus comes from.
    """

    x: float
    rise: float
    arrow: bool
    goal: float | None = None
    down: bool = False

    def points(self, x: float, below: float, above: float) -> tuple[Point, ...]:
        """The last points of the line, moved by ``x``, between the edges of the two rows."""
        last = (x + self.x, below + self.rise if self.down else above - self.rise)
        return (last,) if self.goal is None else (last, (x + self.goal, last[1]))


@record
class Bus:
    """The lines of one source, which leaves at ``x`` a ``drop`` below the upper edge of its row.

    One that comes ``from_above`` starts at the lower edge of the row above. One with a ``dash`` brings what is a step
    old.
    """

    x: float
    drop: float
    ends: tuple[End, ...]
    dash: tuple[float, ...] = ()
    from_above: bool = False

    @property
    def low(self) -> float:
        return min(self.x, *(end.x for end in self.ends))

    @property
    def high(self) -> float:
        return max(self.x, *(end.x for end in self.ends))

    @property
    def feet(self) -> tuple[float, ...]:
        """Where lines lead from the track down."""
        return (*(() if self.from_above else (self.x,)), *(end.x for end in self.ends if end.down))

    @property
    def heads(self) -> tuple[float, ...]:
        """Where lines lead from the track up."""
        return (*((self.x,) if self.from_above else ()), *(end.x for end in self.ends if not end.down))

    @property
    def is_straight(self) -> bool:
        return self.high - self.low <= UPRIGHT


def tracks(buses: Sequence[Bus]) -> list[int]:
    """The track of each bus, 0 the lowest: as few crossings as can be, no two lines on top of each other.

    Buses that don't reach each other share a track; one that is a straight line needs none and gets 0.
    """
    bent = [number for number, bus in enumerate(buses) if not bus.is_straight]
    order = _ordered(buses, bent)
    result = [0] * len(buses)
    for place, number in enumerate(order):
        below = [result[other] for other in order[:place] if _meet(buses[other], buses[number])]
        result[number] = max(below, default=-1) + 1
    return result


def _ordered(buses: Sequence[Bus], bent: list[int]) -> list[int]:
    """``bent`` from the lowest to the highest: each put where it costs least, as long as that gets better."""
    costs = {(one, other): _between(buses[one], buses[other]) for one in bent for other in bent if one != other}
    order: list[int] = []
    for number in sorted(bent, key=lambda index: (buses[index].low, index)):
        place, _ = _cheapest(order, number, costs)
        order.insert(place, number)
    for _ in range(ROUNDS):
        before = list(order)
        for number in tuple(order):
            here = order.index(number)
            rest = [*order[:here], *order[here + 1 :]]
            place, saved = _cheapest(rest, number, costs, here)
            if saved:
                order = rest
                order.insert(place, number)
        if order == before:
            break
    return order


def _cheapest(
    order: list[int], number: int, costs: Mapping[tuple[int, int], int], here: int | None = None
) -> tuple[int, bool]:
    """The place in ``order`` where ``number`` costs least, and whether that is less than ``here``."""
    cost = sum(costs[number, other] for other in order)
    found = [cost]
    for other in order:
        cost += costs[other, number] - costs[number, other]
        found.append(cost)
    best = found.index(min(found))
    return best, here is not None and found[best] < found[here]


def collide(buses: Sequence[Bus]) -> bool:
    """Whether no order of tracks keeps the lines of ``buses`` apart."""
    return bool(in_conflict(buses))


def in_conflict(buses: Sequence[Bus]) -> list[Bus]:
    """The buses that no order of tracks keeps apart from each other, and those that wait for them."""
    bent = [bus for bus in buses if not bus.is_straight]
    feet = sorted((foot, number) for number, bus in enumerate(bent) for foot in bus.feet)
    places = [foot for foot, _ in feet]
    # A bus has to be above all those whose feet its heads would lie on; no order does in a circle of them.
    above: dict[int, set[int]] = {number: set() for number in range(len(bent))}
    for number, bus in enumerate(bent):
        for head in bus.heads:
            near = feet[bisect_right(places, head - NEAR) : bisect_left(places, head + NEAR)]
            above[number].update(other for _, other in near if other != number)
    while above:
        free = [number for number, others in above.items() if not any(other in above for other in others)]
        if not free:
            return [bent[number] for number in above]
        for number in free:
            del above[number]
    return []


def crossings(buses: Sequence[Bus]) -> int:
    """How often lines of different sources cross."""
    lanes = tracks(buses)
    found = 0
    for number, bus in enumerate(buses):
        for other, upper in enumerate(buses):
            if bus.is_straight and not upper.is_straight:
                found += upper.low < bus.x < upper.high
            elif not bus.is_straight and not upper.is_straight and lanes[number] < lanes[other]:
                found += _crossed(bus, upper)
    return found


def _on(lower: Bus, upper: Bus) -> bool:
    """Whether lines of two buses on tracks above each other would lie on each other."""
    return any(abs(head - foot) < NEAR for head in lower.heads for foot in upper.feet)


def _meet(one: Bus, other: Bus) -> bool:
    return one.low - NEAR < other.high and other.low - NEAR < one.high


def _crossed(lower: Bus, upper: Bus) -> int:
    """Crossings of two buses on tracks above each other."""
    feet = sum(1 for foot in upper.feet if lower.low < foot < lower.high)
    return feet + sum(1 for head in lower.heads if upper.low < head < upper.high)


def _between(lower: Bus, upper: Bus) -> int:
    """Crossings of two buses on tracks above each other; lines that would lie on each other count as many."""
    return _crossed(lower, upper) + _COLLISION * _on(lower, upper)


def paint(canvas: Canvas, buses: Sequence[Bus], heights: Sequence[float], x: float, below: float, above: float) -> None:
    """``buses``, moved by ``x``, from ``below``, the upper edge of their row, to ``above``, the lower edge of the next.

    ``heights`` are the y of their tracks. A bus that is crossed has a gap there.
    """
    for bus, track in zip(buses, heights, strict=True):
        start = _start(canvas, bus, track, buses, heights, x, below, above)
        ends = sorted(bus.ends, key=lambda end: end.x)
        cuts = [x + cut for cut in _cuts(bus, track, buses, heights)]
        straight = [end for end in ends if abs(end.x - bus.x) <= UPRIGHT]
        for end in straight:
            canvas.line(start, *end.points(x, below, above), arrow=end.arrow, dash=bus.dash)
        bent = [end for end in ends if end not in straight]
        arms = [[end for end in bent if end.x < bus.x], [end for end in bent if end.x > bus.x][::-1]]
        forks = len(straight) + sum(map(bool, arms)) > 1
        joint = (x + bus.x, track)
        if forks:
            canvas.dot(*joint)
            if not straight:
                canvas.line(start, joint, dash=bus.dash)
        for arm in filter(None, arms):
            far, *inner = arm
            path = (*(() if forks or start == joint else (start,)), joint, (x + far.x, track))
            *pieces, last = _bridged((*path, *far.points(x, below, above)), track, cuts)
            # A line that makes way for another one ends in front of it, and goes on behind it.
            for number, piece in enumerate(pieces):
                canvas.line(*piece, dash=bus.dash, open_ends="both" if number else "end")
            canvas.line(*last, arrow=far.arrow, dash=bus.dash, open_ends="start" if pieces else "")
            for end in inner:
                canvas.line((x + end.x, track), *end.points(x, below, above), arrow=end.arrow, dash=bus.dash)
                canvas.dot(x + end.x, track)


def _start(
    canvas: Canvas,
    bus: Bus,
    track: float,
    buses: Sequence[Bus],
    heights: Sequence[float],
    x: float,
    below: float,
    above: float,
) -> Point:
    """Where ``bus`` starts. Of two that leave a box at one point, the one with a dash branches off the other."""
    if bus.from_above:
        return x + bus.x, above
    same = [
        (other, height)
        for other, height in zip(buses, heights, strict=True)
        if bus.dash and other is not bus and not other.from_above and abs(other.x - bus.x) < 0.01
    ]
    if not same:
        return x + bus.x, below + bus.drop
    # y grows downwards.
    higher = any(other.is_straight or height < track for other, height in same)
    level = track if higher else min(height for _, height in same)
    canvas.dot(x + bus.x, level)
    return x + bus.x, level


def _cuts(bus: Bus, track: float, buses: Sequence[Bus], heights: Sequence[float]) -> Iterator[float]:
    """Where lines of other sources cross the track of ``bus``; y grows downwards."""
    for other, height in zip(buses, heights, strict=True):
        if other is bus:
            continue
        if other.is_straight:
            found: tuple[float, ...] = (other.x,)
        else:
            found = other.feet if height < track else other.heads if height > track else ()
        yield from (place for place in found if bus.low < place < bus.high)


def _bridged(path: tuple[Point, ...], track: float, cuts: Sequence[float]) -> Iterator[tuple[Point, ...]]:
    """``path`` in pieces, cut where its piece along ``track`` is crossed at one of ``cuts``."""
    piece: list[Point] = [path[0]]
    for (left, top), (right, bottom) in pairwise(path):
        if top == bottom == track:
            step = 1 if right > left else -1
            before: float | None = None
            for cut in sorted(cuts, reverse=step < 0):
                if min(left, right) < cut < max(left, right):
                    # One gap is enough for lines that cross where another one does, such as two that leave one point.
                    if before is None or abs(cut - before) > 2 * BRIDGE:
                        yield (*piece, (cut - step * BRIDGE, track))
                    piece, before = [(cut + step * BRIDGE, track)], cut
        piece.append((right, bottom))
    yield tuple(piece)
