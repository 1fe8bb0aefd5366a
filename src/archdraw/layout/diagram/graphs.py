"""Small directed graphs: boxes in rows, lines between the rows, each line in a column of its own past the boxes."""

from __future__ import annotations

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import buses
from archdraw.layout.diagram.buses import collide
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.graph_alignment import aligned, parted
from archdraw.layout.diagram.graph_ends import buses_from
from archdraw.layout.diagram.graph_rows import PlaceItem, rows_of
from archdraw.layout.diagram.joints import BUS_ARROW, BUS_LOW
from archdraw.layout.diagram.measures import INSET, Measures
from archdraw.picture import Graph

TRACK = 10.0
"""Between two lines that run side by side across the flow."""


def place(graph: Graph, ports: tuple[float, ...], measures: Measures, item: PlaceItem) -> Cell:
    """``graph`` with the lines that come in at ``ports``; ``item`` lays out the nodes that are no boxes.

    Raises :class:`ArchdrawError` where there is no Graphviz.
    """
    port = ports[0]
    for extra in (0.0, 6.0, 12.0, 18.0, 24.0):
        rows = rows_of(graph, tuple(x - port for x in ports), measures, item, extra)
        places = parted(rows, aligned(rows))
        dx = port - places[rows.rows[0][0]]
        places = {key: x + dx for key, x in places.items()}
        gaps = [buses_from(rows, places, row) for row in range(len(rows.rows) - 1)]
        gaps = [buses_from(rows, places, row, clear=True) if collide(gap) else gap for row, gap in enumerate(gaps)]
        if not any(map(collide, gaps)):
            break
    lanes = [buses.tracks(gap) for gap in gaps]
    heights = [rows.height(row) for row in range(len(rows.rows))]
    slack = (measures.gap - INSET.gap) / 2
    low, high = BUS_LOW + slack, BUS_ARROW + slack
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
