"""Several models on one grid: columns of slots in which what stands for the same is level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from archdraw.layout.canvas import UNKNOWN_DASH, Canvas, Place
from archdraw.layout.compare.signs import Sign
from archdraw.layout.diagram import diagram, frames, joints, rails, taps
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import COLUMN, SMALL, Measures
from archdraw.layout.diagram.text import fitted, paint_rows
from archdraw.picture import Bar, Box, Diagram, Frame, Rail, Tap
from archdraw.records import record

SLIM = replace(COLUMN, box_width=248, least_width=248, frame_left=288, frame_right=148, rail=264)
"""For models with branches side by side, whose columns are wide."""
TIGHT = replace(
    COLUMN,
    gap=18,
    one_line=30,
    two_lines=50,
    pad=5,
    node=12,
    rail_space=18,
    tap=30,
    frame_top=18,
    frame_gap=6,
    bar_height=34,
    tap_out=34,
    tap_in=30,
    container_pad=14,
    input_gap=22,
    joining_row=72,
)
"""For columns that would be too tall for a screen."""
ABSENT_HEIGHT, ABSENT_LINE, ABSENT_PAD, ABSENT_SIZE = 40.0, 20.0, 16.0, 16.0


@record
class Slot:
    """One place of all columns: what each has there, None where it has nothing.

    ``signs`` say for each two neighbours how the right one differs; ``absent`` is what is written where one has none.
    """

    path: str
    items: tuple[Diagram | None, ...]
    signs: tuple[Sign | None, ...]
    absent: str


@record
class Around:
    """Slots within a residual rail or a frame that all columns have: ``around`` is that of each."""

    around: tuple[Rail | Frame, ...]
    slots: tuple[GridItem, ...]


@record
class Opposite:
    """What only the first of two models has level with what only the second has: neither makes the other longer."""

    sides: tuple[tuple[Slot, ...], tuple[Slot, ...]]


GridItem: TypeAlias = Slot | Around | Opposite


def slots(items: Sequence[GridItem]) -> list[Slot]:
    """Every slot, the lowest first."""
    return [slot for item in items for slot in _slots(item)]


def _slots(item: GridItem) -> list[Slot]:
    match item:
        case Around():
            return slots(item.slots)
        case Opposite(sides=(one, other)):
            return [*one, *other]
        case Slot():
            return [item]


def opposite(items: Sequence[GridItem]) -> dict[str, int]:
    """The paths of slots that stand opposite others, and in which of the two columns each is."""
    found: dict[str, int] = {}
    for item in items:
        match item:
            case Around():
                found |= opposite(item.slots)
            case Opposite(sides=sides):
                found |= {slot.path: column for column, side in enumerate(sides) for slot in side}
    return found


def columns(items: Sequence[GridItem], number: int, measures: Measures = COLUMN) -> list[Cell]:
    """The cells of ``number`` columns, every slot as high in one as in the others.

    When they are painted, the place of slot ``path`` in a column is kept on the canvas under ``mark(column, path)``.
    """
    made = [_row(item, number, measures) for item in items]
    likes = [_like(item, measures) for item in items]
    for index in range(number):
        ports: tuple[float, ...] = (0.0,)
        for item, like, row in zip(items, likes, made, strict=True):
            if isinstance(like, Tap) and not like.aside:
                continue  # It stands beside the line between its neighbours.
            if ports != (0.0,) and isinstance(item, Slot) and item.items[index] is None:
                # Lines pass what only the other has: all of several outputs, and where a graph leaves its own.
                row[index] = _marked(_absent(item, row[index].length, measures, ports), mark(index, item.path))
            ports = row[index].outputs
    return [joints.stacked([row[index] for row in made], likes, measures) for index in range(number)]


def mark(column: int, path: str) -> str:
    """Where a canvas keeps the place of a slot."""
    return f"#{column} {path}"


def _like(item: GridItem, measures: Measures) -> Diagram:
    """A diagram that wants the same room about it as those of ``item``."""
    if isinstance(item, Around):
        return item.around[0]
    if isinstance(item, Opposite):
        own = [one for slot in _slots(item) for one in slot.items if one is not None]
        return next((one for one in own if isinstance(one, Frame | Bar)), own[0])
    there = [one for one in item.items if one is not None]
    beside = [one for one in there if isinstance(one, Tap)]
    return max(beside, key=lambda tap: taps.side_height(tap.box, measures)) if beside else there[0]


def _row(item: GridItem, number: int, measures: Measures) -> list[Cell]:
    if isinstance(item, Around):
        inner = columns(item.slots, number, measures)
        return [_around(one, cell, measures) for one, cell in zip(item.around, inner, strict=True)]
    if isinstance(item, Opposite):
        sides = [_side(side, column, measures) for column, side in enumerate(item.sides)]
        return [_padded(cell, max(side.length for side in sides)) for cell in sides]
    placed = [None if one is None else diagram.place(one, (0.0,), (), measures) for one in item.items]
    length = max(cell.length for cell in placed if cell is not None)
    if None in item.items and not isinstance(_like(item, measures), Tap):
        length = max(length, _absent_height(item, measures))
    cells: list[Cell] = []
    for index, (one, cell) in enumerate(zip(item.items, placed, strict=True)):
        if isinstance(one, Box):
            # A box grows to the height of its neighbours, as long as those are boxes too.
            boxes = all(isinstance(other, Box | None) for other in item.items)
            grown = replace(one, least_height=length if boxes else one.least_height)
            level = _padded(diagram.place(grown, (0.0,), (), measures), length)
        elif cell is not None:
            # The line past a module that joins or reads it is that between its neighbours.
            beside = isinstance(one, Tap) and not one.aside
            level = replace(cell, length=length) if beside else _padded(cell, length)
        elif isinstance(_like(item, measures), Tap):
            level = _absent_tap(item, length, gap_mark(index, item.path), measures)
        else:
            level = _absent(item, length, measures)
        cells.append(_marked(level, mark(index, item.path)))
    return cells


def _side(side: Sequence[Slot], column: int, measures: Measures) -> Cell:
    """The cells of ``side`` above each other."""
    items = [item for slot in side if (item := slot.items[column]) is not None]
    cells = [diagram.place(item, (0.0,), (), measures) for item in items]
    marked = [_marked(cell, mark(column, slot.path)) for cell, slot in zip(cells, side, strict=True)]
    return joints.stacked(marked, items, measures)


def _around(one: Rail | Frame, inner: Cell, measures: Measures) -> Cell:
    if isinstance(one, Rail):
        return rails.rail(inner, 0.0, measures)
    return frames.frame(inner, one, 0.0, measures)


def _padded(cell: Cell, length: float) -> Cell:
    """``cell`` in the middle of ``length`` px, its lines led on below and above."""
    slack = length - cell.length
    if slack < 0.01 or cell.length == 0:
        return replace(cell, length=length)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        low = y - slack / 2
        for port, arrow in zip(cell.inputs, cell.arrows, strict=True):
            canvas.line((x + port, y), (x + port, low), arrow=arrow)
        cell.paint(canvas, x, low)
        for port in cell.outputs:
            canvas.line((x + port, low - cell.length), (x + port, y - length))

    return Cell(cell.left, cell.right, length, cell.inputs, cell.outputs, (False,) * len(cell.inputs), paint)


def _marked(cell: Cell, path: str) -> Cell:
    """``cell``, which leaves its place on the canvas when it is painted."""
    paint = cell.paint

    def painting(canvas: Canvas, x: float, y: float) -> None:
        paint(canvas, x, y)
        canvas.places.setdefault(path, Place(x + cell.left, y - cell.length, x + cell.right, y))

    return replace(cell, paint=painting)


def _absent_height(slot: Slot, measures: Measures) -> float:
    """How high a gap is: as high as its words need."""
    rows = fitted(slot.absent, measures.box_width - ABSENT_PAD, ABSENT_SIZE, SMALL, 400)
    return max(ABSENT_HEIGHT, ABSENT_LINE * len(rows) + ABSENT_PAD)


def _absent(slot: Slot, length: float, measures: Measures, ports: tuple[float, ...] = (0.0,)) -> Cell:
    """A dashed gap on the line, or on all lines at ``ports``."""
    width, height = max(measures.box_width, ports[-1] - ports[0]), min(length, _absent_height(slot, measures))
    middle = (ports[0] + ports[-1]) / 2

    def paint(canvas: Canvas, x: float, y: float) -> None:
        bottom = y - (length - height) / 2
        top = bottom - height
        if bottom < y - 0.01:
            for port in ports:
                canvas.line((x + port, y), (x + port, bottom))
                canvas.line((x + port, top), (x + port, y - length))
        dashed(canvas, Place(x + middle - width / 2, top, x + middle + width / 2, bottom), slot.absent)

    return Cell(middle - width / 2, middle + width / 2, length, ports, ports, (False,) * len(ports), paint)


def _absent_tap(slot: Slot, length: float, path: str, measures: Measures) -> Cell:
    """A dashed gap beside the line, where others have a module."""
    tap = _like(slot, measures)
    assert isinstance(tap, Tap)
    if tap.aside:
        return _line(length)
    if tap.direction == "in":
        return Cell(-1, 1, length, (0.0,), (0.0,), (False,), lambda canvas, x, y: None)
    place = taps.beside(tap, 0.0, measures)

    # As low as its own words: above it stands what the other models have no need to leave room for.
    top = max(place.top, place.bottom - measures.side_height)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        gap = Place(x + place.left, y + top, x + place.right, y + place.bottom)
        dashed(canvas, gap, slot.absent)
        canvas.places[path] = gap

    return Cell(place.left, 1, length, (0.0,), (0.0,), (False,), paint)


def _line(length: float) -> Cell:
    """The line past a module that others have beside it."""

    def paint(canvas: Canvas, x: float, y: float) -> None:
        canvas.line((x, y), (x, y - length))

    return Cell(-1, 1, length, (0.0,), (0.0,), (False,), paint)


def gap_mark(column: int, path: str) -> str:
    """Where a canvas keeps the place of the gap for a module beside the line."""
    return f"{mark(column, path)} gap"


def dashed(canvas: Canvas, place: Place, label: str) -> None:
    """What is not there, with a word for it."""
    theme = canvas.theme
    with canvas.group("", label):
        canvas.rect(
            place.left,
            place.top,
            place.right - place.left,
            place.bottom - place.top,
            fill=theme.page,
            stroke=theme.signs.removed,
            dash=UNKNOWN_DASH,
        )
        rows = fitted(label, place.right - place.left - ABSENT_PAD, ABSENT_SIZE, SMALL, 400)
        paint_rows(canvas, rows, (place.left + place.right) / 2, place.middle, theme.ink)
