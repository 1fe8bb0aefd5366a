"""Scenes as SVG.

Only what looks the same in browsers, Inkscape, LibreOffice, librsvg, CairoSVG and resvg: presentation attributes,
six-digit colours, baselines as numbers, arrow heads as polygons. No script, no reference to anything outside. The same
scene gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, assert_never, cast

from svgwrite import Drawing
from svgwrite.base import BaseElement
from svgwrite.etree import etree

from archdraw.fonts import FALLBACK, UNITS, Weight, embedded_faces, outline
from archdraw.scene import Circle, Element, Group, Line, Polygon, Rect, Scene, Text, paths_of
from archdraw.writers import TextMode
from archdraw.writers._values import clean, number, rounded_path, safe_link

IS_TEXT = True
SEE_THROUGH = "0.01"
"""The opacity of a text over its outlines: programs that make PDF of it leave out what has none."""
_NOT_ID = re.compile(r"[^A-Za-z0-9_.]+")


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as an SVG file in UTF-8."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg(scene, text=text, scale=scale)}\n'.encode()


def svg(scene: Scene, text: TextMode = "embed", *, prefix: str = "", scale: float = 1.0) -> str:
    """``scene`` as an ``<svg>`` element.

    ``text`` "embed" writes letters as text and puts Inter into the file; "outline" writes them as shapes, which look
    the same wherever fonts cannot be embedded; "searchable" adds a transparent text to those. All ids begin with
    ``prefix``, so that several pictures fit in one page. ``scale`` multiplies width and height, not the viewBox.

    Raises :class:`archdraw.fonts.MissingGlyph` where the font lacks a glyph, :class:`ArchdrawError` for a link that
    could run a script, :class:`ValueError` for a coordinate that is no number.
    """
    return _Picture(scene, text, prefix, scale).written()


@dataclass(slots=True)
class _Ids:
    """Gives out ids that are unique in a picture and readable: words of letters, figures, ``_ . -``."""

    prefix: str
    taken: set[str] = field(default_factory=set)

    def take(self, wish: str) -> str:
        base = self.prefix + (_NOT_ID.sub("-", wish).strip("-") or "block")
        if not base[0].isalpha() and base[0] != "_":
            base = f"_{base}"
        name, count = base, 1
        while name in self.taken:
            count += 1
            name = f"{base}-{count}"
        self.taken.add(name)
        return name


class _Tag(BaseElement):  # type: ignore[misc]
    """Any element, with its attributes as they are to stand in the file, and its text.

    The classes of svgwrite compute attributes of their own, and know none for access; this one writes what it is given.
    """

    def __init__(self, drawing: Drawing, name: str, attributes: dict[str, str], text: str = "") -> None:
        super().__init__(factory=drawing)
        self.elementname, self.attribs, self.text = name, attributes, text

    def get_xml(self) -> Any:
        xml = super().get_xml()
        if self.text:
            xml.text = self.text
        return xml


class _Picture:
    """One scene on its way to SVG."""

    def __init__(self, scene: Scene, text: TextMode, prefix: str, scale: float) -> None:
        self.scene, self.text, self.scale = scene, text, scale
        if prefix and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", prefix):
            raise ValueError(f"{prefix!r} cannot begin an id")
        self.ids = _Ids(prefix)
        self.drawing = Drawing(size=None, debug=False)
        self.glyphs: dict[tuple[int, str], str] = {}
        self.letters: dict[Weight, set[str]] = {}
        self.linked = False
        self.group_ids: list[tuple[str, str]] = []
        self.places: dict[str, str] = {}

    def written(self) -> str:
        scene, drawing = self.scene, self.drawing
        title, description = self.ids.take("title"), self.ids.take("description")
        # Links within the picture may lead to what comes later: all ids are given out before anything is written.
        self.group_ids = [(path, self.ids.take(path)) for path in paths_of(scene.children)]
        self.places = dict(reversed(self.group_ids))
        self.group_ids.reverse()
        body: list[_Tag] = []
        if scene.background is not None:
            body.append(self.rect(Rect(0, 0, scene.width, scene.height, fill=scene.background)))
        body += self.elements(scene.children)
        if self.text == "searchable":
            body.append(self.text_layer())
        drawing.elements = [
            self.make("title", clean(scene.title), id=title),
            self.make("desc", clean(scene.description), id=description),
            *self.metadata(),
            *self.style(),
            *self.definitions(),
            *body,
        ]
        width, height = number(scene.width), number(scene.height)
        drawing.attribs = {
            "viewBox": f"0 0 {width} {height}",
            "width": number(scene.size[0] * self.scale),
            "height": number(scene.size[1] * self.scale),
            # A picture with links in it is not one image for a screen reader, or the links could not be reached.
            "role": "group" if self.linked else "img",
            "aria-labelledby": f"{title} {description}",
            "xml:lang": clean(scene.language),
        }
        if self.text != "outline":
            drawing.attribs |= {"font-family": FALLBACK, "text-rendering": "geometricPrecision"}
        xml = drawing.get_xml()
        for unused in ("xmlns:ev", "baseProfile", "version"):
            del xml.attrib[unused]
        return cast(str, etree.tostring(xml, encoding="unicode"))

    def make(self, tag: str, content: str = "", /, **attributes: str | None) -> _Tag:
        """An element with these attributes, ``_`` in names standing for ``-``; None leaves one out."""
        given = {name.replace("_", "-"): value for name, value in attributes.items() if value is not None}
        return _Tag(self.drawing, tag, given, content)

    def metadata(self) -> list[_Tag]:
        """The scene's metadata as JSON."""
        data = {key: clean(value) for key, value in sorted(self.scene.metadata.items())}
        return [self.make("metadata", json.dumps(data, ensure_ascii=False))] if data else []

    def style(self) -> list[Any]:
        """The fonts, where text is embedded: each weight in use, the small subset where that has all the letters."""
        if self.text != "embed" or not self.letters:
            return []
        rules = "".join(
            f"@font-face{{font-family:{face.family};font-weight:{face.weight};"
            f'src:url("data:font/woff2;base64,{face.data}") format("woff2")}}'
            for face in embedded_faces(self.letters)
        )
        return [self.drawing.style(rules)]

    def definitions(self) -> list[_Tag]:
        """The outlines of all glyphs in use, by weight and code."""
        if not self.glyphs:
            return []
        definitions = self.make("defs")
        for (weight, name), path in sorted(self.glyphs.items()):
            definitions.add(self.make("path", id=self.glyph_id(weight, name), d=path))
        return [definitions]

    def glyph_id(self, weight: int, name: str) -> str:
        return f"{self.ids.prefix}g{weight}-{_NOT_ID.sub('-', name)}"

    def elements(self, elements: Iterable[Element]) -> list[_Tag]:
        return [self.element(element) for element in elements]

    def element(self, element: Element) -> _Tag:
        match element:
            case Group():
                return self.group(element)
            case Rect():
                return self.rect(element)
            case Line():
                return self.line(element)
            case Polygon():
                points = " ".join(f"{number(x)},{number(y)}" for x, y in element.points)
                return self.make("polygon", points=points, fill=element.fill)
            case Circle():
                return self.make(
                    "circle",
                    cx=number(element.x),
                    cy=number(element.y),
                    r=number(element.radius),
                    **_paint(element.fill, element.stroke, element.stroke_width),
                )
            case Text():
                if self.text != "embed":
                    return self.outlined(element)
                return self.set_by_others(element) if element.glyphs else self.set_text(element)
            case _:
                assert_never(element)

    def group(self, group: Group) -> _Tag:
        if group.href:
            self.linked = True
            inside = self.places.get(group.href.removeprefix("#")) if group.href.startswith("#") else None
            element = self.make("a", target=None if inside else "_top")
            element.attribs |= _both_hrefs(f"#{inside}" if inside else safe_link(group.href))
        else:
            element = self.make("g")
        if group.path:
            element.attribs |= {"id": self.group_ids.pop()[1], "data-path": clean(group.path)}
        if group.title:
            element.add(self.make("title", clean(group.title)))
        for child in self.elements(group.children):
            element.add(child)
        return element

    def rect(self, rect: Rect) -> _Tag:
        return self.make(
            "rect",
            x=number(rect.x),
            y=number(rect.y),
            width=number(rect.width),
            height=number(rect.height),
            rx=number(rect.radius) if rect.radius else None,
            stroke_dasharray=" ".join(map(number, rect.dash)) or None,
            **_paint(rect.fill, rect.stroke, rect.stroke_width),
        )

    def line(self, line: Line) -> _Tag:
        return self.make(
            "path",
            d=rounded_path(line.points, line.radius),
            fill="none",
            stroke=line.stroke,
            stroke_width=number(line.stroke_width),
            stroke_dasharray=" ".join(map(number, line.dash)) or None,
        )

    def set_text(self, text: Text, **attributes: str) -> _Tag:
        """``text`` as text, with more ``attributes``."""
        weight = cast(Weight, text.weight)
        if text.text.strip() and not text.glyphs:
            self.letters.setdefault(weight, set()).update(text.text)
        element = self.make(
            "text",
            clean(text.text),
            x=number(text.x),
            y=number(text.y),
            font_size=number(text.size),
            font_weight=str(text.weight) if text.weight != 400 else None,
            fill=text.fill,
            text_anchor=text.anchor if text.anchor != "start" else None,
            **attributes,
        )
        if text.text != text.text.strip() or "  " in text.text:
            element.attribs["xml:space"] = "preserve"
        return element

    def outlined(self, text: Text) -> _Tag:
        """``text`` as uses of glyphs, set out in font units inside a scaled group."""
        weight = cast(Weight, text.weight)
        scale = f"{text.size / UNITS:.8f}".rstrip("0").rstrip(".")
        group = self.make(
            "g", fill=text.fill, transform=f"translate({number(text.left)} {number(text.y)}) scale({scale})"
        )
        for glyph in text.glyphs or outline(text.text, weight):
            name = glyph.name
            while self.glyphs.setdefault((text.weight, name), glyph.path) != glyph.path:
                name = f"{name}-other"  # two fonts of one name
            rise = number(-glyph.rise * UNITS) if glyph.rise else None
            use = self.make("use", x=number(glyph.offset * UNITS), y=rise)
            use.attribs |= _both_hrefs(f"#{self.glyph_id(text.weight, name)}")
            group.add(use)
        return group

    def set_by_others(self, text: Text) -> _Tag:
        """``text`` in letters that the embedded font lacks: outlines, under a text to be found, copied and read."""
        group = self.make("g")
        group.add(self.outlined(text))
        group.add(self.set_text(text, fill_opacity=SEE_THROUGH, textLength=number(text.width)))
        return group

    def text_layer(self) -> _Tag:
        """All texts once more, not to be seen, but to be found and copied."""
        layer = self.make("g", fill_opacity=SEE_THROUGH, aria_hidden="true")
        for shape in self.scene.shapes():
            if isinstance(shape, Text) and shape.text.strip():
                layer.add(self.set_text(shape))
        return layer


def _paint(fill: str | None, stroke: str | None, width: float) -> dict[str, str]:
    painted = {"fill": fill or "none"}
    if stroke and width > 0:
        painted |= {"stroke": stroke, "stroke_width": number(width)}
    return painted


def _both_hrefs(target: str) -> dict[str, str]:
    """Older tools (Inkscape 1.2) read ``xlink:href``, newer ones ``href``."""
    return {"href": target, "xlink:href": target}
