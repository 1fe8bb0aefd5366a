"""Models side by side: columns on one grid, signs between them, a table, strips of one scale, panels in pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archdraw.fonts import MIDDLE, text_width, wrap
from archdraw.layout import page
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compare import grid, signs, table
from archdraw.layout.compare.grid import COLUMN, SLIM, GridItem, Slot
from archdraw.layout.compare.signs import Sign
from archdraw.layout.compare.table import Heading, TableRow
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.layout.page import HEADER, MARGIN
from archdraw.layout.plate import panels, strip
from archdraw.layout.plate.column import MODEL_RIGHT, Column, column_of, paint_model
from archdraw.layout.plate.plate import LAST_RESORT
from archdraw.picture import Box, Branches, Chain, Choice, Diagram, Frame, Inset, Rail, Strip, Tap
from archdraw.scene import Scene
from archdraw.theme import EQUAL, Paint, Theme

CHANNEL = 64.0
SIGN_SIZE = 28.0
SECTION = 44.0
"""From the end of one part of the page to the baseline of the next one's heading."""
HEADING_SIZE = 22.0
LETTER = 20.0
JOINING = 46.0
"""Where modules that join from below begin: at their right a sign finds room beside the tokens."""
LEGEND_GAP = 24.0
PANEL_SPACE = 24.0
LEAST_PANEL = 440.0


@dataclass(frozen=True, slots=True)
class Model:
    """One column: the words above it, the accent that it has, and where its name leads to."""

    name: str
    subtitle: tuple[str, ...]
    accent: int
    tokens: str
    link: str
    slug: str


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A block opened: the panel of each model, None where one has no such block; one for all where they are equal."""

    insets: tuple[Inset | None, ...]
    is_equal: bool
    letter: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole picture of several models. ``letters`` are those of opened boxes, by their paths."""

    title: str
    description: str
    models: tuple[Model, ...]
    items: tuple[GridItem, ...]
    rows: tuple[TableRow, ...]
    equal: str
    strips: tuple[Strip | None, ...]
    panels: tuple[PanelRow, ...]
    letters: tuple[tuple[str, str], ...]
    footer: tuple[str, ...]


def draw(comparison: Comparison, theme: Theme) -> Scene:
    """The scene of ``comparison``."""
    number = len(comparison.models)
    # What is equal recedes, lines and all.
    pale = theme.model_copy(update={"edge": theme.equal_edge, "roles": {**theme.roles, "plain": _outlined(theme)}})
    receding, canvas = Canvas(pale), Canvas(theme)
    columns = _columns(comparison.items, number, COLUMN)
    if number == 2 and _width(columns) > LAST_RESORT:
        columns = _columns(comparison.items, number, SLIM)
    step, width = columns[0].width + CHANNEL, _width(columns)
    tokens = HEADER + max(column.height - column.below for column in columns)
    for index, (model, column) in enumerate(zip(comparison.models, columns, strict=True)):
        left = MARGIN + index * step
        receding.paint_for(model.accent)
        page.header(
            receding, model.name, model.subtitle, column.width + 2 * MARGIN, left=left - MARGIN, href=model.link
        )
        path = f"{model.slug}/tokens"
        paint_model(
            receding, model.tokens, column, tokens + column.below, left=left, tokens_path=path, joining_left=JOINING
        )
    _signs(receding, comparison, step)
    _letters(receding, comparison, columns, step)
    bottom = tokens + max(column.below for column in columns)
    bottom = _table(canvas, comparison, bottom, width)
    bottom = _strips(canvas, comparison, bottom, width)
    bottom = _panels(canvas, comparison, bottom, step, columns[0].width)
    height = page.footer(canvas, comparison.footer, width, bottom)
    return Scene(
        round(width, 2),
        round(height, 2),
        comparison.title,
        comparison.description,
        theme.page,
        (*receding.elements(), *canvas.elements()),
        # More than two are read by neighbours.
        at_once=None if number == 2 else (2 * step + MARGIN, height),
    )


def _outlined(theme: Theme) -> Paint:
    """Plain boxes and nodes of a picture that recedes."""
    return Paint(fill=theme.page, border=theme.equal_edge, text=theme.equal.text)


def _columns(items: Sequence[GridItem], number: int, measures: Measures) -> list[Column]:
    """The columns of the grid, all of one width."""
    cells = grid.columns(items, number, measures)
    own = [column_of(cell, tuple(_joining(items, index)), measures) for index, cell in enumerate(cells)]
    left, right = max(column.left for column in own), max(column.right for column in own)
    return [replace(column, left=left, right=right) for column in own]


def _width(columns: Sequence[Column]) -> float:
    return 2 * MARGIN + sum(column.width for column in columns) + CHANNEL * (len(columns) - 1)


def _joins(slot: Slot) -> bool:
    """Whether ``slot`` is that of a module that joins the line from below."""
    return any(isinstance(item, Tap) and item.direction == "in" for item in slot.items)


def _joining(items: Sequence[GridItem], index: int) -> Iterator[Tap | None]:
    """What joins a column from below, None in the rows of what only others have."""
    for slot in grid.slots(items):
        if _joins(slot):
            item = slot.items[index]
            yield item if isinstance(item, Tap) else None


def _signs(canvas: Canvas, comparison: Comparison, step: float) -> None:
    """The sign of each slot that differs: in the channel, or at the left of a module beside the line."""
    joining = sum(map(_joins, grid.slots(comparison.items)))
    for slot in grid.slots(comparison.items):
        for index, sign in enumerate(slot.signs):
            if sign is None:
                continue
            if any(isinstance(item, Tap) for item in slot.items):
                place = _beside(canvas, slot, index + 1, step)
                # At the left, but where the lines of several that join from below pass there.
                x = place.right + 18 if joining > 1 and _joins(slot) else place.left - SIGN_SIZE / 2 - 6
                signs.paint(canvas, x, place.middle, sign, SIGN_SIZE)
            else:
                middle = canvas.places[grid.mark(index + 1, slot.path)].middle
                x = MARGIN + (index + 1) * step - CHANNEL / 2
                signs.paint(canvas, x, middle, sign, SIGN_SIZE)


def _beside(canvas: Canvas, slot: Slot, column: int, step: float) -> Place:
    """Where the box of a module beside the line stands in a column, or the gap for it; draws that of one below."""
    item = slot.items[column]
    if isinstance(item, Tap):
        return canvas.places[item.box.path]
    if (gap := canvas.places.get(grid.gap_mark(column, slot.path))) is not None:
        return gap
    # One that joins from below stands outside the grid: its gap is where the neighbour has it.
    other = next(index for index, one in enumerate(slot.items) if isinstance(one, Tap))
    tap = slot.items[other]
    assert isinstance(tap, Tap)
    there, shift = canvas.places[tap.box.path], (column - other) * step
    place = Place(there.left + shift, there.top, there.right + shift, there.bottom)
    grid.dashed(canvas, place, slot.absent)
    canvas.places[grid.gap_mark(column, slot.path)] = place
    return place


def _letters(canvas: Canvas, comparison: Comparison, columns: Sequence[Column], step: float) -> None:
    """The letter of each opened box: in the gutter at the right of its column, level with it.

    A box that is not the only one at its level has its letter at its side.
    """
    items = [item for slot in grid.slots(comparison.items) for item in slot.items if item is not None]
    branches = {path for item in items for path in _branches(item)}
    for path, letter in comparison.letters:
        place = canvas.places[path]
        index = int((place.left - MARGIN) // step)
        x = MARGIN + index * step + columns[index].width - MODEL_RIGHT / 2
        if path in branches:
            x = place.right + 2 + LETTER / 2
        canvas.paint_for(comparison.models[index].accent)
        panels.badge(canvas, x, place.middle, letter, LETTER)


def _branches(item: Diagram, *, inside: bool = False) -> Iterator[str]:
    """The paths of boxes that stand beside others."""
    match item:
        case Box(path=path) if inside:
            yield path
        case Branches(items=items):
            for part in items:
                yield from _branches(part, inside=True)
        case Chain(items=items) | Choice(options=items):
            for part in items:
                yield from _branches(part, inside=inside)
        case Rail(body=body) | Frame(body=body):
            yield from _branches(body, inside=inside)


def _heading(canvas: Canvas, words: str, bottom: float) -> float:
    baseline = bottom + SECTION
    canvas.text(MARGIN, baseline, words, HEADING_SIZE, 600)
    return baseline


def _table(canvas: Canvas, comparison: Comparison, bottom: float, width: float) -> float:
    baseline = _heading(canvas, "What differs" if comparison.rows else "Nothing differs", bottom)
    _legend(canvas, comparison, baseline, width)
    headings = [Heading(model.name, canvas.theme.accent(model.accent)) for model in comparison.models]
    y = baseline + 20
    if comparison.rows:
        y = table.paint(canvas, comparison.rows, headings, MARGIN, y, width - 2 * MARGIN)
    for line in wrap(comparison.equal, SMALL, 400, width - 2 * MARGIN) if comparison.equal else ():
        y += 24
        canvas.text(MARGIN, y, line, SMALL, 400, fill=canvas.theme.muted)
    return y


def _legend(canvas: Canvas, comparison: Comparison, baseline: float, width: float) -> None:
    """What the signs mean, those in use, at the right end of the heading's line."""
    told: list[Sign] = ["changed", "added", "removed"]
    shown = [*(slot.signs for slot in grid.slots(comparison.items)), *(row.signs for row in comparison.rows)]
    used = [sign for sign in told if any(sign in row for row in shown)]
    x = width - MARGIN
    for sign in reversed(used):
        x -= text_width(sign, SMALL, 400)
        canvas.text(x, baseline, sign, SMALL, 400, fill=canvas.theme.muted)
        x -= 8 + table.SIGN_SIZE / 2
        signs.paint(canvas, x, baseline - MIDDLE * SMALL, sign, table.SIGN_SIZE)
        x -= table.SIGN_SIZE / 2 + LEGEND_GAP
    words = "equal, in grey"
    colours = canvas.theme.paint(EQUAL)
    canvas.rect(x - 30, baseline - 15, 30, 20, fill=colours.fill, stroke=colours.border, radius=5, kind="mark")
    canvas.text(x - 38, baseline, words, SMALL, 400, fill=canvas.theme.muted, anchor="end")


def _strips(canvas: Canvas, comparison: Comparison, bottom: float, width: float) -> float:
    """The layers of all models as cells of one width, where there are any to be told apart."""
    shown = [(model, one) for model, one in zip(comparison.models, comparison.strips, strict=True) if one is not None]
    if not shown:
        return bottom
    y = _heading(canvas, "Layers, one cell each", bottom) + 20
    room = width - 2 * MARGIN
    pitch = min(strip.pitch_in(one, room) for _, one in shown)
    before: Strip | None = None
    for model, one in shown:
        named = replace(one, caption=f"{model.name}: {one.caption}")
        if before is not None and before.legend == one.legend:
            named = replace(named, legend=())
        before = one
        strip.paint(canvas, named, MARGIN, y, room, pitch=pitch)
        y += strip.height(named, room) + 8
    return y - 8


def _panels(canvas: Canvas, comparison: Comparison, bottom: float, step: float, width: float) -> float:
    """Opened blocks: those that differ side by side below their models, others wherever a column has room."""
    if not comparison.panels:
        return bottom
    y = _heading(canvas, "Opened", bottom) + 20
    number = len(comparison.models)
    shared = [row for row in comparison.panels if not row.is_equal and sum(map(bool, row.insets)) > 1]
    for row in shared:
        y = _panel_row(canvas, comparison, row, y, step, width)
    ends = [y] * number
    for row in [row for row in comparison.panels if row not in shared]:
        index, inset = next((index, inset) for index, inset in enumerate(row.insets) if inset is not None)
        accent: int | None = comparison.models[index].accent
        if row.is_equal:
            # One for all stands where there is most room, in the colour of none.
            index, accent = ends.index(min(ends)), None
            inset = replace(inset, title=f"{inset.title}, in {'both' if number == 2 else 'all'}")
        panel = panels.measure(replace(inset, letter=row.letter), max(width, panels.widest(inset)))
        columns = range(index, index + 1) if panel.width <= width else range(number)
        top = max(ends[column] for column in columns)
        canvas.paint_for(accent)
        panels.paint(canvas, panel, MARGIN + columns[0] * step, top, panel.height)
        for column in columns:
            ends[column] = top + panel.height + PANEL_SPACE
    return max(ends) - PANEL_SPACE


def _panel_row(canvas: Canvas, comparison: Comparison, row: PanelRow, top: float, step: float, width: float) -> float:
    """The panels of one block, each below its model, as far as the widths that they need allow."""
    insets = [(index, replace(inset, letter=row.letter)) for index, inset in enumerate(row.insets) if inset]
    needed = [max(LEAST_PANEL, panels.widest(inset)) for _, inset in insets]
    total = step * (len(comparison.models) - 1) + width
    if all(wide <= width for wide in needed):
        places = [(MARGIN + index * step, width) for index, _ in insets]
    elif len(insets) == len(comparison.models) and sum(needed) + PANEL_SPACE * (len(needed) - 1) <= total:
        # A diagram that is wider than its column takes from its neighbours what these can spare.
        places = _shared_out(needed, total)
    else:
        for (index, inset), wide in zip(insets, needed, strict=True):
            model = comparison.models[index]
            canvas.paint_for(model.accent)
            named = panels.measure(replace(inset, title=f"{model.name}: {inset.title}"), max(width, wide))
            panels.paint(canvas, named, MARGIN, top, named.height)
            top += named.height + PANEL_SPACE
        return top
    height = max(panels.measure(inset, wide).height for (_, inset), (_, wide) in zip(insets, places, strict=True))
    for (index, inset), (left, wide) in zip(insets, places, strict=True):
        canvas.paint_for(comparison.models[index].accent)
        panels.paint(canvas, panels.stretched(inset, wide, height), left, top, height)
    return top + height + PANEL_SPACE


def _shared_out(needed: Sequence[float], total: float) -> list[tuple[float, float]]:
    """Left ends and widths of panels that fill ``total``, each at least as wide as it needs."""
    spare = (total - sum(needed) - PANEL_SPACE * (len(needed) - 1)) / len(needed)
    places: list[tuple[float, float]] = []
    left = MARGIN
    for wide in needed:
        places.append((left, wide + spare))
        left += wide + spare + PANEL_SPACE
    return places
