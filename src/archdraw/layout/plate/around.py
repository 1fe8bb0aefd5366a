"""What is around the panels of a plate: its model at the left, layer strip and band below them, and the footer."""

from __future__ import annotations

from functools import cache

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import forks
from archdraw.layout.page import HEADER, MARGIN, footer_height
from archdraw.layout.plate import band, strip
from archdraw.layout.plate.arrange import Page
from archdraw.layout.plate.column import Column
from archdraw.layout.plate.sizes import Sizes
from archdraw.picture import Plate

STRIP_SPACE, BAND_SPACE = 28.0, 24.0
"""Px above the layer strip, and above the band."""
MOST_LED = 10
"""Lines to more panels than these would run too near to each other: letters do."""


class Around:
    """Strip and band of a plate, and sizes of its panels, measured once for all pages that are tried for it."""

    def __init__(self, plate: Plate) -> None:
        self.strip = plate.strip
        self.cells = tuple(inset for inset in plate.insets if band.belongs(inset))
        many = sum(bool(inset.letter) for inset in plate.insets) > MOST_LED
        self.apart = many or bool(plate.towers or plate.wires) or forks.is_forked(plate.column)
        """Whether letters are without lines, which could not leave boxes without crossing others."""
        self.below = cache(self._below)
        """How high strip and band are on a page of a width, with the spaces above them, in px."""
        self.sizes = cache(Sizes)
        """Those of panels with arrows of a length."""

    def page(self, column: Column, footer: tuple[str, ...]) -> Page:
        """The page with the model in ``column`` and the lines of ``footer``."""

        @cache
        def overhead(width: float) -> float:
            return HEADER + self.below(width) + footer_height(footer, width)

        return Page(column.width, column.height, overhead, self.apart)

    def paint(self, canvas: Canvas, width: float, top: float) -> float:
        """Draws strip and band from ``top`` on a page of ``width``, and says where they end."""
        room, y = width - 2 * MARGIN, top
        if self.strip:
            strip.paint(canvas, self.strip, MARGIN, y + STRIP_SPACE, room)
            y += STRIP_SPACE + strip.height(self.strip, room)
        if self.cells:
            band.paint(canvas, self.cells, MARGIN, y + BAND_SPACE, room)
            y += BAND_SPACE + band.height(self.cells, room)
        return y

    def _below(self, width: float) -> float:
        room = width - 2 * MARGIN
        high = STRIP_SPACE + strip.height(self.strip, room) if self.strip else 0.0
        return high + (BAND_SPACE + band.height(self.cells, room) if self.cells else 0.0)
