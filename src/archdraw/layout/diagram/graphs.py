"""Small directed graphs: boxes in rows, lines between the rows, each line in a column of its own past the boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from itertools import accumulate, pairwise

from archdraw.edges import OUTPUT
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import buses, u_shape
from archdraw.layout.diagram.buses import Bus, collide
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.graph_alignment import aligned, parted
from archdraw.layout.diagram.graph_cells import NAME_HEIGHT, PlaceItem, name_distances
from archdraw.layout.diagram.graph_ends import buses_from, ends_of
from archdraw.layout.diagram.graph_rows import Around, Key, Rows, rows_of
from archdraw.layout.diagram.joints import BUS_ARROW, BUS_LOW
from archdraw.layout.diagram.measures import INSET, Measures
from archdraw.picture import Graph
from archdraw.records import record
from archdraw.setters import kept

TRACK = 10.0
"""Between two lines that run side by side across the flow."""
ROOM = (0.0, 6.0, 12.0, 18.0, 24.0)
"""By how much slots are moved apart, at most, until no line lies on another."""
CLOSER = 0.01
"""By so much slots of a row may be nearer than they must be, so that sums of px need not be exact."""


def natural_gaps(graph: Graph, measures: Measures, item: PlaceItem) -> tuple[float, ...]:
    """How far apart the lines that come in are best: straight below where they lead, in their order."""
    ports = tuple(measures.port_gap * index for index in range(graph.inputs))
    laid = _laid(graph, Around(ports, _leaving(graph, (), measures)), measures, item)
    bottom = laid.rows.rows[0][0]
    ends = [
        # The only line into a box is best at its middle, even where the box has room for it elsewhere.
        (link.line, laid.places[key] if key in laid.rows.halves and len(laid.rows.entering(key)) == 1 else end.x)
        for key in laid.rows.rows[1]
        for link, end in ends_of(laid.rows, laid.places, key)
    ]
    found = []
    for line in range(graph.inputs):
        own = [x for number, x in ends if number == line] or [laid.places[bottom] + ports[line]]
        found.append(min(own, key=lambda x: abs(x - laid.places[bottom] - ports[line])))
    distances = tuple(after - before for before, after in pairwise(found))
    return tuple(max(measures.port_gap, distance) for distance in distances)


def least_width(graph: Graph, measures: Measures, item: PlaceItem) -> float:
    """A width below which ``graph`` cannot be laid out: that of its widest row, its slots as near as they may stand."""
    if u_shape.shape_of(graph):
        return 0.0
    around = Around((0.0,) * graph.inputs, _leaving(graph, (), measures))
    rows = rows_of(graph, around, measures, item)
    return max(
        sum(spaces) - rows.cells[row[0]].left + rows.cells[row[-1]].right - CLOSER * len(row)
        for row, spaces in zip(rows.rows, rows.spaces, strict=True)
    )


def place(graph: Graph, ports: tuple[float, ...], out: tuple[float, ...], measures: Measures, item: PlaceItem) -> Cell:
    """``graph`` with the lines that come in at ``ports``, those that leave at least ``out`` apart.

    ``item`` lays out the nodes that are no boxes. Raises :class:`ArchdrawError` where there is no Graphviz.
    """
    if len(ports) < graph.inputs:
        # A panel opens it by itself: its lines come in where that is best.
        ports = tuple(accumulate(natural_gaps(graph, measures, item), initial=ports[0]))
    port = ports[0]
    if shape := u_shape.shape_of(graph):
        return u_shape.place(graph, shape, port, measures, item)
    coming = tuple(x - port for x in ports) if graph.inputs else ()
    leaving = _leaving(graph, out, measures)
    laid = _laid(graph, Around(coming, leaving), measures, item)
    if len(leaving) > 1 and (wanted := _straight_out(laid, leaving)) != leaving:
        laid = _laid(graph, Around(coming, wanted), measures, item)
    rows, gaps = laid.rows, laid.gaps
    extents = [rows.cells[key].moved(x) for key, x in laid.places.items()]
    left, right = min(cell.left for cell in extents), max(cell.right for cell in extents)
    dx = port - (laid.places[rows.rows[0][0]] if graph.inputs else (left + right) / 2)
    lanes = [buses.tracks(gap) for gap in gaps]
    heights = [rows.height(row) for row in range(len(rows.rows))]
    lengths = [_length(rows, row, gap, lane, measures) for row, (gap, lane) in enumerate(zip(gaps, lanes, strict=True))]
    # The line from a straight input is the neighbour's, and so is its arrow.
    # One that leads to a box lower than its row is the graph's own, up to that box.
    enters = bool(graph.inputs) and all(bus.is_straight and all(end.rise < 0.01 for end in bus.ends) for bus in gaps[0])
    if enters:
        lengths[0] = 0.0

    def paint(canvas: Canvas, x: float, y: float) -> None:
        x += dx
        for key in () if graph.inputs else rows.rows[0]:
            _paint(canvas, rows, laid.places, key, x, y)
        y -= 0.0 if graph.inputs else heights[0]
        for row, (gap, lane, length) in enumerate(zip(gaps, lanes, lengths, strict=True)):
            if length:
                low = _low(rows, row, measures)
                buses.paint(canvas, gap, [y - low - TRACK * track for track in lane], x, y, y - length)
            y -= length
            for key in rows.rows[row + 1]:
                _paint(canvas, rows, laid.places, key, x, y)
            y -= heights[row + 1]

    top = rows.rows[-1][0]
    entered = {line: bus.ends[0].arrow for line, bus in enumerate(gaps[0])} if enters else {}
    return Cell(
        left + dx,
        right + dx,
        sum(heights) + sum(lengths),
        ports,
        tuple(laid.places[top] + dx + output for output in _outputs(graph, rows, top)),
        tuple(entered.get(line, False) for line in range(len(ports))),
        paint,
        not graph.inputs,
    )


def _paint(canvas: Canvas, rows: Rows, places: Mapping[Key, float], key: Key, x: float, y: float) -> None:
    """What is in the slot ``key``, in the middle of its row, whose lower edge is at ``y``."""
    cell = rows.cells[key]
    cell.moved(places[key]).paint(canvas, x, y - (rows.height(key[0]) - cell.length) / 2)


@record
class _Laid:
    """The rows of a graph, where each slot stands, and the lines from each row to the next."""

    rows: Rows
    places: Mapping[Key, float]
    gaps: list[list[Bus]]


@record
class _Asked:
    """What a layout depends on; ``item`` lays out by the same ``measures``."""

    graph: Graph
    around: Around
    measures: Measures
    item: PlaceItem = field(compare=False)


def _laid(graph: Graph, around: Around, measures: Measures, item: PlaceItem) -> _Laid:
    return _once(_Asked(graph, around, measures, item))


@kept(64)
def _once(asked: _Asked) -> _Laid:
    """The layout, kept: a page is tried in several ways."""
    for extra in ROOM:
        rows = rows_of(asked.graph, replace(asked.around, extra=extra), asked.measures, asked.item)
        places = parted(rows, aligned(rows))
        gaps = [buses_from(rows, places, row) for row in range(len(rows.rows) - 1)]
        gaps = [buses_from(rows, places, row, clear=True) if collide(gap) else gap for row, gap in enumerate(gaps)]
        if not any(map(collide, gaps)):
            break
    return _Laid(rows, places, gaps)


def _leaving(graph: Graph, out: tuple[float, ...], measures: Measures) -> tuple[float, ...]:
    """Where the lines leave, seen from the first, if nothing else says so."""
    least = name_distances(graph.outputs, measures)
    return tuple(accumulate(map(max, least, out or least), initial=0.0))


def _straight_out(laid: _Laid, leaving: tuple[float, ...]) -> tuple[float, ...]:
    """Where lines leave that are straight, with distances as large as those of ``leaving`` at least."""
    rows = laid.rows
    starts = [rows.starts(laid.places, link) for link in rows.below(rows.rows[-1][0])]
    least = [after - before for before, after in pairwise(leaving)]
    wanted = [after - before for before, after in pairwise(starts)]
    return tuple(round(x, 2) for x in accumulate(map(max, least, wanted), initial=0.0))


def _outputs(graph: Graph, rows: Rows, top: Key) -> tuple[float, ...]:
    """Where lines leave the top row, seen from its slot."""
    if top[1] == OUTPUT:
        return rows.cells[top].outputs
    (last,) = (edge for edge in graph.edges if edge.end == OUTPUT and not edge.back)
    return (rows.cells[top].outputs[last.line],)


def _low(rows: Rows, row: int, measures: Measures) -> float:
    """From the upper edge of ``row`` to the lowest track above it: names of lines stand between."""
    low = BUS_LOW + (measures.gap - INSET.gap) / 2
    if measures.right:
        return low
    return max(low, NAME_HEIGHT) if any(key in rows.named for key in rows.rows[row]) else low


def _length(rows: Rows, row: int, gap: list[Bus], lane: list[int], measures: Measures) -> float:
    """From the upper edge of ``row`` to the lower edge of the next one."""
    if all(bus.is_straight for bus in gap):
        named = not measures.right and any(key in rows.named for key in rows.rows[row])
        return max(measures.gap, measures.named_gap) if named else measures.gap
    return _low(rows, row, measures) + TRACK * max(lane) + BUS_ARROW + (measures.gap - INSET.gap) / 2
