"""The cards of a chart of lanes: a name, where it comes from, and as many words about it as find room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archdraw.fonts import LINE_HEIGHT, MIDDLE, text_width, wrap
from archdraw.layout.canvas import UNKNOWN_DASH, Canvas
from archdraw.layout.measures import BOX_STROKE
from archdraw.layout.words import Row, divided, fitted, rows_height

NAME, BODY = 15.0, 14.0
LEFT, RIGHT = 14.0, 9.0
"""Px from a card's sides to its words."""
PAD = 5.0
WIDTHS = (132.0, 144.0, 156.0, 168.0, 180.0, 192.0)
"""A card takes the first that holds its name on one line, and its words."""
BAR = 5.0


@dataclass(frozen=True, slots=True)
class Note:
    """A line of a card in an accent: where it comes from, whose it is."""

    text: str
    accent: int


@dataclass(frozen=True, slots=True)
class Content:
    """The words of one card with its size; ``fills`` are the colours of ``rows`` as accents, None for usual ones."""

    rows: tuple[Row, ...]
    accents: tuple[int | None, ...]
    width: float
    height: float


def content(name: str, notes: Sequence[Note], words: Sequence[str], lines: int) -> Content:
    """The least card for ``name`` and ``notes`` with ``words``, the first of them first, in at most ``lines`` lines.

    Notes take lines of their own; one line of words at least is there if there are any.
    """
    width = WIDTHS[-1]
    for tried in WIDTHS:
        inner = tried - LEFT - RIGHT
        told = [note for note in notes if text_width(note.text, BODY, 500) > inner]
        if text_width(name, NAME, 600) <= inner and not told and len(_filled(words, inner, lines)[0]) >= _wanted(words):
            width = tried
            break
    inner = width - LEFT - RIGHT
    rows = list(fitted(name, inner, NAME, NAME, 600))
    accents: list[int | None] = [None] * len(rows)
    for note in notes:
        lines_of_note = fitted(note.text, inner, BODY, BODY, 500)
        rows += lines_of_note
        accents += [note.accent] * len(lines_of_note)
    room = max(1, lines + 1 - len(rows)) if words else 0
    for line in _filled(words, inner, room)[1]:
        rows.append(Row(line, BODY, 400))
        accents.append(None)
    return Content(tuple(rows), tuple(accents), width, 2 * PAD + rows_height(tuple(rows)))


def _wanted(words: Sequence[str]) -> int:
    """So many of the words are worth a wider card."""
    return min(2, len(words))


def _filled(words: Sequence[str], width: float, lines: int) -> tuple[list[str], list[str]]:
    """Those of ``words`` that fit into ``lines`` lines of ``width`` px, and the lines; the first ones always do."""
    used: list[str] = []
    filled: list[str] = []
    for word in words:
        joined = f"{filled[-1]}, {word}" if filled else word
        if filled and text_width(joined, BODY, 400) <= width:
            filled[-1] = joined
            used.append(word)
            continue
        wrapped = wrap(divided(word, width, BODY, 400), BODY, 400, width)
        if len(filled) + len(wrapped) <= lines or not filled and all(_lines(other, width) > lines for other in words):
            if filled:
                filled[-1] += ","
            filled += wrapped
            used.append(word)
    return used, filled


def _lines(word: str, width: float) -> int:
    return len(wrap(divided(word, width, BODY, 400), BODY, 400, width))


def paint(
    canvas: Canvas, told: Content, left: float, top: float, height: float, accent: int, *, strong: bool, dashed: bool
) -> None:
    """A card of ``height`` px with its words in the middle; a ``strong`` one has a tinted ground and a bold border."""
    colour = canvas.theme.accent(accent)
    canvas.rect(
        left, top, told.width, height,
        fill=canvas.theme.tint(colour) if strong else canvas.theme.page, stroke=colour,
        stroke_width=2.5 if strong else BOX_STROKE, radius=7, dash=UNKNOWN_DASH if dashed else (),
    )  # fmt: skip
    canvas.rect(left, top + 7, BAR, height - 14, fill=colour, radius=2, kind="mark")
    y = top + (height - rows_height(told.rows)) / 2
    for row, own in zip(told.rows, told.accents, strict=True):
        fill = canvas.theme.ink if row.weight == 600 else canvas.theme.muted
        if own is not None:
            fill = canvas.theme.accent(own)
        canvas.text(
            left + LEFT, y + row.size * LINE_HEIGHT / 2 + MIDDLE * row.size, row.text, row.size, row.weight, fill=fill
        )
        y += row.height
