"""The rows of a small directed graph: slots from the bottom up, the cell of each, and the links between rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from archdraw.edges import INPUT, OUTPUT, Edge
from archdraw.layout.diagram.cell import Cell, line_cell
from archdraw.layout.diagram.graph_cells import PlaceItem, half, is_sign, lane_cell, node_cell, output_cell
from archdraw.layout.diagram.graph_delays import with_delays
from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.ranks import Slot, arranged
from archdraw.picture import Box, ExpertGrid, Graph
from archdraw.records import record

PORT_INSET = 12.0
"""From the ends of a box to the outer lines that enter it."""
PASSING_SPACE = 14.0
"""Between a line and a box that it passes."""
Key = tuple[int, Slot]
"""A slot with its row, since an edge that passes several rows has a slot in each."""


class Link(NamedTuple):
    """A piece of an edge from one row to the next: from line ``line`` of the slot ``start`` to line ``entry``."""

    start: Key
    end: Key
    line: int = 0
    entry: int = 0


class Lane(NamedTuple):
    """A line that leads back: from line ``line`` of the slot ``start`` down past rows, beside all else in them.

    From its slots there, ``ends`` lead to the nodes that it enters.
    """

    start: Key
    line: int
    slot: Edge
    ends: tuple[Link, ...]

    @property
    def rows(self) -> range:
        """The rows that it passes."""
        return range(min(link.end[0] for link in self.ends), self.start[0] + 1)


@record(eq=False)
class Rows:
    """The slots of a graph in rows from the bottom up, the cell of each about x = 0, and the links between rows.

    ``halves`` says how far from its middle lines may enter a box; what is no box has its entries where it has them.
    Above ``named`` ones stand the names of their lines.
    """

    rows: tuple[tuple[Key, ...], ...]
    cells: Mapping[Key, Cell]
    links: tuple[Link, ...]
    spaces: tuple[tuple[float, ...], ...]
    signs: frozenset[Key]
    halves: Mapping[Key, float]
    lanes: tuple[Lane, ...]
    named: frozenset[Key]

    def height(self, row: int) -> float:
        return self._heights[row]

    @cached_property
    def _heights(self) -> list[float]:
        return [max(self.cells[key].length for key in row) for row in self.rows]

    def fit(self, places: Mapping[Key, float]) -> bool:
        """Whether all slots of a row are as far apart as they must be."""
        return all(
            places[right] - places[left] >= space - 0.01
            for row, spaces in zip(self.rows, self.spaces, strict=True)
            for (left, right), space in zip(pairwise(row), spaces, strict=True)
        )

    def starts(self, places: Mapping[Key, float], link: Link) -> float:
        """Where the line of ``link`` leaves."""
        return places[link.start] + self.cells[link.start].outputs[link.line]

    def below(self, key: Key) -> list[Link]:
        """What leads to ``key``, in the order of its lines."""
        return self._below.get(key, [])

    def entering(self, key: Key) -> list[Link]:
        """What leads to ``key``, lines that lead back among it."""
        return self._entering.get(key, [])

    def above(self, key: Key) -> list[Link]:
        """What leads on from ``key``."""
        return self._above.get(key, [])

    @cached_property
    def _below(self) -> dict[Key, list[Link]]:
        found: dict[Key, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.end, []).append(link)
        return found

    @cached_property
    def _entering(self) -> dict[Key, list[Link]]:
        found = {key: list(links) for key, links in self._below.items()}
        for link in (link for lane in self.lanes for link in lane.ends):
            found.setdefault(link.end, []).append(link)
        return found

    @cached_property
    def _above(self) -> dict[Key, list[Link]]:
        found: dict[Key, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.start, []).append(link)
        return found

    @cached_property
    def _breadths(self) -> tuple[object, ...]:
        """All that the places of the slots from left to right depend on."""
        cells = tuple(
            (key, cell.left, cell.right, cell.inputs, cell.outputs, cell.length * (key in self.signs))
            for key, cell in self.cells.items()
        )
        return self.rows, self.links, self.lanes, self.spaces, self.signs, cells, tuple(self.halves.items())

    def __hash__(self) -> int:
        return hash(self._breadths)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self._breadths == other._breadths


@record
class Around:
    """What the rows of a graph have to fit: places of the lines that come in and leave, and ``extra`` room."""

    ports: tuple[float, ...]
    leaving: tuple[float, ...]
    extra: float = 0.0


def rows_of(graph: Graph, around: Around, measures: Measures, place: PlaceItem) -> Rows:
    """The rows of ``graph``. ``place`` lays out what is no box."""
    graph, below = with_delays(graph)
    found = dict(graph.nodes)
    has_end = len(graph.outputs) > 1 or any(edge.back for edge in graph.edges)
    edges = tuple(edge for edge in graph.edges if not edge.back and (has_end or edge.end != OUTPUT))
    # A line leads from the right of an expert grid to the panel of one expert, and from a tower to what reads it:
    # columns beside towers are mirrored.
    opened = frozenset(key for key, item in found.items() if isinstance(item, Box) and (_is_grid(item) or item.wired))
    fixed = frozenset({OUTPUT, *(key for key, item in found.items() if not isinstance(item, Box))})
    names = (*((INPUT,) if graph.inputs else ()), *found, *((OUTPUT,) if has_end else ()))
    slots = arranged(names, edges, opened, fixed, below)
    ranks = {slot: rank for rank, row in enumerate(slots) for slot in row if isinstance(slot, str)}
    lanes = tuple(_lanes(graph, ranks))
    rows = tuple(
        (*((rank, slot) for slot in row), *((rank, lane.slot) for lane in lanes if rank in lane.rows))
        for rank, row in enumerate(slots)
    )
    cells: dict[Key, Cell] = {}
    halves: dict[Key, float] = {}
    signs: set[Key] = set()
    noted = {(lane.rows[0], lane.slot) for lane in lanes}
    for key in (key for row in rows for key in row):
        slot = key[1]
        if not isinstance(slot, str):
            cells[key] = lane_cell(graph.delay if key in noted else "", measures) if slot.back else line_cell((0.0,))
        elif slot == INPUT:
            cells[key] = line_cell(around.ports)
        elif slot == OUTPUT:
            cells[key] = output_cell(graph.outputs, around.leaving, measures)
        else:
            item, lines = found[slot], sum(1 for edge in graph.edges if edge.end == slot)
            cells[key] = node_cell(item, lines, measures, place)
            if isinstance(item, Box):
                halves[key] = half(item, cells[key], lines, measures)
                signs |= {key} if is_sign(item, lines) else set()
    spaces = tuple(
        tuple(
            around.extra
            + cells[left].right
            - cells[right].left
            + (PASSING_SPACE if passes(left) or passes(right) else measures.branch_gap)
            for left, right in pairwise(row)
        )
        for row in rows
    )
    named = frozenset(key for key in halves if len(cells[key].outputs) > 1)
    links = (*_links(graph, ranks, edges), *_lane_links(lanes))
    return Rows(rows, cells, links, spaces, frozenset(signs), halves, lanes, named)


def is_back(key: Key) -> bool:
    """Whether a line that leads back stands in the slot ``key``."""
    return isinstance(key[1], Edge) and key[1].back


def _lanes(graph: Graph, ranks: Mapping[str, int]) -> Iterator[Lane]:
    """The lines that lead back, those that pass the fewest rows first."""
    ends: dict[tuple[str, int], list[tuple[Edge, int]]] = {}
    for edge, entry in _entries(graph):
        if edge.back:
            ends.setdefault((edge.start, edge.line), []).append((edge, entry))
    found = []
    for (start, line), several in ends.items():
        slot = several[0][0]
        links = (Link((ranks[edge.end], slot), (ranks[edge.end], edge.end), entry=entry) for edge, entry in several)
        found.append(Lane((ranks[start], start), line, slot, tuple(links)))
    yield from sorted(found, key=lambda lane: len(lane.rows))


def _entries(graph: Graph) -> Iterator[tuple[Edge, int]]:
    """Every edge with the number of the line that it is for the node it leads to."""
    entered: dict[str, int] = {}
    for edge in graph.edges:
        entered[edge.end] = entered.get(edge.end, -1) + 1
        yield edge, entered[edge.end]


def _lane_links(lanes: Iterable[Lane]) -> Iterator[Link]:
    for lane in lanes:
        yield from (Link((row, lane.slot), (row + 1, lane.slot)) for row in lane.rows[:-1])


def passes(key: Key) -> bool:
    return not isinstance(key[1], str)


def _links(graph: Graph, ranks: Mapping[str, int], edges: Iterable[Edge]) -> Iterator[Link]:
    for edge, entry in _entries(graph):
        if edge not in edges:
            continue
        way: list[Slot] = [edge.start, *[edge] * (ranks[edge.end] - ranks[edge.start] - 1), edge.end]
        keys = list(zip(range(ranks[edge.start], ranks[edge.end] + 1), way, strict=True))
        for start, end in pairwise(keys):
            yield Link(start, end, 0 if passes(start) else edge.line, 0 if passes(end) else entry)


def _is_grid(box: Box) -> bool:
    return isinstance(box.figure, ExpertGrid)
