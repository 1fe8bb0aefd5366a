"""A plate: header, the model from the input up, its insets, the layer strip and a footer."""

from __future__ import annotations

from dataclasses import replace

from archdraw.layout import page
from archdraw.layout.canvas import Canvas, Place, Sketch
from archdraw.layout.diagram import diagram, forks
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.diagram.measures import COLUMN, SMALL, SPINE, Measures
from archdraw.layout.mirrored import mirrored
from archdraw.layout.page import FOOTER, HEADER, MARGIN
from archdraw.layout.plate import letters, panels, strip
from archdraw.layout.plate.arrange import Arrangement, Limits
from archdraw.layout.plate.column import Column, column_of, paint_model, spread
from archdraw.layout.plate.filling import SPACE
from archdraw.layout.plate.fitting import fitted_in, relettered
from archdraw.layout.plate.sizes import Sizes
from archdraw.layout.plate.stretching import longest
from archdraw.layout.plate.zoom import zoom_lines
from archdraw.picture import Chain, Inset, Plate, Tap, Terminal
from archdraw.scene import LEAST_TEXT, Scene
from archdraw.theme import Theme

CHANNEL, GUTTER = 48.0, 32.0
STRIP_SPACE = 28.0
NARROWEST = 1160.0
"""Room across the narrowest plate that has insets."""
TWO_COLUMNS = 1592.0
"""Room across the narrowest that has two columns of them."""
TIGHTEST_GAP, LOOSEST_GAP = 18.0, 40.0
TALLEST_WIDE = SMALL / 0.011
"""Up to this height the smallest text is 1.1 % of the shorter side, which can be read on any screen."""
LAST_RESORT = SMALL / LEAST_TEXT
"""A page with two columns is never taller: what does not find room there is left out."""
STRETCHED = 1.05
"""A column may be so much longer for the sake of panels that would else be left out."""
MOST_LINES = 3
"""So many lines may be in a footer beyond its first."""
TALLEST_NARROW = 1550.0
"""About 4:5 for a plate with one column of insets."""


def column_at(plate: Plate, gap: float = SPINE.gap) -> Column:
    """The columns of ``plate`` with arrows of ``gap``."""
    # At the left is room for lines where the residual ones of the model run at its right.
    beside = bool(plate.towers or plate.wires)
    measures = replace(COLUMN if beside else SPINE, gap=gap)
    cell = _cell(plate.column, plate.inputs, measures)
    towers = [(tower, _cell(tower.column, tower.inputs, measures)) for tower in plate.towers]
    taps = (item for item in plate.column.items if isinstance(item, Tap) and item.direction == "in" and not item.aside)
    if beside:
        cell, inputs = mirrored(cell), plate.inputs[::-1]
    else:
        inputs = plate.inputs
    column = column_of(cell, tuple(taps), measures, inputs=inputs, towers=tuple(towers), wires=plate.wires)
    lettered = sum(1 for inset in plate.insets if inset.source)
    return replace(column, right=column.right + panels.gutter(lettered))


def _cell(column: Chain, inputs: tuple[Terminal, ...], measures: Measures) -> Cell:
    """The cell of ``column``, the lines of its ``inputs`` as far apart as their boxes need."""
    wanted = diagram.gaps(column, (), max(1, len(inputs)), measures)
    ports = [0.0]
    for distance, room in zip(wanted, spread(inputs), strict=True):
        ports.append(ports[-1] + max(distance, room))
    return diagram.place(column, tuple(ports), (), measures)


def draw(plate: Plate, theme: Theme) -> Scene:
    """The scene of ``plate``: model, insets in one or two columns, strip."""
    natural, sizes = column_at(plate), Sizes()
    plate = lettered(plate, theme, natural)
    first = scene = _drawn(plate, theme, 0, natural, sizes)
    for lines in range(1, MOST_LINES + 1):
        # What is left out is named in the footer, for whose lines a page that is full without them has no room.
        if not 0 < min(first.width, first.height) - LAST_RESORT <= MOST_LINES * page.LINE or not first.left_out:
            break
        scene = _drawn(plate, theme, lines * page.LINE, natural, sizes)
        if min(scene.width, scene.height) <= LAST_RESORT:
            return scene
    return first


def _drawn(plate: Plate, theme: Theme, spare: float, natural: Column, sizes: Sizes) -> Scene:
    """The scene of ``plate``, which leaves ``spare`` px of the tallest page free."""
    gap = SPINE.gap
    arrangement = _arranged(plate, natural, spare, sizes)
    if _left_out(plate, arrangement):
        # Shorter arrows make the page lower, which may be what a second column lacks.
        tight = column_at(plate, TIGHTEST_GAP)
        lower = _arranged(plate, tight, spare, sizes)
        if _left_out(plate, lower) < _left_out(plate, arrangement):
            natural, arrangement, gap = tight, lower, TIGHTEST_GAP
    arrangement = _relettered(arrangement)
    column = longest(natural, lambda gap: column_at(plate, gap), arrangement.height, gap, LOOSEST_GAP)
    bottom = HEADER + arrangement.height
    canvas = Canvas(theme, plate.accent)
    width = MARGIN + column.width + MARGIN
    if arrangement.columns:
        width += CHANNEL + sum(arrangement.widths) + GUTTER * (len(arrangement.columns) - 1)
    page.header(canvas, plate.name, plate.subtitle, width, href=plate.href)
    paint_model(canvas, column, bottom)
    spine_frame = canvas.places.get(FRAME)
    placed = _insets(canvas, arrangement, MARGIN + column.width + CHANNEL, bottom)
    if spine_frame is not None:
        # Insets may have frames too; zoom lines leave that of the spine.
        canvas.places[FRAME] = spine_frame
    apart = bool(plate.towers or plate.wires) or forks.is_forked(plate.column)
    zoom_lines(canvas, placed, MARGIN + column.width, apart=apart)
    height = bottom
    if plate.strip:
        strip.paint(canvas, plate.strip, MARGIN, height + STRIP_SPACE, width - 2 * MARGIN)
        height += STRIP_SPACE + strip.height(plate.strip, width - 2 * MARGIN)
    height = page.footer(canvas, _footer(plate, arrangement), width, height)
    left_out = tuple(inset.title for inset in arrangement.left_out)
    return replace(_scene(canvas, plate, width, height), left_out=left_out)


def _name(inset: Inset) -> str:
    """The title of a panel, without the figures in it."""
    return inset.title.partition(" (")[0]


def _footer(plate: Plate, arrangement: Arrangement) -> tuple[str, ...]:
    """The footer of ``plate``, with what of its panels found no room."""
    unopened, unexplained = plate.lacking
    shortened = {inset.source or inset.beside or inset.title for inset in arrangement.shortened}
    kept = (inset for column in arrangement.columns for inset in column)
    terse = [
        inset.letter or inset.title for inset in kept if (inset.source or inset.beside or inset.title) in shortened
    ]
    lacking = (
        f"{unopened}: {', '.join(_name(inset) for inset in arrangement.left_out)}" if arrangement.left_out else "",
        f"{unexplained}: {', '.join(sorted(terse))}" if terse else "",
    )
    return (*plate.footer[:-1], *filter(None, lacking), *plate.footer[-1:])


def _relettered(arrangement: Arrangement) -> Arrangement:
    """``arrangement`` with letters that follow each other: those of panels that found no room are none any more."""
    named = iter(relettered(tuple(inset for column in arrangement.columns for inset in column)))
    columns = tuple(tuple(next(named) for _ in column) for column in arrangement.columns)
    return replace(arrangement, columns=columns)


def _arranged(plate: Plate, column: Column, spare: float, sizes: Sizes) -> Arrangement:
    """The insets of ``plate`` beside its model ``column``."""
    overhead = _overhead(plate, NARROWEST)
    beside = 2 * MARGIN + column.width + CHANNEL
    # Where the model itself is taller than that, panels may be as tall as it is.
    narrow, wide = (max(most - overhead, column.height) for most in (TALLEST_NARROW, TALLEST_WIDE))
    usual = Limits(TALLEST_WIDE - beside, narrow, wide, TALLEST_WIDE - overhead)
    # The last resort has two columns, beside which a strip has fewer lines.
    tallest = LAST_RESORT - _overhead(plate, TWO_COLUMNS) - spare
    narrow = max(narrow, STRETCHED * column.height)
    large = Limits(LAST_RESORT - beside, narrow, wide, tallest, strict=True)
    return fitted_in(plate.insets, column.height, usual, large, sizes)


def _overhead(plate: Plate, width: float) -> float:
    """What stands above and below the model on a page with ``width`` px across its strip."""
    return HEADER + FOOTER + 24 + (STRIP_SPACE + strip.height(plate.strip, width) if plate.strip else 0)


def _left_out(plate: Plate, arrangement: Arrangement) -> int:
    """How many panels that are not optional have no place."""
    wanted = sum(not inset.optional for inset in plate.insets)
    return wanted - sum(not inset.optional for column in arrangement.columns for inset in column)


def lettered(plate: Plate, theme: Theme, column: Column | None = None) -> Plate:
    """``plate`` with its insets in the order of their boxes from the top down, each with its letter.

    Where a box stands is known once its ``column`` has been laid out, so it is painted once, as a sketch.
    """
    canvas = Sketch(theme, plate.accent)
    column = column or column_at(plate)
    paint_model(canvas, column, HEADER + column.height)
    opening = sorted(
        (inset for inset in plate.insets if inset.source), key=lambda inset: canvas.places[inset.source].middle
    )
    ordered: list[Inset] = []
    for number, inset in enumerate(opening):
        ordered.append(replace(inset, letter=letters.letter(number)))
        ordered += [part for part in plate.insets if part.beside.startswith(f"{inset.source}/")]
    ordered += [inset for inset in plate.insets if not inset.source and not inset.beside]
    return replace(plate, insets=tuple(ordered))


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
    canvas: Canvas, arrangement: Arrangement, left: float, bottom: float
) -> list[list[tuple[panels.Panel, Place]]]:
    """Every inset painted; the columns with the places of their panels."""
    placed: list[list[tuple[panels.Panel, Place]]] = []
    for insets, width in zip(arrangement.columns, arrangement.widths, strict=True):
        measured = [panels.measure(inset, width) for inset in insets]
        slack = arrangement.height - sum(panel.height for panel in measured) - SPACE * (len(measured) - 1)
        heights = _shared_out(measured, slack)
        column: list[tuple[panels.Panel, Place]] = []
        top = HEADER
        for panel, height in zip(measured, heights, strict=True):
            tall = panels.stretched(panel.inset, width, height)
            panels.paint(canvas, tall, left, top, height)
            column.append((tall, Place(left, top, left + width, top + height)))
            top += height + SPACE
        if column:
            last, place = column[-1]
            column[-1] = (last, Place(place.left, place.top, place.right, bottom))
        placed.append(column)
        left += width + GUTTER
    return placed


def _shared_out(measured: list[panels.Panel], slack: float) -> list[float]:
    """The heights of panels that share ``slack`` px: diagrams have arrows to stretch, words do not spread."""
    weights = [panel.height * (1.0 if panel.is_elastic else 0.2) for panel in measured]
    share = slack / sum(weights)
    heights = [round(panel.height + share * weight) for panel, weight in zip(measured, weights, strict=True)]
    heights[-1] += round(sum(panel.height for panel in measured) + slack) - sum(heights)
    return [float(height) for height in heights]
