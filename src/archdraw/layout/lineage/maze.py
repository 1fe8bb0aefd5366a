"""Ways for lines among boxes: upright and level, few bends, none through a box, none across another's line.

The plane is a grid of tracks, even in x and at given heights. A line takes the nodes that it passes, so that another
finds its way around them or none at all: what is drawn cannot cross. Lines with one start are a tree: a later one may
leave an earlier one, at a right angle.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import pairwise

from archdraw.records import record
from archdraw.scene import Point

CLEAR = 4.6
"""Px that a line keeps from a box that it does not end at."""
BEND = 40.0
"""Px of detour that a bend costs."""
HEAD = 13.0
"""Px before its end that a line with an arrow goes straight."""
ARROWS = 14.0
"""Px between two arrows at the side of a box."""
APART = 24.0
"""Px between two places where a line is left: they are one, or so far apart."""
BRANCH = 8.0
"""Px of detour that leaving a box by itself costs, rather than leaving a line that is there."""
RIGHT, DOWN, LEFT, UP = range(4)
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))
STEP_OF = {1: RIGHT, -1: LEFT}
FREE, WALL = 0, -1


@record
class Port:
    """Where a line may leave or reach a box: on track ``column``, ``row``, going in ``direction``, at ``point``."""

    column: int
    row: int
    direction: int
    point: Point
    penalty: float = 0.0


@record
class Box:
    """A box that lines go around, and begin and end at; ``middle`` is the height of its arrows."""

    left: float
    top: float
    right: float
    bottom: float
    middle: float


@record
class Way:
    """A line through ``points``; one that leaves another does so at ``branch``."""

    points: tuple[Point, ...]
    branch: Point | None = None


class Maze:
    """The grid, and what is taken of it."""

    def __init__(self, columns: Sequence[float], rows: Sequence[float]) -> None:
        self.columns, self.rows = columns, rows
        self.width = len(columns)
        self.owner = [FREE] * (len(columns) * len(rows))
        self.trees: dict[int, list[tuple[int, int, int]]] = {}
        self.dots: dict[int, list[Point]] = {}

    def block(self, box: Box) -> None:
        """No line enters ``box``."""
        self._fill(box.left - CLEAR, box.top - CLEAR, box.right + CLEAR, box.bottom + CLEAR, WALL)

    def straight(self, tree: int, left: float, right: float, y: float) -> bool:
        """Takes the level way from one box to the next for ``tree``; False where something is in it."""
        row = bisect_left(self.rows, y - 0.01)
        low, high = bisect_left(self.columns, left + CLEAR), bisect_right(self.columns, right - CLEAR)
        nodes = [row * self.width + column for column in range(low, high)]
        if any(self.owner[node] not in (FREE, WALL) for node in nodes):
            return False
        for node in nodes:
            self.owner[node] = tree
        self.trees.setdefault(tree, []).extend((column, row, RIGHT) for column in range(low, high - 2))
        return True

    def _fill(self, left: float, top: float, right: float, bottom: float, owner: int) -> None:
        low, high = bisect_left(self.columns, left), bisect_right(self.columns, right)
        for row in range(bisect_left(self.rows, top), bisect_right(self.rows, bottom)):
            for column in range(low, high):
                self.owner[row * self.width + column] = owner

    def leaving(self, box: Box) -> list[Port]:
        """The ways out of ``box``: at its right, or at its top and bottom."""
        ports = []
        row = bisect_left(self.rows, box.middle - 0.01)
        column = bisect_left(self.columns, box.right + CLEAR)
        if column < self.width:
            ports.append(Port(column, row, RIGHT, (box.right, box.middle)))
        return [*ports, *self._upright(box, leaving=True)]

    def reaching(self, box: Box) -> list[Port]:
        """The ways into ``box``: at its left, or at its top and bottom."""
        ports = []
        column = bisect_right(self.columns, box.left - HEAD) - 1
        for row in range(bisect_left(self.rows, box.top + 10), bisect_right(self.rows, box.bottom - 10)):
            off = abs(self.rows[row] - box.middle)
            if column >= 0 and (off + 0.5) % ARROWS < 1:
                ports.append(Port(column, row, RIGHT, (box.left, self.rows[row]), min(off, 10.0)))
        return [*ports, *self._upright(box, leaving=False)]

    def _upright(self, box: Box, *, leaving: bool) -> list[Port]:
        low, high = bisect_left(self.columns, box.left + 14), bisect_right(self.columns, box.right - 14)
        reach = CLEAR if leaving else HEAD
        below, above = bisect_left(self.rows, box.bottom + reach), bisect_right(self.rows, box.top - reach) - 1
        ports = []
        for column in range(low, high):
            x = self.columns[column]
            if below < len(self.rows):
                ports.append(Port(column, below, DOWN if leaving else UP, (x, box.bottom), 12.0))
            if above >= 0:
                ports.append(Port(column, above, UP if leaving else DOWN, (x, box.top), 12.0))
        return ports

    def _approach(self, port: Port) -> list[int]:
        """The nodes between a port's track and its box, behind the track."""
        nodes = []
        dx, dy = STEPS[port.direction]
        column, row = port.column + dx, port.row + dy
        while 0 <= column < self.width and 0 <= row < len(self.rows):
            x, y = self.columns[column], self.rows[row]
            if (port.point[0] - x) * dx + (port.point[1] - y) * dy < CLEAR:
                break
            nodes.append(row * self.width + column)
            column, row = column + dx, row + dy
        return nodes

    def route(self, tree: int, source: Box, target: Box, limit: float, window: Box) -> Way | None:
        """The best way from ``source`` to ``target`` inside ``window`` for less than ``limit`` px; None for none.

        What it takes belongs to ``tree`` then.
        """
        goals: dict[int, Port] = {}
        for port in self.reaching(target):
            if all(self.owner[node] == FREE for node in self._approach(port)):
                goals[(port.row * self.width + port.column) * 4 + port.direction] = port
        if not goals:
            return None
        starts: list[tuple[int, int, float, Point | None]] = [
            (port.row * self.width + port.column, port.direction, port.penalty + BRANCH, port.point)
            for port in self.leaving(source)
            if self.owner[port.row * self.width + port.column] == FREE
        ]
        starts += self._branches(tree)
        found = self._search(starts, goals, target, limit, window)
        if found is None:
            return None
        nodes, first, start, port = found
        for node in (*nodes, *self._approach(port)):
            self.owner[node] = tree
        points = [self._point(node) for node in nodes]
        branch = None
        if start is None:
            branch = points[0]
            self.dots.setdefault(tree, []).append(branch)
        else:
            points.insert(0, start)
        points.append(port.point)
        # Another line may leave this one wherever it goes straight on.
        moves = [STEP_OF[after - before] if abs(after - before) == 1 else UP if after < before else DOWN
                 for before, after in pairwise(nodes)]  # fmt: skip
        came = [first, *moves]
        self.trees.setdefault(tree, []).extend(
            (node % self.width, node // self.width, direction)
            for node, direction, following in zip(nodes, came, [*moves, port.direction], strict=True)
            if direction == following and (node != nodes[0] or start is not None)
        )
        return Way(_corners(points), branch)

    def _branches(self, tree: int) -> Iterable[tuple[int, int, float, None]]:
        dots = self.dots.get(tree, ())
        for column, row, direction in self.trees.get(tree, ()):
            x, y = self.columns[column], self.rows[row]
            near = any(0 < abs(x - dot[0]) + abs(y - dot[1]) < APART for dot in dots)
            for turn in ((direction + 1) % 4, (direction - 1) % 4):
                yield row * self.width + column, turn, BRANCH + (BEND if near else 0), None

    def _point(self, node: int) -> Point:
        return self.columns[node % self.width], self.rows[node // self.width]

    def _search(
        self,
        starts: Iterable[tuple[int, int, float, Point | None]],
        goals: dict[int, Port],
        target: Box,
        limit: float,
        window: Box,
    ) -> tuple[list[int], int, Point | None, Port] | None:
        low, high = bisect_left(self.columns, window.left), bisect_right(self.columns, window.right)
        top, bottom = bisect_left(self.rows, window.top), bisect_right(self.rows, window.bottom)
        columns, rows, owner, width = self.columns, self.rows, self.owner, self.width

        across = [max(target.left - HEAD - x, 0.0, x - target.right) for x in columns]
        down = [max(target.top - y, 0.0, y - target.bottom) for y in rows]
        best: dict[int, float] = {}
        before: dict[int, int] = {}
        begun: dict[int, Point | None] = {}
        heap: list[tuple[float, float, int]] = []
        for node, direction, penalty, point in starts:
            row, column = divmod(node, width)
            state = node * 4 + direction
            if low <= column < high and top <= row < bottom and penalty < best.get(state, limit):
                best[state], begun[state] = penalty, point
                before.pop(state, None)
                heappush(heap, (penalty + across[column] + down[row], penalty, state))
        ended: tuple[float, int, Port] | None = None
        while heap:
            estimate, cost, state = heappop(heap)
            if ended and estimate >= ended[0]:
                break
            if cost > best[state]:
                continue
            node, direction = divmod(state, 4)
            port = goals.get(state)
            if port and cost + port.penalty < (ended[0] if ended else limit):
                ended = (cost + port.penalty, state, port)
            row, column = divmod(node, width)
            # A line that leaves another one goes straight at first, or it would run on it.
            only = state not in before and begun[state] is None
            for turn in (direction,) if only else (direction, (direction + 1) % 4, (direction + 3) % 4):
                dx, dy = STEPS[turn]
                new_column, new_row = column + dx, row + dy
                new = node + dx + dy * width
                if not (low <= new_column < high and top <= new_row < bottom) or owner[new] != FREE:
                    continue
                step = abs(columns[new_column] - columns[column]) if dx else abs(rows[new_row] - rows[row])
                new_cost = cost + step if turn == direction else cost + step + BEND
                following = new * 4 + turn
                if new_cost < best.get(following, limit):
                    best[following], before[following] = new_cost, state
                    heappush(heap, (new_cost + across[new_column] + down[new_row], new_cost, following))
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
