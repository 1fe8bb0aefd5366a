"""What is wrong with a picture, found by geometry alone: nothing overlaps, nothing is cut, everything can be read.

:func:`faults` checks the shapes of a :class:`~archdraw.scene.Scene` as a reader sees them: in painting order, texts by
their ink, lines by their stroke, whatever the picture means. An empty list is the rule for every picture that archdraw
draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archdraw.lint.ends import ends, heads, joints, undotted, unlinked
from archdraw.lint.geometry import SLACK, Area, Index, outline
from archdraw.lint.labels import empty, labels, sides, torn, unboxed
from archdraw.lint.legibility import contrasts, minimum_text, small, texts
from archdraw.lint.lines import borders, crossings, slanted, through
from archdraw.lint.survey import Fault, Survey, named
from archdraw.lint.words import grammar, phrases
from archdraw.scene import Circle, Rect, Scene, Text

__all__ = ["Fault", "faults", "minimum_text"]

CANVAS_MARGIN = 2.0
"""Px that a text keeps from the edge of the canvas."""


def faults(scene: Scene) -> list[Fault]:
    """Every breach of the rules of a picture, rule by rule; empty for a picture that may be shown."""
    view = Survey(scene)
    return [fault for rule in RULES for fault in rule(view)]


def _canvas(view: Survey) -> Iterator[Fault]:
    """The sides of the canvas are whole numbers, else each renderer rounds them, and blurs the picture, in its own way.

    Texts stay 2 px inside it, everything else with its stroke; grounds may fill it.
    """
    width, height = view.scene.width, view.scene.height
    if width % 1 or height % 1:
        yield Fault("canvas", f"the canvas of {width:g} x {height:g} has a side that is no whole number", width, height)
    for shape, area in zip(view.shapes, view.areas, strict=True):
        margin = CANVAS_MARGIN if isinstance(shape, Text) else 0.0
        if not area.within(Area(0, 0, width, height).grown(SLACK - margin)):
            yield Fault("canvas", f"{named(shape)} leaves the canvas of {width:g} x {height:g}", area.left, area.top)


def _undrawn(view: Survey) -> Iterator[Fault]:
    """What belongs in the picture has a place in it."""
    for path in view.scene.undrawn:
        yield Fault("undrawn", f"{path} is not in the picture", 0, 0)


def _overlaps(view: Survey) -> Iterator[Fault]:
    """Boxes, marks, containers and nodes lie apart or one in the other."""
    solids = [(Area(rect.x, rect.y, rect.right, rect.bottom), rect) for _, rect in view.rects if rect.kind != "ground"]
    found: list[tuple[Area, Rect | Circle]] = [*solids]
    found += [(outline(circle, stroke=False), circle) for _, circle in view.circles if circle.kind == "node"]
    found.sort(key=lambda item: (item[0].left, item[0].top))
    places = Index(view.scene.width, view.scene.height)
    for position, (area, _) in enumerate(found):
        places.add(position, area)
    for position, (area, shape) in enumerate(found):
        for second in sorted(places.near(area)):
            other_area, other = found[second]
            if second <= position or not area.overlaps(other_area, 0.5) or _nested(area, other_area):
                continue
            yield Fault("overlap", f"{named(shape)} overlaps {named(other)}", other_area.left, other_area.top)


def _nested(one: Area, other: Area) -> bool:
    return one.within(other.grown(0.5)) or other.within(one.grown(0.5))


RULES: tuple[Callable[[Survey], Iterator[Fault]], ...] = (
    _canvas,
    _undrawn,
    small,
    texts,
    _overlaps,
    through,
    slanted,
    borders,
    crossings,
    contrasts,
    ends,
    heads,
    unlinked,
    joints,
    undotted,
    labels,
    sides,
    unboxed,
    empty,
    torn,
    phrases,
    grammar,
)
