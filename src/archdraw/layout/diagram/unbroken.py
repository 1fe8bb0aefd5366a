"""What is in the boxes of a diagram, whatever the measures are: how long words are where none wrap, and figures."""

from __future__ import annotations

import math

from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.text import rows_of
from archdraw.parts import boxes_of
from archdraw.picture import Diagram


def words_width(item: Diagram, measures: Measures) -> float:
    """The width in px of the longest line of words in the boxes of ``item``, at their largest size."""
    rows = (rows_of(box.label, box.detail, math.inf, measures, box.strong) for box in boxes_of(item))
    # Those at its line have always the same size.
    return max((row.width for both in rows for row in both), default=0.0)


def has_figures(item: Diagram) -> bool:
    """Whether a box of ``item`` has a figure."""
    return any(box.figure is not None for box in boxes_of(item))
