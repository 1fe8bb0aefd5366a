"""What is wrong with a picture, found by geometry alone: nothing overlaps, nothing is cut, everything can be read.

:func:`faults` judges the shapes of a :class:`~archdraw.scene.Scene` as a reader sees them: in painting order, texts by
their ink, lines by their stroke. It knows nothing of what the picture means. An empty list is the rule for every
picture that archdraw draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from archdraw.lint.geometry import (
    SLACK,
    Area,
    Index,
    contact,
    ink,
    inside_length,
    outline,
    rounding,
    segment_hits,
    sides,
)
from archdraw.lint.survey import Survey, fill_of, named, quoted
from archdraw.scene import LEAST_TEXT, Circle, Line, Point, Polygon, Rect, Scene, Shape, Text
from archdraw.theme import contrast

CANVAS_MARGIN = 2.0
"""Px that a text keeps from the edge of the canvas."""
BORDER_GAP = 3.0
"""Px that a text keeps from a border that it stands inside of."""
INTRUSION = 2.0
"""Px that a line may go on behind the border of the box where it ends."""
NEAR = 2.0
"""Px between two lines beyond which they share no stretch."""
TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach: the ``rule`` by its short name, what is wrong, and where (``x``, ``y`` in px of the scene)."""

    rule: str
    message: str
    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.rule} at {self.x:.0f},{self.y:.0f}: {self.message}"


def minimum_text(scene: Scene) -> float:
    """The smallest size of a text in px: 14, or 0.85 % of the shorter side where that is more (from 1,647 px on).

    A picture is shrunk until its shorter side fits, so the size that stays legible grows with that side. Of a sheet
    that is read part by part it is the side of the largest part.
    """
    return max(14.0, LEAST_TEXT * min(scene.at_once or (scene.width, scene.height)))


def faults(scene: Scene) -> list[Fault]:
    """Every breach of the rules of a picture, rule by rule; empty for a picture that may be shown."""
    view = Survey(scene)
    return [fault for rule in RULES for fault in rule(view)]


def _canvas(view: Survey) -> Iterator[Fault]:
    """Texts stay 2 px inside the canvas, everything else inside it with its stroke; grounds may fill it."""
    for shape, area in zip(view.shapes, view.areas, strict=True):
        margin = CANVAS_MARGIN if isinstance(shape, Text) else 0.0
        width, height = view.scene.width, view.scene.height
        if not area.within(Area(0, 0, width, height).grown(SLACK - margin)):
            yield Fault("canvas", f"{named(shape)} leaves the canvas of {width:g} x {height:g}", area.left, area.top)


def _small(view: Survey) -> Iterator[Fault]:
    least = minimum_text(view.scene)
    for _, text, area in view.texts:
        if text.size < least - SLACK:
            yield Fault("size", f"{quoted(text)} is {text.size:g} px, less than {least:.4g}", area.left, area.top)


def _texts(view: Survey) -> Iterator[Fault]:
    """Texts against everything that is not the ground they stand on."""
    for number, text, area in view.texts:
        for other in sorted(view.index.near(area.grown(BORDER_GAP))):
            shape, (x, y) = view.shapes[other], area.middle()
            if isinstance(shape, Text):
                if other > number and area.overlaps(view.areas[other]):
                    yield Fault("text", f"{quoted(text)} overlaps {quoted(shape)}", x, y)
            elif _struck(area, shape) and not view.covered(area, other, number):
                yield Fault("text", f"{quoted(text)} is crossed by {named(shape)}", x, y)
            elif other > number and fill_of(shape) and area.overlaps(view.areas[other]):
                yield Fault("text", f"{quoted(text)} is hidden by {named(shape)}", x, y)


def _struck(area: Area, shape: Shape) -> bool:
    """Whether the ink of a text meets a line, an outline or the edge of a figure."""
    match shape:
        case Line():
            near = area.grown(shape.stroke_width / 2 - SLACK)
            return any(segment_hits(start, end, near) for start, end in pairwise(shape.points))
        case Polygon():
            return any(segment_hits(start, end, area.grown(-SLACK)) for start, end in sides(shape.points))
        case Circle():
            gap = shape.radius + shape.stroke_width / 2
            x, y = min(max(shape.x, area.left), area.right), min(max(shape.y, area.top), area.bottom)
            if (x - shape.x) ** 2 + (y - shape.y) ** 2 >= (gap - SLACK) ** 2:
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


def _through(view: Survey) -> Iterator[Fault]:
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


def _borders(view: Survey) -> Iterator[Fault]:
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


def _crossings(view: Survey) -> Iterator[Fault]:
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


def _contrast(view: Survey) -> Iterator[Fault]:
    """Texts at 4.5:1, lines and borders at 3:1 against the ground around them. Marks without a stroke are exempt:

    they are parts of a figure whose frame is judged, and a reader need not tell an idle cell from the ground.
    """
    for number, shape in enumerate(view.shapes):
        needed = TEXT_CONTRAST if isinstance(shape, Text) else LINE_CONTRAST
        for colour, x, y in _samples(shape):
            ground = view.ground(x, y, number)
            if ground is None or (ratio := contrast(colour, ground)) >= needed:
                continue
            if isinstance(shape, Rect | Circle) and shape.kind == "mark" and shape.fill and shape.fill != colour:
                # A mark may stand out by its fill, or by its stroke from its fill.
                ratio = max(contrast(shape.fill, ground), contrast(shape.fill, colour))
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
            # A dot marks the end of a line, which is judged by itself, and may lie on the border of a dark box.
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


RULES: tuple[Callable[[Survey], Iterator[Fault]], ...] = (
    _canvas,
    _small,
    _texts,
    _overlaps,
    _through,
    _borders,
    _crossings,
    _contrast,
)
