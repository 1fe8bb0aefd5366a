"""Scenes as files of draw.io (diagrams.net), in which people go on drawing.

A block is one shape with its words, lines are joined to the blocks and follow them, what is in a frame or a panel moves
with it. Letters are Helvetica, as draw.io has it: it takes the fonts of the computer, and those of a text that is not
there are not Inter but Times. Nothing in the file is fetched from anywhere.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import assert_never

from archdraw.scene import Bounds, Circle, Element, Group, Line, Point, Polygon, Rect, Scene, Text, bounds
from archdraw.writers import TextMode
from archdraw.writers._markup import Ids, Paints
from archdraw.writers._parts import Part, Wire, parts_of
from archdraw.writers._values import number, origin, quoted, safe_link

IS_TEXT = True
FONT = "Helvetica"
BOLD = 600
"""Weights from here on are bold; draw.io has one."""
CAPITALS = 0.36
"""How far the middle of a line of words lies above its baseline, in sizes of its letters."""
LINE = 1.2
"""The height of a line of words, in sizes of its letters."""
SIGNS = {"add": "orEllipse", "multiply": "sumEllipse"}
"""Shapes of draw.io that are a disc with a sign."""
ELLIPSE = "ellipse;"
BLOCK_HEAD = 1.0
"""How much longer than its size draw.io draws a head, in widths of its line."""
WORDS = "html=1;fillColor=none;strokeColor=none;spacing=0;verticalAlign=middle;"
LOOSE = ' connectable="0"'
"""What lines that people draw are not joined to: they are joined to what it is a part of."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as a file of draw.io in UTF-8, not compressed; letters are text, whatever ``text`` says.

    Raises :class:`ArchdrawError` for a link that could run a script.
    """
    return _File(scene, scale).written().encode()


class _File:
    """One scene on its way to a file. A cell is a shape, a line or a group of such; places are those in its parent."""

    def __init__(self, scene: Scene, scale: float) -> None:
        self.scene, self.scale = scene, scale
        self.paints, self.ids = Paints(scene), Ids("", {"0", "1", "ground", "page"})
        self.named: dict[Part, str] = {}
        self.out: list[str] = []

    def written(self) -> str:
        scene, said = self.scene, origin(self.scene)
        root = f'<object id="0" label="" archdraw="{quoted(said)}"><mxCell /></object>' if said else '<mxCell id="0" />'
        self.out = [root, *self.ground(), '<mxCell id="1" parent="0" />']
        picture = parts_of(scene)
        # Lines are painted before the blocks that they join.
        for part in picture.parts:
            group = part.group or Group(())
            self.named[part] = self.ids.take(group.path or group.panel or group.role or part.kind)
        for one in picture.everything:
            if isinstance(one, Part):
                self.part(one)
            else:
                self.wire(one)
        wide, high = self.px(scene.width), self.px(scene.height)
        ground = f' background="{self.paints[scene.background]}"' if scene.background else ""
        return (
            f'<mxfile host="archdraw"><diagram id="picture" name="{quoted(scene.title)}">'
            f'<mxGraphModel adaptiveColors="none" arrows="1"{ground} connect="1" dx="{wide}" dy="{high}" fold="1"'
            f' grid="0" guides="1" math="0" page="1" pageHeight="{high}" pageScale="1" pageWidth="{wide}" shadow="0"'
            f' tooltips="1"><root>{"".join(self.out)}</root></mxGraphModel></diagram></mxfile>\n'
        )

    def ground(self) -> Iterator[str]:
        """The ground of the page as a layer of its own, locked: pictures that draw.io makes have it, too."""
        if self.scene.background:
            place = f'width="{self.px(self.scene.width)}" height="{self.px(self.scene.height)}"'
            yield '<mxCell id="ground" value="Ground" style="locked=1;" parent="0" />'
            yield (
                f'<mxCell id="page" style="fillColor={self.paints[self.scene.background]};strokeColor=none;" vertex="1"'
                f' parent="ground"><mxGeometry {place} as="geometry" /></mxCell>'
            )

    def px(self, value: float) -> str:
        return number(value * self.scale)

    def parent(self, part: Part | None) -> tuple[str, Point]:
        """The id of the cell of ``part``, and where what is in it begins; the page where it is None."""
        return ("1", (0.0, 0.0)) if part is None else (self.named[part], part.place[:2])

    def part(self, part: Part) -> None:
        group = part.group or Group(())
        parent, start = self.parent(part.parent)
        name = self.named[part]
        match part.kind:
            case "text":
                self.element(part.inside[0], parent, start)
            case "figure":
                self.figure(part.inside, part.place, parent, start, name, group)
            case "container" | "dot":
                assert part.shape is not None
                style = self.shape(part.shape) + ("container=1;collapsible=0;" if part.kind == "container" else "")
                self.vertex(name, style, part.place, parent, start, group=group)
            case "block":
                self.block(part, name, parent, start, group)
            case _:
                assert_never(part.kind)

    def block(self, part: Part, name: str, parent: str, start: Point, group: Group) -> None:
        """A block with its words as its label, where draw.io sets them as they stand, else as parts of it."""
        assert part.shape is not None
        style, rest = self.shape(part.shape), part.inside
        if isinstance(part.shape, Circle) and group.role in SIGNS and all(isinstance(one, Line) for one in rest):
            sign = f"shape={SIGNS[group.role]};perimeter=ellipsePerimeter;"
            style, rest = sign + style.removeprefix(ELLIPSE), ()
        label = ""
        if rest and part.is_labelled:
            label, words = self.label(part.texts)
            style, rest = style + words, ()
        if rest:
            style += "container=1;collapsible=0;"
        self.vertex(name, style, part.place, parent, start, label, group=group)
        self.elements(rest, name, part.place[:2])

    def label(self, texts: list[Text]) -> tuple[str, str]:
        """The words of a box as HTML, and their style: that of the first line; others say how they differ."""
        first, lines = texts[0], []
        bold = all(text.weight >= BOLD for text in texts)
        for text in texts:
            words = html.escape(text.text, quote=False)
            style = "" if text.size == first.size else f"font-size: {self.px(text.size)}px;"
            style += "" if text.fill == first.fill else f"color: {self.paints[text.fill]};"
            words = f"<b>{words}</b>" if text.weight >= BOLD and not bold else words
            lines.append(f'<font style="{style}">{words}</font>' if style else words)
        return "<br>".join(lines), f"html=1;spacing=0;{self.letters(first, bold=bold)}"

    def letters(self, text: Text, *, bold: bool) -> str:
        size, colour = self.px(text.size), self.paints[text.fill]
        return f"fontFamily={FONT};fontSize={size};fontColor={colour};{'fontStyle=1;' if bold else ''}"

    def shape(self, shape: Rect | Circle) -> str:
        """The style of a rectangle or a disc."""
        fill, stroke = self.paints[shape.fill], "none"
        if shape.stroke and shape.stroke_width > 0:
            stroke = f"{self.paints[shape.stroke]};strokeWidth={self.px(shape.stroke_width)}"
        style = f"fillColor={fill};strokeColor={stroke};"
        if isinstance(shape, Circle):
            return ELLIPSE + style
        rounding = f"rounded=1;absoluteArcSize=1;arcSize={self.px(2 * shape.radius)};" if shape.radius else "rounded=0;"
        return style + rounding + self.dashed(shape.dash)

    def dashed(self, dash: tuple[float, ...]) -> str:
        return f"dashed=1;fixDash=1;dashPattern={' '.join(map(self.px, dash))};" if dash else ""

    def figure(
        self, elements: tuple[Element, ...], place: Bounds, parent: str, start: Point, name: str, group: Group
    ) -> None:
        """What belongs together and has no border: a group, or the one thing that it is."""
        if len(elements) == 1 and not group.title:
            self.elements(elements, parent, start)
            return
        self.vertex(name, "group;", place, parent, start, group=group, more=LOOSE)
        self.elements(elements, name, place[:2])

    def elements(self, elements: Iterable[Element], parent: str, start: Point) -> None:
        for element in elements:
            self.element(element, parent, start)

    def element(self, element: Element, parent: str, start: Point) -> None:
        """A part of a figure, in the cell ``parent`` that begins at ``start``; no line is joined to it."""
        match element:
            case Group():
                if element.children:
                    name = self.ids.take(element.role or "group")
                    self.figure(element.children, bounds((element,)), parent, start, name, element)
            case Rect() | Circle():
                name = self.ids.take(element.kind)
                self.vertex(name, self.shape(element), bounds((element,)), parent, start, more=LOOSE)
            case Polygon():
                left, top, right, bottom = place = bounds((element,))
                wide, high = right - left or 1, bottom - top or 1
                corners = [[round((x - left) / wide, 4), round((y - top) / high, 4)] for x, y in element.points]
                style = (
                    f"shape=mxgraph.basic.polygon;polyCoords={json.dumps(corners, separators=(',', ':'))};polyline=0;"
                )
                style += f"fillColor={self.paints[element.fill]};strokeColor=none;"
                self.vertex(self.ids.take("polygon"), style, place, parent, start, more=LOOSE)
            case Line():
                self.edge(element, element.points, parent, start)
            case Text():
                if element.text.strip():
                    self.words(element, parent, start)
            case _:
                assert_never(element)

    def words(self, text: Text, parent: str, start: Point) -> None:
        """A line of words by itself, where it stands."""
        middle, high = text.y - CAPITALS * text.size, LINE * text.size
        align = {"start": "left", "middle": "center", "end": "right"}[text.anchor]
        style = f"text;{WORDS}align={align};{self.letters(text, bold=text.weight >= BOLD)}"
        place = text.left, middle - high / 2, text.right, middle + high / 2
        label = html.escape(text.text, quote=False)
        self.vertex(self.ids.take("text"), style, place, parent, start, label, more=LOOSE)

    def vertex(
        self,
        name: str,
        style: str,
        place: Bounds,
        parent: str,
        start: Point,
        label: str = "",
        *,
        group: Group | None = None,
        more: str = "",
    ) -> None:
        left, top, right, bottom = place
        where = f'x="{self.px(left - start[0])}" y="{self.px(top - start[1])}"'
        size = f'width="{self.px(right - left)}" height="{self.px(bottom - top)}"'
        cell = f'style="{quoted(style)}" vertex="1" parent="{parent}"{more}><mxGeometry {where} {size} as="geometry" />'
        said = "".join(f' {key}="{quoted(value)}"' for key, value in _said(group)) if group else ""
        if said:
            self.out.append(f'<object id="{name}" label="{quoted(label)}"{said}><mxCell {cell}</mxCell></object>')
        else:
            self.out.append(f'<mxCell id="{name}" value="{quoted(label)}" {cell}</mxCell>')

    def wire(self, wire: Wire) -> None:
        parent, start = self.parent(wire.parent)
        ends = [("source", "exit", wire.source, wire.points[0]), ("target", "entry", wire.target, wire.points[-1])]
        arrows, joined = list(map(self.disc, wire.discs)), ""
        if wire.head:
            size = self.px(wire.line.head - BLOCK_HEAD * wire.line.stroke_width)
            arrows[1] = f"block;endFill=1;endSize={size}"
        style = f"startArrow={arrows[0].replace('end', 'start')};endArrow={arrows[1]};"
        for side, word, part, point in ends:
            if part is not None:
                joined += f' {side}="{self.named[part]}"'
                style += "".join(f"{word}{axis}={value};" for axis, value in zip("XY", part.share(point), strict=True))
                style += f"{word}Dx=0;{word}Dy=0;{word}Perimeter=0;"
        if wire.source and wire.target and wire.parent not in (wire.source, wire.target) and _is_upright(wire.points):
            # Where an end is loose, or at the border of what is around the line, draw.io would lead it around that.
            style += "edgeStyle=orthogonalEdgeStyle;"
        self.edge(wire.line, wire.points, parent, start, style, joined)

    def disc(self, diameter: float) -> str:
        return f"oval;endFill=1;endSize={self.px(diameter)}" if diameter else "none"

    def edge(
        self,
        line: Line,
        points: tuple[Point, ...],
        parent: str,
        start: Point,
        more: str = "startArrow=none;endArrow=none;",
        joined: str = "",
    ) -> None:
        """A line through ``points``; ``more`` of its style, and the cells that it is ``joined`` to."""
        style = f"strokeColor={self.paints[line.stroke]};strokeWidth={self.px(line.stroke_width)};"
        style += f"rounded=1;arcSize={self.px(2 * line.radius)};" if line.radius else "rounded=0;"
        style += self.dashed(line.dash)
        first, *middle, last = [f'x="{self.px(x - start[0])}" y="{self.px(y - start[1])}"' for x, y in points]
        corners = "".join(f"<mxPoint {place} />" for place in middle)
        corners = f'<Array as="points">{corners}</Array>' if corners else ""
        self.out.append(
            f'<mxCell id="{self.ids.take("line")}" style="{quoted(style + more)}" edge="1" parent="{parent}"{joined}>'
            f'<mxGeometry relative="1" as="geometry"><mxPoint {first} as="sourcePoint" />'
            f'<mxPoint {last} as="targetPoint" />'
            f"{corners}</mxGeometry></mxCell>"
        )


def _said(group: Group) -> Iterator[tuple[str, str]]:
    """What draw.io shows of a block: as a tooltip, as a link, and in its data."""
    if group.title:
        yield "tooltip", group.title
    if group.href and not group.href.startswith("#"):
        yield "link", safe_link(group.href)
    for key, value in (("path", group.path), ("role", group.role), ("panel", group.panel), ("opens", group.opens)):
        if value:
            yield key, value


def _is_upright(points: tuple[Point, ...]) -> bool:
    return all(x == right or y == below for (x, y), (right, below) in pairwise(points))
