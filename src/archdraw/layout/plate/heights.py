"""How high the panels of a column are: as high as what is in them, and as the column where little is left of it."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.layout.plate.cuts import SPACE
from archdraw.layout.plate.panels import LOOSEST_GAP, MOST_AIR, Panel, measure

MOST_BLANK = 0.1
"""The share of a column that its panels may have as blank feet, so that all columns end at one height."""


def shared_out(measured: Sequence[Panel], room: float) -> list[float]:
    """The heights of panels above each other in ``room`` px: diagrams have arrows to stretch, words do not spread.

    Where the longest arrows leave more than little of it, panels end below their content, and the column before others.
    """
    weights = [panel.height * (1.0 if panel.is_elastic else 0.2) for panel in measured]
    exact = [panel.height for panel in measured]
    most = [_highest(panel) for panel in measured]
    left = room - SPACE * (len(measured) - 1) - sum(exact)
    while left > 1 and (open_ones := [index for index, height in enumerate(exact) if height < most[index]]):
        share = left / sum(weights[index] for index in open_ones)
        for index in open_ones:
            more = min(share * weights[index], most[index] - exact[index])
            exact[index] += more
            left -= more
    if left > MOST_BLANK * room:
        return [float(round(height)) for height in exact]
    share = left / sum(weights)
    heights = [round(height + share * weight) for height, weight in zip(exact, weights, strict=True)]
    heights[-1] += round(sum(exact) + left) - sum(heights)
    return [float(height) for height in heights]


def _highest(panel: Panel) -> float:
    """How high ``panel`` is with the longest arrows, and as much air below its content as above."""
    loose = measure(panel.inset, panel.width, LOOSEST_GAP) if panel.is_elastic else panel
    return max(panel.height, loose.height) + 2 * MOST_AIR
