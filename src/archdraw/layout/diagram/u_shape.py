"""Graphs in the shape of a U: a chain down a left column and up a right one, with level lines across for its skips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from archdraw.edges import INPUT, OUTPUT
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.graph_cells import PlaceItem, half, is_sign, node_cell
from archdraw.layout.diagram.joints import CAP_GAP
from archdraw.layout.diagram.measures import Measures
from archdraw.picture import Box, Graph
from archdraw.records import record

Gaps: TypeAlias = Mapping[tuple[str, str], float]
"""Px between two neighbours of a column, the upper one first."""
LEAST_SKIPS = 3
"""Fewer skips than these make no U."""
BETWEEN = 64.0
"""From the left column to the right one, at least: the length of the shortest skip."""
ASIDE, ARROW, ENTRY = 24.0, 10.0, 14.0
"""From the left column to the line that comes in beside it, and from a column to the box below and between; the lengths
of arrows between levels and of the one that comes in, in a page that flows to the right."""


@record
class Shape:
    """The nodes of the left column from the top down, the one at the bottom, those of the right column downwards too.

    ``skips`` lead from the left to the right, the highest first.
    """

    left: tuple[str, ...]
    bottom: str
    right: tuple[str, ...]
    skips: tuple[tuple[str, str], ...]


def shape_of(graph: Graph) -> Shape | None:
    """``graph`` as a U, if it is one chain of boxes with at least three skips of which each lies inside the other."""
    chain = _chain(graph)
    if chain is None or graph.inputs > 1 or len(graph.outputs) > 1:
        return None
    place = {name: number for number, name in enumerate(chain)}
    skips = sorted(
        (place[edge.start], place[edge.end])
        for edge in graph.edges
        if edge.start in place and edge.end in place and place[edge.end] != place[edge.start] + 1
    )
    starts, ends = [start for start, _ in skips], [end for _, end in skips]
    if len(skips) < LEAST_SKIPS or len(chain) + graph.inputs + len(skips) != len(graph.edges):
        return None
    if len(set(starts)) < len(starts) or any(low <= high for low, high in pairwise(ends)):
        return None
    if starts[-1] >= ends[-1]:
        return None
    boxes = dict(graph.nodes)
    inner = chain[starts[-1] + 1 : ends[-1]]
    middle = (len(inner) - 1) / 2

    def fitness(name: str) -> tuple[bool, float]:
        item = boxes[name]
        return isinstance(item, Box) and item.role == "plain", abs(inner.index(name) - middle)

    bottom = place[min(inner, key=fitness)]
    return Shape(
        tuple(chain[:bottom]),
        chain[bottom],
        tuple(chain[:bottom:-1]),
        tuple((chain[start], chain[end]) for start, end in skips),
    )


def _chain(graph: Graph) -> list[str] | None:
    """The nodes in the order of the one way through all of them, if there is one and all are plain boxes."""
    if any(edge.back for edge in graph.edges):
        return None
    if any(not isinstance(item, Box) or len(item.outputs) > 1 or item.chips for item in graph.items):
        return None
    edges = {(edge.start, edge.end) for edge in graph.edges}
    # Nodes are in an order in which no edge leads back: a way through all of them keeps it.
    names = [name for name, _ in graph.nodes]
    way = [*((INPUT,) if graph.inputs else ()), *names, OUTPUT]
    return names if all(edge in edges for edge in pairwise(way)) else None


def place(graph: Graph, shape: Shape, port: float, measures: Measures, item: PlaceItem) -> Cell:
    """``graph`` as a U. The line that comes in rises beside the left column and enters it from above; one that leads to
    the right enters it and leaves the right column at their sides.
    """
    is_right = measures.right
    if is_right:
        # Arrows up and down need not be as long as those to the side.
        measures = replace(measures, right=False, gap=min(measures.gap, ARROW))
    boxes = dict(graph.nodes)
    joined = {end for _, end in shape.skips}
    cells = {name: node_cell(box, 2 if name in joined else 1, measures, item) for name, box in boxes.items()}
    sides = {name: _side(boxes[name], cells[name], name in joined, measures) for name in boxes}
    gaps = {
        pair: CAP_GAP if measures.cap and _sits(boxes[pair[0]], boxes[pair[1]]) else measures.gap
        for column in (shape.left, shape.right)
        for pair in pairwise(column)
    }
    first, last, final = shape.left[0], shape.left[-1], shape.right[0]
    is_over = graph.inputs > 0 and not is_right
    # Above the first box the line comes in from the side.
    levels = _levels(shape, cells, gaps, measures.gap, 2 * measures.gap + 8 if is_over else 0.0)
    reach = {name: max(sides[one] for one in column) for name, column in (("left", shape.left), ("right", shape.right))}
    # The box at the bottom stands between the lines that come down and go up.
    apart = max(reach["left"] + BETWEEN + reach["right"], 2 * (sides[shape.bottom] + ASIDE + measures.gap))
    lane = port
    left = lane + ASIDE + reach["left"] if is_over else port
    right = left + apart
    middle = (left + right) / 2
    across = dict.fromkeys(shape.left, left) | dict.fromkeys(shape.right, right) | {shape.bottom: middle}
    height = max(levels[name] + cells[name].length / 2 for name in boxes)
    gap = measures.gap

    def edge(name: str, side: int) -> float:
        """How far the upper edge of a box (-1), or its lower one (1), is below the top."""
        return levels[name] + side * cells[name].length / 2

    def columns(canvas: Canvas, x: float, top: float) -> None:
        sunk = top + levels[shape.bottom]
        for above, below in pairwise(shape.left):
            arrow = gaps[above, below] > CAP_GAP
            canvas.line((x + left, top + edge(above, 1)), (x + left, top + edge(below, -1)), arrow=arrow)
        down = (x + left, top + edge(last, 1))
        canvas.line(down, (x + left, sunk), (x + middle - sides[shape.bottom], sunk), arrow=True)
        lowest = (x + right, top + edge(shape.right[-1], 1))
        canvas.line((x + middle + sides[shape.bottom], sunk), (x + right, sunk), lowest, arrow=True)
        for above, below in pairwise(shape.right):
            arrow = gaps[above, below] > CAP_GAP
            canvas.line((x + right, top + edge(below, -1)), (x + right, top + edge(above, 1)), arrow=arrow)
        for start, end in shape.skips:
            level = top + levels[start]
            canvas.line((x + left + sides[start], level), (x + right - sides[end], level), arrow=True)
        for name, cell in cells.items():
            cell.paint(canvas, x + across[name], top + edge(name, 1))

    def paint(canvas: Canvas, x: float, y: float) -> None:
        top = y - height
        if graph.inputs:
            end = (x + left, top + edge(first, -1))
            turn = end[1] - gap - 8
            canvas.line((x + lane, y), (x + lane, turn), (x + left, turn), end, arrow=True)
        if edge(final, -1) > 0:
            canvas.line((x + right, top + edge(final, -1)), (x + right, top))
        columns(canvas, x, top)

    if not is_right:
        # Not at the round corner of what stands around it.
        start = lane - 12 if graph.inputs else left - reach["left"]
        return Cell(start, right + reach["right"], height, (port,), (right,), (False,), paint, not graph.inputs)
    entry = ENTRY if graph.inputs else 0.0
    before, breadth = entry + reach["left"] - sides[first], entry + reach["left"] + apart + reach["right"]
    out = port + levels[final] - levels[first]

    def rightwards(canvas: Canvas, x: float, y: float) -> None:
        page, at = canvas.upright(Place(x + port, y, x + port, y))
        if graph.inputs:
            canvas.line((x + port, y), (x + port, y - before), arrow=True)
        if reach["right"] > sides[final]:
            canvas.line((x + out, y - breadth + reach["right"] - sides[final]), (x + out, y - breadth))
        columns(page, at.left + entry + reach["left"] - left, at.top - levels[first])

    upper = port - levels[first]
    ends = (port,), (out,), (False,)
    return Cell(upper, upper + height, breadth, *ends, rightwards, not graph.inputs)


def _side(box: object, cell: Cell, joined: bool, measures: Measures) -> float:
    """How far the sides of a box are from its middle, of a sign those of its disc."""
    assert isinstance(box, Box)
    lines = 2 if joined else 1
    return measures.node if is_sign(box, lines) else half(box, cell, lines, measures)


def _sits(above: object, below: object) -> bool:
    """Whether ``below`` is a cap at the lower side of ``above``: it begins the way to the next level, or ends it."""
    return isinstance(above, Box) and isinstance(below, Box) and below.cap and not above.cap


def _levels(shape: Shape, cells: Mapping[str, Cell], gaps: Gaps, gap: float, room: float) -> dict[str, float]:
    """How far the middle of each box is below the top, with ``room`` above the left column.

    Both ends of a skip are on one level, what is between two skips is spread evenly. ``gaps`` are those in the columns,
    ``gap`` that above the box at the bottom.
    """
    found: dict[str, float] = {}
    over = {shape.left[0]: room}
    before: tuple[str, str] | None = None
    for pair in shape.skips:
        least = 0.0
        stretches = []
        for column, end in ((shape.left, pair[0]), (shape.right, pair[1])):
            begin = column.index(before[0] if column is shape.left else before[1]) if before else -1
            stretch = column[begin : column.index(end) + 1] if before else column[: column.index(end) + 1]
            stretches.append(stretch)
            start = found[stretch[0]] if before else over.get(stretch[0], 0.0) + cells[stretch[0]].length / 2
            least = max(least, start + _length(stretch, cells, gaps))
        for stretch in stretches:
            _spread(found, stretch, cells, gaps, found[stretch[0]] if before else None, least)
        before = pair
    assert before is not None
    for column, end in ((shape.left, before[0]), (shape.right, before[1])):
        stretch = column[column.index(end) :]
        for above, below in pairwise(stretch):
            found[below] = found[above] + _length((above, below), cells, gaps)
    lowest = max(found[column[-1]] + cells[column[-1]].length / 2 for column in (shape.left, shape.right))
    found[shape.bottom] = lowest + gap + cells[shape.bottom].length / 2
    return found


def _length(stretch: Sequence[str], cells: Mapping[str, Cell], gaps: Gaps) -> float:
    """From the middle of the first box of ``stretch`` to that of the last one."""
    whole = sum(cells[above].length + gaps[above, below] for above, below in pairwise(stretch))
    return whole + (cells[stretch[-1]].length - cells[stretch[0]].length) / 2


def _spread(
    found: dict[str, float],
    stretch: Sequence[str],
    cells: Mapping[str, Cell],
    gaps: Gaps,
    start: float | None,
    end: float,
) -> None:
    """The levels of ``stretch``, down to ``end``; from ``start`` spread evenly, else one close above the other.

    Caps stay where they sit.
    """
    loose = [pair for pair in pairwise(stretch) if gaps[pair] > CAP_GAP]
    more = (end - start - _length(stretch, cells, gaps)) / len(loose) if start is not None and loose else 0.0
    found[stretch[-1]] = end
    for above, below in list(pairwise(stretch))[::-1]:
        if start is None or above != stretch[0]:
            gap = gaps[above, below] + (more if (above, below) in loose else 0.0)
            found[above] = found[below] - (cells[above].length + cells[below].length) / 2 - gap
