"""Where the slots of a small directed graph stand from left to right: lines as straight as its rows allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, product, repeat
from typing import NamedTuple

from archdraw.layout.diagram.buses import NEAR, collide, in_conflict
from archdraw.layout.diagram.graph_ends import buses_from, ends_of, ports_of, reach
from archdraw.layout.diagram.graph_rows import Key, Link, Rows, passes
from archdraw.layout.diagram.spacing import apart

BEND, SHIFT, SLIP = 30.0, 24.0, 200.0
"""What a bent line costs in px of detour, one that enters beside a middle, and one that leaves no middle either."""
KINK, KINKED = 20.0, 16.0
"""What a line costs more that is bent by so little that it looks like a slip."""
LOPSIDED, UNEVEN = 0.5, 1.0
"""What a box costs for each px beside the middle of where its lines come from, and of where they go."""

ROUNDS = 12
"""How often all lines are gone through at most to make them straighter."""
TRIES = 600
"""How many lines are gone through at most in all, about: of a large graph each comes fewer times."""


@lru_cache(maxsize=256)
def aligned(rows: Rows) -> Mapping[Key, float]:
    """The x of every slot: lines as straight as the order in the rows and the breadth of the boxes allow.

    Two beginnings, from the bottom up and from the top down; then whatever stands in one line is moved together to
    stand in line with a neighbour, as long as that makes lines shorter or straighter.
    """
    upwards, downwards = _followed(rows), _followed(rows, down=True)
    return min((_straightened(rows, start) for start in (upwards, downwards)), key=lambda slots: slots.cost).places


def _followed(rows: Rows, *, down: bool = False) -> dict[Key, float]:
    """Row by row, every slot as near as can be to where its lines are straight to the row before, on average."""
    places: dict[Key, float] = {}
    for row in rows.rows[::-1] if down else rows.rows:
        wanted = []
        for key in row:
            near = [_straight(rows, places, link, down) for link in (rows.above if down else rows.below)(key)]
            wanted.append(sum(near) / len(near) if near else 0.0)
        places |= zip(row, apart(wanted, rows.spaces[row[0][0]]), strict=True)
    return places


def _straight(rows: Rows, places: Mapping[Key, float], link: Link, down: bool) -> float:
    """Where one end of ``link`` has to be so that it is straight, the other end being placed."""
    aside = _aside(rows, link)
    return places[link.end] - aside if down else places[link.start] + aside


def _aside(rows: Rows, link: Link) -> float:
    """By how much the end of ``link`` has to be right of its start so that it is straight."""
    entry = 0.0 if link.end in rows.halves else rows.cells[link.end].inputs[link.entry]
    return rows.cells[link.start].outputs[link.line] - entry


def _straightened(rows: Rows, places: dict[Key, float]) -> _Slots:
    slots = _Slots(rows, places)
    rounds = min(ROUNDS, 1 + TRIES // max(1, len(rows.links)))
    unmoved = 0
    for link in chain.from_iterable(repeat(rows.links, rounds)):
        unmoved = 0 if _made_straighter(slots, link) else unmoved + 1
        if unmoved == len(rows.links):
            break
    return slots


def _made_straighter(slots: _Slots, link: Link) -> bool:
    """Whether something could be moved so that ``link`` is straighter."""
    start, end = link.start, link.end
    kink = slots.entry(link) - slots.rows.starts(slots.places, link)
    aside = slots.places[end] - _straight(slots.rows, slots.places, link, down=False)
    ways = ((start, end, aside), (end, start, -aside), (start, end, kink), (end, start, -kink))
    moved = False
    failed: list[tuple[set[Key], float, Key]] = []
    lines: dict[tuple[Key, bool], set[Key]] = {}
    for (moving, goal, dx), onwards in product(ways, (False, True)):
        if abs(dx) <= 0.005:
            continue
        # What stands in line changes only where something moves.
        together = lines.get((moving, onwards)) or slots.in_line(moving, goal, onwards)
        lines[moving, onwards] = together
        if (together, dx, goal) in failed:
            continue
        if slots.move(together, dx, goal):
            moved = True
            failed.clear()
            lines.clear()
        else:
            failed.append((together, dx, goal))
    return moved


class _Near(NamedTuple):
    """A slot beside which another one stands in the next row: where that would be with a straight line to it."""

    key: Key
    aside: float


class _Slots:
    """The places of all slots, and what they cost: bends, detours, and the breadth of the whole, in px."""

    def __init__(self, rows: Rows, places: dict[Key, float]) -> None:
        self.rows, self.places = rows, dict(places)
        # What does not change with the places is read once: lines are gone through thousands of times.
        self._below = {key: [_Near(link.start, _aside(rows, link)) for link in rows.below(key)] for key in places}
        self._above = {key: [_Near(link.end, -_aside(rows, link)) for link in rows.above(key)] for key in places}
        self._in = {
            key: [(link, rows.cells[link.start].outputs[link.line]) for link in rows.entering(key)] for key in places
        }
        self._reach = {key: reach(rows, key) for key in places}
        self._costs = {key: self._cost(key) for key in places}
        self._near = {key: self._beside(key) for key in places}
        self._wide = self._breadth()
        self._row = {key: (row, index) for row in rows.rows for index, key in enumerate(row)}

    @property
    def cost(self) -> float:
        return sum(self._costs.values()) + self._wide

    def entry(self, link: Link) -> float:
        """Where the line of ``link`` enters."""
        return next(end.x for entering, end in ends_of(self.rows, self.places, link.end) if entering == link)

    def in_line(self, moving: Key, goal: Key, onwards: bool) -> set[Key]:
        """``moving`` and all that stands in one line with it, or only what lies ``onwards``, away from ``goal``."""
        places = self.places
        together, waiting = {moving}, [moving]
        upwards = goal[0] > moving[0]
        while waiting:
            key = waiting.pop()
            x = places[key]
            for near in (self._below[key], self._above[key]):
                for other, aside in near:
                    if other in together or (onwards and (other[0] > key[0]) == upwards):
                        continue
                    if abs(places[other] + aside - x) < 0.01:
                        together.add(other)
                        waiting.append(other)
        return together

    def move(self, together: set[Key], dx: float, goal: Key) -> bool:
        """Shifts the slots by ``dx`` if there is room and all costs less then. ``goal`` stays."""
        if goal in together or not all(self._fits(key, dx, together) for key in together):
            return False
        touched = {near for key in together for near in self._near[key]}
        before = sum(self._costs[key] for key in touched) + self._wide
        kept = {key: self.places[key] for key in together}
        for key in together:
            self.places[key] += dx
        costs = {key: self._cost(key) for key in touched}
        wide = self._breadth()
        if sum(costs.values()) + wide < before - 0.5:
            self._costs |= costs
            self._wide = wide
            return True
        self.places |= kept
        return False

    def _fits(self, key: Key, dx: float, together: set[Key]) -> bool:
        row, index = self._row[key]
        if dx > 0:
            index += 1
        if not 0 < index < len(row):
            return True
        left, right = row[index - 1], row[index]
        between = self.places[right] - self.places[left]
        moved = dx * ((right in together) - (left in together))
        return between + moved >= self.rows.spaces[key[0]][index - 1] - 0.01

    def _breadth(self) -> float:
        cells = self.rows.cells
        left = min(x + cells[key].left for key, x in self.places.items())
        return max(x + cells[key].right for key, x in self.places.items()) - left

    def _beside(self, key: Key) -> set[Key]:
        """The slots whose cost depends on where ``key`` is."""
        linked = {link.start for link in self.rows.below(key)} | {link.end for link in self.rows.above(key)}
        lanes = {link.end for lane in self.rows.lanes for link in lane.ends if link.start == key}
        row = self.rows.rows[key[0]]
        index = row.index(key)
        return {key, *linked, *lanes, *row[max(0, index - 1) : index + 2]}

    def _is_alone(self, key: Key) -> bool:
        """Whether what leaves ``key`` is one line from the middle of a box."""
        rows = self.rows
        return key in rows.halves and key not in rows.signs and len(rows.cells[key].outputs) == 1

    def _cost(self, key: Key) -> float:
        places, x = self.places, self.places[key]
        cost = 0.0
        for start, end, beside in self._lines(key, x):
            away = abs(start - end)
            cost += away
            cost += KINK if 0.01 < away < KINKED else 0.0
            cost += BEND if away > 0.01 else beside
        for share, near in ((LOPSIDED, self._below[key]), (UNEVEN, self._above[key])):
            if near:
                away = sum([places[other] + aside - x for other, aside in near])
                cost += share * abs(away) / len(near)
        return cost

    def _lines(self, key: Key, x: float) -> Iterator[tuple[float, float, float]]:
        """Where each line to the slot ``key`` at ``x`` starts and enters; what it costs to enter beside its middle."""
        rows, places = self.rows, self.places
        if key in rows.signs:
            for link, end in ends_of(rows, places, key):
                beside = end.goal is None and abs(end.x - x) > 0.01
                yield rows.starts(places, link), end.x, self._slip(link.start) if beside else 0.0
        elif key in rows.halves or passes(key):
            starts = sorted(
                [(places[link.start] + output, index) for index, (link, output) in enumerate(self._in[key])]
            )
            ends = ports_of([start for start, _ in starts], x, self._reach[key])
            is_box = key in rows.halves
            for (start, index), entry in zip(starts, ends, strict=True):
                beside = is_box and abs(entry - x) > 0.01
                yield start, entry, self._slip(self._in[key][index][0].start) if beside else 0.0
        else:
            inputs = rows.cells[key].inputs
            for link, output in self._in[key]:
                yield places[link.start] + output, x + inputs[link.entry], 0.0

    def _slip(self, start: Key) -> float:
        """What it costs that a line from ``start`` enters beside a middle."""
        return SHIFT if self._is_alone(start) else SLIP


def parted(rows: Rows, places: Mapping[Key, float]) -> Mapping[Key, float]:
    """``places``, passing lines and what stands beyond them moved aside where lines would else lie on each other."""
    for row in range(len(rows.rows) - 1):
        stuck = in_conflict(buses_from(rows, places, row, clear=True))
        if not stuck:
            continue
        touched = [x for bus in stuck for x in (*bus.feet, *bus.heads)]
        passing = [
            key
            for key in (*rows.rows[row], *rows.rows[row + 1])
            if passes(key) and any(abs(places[key] - x) < NEAR for x in touched)
        ]
        for key, shift in product(passing, sorted(range(-24, 25, 2), key=abs)):
            place = rows.rows[key[0]].index(key)
            aside = rows.rows[key[0]][: place + 1] if shift < 0 else rows.rows[key[0]][place:]
            tried = dict(places) | {other: places[other] + shift for other in aside}
            if rows.fit(tried) and not any(
                collide(buses_from(rows, tried, near, clear=True)) for near in (key[0] - 1, key[0])
            ):
                places = tried
                break
    return places
