"""The picture as geometry, and what it means: all that a writer sees, and all that :mod:`archdraw.lint` judges.

A scene is shapes (:mod:`archdraw.shapes`) in groups. What is in the picture for what, which block a box is, what a line
leaves and enters, which panel opens what, and in which order it may be built up is said here, once: data attributes of
SVG, shapes of slides, tags of PDF, hover texts and search read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import TypeAlias

from archdraw.records import record
from archdraw.shapes import Bounds as Bounds
from archdraw.shapes import Circle as Circle
from archdraw.shapes import Glyph as Glyph
from archdraw.shapes import Line as Line
from archdraw.shapes import OpenEnds as OpenEnds
from archdraw.shapes import Point as Point
from archdraw.shapes import Polygon as Polygon
from archdraw.shapes import Rect as Rect
from archdraw.shapes import Shape as Shape
from archdraw.shapes import Text as Text
from archdraw.shapes import extent as extent
from archdraw.shapes import rounded as rounded

LEAST_TEXT = 0.0085
"""The smallest text as a share of the shorter side of what is seen at once."""


@record
class Group:
    """Things that belong together.

    A block's ``path`` becomes the SVG id, ``title`` its tooltip, ``href`` its link; a link to another group of the same
    picture is that one's path after a ``#``.

    ``role`` says what it is: that of a theme for the box of a block ("attention"), else a part of the picture
    ("header", "model", "frame", "panel", "zoom", "strip", "footer"). ``panel`` is the name of the panel that it is, its
    letter where it has one; what is inside is in that panel. ``opens`` is the name of the panel that shows what is in
    the block. ``layers`` are the numbers of the layers that it stands for, from 0, where it stands for some. ``step``
    is the index of the step in which it appears where the picture is built up: one of the scene's ``steps``. A block
    that no line enters has the ``open_ends`` "start", one that none leaves "end".
    """

    children: tuple[Element, ...]
    path: str = ""
    title: str = ""
    href: str = ""
    role: str = ""
    panel: str = ""
    opens: str = ""
    layers: tuple[int, ...] = ()
    step: int | None = None
    open_ends: OpenEnds = ""


FRAME = "frame"
"""The role of a frame around blocks that are drawn in it."""
Element: TypeAlias = "Rect | Line | Polygon | Circle | Text | Group"


@record
class Scene:
    """A whole picture of ``width`` by ``height`` px, whole numbers, on ``background`` (None: transparent).

    ``metadata`` is what a file says of its origin (:mod:`archdraw.provenance`).

    ``palette`` resolves the names of colours; the same scene with the palette of another theme is the picture in that.
    ``steps`` name what is shown one after the other where the picture is built up; each shape of a step is in a group,
    or is a line, that has its index.

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
    metadata: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    at_once: tuple[float, float] | None = None
    printed: tuple[float, float] | None = None
    left_out: tuple[str, ...] = ()
    undrawn: tuple[str, ...] = ()
    palette: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[str, ...] = ()

    def colour(self, name: str) -> str:
        """The colour of that ``name`` as ``#RRGGBB``; one that is written so is itself."""
        return self.palette.get(name, name)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as a file has them, in px of 1/96 inch: those on paper, else the picture's own."""
        return self.printed or (self.width, self.height)

    def shapes(self) -> Iterator[Shape]:
        """Every shape in painting order, groups opened."""
        return iter(_shapes(self.children))


def _shapes(elements: tuple[Element, ...]) -> list[Shape]:
    found: list[Shape] = []
    for element in elements:
        match element:
            case Group(children=children):
                found += _shapes(children)
            case shape:
                found.append(shape)
    return found


def bounds(elements: tuple[Element, ...]) -> Bounds:
    """What ``elements`` take up, without their strokes; raises ValueError where there are none."""
    lefts, tops, rights, bottoms = zip(*map(extent, _shapes(elements)), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def groups_of(elements: tuple[Element, ...]) -> list[Group]:
    """All groups among ``elements``, each before those inside it."""
    found: list[Group] = []
    for element in elements:
        match element:
            case Group(children=children):
                found += [element, *groups_of(children)]
    return found


def paths_of(elements: tuple[Element, ...]) -> Iterator[str]:
    """The paths of all groups that have one, each before those inside it."""
    return (group.path for group in groups_of(elements) if group.path)


def links_of(elements: tuple[Element, ...]) -> Iterator[str]:
    """Where the links of all groups lead to."""
    return (group.href for group in groups_of(elements) if group.href)


def until(scene: Scene, step: int) -> Scene:
    """``scene`` as it is after the step of that index, one of its ``steps``; its title names the step."""
    title = f"{scene.title}, step {step + 1} of {len(scene.steps)}: {scene.steps[step]}"
    return replace(scene, title=title, children=_until(scene.children, step))


def _until(elements: tuple[Element, ...], step: int) -> tuple[Element, ...]:
    found: list[Element] = []
    for element in elements:
        if isinstance(element, Group | Line) and element.step is not None and element.step > step:
            continue
        if isinstance(element, Group):
            element = replace(element, children=_until(element.children, step))
        found.append(element)
    return tuple(found)


def moved(
    elements: tuple[Element, ...], right: float, down: float, under: str = "", *, steps: bool = False
) -> tuple[Element, ...]:
    """``elements``, ``right`` and ``down`` px further, their paths below the path ``under``.

    In another picture they have no steps; in the same one they keep their ``steps``.
    """
    return tuple(_moved(element, right, down, under, steps) for element in elements)


def _moved(element: Element, right: float, down: float, under: str, steps: bool) -> Element:
    match element:
        case Group(children=children, path=path, step=step):
            below = f"{under}/{path}" if under and path else path
            inside = moved(children, right, down, under, steps=steps)
            return replace(element, children=inside, path=below, step=step if steps else None)
        case Line(points=points, start=start, end=end, step=step):
            start, end = (f"{under}/{path}" if under and path else path for path in (start, end))
            there = tuple((rounded(x + right), rounded(y + down)) for x, y in points)
            return replace(element, points=there, start=start, end=end, step=step if steps else None)
        case Polygon(points=points):
            return replace(element, points=tuple((rounded(x + right), rounded(y + down)) for x, y in points))
        case _:
            return replace(element, x=rounded(element.x + right), y=rounded(element.y + down))
