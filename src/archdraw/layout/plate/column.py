"""The columns of a model in their container: towers, the spine, what comes in below, and what joins from there."""

from __future__ import annotations

from dataclasses import replace

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.frames import ADDED, BRACKET, FRAME
from archdraw.layout.diagram.leads import ENTRY
from archdraw.layout.diagram.measures import SMALL, SPINE, Measures
from archdraw.layout.diagram.taps import side_box, side_height
from archdraw.layout.diagram.text import fitted
from archdraw.layout.page import HEADER, MARGIN
from archdraw.layout.plate import terminals
from archdraw.layout.plate import wires as lines
from archdraw.layout.sections import section
from archdraw.picture import Box, Tap, Terminal, Tower, Wire
from archdraw.records import record

MODEL_RIGHT = 24.0
JOINING_LEFT, JOINING_STEP = 64.0, 24.0
"""Where modules that join the spine begin, and how much further left one below another reaches."""
CORNER, OFF_CORNER, CORNER_RIGHT = 24.0, 2.0, 16.0
"""The radius of the container's corners, how far from those a line enters, and that of one that is a low row."""
INSIDE, LINES_APART = 20.0, 40.0
"""From the left of a frame to where such a line goes on in it, and from there to the module's other line at least."""
SPARE_ROW = 24.0
"""For a third line in the box of a module whose line is not drawn."""


@record
class Beside:
    """A tower with its cell, the line that comes into which is ``left`` of that of the model."""

    tower: Tower
    cell: Cell
    left: float


@record
class Column:
    """The columns of a model: the cell of its spine, the extents of the container about the spine's first line.

    ``joining`` is what joins the spine from below: the first of those stands level with the inputs, each other in a row
    below the one before, by :attr:`row` px (``least_row`` at least); a row may stay empty. Towers stand at the left.
    The lines that come into a ``bare`` one begin below its container, without boxes.
    """

    cell: Cell
    left: float
    right: float
    inputs: tuple[Terminal, ...] = ()
    joining: tuple[Tap | None, ...] = ()
    towers: tuple[Beside, ...] = ()
    wires: tuple[Wire, ...] = ()
    measures: Measures = SPINE
    least_row: float = 0
    bare: bool = False

    @property
    def width(self) -> float:
        return self.left + self.right

    @property
    def length(self) -> float:
        """How long the longest of the columns is, with the line that leads from a tower over it."""
        over = lines.room(len(self.towers))
        return max(self.cell.length, *(tower.cell.length + over for tower in self.towers), 0.0)

    @property
    def height(self) -> float:
        """From the top of the container to the bottom of the inputs."""
        return 2 * self.measures.container_pad + self.length + self.measures.input_gap + self.terminals + self.below

    @property
    def terminals(self) -> float:
        """The height of the boxes of what comes in."""
        if self.bare:
            return 0.0
        every = (*self.inputs, *(one for tower in self.towers for one in tower.tower.inputs))
        return max((terminals.along(one, self.measures) for one in every), default=self.measures.input_height)

    @property
    def row(self) -> float:
        """From one that joins to the next below it: the space below each is that below a plain one."""
        highest = max(
            (_joining_height(tap, self.measures) for tap in self.joining[:-1]), default=self.measures.joining_height
        )
        return max(self.least_row, self.measures.joining_row + highest - self.measures.joining_height)

    @property
    def below(self) -> float:
        """What modules that join the spine need below the tokens: the first stands level with them."""
        apart = any(tap is not None and (not tap.joins or _is_high(tap, self.measures)) for tap in self.joining)
        spare = (
            max(
                SPARE_ROW, *(_joining_height(tap, self.measures) - self.measures.joining_height for tap in self.joining)
            )
            if apart
            else 0
        )
        return max(0, len(self.joining) - 1) * self.row + spare


def column_of(
    cell: Cell,
    joining: tuple[Tap | None, ...],
    measures: Measures = SPINE,
    *,
    inputs: tuple[Terminal, ...] = (),
    towers: tuple[tuple[Tower, Cell], ...] = (),
    wires: tuple[Wire, ...] = (),
) -> Column:
    """The column of ``cell``, which is joined by ``joining``, with the cells of ``towers`` at its left.

    The lines that come into ``cell`` begin at x = 0; a spine by itself has the extents of ``measures``.
    """
    if measures.right and not towers and not wires:
        half = terminals.widest(inputs, measures) / 2
        left, right = max(half, -cell.left), max(half, cell.right - cell.inputs[-1]) + cell.inputs[-1]
        pad = measures.container_pad
        return Column(cell, left + pad, right + pad, inputs, joining, measures=measures)
    if not towers and not wires:
        bracket = BRACKET + measures.gutter if measures.gutter else 0.0
        # A graph that is wider than a spine with its brackets, such as a U, has no room for these at its left; what
        # joins a model from below stands there.
        is_wide = cell.right - cell.left > measures.frame_left + bracket + measures.frame_right
        least = 0.0 if is_wide and not joining else measures.frame_left + bracket
        left = max(-cell.left, least, terminals.widest(inputs, measures) / 2 - 16) + 16
        last = cell.inputs[-1] + terminals.widest(inputs[-1:], measures) / 2
        right = max(cell.right, measures.frame_right, last)
        return Column(cell, left, right + MODEL_RIGHT, inputs, joining, measures=measures)
    beside: list[Beside] = []
    x = max(-cell.left, terminals.widest(inputs[:1], measures) / 2 - cell.inputs[0]) + lines.channel(len(towers))
    for tower, own in reversed(towers):
        x += max(own.right, own.inputs[-1] + terminals.widest(tower.inputs[-1:], measures) / 2)
        beside.append(Beside(tower, own, x))
        x += max(-own.left, terminals.widest(tower.inputs[:1], measures) / 2 - own.inputs[0]) + measures.container_side
    right = max(cell.right, cell.inputs[-1] + terminals.widest(inputs[-1:], measures) / 2)
    return Column(cell, x, right + measures.container_side, inputs, joining, tuple(reversed(beside)), wires, measures)


@section("model")
def paint_model(
    canvas: Canvas,
    column: Column,
    bottom: float,
    *,
    left: float = MARGIN,
    top: float = HEADER,
    slug: str = "",
    joining_left: float = JOINING_LEFT,
) -> None:
    """The container with its columns from ``left`` and ``top`` on, the inputs below and the arrows that leave above.

    Paths of inputs get ``slug`` before them.
    """
    theme, measures = canvas.theme, column.measures
    canvas.read = frozenset(wire.source for wire in column.wires)
    spine = left + column.left
    bottom -= column.below
    foot = bottom - column.terminals - measures.input_gap
    canvas.rect(
        left,
        top,
        column.width,
        foot - top,
        fill=theme.container,
        stroke=theme.container_border,
        radius=CORNER_RIGHT if measures.right else CORNER,
        kind="container",
        layer="ground",
    )
    slack = foot - top - 2 * measures.container_pad - column.length
    start = foot - measures.container_pad - slack / 2
    own = ((spine, column.cell, column.inputs),)
    beside = ((spine - tower.left, tower.cell, tower.tower.inputs) for tower in column.towers)
    for begin, cell, inputs in (*own, *beside):
        for port, arrow in zip(cell.inputs, cell.arrows, strict=True) if column.bare and not cell.source else ():
            canvas.line((begin + port, bottom), (begin + port, start), arrow=arrow, open_ends="start")
        # One that begins with a tensor of its own has no input.
        for port, terminal, arrow in zip(cell.inputs, inputs, cell.arrows, strict=True) if inputs else ():
            edge, path = foot + measures.input_gap, f"{slug}{terminal.path}"
            terminals.paint(canvas, terminal, begin + port, edge, column.terminals, measures, path)
            canvas.line((begin + port, edge), (begin + port, start), arrow=arrow)
    # Zoom lines leave the frame of the layers; where there is none, they leave the column as it would stand there.
    canvas.places[FRAME] = Place(left + MODEL_RIGHT, top, left + column.width - MODEL_RIGHT, foot)
    column.cell.paint(canvas, spine, start)
    frame = canvas.places[FRAME]
    canvas.places[FRAME] = replace(frame, right=max(frame.right, spine + column.cell.right))
    for port in column.cell.outputs:
        above = (spine + port, top - measures.leaving)
        canvas.line((spine + port, start - column.cell.length), above, arrow=True, open_ends="end")
    for tower in column.towers:
        tower.cell.paint(canvas, spine - tower.left, start)
    lines.paint(
        canvas,
        [(one.tower, spine - one.left + one.cell.outputs[0], start - one.cell.length) for one in column.towers],
        spine + column.cell.left,
        slug,
    )
    for wire in column.wires:
        lines.paint_wire(canvas, wire, slug)
    # The line of the lowest row is the leftmost one: it too enters beside the round corner.
    lowest = max(0, len(column.joining) - 1)
    joining_left = max(joining_left, CORNER + OFF_CORNER + (lowest - 1 / 2) * JOINING_STEP)
    for row, item in enumerate(column.joining):
        if item is not None:
            _joining(canvas, item, bottom, row, left + joining_left, column)


def _is_high(tap: Tap, measures: Measures) -> bool:
    """Whether the words of ``tap`` need a third line."""
    return side_height(tap.box, measures, measures.joining_width) > measures.side_height


def _with_note(tap: Tap) -> Box:
    """The box of ``tap``, which has the note of one whose line is not drawn."""
    box = tap.box
    return replace(box, detail=", ".join(filter(None, (box.detail, tap.note)))) if not tap.joins else box


def _joining_height(tap: Tap | None, measures: Measures) -> float:
    """The height of the box of ``tap``, of an empty row that of a plain one."""
    least = measures.joining_height
    return least if tap is None else max(least, side_height(_with_note(tap), measures, measures.joining_width))


def _joining(canvas: Canvas, item: Tap, bottom: float, row: int, left: float, column: Column) -> None:
    """The box of a tap that joins the spine, and its line: level with the tokens, or some rows below.

    Each lower row reaches further left, so that its line passes the boxes above it.
    """
    measures, width = column.measures, column.measures.joining_width
    left, low = left - row * JOINING_STEP, bottom + row * column.row
    if not item.joins:
        # It is met inside the layers: no line could lead there without crossing theirs.
        box, top = _with_note(item), low - measures.joining_height
        place = Place(left, top, left + width, top + side_height(box, measures, width))
        side_box(canvas, box, place, measures, open_ends="both")
        return
    join = canvas.places[f"{item.box.path}#join"]
    x = left + (JOINING_STEP / 2 if row else width / 2)
    goal = canvas.places.get(item.goal)
    added = canvas.places.get(f"{item.goal}{ADDED}")
    second = goal.left + (INSIDE if added else ENTRY) if goal else x
    if added:
        # The other line would cross it further left.
        left, x = left + max(0.0, second + LINES_APART - x), max(x, second + LINES_APART)
    if goal and second < x:
        # Both lines leave about the middle of the box.
        left -= (x - second) / 2
    top = low - measures.joining_height
    height = _joining_height(item, measures) if _is_high(item, measures) else measures.joining_height
    place = Place(left, top, left + width, top + height)
    side_box(canvas, item.box, place, measures, open_ends="start")
    canvas.line((x, place.top), (x, join.top), (join.left, join.top), arrow=True)
    if added:
        canvas.line((second, place.top), (second, added.middle), (added.left, added.middle), arrow=True)
        _note(canvas, item.added, second, added.middle - 5, added.left - second - 20)
    elif goal and second < x:
        canvas.line((second, place.top), (second, goal.bottom), arrow=True)
    _note(canvas, item.note, x, join.top, join.left - measures.box_width / 2 - x - 20)


def _note(canvas: Canvas, words: str, x: float, y: float, room: float) -> None:
    """``words`` of at most ``room`` px right of a line that goes up at ``x`` and turns at ``y``."""
    for index, row in enumerate(fitted(words, room, SMALL, SMALL, 400)):
        canvas.text(x + 10, y + 26 + index * 19, row.text, row.size, 400, fill=canvas.theme.muted)
