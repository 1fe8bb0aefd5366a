"""Where the letters of panels stand at the boxes that they open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.plate.panels import LETTER, Panel, badge, badge_width

Placed = list[list[tuple[Panel, Place]]]
BEYOND = 31.0
"""What a norm that sits on a box takes above or below it."""
MARKS_APART = 22.0
"""Px between the letters of two panels that open one box."""


def paint_letter(
    canvas: Canvas, source: Place, letter: str, *, apart: bool, further: bool = False, height: float | None = None
) -> None:
    """The ``letter`` alone at the box ``source``, from which no line could leave past its neighbours.

    One of the ``further`` boxes of its panel goes without where there is no room for it. ``height`` is the y of its
    middle at the right of a box, where that has several letters.
    """
    half = badge_width(letter, LETTER) / 2
    beside = source.middle if height is None else height
    x, y = (_side if apart else _spot)(canvas, source, half, beside)
    if further and not canvas.is_free(_around(x, y, half, LETTER / 2)) and _within(canvas, source, half) != (x, y):
        # Where it finds no room, the words of its panel have to do.
        return
    with canvas.section("zoom", opens=letter):
        badge(canvas, x, y, letter, LETTER)


def has_room(canvas: Canvas, source: Place, letter: str) -> bool:
    """Whether a ``letter`` finds room at the sides of the box ``source``, or in it."""
    half = badge_width(letter, LETTER) / 2
    x, y = _side(canvas, source, half, source.middle)
    return canvas.is_free(_around(x, y, half, LETTER / 2)) or _within(canvas, source, half) == (x, y)


def letters_at(columns: Placed, canvas: Canvas) -> dict[str, dict[str, float]]:
    """By the path of a box the letters of the panels that open it, each with the height of its line."""
    letters_of: dict[str, list[str]] = {}
    for column in columns:
        for panel, _ in column:
            for path in filter(None, (panel.inset.source, *panel.inset.also)):
                letters_of.setdefault(path, []).append(panel.inset.letter)
    return {
        path: {
            letter: canvas.places[path].middle + MARKS_APART * (number - (len(own) - 1) / 2)
            for number, letter in enumerate(own)
        }
        for path, own in letters_of.items()
    }


def further_boxes(
    columns: Placed, canvas: Canvas, marks: Mapping[str, dict[str, float]]
) -> Iterator[tuple[str, Place, dict[str, float]]]:
    """The further boxes that panels open, each with the letter of its panel and the heights of lines at the box.

    A panel without a letter marks none.
    """
    for column in columns:
        for panel, _ in column:
            for path in panel.inset.also if panel.inset.letter else ():
                yield panel.inset.letter, canvas.places[path], marks[path]


def _spot(canvas: Canvas, source: Place, half: float, height: float) -> tuple[float, float]:
    """The middle of a letter, ``half`` of which is that wide, at the box ``source``: where no line passes.

    At the right of the box that is at ``height``.
    """
    above, corner = source.top - LETTER / 2 - 3, source.left + half
    beside = (source.right + half + 3, height)
    # At the upper right corner, beside the box or above it, where there is room.
    spots = [(source.right - half, above), (corner, above), beside]
    if height == source.middle:
        spots.insert(0, (source.right + half + 3, min(source.top + LETTER / 2, source.middle)))
    if source.top > canvas.places[FRAME].bottom:
        # Beside the tokens there is room; above, the line of the box leaves.
        spots.insert(0, beside)
    elif source.bottom - source.top < LETTER:
        # A line of words, whose letter stands in it.
        spots.insert(0, beside)
    elif _is_under(canvas, source):
        # Above an alternative are the words on when it comes.
        spots.insert(0, (source.left - half - 3, source.top + LETTER / 2 - 8))
    spots.append((source.left - half - 3, source.middle))
    free = (spot for spot in spots if canvas.is_free(_around(*spot, half + 1, LETTER / 2 + 1)))
    # Nearer to the box and its neighbours there may be room yet.
    return next(free, None) or _within(canvas, source, half) or _side(canvas, source, half, height)


def _side(canvas: Canvas, source: Place, half: float, height: float) -> tuple[float, float]:
    """The middle of a letter at a side of the box ``source``, at ``height`` if there is room, as in several columns."""
    right, left = source.right + half + 2, source.left - half - 2
    lower = max(source.bottom - LETTER / 2, source.middle)
    upper, above = min(source.top + LETTER / 2, source.middle), source.top - LETTER / 2 - 2
    # At the upper right corner, unless several letters stand below each other there, or as near to it as can be.
    first = upper if height == source.middle else height
    corners = source.right - half, source.left + half
    spots = [(right, first), (corners[0], above), *((right, y) for y in (height, upper, lower))]
    below = source.bottom + LETTER / 2 + 2
    spots += [
        (corners[0], below),
        (corners[1], above),
        *((left, y) for y in (first, height, lower)),
        (corners[1], below),
    ]
    # A norm may sit on the box: then beyond that.
    spots += [(x, y) for y in (above - BEYOND, below + BEYOND) for x in corners]
    free = (spot for spot in spots if canvas.is_free(_around(*spot, half, LETTER / 2)))
    return next(free, None) or _within(canvas, source, half) or (right, upper)


def _within(canvas: Canvas, source: Place, half: float) -> tuple[float, float] | None:
    """The middle of a letter in the box ``source``, beside its words; None where these leave no room."""
    spots = (source.right - half - 3, source.middle), (source.left + half + 3, source.middle)
    return next((spot for spot in spots if canvas.is_blank(_around(*spot, half + 2, LETTER / 2))), None)


def _around(x: float, y: float, half_width: float, half_height: float) -> Place:
    return Place(x - half_width, y - half_height, x + half_width, y + half_height)


def _is_under(canvas: Canvas, source: Place) -> bool:
    """Whether another box of the same slot stands a band's height above ``source``."""
    return any(
        abs(other.left - source.left) < 1 and 0 < source.top - other.bottom < 3 * LETTER
        for other in canvas.places.values()
    )
