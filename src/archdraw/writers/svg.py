"""Scenes as SVG.

Only what looks the same in browsers, Inkscape, LibreOffice, librsvg, CairoSVG and resvg: presentation attributes,
six-digit colours, baselines as numbers, arrow heads as polygons. No script, no reference to anything outside. The same
scene gives the same bytes.

The text of the file is put together here, attributes in alphabetical order: a library of elements takes five times as
long, and its import longer than the drawing of a picture. :mod:`archdraw.writers._drawing` hands the same picture to
svgwrite, for programs that add to it; the tests have svgwrite check and write it, to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from typing import assert_never, cast

from archdraw.fonts import FALLBACK, UNITS, MissingGlyph, Weight, embedded_faces, missing, outline
from archdraw.scene import Circle, Element, Glyph, Group, Line, Point, Polygon, Rect, Scene, Text, paths_of
from archdraw.writers import TextMode, check_prefix
from archdraw.writers._markup import NOT_ID, Ids, Paints, dashed, ranges, step, tagged
from archdraw.writers._outlines import coarse
from archdraw.writers._values import content, number, origin, outer, quarter, quoted, rounded_path, safe_link

IS_TEXT = True
TAKES_PREFIX = True
THUMBNAIL, COARSE = 240.0, 8
"""The width of a thumbnail at most, px, which is less than that of its scene; font units of a step of its outlines."""
FEW = 3
"""So many marks of one colour are one shape."""
SEE_THROUGH = "0.01"
"""The opacity of a text over its outlines: programs that make PDF of it leave out what has none."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed", prefix: str = "") -> bytes:
    """``scene`` as an SVG file in UTF-8."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg(scene, text, prefix=prefix, scale=scale)}\n'.encode()


def svg(
    scene: Scene, text: TextMode = "embed", *, prefix: str = "", scale: float = 1.0, shared_outlines: bool = True
) -> str:
    """``scene`` as an ``<svg>`` element.

    ``text`` "embed" writes letters as text and puts Inter into the file; "plain" leaves the font out, for a page that
    has it, and with it the only style sheet, which a content security policy may forbid; "outline" writes letters as
    shapes, which look the same wherever fonts cannot be embedded; "searchable" adds a transparent text to those. All
    ids begin with ``prefix``, so that several pictures fit in one page. ``scale`` multiplies width and height, not
    the viewBox. The outline of a glyph stands in the file once and is referred to; without ``shared_outlines`` it
    stands wherever the glyph does.

    Raises :class:`archdraw.fonts.MissingGlyph` where the font lacks a glyph, :class:`ArchdrawError` for a link that
    could run a script and for a ``prefix`` that cannot be part of an id, :class:`ValueError` for a coordinate that is
    no number.
    """
    return Picture(scene, text, prefix, scale, shared_outlines).written()


class Picture:
    """One scene on its way to SVG. Each method that is named after a thing returns its markup."""

    step = staticmethod(step)

    def __init__(self, scene: Scene, text: TextMode, prefix: str, scale: float, shared_outlines: bool) -> None:
        self.scene, self.text, self.scale, self.shared_outlines = scene, text, scale, shared_outlines
        check_prefix(prefix)
        # An id does not begin with a figure.
        self.ids = Ids(f"_{prefix}" if prefix and not (prefix[0].isalpha() or prefix[0] == "_") else prefix)
        self.glyphs: dict[tuple[int, str], tuple[str, str]] = {}
        self.glyph_ids: dict[tuple[int, str, str], str] = {}
        self.letters: dict[Weight, set[str]] = {}
        self.linked = False
        self.group_ids: list[tuple[str, str]] = []
        self.places: dict[str, str] = {}
        self.paints = Paints(scene)

    def written(self) -> str:
        scene = self.scene
        title, description = self.ids.take("title"), self.ids.take("description")
        # Links within the picture may lead to what comes later: all ids are given out before anything is written.
        self.group_ids = [(path, self.ids.take(path)) for path in paths_of(scene.children)]
        self.places = dict(reversed(self.group_ids))
        self.group_ids.reverse()
        body = self.elements(scene.children)
        if scene.background is not None:
            body = self.rect(Rect(0, 0, scene.width, scene.height, fill=scene.background)) + body
        if self.text == "searchable":
            body += self.text_layer()
        width, height = number(scene.width), number(scene.height)
        family, rendering = "", ""
        if self.text != "outline":
            family, rendering = f' font-family="{FALLBACK}"', ' text-rendering="geometricPrecision"'
        return (
            f'<svg aria-labelledby="{title} {description}"{family} height="{number(scene.size[1] * self.scale)}"'
            # A picture with links in it is not one image for a screen reader, or the links could not be reached.
            f' role="{"group" if self.linked else "img"}"{rendering} viewBox="0 0 {width} {height}"'
            f' width="{number(scene.size[0] * self.scale)}" xml:lang="{quoted(scene.language)}"'
            ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
            + tagged("title", f' id="{title}"', content(scene.title))
            + tagged("desc", f' id="{description}"', content(scene.description))
            + self.metadata()
            + self.style()
            + self.definitions()
            + body
            + "</svg>"
        )

    def metadata(self) -> str:
        """The scene's metadata as JSON."""
        said = origin(self.scene)
        return tagged("metadata", "", content(said)) if said else ""

    def style(self) -> str:
        """The fonts, where text is embedded: each weight in use, the small subset where that has all the letters."""
        if self.text not in ("embed", "plain") or not self.letters:
            return ""
        if self.text == "plain":
            letters = "".join(sorted(set().union(*self.letters.values())))
            if absent := missing(letters):
                raise MissingGlyph(frozenset(absent), letters)
            return ""
        rules = "".join(
            f"@font-face{{font-family:{face.family};font-weight:{face.weight};"
            f'src:url("data:font/woff2;base64,{face.data}") format("woff2")}}'
            for face in embedded_faces(self.letters)
        )
        return f'<style type="text/css"><![CDATA[{rules}]]></style>'

    def definitions(self) -> str:
        """The outlines that glyphs refer to, by weight and name."""
        paths = [f'<path d="{quoted(path)}" id="{id}" />' for _, (id, path) in sorted(self.glyphs.items())]
        return f"<defs>{''.join(paths)}</defs>" if paths else ""

    def glyph_id(self, weight: int, glyph: Glyph) -> str:
        """The id of the outline of ``glyph``; two of one name, which are of two fonts, have two."""
        key = (weight, glyph.name, glyph.path)
        if key not in self.glyph_ids:
            name = glyph.name
            while (weight, name) in self.glyphs:
                name = f"{name}-other"
            self.glyph_ids[key] = f"{self.ids.prefix}g{weight}-{NOT_ID.sub('-', name)}"
            self.glyphs[weight, name] = (self.glyph_ids[key], self.path_of(glyph))
        return self.glyph_ids[key]

    @cached_property
    def grain(self) -> int:
        """Font units of one step of outlines: several in a thumbnail, where nothing is seen of that."""
        return COARSE if self.scene.size[0] * self.scale <= min(THUMBNAIL, 0.75 * self.scene.width) else 1

    def path_of(self, glyph: Glyph) -> str:
        """The outline of ``glyph`` as exact as the picture needs it."""
        return coarse(glyph.path, self.grain) if self.grain > 1 and glyph.path.startswith("m") else glyph.path

    def elements(self, elements: Iterable[Element]) -> str:
        written: list[str] = []
        for fill, run in groupby(elements, _plain_fill):
            several = list(run)
            if fill and len(marks := [one for one in several if isinstance(one, Rect)]) >= FEW:
                written.append(f'<path d="{"".join(map(outer, marks))}" fill="{self.paints[fill]}" />')
            else:
                written += [self.element(element) for element in several]
        return "".join(written)

    def element(self, element: Element) -> str:
        match element:
            case Group():
                return self.group(element)
            case Rect():
                return self.rect(element)
            case Line():
                return self.line(element)
            case Polygon():
                return self.polygon(element.points, element.fill)
            case Circle():
                place = f'cx="{number(element.x)}" cy="{number(element.y)}"'
                radius, fill = number(element.radius), self.paints[element.fill]
                stroke, stroke_width = self.stroke(element.stroke, element.stroke_width)
                return f'<circle {place} fill="{fill}" r="{radius}"{stroke}{stroke_width} />'
            case Text():
                if self.text in ("outline", "searchable"):
                    return self.outlined(element)
                return self.set_by_others(element) if element.glyphs else self.set_text(element)
            case _:
                assert_never(element)

    def line(self, line: Line) -> str:
        """A line with its head; what it leaves and enters stands at both together."""
        data = (f' data-from="{quoted(line.start)}"' if line.start else "") + self.step(line.step)
        if line.end:
            data += f' data-to="{quoted(line.end)}"'
        colour = self.paints[line.stroke]
        dash = dashed(line.dash) if line.dash else ""
        stroke = f' fill="none" stroke="{colour}"{dash} stroke-width="{number(line.stroke_width)}" />'
        if not line.head:
            return f'<path d="{rounded_path(line.points, line.radius)}"{data}{stroke}'
        path = rounded_path(line.stroked, line.radius)
        (x, y), (left, top), (right, bottom) = line.head_points
        corners = f"{number(x)},{number(y)} {number(left)},{number(top)} {number(right)},{number(bottom)}"
        return f'<g{data}><path d="{path}"{stroke}<polygon fill="{colour}" points="{corners}" /></g>'

    def polygon(self, points: tuple[Point, ...], fill: str) -> str:
        corners = [f"{number(x)},{number(y)}" for x, y in points]
        return f'<polygon fill="{self.paints[fill]}" points="{" ".join(corners)}" />'

    def stroke(self, colour: str | None, width: float) -> tuple[str, str]:
        """The attributes for the colour of a stroke and for its width; empty where there is none."""
        if not colour or width <= 0:
            return "", ""
        return f' stroke="{self.paints[colour]}"', f' stroke-width="{number(width)}"'

    def group(self, group: Group) -> str:
        tag, place, href, target, xlink = "g", "", "", "", ""
        if group.href:
            self.linked, tag = True, "a"
            inside = self.places.get(group.href.removeprefix("#")) if group.href.startswith("#") else None
            # Older tools (Inkscape 1.2) read xlink:href, newer ones href.
            link = quoted(f"#{inside}" if inside else safe_link(group.href))
            href, xlink = f' href="{link}"', f' xlink:href="{link}"'
            target = "" if inside else ' target="_top"'
        data = f' data-layer="{ranges(group.layers)}"' if group.layers else ""
        if group.opens:
            data += f' data-opens="{quoted(group.opens)}"'
        if group.panel:
            data += f' data-panel="{quoted(group.panel)}"'
        if group.path:
            data, place = f'{data} data-path="{quoted(group.path)}"', f' id="{self.group_ids.pop()[1]}"'
        if group.role:
            data += f' data-role="{quoted(group.role)}"'
        data += self.step(group.step)
        title = tagged("title", "", content(group.title)) if group.title else ""
        return tagged(tag, f"{data}{href}{place}{target}{xlink}", title + self.elements(group.children))

    def rect(self, rect: Rect) -> str:
        stroke, stroke_width = self.stroke(rect.stroke, rect.stroke_width)
        rounding, top = f' rx="{number(rect.radius)}"' if rect.radius else "", quarter(rect.y)
        return (
            f'<rect fill="{self.paints[rect.fill]}" height="{number(quarter(rect.y + rect.height) - top)}"{rounding}'
            f'{stroke}{dashed(rect.dash) if rect.dash else ""}{stroke_width} width="{number(rect.width)}"'
            f' x="{number(rect.x)}" y="{number(top)}" />'
        )

    def set_text(self, text: Text, opacity: str = "", length: str = "") -> str:
        """``text`` as text, with more attributes: its ``opacity`` and its ``length``."""
        weight = cast(Weight, text.weight)
        if text.text.strip() and not text.glyphs:
            self.letters.setdefault(weight, set()).update(text.text)
        bold = f' font-weight="{text.weight}"' if text.weight != 400 else ""
        anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
        space = ' xml:space="preserve"' if text.text != text.text.strip() or "  " in text.text else ""
        return tagged(
            "text",
            f' fill="{self.paints[text.fill]}"{opacity} font-size="{number(text.size)}"{bold}{anchor}{length}'
            f' x="{number(text.x)}"{space} y="{number(text.y)}"',
            content(text.text),
        )

    def outlined(self, text: Text) -> str:
        """``text`` as glyphs, set out in font units inside a scaled group."""
        weight = cast(Weight, text.weight)
        grain = self.grain
        scale = f"{text.size * grain / UNITS:.8f}".rstrip("0").rstrip(".")
        place = f"translate({number(text.left)} {number(text.y)}) scale({scale})"
        glyphs = []
        for glyph in text.glyphs or outline(text.text, weight):
            units = UNITS / grain
            offset, lift = glyph.offset * units, -glyph.rise * units
            if grain > 1:
                offset, lift = round(offset), round(lift)
            across, down = number(offset), number(lift) if glyph.rise else ""
            if self.shared_outlines:
                link, rise = f"#{self.glyph_id(text.weight, glyph)}", f' y="{down}"' if down else ""
                # All tools read the older name, which is enough where each byte counts.
                newer = "" if grain > 1 else f' href="{link}"'
                glyphs.append(f'<use{newer} x="{across}" xlink:href="{link}"{rise} />')
            else:
                place_of_glyph = f"translate({across} {down or 0})"
                glyphs.append(f'<path d="{quoted(self.path_of(glyph))}" transform="{place_of_glyph}" />')
        return tagged("g", f' fill="{self.paints[text.fill]}" transform="{place}"', "".join(glyphs))

    def set_by_others(self, text: Text) -> str:
        """``text`` in letters that the embedded font lacks: outlines, under a text to be found, copied and read."""
        seen = self.outlined(text)
        read = self.set_text(text, f' fill-opacity="{SEE_THROUGH}"', f' textLength="{number(text.width)}"')
        return f"<g>{seen}{read}</g>"

    def text_layer(self) -> str:
        """All texts once more, not to be seen, but to be found and copied."""
        texts = (shape for shape in self.scene.shapes() if isinstance(shape, Text) and shape.text.strip())
        markup = "".join([self.set_text(text) for text in texts])
        return tagged("g", f' aria-hidden="true" fill-opacity="{SEE_THROUGH}"', markup)


def _plain_fill(element: Element) -> str:
    """The colour of a mark that is nothing but a rectangle of it; empty for all else."""
    match element:
        case Rect(kind="mark", stroke=None | "", radius=0, dash=()):
            return element.fill or ""
        case _:
            return ""
