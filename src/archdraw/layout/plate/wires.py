"""Lines from the top of a tower, or of a box beside the line of a model, to the boxes of the model that read it."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.buses import BRIDGE
from archdraw.picture import Tower, Wire
from archdraw.scene import Point

OVER = 20.0
"""From the top of a tower up to its line, and between the lines of two towers."""
TRACK = 16.0
"""Between two lines in the channel beside the model, and from its sides."""
APART = 12.0
"""Between the lines of two towers where both enter one box."""


def room(towers: int) -> float:
    """Px above the towers that their lines need."""
    return OVER * towers


def channel(towers: int) -> float:
    """Px between the towers and the model that their lines need."""
    return TRACK * (towers + 1)


def paint(canvas: Canvas, towers: Sequence[tuple[Tower, float, float]], right: float, slug: str = "") -> None:
    """The line of each of ``towers``, which leaves it at x and y, through the channel that ends at ``right``.

    The line of a tower further left runs above those of its neighbours and nearer to the model, so that none of them
    cross; it enters each box that reads it at its left.
    """
    highest = min((y for _, _, y in towers), default=0.0)
    for number, (tower, x, y) in enumerate(towers):
        goals = [(goal, canvas.places[path]) for goal in tower.goals if (path := f"{slug}{goal}") in canvas.places]
        over = highest - OVER * (len(towers) - number)
        bus = right - TRACK * (number + 1)
        entries = sorted(
            ((place.left, place.middle + _shift(tower, [one for one, _, _ in towers], goal)) for goal, place in goals),
            key=lambda entry: entry[1],
        )
        if not entries:
            # What reads it has no box of its own: its line leads out of the tower, and no further.
            canvas.line((x, y), (x, y - OVER), arrow=True, open_ends="end")
            continue
        far = max(entries, key=lambda entry: abs(entry[1] - over))
        _enter(canvas, ((x, y), (x, over), (bus, over), (bus, far[1])), far)
        for entry in entries:
            if entry != far:
                _enter(canvas, ((bus, entry[1]),), entry)
                canvas.dot(bus, entry[1])


def _shift(tower: Tower, towers: Sequence[Tower], goal: str) -> float:
    """Px from the middle of the box at ``goal`` down to the line of ``tower``: those that it reads enter it apart."""
    read = [one for one in towers if goal in one.goals]
    return APART * (read.index(tower) - (len(read) - 1) / 2)


def _enter(canvas: Canvas, path: tuple[Point, ...], goal: Point) -> None:
    """The line along ``path`` and on to the ``goal`` at its right; it makes way for lines that it meets."""
    piece, is_cut = path, False
    for cut in canvas.uprights(goal[1], path[-1][0], goal[0]):
        canvas.line(*piece, (cut - BRIDGE, goal[1]), open_ends="both" if is_cut else "end")
        piece, is_cut = ((cut + BRIDGE, goal[1]),), True
    canvas.line(*piece, goal, arrow=True, open_ends="start" if is_cut else "")


def paint_wire(canvas: Canvas, wire: Wire, slug: str = "") -> None:
    """The line of ``wire`` from the top of its source straight up, and to the left side of each box that reads it."""
    source = canvas.places[f"{slug}{wire.source}"]
    goals = sorted(
        (canvas.places[path] for goal in wire.goals if (path := f"{slug}{goal}") in canvas.places),
        key=lambda place: place.middle,
    )
    if not goals:
        return
    x = (source.left + source.right) / 2
    far, *others = goals
    _enter(canvas, ((x, source.top), (x, far.middle)), (far.left, far.middle))
    for place in others:
        _enter(canvas, ((x, place.middle),), (place.left, place.middle))
        canvas.dot(x, place.middle)
