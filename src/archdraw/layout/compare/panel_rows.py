"""Panels below models side by side: those that differ next to each other, others wherever a column has room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archdraw.layout.canvas import Canvas
from archdraw.layout.compare.side_by_side_picture import PanelRow, SideBySide
from archdraw.layout.page import MARGIN
from archdraw.layout.plate import panels

PANEL_SPACE = 24.0
LEAST_PANEL = 440.0


def paint_panels(canvas: Canvas, picture: SideBySide, y: float, step: float, width: float) -> float:
    """The panels from ``y`` on: those that differ below their models, others wherever a column has room.

    ``step`` is from one column to the next, ``width`` that of a column, both in px. Returns where the panels end.
    """
    number = len(picture.models)
    shared = [row for row in picture.panels if not row.is_equal and sum(map(bool, row.insets)) > 1]
    for row in shared:
        y = _panel_row(canvas, picture, row, y, step, width)
    ends = [y] * number
    for row in [row for row in picture.panels if row not in shared]:
        index, inset = next((index, inset) for index, inset in enumerate(row.insets) if inset is not None)
        accent: int | None = picture.models[index].accent
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


def _panel_row(canvas: Canvas, picture: SideBySide, row: PanelRow, top: float, step: float, width: float) -> float:
    """The panels of one block, each below its model, as far as the widths that they need allow."""
    insets = [(index, replace(inset, letter=row.letter)) for index, inset in enumerate(row.insets) if inset]
    needed = [max(LEAST_PANEL, panels.widest(inset)) for _, inset in insets]
    total = step * (len(picture.models) - 1) + width
    if all(wide <= width for wide in needed):
        places = [(MARGIN + index * step, width) for index, _ in insets]
    elif len(insets) == len(picture.models) and sum(needed) + PANEL_SPACE * (len(needed) - 1) <= total:
        # A diagram that is wider than its column takes from its neighbours what these do not need.
        places = _shared_out(needed, total)
    else:
        for (index, inset), wide in zip(insets, needed, strict=True):
            model = picture.models[index]
            canvas.paint_for(model.accent)
            named = panels.measure(replace(inset, title=f"{model.name}: {inset.title}"), max(width, wide))
            panels.paint(canvas, named, MARGIN, top, named.height)
            top += named.height + PANEL_SPACE
        return top
    height = max(panels.measure(inset, wide).height for (_, inset), (_, wide) in zip(insets, places, strict=True))
    for (index, inset), (left, wide) in zip(insets, places, strict=True):
        canvas.paint_for(picture.models[index].accent)
        panels.paint(canvas, panels.stretched(panels.measure(inset, wide), height), left, top, height)
    return top + height + PANEL_SPACE


def _shared_out(needed: Sequence[float], total: float) -> list[tuple[float, float]]:
    """Left ends and widths of panels that fill ``total``, each at least as wide as it needs."""
    left_over = (total - sum(needed) - PANEL_SPACE * (len(needed) - 1)) / len(needed)
    places: list[tuple[float, float]] = []
    left = MARGIN
    for wide in needed:
        places.append((left, wide + left_over))
        left += wide + left_over + PANEL_SPACE
    return places
