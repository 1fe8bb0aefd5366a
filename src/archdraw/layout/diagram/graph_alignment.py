"""Where the slots of a small directed graph stand from left to right: lines as straight as its rows allow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, product, repeat

from archdraw.layout.diagram.buses import NEAR, collide, in_conflict
from archdraw.layout.diagram.graph_ends import buses_from
from archdraw.layout.diagram.graph_rows import Key, Link, Rows, passes
from archdraw.layout.diagram.graph_slots import Line, Slots, aside
from archdraw.layout.diagram.spacing import apart

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
    return min((_straightened(rows, start) for start in (upwards, downwards)), key=lambda slots: slots.cost).by_key()


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
    away = aside(rows, link)
    return places[link.end] - away if down else places[link.start] + away


def _straightened(rows: Rows, places: Mapping[Key, float]) -> Slots:
    slots = Slots(rows, places)
    lines = slots.lines
    rounds = min(ROUNDS, 1 + TRIES // max(1, len(lines)))
    unmoved = 0
    for line in chain.from_iterable(repeat(lines, rounds)):
        unmoved = 0 if _made_straighter(slots, line) else unmoved + 1
        if unmoved == len(lines):
            break
    return slots


def _made_straighter(slots: Slots, line: Line) -> bool:
    """Whether something could be moved so that ``line`` is straighter."""
    start, end, output, straight, _ = line
    kink = slots.entry(line) - (slots.places[start] + output)
    bent = slots.places[end] - (slots.places[start] + straight)
    ways = ((start, end, bent), (end, start, -bent), (start, end, kink), (end, start, -kink))
    moved = False
    failed: list[tuple[set[int], float, int]] = []
    lines: dict[tuple[int, bool], set[int]] = {}
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
