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
from archdraw.layout.diagram.text import (
    Row,
    around,
    block_height,
    fitted,
    longest_word,
    paint_rows,
    room,
    rows_height,
    rows_of,
)
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
PORT_INSET, PORT_SIDE = 20.0, 10.0
"""The least distance of an outer line from the end of the box that it enters, from above and from the left."""
NAME_BEFORE = 12.0
"""What the name of a line that leads to the right leaves free before it and behind it."""


def natural_width(box: Box, measures: Measures) -> float:
    """How wide the words and the figure of ``box`` want it."""
    return measures.box_width or _width(box, measures.of_box)


@kept(4096)
def _width(box: Box, measures: Measures) -> float:
    """As :func:`natural_width`, kept: it is asked for by every way to lay a diagram out, mostly with equal measures."""
    # A word of usual length is not broken, however narrow boxes are to be.
    inner = max(room(measures.widest_box, measures.pad), longest_word(box.label, box.detail, measures))
    rows = rows_of(box.label, box.detail, inner, measures, box.strong)
    longest = max((row.width for row in rows), default=0)
    figure = figures.size(box.figure, measures.figure_scale)[0] + 2 * FIGURE_PAD if box.figure else 0
    return max(measures.least_width, around(longest, measures.pad), figure)


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
    if measures.right:
        return tuple(max(measures.port_gap, distance) for distance in (out or (0.0,) * number))
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
    chips = _Chips.of(box.chips, measures)
    width = natural_width(box, measures)
    width = max(width, chips.width if measures.right else span + 2 * PORT_INSET if span else 0)
    rows = rows_of(box.label, box.detail, room(width, measures.pad), measures, box.strong)
    scale = measures.figure_scale
    if box.figure:
        # A box of given width does not grow for its figure.
        scale = figures.scale_in(box.figure, width - 2 * FIGURE_PAD, scale)
    figure_height = figures.size(box.figure, scale)[1] if box.figure else 0
    words_height = block_height(rows, measures) if rows else 0
    if box.figure:
        words_height = rows_height(rows) + 8 if rows else 1.5
        height = words_height + figure_height + 2 * FIGURE_PAD
    elif measures.right:
        height = words_height
    else:
        height = max(words_height, chips.height + 8 if len(box.chips) > 1 else chips.height)
    if measures.cap and box.cap and len(rows) == 1 and not chips.chips:
        height = measures.cap
        # Letters that reach below the line keep clear of the border.
        size = max(min(measures.label_size, CAP_LABEL * height), SMALL)
        rows = fitted(box.label, room(width, measures.pad), size, SMALL, rows[0].weight)
    height = max(height, box.least_height)
    if measures.right:
        height = max(height, span + 2 * PORT_SIDE if span else 0)
    across, along = (height, width) if measures.right else (width, height)
    left = centre - across / 2
    named = tuple(_named(box, leaving, measures)) if len(leaving) != len(ports) else ()
    # Beside a line that leads to the right there is no room for its name but above it.
    beyond = max((NAME_BEFORE + text_width(name, SMALL) for name, *_ in named), default=0.0) if measures.right else 0.0

    def paint(canvas: Canvas, x: float, y: float) -> None:
        page, place = canvas.upright(Place(x + left, y - along, x + left + across, y))
        open_ends: OpenEnds = "" if box.inputs else "start"
        middle = (place.left + place.right) / 2
        with page.group(box.path, box.title or _title(box), role=box.role, layers=box.layers, open_ends=open_ends):
            text_fill = page.box(place, box.role, box.path, mark=box.mark)
            if box.figure:
                # The words keep the colours of the role; the figure stands on the page's.
                page.rect(
                    place.left + 1.5,
                    place.top + words_height,
                    width - 3,
                    height - words_height - 1.5,
                    fill=page.theme.page,
                    radius=6,
                    kind="mark",
                )
                paint_rows(page, rows, middle, place.top + words_height / 2 + 0.5, text_fill)
                figures.paint(page, box.figure, middle, place.bottom - FIGURE_PAD - figure_height, scale)
            else:
                paint_rows(page, rows, middle, place.middle, text_fill)
        chips.paint(page, place)
        if measures.right:
            for name, port, _ in named:
                canvas.line((x + port, y - along), (x + port, y - along - beyond))
                _, at = canvas.upright(Place(x + port, y - along, x + port, y - along))
                page.text(at.left + NAME_BEFORE / 2, at.top - 6, name, SMALL, 400, fill=page.theme.muted)
            return
        for name, port, side in named:
            # Beside the line, low enough to stay clear of the arrow head above.
            anchor: Literal["start", "end"] = "start" if side > 0 else "end"
            canvas.text(x + port + 6 * side, place.top - 7, name, SMALL, 400, fill=canvas.theme.muted, anchor=anchor)

    extent = chips.extent
    right = left + across
    if not measures.right:
        # A name beside its line may reach beyond the box.
        reach = [(port, side, 8 + text_width(name, SMALL)) for name, port, side in named]
        right = max([right, *(port + room for port, side, room in reach if side > 0)])
        extent = max([extent, *(left - port + room for port, side, room in reach if side < 0)])
    source = box.inputs == 0
    return Cell(left - extent, right, along + beyond, ports, leaving, (not source,) * len(ports), paint, source)


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
    """The chips of a box, with their words: above each other at its left, or side by side above one on a line that
    leads to the right.
    """

    chips: tuple[Chip, ...]
    rows: tuple[tuple[Row, ...], ...]
    widths: tuple[float, ...]
    least_height: float
    space: float
    above: bool

    @classmethod
    def of(cls, chips: tuple[Chip, ...], measures: Measures) -> _Chips:
        width = measures.chip_width
        if measures.right:
            words = [word for chip in chips for word in chip.label.split()]
            width = max([width, *(around(text_width(word, SMALL, 500), CHIP_PAD / 2) for word in words)])
        rows = tuple(fitted(chip.label, room(width, CHIP_PAD / 2), SMALL, SMALL, 500) for chip in chips)
        widths = (width,) * len(chips)
        if measures.right:
            # All are as wide as the widest: their arrows enter the box about its middle.
            widths = (max((around(row.width, CHIP_PAD / 2) for own in rows for row in own), default=0.0),) * len(chips)
        return cls(chips, rows, widths, measures.chip_height, measures.chip_space, measures.right)

    @property
    def heights(self) -> list[float]:
        return [max(self.least_height, rows_height(rows) + 9) for rows in self.rows]

    @property
    def height(self) -> float:
        return sum(self.heights) + CHIP_GAP * (len(self.chips) - 1) if self.chips else 0.0

    @property
    def width(self) -> float:
        return sum(self.widths) + CHIP_GAP * (len(self.chips) - 1) if self.chips else 0.0

    @property
    def extent(self) -> float:
        """What they take at the side of a box, with their arrows."""
        if not self.chips:
            return 0.0
        return (max(self.heights) if self.above else self.widths[0]) + self.space

    def paint(self, canvas: Canvas, box: Place) -> None:
        """All chips of the ``box``, each with its arrow."""
        left, top = box.left - self.extent, box.middle - self.height / 2
        if self.above:
            left, top = (box.left + box.right - self.width) / 2, box.top - self.extent
        for chip, rows, width, height in zip(self.chips, self.rows, self.widths, self.heights, strict=True):
            colours = canvas.theme.paint(chip.role)
            with canvas.group("", chip.label, role=chip.role):
                canvas.rect(left, top, width, height, fill=colours.fill, stroke=colours.border)
                paint_rows(canvas, rows, left + width / 2, top + height / 2, colours.text)
            if self.above:
                canvas.line((left + width / 2, top + height), (left + width / 2, box.top), arrow=True)
                left += width + CHIP_GAP
            else:
                canvas.line((left + width, top + height / 2), (box.left, top + height / 2), arrow=True)
                top += height + CHIP_GAP


def _named(box: Box, leaving: tuple[float, ...], measures: Measures) -> Iterator[tuple[str, float, int]]:
    """The names of the lines that leave, with their ports and the side they stand on: 1 right, -1 left.

    The first of two lines that are too near for its name has it at its left.
    """
    for index, (name, port) in enumerate(zip(box.outputs, leaving, strict=True)):
        if name:
            is_near = index == 0 and len(leaving) > 1 and leaving[1] - port < text_width(name, SMALL) + 12
            yield name, port, -1 if is_near and not measures.right else 1
