"""Rules of lines: none runs through a box or along a border, none crosses another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from archdraw.lint.geometry import SLACK, Area, contact, inside_length, outline, rounding
from archdraw.lint.survey import Fault, Survey, named
from archdraw.scene import Circle, Line, Point, Rect

INTRUSION = 2.0
"""Px that a line may go on behind the border of the box where it ends."""
UPRIGHT = 0.02
"""Px that the ends of an upright or level piece may lie apart across it: what rounding leaves."""
NEAR = 2.0
"""Px between two lines beyond which they share no stretch."""


def through(view: Survey) -> Iterator[Fault]:
    """A line ends at a box or lies in it, and never runs through it; a zoom line may end inside, at its dot."""
    for number, line in view.lines:
        area = view.areas[number]
        for other in view.index.near(area):
            shape = view.shapes[other]
            match shape:
                case Rect(kind="box"):
                    box = Area(shape.x, shape.y, shape.right, shape.bottom)
                    if line.kind == "zoom" and _end_in(line, box):
                        continue
                    if all(Area.of((point,)).within(box.grown(INTRUSION)) for point in line.points):
                        continue
                    inner = box.grown(-INTRUSION if line.kind != "zoom" else -SLACK - 0.5)
                case Circle(kind="node"):
                    box = outline(shape, stroke=False)
                    if _end_in(line, box.grown(INTRUSION)):
                        continue
                    inner = box.grown(-0.3 * shape.radius)
                case _:
                    continue
            if any(inside_length(start, end, inner) > SLACK for start, end in pairwise(line.points)):
                yield Fault("through", f"{named(line)} runs through {named(shape)}", *box.middle())


def _end_in(line: Line, area: Area) -> bool:
    return any(Area.of((point,)).within(area.grown(SLACK)) for point in (line.points[0], line.points[-1]))


def slanted(view: Survey) -> Iterator[Fault]:
    """A line that data flows along runs up and down and from side to side."""
    for _, line in view.lines:
        if line.kind != "edge":
            continue
        for (x, y), (right, below) in pairwise(line.points):
            if min(abs(right - x), abs(below - y)) > UPRIGHT:
                yield Fault("slanted", f"{named(line)} slants", x, y)
                break


def borders(view: Survey) -> Iterator[Fault]:
    """A line passes the border of a container at a right angle and runs along no border."""
    for number, line in view.lines:
        for other in view.index.near(view.areas[number].grown(2)):
            shape = view.shapes[other]
            if not isinstance(shape, Rect) or shape.kind not in ("container", "box") or shape.stroke is None:
                continue
            bends = rounding(line)
            for leg, (start, end) in enumerate(pairwise(line.points)):
                if _along(start, end, shape):
                    yield Fault("border", f"{named(line)} runs along {named(shape)}", *start)
                elif shape.kind == "container" and (place := _askew(start, end, bends[leg], shape)):
                    yield Fault("border", f"{named(line)} passes {named(shape)} not at a right angle", *place)


def _borders_of(rect: Rect) -> tuple[tuple[int, float, float, float], ...]:
    """Each side as (axis it is constant on, that constant, from, to)."""
    return (
        (0, rect.x, rect.y, rect.bottom),
        (0, rect.right, rect.y, rect.bottom),
        (1, rect.y, rect.x, rect.right),
        (1, rect.bottom, rect.x, rect.right),
    )


def _along(start: Point, end: Point, rect: Rect) -> bool:
    for axis, place, low, high in _borders_of(rect):
        shared = min(max(start[1 - axis], end[1 - axis]), high) - max(min(start[1 - axis], end[1 - axis]), low)
        if shared > 4 and max(abs(start[axis] - place), abs(end[axis] - place)) < 1.5:
            return True
    return False


def _askew(start: Point, end: Point, bends: tuple[float, float], rect: Rect) -> Point | None:
    """Where a leg crosses the border slantwise, in a rounded corner of the border, or in a rounded bend of its own."""
    for axis, place, low, high in _borders_of(rect):
        if (start[axis] - place) * (end[axis] - place) >= 0:
            continue
        share = (place - start[axis]) / (end[axis] - start[axis])
        across = start[1 - axis] + share * (end[1 - axis] - start[1 - axis])
        if not low <= across <= high:
            continue
        slant = abs(start[1 - axis] - end[1 - axis]) > SLACK
        in_corner = min(across - low, high - across) < rect.radius - SLACK
        in_bend = abs(place - start[axis]) < bends[0] - 0.5 or abs(place - end[axis]) < bends[1] - 0.5
        if slant or in_corner or in_bend:
            return (place, across) if axis == 0 else (across, place)
    return None


def crossings(view: Survey) -> Iterator[Fault]:
    """Zoom lines touch no other line; edges cross each other nowhere but at a dot."""
    dots = [circle for _, circle in view.circles if circle.kind == "dot"]
    for (first, one), (second, other) in _neighbours(view):
        kinds = {one.kind, other.kind}
        if "zoom" not in kinds and kinds != {"edge"}:
            continue
        if not view.areas[first].overlaps(view.areas[second], -SLACK):
            continue
        place = contact(one.points, other.points, touching=kinds == {"zoom"}, sharing="zoom" in kinds)
        if place is None:
            continue
        if kinds == {"edge"} and any((place[0] - d.x) ** 2 + (place[1] - d.y) ** 2 <= d.radius**2 for d in dots):
            continue
        yield Fault("crossing", f"{named(one)} crosses {named(other)}", *place)


def _neighbours(view: Survey) -> Iterator[tuple[tuple[int, Line], tuple[int, Line]]]:
    """Every two lines of which some segments lie near each other, in painting order."""
    lines = dict(view.lines)
    for first, one in view.lines:
        near: set[int] = set()
        for ends in pairwise(one.points):
            near |= view.index.near(Area.of(ends).grown(NEAR))
        for second in sorted(near):
            if second > first and second in lines:
                yield (first, one), (second, lines[second])
