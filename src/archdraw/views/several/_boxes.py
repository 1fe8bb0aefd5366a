"""The boxes of the diagrams that are compared: what they show, and diagrams with other boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from archdraw.layout.diagram.diagram import flat, outputs_of
from archdraw.picture import Bar, Box, Chain, Diagram, Frame, Rail, Tap
from archdraw.theme import EQUAL
from archdraw.views.boxes import boxes, changed


def paths(item: Diagram) -> list[str]:
    """The paths of all boxes of ``item``, and of a bar."""
    return [item.path] if isinstance(item, Bar) else [box.path for box in boxes(item)]


def inside(item: Rail | Frame) -> tuple[Diagram, ...]:
    body = item.body
    return flat(body) if isinstance(body, Chain) else (body,)


def joined(items: tuple[Diagram, ...]) -> tuple[Diagram, ...]:
    """``items`` with those as one that are joined by several lines: between two rows of a grid one line passes."""
    found: list[Diagram] = []
    knot: list[Diagram] = []
    lines = 1
    for item in items:
        knot.append(item)
        lines = outputs_of(item, lines)
        if lines == 1:
            found.append(knot[0] if len(knot) == 1 else Chain(tuple(knot)))
            knot = []
    return (*found, *([Chain(tuple(knot))] if knot else []))


def touches(item: Diagram, path: str) -> bool:
    """Whether ``path`` is one of the boxes of ``item``, or inside one."""
    return any(path == box or path.startswith(f"{box}/") for box in paths(item))


def plain(item: Diagram) -> Diagram:
    """``item`` as it is drawn, without the paths and tooltips that say where it is from."""
    return _with_boxes(item, lambda box: replace(box, path="", title=""), "")


def placed(item: Diagram, prefix: str, *, pale: bool) -> Diagram:
    """``item`` with ``prefix`` before its paths, in the colours of what is equal where it is to be ``pale``."""

    def change(box: Box) -> Box:
        box = replace(box, path=f"{prefix}{box.path}")
        if not pale:
            return box
        return replace(box, role=EQUAL, chips=tuple(replace(chip, role=EQUAL) for chip in box.chips))

    return _with_boxes(item, change, prefix)


def _with_boxes(item: Diagram, change: Callable[[Box], Box], prefix: str) -> Diagram:
    """``item`` with ``change`` done to its boxes, and its frames and bars at paths that begin with ``prefix``."""

    def around(part: Diagram) -> Diagram:
        match part:
            case Tap(box=box):
                return replace(part, box=change(box), goal="")
            case Frame(path=path):
                return replace(part, path=f"{prefix}{path}" if prefix else "", title="")
            case Bar(path=path):
                return replace(part, path=f"{prefix}{path}" if prefix else "", title=part.title if prefix else "")
            case _:
                return part

    return changed(item, change, around)


def emphasized(row: Sequence[Diagram | None], *, of_positions: bool) -> Sequence[Diagram | None]:
    """``row`` with those lines of its boxes emphasized that are not the same in all; chips that are recede.

    Those ``of_positions`` do not where positions differ: their words leave out bases and scaling.
    """
    boxes = [one for one in row if isinstance(one, Box)]
    everywhere = set.intersection(*(set(box.chips) for box in boxes)) if len(boxes) == len(row) else set()
    strong: set[Literal["label", "detail"]] = set()
    if len({box.label for box in boxes}) > 1:
        strong.add("label")
    if len({box.detail for box in boxes}) > 1:
        strong.add("detail")

    def strong_in(box: Box) -> Box:
        same = {chip for chip in everywhere if not (of_positions and chip.role == "position")}
        chips = tuple(replace(chip, role=EQUAL) if chip in same else chip for chip in box.chips)
        return replace(box, strong=frozenset(strong), chips=chips)

    return [strong_in(one) if isinstance(one, Box) else one for one in row]
