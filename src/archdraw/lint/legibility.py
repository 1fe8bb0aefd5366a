"""Rules of what can be read: sizes of texts, what strikes or hides them, contrast."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from archdraw.lint.geometry import SLACK, Area, ink, segment_hits, sides
from archdraw.lint.survey import Fault, Survey, fill_of, named, quoted
from archdraw.scene import LEAST_TEXT, Circle, Line, Polygon, Rect, Scene, Shape, Text
from archdraw.theme import contrast

BORDER_GAP = 3.0
"""Px that a text keeps from a border that it stands inside of."""
TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0


def minimum_text(scene: Scene) -> float:
    """The smallest size of a text in px: 14, or 0.85 % of the shorter side where that is more (from 1,647 px on).

    A picture is shrunk until its shorter side fits, so the size that stays legible grows with that side. Of a sheet
    that is read part by part it is the side of the largest part.
    """
    return max(14.0, LEAST_TEXT * min(scene.at_once or (scene.width, scene.height)))


def small(view: Survey) -> Iterator[Fault]:
    least = minimum_text(view.scene)
    for _, text, area in view.texts:
        if text.size < least - SLACK:
            yield Fault("size", f"{quoted(text)} is {text.size:g} px, less than {least:.4g}", area.left, area.top)


def texts(view: Survey) -> Iterator[Fault]:
    """Texts against everything that is not the ground they stand on."""
    for number, text, area in view.texts:
        for other in sorted(view.index.near(area.grown(BORDER_GAP))):
            shape, (x, y) = view.shapes[other], area.middle()
            if isinstance(shape, Text):
                if other > number and area.overlaps(view.areas[other]):
                    yield Fault("text", f"{quoted(text)} overlaps {quoted(shape)}", x, y)
            elif _struck(area, shape) and not view.covered(area, other, number):
                yield Fault("text", f"{quoted(text)} is crossed by {named(shape)}", x, y)
            elif other > number and fill_of(shape) and _covers(shape, view.areas[other], area):
                yield Fault("text", f"{quoted(text)} is hidden by {named(shape)}", x, y)


def _covers(shape: Shape, extent: Area, area: Area) -> bool:
    """Whether a filled shape of this ``extent`` lies over a part of ``area``: of a disc the corners do not."""
    if isinstance(shape, Circle):
        return _distance(area, shape) < shape.radius - SLACK
    return area.overlaps(extent)


def _distance(area: Area, circle: Circle) -> float:
    """How far the middle of ``circle`` is from ``area``; 0 within."""
    x, y = min(max(circle.x, area.left), area.right), min(max(circle.y, area.top), area.bottom)
    return math.hypot(x - circle.x, y - circle.y)


def _struck(area: Area, shape: Shape) -> bool:
    """Whether the ink of a text meets a line, an outline or the edge of a figure."""
    match shape:
        case Line():
            near, inner = area.grown(shape.stroke_width / 2 - SLACK), area.grown(-SLACK)
            return any(segment_hits(start, end, near) for start, end in pairwise(shape.points)) or any(
                segment_hits(start, end, inner) for start, end in sides(shape.head_points)
            )
        case Polygon():
            return any(segment_hits(start, end, area.grown(-SLACK)) for start, end in sides(shape.points))
        case Circle():
            gap = shape.radius + shape.stroke_width / 2
            if _distance(area, shape) >= gap - SLACK:
                return False
            reach = shape.radius - shape.stroke_width / 2 + SLACK
            return any((x - shape.x) ** 2 + (y - shape.y) ** 2 > reach**2 for x, y in area.corners())
        case Rect(kind="ground", stroke=None):
            return False
        case Rect():
            rect = Area(shape.x, shape.y, shape.right, shape.bottom)
            bordered = shape.stroke is not None or shape.kind in ("box", "container")
            outside = not area.overlaps(rect.grown(shape.stroke_width / 2 if shape.stroke else 0))
            return not outside and not area.within(rect.grown(SLACK - (BORDER_GAP if bordered else 0)))
        case _:
            return False


def contrasts(view: Survey) -> Iterator[Fault]:
    """Texts at 4.5:1, lines and borders at 3:1 against the ground around them. Marks without a stroke are exempt:

    they are parts of a figure whose frame is checked, and a cell that is not active may look like the ground.
    """
    for number, shape in enumerate(view.shapes):
        needed = TEXT_CONTRAST if isinstance(shape, Text) else LINE_CONTRAST
        for name, x, y in _samples(shape):
            colour = view.colour(name)
            ground = view.ground(x, y, number)
            if ground is None or (ratio := contrast(colour, ground)) >= needed:
                continue
            if isinstance(shape, Rect | Circle) and shape.kind == "mark" and shape.fill and shape.fill != name:
                # A mark may stand out by its fill, or by its stroke from its fill.
                fill = view.colour(shape.fill)
                ratio = max(contrast(fill, ground), contrast(fill, colour))
                if ratio >= needed:
                    continue
            message = f"{named(shape)} in {colour} on {ground} has {ratio:.2f}:1, less than {needed:g}:1"
            yield Fault("contrast", message, x, y)
            break


def _samples(shape: Shape) -> Iterator[tuple[str, float, float]]:
    """The colour of what must be seen, and points of the ground that it must be seen on."""
    match shape:
        case Text():
            area = ink(shape)
            for x in (area.left, area.middle()[0], area.right):
                yield shape.fill, x, area.middle()[1]
        case Line():
            for start, end in pairwise(shape.points):
                steps = max(1, min(16, int(max(abs(end[0] - start[0]), abs(end[1] - start[1])) / 24)))
                for step in range(steps):
                    share = (step + 0.5) / steps
                    yield (
                        shape.stroke,
                        start[0] + share * (end[0] - start[0]),
                        start[1] + share * (end[1] - start[1]),
                    )
        case Polygon():
            number = len(shape.points)
            yield shape.fill, sum(x for x, _ in shape.points) / number, sum(y for _, y in shape.points) / number
        case Circle():
            # A dot marks the end of a line, which is checked by itself, and may lie on the border of a dark box.
            colour = shape.stroke or (shape.fill if shape.kind == "node" else None)
            if colour:
                reach = shape.radius + shape.stroke_width / 2 + 1
                yield colour, shape.x, shape.y - reach
        case Rect():
            if shape.stroke and shape.kind != "ground":
                out = shape.stroke_width / 2 + 1
                x, y = (shape.x + shape.right) / 2, (shape.y + shape.bottom) / 2
                yield shape.stroke, shape.x - out, y
                yield shape.stroke, shape.right + out, y
                yield shape.stroke, x, shape.y - out
                yield shape.stroke, x, shape.bottom + out
