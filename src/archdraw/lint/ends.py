"""Rules of what lines join: an end lies on something, an arrow has its head, a dot and a node join lines.

An end is drawn on the border of what it touches, so half a pixel more than rounding is all that is granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from archdraw.lint.geometry import Area, distance, distance_to
from archdraw.lint.survey import Fault, Survey, named
from archdraw.scene import FRAME, Circle, Element, Group, Line, Point, Rect, Shape, Text, bounds

TOUCH = 1.0
"""Px between an end and what it touches, at most."""
SHORT = 4.0
"""Px that the piece of a line which ends in a head may be shorter than that."""
LEADER_GAP = 8.0
"""Px that a line to a name ends in front of it, at most."""


def ends(view: Survey) -> Iterator[Fault]:
    """Each end of an edge or a zoom line lies on something, unless it is open; one that is open touches nothing."""
    for _, line in view.lines:
        if line.kind == "rule":
            continue
        for place, side in ((line.points[0], "start"), (line.points[-1], "end")):
            is_open = line.open_ends in (side, "both")
            touched = _touched(view, place, line, tip=side == "end" and line.head > 0)
            if touched is None and not is_open:
                yield Fault("end", f"{named(line)} ends at {place[0]:g},{place[1]:g} and touches nothing there", *place)
            elif touched is not None and is_open:
                yield Fault("end", f"the open end of {named(line)} touches {named(touched)}", *place)


def heads(view: Survey) -> Iterator[Fault]:
    """An arrow head is no longer than the piece of the line that it ends: else it would hide a corner."""
    for _, line in view.lines:
        if line.head and distance(*line.points[-2:]) < line.head - SHORT:
            yield Fault("head", f"the head of {named(line)} is longer than what leads to it", *line.points[-1])


def unlinked(view: Survey) -> Iterator[Fault]:
    """In a model and in a panel a line enters each block, and one leaves it, but where it says that none does."""
    for section in view.scene.children:
        if isinstance(section, Group) and section.role in ("model", "panel"):
            edges = [line for line in _lines_in(section.children) if line.kind == "edge"]
            entered = {path for line in edges for path in line.end.split()}
            left = {path for line in edges for path in line.start.split()}
            for block in _blocks_in(section.children):
                x, y, *_ = bounds(block.children)
                if block.path not in entered and block.open_ends not in ("start", "both"):
                    yield Fault("unlinked", f"no line enters {block.path}", x, y)
                if block.path not in left and block.open_ends not in ("end", "both"):
                    yield Fault("unlinked", f"no line leaves {block.path}", x, y)


def _lines_in(elements: Iterable[Element]) -> Iterator[Line]:
    for element in elements:
        if isinstance(element, Line):
            yield element
        elif isinstance(element, Group):
            yield from _lines_in(element.children)


def _blocks_in(elements: Iterable[Element]) -> Iterator[Group]:
    """The groups that are blocks by themselves, with something in them: neither frames nor parts of a block."""
    for element in elements:
        if isinstance(element, Group) and element.children:
            if element.path and element.role != FRAME:
                yield element
            else:
                yield from _blocks_in(element.children)


def _touched(view: Survey, place: Point, line: Line, *, tip: bool) -> Shape | None:
    """What an end at ``place`` lies on; the ``tip`` of an arrow may lie anywhere on another line."""
    reach = LEADER_GAP if line.kind == "zoom" else TOUCH
    for other in view.index.near(Area.of((place,)).grown(reach)):
        shape = view.shapes[other]
        if shape is not line and _touches(place, shape, line, tip=tip):
            return shape
    return None


def _touches(place: Point, shape: Shape, line: Line, *, tip: bool) -> bool:
    match shape:
        case Rect(kind="ground"):
            return False
        case Rect():
            return distance_to_border(place, shape) <= TOUCH + shape.stroke_width / 2
        case Circle(kind="dot"):
            return distance(place, (shape.x, shape.y)) <= TOUCH
        case Circle(kind="node"):
            return _is_round(shape, place)
        case Circle():
            return abs(distance(place, (shape.x, shape.y)) - shape.radius) <= TOUCH + shape.stroke_width / 2
        case Line(kind="rule"):
            return False
        case Line():
            if tip:
                return any(distance_to(place, *leg) <= TOUCH for leg in pairwise(shape.points))
            return min(distance(place, shape.points[0]), distance(place, shape.points[-1])) <= TOUCH
        case Text():
            # A line to a name ends a little in front of it.
            area = Area(shape.left, shape.top, shape.right, shape.bottom).grown(LEADER_GAP)
            return line.kind == "zoom" and Area.of((place,)).within(area)
        case _:
            return False


def distance_to_border(place: Point, rect: Rect) -> float:
    """Px from a point to the border of ``rect``, from inside or outside; corners count as square."""
    x, y = place
    outside = max(rect.x - x, x - rect.right, 0.0), max(rect.y - y, y - rect.bottom, 0.0)
    if outside != (0.0, 0.0):
        return float((outside[0] ** 2 + outside[1] ** 2) ** 0.5)
    return min(x - rect.x, rect.right - x, y - rect.y, rect.bottom - y)


def joints(view: Survey) -> Iterator[Fault]:
    """A dot joins lines, or marks the end of one; a node has its sign and at least two lines."""
    for number, circle in view.circles:
        if circle.kind == "dot":
            arms = _arms(view, circle)
            if not arms:
                yield Fault("joint", f"{named(circle)} lies on no line", circle.x, circle.y)
            elif arms == 2:
                yield Fault("joint", f"{named(circle)} joins nothing to a line", circle.x, circle.y)
        elif circle.kind == "node":
            near = [view.shapes[other] for other in view.index.near(view.areas[number].grown(TOUCH))]
            strokes = [shape for shape in near if isinstance(shape, Line) and _is_sign(shape, circle)]
            if len(strokes) < 2:
                yield Fault("joint", f"{named(circle)} has lost its sign", circle.x, circle.y)
            if _ends_at(near, circle) < 2:
                yield Fault("joint", f"{named(circle)} has fewer than two lines", circle.x, circle.y)


def undotted(view: Survey) -> Iterator[Fault]:
    """A dot lies where three lines or more meet, and at both ends of a line to a panel."""
    places: dict[Point, int] = {}
    for _, line in view.lines:
        if line.kind == "edge":
            ends_of = line.points[:1] if line.head else (line.points[0], line.points[-1])
            for place in ends_of:
                places[place] = places.get(place, 0) + 1
        elif line.kind == "zoom":
            for place in (line.points[0], line.points[-1]):
                near = [view.shapes[other] for other in view.index.near(Area.of((place,)).grown(TOUCH))]
                if any(_is_opened(shape, place) for shape in near) and not any(_is_dot(shape, place) for shape in near):
                    yield Fault("joint", f"{named(line)} has no dot at its end", *place)
    for place, number in places.items():
        near = [view.shapes[other] for other in view.index.near(Area.of((place,)).grown(TOUCH))]
        passing = sum(isinstance(shape, Line) and shape.kind == "edge" and _passes(shape, place) for shape in near)
        joined = any(_is_dot(shape, place) or _is_round(shape, place) for shape in near)
        if number + 2 * passing > 2 and not joined:
            yield Fault("joint", f"{number + passing} lines meet without a dot", *place)


def _passes(line: Line, place: Point) -> bool:
    """Whether ``line`` goes on at both sides of ``place``."""
    ends_there = any(distance(place, end) <= TOUCH for end in (line.points[0], line.points[-1]))
    return not ends_there and any(distance_to(place, *leg) <= TOUCH for leg in pairwise(line.points))


def _is_opened(shape: Shape, place: Point) -> bool:
    """Whether a line to a panel that ends at ``place`` begins at this box, or leads to this panel."""
    return (
        isinstance(shape, Rect)
        and shape.stroke is not None
        and shape.kind in ("box", "container")
        and distance_to_border(place, shape) <= TOUCH
    )


def _is_dot(shape: Shape, place: Point) -> bool:
    return isinstance(shape, Circle) and shape.kind == "dot" and distance(place, (shape.x, shape.y)) <= TOUCH


def _is_round(shape: Shape, place: Point) -> bool:
    """Whether ``place`` lies on the border of a node, which joins any number of lines."""
    return (
        isinstance(shape, Circle)
        and shape.kind == "node"
        and abs(distance(place, (shape.x, shape.y)) - shape.radius) <= TOUCH
    )


def _is_sign(line: Line, node: Circle) -> bool:
    """Whether a stroke passes the middle of ``node`` and stays within it."""
    middle = (line.points[0][0] + line.points[-1][0]) / 2, (line.points[0][1] + line.points[-1][1]) / 2
    return (
        line.kind == "rule"
        and distance(middle, (node.x, node.y)) <= TOUCH
        and distance(line.points[0], middle) < node.radius
    )


def _ends_at(near: list[Shape], node: Circle) -> int:
    """How many ends of lines lie at the border of ``node``."""
    places: list[Point] = []
    for shape in near:
        if isinstance(shape, Line) and shape.kind == "edge":
            places += shape.points[0], shape.points[-1]
    return sum(abs(distance(place, (node.x, node.y)) - node.radius) <= TOUCH for place in places)


def _arms(view: Survey, dot: Circle) -> int:
    """In how many directions lines lead away from a dot: one that ends there counts once, one that passes twice."""
    arms = 0
    for line in _lines_at(view, dot):
        ends_here = sum(distance(place, (dot.x, dot.y)) <= TOUCH for place in (line.points[0], line.points[-1]))
        arms += ends_here or 2
    return arms


def _lines_at(view: Survey, dot: Circle) -> list[Line]:
    middle = (dot.x, dot.y)
    found = {
        number: shape
        for number in view.index.near(Area.of((middle,)).grown(TOUCH))
        if isinstance(shape := view.shapes[number], Line)
        and any(distance_to(middle, *leg) <= TOUCH for leg in pairwise(shape.points))
    }
    return list(found.values())
