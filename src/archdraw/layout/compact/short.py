"""Diagrams with few boxes: what a panel of few words shows of what is inside of a block."""

from __future__ import annotations

import re
from dataclasses import replace

from archdraw.layout.diagram.diagram import inputs_of, outputs_of
from archdraw.layout.diagram.least import least_width
from archdraw.layout.diagram.measures import INSET
from archdraw.parts import boxes_of
from archdraw.picture import (
    Box,
    Branches,
    Chain,
    Diagram,
    ExpertGrid,
)
from archdraw.records import replaced

PASSED = frozenset({"norm", "position", "plain"})
"""Roles of boxes that a short diagram passes by a line, where something else stands below them."""
LEAST_LINES = 3
"""Of a box that several lines come into: it is what its block is about, and keeps its second line."""
LONGEST_NAME = 4
"""Characters of the name of a line: one of more stands in the way of other lines."""
SETTING = re.compile(r"[a-z]{3,} .*\d")
"""A number that has a name of its own: "stride 2"."""
PROJECTION = re.compile(r"[^\W\d][^,+]* [\d,]+(?: × [\d,]+)*$")
"""The label of a box whose output has so many features, or heads of so many: "Q 128 × 192"."""
SIZES = re.compile(r"\s*\([^()]*\)|(?<=\s)[\d.,]+(?=\s|$|,)|\s[×→](?=\s|$)")


def short(item: Diagram) -> Diagram:
    """``item`` without sizes, and without second lines but of the boxes that several lines come into."""
    return _short(item, first=True, passing=False)


def core(item: Diagram) -> Diagram:
    """:func:`short`, without norms, positions and other small steps on the way of a line."""
    found = _short(item, first=True, passing=True)
    inputs = inputs_of(item)
    try:
        least_width(found, inputs, INSET)
        agrees = inputs_of(found) == inputs and outputs_of(found, inputs) == outputs_of(item, inputs)
    except ValueError:
        agrees = False
    # Without its boxes nothing may say how many lines come into what is left.
    return found if agrees else short(item)


def _short(item: Diagram, *, first: bool, passing: bool) -> Diagram:
    """``item``, which stands at the beginning of its lines if it is ``first``."""
    match item:
        case Box():
            lines = (item.inputs, len(item.outputs))
            small = item.role in PASSED and not first and not item.figure
            if item.role == "plain" and any(item.outputs) and PROJECTION.match(item.label):
                # Queries that are made of a latent, and other projections that name their line, are no small step.
                small = False
            if passing and small and lines == (1, 1):
                return Chain()
            if passing and small and item.role != "plain" and lines[0] == lines[1]:
                return Branches((Chain(),) * item.inputs, merge=None)
            detail = item.detail if item.inputs >= LEAST_LINES else ""
            named = tuple(name if len(name) <= LONGEST_NAME else "" for name in item.outputs)
            return replace(item, label=without_sizes(item), detail=detail, chips=(), outputs=named)
        case Chain(items=items):
            parts = [_short(part, first=first and not index, passing=passing) for index, part in enumerate(items)]
            return Chain(tuple(part for part in parts if not _is_lines(part)))
        case Branches(items=items, merge=merge):
            parts = [_short(part, first=first, passing=passing) for part in items]
            # Lines beside each other are lines of the whole.
            flat = [
                line
                for part in parts
                for line in (
                    part.items if merge is None and isinstance(part, Branches) and _is_lines(part) else (part,)
                )
            ]
            return replaced(item, items=tuple(flat))
        case _:
            return item


def _is_lines(item: Diagram) -> bool:
    """Whether ``item`` is nothing but lines."""
    match item:
        case Chain(items=items):
            return not items
        case Branches(items=items, merge=None):
            return all(map(_is_lines, items))
        case _:
            return False


def _lines_of(item: Diagram) -> tuple[Diagram, ...]:
    """The lines of what is nothing but lines; anything else by itself."""
    return item.items if isinstance(item, Branches) and _is_lines(item) else (item,)


def without_sizes(box: Box) -> str:
    """The label of ``box`` without its figures; that of experts is about their number."""
    if box.figure:
        return box.label
    first, *rest = box.label.replace("\u00a0", " ").split(", ")
    parts = [first if box.role == "convolution" else _plain(first)]
    parts += [_plain(part) for part in rest if not SETTING.match(part)]
    label = ", ".join(filter(None, parts)).rstrip(" +")
    return label if any(map(str.isalpha, label)) else box.label


def _plain(words: str) -> str:
    """``words`` without numbers and what joins them."""
    before = ""
    while words != before:
        before, words = words, SIZES.sub("", words)
    return " ".join(words.split())


def number_of_boxes(item: Diagram) -> int:
    """How many boxes ``item`` has."""
    return sum(1 for _ in boxes_of(item))


def figured(item: Diagram) -> Box | None:
    """The box of ``item`` with a figure in it: that of the most experts, or of heads."""
    found = [(box, box.figure) for box in boxes_of(item) if box.figure]
    return max(found, key=lambda one: one[1].total if isinstance(one[1], ExpertGrid) else 0, default=(None,))[0]


def beside(item: Diagram) -> tuple[str, ...]:
    """The names of what stands by itself beside the experts of ``item``: shared ones, a dense block."""
    if not (isinstance(item, Branches) and item.merge == "+"):
        return ()
    others = (part for part in item.items if not figured(part))
    # Of a block behind a gate the block is named.
    return tuple(list(boxes_of(part))[-1].label for part in others if number_of_boxes(part))
