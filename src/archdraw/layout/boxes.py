"""Boxes with their words, chips and figures, grown over the lines that they take."""

from __future__ import annotations

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout import figures
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.cell import Cell
from archdraw.layout.measures import SMALL, Measures
from archdraw.layout.words import block_height, fitted, paint_rows, rows_of
from archdraw.picture import Box, Chip

CHIP_WIDTH, CHIP_HEIGHT, CHIP_SPACE, CHIP_GAP = 128.0, 28.0, 16.0, 7.0
PORT_INSET = 20.0
"""The least distance of an outer line from the end of the box that it enters."""


def natural_width(box: Box, measures: Measures) -> float:
    """How wide the words and the figure of ``box`` want it."""
    if measures.box_width:
        return measures.box_width
    rows = rows_of(box.label, box.detail, measures.widest_box - 2 * measures.pad, measures)
    words = max((row.width for row in rows), default=0)
    figure = figures.size(box.figure, measures.figure_scale)[0] + 24 if box.figure else 0
    return max(measures.least_width, words + 2 * measures.pad, figure)


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
    centre = (ports[0] + ports[-1]) / 2
    leaving = _outputs(box, ports, centre, out, measures)
    span = max(ports[-1] - ports[0], leaving[-1] - leaving[0])
    width = max(natural_width(box, measures), span + 2 * PORT_INSET if span else 0)
    rows = rows_of(box.label, box.detail, width - 2 * measures.pad, measures)
    figure_height = figures.size(box.figure, measures.figure_scale)[1] if box.figure else 0
    words_height = block_height(rows, measures) if rows else 0
    chips = len(box.chips) * (CHIP_HEIGHT + CHIP_GAP) + 1 if len(box.chips) > 1 else 0
    if box.figure:
        words_height = sum(row.height for row in rows) + 10 if rows else 12
        height = words_height + figure_height + 12
    else:
        height = max(words_height, chips)
    left = centre - width / 2

    def paint(canvas: Canvas, x: float, y: float) -> None:
        place = Place(x + left, y - height, x + left + width, y)
        text_fill = canvas.theme.paint(box.role).text
        with canvas.group(box.path, box.title or _title(box)):
            canvas.box(place, box.role, box.path)
            if box.figure:
                middle = y - height + words_height / 2 + 1
                paint_rows(canvas, rows, x + centre, middle, text_fill)
                bottom = y - 12
                figures.paint(canvas, box.figure, x + centre, bottom - figure_height, measures.figure_scale)
            else:
                paint_rows(canvas, rows, x + centre, place.middle, text_fill)
        for index, chip in enumerate(box.chips):
            offset = (index - (len(box.chips) - 1) / 2) * (CHIP_HEIGHT + CHIP_GAP)
            _paint_chip(canvas, chip, place.left, place.middle + offset)
        if len(leaving) != len(ports):
            for name, port in zip(box.outputs, leaving, strict=True):
                if name:
                    # Beside the line, low enough to stay clear of the arrow head above.
                    canvas.text(x + port + 6, place.top - 5, name, SMALL, 400, fill=canvas.theme.muted)

    extent = CHIP_WIDTH + CHIP_SPACE if box.chips else 0
    right = left + width
    if len(leaving) != len(ports):
        # A name beside its line may reach beyond the box.
        right = max(
            [right, *(port + 8 + text_width(name, SMALL) for name, port in zip(box.outputs, leaving, strict=True))]
        )
    return Cell(left - extent, right, height, ports, leaving, (True,) * len(ports), paint)


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


def _paint_chip(canvas: Canvas, chip: Chip, box_left: float, middle: float) -> None:
    left = box_left - CHIP_SPACE - CHIP_WIDTH
    colours = canvas.theme.paint(chip.role)
    rows = fitted(chip.label, CHIP_WIDTH - 12, SMALL, SMALL, 500)
    with canvas.group("", chip.label):
        canvas.rect(left, middle - CHIP_HEIGHT / 2, CHIP_WIDTH, CHIP_HEIGHT, fill=colours.fill, stroke=colours.border)
        row = rows[0]
        canvas.text(
            left + CHIP_WIDTH / 2,
            middle + MIDDLE * row.size,
            row.text,
            row.size,
            500,
            fill=colours.text,
            anchor="middle",
        )
    canvas.line((left + CHIP_WIDTH, middle), (box_left, middle), arrow=True)
