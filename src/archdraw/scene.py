"""The picture as geometry: absolute, rounded and dumb.

A scene is all that a writer sees and all that :func:`archdraw.lint.faults.faults` judges. Lengths are design px,
which are also viewBox units; x grows to the right, y downwards. Colours are ``#RRGGBB``. Every shape says what it is
for (``kind``), so that a fault and an intention differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from typing import Literal, TypeAlias

from archdraw.records import record

Point: TypeAlias = tuple[float, float]
OpenEnds: TypeAlias = Literal["", "start", "end", "both"]
"""The ends of a line that touch nothing."""

LEAST_TEXT = 0.0085
"""The smallest text as a share of the shorter side of what is seen at once."""


def rounded(value: float) -> float:
    """``value`` to a hundredth, the resolution of a scene; never ``-0.0``."""
    return round(value, 2) + 0.0


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
    """A polyline with its corners rounded by ``radius``; an arrow head is a :class:`Polygon` beside it.

    ``kind``: "edge" data flows along it; "zoom" joins a box to its inset, or a mark to its name; "rule" a bracket, a
    rule of a table, the stroke of a sign inside a disc: part of a figure that belongs to the box it lies in.
    ``arrow``: a head lies at its end. ``open_ends``: those that touch nothing on purpose, since what they come from or
    lead to is not in the picture; each other end of an edge or a zoom line lies on something.
    """

    points: tuple[Point, ...]
    stroke: str
    stroke_width: float = 2
    radius: float = 0
    dash: tuple[float, ...] = ()
    kind: Literal["edge", "zoom", "rule"] = "edge"
    arrow: bool = False
    open_ends: OpenEnds = ""


@record
class Polygon:
    """A filled polygon. ``kind``: "head" of an arrow, its tip the first point; "mark" part of a figure."""

    points: tuple[Point, ...]
    fill: str
    kind: Literal["head", "mark"] = "mark"


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


@record
class Group:
    """Things that belong together: a block's ``path`` becomes the SVG id, ``title`` its tooltip, ``href`` its link.

    A link to another group of the same picture is that one's path after a ``#``.
    """

    children: tuple[Element, ...]
    path: str = ""
    title: str = ""
    href: str = ""


Element: TypeAlias = "Rect | Line | Polygon | Circle | Text | Group"
Shape: TypeAlias = "Rect | Line | Polygon | Circle | Text"


@record
class Scene:
    """A whole picture of ``width`` by ``height`` px on ``background`` (None: transparent).

    ``at_once`` is the width and height of what a reader sees at one time: the whole where it is None, else the largest
    part of a sheet that is walked along. ``printed`` is the width and height that the picture has on paper, in px of
    1/96 inch, where that is not its own. ``left_out`` are the titles of what the picture has no room for,
    ``undrawn`` the paths of what belongs in it and has no place.
    """

    width: float
    height: float
    title: str
    description: str
    background: str | None
    children: tuple[Element, ...]
    language: str = "en"
    metadata: dict[str, str] = field(default_factory=dict)
    at_once: tuple[float, float] | None = None
    printed: tuple[float, float] | None = None
    left_out: tuple[str, ...] = ()
    undrawn: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as a file has them, in px of 1/96 inch: those on paper, else the picture's own."""
        return self.printed or (self.width, self.height)

    def shapes(self) -> Iterator[Shape]:
        """Every shape in painting order, groups opened."""
        yield from _shapes(self.children)


def _shapes(elements: tuple[Element, ...]) -> Iterator[Shape]:
    for element in elements:
        if isinstance(element, Group):
            yield from _shapes(element.children)
        else:
            yield element


Bounds: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of an upright rectangle, in px."""


def bounds(elements: tuple[Element, ...]) -> Bounds:
    """What ``elements`` take up, without their strokes; raises ValueError where there are none."""
    lefts, tops, rights, bottoms = zip(*map(_extent, _shapes(elements)), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _extent(shape: Shape) -> Bounds:
    match shape:
        case Circle(x=x, y=y, radius=radius):
            return x - radius, y - radius, x + radius, y + radius
        case Line(points=points) | Polygon(points=points):
            across, down = zip(*points, strict=True)
            return min(across), min(down), max(across), max(down)
        case Rect(x=left, y=top) | Text(left=left, top=top):
            return left, top, shape.right, shape.bottom


def paths_of(elements: tuple[Element, ...]) -> Iterator[str]:
    """The paths of all groups that have one, each before those inside it."""
    for element in elements:
        if isinstance(element, Group):
            if element.path:
                yield element.path
            yield from paths_of(element.children)


def links_of(elements: tuple[Element, ...]) -> Iterator[str]:
    """Where the links of all groups lead to."""
    for element in elements:
        if isinstance(element, Group):
            if element.href:
                yield element.href
            yield from links_of(element.children)


def moved(elements: tuple[Element, ...], right: float, down: float, under: str = "") -> tuple[Element, ...]:
    """``elements`` somewhere else: ``right`` and ``down`` px further, their paths below the path ``under``."""
    return tuple(_moved(element, right, down, under) for element in elements)


def _moved(element: Element, right: float, down: float, under: str) -> Element:
    match element:
        case Group(children=children, path=path):
            below = f"{under}/{path}" if under and path else path
            return replace(element, children=moved(children, right, down, under), path=below)
        case Line(points=points) | Polygon(points=points):
            return replace(element, points=tuple((rounded(x + right), rounded(y + down)) for x, y in points))
        case _:
            return replace(element, x=rounded(element.x + right), y=rounded(element.y + down))
