"""What a page has one of, by itself: what is in a panel without its words, and what is counted of a model."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.cells import Strip
from archdraw.layout.canvas import Canvas
from archdraw.layout.page import MARGIN
from archdraw.layout.plate import band, letters, panels, strip
from archdraw.picture import Inset, Plate, Words
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.theme import Theme

WIDTH = 480.0
"""Px of the narrowest figure, as of a panel on a plate."""
ABOVE = 24.0
"""Px between two things above each other."""


@record
class Opened:
    """What is in a panel: its ``figure``, None where it has only words, and these."""

    title: str
    figure: Scene | None
    words: tuple[Words, ...]


def opened(plate: Plate, inset: Inset, theme: Theme) -> Opened:
    """What is in ``inset`` of ``plate``, apart: its diagrams and bars, and its words."""
    width = max(WIDTH, panels.widest(inset))
    panel = panels.measure(inset, width)
    shown = [(item, piece) for item, piece in zip(panel.inset.items, panel.pieces, strict=True)]
    words = tuple(item for item, _ in shown if isinstance(item, Words))
    figures = [piece for item, piece in shown if not isinstance(item, Words)]
    if not figures:
        return Opened(inset.title, None, words)
    canvas = Canvas(theme, plate.accent)
    y = MARGIN
    with canvas.section("panel", inset.title, panel=letters.name_of(inset)):
        for number, piece in enumerate(figures):
            y += piece.space if number else 0.0
            piece.paint(canvas, MARGIN, y, width - 2 * panels.PAD)
            y += piece.height
    size = width - 2 * panels.PAD + 2 * MARGIN, y + MARGIN
    scene = canvas.scene(*size, f"{plate.name}: {inset.title}", f"{inset.title} of {plate.name}")
    return Opened(inset.title, scene, words)


def counted(plate: Plate, layers: Strip | None, cells: Sequence[Inset], width: float, theme: Theme) -> Scene | None:
    """The map of ``layers`` above the band of ``cells``, across ``width`` px; None where there is neither."""
    if layers is None and not cells:
        return None
    canvas = Canvas(theme, plate.accent)
    y, room = MARGIN, width - 2 * MARGIN
    if layers is not None:
        strip.paint(canvas, layers, MARGIN, y, room)
        y += strip.height(layers, room) + ABOVE
    if cells:
        band.paint(canvas, cells, MARGIN, y, room)
        y += band.height(cells, room)
    return canvas.scene(width, y + MARGIN, f"{plate.name}: layers, parameters and memory", plate.description)
