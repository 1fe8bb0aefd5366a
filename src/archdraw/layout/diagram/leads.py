"""Arrows from boxes beside the line into the frame above them, whose layers all read what such a box makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.forks import has_frame
from archdraw.layout.diagram.frames import gutter
from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.taps import beside
from archdraw.picture import Bar, Chain, Diagram, Frame, Tap
from archdraw.records import record
from archdraw.scene import Point

SIDE_ROOM, LEAD_ROOM = 14.0, 24.0
"""Above a box beside the spine, where another or a frame follows; and where an arrow leads from it into the frame."""
ENTRY = 28.0
"""From the side of a frame to where a further line enters it."""
OFF_CORNER = 20.0
"""How far from the sides of a frame an arrow straight from below enters it at least."""
AROUND, CLEAR = 16.0, 8.0
"""From what is in the way of an arrow to where it passes that, and what this leaves free at its left."""
TURN, LEVEL = 20.0, 10.0
"""From a frame down to where an arrow turns towards its entry, and from one such arrow to the next."""


@record
class Lead:
    """An arrow to be drawn from the box of ``tap``, which is between ``left`` and ``right``.

    What was put above the box since then begins at ``leftmost``; the arrow is ``barred`` where some of that is right
    above the middle of the box.
    """

    tap: Tap
    left: float
    right: float
    leftmost: float = inf
    barred: bool = False

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    def past(self, left: float, right: float) -> Lead:
        """The arrow that has to pass something from ``left`` to ``right``, too."""
        barred = self.barred or (left < self.middle + CLEAR and right > self.middle - CLEAR)
        return replace(self, leftmost=min(self.leftmost, left), barred=barred)


@record
class _Bend:
    """An arrow that leads up at ``x`` (from the side of its box where it is ``barred``) and enters at ``entry``."""

    path: str
    x: float
    entry: float
    barred: bool


def room_above(tap: Tap) -> float:
    """The px between the box of ``tap`` and what is above it."""
    return LEAD_ROOM if tap.goal and tap.joins else SIDE_ROOM


def beginning(leading: Iterable[Lead], tap: Tap, port: float, measures: Measures) -> list[Lead]:
    """``leading`` and the arrow from the box of ``tap``, which reads the line at ``port``; the others pass that box."""
    place = beside(tap, port, measures)
    return [*(lead.past(place.left, place.right) for lead in leading), Lead(tap, place.left, place.right)]


def for_others(item: Diagram, cell: Cell, leading: Iterable[Lead]) -> list[Lead]:
    """Those ``leading`` further up than ``item``, past its ``cell``."""
    return [lead.past(cell.left, cell.right) for lead in leading if lead.tap.goal and not _is_goal(item, lead)]


def led(cell: Cell, item: Diagram, leading: Iterable[Lead], measures: Measures) -> tuple[Cell, float]:
    """``cell`` of ``item`` with an arrow into it from each box that leads to it, and the px more below it for those.

    An arrow leads straight up where the item is above its box and nothing is between them. It passes other boxes at
    their left, and turns below an item that is not above it.
    """
    own = [lead for lead in leading if _is_goal(item, lead)]
    if not own or not isinstance(item, Frame | Bar):
        return cell, 0.0
    left, right = cell.left + gutter(item.times, measures), cell.right
    straight = [lead for lead in own if not lead.barred and left + OFF_CORNER < lead.middle < right - OFF_CORNER]
    bends = _bends([lead for lead in own if lead not in straight], left, right, cell.inputs[0])

    def paint(canvas: Canvas, x: float, y: float) -> None:
        cell.paint(canvas, x, y)
        for lead in straight:
            top = canvas.places[lead.tap.box.path].top
            canvas.line((x + lead.middle, top), (x + lead.middle, y), arrow=True)
        for number, bend in enumerate(bends):
            box, level = canvas.places[bend.path], y + TURN + LEVEL * number
            begin: tuple[Point, ...] = ((x + bend.x, box.top), (x + bend.x, level), (x + bend.entry, level))
            if bend.barred:
                begin = ((box.left, box.middle), (x + bend.x, box.middle), *begin[1:])
            elif level > box.top:
                # A box that reaches past where the arrow would turn is left at its side, where the item may be already.
                after = x + bend.entry > box.right
                side, edge = (box.right, x + left) if after else (box.left, x + right)
                if box.middle < y:
                    canvas.line((side, box.middle), (edge, box.middle), arrow=True)
                    continue
                begin = ((side, box.middle), (x + bend.entry, box.middle))
            canvas.line(*begin, (x + bend.entry, y), arrow=True)

    far = min((bend.x - CLEAR for bend in bends), default=cell.left)
    return replace(cell, left=min(cell.left, far), paint=paint), TURN + LEVEL * (len(bends) - 2) if bends else 0.0


def with_additions(column: Chain) -> Chain:
    """``column``; frames of layers behind which a module below adds something have a node for its line.

    One around other frames, or of a loop, has none: its line leaves it once, and not behind each of its layers.
    """
    goals = {item.goal for item in column.items if isinstance(item, Tap) and item.added and not item.aside}
    return Chain(
        tuple(
            replace(item, adds=True)
            if isinstance(item, Frame) and item.path in goals and not item.back and not has_frame(item.body)
            else item
            for item in column.items
        )
    )


def _bends(leading: list[Lead], left: float, right: float, port: float) -> list[_Bend]:
    """The arrows of ``leading`` into an item from ``left`` to ``right``, whose line comes in at ``port``.

    That of a lower box passes around those of higher ones.
    """
    outer = min((min(lead.left, lead.leftmost) for lead in leading if lead.barred), default=0.0) - AROUND
    number = sum(lead.barred for lead in leading)
    bends: list[_Bend] = []
    for index, lead in enumerate(leading):
        from_left = lead.barred or lead.middle < port
        entry = min(left + ENTRY + AROUND * index, (left + port) / 2) if from_left else max(right - ENTRY, port)
        x = outer - AROUND * (number - 1 - index) if lead.barred else lead.middle
        bends.append(_Bend(lead.tap.box.path, x, entry, lead.barred))
    return bends


def _is_goal(item: Diagram, lead: Lead) -> bool:
    return isinstance(item, Frame | Bar) and lead.tap.goal == item.path
