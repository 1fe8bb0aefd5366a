"""A plate: header, the model from the input up, its insets, the layer strip and a footer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archdraw.fonts import MIDDLE
from archdraw.layout import diagram, page, panels, strip
from archdraw.layout.arrange import SPACE, Arrangement, Limits, arrange
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.cell import Cell
from archdraw.layout.frames import FRAME, side_box, side_height
from archdraw.layout.measures import SMALL, SPINE, Measures
from archdraw.layout.page import FOOTER, HEADER, MARGIN
from archdraw.layout.words import fitted
from archdraw.layout.zoom import zoom_lines
from archdraw.picture import Inset, Item, Plate, Tap, Words
from archdraw.scene import Scene
from archdraw.theme import Theme

BRACKETS, MODEL_RIGHT = 88.0, 24.0
CHANNEL, GUTTER = 48.0, 32.0
MODEL_PAD = 24.0
TOKENS_WIDTH, TOKENS_HEIGHT, TOKENS_GAP = 200.0, 40.0, 28.0
STRIP_SPACE = 28.0
NARROWEST = 1160.0
"""Room across the narrowest plate that has insets."""
TWO_COLUMNS = 1592.0
"""Room across the narrowest that has two columns of them."""
TIGHTEST_GAP, LOOSEST_GAP = 18.0, 40.0
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like figures. A plate has no room for more panels than these."""
JOINING_LEFT, JOINING_ROW, JOINING_STEP = 64.0, 72.0, 24.0
"""Where modules that join the spine begin; from one to the next below it, and how much further left that reaches."""
SPARE_ROW = 24.0
"""For a third line in the box of a module whose line is not drawn."""
TALLEST_WIDE = SMALL / 0.011
"""Up to this height the smallest text is 1.1 % of the shorter side, which can be read on any screen."""
LAST_RESORT = SMALL / 0.0085
"""A page with two columns is never taller: what does not find room there is left out."""
TALLEST_NARROW = 1550.0
"""About 4:5 for a plate with one column of insets."""


@dataclass(frozen=True, slots=True)
class Column:
    """The model column: its cell, the extents of its container about the spine, and what joins it from below.

    The first of those stands level with the tokens, each other in a row below the one before; a row may stay empty.
    """

    cell: Cell
    left: float
    right: float
    joining: tuple[Tap | None, ...] = ()

    @property
    def width(self) -> float:
        return self.left + self.right

    @property
    def height(self) -> float:
        """From the top of the container to the bottom of the tokens."""
        return 2 * MODEL_PAD + self.cell.length + TOKENS_GAP + TOKENS_HEIGHT + self.below

    @property
    def below(self) -> float:
        """What modules that join the spine need below the tokens: the first stands level with them."""
        apart = any(tap is not None and not tap.joins for tap in self.joining)
        return max(0, len(self.joining) - 1) * JOINING_ROW + (SPARE_ROW if apart else 0)


def column_of(cell: Cell, joining: tuple[Tap | None, ...], measures: Measures = SPINE) -> Column:
    """The column of ``cell``, which is joined by ``joining``."""
    return Column(
        cell,
        max(-cell.left, measures.frame_left) + BRACKETS,
        max(cell.right, measures.frame_right) + MODEL_RIGHT,
        joining,
    )


def column_at(plate: Plate, gap: float = SPINE.gap) -> Column:
    """The model column of ``plate`` with arrows of ``gap``."""
    cell = diagram.place(plate.column, (0.0,), (), replace(SPINE, gap=gap))
    taps = (item for item in plate.column.items if isinstance(item, Tap) and item.direction == "in")
    return column_of(cell, tuple(taps))


def draw(plate: Plate, theme: Theme) -> Scene:
    """The scene of ``plate``: model, insets in one or two columns, strip."""
    plate = lettered(plate, theme)
    natural = column_at(plate)
    arrangement = _arranged(plate, theme, natural)
    if _left_out(plate, arrangement):
        # Shorter arrows make the page lower, which may be what a second column lacks.
        tight = column_at(plate, TIGHTEST_GAP)
        lower = _arranged(plate, theme, tight)
        if _left_out(plate, lower) < _left_out(plate, arrangement):
            natural, arrangement = tight, lower
    column = _stretched(plate, natural, arrangement.height)
    bottom = HEADER + arrangement.height
    canvas = Canvas(theme, plate.accent)
    width = MARGIN + column.width + MARGIN
    if arrangement.columns:
        width += CHANNEL + sum(arrangement.widths) + GUTTER * (len(arrangement.columns) - 1)
    page.header(canvas, plate.name, plate.subtitle, width, href=plate.href)
    paint_model(canvas, plate.tokens, column, bottom)
    spine_frame = canvas.places.get(FRAME)
    placed = _insets(canvas, arrangement, MARGIN + column.width + CHANNEL, bottom)
    if spine_frame is not None:
        # Insets may have frames too; zoom lines leave that of the spine.
        canvas.places[FRAME] = spine_frame
    zoom_lines(canvas, placed, MARGIN + column.width)
    height = bottom
    if plate.strip:
        strip.paint(canvas, plate.strip, MARGIN, height + STRIP_SPACE, width - 2 * MARGIN)
        height += STRIP_SPACE + strip.height(plate.strip, width - 2 * MARGIN)
    height = page.footer(canvas, plate.footer, width, height)
    return _scene(canvas, plate, width, height)


def _arranged(plate: Plate, theme: Theme, column: Column) -> Arrangement:
    """The insets of ``plate`` beside its model ``column``."""
    overhead = _overhead(plate, NARROWEST)
    beside = 2 * MARGIN + column.width + CHANNEL
    # Where the model itself is taller than that, panels may be as tall as it is.
    narrow, wide = (max(most - overhead, column.height) for most in (TALLEST_NARROW, TALLEST_WIDE))
    usual = Limits(TALLEST_WIDE - beside, narrow, wide, TALLEST_WIDE - overhead)
    # The last resort has two columns, beside which a strip has fewer lines.
    large = Limits(LAST_RESORT - beside, narrow, wide, LAST_RESORT - _overhead(plate, TWO_COLUMNS), strict=True)
    return _fitted_in(plate, theme, column.height, usual, large)


def _overhead(plate: Plate, width: float) -> float:
    """What stands above and below the model on a page with ``width`` px across its strip."""
    return HEADER + FOOTER + 24 + (STRIP_SPACE + strip.height(plate.strip, width) if plate.strip else 0)


def _left_out(plate: Plate, arrangement: Arrangement) -> int:
    """How many panels that are not optional have no place."""
    wanted = sum(not inset.optional for inset in plate.insets)
    return wanted - sum(not inset.optional for column in arrangement.columns for inset in column)


def _fitted_in(plate: Plate, theme: Theme, model_height: float, usual: Limits, large: Limits) -> Arrangement:
    """All insets, without side remarks where that keeps the page usual; on a large page as many as it can hold."""
    for insets in (plate.insets, *_shortened(plate.insets)):
        arrangement = arrange(insets, model_height, usual)
        if arrangement.height <= min(usual.tallest(arrangement.widths), usual.last(arrangement.widths)):
            return arrangement
    arrangement = arrange(plate.insets, model_height, large)
    for fewer in _lessened(plate, theme):
        if arrangement.height <= large.last(arrangement.widths):
            break
        arrangement = arrange(fewer, model_height, large)
    return arrangement


def lettered(plate: Plate, theme: Theme) -> Plate:
    """``plate`` with its insets in the order of their boxes from the top down, each with its letter.

    Where a box stands is known once the column has been laid out, so it is painted once to see.
    """
    canvas = Canvas(theme, plate.accent)
    column = column_at(plate)
    paint_model(canvas, plate.tokens, column, HEADER + column.height)
    opening = sorted(
        (inset for inset in plate.insets if inset.source), key=lambda inset: canvas.places[inset.source].middle
    )
    ordered: list[Inset] = []
    for letter, inset in zip(LETTERS[: len(opening)], opening, strict=True):
        ordered.append(replace(inset, letter=letter))
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
    paint_model(canvas, plate.tokens, column, bottom)
    return _scene(canvas, plate, width, bottom + MARGIN)


def draw_strip(plate: Plate, theme: Theme) -> Scene:
    """The layer strip alone. Raises ValueError for a plate without one."""
    if plate.strip is None:
        raise ValueError(f"{plate.name} has no layer strip: all its layers are alike, or too many for cells")
    canvas = Canvas(theme, plate.accent)
    width = 1224.0
    strip.paint(canvas, plate.strip, MARGIN, MARGIN, width - 2 * MARGIN)
    return _scene(canvas, plate, width, 2 * MARGIN + strip.height(plate.strip, width - 2 * MARGIN))


def draw_inset(plate: Plate, path: str, theme: Theme) -> Scene:
    """One inset alone: the one whose letter or source is ``path``. Raises KeyError where there is none."""
    for inset in lettered(plate, theme).insets:
        if path in (inset.letter, inset.source, inset.beside, inset.source.rsplit("/", 1)[-1]) and path:
            break
    else:
        raise KeyError(path)
    canvas = Canvas(theme, plate.accent)
    width = max(480.0, panels.widest(inset))
    panel = panels.measure(inset, width)
    panels.paint(canvas, panel, MARGIN, MARGIN, panel.height)
    return _scene(canvas, plate, width + 2 * MARGIN, panel.height + 2 * MARGIN)


def _scene(canvas: Canvas, plate: Plate, width: float, height: float) -> Scene:
    return Scene(
        round(width, 2),
        round(height, 2),
        f"{plate.name} architecture",
        plate.description,
        canvas.theme.page,
        canvas.elements(),
    )


def _lessened(plate: Plate, theme: Theme) -> Iterator[tuple[Inset, ...]]:
    """The insets of ``plate`` with less and less in them: first without side remarks, then without those worth least.

    A part of an inset goes before the inset itself. A box whose panel is left out stays folded, without a letter.
    """
    yield from _shortened(plate.insets)
    insets = plate.insets
    while droppable := [inset for inset in insets if inset.worth is not None]:
        least = min(droppable, key=lambda inset: (inset.worth or 0, -insets.index(inset)))
        kept = [inset for inset in insets if inset is not least]
        insets = lettered(replace(plate, insets=tuple(replace(inset, letter="") for inset in kept)), theme).insets
        *_, terse = _shortened(insets)
        yield terse


def _shortened(insets: tuple[Inset, ...]) -> Iterator[tuple[Inset, ...]]:
    """``insets`` with the side remarks left out in one more each time: those with most first, then the lowest."""
    order = sorted(range(len(insets)), key=lambda index: (-sum(map(_is_remark, insets[index].items)), -index))
    for number in range(1, len(insets) + 1):
        yield tuple(
            replace(inset, items=tuple(item for item in inset.items if not _is_remark(item)))
            if index in order[:number]
            else inset
            for index, inset in enumerate(insets)
        )


def _is_remark(item: Item) -> bool:
    return isinstance(item, Words) and not item.strong


def _stretched(plate: Plate, natural: Column, height: float) -> Column:
    """The model column with the longest arrows that ``height`` allows."""
    best, gap = natural, TIGHTEST_GAP if natural.height < column_at(plate).height else SPINE.gap
    while gap < LOOSEST_GAP:
        gap += 1
        column = column_at(plate, gap)
        if column.height > height:
            break
        best = column
    return best


def paint_model(
    canvas: Canvas,
    tokens_label: str,
    column: Column,
    bottom: float,
    *,
    left: float = MARGIN,
    tokens_path: str = "tokens",
    joining_left: float = JOINING_LEFT,
) -> None:
    """The container with the spine in it from ``left`` on, the tokens below and the arrow that leaves above."""
    theme = canvas.theme
    spine = left + column.left
    top = HEADER
    bottom -= column.below
    foot = bottom - TOKENS_HEIGHT - TOKENS_GAP
    canvas.rect(
        left,
        top,
        column.width,
        foot - top,
        fill=theme.container,
        stroke=theme.container_border,
        radius=24,
        kind="container",
        layer="ground",
    )
    spare = foot - top - 2 * MODEL_PAD - column.cell.length
    start = foot - MODEL_PAD - spare / 2
    tokens = Place(spine - TOKENS_WIDTH / 2, bottom - TOKENS_HEIGHT, spine + TOKENS_WIDTH / 2, bottom)
    with canvas.group(tokens_path, tokens_label):
        canvas.box(tokens, "plain", tokens_path)
        fill = theme.paint("plain").text
        canvas.text(spine, tokens.middle + MIDDLE * 20, tokens_label, 20, 500, fill=fill, anchor="middle")
    canvas.line((spine, tokens.top), (spine, start), arrow=column.cell.arrows[0])
    column.cell.paint(canvas, spine, start)
    out = spine + column.cell.outputs[0]
    canvas.line((out, start - column.cell.length), (out, top - 28), arrow=True)
    for row, item in enumerate(column.joining):
        if item is not None:
            _joining(canvas, item, bottom, row, left + joining_left)


def _joining(canvas: Canvas, item: Tap, bottom: float, row: int, left: float) -> None:
    """The box of a tap that joins the spine, and its line: level with the tokens, or some rows below.

    Each lower row reaches further left, so that its line passes the boxes above it.
    """
    left, low = left - row * JOINING_STEP, bottom + row * JOINING_ROW
    if not item.joins:
        # It is met inside the layers: no line could lead there without crossing theirs.
        told = replace(item.box, detail=f"{item.box.detail}, {item.note}" if item.note else item.box.detail)
        side_box(canvas, told, Place(left, low - 56, left + 208, low - 56 + side_height(told, 208)))
        return
    join = canvas.places[f"{item.box.path}#join"]
    place = Place(left, low - 56, left + 208, low)
    side_box(canvas, item.box, place)
    x = left + (JOINING_STEP / 2 if row else 104)
    canvas.line((x, place.top), (x, join.top), (join.left, join.top), arrow=True)
    room = join.left - SPINE.box_width / 2 - x - 20
    rows = fitted(item.note, room, SMALL, SMALL, 400)
    for index, row_of_words in enumerate(rows):
        baseline = join.top + 26 + index * 19
        canvas.text(x + 10, baseline, row_of_words.text, row_of_words.size, 400, fill=canvas.theme.muted)


def _insets(
    canvas: Canvas, arrangement: Arrangement, left: float, bottom: float
) -> list[list[tuple[panels.Panel, Place]]]:
    """Every inset painted; the columns with the places of their panels."""
    placed: list[list[tuple[panels.Panel, Place]]] = []
    for insets, width in zip(arrangement.columns, arrangement.widths, strict=True):
        measured = [panels.measure(inset, width) for inset in insets]
        spare = arrangement.height - sum(panel.height for panel in measured) - SPACE * (len(measured) - 1)
        heights = _shared_out(measured, spare)
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


def _shared_out(measured: list[panels.Panel], spare: float) -> list[float]:
    """The heights of panels that share ``spare`` px: diagrams have arrows to stretch, words do not spread."""
    weights = [panel.height * (1.0 if panel.is_elastic else 0.2) for panel in measured]
    share = spare / sum(weights)
    heights = [round(panel.height + share * weight) for panel, weight in zip(measured, weights, strict=True)]
    heights[-1] += round(sum(panel.height for panel in measured) + spare) - sum(heights)
    return [float(height) for height in heights]
