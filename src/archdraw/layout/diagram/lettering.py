"""Labels of one size: where one of a frame has to be smaller to fit its box, all are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from archdraw.fonts import Weight
from archdraw.layout.diagram import tables
from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.text import common_size, room
from archdraw.parts import parts
from archdraw.picture import Box, Branches, Choice, Diagram

Beside = Callable[[Measures, Branches, int], Measures]
"""The measures of one of several branches."""


def of_one_size(item: Diagram, measures: Measures, beside: Beside) -> Measures:
    """``measures`` with the largest type in which no label of ``item`` takes more lines than in the smallest."""
    labels = tuple(dict.fromkeys(_labels(item, measures, beside)))
    return _lettered(measures, common_size(labels, measures.label_size, measures.least_label_size))


@lru_cache(maxsize=256)
def _lettered(measures: Measures, size: float) -> Measures:
    return replace(measures, label_size=size, least_label_size=size)


def _labels(item: Diagram, measures: Measures, beside: Beside) -> Iterator[tuple[str, float, Weight]]:
    """The labels of the boxes in ``item``, each with the width that it has, in px, and its weight."""
    match item:
        case Box(label=label):
            width = room(measures.box_width or measures.widest_box, measures.pad)
            yield label, width, 600 if "label" in item.strong else 500
        case Branches(items=items):
            for index, part in enumerate(items):
                yield from _labels(part, beside(measures, item, index), beside)
        case Choice(options=options, headings=(_, _)):
            for option, width in zip(options, tables.label_widths(item, measures), strict=True):
                assert isinstance(option, Box)
                yield option.label, width, 500
        case _:
            for part in parts(item):
                yield from _labels(part, measures, beside)
