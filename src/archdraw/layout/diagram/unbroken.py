"""What is in the boxes of a diagram, whatever the measures are: how long words are where none wrap, and figures."""

from __future__ import annotations

import math
from collections.abc import Iterator

from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.text import rows_of
from archdraw.picture import Box, Branches, Chain, Choice, Diagram, Frame, Graph, Lanes, Rail


def words_width(item: Diagram, measures: Measures) -> float:
    """The width in px of the longest line of words in the boxes of ``item``, at their largest size."""
    rows = (rows_of(box.label, box.detail, math.inf, measures, box.strong) for box in _boxes(item))
    return max((row.width for both in rows for row in both), default=0.0)


def has_figures(item: Diagram) -> bool:
    """Whether a box of ``item`` has a figure."""
    return any(box.figure is not None for box in _boxes(item))


def _boxes(item: Diagram) -> Iterator[Box]:
    """The boxes of ``item`` but for those at its line, whose size is always the same."""
    match item:
        case Box():
            yield item
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Choice(options=items):
            for part in items:
                yield from _boxes(part)
        case Lanes(items=items):
            for part in items:
                yield from _boxes(part)
        case Rail(body=body) | Frame(body=body):
            yield from _boxes(body)
        case _:
            return
