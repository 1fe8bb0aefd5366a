"""Where the lines of a small directed graph enter its boxes, and the buses that lead there from row to row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from archdraw.layout.diagram.buses import NEAR, Bus, End
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.graph_cells import PORT_SPACE, SIDE
from archdraw.layout.diagram.graph_rows import PASSING_SPACE, PORT_INSET, Key, Link, Rows, is_back, passes
from archdraw.layout.diagram.spacing import apart

STRAIGHT = 1.5
"""So far from the middle of a box a line may enter it rather than have two corners next to each other."""
BACK_DASH = (6.0, 4.0)
"""Of lines that lead back."""


def buses_from(rows: Rows, places: Mapping[Key, float], row: int, *, clear: bool = False) -> list[Bus]:
    """The lines from ``row`` to the next one; ``clear`` of those that leave ``row``, even if bent for that."""
    ends = {link: end for key in rows.rows[row + 1] for link, end in ends_of(rows, places, key, clear)}
    back = {link.start: [] for lane in rows.lanes for link in lane.ends}  # type: dict[Key, list[End]]
    for link, end in ends.items():
        if link.start in back and link.start[0] == row + 1:
            back[link.start].append(end)
    found = []
    for key in rows.rows[row]:
        cell = rows.cells[key]
        drop = rows.height(row) if passes(key) else (rows.height(row) - cell.length) / 2
        for line, output in enumerate(cell.outputs):
            leaving = [ends[link] for link in rows.above(key) if link.line == line]
            if leaving and is_back(key):
                found.append(Bus(places[key], drop, (*leaving, *back.get((row + 1, key[1]), ())), BACK_DASH))
            elif leaving:
                found.append(Bus(places[key] + output, drop, tuple(leaving)))
    for lane in rows.lanes:
        lowest, highest = (lane.rows[0], lane.slot), lane.start
        if lowest[0] == row + 1:
            found.append(Bus(places[lowest], 0.0, tuple(back[lowest]), BACK_DASH, from_above=True))
        if highest[0] == row:
            cell = rows.cells[highest]
            down = End(places[row, lane.slot], rows.height(row), False, down=True)
            drop = (rows.height(row) - cell.length) / 2
            found.append(Bus(places[highest] + cell.outputs[lane.line], drop, (down,), BACK_DASH))
    return found


def ends_of(rows: Rows, places: Mapping[Key, float], key: Key, clear: bool = False) -> Iterator[tuple[Link, End]]:
    """Where the lines enter the slot ``key``: a box from the left to the right, anything else where it takes them."""
    cell, x = rows.cells[key], places[key]
    rise = 0.0 if passes(key) else (rows.height(key[0]) - cell.length) / 2
    if key not in rows.halves and not passes(key):
        for link in rows.entering(key):
            yield link, End(x + cell.inputs[link.entry], rise, cell.arrows[link.entry])
        return
    links = sorted(rows.entering(key), key=lambda link: rows.starts(places, link))
    starts = [rows.starts(places, link) for link in links]
    if key in rows.signs:
        ends = around(starts, x, cell, rise, *_room(rows, places, key))
    else:
        half = reach(rows, key)
        if len(links) == 1 and _is_off(rows, links[0]) and abs(starts[0] - x) > STRAIGHT:
            # A line from beside the middle of one box does not enter the next one there, too.
            starts = [x]
        ends = [End(port, rise, not passes(key)) for port in ports_of(starts, x, half)]
        if ends and clear and not passes(key):
            others = [places[other] + output for other in rows.rows[key[0] - 1] for output in rows.cells[other].outputs]
            ends = _cleared(ends, others, x, half)
    yield from zip(links, ends, strict=True)


def _is_off(rows: Rows, link: Link) -> bool:
    """Whether ``link`` leads from one of several lines of a box to a box."""
    return not passes(link.end) and link.start in rows.named


def reach(rows: Rows, key: Key) -> float:
    """How far from its middle lines may enter the slot ``key``."""
    return rows.halves[key] - PORT_INSET if key in rows.halves else rows.cells[key].right


def ports_of(starts: list[float], x: float, half: float) -> list[float]:
    """Straight above where the lines come from if the box is there, else as near to it as can be."""
    if len(starts) < 2:
        return starts if not starts or abs(starts[0] - x) <= half else [x]
    return apart(starts, [PORT_SPACE] * (len(starts) - 1), x - half, x + half)


def _cleared(ends: list[End], others: list[float], x: float, half: float) -> list[End]:
    """``ends`` moved together until none is under or above one of the ``others``, if the box has room for that."""
    for shift in sorted(range(-24, 25, 2), key=abs):
        moved = [end.x + shift for end in ends]
        inside = x - half <= moved[0] and moved[-1] <= x + half
        if inside and all(abs(port - other) >= NEAR for port in moved for other in others):
            return [replace(end, x=port) for end, port in zip(ends, moved, strict=True)]
    return ends


def around(starts: list[float], x: float, cell: Cell, rise: float, low: float, high: float) -> list[End]:
    """Two or three lines into a sign, at its left, below, at its right; turning where they have come up, or nearer."""
    below = 1 if len(starts) == 3 else None
    if len(starts) == 2:
        nearest = min((0, 1), key=lambda index: abs(starts[index] - x))
        if abs(starts[nearest] - x) < SIDE or (starts[0] - x) * (starts[1] - x) >= 0:
            below = nearest
    ends = []
    radius = cell.length / 2
    for index, start in enumerate(starts):
        if index == below:
            ends.append(End(x, rise, True))
        elif index == 0 and below != 0:
            ends.append(End(max(low, min(start, x + cell.left)), rise + radius, True, x - radius))
        else:
            ends.append(End(min(high, max(start, x + cell.right)), rise + radius, True, x + radius))
    return ends


class Beside(NamedTuple):
    """A neighbour of a sign in its row: its ``place``, where its ``edge`` is about that, whether it is a sign, too."""

    place: float
    edge: float
    is_sign: bool


def _room(rows: Rows, places: Mapping[Key, float], key: Key) -> tuple[float, float]:
    """The free stretch of the row around ``key``."""
    row = rows.rows[key[0]]
    index = row.index(key)
    left, right = row[index - 1] if index else None, row[index + 1] if index < len(row) - 1 else None
    return stretch(
        places[key],
        left and Beside(places[left], rows.cells[left].right, left in rows.signs),
        right and Beside(places[right], rows.cells[right].left, right in rows.signs),
    )


def stretch(x: float, left: Beside | None, right: Beside | None) -> tuple[float, float]:
    """The free stretch of a row around a sign at ``x``, between its neighbours; signs share what is between them."""
    low, high = -math.inf, math.inf
    if left:
        low = (left.place + x + NEAR) / 2 if left.is_sign else left.place + left.edge + PASSING_SPACE
    if right:
        high = (right.place + x - NEAR) / 2 if right.is_sign else right.place + right.edge - PASSING_SPACE
    return low, high
