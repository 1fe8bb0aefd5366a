"""Where the lines of a small directed graph enter its boxes, and the buses that lead there from row to row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from archdraw.layout.diagram.buses import NEAR, Bus, End
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.graph_rows import PASSING_SPACE, PORT_INSET, PORT_SPACE, SIDE, Key, Rows, passes
from archdraw.layout.diagram.spacing import apart


def buses_from(rows: Rows, places: Mapping[Key, float], row: int, *, clear: bool = False) -> list[Bus]:
    """The lines from ``row`` to the next one; ``clear`` of those that leave ``row``, even if bent for that."""
    ends = {link: end for key in rows.rows[row + 1] for link, end in ends_of(rows, places, key, clear)}
    return [
        Bus(
            places[key] + rows.cells[key].outputs[0],
            rows.height(row) if passes(key) else (rows.height(row) - rows.cells[key].length) / 2,
            tuple(ends[key, end] for end in rows.above(key)),
        )
        for key in rows.rows[row]
    ]


def ends_of(
    rows: Rows, places: Mapping[Key, float], key: Key, clear: bool = False
) -> Iterator[tuple[tuple[Key, Key], End]]:
    """Where the lines enter the slot ``key``, from the left to the right."""
    cell, x = rows.cells[key], places[key]
    sources = sorted(rows.below(key), key=lambda start: places[start])
    starts = [places[start] for start in sources]
    rise = 0.0 if passes(key) else (rows.height(key[0]) - cell.length) / 2
    if key in rows.signs:
        ends = _around(starts, x, cell, rise, *_room(rows, places, key))
    else:
        ends = [End(port, rise, not passes(key)) for port in _ports(starts, x, cell)]
        if clear and not passes(key):
            ends = _cleared(ends, [places[other] for other in rows.rows[key[0] - 1]], x, cell)
    yield from zip(((start, key) for start in sources), ends, strict=True)


def _ports(starts: list[float], x: float, cell: Cell) -> list[float]:
    """Straight above where the lines come from if the box is there, else as near to it as can be."""
    half = cell.right - PORT_INSET
    if len(starts) < 2:
        return starts if not starts or abs(starts[0] - x) <= half else [x]
    return apart(starts, [PORT_SPACE] * (len(starts) - 1), x - half, x + half)


def _cleared(ends: list[End], others: list[float], x: float, cell: Cell) -> list[End]:
    """``ends`` moved together until none is under or above one of the ``others``, if the box has room for that."""
    half = cell.right - PORT_INSET
    for shift in sorted(range(-24, 25, 2), key=abs):
        moved = [end.x + shift for end in ends]
        inside = x - half <= moved[0] and moved[-1] <= x + half
        if inside and all(abs(port - other) >= NEAR for port in moved for other in others):
            return [replace(end, x=port) for end, port in zip(ends, moved, strict=True)]
    return ends


def _around(starts: list[float], x: float, cell: Cell, rise: float, low: float, high: float) -> list[End]:
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


def _room(rows: Rows, places: Mapping[Key, float], key: Key) -> tuple[float, float]:
    """The free stretch of the row around ``key``, between its neighbours."""
    row = rows.rows[key[0]]
    index = row.index(key)
    left = places[row[index - 1]] + rows.cells[row[index - 1]].right + PASSING_SPACE if index else -math.inf
    if index == len(row) - 1:
        return left, math.inf
    return left, places[row[index + 1]] + rows.cells[row[index + 1]].left - PASSING_SPACE
