"""Signs and letters at the boxes of models side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compare import grid, signs
from archdraw.layout.compare.grid import GridItem, Slot
from archdraw.layout.compare.side_by_side_picture import SideBySide
from archdraw.layout.page import MARGIN
from archdraw.layout.plate import panels
from archdraw.layout.plate.column import MODEL_RIGHT, Column
from archdraw.parts import parts
from archdraw.picture import Box, Branches, Diagram, Tap

CHANNEL = 64.0
"""Between two columns."""
SIGN_SIZE = 28.0


def joins(slot: Slot) -> bool:
    """Whether ``slot`` is that of a module that joins the line from below."""
    return any(isinstance(item, Tap) and item.direction == "in" and not item.aside for item in slot.items)


def joining_rows(items: Sequence[GridItem]) -> list[tuple[Slot | None, ...]]:
    """The rows of modules that join from below: one slot for all columns, or one for each of two, or None, in each.

    What only the first of two models has stands level with what only the second has.
    """
    rows: list[tuple[Slot | None, ...]] = []
    for is_alone, run in groupby(filter(joins, grid.slots(items)), lambda slot: None in slot.items):
        every = list(run)
        if is_alone and len(every[0].items) == 2:
            sides = [[slot for slot in every if slot.items[column]] for column in range(2)]
            rows += zip_longest(*sides)
        else:
            rows += [(slot,) for slot in every]
    return rows


def paint_signs(canvas: Canvas, picture: SideBySide, step: float) -> None:
    """The sign of each slot that differs: in the channel, or at the left of a module beside the line."""
    rows = joining_rows(picture.items)
    opposite = grid.opposite(picture.items)
    # Level with another of the other model, so that there is no gap for it.
    own = {slot.path: column for row in rows if all(row) for column, slot in enumerate(row) if slot and len(row) == 2}
    for slot in grid.slots(picture.items):
        for index, sign in enumerate(slot.signs):
            if sign is None:
                continue
            x = MARGIN + (index + 1) * step - CHANNEL / 2
            if (column := opposite.get(slot.path)) is not None:
                # Nearer to the model that has it: another may stand level with it.
                middle = canvas.places[grid.mark(column, slot.path)].middle
                signs.paint(canvas, x + (2 * column - 1) * CHANNEL / 4, middle, sign, SIGN_SIZE)
            elif any(isinstance(item, Tap) for item in slot.items):
                place = _beside(canvas, slot, own.get(slot.path, index + 1), step)
                # At the left, but where the lines of several that join from below pass there.
                at_right = joins(slot) and (len(rows) > 1 or slot.path in own)
                x = place.right + 18 if at_right else place.left - SIGN_SIZE / 2 - 6
                signs.paint(canvas, x, place.middle, sign, SIGN_SIZE)
            else:
                signs.paint(canvas, x, canvas.places[grid.mark(index + 1, slot.path)].middle, sign, SIGN_SIZE)


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


def paint_letters(canvas: Canvas, picture: SideBySide, columns: Sequence[Column], step: float) -> None:
    """The letter of each opened box: in the gutter at the right of its column, level with it.

    A box that is not the only one at its level has its letter at its side.
    """
    items = [item for slot in grid.slots(picture.items) for item in slot.items if item is not None]
    branches = {path for item in items for path in _branches(item)}
    gutter = MODEL_RIGHT + panels.gutter(picture.lettered)
    for path, letter in picture.letters:
        place = canvas.places[path]
        index = int((place.left - MARGIN) // step)
        x = MARGIN + index * step + columns[index].width - gutter / 2
        if path in branches:
            x = place.right + 2 + panels.badge_width(letter, panels.LETTER) / 2
        canvas.paint_for(picture.models[index].accent)
        panels.badge(canvas, x, place.middle, letter, panels.LETTER)


def _branches(item: Diagram, *, inside: bool = False) -> Iterator[str]:
    """The paths of boxes that stand beside others."""
    match item:
        case Box(path=path) if inside:
            yield path
        case _:
            for part in parts(item):
                yield from _branches(part, inside=inside or isinstance(item, Branches))
