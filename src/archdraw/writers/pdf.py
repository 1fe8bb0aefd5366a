"""Scenes as PDF: one page of vector shapes, and text that is text, in fonts of the letters in use.

No library is needed for it. The same scene gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import assert_never, cast

from archdraw.errors import ArchdrawError
from archdraw.fonts import UNITS, Weight, letter, offsets
from archdraw.scene import Bounds, Circle, Element, Group, Line, Polygon, Rect, Scene, Text, bounds, links_of
from archdraw.writers import TextMode
from archdraw.writers._pdf_file import PdfFile, array, ascii_string, dictionary, reference, text
from archdraw.writers._pdf_font import PageFont
from archdraw.writers._pdf_paths import box, colour, outline, polyline, rounded_box
from archdraw.writers._values import clean, number, safe_link

POINTS = 0.75
"""Points of one px: 72 of 96 to the inch."""
LONGEST_SIDE = 14_400
"""Points; the most that viewers of PDF open (ISO 32000-1, annex C)."""
AIR = 8.0
"""Px around what stands in a stream of its own: room for strokes."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as a PDF file; ``text`` "outline" writes letters as shapes, which cannot be searched."""
    return pdf(scene, scale=scale, searchable=text != "outline")


def pdf(scene: Scene, *, scale: float = 1.0, searchable: bool = True) -> bytes:
    """``scene`` on one page of its size, 0.75 points a px, times ``scale``.

    Links are links, and those within the picture are bookmarks too. The file has no date, so that the same scene gives
    the same bytes; or the one of the environment's ``SOURCE_DATE_EPOCH`` (seconds since 1970). Raises
    :class:`ArchdrawError` for a side of less than 1 point or more than 14,400, and for a link that could run a script.
    """
    wide, high = (side * scale * POINTS for side in scene.size)
    if min(wide, high) < 1 or max(wide, high) > LONGEST_SIDE:
        raise ArchdrawError(f"a page of {wide:,.0f} by {high:,.0f} points cannot be written; choose another scale")
    return _Page(scene, wide, high, searchable).written()


class _Page:
    """One scene on its way to PDF."""

    def __init__(self, scene: Scene, wide: float, high: float, searchable: bool) -> None:
        self.scene, self.wide, self.high, self.searchable = scene, wide, high, searchable
        self.scale = wide / scene.width
        self.file = PdfFile()
        self.resources = self.file.reserve()
        self.fonts: dict[Weight, PageFont] = {}
        self.forms: dict[str, int] = {}
        self.links: list[Group] = []
        self.places: dict[str, Bounds] = {}
        self.targets = frozenset(links_of(scene.children))
        self.pen: dict[str, str] = {}
        self.outlines: dict[tuple[str, Weight], str] = {}

    def written(self) -> bytes:
        file, scene = self.file, self.scene
        drawn = file.stream("\n".join(self.content()).encode("ascii"))
        for font in self.fonts.values():
            font.write_to(file)
        fonts = {f"F{weight}": reference(font.number) for weight, font in sorted(self.fonts.items())}
        forms = {name: reference(number_of) for name, number_of in self.forms.items()}
        file.put(self.resources, Font=dictionary(fonts), XObject=dictionary(forms))
        pages, page, catalogue = file.reserve(), file.reserve(), file.reserve()
        links = [file.add(**self.link(group, page)) for group in self.links if group.children]
        more = {"Annots": array(*map(reference, links))} if links else {}
        file.put(
            page,
            Type="/Page",
            Parent=reference(pages),
            MediaBox=array("0", "0", number(self.wide), number(self.high)),
            Contents=reference(drawn),
            Resources=reference(self.resources),
            **more,
        )
        file.put(pages, Type="/Pages", Kids=array(reference(page)), Count="1")
        marks = {"Outlines": reference(number_of)} if (number_of := self.bookmarks(file, page)) else {}
        file.put(
            catalogue,
            Type="/Catalog",
            Pages=reference(pages),
            Lang=text(clean(scene.language)),
            ViewerPreferences="<</DisplayDocTitle true>>",
            **marks,
        )
        facts = {"Title": text(clean(scene.title)), "Subject": text(clean(scene.description)), **_date()}
        return file.written(catalogue, file.add(**facts))

    def content(self) -> Iterator[str]:
        """The operators that paint the page, px downwards from its upper left corner."""
        scene, scale = self.scene, f"{self.scale:.6f}"
        yield f"{scale} 0 0 -{scale} 0 {number(self.high)} cm"
        if scene.background is not None:
            yield from self.painted(box(0, 0, scene.width, scene.height), scene.background)
        yield from self.elements(scene.children)

    def elements(self, elements: Iterable[Element]) -> Iterator[str]:
        for element in elements:
            match element:
                case Group():
                    yield from self.group(element)
                case Rect(x=x, y=y, width=width, height=height):
                    radius = min(element.radius, width / 2, height / 2)
                    path = rounded_box(x, y, width, height, radius) if radius else box(x, y, width, height)
                    yield from self.painted(path, element.fill, element.stroke, element.stroke_width, element.dash)
                case Line():
                    path = " ".join(polyline(element.points, element.radius))
                    yield from self.painted(path, None, element.stroke, element.stroke_width, element.dash)
                case Polygon(points=points):
                    yield from self.painted(" ".join((*polyline(points, 0), "h")), element.fill)
                case Circle(x=x, y=y, radius=radius):
                    path = rounded_box(x - radius, y - radius, 2 * radius, 2 * radius, radius)
                    yield from self.painted(path, element.fill, element.stroke, element.stroke_width)
                case Text():
                    yield from self.set_text(element) if self.searchable else self.outlined(element)
                case _:
                    assert_never(element)

    def group(self, group: Group) -> Iterator[str]:
        """What is in ``group``; what links lead to has a stream of its own, as one of a whole sheet would be huge."""
        if group.href:
            self.links.append(group)
        if not group.path or not group.children:
            yield from self.elements(group.children)
            return
        first = group.path not in self.places
        self.places.setdefault(group.path, bounds((group,)))
        if not first or f"#{group.path}" not in self.targets:
            yield from self.elements(group.children)
            return
        left, top, right, bottom = self.places[group.path]
        before = dict(self.pen)
        content = "\n".join(self.elements(group.children))
        self.pen = before
        name = f"X{len(self.forms) + 1}"
        self.forms[name] = self.file.stream(
            content.encode("ascii"),
            Type="/XObject",
            Subtype="/Form",
            BBox=array(*map(number, (left - AIR, top - AIR, right + AIR, bottom + AIR))),
            Resources=reference(self.resources),
        )
        yield f"/{name} Do"

    def painted(
        self,
        path: str,
        fill: str | None,
        stroke: str | None = None,
        width: float = 0,
        dash: tuple[float, ...] = (),
    ) -> Iterator[str]:
        """``path`` filled, stroked, or both; nothing where it is neither."""
        stroke = stroke if width > 0 else None
        if fill:
            yield from self.changed("rg", colour(fill))
        if stroke:
            yield from self.changed("RG", colour(stroke))
            yield from self.changed("w", number(width))
            yield from self.changed("d", f"[{' '.join(map(number, dash))}] 0")
        if fill or stroke:
            yield f"{path} {'B' if fill and stroke else 'f' if fill else 'S'}"

    def changed(self, operator: str, operand: str) -> Iterator[str]:
        """The operator that sets one property of the pen, where it is not set so already."""
        if self.pen.get(operator) != operand:
            self.pen[operator] = operand
            yield f"{operand} {operator}"

    def set_text(self, words: Text) -> Iterator[str]:
        if not words.text.strip():
            return
        weight = cast(Weight, words.weight)
        if weight not in self.fonts:
            self.fonts[weight] = PageFont(weight, self.file.reserve())
        font = self.fonts[weight]
        yield from self.changed("rg", colour(words.fill))
        place = f"1 0 0 -1 {number(words.left)} {number(words.y)} Tm"
        yield f"BT /F{weight} {number(words.size)} Tf {place} {font.shown(words.text)} TJ ET"

    def outlined(self, words: Text) -> Iterator[str]:
        """``words`` as shapes."""
        weight = cast(Weight, words.weight)
        yield from self.changed("rg", colour(words.fill))
        size = f"{words.size / UNITS:.6f}"
        yield f"q {size} 0 0 {size} {number(words.left)} {number(words.y)} cm"
        last = 0
        for character, place in zip(words.text, offsets(words.text, weight), strict=False):
            path = letter(character, weight).path
            if not path:
                continue
            if (character, weight) not in self.outlines:
                self.outlines[character, weight] = outline(path)
            yield f"1 0 0 1 {place - last} 0 cm {self.outlines[character, weight]} f"
            last = place
        yield "Q"

    def link(self, group: Group, page: int) -> dict[str, str]:
        """The annotation that makes a link of a group."""
        place = self.places.get(group.href.removeprefix("#")) if group.href.startswith("#") else None
        entries = {"Type": "/Annot", "Subtype": "/Link", "Rect": self.on_page(bounds((group,))), "Border": "[0 0 0]"}
        if place:
            return {**entries, "Dest": self.destination(place, page)}
        address = ascii_string(safe_link(group.href).encode())
        return {**entries, "A": f"<</S/URI/URI {address}>>"}

    def destination(self, place: Bounds, page: int) -> str:
        """A place of the page, shown as large as the window allows."""
        return f"[{reference(page)} /FitR {self.on_page(place)[1:]}"

    def on_page(self, place: Bounds) -> str:
        left, top, right, bottom = (side * self.scale for side in place)
        return array(*map(number, (left, self.high - bottom, right, self.high - top)))

    def bookmarks(self, file: PdfFile, page: int) -> int:
        """The outline of the links within the picture, in order; its number, or 0 where there are none."""
        marks = [(group.title, self.places.get(group.href[1:])) for group in self.links if group.href.startswith("#")]
        shown = [(title, place) for title, place in marks if title and place]
        if not shown:
            return 0
        root, numbers = file.reserve(), [file.reserve() for _ in shown]
        for index, (title, place) in enumerate(shown):
            beside = {"Prev": reference(numbers[index - 1])} if index else {}
            if index + 1 < len(numbers):
                beside["Next"] = reference(numbers[index + 1])
            file.put(
                numbers[index],
                Title=text(clean(title)),
                Parent=reference(root),
                Dest=self.destination(place, page),
                **beside,
            )
        ends = {"First": reference(numbers[0]), "Last": reference(numbers[-1])}
        file.put(root, Type="/Outlines", Count=str(len(numbers)), **ends)
        return root


def _date() -> dict[str, str]:
    """The date of the file, where the environment gives one."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not seconds.isdecimal():
        return {}
    date = datetime.fromtimestamp(int(seconds), UTC).strftime("D:%Y%m%d%H%M%SZ")
    return {"CreationDate": ascii_string(date.encode())}
