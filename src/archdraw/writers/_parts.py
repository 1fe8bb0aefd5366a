"""A scene as parts and what joins them, for formats in which people go on drawing: a box with its words is one thing.

A line of a scene is ink that ends somewhere. Here it says which parts it joins, so that it follows one that is moved.
Where a line branches there is a dot, and where it becomes several a bar: parts of their own, to which all lines lead
that meet there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from archdraw.records import record
from archdraw.scene import Bounds, Circle, Element, Group, Line, Point, Polygon, Rect, Scene, Text, bounds

NEAR = 1.5
"""Px between the end of a line and the border that it lies on, at most."""
ROUNDED = 0.1
"""Px by which what is in a container may reach over its border, by the rounding of both."""
OFF_CENTRE = 5
"""Px that words may lie beside the middle of their box to be its label, which other programs set there."""
Kind = Literal["container", "block", "dot", "text", "figure"]


@dataclass(eq=False, slots=True)
class Part:
    """One thing of a picture: a "container" of others, a "block", a "dot" or bar where lines meet, a "text", "figure".

    ``shape`` is the ink of its border, where it has one, ``inside`` what else belongs to it; ``group`` says what it is.
    ``parent`` is the smallest container around it, ``section`` the role of what it is in: "model", "panel", "strip".
    """

    kind: Kind
    place: Bounds
    shape: Rect | Circle | None = None
    inside: tuple[Element, ...] = ()
    group: Group | None = None
    section: str = ""
    parent: Part | None = None

    @property
    def path(self) -> str:
        return self.group.path if self.group else ""

    @property
    def texts(self) -> list[Text]:
        """Its words, from top to bottom, those of figures in it left out."""
        return sorted((one for one in self.inside if isinstance(one, Text)), key=lambda text: (text.y, text.x))

    @property
    def is_labelled(self) -> bool:
        """Whether all that is in it are words in its middle, below each other."""
        left, top, right, bottom = self.place
        texts = self.texts
        if not texts or len(texts) < len(self.inside):
            return False
        beside = [abs((text.left + text.right) / 2 - (left + right) / 2) for text in texts]
        return max(*beside, abs((texts[0].top + texts[-1].bottom) / 2 - (top + bottom) / 2)) <= OFF_CENTRE

    def share(self, point: Point) -> tuple[str, ...]:
        """Where ``point`` lies in it, as shares of its width and height."""
        left, top, right, bottom = self.place
        across = (point[0] - left) / (right - left) if right > left else 0.5
        down = (point[1] - top) / (bottom - top) if bottom > top else 0.5
        return tuple(f"{min(1, max(0, value)):.4f}".rstrip("0").rstrip(".") for value in (across, down))

    def touches(self, point: Point) -> bool:
        """Whether ``point`` lies on its border."""
        (x, y), (left, top, right, bottom) = point, self.place
        if isinstance(self.shape, Circle):
            middle, radius = (self.shape.x, self.shape.y), self.shape.radius
            return abs(math.dist(point, middle) - radius) <= NEAR
        across, down = left - NEAR <= x <= right + NEAR, top - NEAR <= y <= bottom + NEAR
        at_side = min(abs(x - left), abs(x - right)) <= NEAR
        return across and down and (at_side or min(abs(y - top), abs(y - bottom)) <= NEAR)


@record
class Wire:
    """A ``line``, or a piece of one from dot to dot, through ``points``; ``head``: it ends in the line's arrow head.

    ``source`` and ``target`` are the parts that it joins, None at an end that lies on nothing. ``parent`` is the
    smallest container around it, ``role`` that of the group that the line is in. A line to a panel may begin and end in
    a disc: ``discs`` are their diameters, or 0.
    """

    line: Line
    points: tuple[Point, ...]
    source: Part | None
    target: Part | None
    head: bool
    parent: Part | None
    role: str = ""
    discs: tuple[float, float] = (0, 0)


@dataclass(slots=True)
class Parts:
    """All parts and wires of a scene, in the order of painting; containers come before what is in them."""

    everything: list[Part | Wire]

    @property
    def parts(self) -> Iterator[Part]:
        return (one for one in self.everything if isinstance(one, Part))

    @property
    def wires(self) -> Iterator[Wire]:
        return (one for one in self.everything if isinstance(one, Wire))


def parts_of(scene: Scene) -> Parts:
    """The parts of ``scene``."""
    found = list(_found(scene.children))
    parts = [one for one in found if isinstance(one, Part)]
    containers = [one for one in parts if one.kind == "container"]
    for index, part in enumerate(parts):
        earlier = (one for one in parts[:index] if one.kind == "container")
        part.parent = _smallest(earlier, part.place)
    joints = _Joints(parts)
    made: list[Part | Wire] = []
    for one in found:
        made += [one] if isinstance(one, Part) else joints.wires(*one, containers)
    used = {part for one in made if isinstance(one, Wire) for part in (one.source, one.target)}
    # Dots where nothing meets are ends of lines to panels, and follow those, or stand where another dot does.
    idle = [one for one in parts if one.kind == "dot" and isinstance(one.shape, Circle) and one not in used]
    ended = [_ended(one, idle) if isinstance(one, Wire) else one for one in made]
    tips = {wire.points[end] for wire in ended if isinstance(wire, Wire) for end in (0, -1) if wire.discs[end]}
    there = tips | {_middle(one) for one in joints.taps if one in used}
    return Parts([one for one in ended if one not in idle or not any(_on(one, point) for point in there)])


def _ended(wire: Wire, dots: list[Part]) -> Wire:
    """``wire`` with those of ``dots`` that it begins and ends in, if it leads to a panel."""
    if wire.line.kind != "zoom":
        return wire
    first, last = (
        next((dot.place[2] - dot.place[0] for dot in dots if _on(dot, point)), 0.0)
        for point in (wire.points[0], wire.points[-1])
    )
    return replace(wire, discs=(first, last))


def _found(
    elements: Iterable[Element], around: Group | None = None, section: str = ""
) -> Iterator[Part | tuple[Line, str]]:
    """Parts of ``elements``, which are those of the group ``around`` in a ``section``, and lines with its role."""
    for element in elements:
        match element:
            case Group() if not element.children:
                continue
            case Group() if _is_whole(element):
                yield _part(element, section or element.role)
            case Group():
                yield from _found(element.children, element, section or element.role)
            case Line():
                yield element, around.role if around else ""
            case Rect(kind="container"):
                yield Part("container", bounds((element,)), element, group=around, section=section)
                around = None
            case Circle(kind="dot"):
                yield Part("dot", bounds((element,)), element)
            case Text() if element.text.strip():
                yield Part("text", bounds((element,)), inside=(element,))
            case Text():
                continue
            case Rect() | Circle() | Polygon():
                yield Part("figure", bounds((element,)), inside=(element,))


def _part(group: Group, section: str) -> Part:
    first = group.children[0]
    if (isinstance(first, Rect) and first.kind == "box") or (isinstance(first, Circle) and first.kind == "node"):
        return Part("block", bounds((first,)), first, group.children[1:], group, section)
    if isinstance(first, Rect) and len(group.children) == 1:
        return Part("dot", bounds((first,)), first, group=group, section=section)
    return Part("figure", bounds((group,)), inside=group.children, group=group, section=section)


def _is_whole(group: Group) -> bool:
    """Whether ``group`` is one thing: no line leads into it, and it is not for other things to be in."""
    for element in group.children:
        match element:
            case Group() if not _is_whole(element):
                return False
            case Line(kind="edge" | "zoom") | Rect(kind="container") | Circle(kind="dot"):
                return False
    return True


def _smallest(containers: Iterable[Part], place: Bounds) -> Part | None:
    """The smallest of ``containers`` that has all of ``place`` in it."""
    around = [one for one in containers if _has(one.place, place)]
    return min(around, key=lambda one: (one.place[2] - one.place[0]) * (one.place[3] - one.place[1]), default=None)


def _has(outer: Bounds, inner: Bounds) -> bool:
    before = outer[0] <= inner[0] + ROUNDED and outer[1] <= inner[1] + ROUNDED
    return before and inner[2] <= outer[2] + ROUNDED and inner[3] <= outer[3] + ROUNDED


class _Joints:
    """What lines of a picture with these ``parts`` end at."""

    def __init__(self, parts: list[Part]) -> None:
        self._blocks = [one for one in parts if one.kind == "block"]
        self._containers = [one for one in reversed(parts) if one.kind == "container"]
        self._dots = [one for one in parts if one.kind == "dot"]
        self.taps = [one for one in self._dots if isinstance(one.shape, Circle)]

    def wires(self, line: Line, role: str, containers: list[Part]) -> Iterator[Wire]:
        """``line``, of that ``role``, as wires from joint to joint; a rule as one that joins nothing."""
        if line.kind == "rule":
            yield Wire(line, line.points, None, None, False, _smallest(containers, bounds((line,))), role)
            return
        pieces = list(self._pieces(line))
        last = len(pieces) - 1
        for index, points in enumerate(pieces):
            source = self.at(points[0], "" if index else line.start, line)
            target = self.at(points[-1], "" if index < last else line.end, line)
            xs, ys = zip(*points, strict=True)
            parent = _smallest(containers, (min(xs), min(ys), max(xs), max(ys)))
            yield Wire(line, points, source, target, bool(line.head) and index == last, parent, role)

    def at(self, point: Point, path: str, line: Line) -> Part | None:
        """The part that ``line`` joins at ``point``: the block of that ``path``, else a block, a dot, a container."""
        touched = [one for one in self._blocks if one.touches(point)]
        named = [one for one in touched if path and one.path == path]
        dots = [one for one in self._dots if line.kind == "edge" and _on(one, point)]
        around = [one for one in self._containers if one.touches(point)]
        return next(iter((*named, *touched, *dots, *around)), None)

    def _pieces(self, line: Line) -> Iterator[tuple[Point, ...]]:
        """The points of ``line``, parted where it passes over a dot."""
        piece = [line.points[0]]
        for before, after in pairwise(line.points):
            passed = [one for one in self.taps if line.kind == "edge" and _passes(before, after, _middle(one))]
            for dot in sorted(passed, key=lambda one: math.dist(before, _middle(one))):
                yield (*piece, _middle(dot))
                piece = [_middle(dot)]
            piece.append(after)
        yield tuple(piece)


def _middle(dot: Part) -> Point:
    assert isinstance(dot.shape, Circle)
    return dot.shape.x, dot.shape.y


def _on(dot: Part, point: Point) -> bool:
    """Whether a line that ends at ``point`` ends at ``dot``: in its middle, or at the border of a bar."""
    return math.dist(_middle(dot), point) <= NEAR if isinstance(dot.shape, Circle) else dot.touches(point)


def _passes(before: Point, after: Point, point: Point) -> bool:
    """Whether the way from ``before`` to ``after`` leads over ``point``, which is neither."""
    ends = math.dist(before, point), math.dist(point, after)
    return min(ends) > NEAR and sum(ends) - math.dist(before, after) < 0.01
