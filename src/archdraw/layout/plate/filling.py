"""Two columns filled panel by panel: dynamic programming over what the panels before leave to matter.

What comes after does not ask which panel stands where, only how tall both columns are, how many lines still look for a
way past the first one, and where the owners of parts to come stand. Ways to fill that agree in this are one; the
cheapest is kept. Where too many are left, heights that are nearly equal count as equal, so that the work is linear in
the number of panels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from archdraw.records import record

SPACE = 24.0
"""Px between two panels of a column."""
DETOUR_COST = 260.0
"""Of a line that passes above or below the whole first column."""
PASSAGE_COST = (0.0, 20.0, 110.0, 1000.0)
"""Of so many lines through one space: two are room for two, three are not."""
UNDER_COST = 100.0
"""Of a part opened under its owner: its line runs around the owner's figure."""
NO_WAY_COST = 1e9
"""Of leaving out a part to which no line could lead: nothing that can be avoided."""
MOST_STATES = 1024
"""So many ways to fill are kept from one panel to the next."""
MOST_AT_FIRST = 8
"""So many for a first way to fill, which need not be the best."""

OUT, FIRST, SECOND = range(3)
Open: TypeAlias = tuple[tuple[int, int, bool], ...]


@record
class Piece:
    """A panel as the columns see it.

    ``heights`` in the first and the second column, None where it is too wide, and ``needs``, whether it takes the whole
    width of them; ``lettered``, whether a line leads to it from the model; ``loose``, whether none does from anywhere;
    ``owner``, the place of the panel of which it opens a part, -1 where that panel is not there; ``omission``, what it
    costs to leave it out, None where it has to stand.
    """

    heights: tuple[float | None, ...]
    needs: tuple[bool, ...]
    lettered: bool = False
    loose: bool = False
    owner: int | None = None
    omission: float | None = None


class _State(NamedTuple):
    """Columns filled so far, as far as this matters to what comes.

    ``waiting``: lines to the second column since the last lettered panel of the first; ``led``: whether there was one;
    ``followed``: whether a panel without a line stands under it. ``owners``: for each panel with parts to come its
    place, its column, and whether it is the last there; ``only_parts``: whether the second column has nothing else.
    ``narrow``: for each column whether nothing in it takes its whole width yet.
    """

    first: float
    second: float
    led: bool
    waiting: int
    followed: bool
    only_parts: bool
    narrow: tuple[bool, bool]
    owners: Open


_Chosen: TypeAlias = tuple[int, "_Chosen"] | None
"""The columns of the panels so far, the last one first."""
_Ways: TypeAlias = list[tuple[float, _State, "_Chosen"]]


@record
class Costs:
    """``emptiness`` is what columns of two heights cost, 0 for one that stays empty; ``least``, what they cost at least
    when panels come to them that ``must`` and ``may`` have so many px in all. From ``limit`` on a cost is of no use.
    """

    emptiness: Callable[[float, float], float]
    least: Callable[[float, float, float, float], float]
    limit: float = math.inf


def filled(pieces: Sequence[Piece], costs: Costs, narrow: tuple[bool, bool]) -> tuple[int, ...] | None:
    """For each of ``pieces``, from the top down, its column: 1, 2, or 0 where it is left out.

    ``narrow`` says of each column whether it needs a panel that takes its whole width. None where the pieces have no
    place, or none below the limit of the ``costs``.
    """
    # A good way is found soon, and spares all that cannot be better.
    best, is_best = _cheapest(pieces, costs, narrow, MOST_AT_FIRST)
    if not is_best:
        below = replace(costs, limit=min(costs.limit, best[0] + 0.01)) if best else costs
        best = _cheapest(pieces, below, narrow, MOST_STATES)[0] or best
    return None if best is None else _written(best[1])


def _cheapest(
    pieces: Sequence[Piece], costs: Costs, narrow: tuple[bool, bool], most: int
) -> tuple[tuple[float, _Chosen] | None, bool]:
    """The cheapest way to fill the columns and what it costs; whether at most so many were to be kept at each panel."""
    last_parts = {piece.owner: number for number, piece in enumerate(pieces) if piece.owner is not None}
    must, may = [0.0], [0.0]
    for piece in reversed(pieces):
        heights = [height for height in piece.heights if height is not None]
        spared = piece.omission is not None or piece.owner is not None
        must.append(must[-1] + (0.0 if spared else min(heights, default=0.0)))
        may.append(may[-1] + max(heights, default=0.0) + SPACE)
    least, limit = costs.least, costs.limit
    ways: _Ways = [(0.0, _State(0.0, 0.0, False, 0, False, True, narrow, ()), None)]
    every = True
    for number, piece in enumerate(pieces):
        found: _Ways = []
        has_parts = last_parts.get(number, -1) > number
        rest, filling = must[-2 - number], may[-2 - number]
        for cost, state, chosen in ways:
            for column in (FIRST, SECOND, OUT):
                after = _placed(piece, number, column, state, has_parts=has_parts)
                if after is None:
                    continue
                more, new = after
                if new.owners:
                    new = new._replace(owners=tuple(owner for owner in new.owners if last_parts[owner[0]] > number))
                total = cost + more
                if total + least(new.first, new.second, rest, filling) < limit:
                    found.append((total, new, (column, chosen)))
        ways, all_kept = _fewer(found, most)
        every = every and all_kept
    best: tuple[float, _Chosen] | None = None
    for cost, state, chosen in ways:
        if (
            (state.second and not state.first)
            or (state.first and state.narrow[0])
            or (state.second and state.narrow[1])
        ):
            continue
        cost += costs.emptiness(state.first, state.second)
        if state.led and not state.followed:
            cost += DETOUR_COST * state.waiting
        if best is None or cost < best[0] - 1e-6:
            best = (cost, chosen)
    return best, every


def _placed(piece: Piece, number: int, column: int, state: _State, *, has_parts: bool) -> tuple[float, _State] | None:
    """The cost of ``piece`` in ``column`` after ``state``, and the state that it leaves; None where it cannot stand."""
    if column == OUT:
        if piece.owner is not None:
            return NO_WAY_COST, state
        return None if piece.omission is None else (piece.omission, state)
    height = piece.heights[column - 1]
    if height is None or not _is_led(piece, column, state):
        return None
    first, second, led, waiting, followed, only_parts, narrow, owners = state
    if owners:
        owners = tuple((owner, where, last and where != column) for owner, where, last in owners)
    if has_parts:
        owners = (*owners, (number, column, True))
    if piece.needs[column - 1]:
        narrow = (False, narrow[1]) if column == FIRST else (narrow[0], False)
    if column == FIRST:
        cost = UNDER_COST if piece.owner is not None else 0.0
        first += height + (SPACE if first else 0.0)
        if piece.lettered:
            return cost, _State(first, second, True, 0, False, only_parts, narrow, owners)
        return cost, _State(first, second, led, waiting, piece.loose, only_parts, narrow, owners)
    second += height + (SPACE if second else 0.0)
    only_parts = only_parts and piece.owner is not None
    cost = 0.0
    if piece.lettered:
        cost = PASSAGE_COST[min(waiting + 1, 3)] - PASSAGE_COST[min(waiting, 3)] + (0.0 if led else DETOUR_COST)
        waiting += 1
    return cost, _State(first, second, led, waiting, followed, only_parts, narrow, owners)


def _is_led(piece: Piece, column: int, state: _State) -> bool:
    """Whether ``piece``, where it opens a part of another, stands right of that one, or right under it."""
    if piece.owner is None:
        return True
    for owner, where, last in state.owners:
        if owner == piece.owner:
            # Only the first part of a column can stand level with its owner's figure.
            return last if where == column else column == SECOND and state.only_parts
    return False


def _fewer(ways: _Ways, most: int) -> tuple[_Ways, bool]:
    """The cheapest of ``ways`` of each kind, at most so many, and whether these are the kinds that there are."""
    if len(ways) <= MOST_AT_FIRST:
        return ways, True
    step = 0.01
    while True:
        kept: dict[tuple[object, ...], tuple[float, _State, _Chosen]] = {}
        for way in ways:
            state = way[1]
            key = (int(state.first / step), int(state.second / step), *state[2:])
            if key not in kept or way[0] < kept[key][0]:
                kept[key] = way
        ways = list(kept.values())
        if len(ways) <= most:
            return ways, step == 0.01
        if step > 64:
            return sorted(ways, key=lambda way: way[0])[:most], False
        step = max(1.0, step * 2)


def _written(chosen: _Chosen) -> tuple[int, ...]:
    columns = []
    while chosen is not None:
        column, chosen = chosen
        columns.append(column)
    return tuple(reversed(columns))
