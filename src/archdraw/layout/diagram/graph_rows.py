"""The rows of a small directed graph: slots from the bottom up, the cell of each, and the links between rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from archdraw.edges import Edge
from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import boxes
from archdraw.layout.diagram.cell import Cell, line_cell
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.layout.diagram.ranks import Slot, arranged
from archdraw.picture import Box, Diagram, ExpertGrid, Graph

INPUT, OUTPUT = "input", "output"
PORT_SPACE, PORT_INSET = 20.0, 12.0
"""Between lines that enter one box, and from its ends to the outer ones."""
NAME_SPACE = 16.0
"""Beside the name of a line, to the next line."""
PASSING_SPACE = 14.0
"""Between a line and a box that it passes."""
SIDE = 20.0
"""From a sign to where a line turns to its side, at least."""

Key = tuple[int, Slot]
"""A slot with its row, since an edge that passes several rows has a slot in each."""
PlaceItem = Callable[[Diagram, tuple[float, ...], tuple[float, ...]], Cell]
"""Lays a diagram out over the lines that come in; those that leave are at least so far apart."""


class Link(NamedTuple):
    """A piece of an edge from one row to the next: from line ``line`` of the slot ``start`` to line ``entry``."""

    start: Key
    end: Key
    line: int = 0
    entry: int = 0


@dataclass(frozen=True, eq=False)
class Rows:
    """The slots of a graph in rows from the bottom up, the cell of each about x = 0, and the links between rows.

    ``halves`` says how far from its middle lines may enter a box; what is no box has its entries where it has them.
    """

    rows: tuple[tuple[Key, ...], ...]
    cells: Mapping[Key, Cell]
    links: tuple[Link, ...]
    spaces: tuple[tuple[float, ...], ...]
    signs: frozenset[Key]
    halves: Mapping[Key, float]

    def height(self, row: int) -> float:
        return max(self.cells[key].length for key in self.rows[row])

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
        return self.rows, self.links, self.spaces, self.signs, cells, tuple(self.halves.items())

    def __hash__(self) -> int:
        return hash(self._breadths)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self._breadths == other._breadths


def rows_of(graph: Graph, ports: tuple[float, ...], measures: Measures, place: PlaceItem, extra: float) -> Rows:
    """The rows of ``graph``, its slots ``extra`` px further apart than they need be.

    ``ports`` are the places of the lines that come in, seen from the first; ``place`` lays out what is no box.
    """
    found = dict(graph.nodes)
    edges = tuple(edge for edge in graph.edges if edge.end != OUTPUT)
    # A line leads from the right of an expert grid to the panel of one expert.
    opened = frozenset(key for key, item in found.items() if isinstance(item, Box) and _is_grid(item))
    slots = arranged((INPUT, *found), edges, opened)
    rows = tuple(tuple((number, slot) for slot in row) for number, row in enumerate(slots))
    cells: dict[Key, Cell] = {}
    halves: dict[Key, float] = {}
    signs: set[Key] = set()
    for key in (key for row in rows for key in row):
        slot = key[1]
        if passes(key):
            cells[key] = line_cell((0.0,))
        elif slot == INPUT:
            cells[key] = line_cell(ports)
        else:
            assert isinstance(slot, str)
            item, lines = found[slot], sum(1 for edge in edges if edge.end == slot)
            cells[key] = _cell(item, lines, measures, place)
            if isinstance(item, Box):
                halves[key] = _half(item, cells[key], lines, measures)
                signs |= {key} if _is_sign(item, lines) else set()
    spaces = tuple(
        tuple(
            extra
            + cells[left].right
            - cells[right].left
            + (PASSING_SPACE if passes(left) or passes(right) else measures.branch_gap)
            for left, right in pairwise(row)
        )
        for row in rows
    )
    return Rows(rows, cells, tuple(_links(rows, edges)), spaces, frozenset(signs), halves)


def passes(key: Key) -> bool:
    return not isinstance(key[1], str)


def _links(rows: tuple[tuple[Key, ...], ...], edges: Iterable[Edge]) -> Iterator[Link]:
    ranks = {slot: rank for row in rows for rank, slot in row if isinstance(slot, str)}
    entered: dict[str, int] = {}
    for edge in edges:
        way: list[Slot] = [edge.start, *[edge] * (ranks[edge.end] - ranks[edge.start] - 1), edge.end]
        keys = list(zip(range(ranks[edge.start], ranks[edge.end] + 1), way, strict=True))
        entry = entered[edge.end] = entered.get(edge.end, -1) + 1
        for start, end in pairwise(keys):
            yield Link(start, end, 0 if passes(start) else edge.line, 0 if passes(end) else entry)


def _is_grid(box: Box) -> bool:
    return isinstance(box.figure, ExpertGrid)


def _is_sign(item: Diagram, lines: int) -> bool:
    return isinstance(item, Box) and item.label in ("+", "×") and not item.detail and 2 <= lines <= 3


def _cell(item: Diagram, lines: int, measures: Measures, place: PlaceItem) -> Cell:
    """``item`` about x = 0, a box wide enough for the ``lines`` that enter it; a sign with room at its sides."""
    if not isinstance(item, Box):
        ports = tuple(measures.port_gap * index for index in range(lines))
        cell = place(item, ports or (0.0,), ())
        return cell.moved(-(cell.left + cell.right) / 2)
    if not _is_sign(item, lines):
        return boxes.place(item, _ports(item, lines), _distances(item, measures), measures)
    radius = measures.node
    side = radius + SIDE

    def paint(canvas: Canvas, x: float, y: float) -> None:
        canvas.node(x, y - radius, radius, "+" if item.label == "+" else "×")

    return Cell(-side, side, 2 * radius, (0.0,) * lines, (0.0,), (True,) * lines, paint)


def _ports(box: Box, lines: int) -> tuple[float, ...]:
    """Where lines enter ``box`` if nothing else says so; one in the middle stands for those of a box that splits."""
    if len(box.outputs) > 1:
        return (0.0,)
    start = -PORT_SPACE * (lines - 1) / 2
    return tuple(start + PORT_SPACE * index for index in range(lines)) or (0.0,)


def _distances(box: Box, measures: Measures) -> tuple[float, ...]:
    """How far apart the lines that leave ``box`` are: with room for their names."""
    return tuple(max(measures.port_gap, text_width(name, SMALL) + NAME_SPACE) for name in box.outputs[:-1])


def _half(box: Box, cell: Cell, lines: int, measures: Measures) -> float:
    """How far the sides of ``box`` are from its middle, chips and names beside it left out."""
    if not box.chips and len(box.outputs) == 1:
        return cell.right
    bare = replace(box, chips=(), outputs=("",) * len(box.outputs))
    return boxes.place(bare, _ports(box, lines), _distances(box, measures), measures).right
