"""A plate: header, the model from the input up, its insets, the layer strip and a footer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias

from archdraw.layout import page, sketch
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.diagram.leads import with_additions
from archdraw.layout.diagram.measures import COLUMN, INSET, SMALL, SPINE, Measures
from archdraw.layout.mirrored import mirrored
from archdraw.layout.page import HEADER, MARGIN
from archdraw.layout.plate import band, letters, panels, strip, terminals
from archdraw.layout.plate.around import Around
from archdraw.layout.plate.arrange import CHANNEL, GUTTER, TALLEST, Arrangement, most_height
from archdraw.layout.plate.column import Column, column_of, paint_model
from archdraw.layout.plate.cuts import ROUNDING, SPACE
from archdraw.layout.plate.fitting import fitted_in, relettered
from archdraw.layout.plate.footers import counted, footer_of
from archdraw.layout.plate.heights import shared_out
from archdraw.layout.plate.sizes import Sizes
from archdraw.layout.plate.stretching import longest
from archdraw.layout.plate.zoom import zoom_lines
from archdraw.picture import Chain, Inset, Plate, Tap, Terminal
from archdraw.scene import LEAST_TEXT, Scene
from archdraw.theme import Theme

GAPS, LOOSEST_GAP = (24.0, 18.0, 14.0, 12.0, 10.0), 40.0
"""How long arrows are: as the first is where all panels find room so, else shorter."""
TIGHT, LOW_PANEL_GAP = 12.0, 12.0
"""With arrows no longer than these boxes have less air about them, too, and arrows in panels have the second."""
LAST_RESORT = SMALL / LEAST_TEXT
"""A page of other views with two columns is never taller."""
MOST_TRIES = 3
"""How often a page is laid out at most until its footer has room for what it says is left out."""
CAP = 28.0
"""The height of a norm on its box."""
LOW: dict[str, Any] = {
    "one_line": 34, "two_lines": 50, "cap": 26, "tap": 26, "chip_height": 24, "frame_top": 14, "frame_gap": 6,
    "bar_height": 34, "container_pad": 16, "input_gap": 20, "tap_out": 34, "tap_in": 32, "side_height": 52,
}  # fmt: skip
"""What is lower in a column that is too high else."""
BESIDE = replace(COLUMN, cap=CAP)
ALONE = replace(SPINE, cap=CAP, column=BESIDE)
"""The measures of one of several columns of a model, and of a column by itself."""


def column_at(plate: Plate, gap: float = GAPS[0]) -> Column:
    """The columns of ``plate`` with arrows of ``gap``."""
    # At the left is room for lines where the residual ones of the model run at its right.
    beside = bool(plate.towers or plate.wires)
    measures = _measures(gap, beside=beside)
    cell = _cell(with_additions(plate.column), plate.inputs, measures)
    towers = [(tower, _cell(tower.column, tower.inputs, measures)) for tower in plate.towers]
    taps = (item for item in plate.column.items if isinstance(item, Tap) and item.direction == "in" and not item.aside)
    if beside:
        cell, inputs = mirrored(cell), plate.inputs[::-1]
    else:
        inputs = plate.inputs
    column = column_of(cell, tuple(taps), measures, inputs=inputs, towers=tuple(towers), wires=plate.wires)
    lettered = sum(1 for inset in plate.insets if inset.source)
    return replace(column, right=column.right + panels.gutter(lettered))


@lru_cache(maxsize=64)
def _measures(gap: float, *, beside: bool) -> Measures:
    """Those of a model with arrows of ``gap``, one of several columns or alone."""
    if gap > TIGHT:
        return replace(BESIDE if beside else ALONE, gap=gap)
    column = replace(BESIDE, gap=gap, **LOW)
    return column if beside else replace(ALONE, gap=gap, column=column, **LOW)


def _cell(column: Chain, inputs: tuple[Terminal, ...], measures: Measures) -> Cell:
    """The cell of ``column``, the lines of its ``inputs`` as far apart as their boxes need."""
    wanted = diagram.gaps(column, (), max(1, len(inputs)), measures)
    ports = [0.0]
    for distance, room in zip(wanted, terminals.spread(inputs), strict=True):
        ports.append(ports[-1] + max(distance, room))
    return diagram.place(column, tuple(ports), (), measures)


def draw(plate: Plate, theme: Theme) -> Scene:
    """The scene of ``plate``: model, insets in columns, strip, band and footer."""
    return _drawn(plate, theme, column_at(plate))


def draw_unless_too_high(plate: Plate, theme: Theme) -> Scene | None:
    """As :func:`draw`; None where the column alone makes the page too high, whatever stands beside it."""
    natural = column_at(plate)
    if _is_above_all(natural) and _is_above_all(column_at(plate, GAPS[-1])):
        return None
    return _drawn(plate, theme, natural)


def _is_above_all(column: Column) -> bool:
    return HEADER + column.height > TALLEST + 1


def _drawn(plate: Plate, theme: Theme, natural: Column) -> Scene:
    """The scene of ``plate``, whose column has its ``natural`` height with the longest arrows."""
    plate = lettered(plate, theme, natural)
    around = Around(plate)
    found = _roomiest(plate, natural, around)
    if plate.closed and found[1].left_out:
        # No panel gives way to the names of boxes that have none.
        fuller = _roomiest(counted(plate), natural, around)
        plate, found = (counted(plate), fuller) if _worth(fuller[1]) > _worth(found[1]) else (plate, found)
    natural, arrangement, gap, panel_gap = found
    arrangement = _relettered(arrangement)
    column = longest(natural, lambda gap: column_at(plate, gap), arrangement.height, gap, LOOSEST_GAP)
    bottom = HEADER + arrangement.height
    canvas = Canvas(theme, plate.accent)
    width = around.page(column, ()).across(arrangement.widths)
    page.header(canvas, plate.name, plate.subtitle, width, href=plate.href)
    paint_model(canvas, column, bottom)
    spine_frame = canvas.places.get(FRAME)
    placed = _insets(canvas, arrangement, MARGIN + column.width + CHANNEL, panel_gap)
    if spine_frame is not None:
        # Insets may have frames too; zoom lines leave that of the spine.
        canvas.places[FRAME] = spine_frame
    zoom_lines(canvas, placed, MARGIN + column.width, apart=around.apart)
    height = page.footer(canvas, footer_of(plate, arrangement), width, around.paint(canvas, width, bottom))
    left_out = tuple(inset.title for inset in arrangement.left_out)
    return replace(_scene(canvas, plate, width, height), left_out=left_out)


Room: TypeAlias = tuple[Column, Arrangement, float, float]
"""A column, the panels beside it, and how long the arrows in both are at least."""


def _roomiest(plate: Plate, natural: Column, around: Around) -> Room:
    """The column of ``plate`` with the longest arrows beside which most panels find room."""

    def tried(number: int) -> Room:
        gap = GAPS[number]
        column = column_at(plate, gap) if number else natural
        sizes = around.sizes(LOW_PANEL_GAP if gap <= TIGHT else INSET.gap)
        return column, _arranged(plate, column, sizes, around), gap, sizes.gap

    best = tried(0)
    if _worth(best[1]) == (True, 0.0, 0):
        return _closer(plate, best, around)
    # Shorter arrows leave more room, never less: few of the gaps have to be tried.
    low_enough = len(GAPS) - 1
    found = tried(low_enough)
    if _worth(found[1]) <= _worth(best[1]):
        return _closer(plate, best, around)
    best, too_long = found, 0
    while low_enough - too_long > 1:
        middle = (too_long + low_enough) // 2
        found = tried(middle)
        if _worth(found[1]) >= _worth(best[1]):
            best, low_enough = found, middle
        else:
            too_long = middle
    return _closer(plate, best, around)


def _closer(plate: Plate, best: Room, around: Around) -> Room:
    """``best``, with arrows in its panels as short as need be where fewer of them lose remarks so."""
    for shorter in (LOW_PANEL_GAP, GAPS[-1]):
        column, arrangement, gap, panel_gap = best
        if arrangement.shortened and shorter < panel_gap:
            found = _arranged(plate, column, around.sizes(shorter), around)
            if len(found.shortened) < len(arrangement.shortened) and _worth(found) >= _worth(arrangement):
                best = column, found, gap, shorter
    return best


def _worth(arrangement: Arrangement) -> tuple[bool, float, int]:
    """What makes one of two arrangements the better one: a page that is not too high, then more panels."""
    fits = arrangement.fits and arrangement.excess <= ROUNDING
    return fits, 0.0 if fits else -arrangement.excess, -len(arrangement.left_out)


def is_too_high(scene: Scene) -> bool:
    """Whether a plate is higher than its width allows, or too high for any screen."""
    return scene.height > most_height(scene.width) + 1


def _relettered(arrangement: Arrangement) -> Arrangement:
    """``arrangement`` with letters that follow each other: those of panels that found no room are none any more."""
    named = iter(relettered(tuple(inset for column in arrangement.columns for inset in column)))
    columns = tuple(tuple(next(named) for _ in column) for column in arrangement.columns)
    return replace(arrangement, columns=columns)


def _arranged(plate: Plate, column: Column, sizes: Sizes, around: Around) -> Arrangement:
    """The insets of ``plate`` beside its model ``column``."""
    insets = tuple(inset for inset in plate.insets if not band.belongs(inset))
    footer = footer_of(plate)
    for _ in range(MOST_TRIES):
        found = fitted_in(insets, around.page(column, footer), sizes)
        said = footer_of(plate, found)
        if len(said) <= len(footer):
            break
        # What is left out is named in the footer, for whose lines there has to be room.
        footer = said
    return found


def lettered(plate: Plate, theme: Theme, column: Column | None = None) -> Plate:
    """``plate`` with its insets in the order of their boxes from the top down, each with its letter.

    Where a box stands is known once its ``column`` has been laid out, so it is painted once, as a sketch.
    """
    canvas = sketch.Sketch(theme, plate.accent)
    column = column or column_at(plate)
    paint_model(canvas, column, HEADER + column.height)
    insets = [_led(inset, canvas.places) for inset in plate.insets]
    opening = sorted((one for one in insets if one.source), key=lambda one: letters.rank(one, canvas.places))
    ordered: list[Inset] = []
    for number, inset in enumerate(opening):
        ordered.append(replace(inset, letter=letters.letter(number)))
        ordered += [part for part in insets if part.beside.startswith(f"{inset.source}/")]
    ordered += [inset for inset in insets if not inset.source and not inset.beside]
    return replace(plate, insets=tuple(ordered))


def _led(inset: Inset, places: Mapping[str, Place]) -> Inset:
    """``inset`` with the highest of the boxes that it opens as its source, as far as they are in the picture."""
    every = sorted((path for path in (inset.source, *inset.also) if path in places), key=lambda path: places[path].top)
    if not inset.source or not every:
        return replace(inset, source="", also=())
    first = inset.source if inset.source in every else every[0]
    return replace(inset, source=first, also=tuple(path for path in every if path != first))


def draw_card(plate: Plate, theme: Theme) -> Scene:
    """The model column alone, for a thumbnail."""
    column = column_at(plate)
    canvas = Canvas(theme, plate.accent)
    bottom = HEADER + column.height
    width = 2 * MARGIN + column.width
    page.header(canvas, plate.name, plate.subtitle, width, href=plate.href)
    paint_model(canvas, column, bottom)
    return _scene(canvas, plate, width, bottom + MARGIN)


def draw_strip(plate: Plate, theme: Theme) -> Scene:
    """The layer strip alone. Raises ValueError for a plate without one."""
    if plate.strip is None:
        raise ValueError(f"{plate.name} has no layer strip: all its layers are alike, or too many for cells")
    canvas = Canvas(theme, plate.accent)
    width = 1224.0
    strip.paint(canvas, plate.strip, MARGIN, MARGIN, width - 2 * MARGIN)
    return _scene(canvas, plate, width, 2 * MARGIN + strip.height(plate.strip, width - 2 * MARGIN))


def draw_panel(plate: Plate, inset: Inset, theme: Theme) -> Scene:
    """One ``inset`` of ``plate`` alone."""
    canvas = Canvas(theme, plate.accent)
    width = max(480.0, panels.widest(inset))
    panel = panels.measure(inset, width)
    panels.paint(canvas, panel, MARGIN, MARGIN, panel.height)
    return _scene(canvas, plate, width + 2 * MARGIN, panel.height + 2 * MARGIN)


def _scene(canvas: Canvas, plate: Plate, width: float, height: float) -> Scene:
    return canvas.scene(width, height, f"{plate.name} architecture", plate.description)


def _insets(
    canvas: Canvas, arrangement: Arrangement, left: float, gap: float
) -> list[list[tuple[panels.Panel, Place]]]:
    """Every inset painted; the columns with the places of their panels."""
    placed: list[list[tuple[panels.Panel, Place]]] = []
    for insets, width, passing in zip(arrangement.columns, arrangement.widths, arrangement.passing, strict=True):
        measured = [panels.measure(inset, width, gap) for inset in insets]
        heights = shared_out(measured, arrangement.height - passing)
        column: list[tuple[panels.Panel, Place]] = []
        top = HEADER
        for panel, height in zip(measured, heights, strict=True):
            tall = panels.stretched(panel, height, gap)
            panels.paint(canvas, tall, left, top, height)
            column.append((tall, Place(left, top, left + width, top + height)))
            top += height + SPACE
        placed.append(column)
        left += width + GUTTER
    return placed
