"""A thumbnail: the name on the colour of its developer, its blocks without words, two figures, its layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from archdraw.cells import Strip
from archdraw.fonts import MIDDLE
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact.model import Page
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import fitted
from archdraw.layout.sections import section
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Fact, Frame, Graph, Lanes, Plate, Rail, Tap
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.theme import Theme

BAND, NAME, LEAST_NAME = 60.0, 24.0, 15.5
"""The height of the band with the name, and the sizes of that."""
PAD = 14.0
SIDE = 3.0
"""Px between two blocks side by side."""
BLOCKS = 0.42
"""The share of the width that the blocks take."""
UPPER, LOWER = 26.0, 10.0
"""The heights of the two rows of the layer map."""
MOST_BLOCK, GAP = 22.0, 0.28
"""The highest block, and what is between two as a share of one."""
VALUE, SECOND = 34.0, 18.0
"""The sizes of the first figure and of the others."""
HIGHEST = frozenset({"attention"})
MIXERS = frozenset({"attention", "sliding", "linear", "convolution"})
LOW = 0.62
"""Beside full attention other cells are so high, as a share: they differ in gray, too."""


@record
class _Block:
    """A block without words: its role, how wide it is as a share, and whether it lies in a frame of layers."""

    role: str
    share: float
    left: float
    framed: bool


def draw(plate: Plate, page: Page, theme: Theme) -> Scene:
    """The scene of ``plate`` on ``page``, which it always fits."""
    canvas = Canvas(theme, plate.accent)
    _name(canvas, plate, page)
    floor = page.height - PAD
    if plate.strip:
        _map(canvas, plate.strip, Place(PAD, floor - UPPER - LOWER - 2, page.width - PAD, floor))
        floor -= UPPER + LOWER + 2 + PAD
    _silhouette(canvas, plate, Place(PAD, BAND + PAD, PAD + page.width * BLOCKS, floor))
    _figures(
        canvas, plate.facts[: page.facts], Place(PAD * 2 + page.width * BLOCKS, BAND + PAD, page.width - PAD, floor)
    )
    # A card is heard among many others: what its blocks are is for the picture that it leads to.
    description = f"{plate.name}: {', '.join(plate.subtitle)}."
    return canvas.scene(page.width, page.height, f"{plate.name} architecture", description)


@section("header")
def _name(canvas: Canvas, plate: Plate, page: Page) -> None:
    canvas.rect(0, 0, page.width, BAND, fill=canvas.accent, radius=0, kind="container", layer="ground")
    rows = fitted(plate.name, page.width - 2 * PAD, NAME, LEAST_NAME, 700)
    y = BAND / 2 - sum(row.height for row in rows) / 2
    for row in rows:
        y += row.height
        canvas.text(
            PAD, y - row.height / 2 + MIDDLE * row.size, row.text, row.size, 700,
            fill=canvas.theme.accent_ink, phrase=row.phrase,
        )  # fmt: skip


def _silhouette(canvas: Canvas, plate: Plate, place: Place) -> None:
    """The boxes of the column from the bottom up, in their colours; a frame around those of the layers."""
    rows = _rows(plate.column)
    number = max(1, len(rows))
    height = min(MOST_BLOCK, (place.bottom - place.top) / (number + GAP * (number - 1)))
    pitch = height * (1 + GAP)
    width = place.right - place.left
    used = pitch * number - height * GAP
    low = place.bottom - (place.bottom - place.top - used) / 2
    framed = [index for index, row in enumerate(rows) if any(block.framed for block in row)]
    with canvas.group("column", plate.name):
        if framed:
            top = low - pitch * framed[-1] - height - height * GAP / 2
            foot = low - pitch * framed[0] + height * GAP / 2
            canvas.rect(
                place.left, top, width, foot - top, fill=canvas.tint, stroke=canvas.accent, radius=5, kind="mark"
            )
        for index, row in enumerate(rows):
            for block in row:
                colours = canvas.theme.paint(block.role)
                inner = width - 16
                x, y = place.left + 8 + block.left * inner, low - pitch * index - height
                canvas.rect(
                    x, y, block.share * inner - SIDE, height,
                    fill=colours.fill, stroke=colours.border, stroke_width=1, radius=3, kind="mark",
                )  # fmt: skip


def _rows(item: Diagram, *, framed: bool = False, left: float = 0.0, share: float = 1.0) -> list[list[_Block]]:
    """The blocks of ``item`` in rows from the bottom up."""
    match item:
        case Box(role=role, mark=mark):
            return [[_Block(mark.colour or role, share, left, framed)]]
        case Bar():
            return [[_Block("plain", share, left, framed)]]
        case Chain(items=items) | Graph(items=items) | Lanes(items=items):
            return [row for part in items for row in _rows(part, framed=framed, left=left, share=share)]
        case Choice(options=items) | Branches(items=items):
            each = share / max(1, len(items))
            columns = [
                _rows(part, framed=framed, left=left + number * each, share=each) for number, part in enumerate(items)
            ]
            high = max(map(len, columns), default=0)
            return [
                [block for column in columns if level < len(column) for block in column[level]] for level in range(high)
            ]
        case Rail(body=body):
            return _rows(body, framed=framed, left=left, share=share)
        case Frame(body=body):
            return _rows(body, framed=True, left=left, share=share)
        case Tap():
            return []


def _map(canvas: Canvas, strip: Strip, place: Place) -> None:
    """One cell a layer, equal neighbours as one; one row where each layer is of one kind of block."""
    cells = strip.cells
    upper, lower = [cell.upper for cell in cells], [cell.lower for cell in cells]
    with canvas.group("layers", strip.caption):
        if not any(one and other for one, other in zip(upper, lower, strict=True)):
            _row(canvas, [one or other for one, other in zip(upper, lower, strict=True)], place)
            return
        _row(canvas, upper, Place(place.left, place.top, place.right, place.top + UPPER))
        _row(canvas, lower, Place(place.left, place.bottom - LOWER, place.right, place.bottom))


def _row(canvas: Canvas, roles: Sequence[str], place: Place) -> None:
    """A row of cells on whole px; those that do not mix tokens are in the stronger of their colours.

    Of the cells that are no higher than any, the usual ones are one, over which the others are painted.
    """
    each, height = (place.right - place.left) / len(roles), place.bottom - place.top
    highs = {role: height if role in HIGHEST or "attention" not in roles else round(height * LOW) for role in roles}
    lowest = min(highs.values())
    usual = max((role for role in highs if highs[role] == lowest), key=roles.count)

    def cell(role: str, left: float, right: float) -> None:
        colours = canvas.theme.paint(role)
        fill = colours.fill if role in MIXERS else colours.border
        # What is higher than the usual cells is painted in two pieces: one lies on them, the other above.
        for top, foot in ((highs[role], lowest), (lowest, 0.0)) if highs[role] > lowest else ((lowest, 0.0),):
            canvas.rect(left, place.bottom - top, right - left, top - foot, fill=fill, radius=0, kind="mark")

    if usual:
        cell(usual, place.left, place.right)
    runs: dict[str, list[tuple[int, int]]] = {}
    done = 0
    for role, run in groupby(roles):
        start, done = done, done + len(list(run))
        if role and role != usual:
            runs.setdefault(role, []).append((start, done))
    # Those of one colour follow each other: a writer makes one shape of them.
    for role, places in runs.items():
        for start, end in places:
            cell(role, round(place.left + start * each), round(place.left + end * each))


def _figures(canvas: Canvas, facts: tuple[Fact, ...], place: Place) -> None:
    """The figures, one above the other, as large as finds room; of what they are the first needs not say."""
    each = (place.bottom - place.top) / max(1, len(facts))
    for number, fact in enumerate(facts):
        said = f"{fact.value} {fact.label}" if number else fact.value
        rows = fitted(said, place.right - place.left, SECOND if number else VALUE, SMALL, 700)
        y = place.top + (number + 0.6) * each
        with canvas.group("", f"{fact.label}: {fact.value}"):
            fill = canvas.theme.muted if number else canvas.accent
            for line, row in enumerate(rows):
                canvas.text(place.left, y + line * row.height, row.text, row.size, 700, fill=fill, phrase=said)
