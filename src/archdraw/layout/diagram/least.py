"""A width below which a diagram cannot be laid out, found in a fraction of the time that this takes.

Boxes, rails and frames on one line reach to both sides of it by so much at least, whatever else is in the diagram; of
what stands side by side the widths add up.
"""

from __future__ import annotations

from typing import NamedTuple

from archdraw.layout.diagram import boxes, choices, frames, lettering, rails, tables
from archdraw.layout.diagram.diagram import beside, dealt, flat, lines_through, place
from archdraw.layout.diagram.measures import Measures
from archdraw.picture import Box, Branches, Chain, Choice, Diagram, Frame, Graph, Rail


class Extent(NamedTuple):
    """What an item takes at least: from its line to the ``left`` and to the ``right``, and its ``width``, in px.

    ``straight`` says that its one line leaves where it comes in.
    """

    left: float = 0.0
    right: float = 0.0
    width: float = 0.0
    straight: bool = False


def least_width(item: Diagram, inputs: int, measures: Measures) -> float:
    """A width below which ``item``, into which ``inputs`` lines come, cannot be laid out; 0 where nothing says so."""
    return extent(item, inputs, measures).width


def extent(item: Diagram, inputs: int, measures: Measures) -> Extent:
    """What ``item`` takes at least where ``inputs`` lines come into it."""
    match item:
        case Box():
            width, chips = boxes.natural_width(item, measures), boxes.chips_width(item, measures)
            if inputs > 1:
                return Extent(width=width + chips)
            return Extent(width / 2 + chips, width / 2, width + chips, len(item.outputs) == 1)
        case Graph():
            from archdraw.layout.diagram import graphs

            return Extent(
                width=graphs.least_width(item, measures, lambda part, ports, out: place(part, ports, out, measures))
            )
        case Chain():
            return _above_each_other(item, inputs, measures)
        case Branches(items=items) if inputs == 1:
            widths = [least_width(part, 1, beside(measures, item, index)) for index, part in enumerate(items)]
            return Extent(width=sum(widths) + measures.branch_gap * (len(items) - 1), straight=item.merge is not None)
        case Branches(items=items):
            shares = dealt(items, inputs)
            slim = measures.slim
            widths = [least_width(part, max(1, taken), slim) for part, taken in zip(items, shares, strict=True)]
            return Extent(width=sum(widths) + measures.branch_gap * (len(items) - 1))
        case Choice(headings=(_, _)):
            left, right = tables.sides(item, measures)
            return Extent(left, right, left + right, True)
        case Choice(options=options):
            pad = 0.0 if all(isinstance(option, Box) for option in options) else choices.OPTION_PAD
            every = [extent(option, inputs, measures) for option in options]
            return _around(Extent(*map(max, zip(*every, strict=True)))._replace(straight=every[0].straight), pad, pad)
        case Rail(body=body):
            inner = _around(extent(body, inputs, measures), measures.rail_space + rails.HALF, 0.0)
            return inner._replace(left=max(inner.left, measures.rail + rails.HALF))
        case Frame(body=body):
            right = measures.frame_space + 2 + (frames.BACK if item.back else 0.0)
            within = lettering.of_one_size(body, measures, beside)
            inner = _around(extent(body, inputs, within), measures.frame_space, right)
            wide = max(inner.left, measures.frame_left), max(inner.right, measures.frame_right)
            return _around(Extent(*wide, inner.width, inner.straight), frames.gutter(item.times, measures), 0.0)
        case _:
            return Extent()


def _above_each_other(chain: Chain, inputs: int, measures: Measures) -> Extent:
    width, straight, sides = 0.0, inputs == 1, (0.0, 0.0)
    left = right = 0.0  # of the items since the line was last somewhere else
    for item, taken in zip(flat(chain), lines_through(chain, inputs), strict=False):
        one = extent(item, taken, measures)
        left, right = max(left, one.left), max(right, one.right)
        width = max(width, one.width, left + right)
        if straight:
            sides, straight = (left, right), one.straight
        if not one.straight:
            left = right = 0.0
    return Extent(*sides, width, straight)


def _around(inner: Extent, left: float, right: float) -> Extent:
    """``inner`` with so much more at its sides."""
    left, right, width = inner.left + left, inner.right + right, inner.width + left + right
    return Extent(left, right, max(width, left + right), inner.straight)
