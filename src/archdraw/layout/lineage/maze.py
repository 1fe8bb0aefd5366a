"""Ways for lines among boxes: upright and level, few bends, none through a box, none across another's line.

A line takes the places on tracks that it passes, so that another finds its way around them or none at all: what is
drawn cannot cross. Lines with one start are a tree: a later one may leave an earlier one, at a right angle.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import pairwise

from archdraw.layout.lineage.tracks import CLEAR, FREE, HEAD, Box, Tracks
from archdraw.records import record
from archdraw.scene import Point

BEND = 40.0
"""Px of detour that a bend costs."""
ARROWS = 14.0
"""Px between two arrows at the side of a box."""
APART = 24.0
"""Px between two places where a line is left: they are one, or so far apart."""
BRANCH = 8.0
"""Px of detour that leaving a box by itself costs, rather than leaving a line that is there."""
RIGHT, DOWN, LEFT, UP = range(4)
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@record
class Port:
    """Where a line may leave or reach a box: at ``place``, going in ``direction``, at ``point`` of the box."""

    place: int
    direction: int
    point: Point
    penalty: float = 0.0


@record
class Way:
    """A line through ``points``; one that leaves another does so at ``branch``.

    It takes ``places``, and of these a later line of its tree may leave it at those in ``straight``, with the
    directions that it goes there.
    """

    points: tuple[Point, ...]
    branch: Point | None = None
    places: tuple[int, ...] = ()
    straight: tuple[tuple[int, int], ...] = ()


class Maze:
    """What lines have taken of ``tracks``. A tree of lines is a number from 1 on."""

    def __init__(self, tracks: Tracks) -> None:
        self.tracks = tracks
        self.owner = list(tracks.places)
        self.trees: dict[int, list[tuple[int, int]]] = {}
        self.dots: dict[int, list[Point]] = {}

    def copy(self) -> Maze:
        """Another one with the same lines."""
        copied = Maze(self.tracks)
        copied.owner = list(self.owner)
        copied.trees = {tree: list(straight) for tree, straight in self.trees.items()}
        copied.dots = {tree: list(dots) for tree, dots in self.dots.items()}
        return copied

    def straight(self, left: float, right: float, y: float) -> Way | None:
        """The level way from one box to the next; None where something is in it."""
        columns, rows, width = self.tracks.columns, self.tracks.rows, self.tracks.width
        first = bisect_left(rows, y - 0.01) * width
        places = range(first + bisect_left(columns, left + CLEAR), first + bisect_right(columns, right - CLEAR))
        if any(self.owner[place] > FREE for place in places):
            return None
        return Way(((left, y), (right, y)), None, tuple(places), tuple((place, RIGHT) for place in places[:-2]))

    def is_free(self, tree: int, way: Way) -> bool:
        """Whether ``tree`` may take ``way``: nothing is in it, and the line that it leaves is there."""
        places = way.places
        if way.branch is not None:
            level = way.points[0][1] == way.points[1][1]
            lines = self.trees.get(tree, ())
            if not any((places[0], direction) in lines for direction in ((DOWN, UP) if level else (RIGHT, LEFT))):
                return False
            places = places[1:]
        return all(self.owner[place] <= FREE for place in places)

    def take(self, tree: int, way: Way) -> None:
        """Gives ``tree`` what is on ``way``."""
        for place in way.places:
            self.owner[place] = tree
        self.trees.setdefault(tree, []).extend(way.straight)
        if way.branch is not None:
            self.dots.setdefault(tree, []).append(way.branch)

    def leaving(self, box: Box) -> list[Port]:
        """The ways out of ``box``: at its right, or at its top and bottom."""
        tracks, ports = self.tracks, []
        row = bisect_left(tracks.rows, box.middle - 0.01)
        column = bisect_left(tracks.columns, box.right + CLEAR)
        if column < tracks.width:
            ports.append(Port(row * tracks.width + column, RIGHT, (box.right, box.middle)))
        return [*ports, *self._upright(box, leaving=True)]

    def reaching(self, box: Box) -> list[Port]:
        """The ways into ``box``: at its left, or at its top and bottom."""
        tracks, rows, ports = self.tracks, self.tracks.rows, []
        column = bisect_right(tracks.columns, box.left - HEAD) - 1
        for row in range(bisect_left(rows, box.top + 10), bisect_right(rows, box.bottom - 10)):
            off = abs(rows[row] - box.middle)
            if column >= 0 and (off + 0.5) % ARROWS < 1:
                ports.append(Port(row * tracks.width + column, RIGHT, (box.left, rows[row]), min(off, 10.0)))
        return [*ports, *self._upright(box, leaving=False)]

    def _upright(self, box: Box, *, leaving: bool) -> list[Port]:
        rows, width = self.tracks.rows, self.tracks.width
        reach = CLEAR if leaving else HEAD
        below, above = bisect_left(rows, box.bottom + reach), bisect_right(rows, box.top - reach) - 1
        ports = []
        for column in self.tracks.over(box):
            x = self.tracks.columns[column]
            if below < len(rows):
                ports.append(Port(below * width + column, DOWN if leaving else UP, (x, box.bottom), 12.0))
            if above >= 0:
                ports.append(Port(above * width + column, UP if leaving else DOWN, (x, box.top), 12.0))
        return ports

    def _approach(self, port: Port) -> list[int]:
        """The places between a port's and its box."""
        places = []
        dx, dy = STEPS[port.direction]
        place = port.place + dx + dy * self.tracks.width
        while 0 <= place < len(self.owner):
            x, y = self._point(place)
            if (port.point[0] - x) * dx + (port.point[1] - y) * dy < CLEAR:
                break
            places.append(place)
            place += dx + dy * self.tracks.width
        return places

    def route(self, tree: int, source: Box, target: Box, limit: float, window: Box) -> Way | None:
        """The best way of ``tree`` from ``source`` to ``target`` inside ``window``; None for none.

        It is shorter than ``limit`` px, where ``BEND`` and ``BRANCH`` count as well.
        """
        goals = {
            port.place * 4 + port.direction: port
            for port in self.reaching(target)
            if all(self.owner[place] <= FREE for place in self._approach(port))
        }
        if not goals:
            return None
        starts: list[tuple[int, int, float, Point | None]] = [
            (port.place, port.direction, port.penalty + BRANCH, port.point)
            for port in self.leaving(source)
            if self.owner[port.place] == FREE
        ]
        starts += self._branches(tree)
        if not self._meet({place for place, *_ in starts}, {port.place for port in goals.values()}, window):
            return None
        found = self._search(starts, goals, limit, window)
        if found is None:
            return None
        passed, first, start, port = found
        points = [self._point(place) for place in passed]
        ends = (*([] if start is None else [start]), *points, port.point)
        # Another line may leave this one wherever it goes straight on.
        moves = [self._direction(one, other) for one, other in pairwise(passed)]
        straight = tuple(
            (place, direction)
            for place, direction, following in zip(passed, [first, *moves], [*moves, port.direction], strict=True)
            if direction == following and (place != passed[0] or start is not None)
        )
        branch = points[0] if start is None else None
        return Way(_corners(ends), branch, (*passed, *self._approach(port)), straight)

    def _meet(self, starts: set[int], goals: set[int], window: Box) -> bool:
        """Whether free places join ``starts`` and ``goals``: soon found where one of them is shut in.

        Most searches that find nothing are of this sort, and would go through all places of the other side.
        """
        tracks, owner = self.tracks, self.owner
        before, after, width = tracks.before, tracks.after, tracks.width
        low, high = bisect_left(tracks.columns, window.left), bisect_right(tracks.columns, window.right)
        top, bottom = bisect_left(tracks.rows, window.top) * width, bisect_right(tracks.rows, window.bottom) * width
        met, fronts = [starts, goals], [list(starts), [goal for goal in goals if owner[goal] == FREE]]
        while fronts[0] and fronts[1]:
            side = 0 if len(met[0]) <= len(met[1]) else 1
            mine, other = met[side], met[1 - side]
            front = []
            for place in fronts[side]:
                if place in other:
                    return True
                for near in (before[place], after[place], place - width, place + width):
                    if top <= near < bottom and owner[near] == FREE and near not in mine and low <= near % width < high:
                        mine.add(near)
                        front.append(near)
            fronts[side] = front
        return False

    def _branches(self, tree: int) -> Iterable[tuple[int, int, float, None]]:
        dots = self.dots.get(tree, ())
        for place, direction in self.trees.get(tree, ()):
            x, y = self._point(place)
            near = any(0 < abs(x - dot[0]) + abs(y - dot[1]) < APART for dot in dots)
            for turn in ((direction + 1) % 4, (direction - 1) % 4):
                yield place, turn, BRANCH + (BEND if near else 0), None

    def _point(self, place: int) -> Point:
        row, column = divmod(place, self.tracks.width)
        return self.tracks.columns[column], self.tracks.rows[row]

    def _direction(self, one: int, other: int) -> int:
        """The direction from a place to another on one track with it."""
        if one // self.tracks.width == other // self.tracks.width:
            return RIGHT if one < other else LEFT
        return DOWN if one < other else UP

    def _search(
        self,
        starts: Iterable[tuple[int, int, float, Point | None]],
        goals: dict[int, Port],
        limit: float,
        window: Box,
    ) -> tuple[list[int], int, Point | None, Port] | None:
        """The places of the best way, its first direction, the point that it begins at (None: a branch) and its end.

        A* over places and directions; what is left is estimated by the way to the nearest end through anything.
        """
        tracks, owner = self.tracks, self.owner
        columns, rows, width, size = tracks.columns, tracks.rows, tracks.width, len(owner)
        # By direction, the neighbour of each place there.
        steps = (tracks.after, range(width, size + width), tracks.before, range(-width, size - width))
        # Px from each column and row to an end at least; outside the window more than there is.
        xs, ys = zip(*(self._point(port.place) for port in goals.values()), strict=True)
        left, right, upper, lower = min(xs), max(xs), min(ys), max(ys)
        first, last = bisect_left(columns, window.left), bisect_right(columns, window.right)
        across, down = [limit] * width, [limit] * len(rows)
        across[first:last] = [max(left - x, 0.0, x - right) for x in columns[first:last]]
        first, last = bisect_left(rows, window.top), bisect_right(rows, window.bottom)
        down[first:last] = [max(upper - y, 0.0, y - lower) for y in rows[first:last]]
        # A state is a place and the direction in which it is reached, as one number.
        best, before = dict[int, float](), dict[int, int]()
        begun: dict[int, Point | None] = {}
        heap: list[tuple[float, float, int]] = []
        for place, direction, cost, point in starts:
            state, estimate = place * 4 + direction, cost + across[place % width] + down[place // width]
            if estimate < limit and cost < best.get(state, limit):
                best[state], begun[state] = cost, point
                heappush(heap, (estimate, cost, state))
        ended: tuple[float, int, Port] | None = None
        while heap:
            estimate, cost, state = heappop(heap)
            if ended and estimate >= ended[0]:
                break
            if cost > best[state]:
                continue
            place, direction = state >> 2, state & 3
            if (port := goals.get(state)) and cost + port.penalty < limit:
                limit = cost + port.penalty
                ended = (limit, state, port)
            row, column = divmod(place, width)
            # A line that leaves another one cannot run on it: what that takes is not free.
            for turn in (direction, (direction + 1) % 4, (direction + 3) % 4):
                new = steps[turn][place]
                if not 0 <= new < size or owner[new] != FREE:
                    continue
                if turn & 1:  # down or up
                    other = new // width
                    new_cost = cost + abs(rows[other] - rows[row]) + (BEND if turn != direction else 0.0)
                    estimate = new_cost + across[column] + down[other]
                else:
                    other = new % width
                    new_cost = cost + abs(columns[other] - columns[column]) + (BEND if turn != direction else 0.0)
                    estimate = new_cost + across[other] + down[row]
                following = new * 4 + turn
                if estimate < limit and new_cost < best.get(following, limit):
                    best[following], before[following] = new_cost, state
                    heappush(heap, (estimate, new_cost, following))
        if ended is None:
            return None
        states = [ended[1]]
        while states[-1] in before:
            states.append(before[states[-1]])
        return [state // 4 for state in reversed(states)], states[-1] % 4, begun[states[-1]], ended[2]


def _corners(points: Sequence[Point]) -> tuple[Point, ...]:
    """``points`` without those that a straight line passes."""
    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        level = before[1] == point[1] == after[1]
        upright = before[0] == point[0] == after[0]
        if not (level or upright):
            kept.append(point)
    return (*kept, points[-1])
