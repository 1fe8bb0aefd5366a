"""Boxes with their words, chips and figures, grown over the lines that they take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram import figures
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.layout.diagram.text import Row, around, block_height, fitted, paint_rows, room, rows_height, rows_of
from archdraw.picture import Box, Chip, Diagram
from archdraw.records import record
from archdraw.scene import OpenEnds
from archdraw.setters import kept

CHIP_GAP = 7.0
CAP_LABEL = 0.58
"""The size of the words of a cap by its height, at most."""
CHIP_PAD = 12.0
"""What the words of a chip leave free of its width."""
FIGURE_PAD = 12.0
"""Between a figure and the sides of its box."""
PORT_INSET = 20.0
"""The least distance of an outer line from the end of the box that it enters."""


def natural_width(box: Box, measures: Measures) -> float:
    """How wide the words and the figure of ``box`` want it."""
    if measures.box_width:
        return measures.box_width
    rows = rows_of(box.label, box.detail, room(measures.widest_box, measures.pad), measures, box.strong)
    words = max((row.width for row in rows), default=0)
    figure = figures.size(box.figure, measures.figure_scale)[0] + 2 * FIGURE_PAD if box.figure else 0
    return max(measures.least_width, around(words, measures.pad), figure)


def as_wide_as_the_widest(items: Sequence[Diagram], measures: Measures) -> Measures:
    """Measures with which ``items`` are as wide as each other where all are boxes, as alternatives are."""
    widths = [natural_width(item, measures) for item in items if isinstance(item, Box)]
    if measures.box_width or len(widths) < len(items):
        return measures
    return replace(measures, least_width=max(widths))


def chips_width(box: Box, measures: Measures) -> float:
    """What the chips at the left of ``box`` take, with their arrows."""
    return measures.chip_width + measures.chip_space if box.chips else 0.0


def gaps(box: Box, out: tuple[float, ...], measures: Measures) -> tuple[float, ...]:
    """Distances between the lines into ``box``: where as many leave as come in they pass straight through."""
    number = box.inputs - 1
    if len(box.outputs) != box.inputs:
        return (measures.port_gap,) * number
    distances = [max(measures.port_gap, distance) for distance in (out or (0.0,) * number)]
    # The words find room between the outer lines rather than beside them, where a neighbour may stand.
    lacking = natural_width(box, measures) - 2 * PORT_INSET - sum(distances)
    if lacking > 0 and number:
        distances = [distance + lacking / number for distance in distances]
    return tuple(distances)


def place(box: Box, ports: tuple[float, ...], out: tuple[float, ...], measures: Measures) -> Cell:
    """``box`` over ``ports``, centred on them."""
    return _placed(box, ports, out, measures.of_box)


@kept(2048)
def _placed(box: Box, ports: tuple[float, ...], out: tuple[float, ...], measures: Measures) -> Cell:
    """As :func:`place`, kept: a diagram is laid out several times, with arrows of other lengths between its boxes."""
    centre = (ports[0] + ports[-1]) / 2
    leaving = _outputs(box, ports, centre, out, measures)
    span = max(ports[-1] - ports[0], leaving[-1] - leaving[0])
    width = max(natural_width(box, measures), span + 2 * PORT_INSET if span else 0)
    rows = rows_of(box.label, box.detail, room(width, measures.pad), measures, box.strong)
    scale = measures.figure_scale
    if box.figure:
        # A box of given width does not grow for its figure.
        scale = figures.scale_in(box.figure, width - 2 * FIGURE_PAD, scale)
    figure_height = figures.size(box.figure, scale)[1] if box.figure else 0
    words_height = block_height(rows, measures) if rows else 0
    chips = _Chips.of(box.chips, measures)
    if box.figure:
        words_height = rows_height(rows) + 8 if rows else 1.5
        height = words_height + figure_height + 2 * FIGURE_PAD
    else:
        height = max(words_height, chips.height + 8 if len(box.chips) > 1 else chips.height)
    if measures.cap and box.cap and len(rows) == 1 and not chips.chips:
        height = measures.cap
        # Letters that reach below the line keep clear of the border.
        size = max(min(measures.label_size, CAP_LABEL * height), SMALL)
        rows = fitted(box.label, room(width, measures.pad), size, SMALL, rows[0].weight)
    height = max(height, box.least_height)
    left = centre - width / 2

    def paint(canvas: Canvas, x: float, y: float) -> None:
        place = Place(x + left, y - height, x + left + width, y)
        open_ends: OpenEnds = "" if box.inputs else "start"
        with canvas.group(box.path, box.title or _title(box), role=box.role, layers=box.layers, open_ends=open_ends):
            text_fill = canvas.box(place, box.role, box.path, mark=box.mark)
            if box.figure:
                # The words keep the colours of the role; the figure stands on the page's.
                canvas.rect(
                    place.left + 1.5,
                    place.top + words_height,
                    width - 3,
                    height - words_height - 1.5,
                    fill=canvas.theme.page,
                    radius=6,
                    kind="mark",
                )
                paint_rows(canvas, rows, x + centre, place.top + words_height / 2 + 0.5, text_fill)
                figures.paint(canvas, box.figure, x + centre, y - FIGURE_PAD - figure_height, scale)
            else:
                paint_rows(canvas, rows, x + centre, place.middle, text_fill)
        chips.paint(canvas, place.left, place.middle)
        if len(leaving) != len(ports):
            for name, port, side in _named(box, leaving):
                # Beside the line, low enough to stay clear of the arrow head above.
                anchor: Literal["start", "end"] = "start" if side > 0 else "end"
                canvas.text(
                    x + port + 6 * side, place.top - 7, name, SMALL, 400, fill=canvas.theme.muted, anchor=anchor
                )

    extent = chips_width(box, measures)
    right = left + width
    if len(leaving) != len(ports):
        # A name beside its line may reach beyond the box.
        named = [(port, side, 8 + text_width(name, SMALL)) for name, port, side in _named(box, leaving)]
        right = max([right, *(port + room for port, side, room in named if side > 0)])
        extent = max([extent, *(left - port + room for port, side, room in named if side < 0)])
    source = box.inputs == 0
    return Cell(left - extent, right, height, ports, leaving, (not source,) * len(ports), paint, source)


def _outputs(
    box: Box, ports: tuple[float, ...], centre: float, out: tuple[float, ...], measures: Measures
) -> tuple[float, ...]:
    number = len(box.outputs)
    if number == 1:
        return (centre,)
    if number == len(ports):
        return ports
    distances = [max(measures.port_gap, distance) for distance in (out or (0.0,) * (number - 1))]
    leaving = [centre - sum(distances) / 2]
    for distance in distances:
        leaving.append(leaving[-1] + distance)
    return tuple(leaving)


def _title(box: Box) -> str:
    return f"{box.label}: {box.detail}" if box.detail else box.label


@record
class _Chips:
    """The chips of a box, with their words and heights."""

    chips: tuple[Chip, ...]
    rows: tuple[tuple[Row, ...], ...]
    width: float
    least_height: float
    space: float

    @classmethod
    def of(cls, chips: tuple[Chip, ...], measures: Measures) -> _Chips:
        rows = tuple(fitted(chip.label, room(measures.chip_width, CHIP_PAD / 2), SMALL, SMALL, 500) for chip in chips)
        return cls(chips, rows, measures.chip_width, measures.chip_height, measures.chip_space)

    @property
    def heights(self) -> list[float]:
        return [max(self.least_height, rows_height(rows) + 9) for rows in self.rows]

    @property
    def height(self) -> float:
        return sum(self.heights) + CHIP_GAP * (len(self.chips) - 1) if self.chips else 0.0

    def paint(self, canvas: Canvas, box_left: float, middle: float) -> None:
        """All chips above each other at the left of a box, each with its arrow."""
        left = box_left - self.space - self.width
        top = middle - self.height / 2
        for chip, rows, height in zip(self.chips, self.rows, self.heights, strict=True):
            colours = canvas.theme.paint(chip.role)
            with canvas.group("", chip.label, role=chip.role):
                canvas.rect(left, top, self.width, height, fill=colours.fill, stroke=colours.border)
                paint_rows(canvas, rows, left + self.width / 2, top + height / 2, colours.text)
            canvas.line((left + self.width, top + height / 2), (box_left, top + height / 2), arrow=True)
            top += height + CHIP_GAP


def _named(box: Box, leaving: tuple[float, ...]) -> Iterator[tuple[str, float, int]]:
    """The names of the lines that leave, with their ports and the side they stand on: 1 right, -1 left.

    The first of two lines that are too near for its name has it at its left.
    """
    for index, (name, port) in enumerate(zip(box.outputs, leaving, strict=True)):
        if name:
            near = index == 0 and len(leaving) > 1 and leaving[1] - port < text_width(name, SMALL) + 12
            yield name, port, -1 if near else 1
