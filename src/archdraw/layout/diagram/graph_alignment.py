"""Where the slots of a small directed graph stand from left to right: lines as straight as its rows allow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from archdraw.layout.diagram.buses import collide
from archdraw.layout.diagram.graph_ends import buses_from, ends_of
from archdraw.layout.diagram.graph_rows import Key, Link, Rows, passes
from archdraw.layout.diagram.spacing import apart

BEND, SHIFT = 30.0, 24.0
"""What a bent line costs in px of detour, and one that enters its box beside the middle."""
KINK, KINKED = 20.0, 16.0
"""What a line costs more that is bent by so little that it looks like a slip."""
LOPSIDED, UNEVEN = 0.5, 1.0
"""What a box costs for each px beside the middle of where its lines come from, and of where they go."""


@lru_cache(maxsize=256)
def aligned(rows: Rows) -> Mapping[Key, float]:
    """The x of every slot: lines as straight as the order in the rows and the breadth of the boxes allow.

    Two beginnings, from the bottom up and from the top down; then whatever stands in one line is moved together to
    stand in line with a neighbour, as long as that makes lines shorter or straighter.
    """
    upwards, downwards = _followed(rows), _followed(rows, down=True)
    return min((_straightened(rows, start) for start in (upwards, downwards)), key=lambda places: _cost(rows, places))


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


def _straightened(rows: Rows, places: dict[Key, float]) -> dict[Key, float]:
    cost = _cost(rows, places)
    improved = True
    while improved:
        improved = False
        for link in rows.links:
            start, end = link.start, link.end
            kink = dict(ends_of(rows, places, end))[link].x - rows.starts(places, link)
            aside = places[end] - _straight(rows, places, link, down=False)
            ways = ((start, end, aside), (end, start, -aside), (start, end, kink), (end, start, -kink))
            for (moving, goal, dx), onwards in product(ways, (False, True)):
                tried = _moved(rows, places, moving, goal, dx, onwards)
                if tried is not None and (new := _cost(rows, tried)) < cost - 0.5:
                    places, cost, improved = tried, new, True
    return places


def _moved(
    rows: Rows, places: dict[Key, float], moving: Key, goal: Key, dx: float, onwards: bool
) -> dict[Key, float] | None:
    """``moving`` shifted by ``dx`` with all that stands in one line with it, or only with what lies ``onwards``.

    Onwards is away from ``goal``, which stays. None if there is no room.
    """
    together, waiting = {moving}, [moving]
    while waiting:
        key = waiting.pop()
        for link in (*rows.below(key), *rows.above(key)):
            other = link.start if link.end == key else link.end
            back = onwards and (other[0] > key[0]) == (goal[0] > moving[0])
            straight = abs(_straight(rows, places, link, down=False) - places[link.end]) < 0.01
            if other not in together and not back and straight:
                together.add(other)
                waiting.append(other)
    if goal in together:
        return None
    tried = {key: x + dx if key in together else x for key, x in places.items()}
    return tried if rows.fit(tried) else None


def parted(rows: Rows, places: Mapping[Key, float]) -> Mapping[Key, float]:
    """``places``, passing lines and what stands beyond them moved aside where lines would else lie on each other."""
    for row in range(len(rows.rows) - 1):
        if not collide(buses_from(rows, places, row, clear=True)):
            continue
        passing = [key for key in (*rows.rows[row], *rows.rows[row + 1]) if passes(key)]
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


def _cost(rows: Rows, places: Mapping[Key, float]) -> float:
    """Bends, detours, and the breadth of the whole, in px."""
    cost = 0.0
    for key, x in places.items():
        for link, end in ends_of(rows, places, key):
            away = abs(rows.starts(places, link) - end.x)
            cost += away
            cost += KINK if 0.01 < away < KINKED else 0.0
            beside = key in rows.halves and end.goal is None and abs(end.x - x) > 0.01
            cost += BEND if away > 0.01 else SHIFT if beside else 0.0
        for share, links, down in ((LOPSIDED, rows.below(key), False), (UNEVEN, rows.above(key), True)):
            away = sum(_straight(rows, places, link, down) - x for link in links)
            cost += share * abs(away) / max(1, len(links))
    left = min(x + rows.cells[key].left for key, x in places.items())
    return cost + max(x + rows.cells[key].right for key, x in places.items()) - left
