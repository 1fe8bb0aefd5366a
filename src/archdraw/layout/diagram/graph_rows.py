"""The rows of a small directed graph: slots from the bottom up, the cell of each, and the links between rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import boxes
from archdraw.layout.diagram.cell import Cell, line_cell
from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.ranks import Edge, Slot, arranged
from archdraw.picture import Box, ExpertGrid, Graph

INPUT, OUTPUT = "input", "output"
PORT_SPACE, PORT_INSET = 20.0, 12.0
"""Between lines that enter one box, and from its ends to the outer ones."""
PASSING_SPACE = 14.0
"""Between a line and a box that it passes."""
SIDE = 20.0
"""From a sign to where a line turns to its side, at least."""

Key = tuple[int, Slot]
"""A slot with its row, since an edge that passes several rows has a slot in each."""


@dataclass(frozen=True, eq=False)
class Rows:
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
        return isinstance(other, Rows) and self._breadths == other._breadths


def rows_of(graph: Graph, measures: Measures, extra: float) -> Rows:
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
            + (PASSING_SPACE if passes(left) or passes(right) else measures.branch_gap)
            for left, right in pairwise(row)
        )
        for row in rows
    )
    return Rows(rows, cells, tuple(_links(rows, edges)), spaces, frozenset(signs))


def passes(key: Key) -> bool:
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
