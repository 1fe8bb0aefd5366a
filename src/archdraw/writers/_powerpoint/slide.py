"""One slide after the other, added to a deck."""

from __future__ import annotations

from functools import partial
from typing import Any

from archdraw.fonts import text_width
from archdraw.scene import Element, Group, Scene, Text, bounds
from archdraw.writers._powerpoint import base, images
from archdraw.writers._powerpoint.colours import INK, Colours, Paint, filled
from archdraw.writers._powerpoint.contents import Slide, name_of
from archdraw.writers._powerpoint.items import NAMESPACES, properties, shape
from archdraw.writers._powerpoint.outlines import preset
from archdraw.writers._powerpoint.picture import Picture
from archdraw.writers._powerpoint.place import EMU, PER_POINT, PX, Area, Fitting, fitted
from archdraw.writers._powerpoint.tables import Point, Points, Table, size_in, size_of_points
from archdraw.writers._powerpoint.tables import written as table_written
from archdraw.writers._powerpoint.timing import timing
from archdraw.writers._powerpoint.words import AIR, run
from archdraw.writers._values import clean, safe_link

HEADER, FOOTER = "header", "footer"
MOST = 1.6 * PX
"""A picture is not shown larger than this: EMU of a px."""
LEAST_TITLE, TITLE_PAD = 18, 7.2
"""Points of the smallest title, and what it keeps away from its sides."""
GAP = 0.03
"""Between two parts of a slide, in shares of their width."""


class Writing:
    """Adds slides to the python-pptx presentation ``deck``: archdraw's ``own`` design, or that of a template."""

    def __init__(self, deck: Any, *, own: bool, as_picture: bool, language: str) -> None:
        self._deck, self._own, self._as_picture, self._language = deck, own, as_picture, language
        self._slots = base.slots(deck)
        self._layout = base.layout_of(deck, base.TITLE)
        with_list = base.layout_of(deck, base.CONTENT)
        self._listed = with_list if base.content_of(with_list) is not None else None
        self._room = base.area(deck, self._layout)

    def areas(self, slide: Slide) -> list[Area]:
        """Where the parts of ``slide`` stand, side by side."""
        shares = slide.shares or (1.0,) * len(slide.parts)
        gaps = GAP * (len(shares) - 1)
        start, found = 0.0, []
        for share in shares:
            end = start + share / sum(shares) * (1 - gaps)
            found.append(self._room.part(start, end))
            start = end + GAP
        return found

    def add(self, slide: Slide) -> int:
        """Adds ``slide`` and returns its number in the file."""
        listed = self._listed if len(slide.parts) == 1 and isinstance(slide.parts[0], Points) else None
        made = self._deck.slides.add_slide(listed or self._layout)
        content = base.content_of(made) if listed else None
        for empty in list(made.placeholders):
            if empty.placeholder_format.idx and (content is None or empty.shape_id != content.shape_id):
                empty._element.getparent().remove(empty._element)
        self._title(made, slide.title, slide.subtitle)
        if self._own and not any(isinstance(part, Scene) and self._is_whole(part) for part in slide.parts):
            self._bar(made)
        tables = [
            (part, area) for part, area in zip(slide.parts, self.areas(slide), strict=True) if isinstance(part, Table)
        ]
        size = size_in(tables) if tables else None
        appearing: dict[int, list[int]] = {}
        for part, area in zip(slide.parts, self.areas(slide), strict=True):
            first = self._free(made)
            match part:
                case Scene():
                    alone = sum(isinstance(other, Scene) for other in slide.parts) == 1
                    for number, step in self._picture(made, part, area, first, steps=slide.steps, named=not alone):
                        appearing.setdefault(step, []).append(number)
                case Table():
                    self._append(made, table_written(part, area, size or 12, first))
                case Points() if content is not None:
                    for point in part.points:
                        content.text_frame._txBody.append(self._bullet(made, point))
                    content.text_frame._txBody.remove(content.text_frame._txBody.p_lst[0])
                case Points():
                    self._append(made, self._points(made, part, area, first))
        if slide.steps and (markup := timing([appearing[step] for step in sorted(appearing)])):
            self._after(made, markup)
        scenes = [part for part in slide.parts if isinstance(part, Scene)]
        beneath = () if len(scenes) == 1 and self._is_whole(scenes[0]) else map(_footer, scenes)
        if notes := "\n".join(filter(None, (slide.notes, *beneath))):
            self._notes(made, notes)
        return int(made.slide_id)

    def _title(self, made: Any, title: str, subtitle: str) -> None:
        holder = made.shapes.title
        if holder is None:
            return
        from pptx.util import Pt

        paragraph = holder.text_frame.paragraphs[0]
        paragraph.add_run().text = clean(title)
        room = holder.width / PER_POINT - 2 * TITLE_PAD
        across = text_width(clean(title), base.TITLE_SIZE / 100, 700) * AIR
        if self._own and across > room:
            paragraph.runs[0].font.size = Pt(max(LEAST_TITLE, base.TITLE_SIZE / 100 * room / across))
        if subtitle:
            lesser = paragraph.add_run()
            lesser.text = f"   {clean(subtitle)}"
            lesser.font.size, lesser.font.bold = Pt(16), False

    @staticmethod
    def _free(made: Any) -> int:
        """A number that no shape of a slide has, nor any after it."""
        return max(int(number) for number in made.shapes._spTree.xpath("//@id") if number.isdigit()) + 1

    def _bar(self, made: Any) -> None:
        """The bar at the left of a name, as pages have it."""
        title = made.shapes.title
        inset, high = round(0.1 * EMU), title.height * 84 // 100
        place = (
            f'<a:xfrm><a:off x="{title.left - inset // 4}" y="{title.top + (title.height - high) // 2}"/>'
            f'<a:ext cx="{inset * 6 // 10}" cy="{high}"/></a:xfrm>'
        )
        round_ends = preset("roundRect", '<a:gd name="adj" fmla="val 50000"/>')
        paint = filled(Paint("accent1")) + "<a:ln><a:noFill/></a:ln>"
        self._append(made, shape(properties(self._free(made), "Bar"), place, round_ends, paint))

    def _picture(
        self, made: Any, scene: Scene, area: Area, first: int, *, steps: bool, named: bool
    ) -> list[tuple[int, int]]:
        """Adds the picture; the numbers of its shapes that appear in steps, with these.

        One of several is ``named``: the title of the slide is not the name of each.
        """
        whole = not named and self._is_whole(scene)
        children = scene.children
        if whole:
            fitting = Fitting(self._deck.slide_width / scene.width, 0, 0)
            self._as_title(made, scene, fitting)
        else:
            outside = (FOOTER,) if named or not name_of(scene) else (FOOTER, HEADER)
            children = tuple(child for child in children if not _has_role(child, *outside))
            fitting = fitted(bounds(children), area, MOST)
        if named or (whole and name_of(scene)):
            # The name is the title of the slide; of several each has its own, and nothing else that could reach it.
            children = tuple(_header(child, words=int(named)) for child in children)
        if self._as_picture:
            images.add(made, scene, children, fitting)
            return []
        if scene.background and whole and scene.background.startswith("#"):
            self._ground(made, scene.background)

        colours = Colours(scene, self._slots)
        items = Picture(
            self._language, children, fitting, colours, first, partial(self._relation, made), apart=steps
        ).items()
        self._append(made, "".join(item.markup for item in items))
        return [(item.number, item.step) for item in items if item.step is not None]

    def _is_whole(self, scene: Scene) -> bool:
        """Whether ``scene`` is a slide by itself: it has its name, and the shape of the slides of this deck."""
        has_header = any(isinstance(child, Group) and child.role == HEADER for child in scene.children)
        wide, high = self._deck.slide_width, self._deck.slide_height
        return self._own and has_header and abs(scene.width / scene.height - wide / high) < 0.01

    def _as_title(self, made: Any, scene: Scene, fitting: Fitting) -> None:
        """Puts the title where the picture has its name, else above the slide: nobody sees it twice."""
        from pptx.util import Emu

        holder, words = made.shapes.title, name_of(scene)
        if not words:
            left, width, height = holder.left, holder.width, holder.height
            holder.left, holder.width, holder.height, holder.top = left, width, height, Emu(-2 * height)
            return
        name = words[0]
        # What PowerPoint keeps between the side of a title and its words.
        left = fitting.x(name.left) - round(0.1 * EMU)
        bottom = max(word.y for word in words) + 0.3 * name.size
        holder.left, holder.top = Emu(left), Emu(fitting.y(min(word.top for word in words) - 4))
        holder.width = Emu(self._deck.slide_width - left - fitting.length(20))
        holder.height = Emu(fitting.y(bottom) - holder.top)

    def _ground(self, made: Any, colour: str) -> None:
        """A ground of its own for a slide whose picture asks for one."""
        from pptx.oxml import parse_xml

        fill = filled(Paint(colour))
        made._element.cSld.insert(0, parse_xml(f"<p:bg {NAMESPACES}><p:bgPr>{fill}<a:effectLst/></p:bgPr></p:bg>"))

    def _points(self, made: Any, points: Points, area: Area, number: int) -> str:
        size = size_of_points(points, area)
        paragraphs = "".join(self._paragraph(made, point, size) for point in points.points)
        body = (
            '<p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:normAutofit/>'
            f"</a:bodyPr>{paragraphs}</p:txBody>"
        )
        said = " ".join(point.text for point in points.points)
        place = f'<a:xfrm><a:off x="{area.left}" y="{area.top}"/><a:ext cx="{area.width}" cy="{area.height}"/></a:xfrm>'
        return shape(properties(number, "Words", said), place, preset("rect") + "<a:noFill/>", "", body, box=True)

    def _paragraph(self, made: Any, point: Point, size: float) -> str:
        fill = filled(Paint(INK, 1.0 if point.strong else 0.8), see_through=False)
        more = f' sz="{round(size * 100)}"' + (' b="1"' if point.strong else "")
        said = run(point.text, fill, more)
        if point.link:
            said = run(point.text, f'{fill}<a:hlinkClick r:id="{self._relation(made, point.link)}"/>', more)
        return f'<a:p><a:pPr><a:spcAft><a:spcPts val="{round(size * 35)}"/></a:spcAft></a:pPr>{said}</a:p>'

    def _bullet(self, made: Any, point: Point) -> Any:
        """``point`` as a paragraph of a list, which looks as those of the template."""
        from pptx.oxml import parse_xml

        link = f'<a:hlinkClick r:id="{self._relation(made, point.link)}"/>' if point.link else ""
        bold = ' b="1"' if point.strong else ""
        return parse_xml(f"<a:p {NAMESPACES}>{run(point.text, link, bold)}</a:p>")

    @staticmethod
    def _relation(made: Any, address: str) -> str:
        """What stands for an address in the file of a slide."""
        from pptx.opc.constants import RELATIONSHIP_TYPE

        return str(made.part.relate_to(safe_link(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))

    def _notes(self, made: Any, notes: str) -> None:
        frame = made.notes_slide.notes_text_frame
        if frame is not None:
            frame.text = clean(notes)

    @staticmethod
    def _append(made: Any, markup: str) -> None:
        """Parses ``markup`` and adds it to the slide: all at once, as adding to a group one by one takes seconds."""
        from pptx.oxml import parse_xml

        tree = made.shapes._spTree
        for element in parse_xml(f"<p:spTree {NAMESPACES}>{markup}</p:spTree>"):
            tree.append(element)

    @staticmethod
    def _after(made: Any, markup: str) -> None:
        from pptx.oxml import parse_xml

        made._element.append(parse_xml(markup.replace("<p:timing>", f"<p:timing {NAMESPACES}>", 1)))


def _has_role(element: Element, *roles: str) -> bool:
    return isinstance(element, Group) and element.role in roles


def _footer(scene: Scene) -> str:
    """The words below a picture, which are said with it where it is not a slide by itself."""
    found = [child for child in scene.children if isinstance(child, Group) and child.role == FOOTER]
    return " ".join(text.text for group in found for text in group.children if isinstance(text, Text))


def _header(element: Element, *, words: int) -> Element:
    """A header with so many of its ``words``; anything else as it is."""
    from dataclasses import replace

    if not isinstance(element, Group) or element.role != HEADER:
        return element
    texts = [child for child in element.children if isinstance(child, Text)]
    return replace(element, children=tuple(child for child in element.children if child not in texts[words:]))
