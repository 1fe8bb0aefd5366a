"""The lines from boxes to the panels beside them on a page with little room: as level as can be, without letters."""

from __future__ import annotations

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.measures import DOT
from archdraw.layout.joined import straightened
from archdraw.layout.plate.letters import name_of
from archdraw.layout.plate.panels import Panel
from archdraw.layout.plate.spots import paint_letter
from archdraw.layout.plate.tracks import Crossing, in_order, tracks
from archdraw.layout.plate.zoom import is_hemmed
from archdraw.records import record, replaced

WIDTH = 1.75
FIRST_TRACK, TRACK = 12.0, 8.0
END = 20.0
"""From a line to the ends of the side that it reaches, at least."""
KINK = 12.0
"""A line that would rise by less starts where it ends."""
SLIM = 26.0
"""A dot on the border of a box that is thinner, as one of a row, would reach its words; it is right outside."""

Placed = list[tuple[Panel, Place]]


@record
class _Way:
    """From the box ``source`` at the height ``start`` to the panel at ``goal``, which it reaches at ``end``."""

    source: Place
    start: float
    goal: Place
    end: float


def without_letters(canvas: Canvas, placed: Placed, right: float, *, apart: bool) -> Placed:
    """``placed``, of which those have no letters that a line leads to from a model that ends at ``right``.

    A line that would cross others is none: its panel stands before one of a box above its own.
    """
    boxes = {n: canvas.places[panel.inset.source] for n, (panel, _) in enumerate(placed) if panel.inset.source}
    free = [n for n, box in boxes.items() if not apart and not is_hemmed(canvas, box, right)]
    led = {free[index] for index in in_order([boxes[n].middle for n in free])}
    return [
        (replaced(panel, inset=replaced(panel.inset, letter="")) if n in led else panel, place)
        for n, (panel, place) in enumerate(placed)
    ]


def paint(canvas: Canvas, placed: Placed, right: float, *, apart: bool) -> None:
    """The line to each panel without a letter, with a dot at both ends, and the letters of the rest."""
    opening = [(panel.inset, canvas.places[panel.inset.source], place) for panel, place in placed if panel.inset.source]
    for inset, source, _ in opening:
        if inset.letter:
            paint_letter(canvas, source, inset.letter, apart=apart)
    bare = [(inset, _way(source, goal)) for inset, source, goal in opening if not inset.letter]
    ways = [way for _, way in bare]
    order = tracks([Crossing(way.start, way.end) for way in ways])
    for (inset, way), track in zip(bare, order, strict=True):
        x = right + FIRST_TRACK + track * TRACK
        slim = way.source.right - way.source.left < SLIM
        points = [
            (way.source.right + (DOT if slim else 0.0), way.start),
            (x, way.start),
            (x, way.end),
            (way.goal.left, way.end),
        ]
        name = name_of(inset)
        with canvas.section("zoom", opens=name):
            canvas.line(*straightened(points), kind="zoom", width=WIDTH, start=inset.source, end=name)
            for end in (points[0], points[-1]):
                canvas.dot(*end, colour=canvas.theme.zoom, layer="object")


def _way(source: Place, goal: Place) -> _Way:
    start = source.middle
    end = min(max(start, goal.top + END), goal.bottom - END)
    if 0 < abs(end - start) < min(KINK, (source.bottom - source.top) / 2 - 4):
        start = end
    return _Way(source, start, goal, end)
