"""A second sheet: the panels of a plate side by side, without its column, each as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archdraw.layout.canvas import Canvas
from archdraw.layout.page import HEADER, MARGIN, footer, footer_height, header
from archdraw.layout.plate import panels
from archdraw.layout.plate.arrange import GUTTER
from archdraw.layout.plate.cuts import SPACE
from archdraw.layout.plate.panels import WIDE, Panel
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.theme import Theme

ASPECT = 1.6
"""Width by height that a sheet comes as near to as it can: that of a screen."""
MOST_COLUMNS = 6
STIFF = 0.15
"""What a panel without a diagram gets of the height to spare, as a share of what one with a diagram gets."""
TOP = HEADER - 28.0
"""Where the panels begin: no arrow leaves a model above them."""


def draw(plate: Plate, theme: Theme) -> Scene:
    """The panels of ``plate``, in as many columns as make the sheet about as wide as a screen."""
    canvas = Canvas(theme, plate.accent)
    # There is no box for a letter, or a line, to lead to.
    insets = [replace(inset, source="", letter="", beside="", also=()) for inset in plate.insets]
    width = max(WIDE, *map(panels.widest, insets))
    measured = [panels.measure(inset, width) for inset in insets]
    columns = min(_arranged(measured, width), key=lambda found: _away(found, plate, width))
    wide = _width(columns, width)
    high = max(map(_height, columns))
    header(canvas, plate.name, plate.subtitle, wide, href=plate.href)
    for number, column in enumerate(columns):
        left, top = MARGIN + number * (width + GUTTER), TOP
        # Longer arrows use what is to spare better than words do.
        weights = [panel.height if panel.is_elastic else STIFF * panel.height for panel in column]
        share = (high - _height(column)) / sum(weights)
        for panel, weight in zip(column, weights, strict=True):
            tall = panel.height + share * weight
            panels.paint(canvas, panels.stretched(panel, tall), left, top, tall)
            top += tall + SPACE
    height = footer(canvas, plate.footer, wide, TOP + high)
    return canvas.scene(wide, height, f"{plate.name} architecture", plate.description)


def _arranged(measured: list[Panel], width: float) -> Iterator[list[list[Panel]]]:
    """``measured`` in columns from the left, in every number of them: none is higher than it must be."""
    heights = [panel.height + SPACE for panel in measured]
    for number in range(1, min(MOST_COLUMNS, len(measured)) + 1):
        low, high = max(heights), sum(heights)
        while high - low > 1:
            middle = (low + high) / 2
            low, high = (low, middle) if len(_filled(measured, middle)) <= number else (middle, high)
        yield _filled(measured, high)


def _filled(measured: list[Panel], height: float) -> list[list[Panel]]:
    """``measured`` in columns of at most ``height`` px, one after the other."""
    columns: list[list[Panel]] = []
    used = 0.0
    for panel in measured:
        if not columns or used + panel.height + SPACE > height:
            columns.append([])
            used = 0.0
        columns[-1].append(panel)
        used += panel.height + SPACE
    return columns


def _width(columns: list[list[Panel]], width: float) -> float:
    return 2 * MARGIN + len(columns) * width + (len(columns) - 1) * GUTTER


def _height(column: list[Panel]) -> float:
    return sum(panel.height for panel in column) + SPACE * (len(column) - 1)


def _away(columns: list[list[Panel]], plate: Plate, width: float) -> float:
    """How far from :data:`ASPECT` a sheet of ``columns`` is."""
    wide = _width(columns, width)
    high = TOP + max(map(_height, columns)) + footer_height(plate.footer, wide)
    return max(wide / high / ASPECT, ASPECT * high / wide)
