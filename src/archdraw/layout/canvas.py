"""Where a layout puts its shapes: layers in painting order, and the places that lines are led to afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from typing import Literal

from archdraw.fonts import Weight, packaged, set_out, shown, text_width
from archdraw.layout.colours import Colours
from archdraw.layout.diagram.measures import BOX_STROKE, CORNER, DOT, EDGE, HIGHLIGHT
from archdraw.layout.ends import linked
from archdraw.layout.extents import Extents, extents, legs
from archdraw.layout.joined import joined
from archdraw.layout.place import Place as Place
from archdraw.layout.steps import stepped
from archdraw.remarks import UNMARKED, Mark
from archdraw.scene import Circle, Element, Group, Line, OpenEnds, Point, Rect, Scene, Text, rounded
from archdraw.shapes import HEAD, all_rounded, rounded_point
from archdraw.theme import Theme

Layer = Literal["ground", "line", "object"]
UNKNOWN_DASH = (6.0, 4.0)
"""The border of what is not known, or not there."""


class Canvas:
    """Collects the shapes of one scene; the only mutable thing of the layout.

    A picture has sections, one after the other. Of each, ground (frames) is painted first, then lines, then objects
    with their words, in the order of arrival, which is the order of reading. Colours are painted by their names.
    """

    def __init__(self, theme: Theme | Colours, accent: int | None = None) -> None:
        """``accent`` is that of the one developer that the picture is about; None for a picture of several."""
        self.theme = Colours(theme) if isinstance(theme, Theme) else theme
        self.paint_for(accent)
        self.mirrors = False  # whether left and right are changed in the finished picture
        self.places: dict[str, Place] = {}
        self.opens: dict[str, str] = {}
        """The panels that boxes open, by the paths of these."""
        self.read: frozenset[str] = frozenset()
        """The paths of boxes beside the line from which lines lead to others."""
        self._layers: dict[Layer, list[Element]] = {"ground": [], "line": [], "object": []}
        self._open: list[list[Element]] = []
        self._lines: list[Line] = []
        self._ground: list[Element] = []
        self._painted: list[Element] = []
        self._frames, self._objects = Extents(self._ground, extents), Extents(self._painted, extents)
        self._legs = Extents(self._lines, legs)

    def paint_for(self, accent: int | None) -> None:
        """Goes on with the accent of another developer."""
        self.accent = self.theme.accent(accent)
        self.tint = self.theme.tint(self.accent)

    def elements(self) -> tuple[Element, ...]:
        """Everything so far of the section that is open, in painting order."""
        return (*self._layers["ground"], *joined(self._layers["line"]), *self._layers["object"])

    def scene(
        self,
        width: float,
        height: float,
        title: str,
        description: str,
        *,
        below: Canvas | None = None,
        at_once: tuple[float, float] | None = None,
        printed: tuple[float, float] | None = None,
    ) -> Scene:
        """The finished picture, over what was painted on the canvas ``below`` it.

        Its sides are whole numbers: renderers round others each in its own way, and draw the whole picture blurred.
        """
        opens = {**(below.opens if below else {}), **self.opens}
        children, steps = stepped(linked((*(below.elements() if below else ()), *self.elements()), opens))
        return Scene(
            _whole(width),
            _whole(height),
            title,
            description,
            self.theme.page,
            children,
            at_once=at_once,
            printed=printed,
            steps=steps,
            palette={**below.theme.palette, **self.theme.palette} if below else self.theme.palette,
        )

    def is_crossed(self, place: Place) -> bool:
        """Whether a line that has been painted passes through ``place``."""
        return bool(self._legs.reaching(*place.edges))

    def uprights(self, y: float, left: float, right: float) -> list[float]:
        """Where lines cross a level one at ``y`` from ``left`` to ``right``, from the left."""
        return _crossings([line.points for line in self._lines], y, left, right)

    def levels(self, x: float, top: float, bottom: float) -> list[float]:
        """Where lines cross an upright one at ``x`` from ``top`` to ``bottom``, from the top."""
        return _crossings([[(b, a) for a, b in line.points] for line in self._lines], x, top, bottom)

    def is_free(self, place: Place) -> bool:
        """Whether no line passes through ``place``, no box or disc reaches into it, and no border of a frame does."""
        if self.is_crossed(place) or self._objects.reaching(*place.edges):
            return False
        return all(
            kind is not Rect
            or (left <= place.left and top <= place.top and right >= place.right and bottom >= place.bottom)
            for left, top, right, bottom, kind in self._frames.reaching(*place.edges)
        )

    def is_barred(self, place: Place) -> bool:
        """Whether a line, a box or a disc reaches into ``place``."""
        return any(extent.kind is not Text for extent in self._objects.reaching(*place.edges)) or self.is_crossed(place)

    def is_blank(self, place: Place) -> bool:
        """Whether there are no words in ``place``, and no disc."""
        return all(extent.kind is Rect for extent in self._objects.reaching(*place.edges))

    @contextmanager
    def section(
        self, role: str, title: str = "", *, path: str = "", panel: str = "", opens: str = ""
    ) -> Iterator[None]:
        """What is painted inside is one part of the picture, with ground, lines and objects of its own.

        It stands over all that was painted before; a part of nothing is none.
        """
        outer, self._layers = self._layers, {"ground": [], "line": [], "object": []}
        try:
            yield
        finally:
            children, self._layers = self.elements(), outer
            if children:
                self._layers["object"].append(Group(children, path, title, role=role, panel=panel, opens=opens))

    def group(
        self,
        path: str,
        title: str,
        href: str = "",
        *,
        role: str = "",
        opens: str = "",
        layers: tuple[int, ...] = (),
        open_ends: OpenEnds = "",
        layer: Layer = "object",
    ) -> AbstractContextManager[None]:
        """What is painted inside belongs together, under ``path`` and with ``title`` as its tooltip.

        With ``href`` the whole is a link to there; the rest as of a :class:`archdraw.scene.Group`.
        """

        def close(children: tuple[Element, ...]) -> None:
            self._add(Group(children, path, title, href, role, "", opens, layers, None, open_ends), layer)

        return _Opened(self._open, close)

    def _add(self, element: Element, layer: Layer) -> None:
        if layer == "line" and isinstance(element, Line):
            self._lines.append(element)
        if self._open:
            self._open[-1].append(element)
            return
        self._layers[layer].append(element)
        if layer != "line":
            (self._ground if layer == "ground" else self._painted).append(element)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None,
        stroke: str | None = None,
        stroke_width: float = BOX_STROKE,
        radius: float = CORNER,
        kind: Literal["ground", "container", "box", "mark"] = "box",
        layer: Layer = "object",
        dash: tuple[float, ...] = (),
    ) -> None:
        width_of_stroke = stroke_width if stroke else 0
        x, y, width, height, radius = all_rounded(x, y, width, height, radius)
        self._add(Rect(x, y, width, height, radius, fill, stroke, width_of_stroke, kind, dash), layer)

    def box(self, place: Place, role: str, path: str, *, radius: float = CORNER, mark: Mark = UNMARKED) -> str:
        """A box in the colours of ``role``, as its author's ``mark`` says; the colour of words in it is returned.

        Its place is kept under ``path``.
        """
        colours, dash = self.theme.paint(mark.colour or role), UNKNOWN_DASH if role == "unknown" else ()
        stroke, thick = (self.accent, HIGHLIGHT) if mark.highlight else (colours.border, BOX_STROKE)
        size = place.left, place.top, place.right - place.left, place.bottom - place.top
        self.rect(*size, fill=colours.fill, stroke=stroke, stroke_width=thick, radius=radius, dash=dash)
        self.places[path] = place
        return colours.text

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        weight: Weight = 400,
        *,
        fill: str | None = None,
        anchor: Literal["start", "middle", "end"] = "start",
        phrase: str = "",
    ) -> None:
        """One line of text with its baseline at ``y``; of a longer ``phrase`` where that is given."""
        said, colour = shown(text), fill or self.theme.ink
        whole = shown(phrase) if phrase else said
        width = rounded(text_width(said, size, weight))
        glyphs = () if packaged(said) else set_out(said, weight).glyphs
        self._add(Text(rounded(x), rounded(y), said, size, weight, colour, width, anchor, whole, glyphs), "object")

    def line(
        self,
        *points: Point,
        arrow: bool = False,
        radius: float = CORNER,
        stroke: str | None = None,
        width: float = EDGE,
        kind: Literal["edge", "zoom", "rule"] = "edge",
        layer: Layer = "line",
        dash: tuple[float, ...] = (),
        open_ends: OpenEnds = "",
        start: str = "",
        end: str = "",
    ) -> None:
        """A line through ``points``, with a closed head at its end for an ``arrow``.

        ``open_ends`` names those that touch nothing: a line that comes into a panel, or leaves the model. What the
        others touch is found when the picture is finished, but for zoom lines, of which ``start`` and ``end`` say it.
        """
        colour = stroke or (self.theme.zoom if kind == "zoom" else self.theme.edge)
        path, head = tuple([rounded_point(x, y) for x, y in points]), HEAD if arrow else 0
        self._add(Line(path, colour, width, radius, dash, kind, head, open_ends, start, end), layer)

    def dot(self, x: float, y: float, *, colour: str | None = None, layer: Layer = "line") -> None:
        """The mark where a line is tapped."""
        self._add(Circle(rounded(x), rounded(y), DOT, colour or self.theme.edge, kind="dot"), layer)

    def node(self, x: float, y: float, radius: float, sign: Literal["+", "×"]) -> None:
        """The node where lines are added or multiplied, its sign drawn as strokes."""
        colours = self.theme.paint("plain")
        title = "add" if sign == "+" else "multiply"
        with self.group("", title, role=title):
            disc = Circle(rounded(x), rounded(y), radius, colours.fill, colours.border, BOX_STROKE, "node")
            self._add(disc, "object")
            arm = radius * (0.55 if sign == "+" else 0.42)
            strokes = (
                (((-1, 0), (1, 0)), ((0, -1), (0, 1))) if sign == "+" else (((-1, -1), (1, 1)), ((-1, 1), (1, -1)))
            )
            for (ax, ay), (bx, by) in strokes:
                ends = (rounded_point(x + ax * arm, y + ay * arm), rounded_point(x + bx * arm, y + by * arm))
                self._add(Line(ends, colours.border, 1.75, kind="rule"), "object")

    def upright(self, place: Place) -> tuple[Canvas, Place]:
        """Where ``place`` of a diagram lies on the page, and the canvas of that: for words, which are never turned."""
        return self, place

    def add(self, element: Element, layer: Layer = "object") -> None:
        """Any other shape, or a group of them."""
        self._add(element, layer)


class _Opened:
    """What is painted inside is collected, and is given to ``close`` at the end.

    A picture has a hundred groups: a generator takes several times as long for each.
    """

    def __init__(self, waiting: list[list[Element]], close: Callable[[tuple[Element, ...]], None]) -> None:
        self._waiting, self._close = waiting, close

    def __enter__(self) -> None:
        self._waiting.append([])

    def __exit__(self, *_: object) -> None:
        self._close(tuple(self._waiting.pop()))


def _crossings(lines: Iterable[Sequence[Point]], level: float, start: float, end: float) -> list[float]:
    """Where straight pieces of ``lines`` cross a ``level`` between ``start`` and ``end``."""
    pieces = (piece for points in lines for piece in pairwise(points))
    return sorted({x for (x, a), (z, b) in pieces if x == z and start < x < end and min(a, b) < level < max(a, b)})


def _whole(side: float) -> int:
    """``side`` up to the next whole number, but for what rounding has left."""
    return math.ceil(rounded(side))
