"""The shapes of a picture: absolute, rounded and dumb.

Lengths are design px, which are also viewBox units; x grows to the right, y downwards. A colour is a name that the
palette of the scene has, or ``#RRGGBB``. Every shape says what it is for (``kind``), so that a fault and an intention
differ.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from archdraw.records import record

Point: TypeAlias = tuple[float, float]
OpenEnds: TypeAlias = Literal["", "start", "end", "both"]
"""The ends of a line that touch nothing."""

HEAD = 9.0
"""The length of an arrow head, px."""
HEAD_BREADTH, HEAD_OVERLAP = 8 / 9, 7 / 9
"""How broad it is, and how far the stroke of its line stops before its tip, in lengths of it."""


def rounded(value: float) -> float:
    """``value`` to a hundredth, the resolution of a scene; never ``-0.0``."""
    return round(value, 2) + 0.0


def all_rounded(*values: float) -> list[float]:
    """``values``, each :func:`rounded`."""
    return [round(value, 2) + 0.0 for value in values]


def rounded_point(x: float, y: float) -> Point:
    """The point at ``x`` and ``y``, each :func:`rounded`."""
    return round(x, 2) + 0.0, round(y, 2) + 0.0


@record
class Rect:
    """A rectangle with corners rounded by ``radius``.

    ``kind``: "ground" a painted area that is not an object (page, band of a lane); "container" holds other things and
    lines may pass its border at a right angle; "box" is an object of the picture, its inside is its own; "mark" a small
    part of a figure (a cell of a strip, a head, a bar).
    """

    x: float
    y: float
    width: float
    height: float
    radius: float = 0
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0
    kind: Literal["ground", "container", "box", "mark"] = "box"
    dash: tuple[float, ...] = ()

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@record
class Line:
    """A polyline with its corners rounded by ``radius``, and an arrow head at its end.

    ``kind``: "edge" data flows along it; "zoom" joins a box to its inset, or a mark to its name; "rule" a bracket, a
    rule of a table, the stroke of a sign inside a disc: part of a figure that belongs to the box it lies in.

    ``head`` is the length of its arrow head in px, 0 for none: the last of its ``points`` is the tip of that.
    ``open_ends``: those that touch nothing on purpose, since what they come from or lead to is not in the picture; each
    other end of an edge or a zoom line lies on something. ``start`` and ``end`` are the paths of the blocks that it
    leaves and enters, empty where it is none; a zoom line ends at the panel of that name. ``step`` is as of a
    group.
    """

    points: tuple[Point, ...]
    stroke: str
    stroke_width: float = 2
    radius: float = 0
    dash: tuple[float, ...] = ()
    kind: Literal["edge", "zoom", "rule"] = "edge"
    head: float = 0
    open_ends: OpenEnds = ""
    start: str = ""
    end: str = ""
    step: int | None = None

    @property
    def stroked(self) -> tuple[Point, ...]:
        """The points of the stroke, which stops inside the head, so that no corner of it shows beside the tip."""
        if not self.head:
            return self.points
        (x, y), right, down, leg = self._tip()
        # Of an arrow that is hardly longer than its head, some of the line is kept: it says where the head belongs.
        back = min(HEAD_OVERLAP * self.head, leg / 2)
        return (*self.points[:-1], (rounded(x - right * back), rounded(y - down * back)))

    @property
    def head_points(self) -> tuple[Point, ...]:
        """The corners of the head, its tip first; none where it has none."""
        if not self.head:
            return ()
        (x, y), right, down, _ = self._tip()
        across, along, half = x - right * self.head, y - down * self.head, HEAD_BREADTH * self.head / 2
        return (
            (x, y),
            (rounded(across - down * half), rounded(along + right * half)),
            (rounded(across + down * half), rounded(along - right * half)),
        )

    def _tip(self) -> tuple[Point, float, float, float]:
        """Where it ends, the way that it comes there, as a step of 1, and how far it comes that way."""
        (left, top), (x, y) = self.points[-2:]
        if left == x:
            return (x, y), 0.0, 1.0 if y > top else -1.0, abs(y - top)
        if top == y:
            return (x, y), 1.0 if x > left else -1.0, 0.0, abs(x - left)
        leg = math.dist((left, top), (x, y))
        return (x, y), (x - left) / leg, (y - top) / leg, leg


@record
class Polygon:
    """A filled polygon, part of a figure."""

    points: tuple[Point, ...]
    fill: str


@record
class Circle:
    """A disc. ``kind``: "node" an operation (plus, times); "dot" a tap on a line; "mark" part of a figure."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0
    kind: Literal["node", "dot", "mark"] = "mark"


@record
class Glyph:
    """One glyph of a text set out: its start is ``offset`` em from that of the text, ``rise`` em above its baseline.

    ``name`` is unique within a weight and fit for an id; ``path`` is SVG path data in font units (1/2048 em), y
    downwards, from the baseline. ``source`` says whose glyph it is, empty for the font that comes with archdraw, and
    ``letters`` what it stands for; of several glyphs for the same letters the first has them.
    """

    name: str
    offset: float
    path: str
    source: str = ""
    letters: str = ""
    rise: float = 0


@record
class Text:
    """One line of text; ``x`` is its start, middle or end by ``anchor``, ``y`` its baseline.

    ``width`` is the measured advance with kerning, in px; with it the ink's bounds follow without a font. ``phrase`` is
    what is said, of which this may be one line of several: a line that is lost or cut is seen by it. Empty: unknown.
    ``glyphs`` are its outlines where it has letters that the font which comes with archdraw lacks: it is drawn by them.
    """

    x: float
    y: float
    text: str
    size: float
    weight: int
    fill: str
    width: float
    anchor: Literal["start", "middle", "end"] = "start"
    phrase: str = ""
    glyphs: tuple[Glyph, ...] = ()

    @property
    def left(self) -> float:
        return self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        """Height of capitals and ascenders: 0.74 of the size in Inter (cap height 0.727, ascender 0.756)."""
        return self.y - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """Depth of descenders: 0.2 of the size in Inter."""
        return self.y + 0.2 * self.size


Shape: TypeAlias = Rect | Line | Polygon | Circle | Text
Bounds: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of an upright rectangle, in px."""


def extent(shape: Shape) -> Bounds:
    """What ``shape`` takes up, without its stroke."""
    match shape:
        case Circle(x=x, y=y, radius=radius):
            return x - radius, y - radius, x + radius, y + radius
        case Line(points=points):
            across, down = zip(*points, *shape.head_points, strict=True)
            return min(across), min(down), max(across), max(down)
        case Polygon(points=points):
            across, down = zip(*points, strict=True)
            return min(across), min(down), max(across), max(down)
        case Rect(x=left, y=top) | Text(left=left, top=top):
            return left, top, shape.right, shape.bottom
