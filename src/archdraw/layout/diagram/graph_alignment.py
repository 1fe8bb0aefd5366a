"""Where the slots of a small directed graph stand from left to right: lines as straight as its rows allow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from archdraw.layout.diagram.buses import NEAR, collide, in_conflict
from archdraw.layout.diagram.graph_ends import buses_from, ends_of
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
    entry = 0.0 if link.end in rows.halves else rows.cells[link.end].inputs[link.entry]
    aside = rows.cells[link.start].outputs[link.line] - entry
    return places[link.end] - aside if down else places[link.start] + aside


def _straightened(rows: Rows, places: dict[Key, float]) -> _Slots:
    slots = _Slots(rows, places)
    for _ in range(min(ROUNDS, 1 + TRIES // max(1, len(rows.links)))):
        improved = False
        for link in rows.links:
            start, end = link.start, link.end
            kink = dict(ends_of(rows, slots.places, end))[link].x - rows.starts(slots.places, link)
            aside = slots.places[end] - _straight(rows, slots.places, link, down=False)
            ways = ((start, end, aside), (end, start, -aside), (start, end, kink), (end, start, -kink))
            for (moving, goal, dx), onwards in product(ways, (False, True)):
                if abs(dx) > 0.005:
                    improved |= slots.move(slots.in_line(moving, goal, onwards), dx, goal)
        if not improved:
            break
    return slots


class _Slots:
    """The places of all slots, and what they cost: bends, detours, and the breadth of the whole, in px."""

    def __init__(self, rows: Rows, places: dict[Key, float]) -> None:
        self.rows, self.places = rows, dict(places)
        self._costs = {key: self._cost(key) for key in places}
        self._near = {key: self._beside(key) for key in places}
        self._wide = self._breadth()
        self._row = {key: (row, index) for row in rows.rows for index, key in enumerate(row)}

    @property
    def cost(self) -> float:
        return sum(self._costs.values()) + self._wide

    def in_line(self, moving: Key, goal: Key, onwards: bool) -> set[Key]:
        """``moving`` and all that stands in one line with it, or only what lies ``onwards``, away from ``goal``."""
        together, waiting = {moving}, [moving]
        while waiting:
            key = waiting.pop()
            for link in (*self.rows.below(key), *self.rows.above(key)):
                other = link.start if link.end == key else link.end
                back = onwards and (other[0] > key[0]) == (goal[0] > moving[0])
                straight = abs(_straight(self.rows, self.places, link, down=False) - self.places[link.end]) < 0.01
                if other not in together and not back and straight:
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
        rows, places, x = self.rows, self.places, self.places[key]
        cost = 0.0
        for link, end in ends_of(rows, places, key):
            away = abs(rows.starts(places, link) - end.x)
            cost += away
            cost += KINK if 0.01 < away < KINKED else 0.0
            beside = key in rows.halves and end.goal is None and abs(end.x - x) > 0.01
            cost += BEND if away > 0.01 else (SHIFT if self._is_alone(link.start) else SLIP) if beside else 0.0
        for share, links, down in ((LOPSIDED, rows.below(key), False), (UNEVEN, rows.above(key), True)):
            away = sum(_straight(rows, places, link, down) - x for link in links)
            cost += share * abs(away) / max(1, len(links))
        return cost


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
