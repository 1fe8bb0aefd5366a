"""How long the words in the boxes of a diagram are where none wrap."""

from __future__ import annotations

import math

from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.text import rows_of
from archdraw.picture import Box, Branches, Chain, Choice, Diagram, Frame, Graph, Lanes, Rail


def words_width(item: Diagram, measures: Measures) -> float:
    """The width in px of the longest line of words in the boxes of ``item``, at their largest size."""
    match item:
        case Box(label=label, detail=detail, strong=strong):
            return max((row.width for row in rows_of(label, detail, math.inf, measures, strong)), default=0.0)
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Choice(options=items):
            return max((words_width(part, measures) for part in items), default=0.0)
        case Lanes(items=items):
            return max((words_width(part, measures) for part in items), default=0.0)
        case Rail(body=body) | Frame(body=body):
            return words_width(body, measures)
        case _:
            return 0.0
