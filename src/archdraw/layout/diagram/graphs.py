"""Small directed graphs: boxes in rows, lines between the rows, each line in a column of its own past the boxes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise, product

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import boxes, buses
from archdraw.layout.diagram.buses import NEAR, Bus, End, collide
from archdraw.layout.diagram.cell import Cell, line_cell
from archdraw.layout.diagram.joints import BUS_ARROW, BUS_LOW
from archdraw.layout.diagram.measures import INSET, Measures
from archdraw.layout.diagram.ranks import Edge, Slot, arranged
from archdraw.layout.diagram.spacing import apart
from archdraw.picture import Box, ExpertGrid, Graph

INPUT, OUTPUT = "input", "output"
PORT_SPACE, PORT_INSET = 20.0, 12.0
"""Between lines that enter one box, and from its ends to the outer ones."""
PASSING_SPACE = 14.0
"""Between a line and a box that it passes."""
SIDE = 20.0
"""From a sign to where a line turns to its side, at least."""
TRACK = 10.0
BEND, SHIFT = 30.0, 24.0
"""What a bent line costs in px of detour, and one that enters its box beside the middle."""
KINK, KINKED = 20.0, 16.0
"""What a line costs more that is bent by so little that it looks like a slip."""
LOPSIDED, UNEVEN = 0.5, 1.0
"""What a box costs for each px beside the middle of where its lines come from, and of where they go."""

Key = tuple[int, Slot]
"""A slot with its row, since an edge that passes several rows has a slot in each."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """The slots of a graph in rows from the bottom up, the cell of each about x = 0, and the links between rows."""

    rows: tuple[tuple[Key, ...], ...]
    cells: Mapping[Key, Cell]
    links: tuple[tuple[Key, Key], ...]
    spaces: tuple[tuple[float, ...], ...]
    signs: frozenset[Key]

    def height(self, row: int) -> float:
        return max(self.cells[key].length for key in self.rows[row])

    def fit(self, places: Mapping[Key, float]) -> bool:
        """Whether all slots of a row are as far apart as they must be."""
        return all(
            places[right] - places[left] >= space - 0.01
            for row, spaces in zip(self.rows, self.spaces, strict=True)
            for (left, right), space in zip(pairwise(row), spaces, strict=True)
        )

    def below(self, key: Key) -> list[Key]:
        return self._below.get(key, [])

    def above(self, key: Key) -> list[Key]:
        return self._above.get(key, [])

    @cached_property
    def _below(self) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = {}
        for start, end in self.links:
            found.setdefault(end, []).append(start)
        return found

    @cached_property
    def _above(self) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = {}
        for start, end in self.links:
            found.setdefault(start, []).append(end)
        return found

    @cached_property
    def _breadths(self) -> tuple[object, ...]:
        """All that the places of the slots from left to right depend on."""
        cells = tuple(
            (key, cell.left, cell.right, cell.length * (key in self.signs)) for key, cell in self.cells.items()
        )
        return self.rows, self.links, self.spaces, self.signs, cells

    def __hash__(self) -> int:
        return hash(self._breadths)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rows) and self._breadths == other._breadths


def place(graph: Graph, port: float, measures: Measures) -> Cell:
    """``graph`` with the line that comes in at ``port``. Raises :class:`ArchdrawError` where there is no Graphviz."""
    for extra in (0.0, 6.0, 12.0, 18.0, 24.0):
        rows = _rows(graph, measures, extra)
        places = _parted(rows, _aligned(rows))
        dx = port - places[rows.rows[0][0]]
        places = {key: x + dx for key, x in places.items()}
        gaps = [_buses(rows, places, row) for row in range(len(rows.rows) - 1)]
        gaps = [_buses(rows, places, row, clear=True) if collide(gap) else gap for row, gap in enumerate(gaps)]
        if not any(map(collide, gaps)):
            break
    lanes = [buses.tracks(gap) for gap in gaps]
    heights = [rows.height(row) for row in range(len(rows.rows))]
    spare = (measures.gap - INSET.gap) / 2
    low, high = BUS_LOW + spare, BUS_ARROW + spare
    lengths = [
        measures.gap if all(bus.is_straight for bus in gap) else low + TRACK * max(lane) + high
        for gap, lane in zip(gaps, lanes, strict=True)
    ]
    # The line from a straight input is the neighbour's, and so is its arrow.
    enters = gaps[0][0].is_straight
    if enters:
        lengths[0] = 0.0

    def paint(canvas: Canvas, x: float, y: float) -> None:
        for row, (gap, lane, length) in enumerate(zip(gaps, lanes, lengths, strict=True)):
            if length:
                buses.paint(canvas, gap, [y - low - TRACK * track for track in lane], x, y, y - length)
            y -= length
            for key in rows.rows[row + 1]:
                cell = rows.cells[key]
                cell.moved(places[key]).paint(canvas, x, y - (heights[row + 1] - cell.length) / 2)
            y -= heights[row + 1]

    extents = [rows.cells[key].moved(x) for key, x in places.items()]
    (top,) = rows.rows[-1]
    return Cell(
        min(cell.left for cell in extents),
        max(cell.right for cell in extents),
        sum(heights) + sum(lengths),
        (port,),
        (places[top] + rows.cells[top].outputs[0],),
        (enters and gaps[0][0].ends[0].arrow,),
        paint,
    )


def _rows(graph: Graph, measures: Measures, extra: float) -> _Rows:
    """The rows of ``graph``, its slots ``extra`` px further apart than they need be."""
    found = {box.path: box for box in graph.nodes}
    edges = tuple(edge for edge in graph.edges if edge[1] != OUTPUT)
    # A line leads from the right of an expert grid to the panel of one expert.
    opened = frozenset(path for path, box in found.items() if isinstance(box.figure, ExpertGrid))
    slots = arranged((INPUT, *found), edges, opened)
    rows = tuple(tuple((number, slot) for slot in row) for number, row in enumerate(slots))
    cells: dict[Key, Cell] = {}
    signs: set[Key] = set()
    for key in (key for row in rows for key in row):
        slot = key[1]
        if isinstance(slot, str) and slot in found:
            lines = sum(1 for _, end in edges if end == slot)
            cells[key] = _cell(found[slot], lines, measures)
            signs |= {key} if _is_sign(found[slot], lines) else set()
        else:
            cells[key] = line_cell((0.0,))
    spaces = tuple(
        tuple(
            extra
            + cells[left].right
            - cells[right].left
            + (PASSING_SPACE if _passes(left) or _passes(right) else measures.branch_gap)
            for left, right in pairwise(row)
        )
        for row in rows
    )
    return _Rows(rows, cells, tuple(_links(rows, edges)), spaces, frozenset(signs))


def _passes(key: Key) -> bool:
    return not isinstance(key[1], str)


def _links(rows: tuple[tuple[Key, ...], ...], edges: Iterable[Edge]) -> Iterator[tuple[Key, Key]]:
    ranks = {slot: rank for row in rows for rank, slot in row if isinstance(slot, str)}
    for start, end in edges:
        way: list[Slot] = [start, *[(start, end)] * (ranks[end] - ranks[start] - 1), end]
        yield from pairwise(zip(range(ranks[start], ranks[end] + 1), way, strict=True))


def _is_sign(box: Box, lines: int) -> bool:
    return box.label in ("+", "×") and not box.detail and 2 <= lines <= 3


def _cell(box: Box, lines: int, measures: Measures) -> Cell:
    """``box`` about x = 0, wide enough for the ``lines`` that enter it; a sign as a node with room at its sides."""
    if not _is_sign(box, lines):
        start = -PORT_SPACE * (lines - 1) / 2
        return boxes.place(box, tuple(start + PORT_SPACE * index for index in range(lines)), (), measures)
    radius = measures.node
    side = radius + SIDE

    def paint(canvas: Canvas, x: float, y: float) -> None:
        canvas.node(x, y - radius, radius, "+" if box.label == "+" else "×")

    return Cell(-side, side, 2 * radius, (0.0,) * lines, (0.0,), (True,) * lines, paint)


def _buses(rows: _Rows, places: Mapping[Key, float], row: int, *, clear: bool = False) -> list[Bus]:
    """The lines from ``row`` to the next one; ``clear`` of those that leave ``row``, even if bent for that."""
    ends = {link: end for key in rows.rows[row + 1] for link, end in _ends(rows, places, key, clear)}
    return [
        Bus(
            places[key] + rows.cells[key].outputs[0],
            rows.height(row) if _passes(key) else (rows.height(row) - rows.cells[key].length) / 2,
            tuple(ends[key, end] for end in rows.above(key)),
        )
        for key in rows.rows[row]
    ]


def _ends(
    rows: _Rows, places: Mapping[Key, float], key: Key, clear: bool = False
) -> Iterator[tuple[tuple[Key, Key], End]]:
    """Where the lines enter the slot ``key``, from the left to the right."""
    cell, x = rows.cells[key], places[key]
    sources = sorted(rows.below(key), key=lambda start: places[start])
    starts = [places[start] for start in sources]
    rise = 0.0 if _passes(key) else (rows.height(key[0]) - cell.length) / 2
    if key in rows.signs:
        ends = _around(starts, x, cell, rise, *_room(rows, places, key))
    else:
        ends = [End(port, rise, not _passes(key)) for port in _ports(starts, x, cell)]
        if clear and not _passes(key):
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


def _room(rows: _Rows, places: Mapping[Key, float], key: Key) -> tuple[float, float]:
    """The free stretch of the row around ``key``, between its neighbours."""
    row = rows.rows[key[0]]
    index = row.index(key)
    left = places[row[index - 1]] + rows.cells[row[index - 1]].right + PASSING_SPACE if index else -math.inf
    if index == len(row) - 1:
        return left, math.inf
    return left, places[row[index + 1]] + rows.cells[row[index + 1]].left - PASSING_SPACE


@lru_cache(maxsize=256)
def _aligned(rows: _Rows) -> Mapping[Key, float]:
    """The x of every slot: lines as straight as the order in the rows and the breadth of the boxes allow.

    Two beginnings, from the bottom up and from the top down; then whatever stands in one line is moved together to
    stand in line with a neighbour, as long as that makes lines shorter or straighter.
    """
    upwards = _followed(rows, rows.rows, rows.below)
    downwards = _followed(rows, rows.rows[::-1], rows.above)
    return min((_straightened(rows, start) for start in (upwards, downwards)), key=lambda places: _cost(rows, places))


def _followed(
    rows: _Rows, order: Iterable[tuple[Key, ...]], neighbours: Callable[[Key], list[Key]]
) -> dict[Key, float]:
    """Row by row, every slot as near as can be to the middle of its neighbours in the row before."""
    places: dict[Key, float] = {}
    for row in order:
        wanted = []
        for key in row:
            near = [places[other] for other in neighbours(key)]
            wanted.append(sum(near) / len(near) if near else 0.0)
        places |= zip(row, apart(wanted, rows.spaces[row[0][0]]), strict=True)
    return places


def _straightened(rows: _Rows, places: dict[Key, float]) -> dict[Key, float]:
    cost = _cost(rows, places)
    improved = True
    while improved:
        improved = False
        for link in rows.links:
            start, end = link
            kink = dict(_ends(rows, places, end))[link].x - places[start]
            aside = places[end] - places[start]
            ways = ((start, end, aside), (end, start, -aside), (start, end, kink), (end, start, -kink))
            for (moving, goal, dx), onwards in product(ways, (False, True)):
                tried = _moved(rows, places, moving, goal, dx, onwards)
                if tried is not None and (new := _cost(rows, tried)) < cost - 0.5:
                    places, cost, improved = tried, new, True
    return places


def _moved(
    rows: _Rows, places: dict[Key, float], moving: Key, goal: Key, dx: float, onwards: bool
) -> dict[Key, float] | None:
    """``moving`` shifted by ``dx`` with all that stands in one line with it, or only with what lies ``onwards``.

    Onwards is away from ``goal``, which stays. None if there is no room.
    """
    together, waiting = {moving}, [moving]
    while waiting:
        key = waiting.pop()
        for other in (*rows.below(key), *rows.above(key)):
            back = onwards and (other[0] > key[0]) == (goal[0] > moving[0])
            if other not in together and not back and abs(places[other] - places[key]) < 0.01:
                together.add(other)
                waiting.append(other)
    if goal in together:
        return None
    tried = {key: x + dx if key in together else x for key, x in places.items()}
    return tried if rows.fit(tried) else None


def _parted(rows: _Rows, places: Mapping[Key, float]) -> Mapping[Key, float]:
    """``places``, passing lines and what stands beyond them moved aside where lines would else lie on each other."""
    for row in range(len(rows.rows) - 1):
        if not collide(_buses(rows, places, row, clear=True)):
            continue
        passing = [key for key in (*rows.rows[row], *rows.rows[row + 1]) if _passes(key)]
        for key, shift in product(passing, sorted(range(-24, 25, 2), key=abs)):
            place = rows.rows[key[0]].index(key)
            aside = rows.rows[key[0]][: place + 1] if shift < 0 else rows.rows[key[0]][place:]
            tried = dict(places) | {other: places[other] + shift for other in aside}
            if rows.fit(tried) and not any(
                collide(_buses(rows, tried, near, clear=True)) for near in (key[0] - 1, key[0])
            ):
                places = tried
                break
    return places


def _cost(rows: _Rows, places: Mapping[Key, float]) -> float:
    """Bends, detours, and the breadth of the whole, in px."""
    cost = 0.0
    for key, x in places.items():
        for (start, _), end in _ends(rows, places, key):
            away = abs(places[start] - end.x)
            cost += away
            cost += KINK if 0.01 < away < KINKED else 0.0
            cost += BEND if away > 0.01 else SHIFT if end.goal is None and abs(end.x - x) > 0.01 else 0.0
        for share, near in ((LOPSIDED, rows.below(key)), (UNEVEN, rows.above(key))):
            cost += share * abs(sum(places[other] - x for other in near)) / max(1, len(near))
    left = min(x + rows.cells[key].left for key, x in places.items())
    return cost + max(x + rows.cells[key].right for key, x in places.items()) - left
