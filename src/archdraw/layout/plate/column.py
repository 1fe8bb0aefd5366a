"""The column of a model: its container with the spine in it, the tokens below, and what joins it from there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archdraw.fonts import MIDDLE
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.frames import side_box, side_height
from archdraw.layout.diagram.measures import SMALL, SPINE, Measures
from archdraw.layout.diagram.text import fitted
from archdraw.layout.page import HEADER, MARGIN
from archdraw.picture import Tap

BRACKETS, MODEL_RIGHT = 88.0, 24.0
MODEL_PAD = 24.0
TOKENS_WIDTH, TOKENS_HEIGHT, TOKENS_GAP = 200.0, 40.0, 28.0
JOINING_LEFT, JOINING_ROW, JOINING_STEP = 64.0, 72.0, 24.0
"""Where modules that join the spine begin; from one to the next below it, and how much further left that reaches."""
SPARE_ROW = 24.0
"""For a third line in the box of a module whose line is not drawn."""


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
    slack = foot - top - 2 * MODEL_PAD - column.cell.length
    start = foot - MODEL_PAD - slack / 2
    tokens = Place(spine - TOKENS_WIDTH / 2, bottom - TOKENS_HEIGHT, spine + TOKENS_WIDTH / 2, bottom)
    with canvas.group(tokens_path, tokens_label):
        canvas.box(tokens, "plain", tokens_path)
        fill = theme.paint("plain").text
        canvas.text(spine, tokens.middle + MIDDLE * 20, tokens_label, 20, 500, fill=fill, anchor="middle")
    canvas.line((spine, tokens.top), (spine, start), arrow=column.cell.arrows[0])
    column.cell.paint(canvas, spine, start)
    out = spine + column.cell.outputs[0]
    canvas.line((out, start - column.cell.length), (out, top - 28), arrow=True, open_ends="end")
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
        box = replace(item.box, detail=f"{item.box.detail}, {item.note}" if item.note else item.box.detail)
        side_box(canvas, box, Place(left, low - 56, left + 208, low - 56 + side_height(box, 208)))
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
