"""The slots of a small directed graph at their places from left to right, what these cost, and how they are moved.

Slots and lines are numbered and what does not change with the places is read once: lines are gone through thousands of
times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import add
from typing import NamedTuple

from archdraw.layout.diagram.graph_ends import Beside, around, ports_of, reach, stretch
from archdraw.layout.diagram.graph_rows import Key, Link, Rows, passes

BEND, SHIFT, SLIP = 30.0, 24.0, 200.0
"""What a bent line costs in px of detour, one that enters beside a middle, and one that leaves no middle either."""
KINK, KINKED = 20.0, 16.0
"""What a line costs more that is bent by so little that it looks like a slip."""
LOPSIDED, UNEVEN = 0.5, 1.0
"""What a box costs for each px beside the middle of where its lines come from, and of where they go."""


class Line(NamedTuple):
    """A link between two slots by their numbers: ``aside`` is how far right of the start its end is if straight.

    ``place`` says which it is of the lines that enter the end.
    """

    start: int
    end: int
    output: float
    aside: float
    place: int


class _Neighbour(NamedTuple):
    """One in the same row: its number, the least ``space`` to its middle, where its edge is about that, what it is."""

    slot: int
    space: float
    edge: float
    is_sign: bool


class _Entering(NamedTuple):
    """A line into a slot: the number of its start, where it leaves that, and what it costs to enter beside a middle."""

    start: int
    output: float
    slip: float


def aside(rows: Rows, link: Link) -> float:
    """By how much the end of ``link`` has to be right of its start so that it is straight."""
    entry = 0.0 if link.end in rows.halves else rows.cells[link.end].inputs[link.entry]
    return rows.cells[link.start].outputs[link.line] - entry


class Slots:
    """The places of all slots, and what they cost: bends, detours, and the breadth of the whole, in px."""

    def __init__(self, rows: Rows, places: Mapping[Key, float]) -> None:
        self.rows, self._keys = rows, tuple(places)
        self.places = list(places.values())
        number = {key: index for index, key in enumerate(self._keys)}
        cells = [rows.cells[key] for key in self._keys]
        self._cells, self._row = cells, [key[0] for key in self._keys]
        self._lefts, self._rights = [cell.left for cell in cells], [cell.right for cell in cells]
        self._is_sign = [key in rows.signs for key in self._keys]
        self._is_box = [key in rows.halves for key in self._keys]
        self._passes = [passes(key) for key in self._keys]
        self._reach = [reach(rows, key) for key in self._keys]
        self._in = [
            [
                _Entering(number[link.start], rows.cells[link.start].outputs[link.line], self._slip(link.start))
                for link in rows.entering(key)
            ]
            for key in self._keys
        ]
        self._inputs = [
            [] if box or through else [rows.cells[key].inputs[link.entry] for link in rows.entering(key)]
            for key, box, through in zip(self._keys, self._is_box, self._passes, strict=True)
        ]
        # Where a slot would be with a straight line to one of the row below, or above.
        self._below = [[(number[link.start], aside(rows, link)) for link in rows.below(key)] for key in self._keys]
        self._above = [[(number[link.end], -aside(rows, link)) for link in rows.above(key)] for key in self._keys]
        self._left: list[_Neighbour | None] = [None] * len(cells)
        self._right: list[_Neighbour | None] = [None] * len(cells)
        for row, spaces in zip(rows.rows, rows.spaces, strict=True):
            for left, right, space in zip(row, row[1:], spaces, strict=False):
                self._left[number[right]] = _Neighbour(number[left], space, rows.cells[left].right, left in rows.signs)
                self._right[number[left]] = _Neighbour(
                    number[right], space, rows.cells[right].left, right in rows.signs
                )
        self._near = [{number[near] for near in self._touched(key)} for key in self._keys]
        self.lines = [
            Line(
                number[link.start],
                number[link.end],
                rows.cells[link.start].outputs[link.line],
                aside(rows, link),
                rows.entering(link.end).index(link),
            )
            for link in rows.links
        ]
        self._costs = [self._cost(slot) for slot in range(len(cells))]
        self._wide = self._breadth()

    @property
    def cost(self) -> float:
        return sum(self._costs) + self._wide

    def by_key(self) -> dict[Key, float]:
        """The place of each slot."""
        return dict(zip(self._keys, self.places, strict=True))

    def entry(self, line: Line) -> float:
        """Where ``line`` enters."""
        return next(entry for place, _, entry, _ in self._ends(line.end) if place == line.place)

    def in_line(self, moving: int, goal: int, onwards: bool) -> set[int]:
        """``moving`` and all that stands in one line with it, or only what lies ``onwards``, away from ``goal``."""
        places, row = self.places, self._row
        together, waiting = {moving}, [moving]
        upwards = row[goal] > row[moving]
        while waiting:
            slot = waiting.pop()
            x = places[slot]
            for near in (self._below[slot], self._above[slot]):
                for other, aside in near:
                    if other in together or (onwards and (row[other] > row[slot]) == upwards):
                        continue
                    if abs(places[other] + aside - x) < 0.01:
                        together.add(other)
                        waiting.append(other)
        return together

    def move(self, together: set[int], dx: float, goal: int) -> bool:
        """Shifts the slots by ``dx`` if there is room and all costs less then. ``goal`` stays."""
        if goal in together or not all(self._fits(slot, dx, together) for slot in together):
            return False
        touched = set().union(*(self._near[slot] for slot in together))
        before = sum([self._costs[slot] for slot in touched]) + self._wide
        kept = [(slot, self.places[slot]) for slot in together]
        for slot in together:
            self.places[slot] += dx
        wide = self._breadth()
        left = before - 0.5 - wide
        costs = []
        for slot in touched:
            costs.append((slot, self._cost(slot)))
            left -= costs[-1][1]
            if left <= 0:
                break
        else:
            for slot, cost in costs:
                self._costs[slot] = cost
            self._wide = wide
            return True
        for slot, x in kept:
            self.places[slot] = x
        return False

    def _fits(self, slot: int, dx: float, together: set[int]) -> bool:
        """Whether the neighbour of ``slot`` on the side to which it is shifted is far enough away, or goes along."""
        beside = self._right[slot] if dx > 0 else self._left[slot]
        if beside is None:
            return True
        between = abs(self.places[beside.slot] - self.places[slot])
        return (between if beside.slot in together else between - abs(dx)) >= beside.space - 0.01

    def _breadth(self) -> float:
        return float(max(map(add, self.places, self._rights)) - min(map(add, self.places, self._lefts)))

    def _touched(self, key: Key) -> set[Key]:
        """The slots whose cost depends on where ``key`` is."""
        rows = self.rows
        linked = {link.start for link in rows.below(key)} | {link.end for link in rows.above(key)}
        lanes = {link.end for lane in rows.lanes for link in lane.ends if link.start == key}
        row = rows.rows[key[0]]
        index = row.index(key)
        return {key, *linked, *lanes, *row[max(0, index - 1) : index + 2]}

    def _slip(self, start: Key) -> float:
        """What it costs that a line from ``start`` enters beside a middle."""
        rows = self.rows
        # One line from the middle of a box need not enter there; another has left no middle either.
        alone = start in rows.halves and start not in rows.signs and len(rows.cells[start].outputs) == 1
        return SHIFT if alone else SLIP

    def _cost(self, slot: int) -> float:
        places, x = self.places, self.places[slot]
        cost = 0.0
        for _, start, end, beside in self._ends(slot):
            away = abs(start - end)
            cost += away
            cost += KINK if 0.01 < away < KINKED else 0.0
            cost += BEND if away > 0.01 else beside
        for share, near in ((LOPSIDED, self._below[slot]), (UNEVEN, self._above[slot])):
            if near:
                away = sum([places[other] + aside - x for other, aside in near])
                cost += share * abs(away) / len(near)
        return cost

    def _ends(self, slot: int) -> Iterable[tuple[int, float, float, float]]:
        """Of each line to ``slot`` its number, where it starts and enters, what it costs to enter beside its middle."""
        places, entering, x = self.places, self._in[slot], self.places[slot]
        is_box = self._is_box[slot]
        if not (is_box or self._passes[slot]):
            return [
                (index, places[line.start] + line.output, x + port, 0.0)
                for index, (line, port) in enumerate(zip(entering, self._inputs[slot], strict=True))
            ]
        starts = sorted([(places[line.start] + line.output, index) for index, line in enumerate(entering)])
        if self._is_sign[slot]:
            ends = around([start for start, _ in starts], x, self._cells[slot], 0.0, *self._room(slot))
            beside = [(end.x, end.goal is None and abs(end.x - x) > 0.01) for end in ends]
        else:
            entries = ports_of([start for start, _ in starts], x, self._reach[slot])
            beside = [(entry, is_box and abs(entry - x) > 0.01) for entry in entries]
        return [
            (index, start, entry, entering[index].slip if slips else 0.0)
            for (start, index), (entry, slips) in zip(starts, beside, strict=True)
        ]

    def _room(self, slot: int) -> tuple[float, float]:
        """The free stretch of the row around ``slot``."""
        left, right = (
            beside and Beside(self.places[beside.slot], beside.edge, beside.is_sign)
            for beside in (self._left[slot], self._right[slot])
        )
        return stretch(self.places[slot], left, right)
