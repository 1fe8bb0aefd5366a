"""What the rules of :mod:`archdraw.lint.faults` share: a fault, and the shapes of one scene.

Shapes are numbered in painting order and found by place.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

from archdraw.lint.geometry import Area, Index, in_polygon, ink, outline
from archdraw.records import record
from archdraw.scene import Circle, Line, Polygon, Rect, Scene, Shape, Text


@record
class Fault:
    """One breach: the ``rule`` by its short name, what is wrong, and where (``x``, ``y`` in px of the scene)."""

    rule: str
    message: str
    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.rule} at {self.x:.0f},{self.y:.0f}: {self.message}"


class Survey:
    """One scene, surveyed once for all rules. Numbers count shapes in painting order, the lowest at the bottom."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.index = Index(scene.width, scene.height)
        self.shapes: list[Shape] = list(scene.shapes())
        self.areas: list[Area] = []
        self.texts: list[tuple[int, Text, Area]] = []
        self.lines: list[tuple[int, Line]] = []
        self.rects: list[tuple[int, Rect]] = []
        self.circles: list[tuple[int, Circle]] = []
        for number, shape in enumerate(self.shapes):
            area = ink(shape) if isinstance(shape, Text) else outline(shape)
            self.areas.append(area)
            match shape:
                case Text():
                    self.texts.append((number, shape, area))
                case Line():
                    self.lines.append((number, shape))
                case Rect():
                    self.rects.append((number, shape))
                case Circle():
                    self.circles.append((number, shape))
            if isinstance(shape, Line):
                reach = shape.stroke_width / 2
                for start, end in pairwise(shape.points):
                    self.index.add(number, Area.of((start, end)).grown(reach))
                if shape.head:
                    self.index.add(number, Area.of(shape.head_points))
            else:
                self.index.add(number, area)

    def colour(self, name: str) -> str:
        """The colour of that name, as a reader sees it."""
        return self.scene.colour(name)

    @cached_property
    def inside(self) -> dict[int, list[Shape]]:
        """What has its middle in each box, by the number of the smallest one; lines that join things lie in none."""
        boxes = {number: rect for number, rect in self.rects if rect.kind == "box"}
        found: dict[int, list[Shape]] = {}
        for number, shape in enumerate(self.shapes):
            if isinstance(shape, Line) and shape.kind != "rule":
                continue
            area = self.areas[number]
            x, y = area.middle()
            around = [
                other
                for other in self.index.at(x, y)
                if other in boxes and other != number and _holds(boxes[other], x, y, area)
            ]
            if around:
                smallest = min(around, key=lambda other: boxes[other].width * boxes[other].height)
                found.setdefault(smallest, []).append(shape)
        return found

    def ground(self, x: float, y: float, before: int) -> str | None:
        """The colour that a reader sees at a point below the shape numbered ``before``; None: unknown, transparent."""
        for number in reversed(self.index.at(x, y)):
            if number < before and (fill := fill_of(self.shapes[number])) and covers(self.shapes[number], x, y):
                return self.colour(fill)
        return self.scene.background and self.colour(self.scene.background)

    def covered(self, area: Area, above: int, below: int) -> bool:
        """Whether a filled shape painted between two others hides the first one in the whole of ``area``."""
        return any(
            above < number < below
            and fill_of(self.shapes[number])
            and all(covers(self.shapes[number], x, y) for x, y in area.corners())
            for number in self.index.near(area)
        )


def _holds(box: Rect, x: float, y: float, area: Area) -> bool:
    """Whether the middle of something lies in ``box``, and it is not as large as that."""
    return box.x < x < box.right and box.y < y < box.bottom and area.right - area.left < box.width


def fill_of(shape: Shape) -> str | None:
    """The colour that a shape hides its ground with; arrow heads, hatches and dots are no ground."""
    if isinstance(shape, Line | Text | Polygon) or (isinstance(shape, Circle) and shape.kind == "dot"):
        return None
    return shape.fill


def covers(shape: Shape, x: float, y: float) -> bool:
    """Whether a point lies in the inside of a shape; rounded corners count as square."""
    match shape:
        case Rect():
            return shape.x <= x <= shape.right and shape.y <= y <= shape.bottom
        case Circle():
            return (x - shape.x) ** 2 + (y - shape.y) ** 2 <= shape.radius**2
        case Polygon():
            return in_polygon(x, y, shape.points)
        case _:
            return False


def quoted(text: Text) -> str:
    """A text as messages name it."""
    return f'"{text.text}"'


def named(shape: Shape) -> str:
    """A shape as messages name it: what it is and where."""
    match shape:
        case Rect():
            return f"{shape.kind} {shape.width:g} x {shape.height:g} at {shape.x:g},{shape.y:g}"
        case Circle():
            return f"{shape.kind} of radius {shape.radius:g} at {shape.x:g},{shape.y:g}"
        case Line():
            return f"{shape.kind} line from {shape.points[0][0]:g},{shape.points[0][1]:g}"
        case Polygon():
            return f"polygon at {shape.points[0][0]:g},{shape.points[0][1]:g}"
        case Text():
            return f"text {quoted(shape)}"
