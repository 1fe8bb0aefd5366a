"""Scenes as PDF/A-2b: one page of vector shapes, and text that is text, in fonts of the letters in use, with tags.

The same scene gives the same bytes. reportlab writes the file; it is imported when the first one is written.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, assert_never, cast
from unicodedata import bidirectional

from archdraw.fonts import UNITS, Weight, offsets
from archdraw.scene import Bounds, Circle, Element, Group, Line, Point, Polygon, Rect, Scene, Text, bounds
from archdraw.writers import TextMode
from archdraw.writers._keeping import Structure, Tags, keep, with_ended_streams
from archdraw.writers._outlines import steps
from archdraw.writers._reportlab import bytes_as_they_are, font, ink
from archdraw.writers._values import clean, origin, page_size, rounded_legs, safe_link

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

INVISIBLE = 3
"""The mode of text that is there and not painted."""
PRINTED = 4
"""The flag of a link that a file for keeping must have."""
FILL_NON_ZERO = 1
"""How outlines are filled, whose strokes may overlap."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as a PDF file; letters are text, however they are written elsewhere."""
    return pdf(scene, scale=scale)


def pdf(*scenes: Scene, scale: float = 1.0) -> bytes:
    """Each of ``scenes`` on a page of its size, 0.75 points a px, times ``scale``; the first says what the file is.

    Links are links, and those within the picture are bookmarks too. The file's date is always the same, or that of the
    environment's ``SOURCE_DATE_EPOCH`` (seconds since 1970).

    Raises :class:`ArchdrawError` for a side of less than 1 point or more than 14,400, and for a link that could run a
    script.
    """
    from reportlab.pdfgen.canvas import Canvas

    scene, file = scenes[0], io.BytesIO()
    canvas = Canvas(
        file,
        pagesize=page_size(scene, scale),
        invariant=1,
        pageCompression=1,
        lang=clean(scene.language),
        # Else the file names a font that it does not hold.
        initialFontName=font(400),
    )
    canvas.setTitle(clean(scene.title))
    canvas.setSubject(clean(scene.description))
    canvas.setAuthor("")
    canvas.setCreator("archdraw")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    structure = Structure(canvas)
    for number, one in enumerate(scenes):
        wide, high = page_size(one, scale)
        canvas.setPageSize((wide, high))
        page = _Page(one, canvas, wide, high, number)
        page.paint()
        canvas.showPage()
        structure.add(page.tags, one, canvas._doc.Pages.pages[-1])
    structure.write()
    keep(canvas, origin(scene))
    with bytes_as_they_are():
        canvas.save()
    return with_ended_streams(file.getvalue())


def _meant(words: Text) -> list[tuple[str, float, float]]:
    """What the outlines of ``words`` say, with where each piece begins and ends, in px from the left of the text.

    All of it at once, but for what runs from right to left: readers of PDF take its letters one by one from where they
    stand, and turn them around themselves. A glyph for several letters is shared out between them.
    """
    if not any(_turned(character) for character in words.text):
        return [(words.text, 0, words.width)]
    found = []
    for glyph in words.glyphs:
        letters = glyph.letters[::-1] if any(map(_turned, glyph.letters)) else glyph.letters
        start, ink = glyph.offset * words.size, max(x for step in steps(glyph.path) for x, _ in step)
        share = ink / UNITS * words.size / max(1, len(letters))
        found += [(letter, start + place * share, start + (place + 1) * share) for place, letter in enumerate(letters)]
    return found


def _turned(character: str) -> bool:
    """Whether ``character`` runs from right to left."""
    return bidirectional(character) in ("R", "AL")


class _Page:
    """One scene on its way to a page; y grows downwards as in the scene."""

    def __init__(self, scene: Scene, canvas: Canvas, wide: float, high: float, number: int) -> None:
        self.scene, self.canvas, self.high, self.number = scene, canvas, high, number
        self.scale = wide / scene.width
        self.tags = Tags(canvas)
        self.blocks = 0
        self.links: list[Group] = []
        self.places: dict[str, Bounds] = {}

    def paint(self) -> None:
        canvas, scene = self.canvas, self.scene
        canvas.saveState()
        canvas.translate(0, self.high)
        canvas.scale(self.scale, -self.scale)
        if scene.background is not None:
            self.tags.ground()
            self.rect(Rect(0, 0, scene.width, scene.height, fill=scene.background))
        self.elements(scene.children)
        self.tags.end()
        canvas.restoreState()
        for group in self.links:
            self.link(group)

    def elements(self, elements: Iterable[Element]) -> None:
        self.blocks += 1
        block = self.blocks
        for element in elements:
            if isinstance(element, Text):
                self.tags.words(block)
            elif not isinstance(element, Group):
                self.tags.figure()
            match element:
                case Group():
                    if element.path and element.children:
                        self.places.setdefault(element.path, bounds((element,)))
                    if element.href and element.children:
                        self.links.append(element)
                    self.elements(element.children)
                case Rect():
                    self.rect(element)
                case Line():
                    self.line(element)
                case Polygon(points=points):
                    self.polygon(points, element.fill)
                case Circle(x=x, y=y, radius=radius):
                    path = self.canvas.beginPath()
                    path.circle(x, y, radius)
                    self.painted(path, element.fill, element.stroke, element.stroke_width)
                case Text():
                    self.text(element)
                case _:
                    assert_never(element)

    def rect(self, rect: Rect) -> None:
        path = self.canvas.beginPath()
        radius = min(rect.radius, rect.width / 2, rect.height / 2)
        if radius:
            path.roundRect(rect.x, rect.y, rect.width, rect.height, radius)
        else:
            path.rect(rect.x, rect.y, rect.width, rect.height)
        self.painted(path, rect.fill, rect.stroke, rect.stroke_width, rect.dash)

    def polygon(self, points: tuple[Point, ...], fill: str) -> None:
        path = self.canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
        self.painted(path, fill)

    def line(self, line: Line) -> None:
        path, points = self.canvas.beginPath(), line.stroked
        path.moveTo(*points[0])
        for leg in rounded_legs(points, line.radius):
            path.lineTo(*leg.start)
            if leg.radius:
                # The handles of an arc as a curve, by how much of a circle it is.
                share = 4 / 3 * math.tan(leg.turn / 4) / math.tan(leg.turn / 2)
                handles = [
                    end[axis] + share * (leg.corner[axis] - end[axis])
                    for end in (leg.start, leg.end)
                    for axis in (0, 1)
                ]
                path.curveTo(*handles, *leg.end)
        self.painted(path, None, line.stroke, line.stroke_width, line.dash)
        if line.head:
            self.polygon(line.head_points, line.stroke)

    def painted(
        self, path: Any, fill: str | None, stroke: str | None = None, width: float = 0, dash: tuple[float, ...] = ()
    ) -> None:
        """``path`` filled, stroked, or both; nothing where it is neither."""
        stroke = stroke if width > 0 else None
        if fill:
            self.canvas.setFillColor(ink(self.scene.colour(fill)))
        if stroke:
            self.canvas.setStrokeColor(ink(self.scene.colour(stroke)))
            self.canvas.setLineWidth(width)
            self.canvas.setDash(list(dash))
        if fill or stroke:
            self.canvas.drawPath(path, fill=bool(fill), stroke=bool(stroke))

    def text(self, words: Text) -> None:
        """``words`` as text: letters up to where kerning moves one stay together."""
        if not words.text.strip():
            return
        if words.glyphs:
            self.outlines(words)
            return
        weight = cast(Weight, words.weight)
        text = self.canvas.beginText()
        text.setFont(font(weight), words.size)
        text.setFillColor(ink(self.scene.colour(words.fill)))
        places = offsets(words.text, weight)
        start = 0
        advance = 0
        for index, character in enumerate(words.text):
            if index > start and places[index] - places[start] != advance:
                self._run(text, words, start, index, places)
                start, advance = index, 0
            advance += offsets(character, weight)[-1]
        self._run(text, words, start, len(words.text), places)
        self.canvas.drawText(text)

    @staticmethod
    def _run(text: Any, words: Text, start: int, end: int, places: tuple[int, ...]) -> None:
        x = words.left + places[start] * words.size / UNITS
        text.setTextTransform(1, 0, 0, -1, x, words.y)
        text.textOut(words.text[start:end])

    def outlines(self, words: Text) -> None:
        """``words`` in other fonts: filled outlines, under spaces that stand for the text where it is searched."""
        canvas = self.canvas
        canvas.saveState()
        canvas.translate(words.left, words.y)
        canvas.scale(words.size / UNITS, words.size / UNITS)
        path = canvas.beginPath()
        for glyph in words.glyphs:
            across, up = glyph.offset * UNITS, glyph.rise * UNITS
            for step in steps(glyph.path):
                match [(x + across, y - up) for x, y in step]:
                    case []:
                        path.close()
                    case [end]:
                        path.lineTo(*end)
                    case [_, start]:
                        path.moveTo(*start)
                    case [first, second, end]:
                        path.curveTo(*first, *second, *end)
        canvas.setFillColor(ink(self.scene.colour(words.fill)))
        canvas.drawPath(path, fill=1, stroke=0, fillMode=FILL_NON_ZERO)
        canvas.restoreState()
        for meant, left, right in _meant(words):
            code = meant.encode("utf-16-be").hex().upper()
            canvas.addLiteral(f"/Span <</ActualText <FEFF{code}>>> BDC")
            text = canvas.beginText()
            text.setTextRenderMode(INVISIBLE)
            text.setFont(font(400), words.size)
            text.setHorizScale(100 * (right - left) / (offsets(" ", 400)[-1] * words.size / UNITS))
            text.setTextTransform(1, 0, 0, -1, words.left + left, words.y)
            text.textOut(" ")
            text.setHorizScale(100)
            text.setTextRenderMode(0)
            canvas.drawText(text)
            canvas.addLiteral("EMC")

    def link(self, group: Group) -> None:
        """A link of a group: to a page elsewhere, or to another group, with a bookmark for that."""
        left, bottom, right, top = self.on_page(bounds((group,)))
        target = group.href.removeprefix("#") if group.href.startswith("#") else None
        place = self.places.get(target) if target is not None else None
        if target is None or place is None:
            self.canvas.linkURL(safe_link(group.href), (left, bottom, right, top), thickness=0, F=PRINTED)
            return
        there = self.on_page(place)
        if self.number:
            # A name of its own on each page: links lead to the same page.
            target = f"{target} {self.number}"
        self.canvas.bookmarkPage(target, fit="FitR", left=there[0], bottom=there[1], right=there[2], top=there[3])
        self.canvas.linkRect("", target, (left, bottom, right, top), thickness=0, F=PRINTED)
        if group.title and not self.number:
            self.canvas.addOutlineEntry(clean(group.title), target)

    def on_page(self, place: Bounds) -> Bounds:
        """Left, bottom, right and top of a place of the scene, in points of the page."""
        left, top, right, bottom = (side * self.scale for side in place)
        return left, self.high - bottom, right, self.high - top
