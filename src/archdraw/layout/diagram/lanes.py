"""Lanes: several lines at the left in place of one, with ports where what stands beside them reads and writes."""

from __future__ import annotations

from dataclasses import replace

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram import rails
from archdraw.layout.diagram.boxes import CHIP_PAD
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.parts import boxes_of
from archdraw.picture import Joint, Lanes, Port
from archdraw.records import record
from archdraw.scene import Point

MOST_DRAWN = 8
"""So many lanes can be distinguished under a port; of more the label says the number."""
PORT, PORT_PAD, PORT_GAP = 28.0, 9.0, 8.0
"""The height of a port, from its words to its sides, and from one to the next."""
LEAST_PORT, PITCH, THIN = 48.0, 12.0, 1.5
"""The least width of a port, from one lane to the next at most, and how wide the line of one of several is."""
BEND, BAR, BAR_REACH = 10.0, 6.0, 6.0
"""From an end of the one line to its bend and on to the bar where lanes begin; the bar's height, and how far it
reaches beyond them."""
SPACE = 20.0
"""Between the ports and what stands beside them."""
WIDER = 1.4
"""So much wider chips may be beside lanes where each then needs but one line: no residual line is at their left."""


@record
class _Bundle:
    """Where the lanes are: the x of each, their middle, half a port's width, and the x of the one line beside them."""

    lines: tuple[float, ...]
    middle: float
    half: float
    axis: float

    def moved(self, dx: float) -> _Bundle:
        return _Bundle(tuple(line + dx for line in self.lines), self.middle + dx, self.half, self.axis + dx)


@record
class _Level:
    """How far above the bottom a joint's line leaves the lanes and enters them, and where the joint ends."""

    leaves: float
    enters: float
    end: float


def beside(item: Lanes, measures: Measures) -> Measures:
    """The measures of what stands beside the lanes of ``item``."""
    chips = (chip for box in boxes_of(item) for chip in box.chips)
    needed = max((text_width(chip.label, SMALL, 500) + CHIP_PAD for chip in chips), default=0.0)
    wide = needed <= WIDER * measures.chip_width
    return replace(measures, chip_width=max(measures.chip_width, needed)) if wide else measures


def place(item: Lanes, cells: list[Cell], port: float, measures: Measures) -> Cell:
    """``cells``, those of the bodies of ``item``, above each other at the right of its lanes."""
    if item.number == 1:
        return _rails(item, cells, port, measures)
    cells = [cell.moved(port - cell.inputs[0]) for cell in cells]
    half = max([LEAST_PORT, *(_port_width(one) for joint in item.joints for one in joint.ports)]) / 2
    middle = min(cell.left for cell in cells) - SPACE - half
    bundle = _Bundle(_lines(item.number, middle, half), middle, half, port)
    room = 2 * BEND + BAR
    levels: list[_Level] = []
    level = room
    for joint, cell in zip(item.joints, cells, strict=True):
        levels.append(_level(joint, cell, level, measures))
        level = levels[-1].end
    length = level + PORT_GAP + room

    def paint(canvas: Canvas, x: float, y: float) -> None:
        where = bundle.moved(x)
        paths = _entered(canvas, where, y)
        for joint, cell, one in zip(item.joints, cells, levels, strict=True):
            paths = _join(canvas, joint, where, paths, y - one.leaves, y - one.enters, measures)
            _beside(canvas, cell, joint, where, x, y - one.leaves, y - one.enters, measures)
        _left(canvas, where, paths, y - length)
        if item.label:
            lowest = levels[0].leaves - _stack(item.joints[0].read)
            _label(canvas, item, where.middle + half + PORT_GAP, y - (BEND + lowest) / 2)

    words = (item.label, *(one.layers for joint in item.joints for one in joint.ports))
    named = middle + half + PORT_GAP + max(text_width(line, SMALL, 500) for line in words)
    right = max(named, *(cell.right for cell in cells))
    return Cell(middle - half - 2, right, length, (port,), (port,), (False,), paint)


def _rails(item: Lanes, cells: list[Cell], port: float, measures: Measures) -> Cell:
    """One line is drawn as a residual line by itself, with its port on it."""
    placed: list[Cell] = []
    for joint, cell in zip(item.joints, cells, strict=True):
        placed.append(rails.rail(cell, placed[-1].outputs[0] if placed else port, measures, _midway(joint)))

    def paint(canvas: Canvas, x: float, y: float) -> None:
        for rail in placed:
            rail.paint(canvas, x, y)
            y -= rail.length

    left, right = min(rail.left for rail in placed), max(rail.right for rail in placed)
    length = sum(rail.length for rail in placed)
    return Cell(left, right, length, placed[0].inputs, placed[-1].outputs, (False,), paint)


def _midway(joint: Joint) -> rails.Midway:
    """The ports of ``joint`` as they stand on its residual line, the lowest first."""
    half = max([LEAST_PORT, *map(_port_width, joint.ports)]) / 2

    def paint(canvas: Canvas, x: float, y: float) -> None:
        low = y + _stack(joint.ports) / 2
        for index, port in enumerate(joint.ports):
            middle = low - index * (PORT + PORT_GAP)
            _port(canvas, port, x, half, middle)
            if index:
                canvas.line((x, middle + PORT + PORT_GAP - PORT / 2), (x, middle + PORT / 2))

    return rails.Midway(2 * half, _stack(joint.ports) + PORT, paint)


def _port_width(port: Port) -> float:
    return text_width(port.label, SMALL, 500) + 2 * PORT_PAD


def _lines(number: int, middle: float, half: float) -> tuple[float, ...]:
    number = max(1, min(number, MOST_DRAWN))
    pitch = min(PITCH, 2 * (half - PORT_PAD) / max(1, number - 1))
    return tuple(middle + (index - (number - 1) / 2) * pitch for index in range(number))


def _stack(ports: tuple[Port, ...]) -> float:
    """The height of all but one of ``ports`` above each other."""
    return max(0, len(ports) - 1) * (PORT + PORT_GAP)


def _level(joint: Joint, cell: Cell, start: float, measures: Measures) -> _Level:
    """Where ``joint`` is, which begins ``start`` px above the bottom: its lines are as long as arrows between boxes."""
    leaves = start + PORT_GAP + (_stack(joint.read) + PORT / 2 if joint.read else 0)
    passed = PORT + PORT_GAP + (_stack(joint.between) + PORT + PORT_GAP if joint.between else 0)
    enters = leaves + max(cell.length + 2 * measures.gap, passed)
    return _Level(leaves, enters, enters + (PORT / 2 + _stack(joint.write) if joint.write else measures.node))


def _entered(canvas: Canvas, where: _Bundle, bottom: float) -> list[list[Point]]:
    """The beginnings of the lanes, to which the one line comes from ``bottom``."""
    bend = bottom - BEND
    canvas.line((where.axis, bottom), (where.axis, bend), (where.middle, bend), (where.middle, bend - BEND))
    _bar(canvas, where, bottom - 2 * BEND - BAR)
    return [[(line, bottom - 2 * BEND - BAR)] for line in where.lines]


def _left(canvas: Canvas, where: _Bundle, paths: list[list[Point]], top: float) -> None:
    """The ends of the lanes, from which the one line leads back and up to ``top``."""
    end = top + 2 * BEND + BAR
    for path, line in zip(paths, where.lines, strict=True):
        canvas.line(*path, (line, end), width=THIN)
    _bar(canvas, where, end - BAR)
    bend = top + BEND
    canvas.line((where.middle, end - BAR), (where.middle, bend), (where.axis, bend), (where.axis, top))


def _bar(canvas: Canvas, where: _Bundle, top: float) -> None:
    left, right = where.lines[0] - BAR_REACH, where.lines[-1] + BAR_REACH
    canvas.rect(left, top, right - left, BAR, fill=canvas.theme.edge, radius=2, kind="mark")


def _join(
    canvas: Canvas,
    joint: Joint,
    where: _Bundle,
    paths: list[list[Point]],
    leaves: float,
    enters: float,
    measures: Measures,
) -> list[list[Point]]:
    """The ports of ``joint`` on the lanes, which go on from ``paths``; how they go on above it."""
    low, high = leaves - (PORT / 2 if joint.read else 0), enters + (PORT / 2 if joint.write else measures.node)
    step = (low - high) / (len(joint.between) + 1)
    ports = [(port, leaves + (len(joint.read) - 1 - i) * (PORT + PORT_GAP)) for i, port in enumerate(joint.read)]
    ports += [(port, low - (i + 1) * step) for i, port in enumerate(joint.between)]
    ports += [(port, enters - i * (PORT + PORT_GAP)) for i, port in enumerate(joint.write)]
    for port, middle in ports:
        for path, line in zip(paths, where.lines, strict=True):
            canvas.line(*path, (line, middle + PORT / 2), width=THIN)
        paths = [[(line, middle - PORT / 2)] for line in where.lines]
        _port(canvas, port, where.middle, where.half, middle)
    if not joint.write:
        *others, last = paths
        canvas.line(*last, (where.lines[-1], enters + measures.node), width=THIN)
        canvas.node(where.lines[-1], enters, measures.node, "+")
        paths = [*others, [(where.lines[-1], enters - measures.node)]]
    return paths


def _port(canvas: Canvas, port: Port, x: float, half: float, middle: float) -> None:
    place = Place(x - half, middle - PORT / 2, x + half, middle + PORT / 2)
    box = port.box
    with canvas.group(box.path, box.title or box.label, role=box.role):
        fill = canvas.box(place, box.role, box.path, mark=box.mark)
        canvas.text(x, middle + MIDDLE * SMALL, port.label, SMALL, 500, fill=fill, anchor="middle")
        if port.layers:
            canvas.text(x + half + PORT_GAP, middle + MIDDLE * SMALL, port.layers, SMALL, 500, fill=canvas.theme.muted)


def _beside(
    canvas: Canvas,
    cell: Cell,
    joint: Joint,
    where: _Bundle,
    x: float,
    leaves: float,
    enters: float,
    measures: Measures,
) -> None:
    """What stands beside the lanes, with its lines from them and to them."""
    start = where.middle + where.half if joint.read else where.lines[-1]
    canvas.line((start, leaves), (where.axis, leaves), (where.axis, leaves - measures.gap), arrow=cell.arrows[0])
    if not joint.read:
        canvas.dot(start, leaves)
    cell.paint(canvas, x, leaves - measures.gap)
    out = x + cell.outputs[0]
    end = where.middle + where.half if joint.write else where.lines[-1] + measures.node
    canvas.line((out, leaves - measures.gap - cell.length), (out, enters), (end, enters), arrow=True)


def _label(canvas: Canvas, item: Lanes, left: float, middle: float) -> None:
    width = text_width(item.label, SMALL, 500)
    canvas.text(left, middle + MIDDLE * SMALL, item.label, SMALL, 500, fill=canvas.theme.ink)
    canvas.places[item.path] = Place(left, middle - SMALL / 2, left + width, middle + SMALL / 2)
