"""A picture as shapes of a slide."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from archdraw.scene import Circle, Element, Group, Line, Polygon, Rect, Text, bounds, extent
from archdraw.writers._powerpoint.branches import branches
from archdraw.writers._powerpoint.colours import Colours
from archdraw.writers._powerpoint.elbows import transform_of
from archdraw.writers._powerpoint.figures import Heap, heaped, is_part
from archdraw.writers._powerpoint.glue import Glue, Joint, is_straight
from archdraw.writers._powerpoint.items import Item, group, properties, shape
from archdraw.writers._powerpoint.outlines import Path, of_node, of_rect, preset, with_sites
from archdraw.writers._powerpoint.place import Fitting
from archdraw.writers._powerpoint.runs import flat, in_blocks, runs, together
from archdraw.writers._powerpoint.words import Block, blocks, body
from archdraw.writers._values import safe_link

SIGNS = frozenset({"add", "multiply"})
"""The roles of nodes."""
NAMES: Mapping[str, str] = {
    "header": "Name", "model": "Model", "panel": "Panel", "strip": "Layer map", "footer": "Notes", "facts": "Figures",
    "zoom": "Line to a panel", "residual": "Residual line", "bracket": "Repeats", "letter": "Letter", "frame": "Frame",
}  # fmt: skip
"""What parts of a picture are called in the list of a slide's shapes."""
SECTIONS = frozenset({"header", "model", "panel", "strip", "footer", "facts"})
UNDER = ":"
"""After this a title says more than the name of a block."""
Link = Callable[[str], str]
"""What stands for an address in the file."""


class Picture:
    """The shapes of ``children`` where ``fitting`` puts them, with numbers from ``first`` on.

    With ``apart`` each thing that appears in a step of its own is by itself, else sections and residual branches
    are groups, which move as one.
    """

    def __init__(
        self, language: str, children: tuple[Element, ...], fitting: Fitting, colours: Colours, first: int, link: Link,
        *, apart: bool = False,
    ) -> None:  # fmt: skip
        self._children, self._fitting, self._colours, self._link, self._apart = children, fitting, colours, link, apart
        self._language = language
        self._glue = Glue(children, first)
        self._next = first + len(self._glue.anchors)
        left, _, right, _ = bounds(children)
        self._sides = left, right

    def items(self) -> list[Item]:
        """All shapes in the order of painting, which is that of reading."""
        return [item for child in self._children for item in self._of(child, None)]

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _of(self, element: Element, step: int | None) -> list[Item]:
        match element:
            case Group():
                own = element.step if element.step is not None else step
                return [_in_step(item, own) for item in self._group(element, own)]
            case Line():
                return [_in_step(self._line(element), element.step if element.step is not None else step)]
            case Text():
                return [_in_step(self._words(Block((element,))), step)]
            case Rect(kind="mark" | "ground") | Polygon() | Circle(kind="mark"):
                return [_in_step(self._heap(Heap((), [element])), step)]
            case Rect() | Circle():
                return [_in_step(self._shape(element, _part_name(element)), step)]

    def _group(self, whole: Group, step: int | None) -> list[Item]:
        if not whole.children:
            return []
        name = whole.title.partition(UNDER)[0] or NAMES.get(whole.role, "Part")
        first, *rest = whole.children
        if isinstance(first, Circle) and whole.role in SIGNS and all(map(is_part, rest)):
            sign = [part for part in rest if isinstance(part, Line)]
            return [self._shape(first, name, whole.title or name, of_node(first, sign, self._fitting))]
        if isinstance(first, Rect) and first.kind == "box":
            made = self._box(whole, first, name)
        elif all(map(is_part, flat(whole.children))):
            made = self._figure(flat(whole.children), whole.title)
        elif whole.role in SECTIONS:
            made = self._section(whole.children, step)
        else:
            made = self._loose(whole.children, step)
        if len(made) < 2 or (self._apart and whole.role in SECTIONS):
            return made
        return [group(made, self._number(), name, self._fitting, whole.title)]

    def _section(self, children: Sequence[Element], step: int | None) -> list[Item]:
        """A part of the picture; its residual branches are groups, which stand where their first part does."""
        found = [] if self._apart else branches(children)
        whole = {min(branch.members): branch for branch in found}
        inside = {index for branch in found for index in branch.members}
        made: list[Item] = []
        for index, child in runs(children, inside):
            if index in whole:
                members = [children[number] for number in sorted(whole[index].members)]
                # Lines that are joined to blocks at both ends go with these, inside or outside. LibreOffice finds what
                # they are joined to where they are not in a group of a group.
                joined = [member for member in members if isinstance(member, Line) and self._is_joined(member)]
                made += self._loose(joined, step)
                parts = self._loose([member for member in members if member not in joined], step)
                made.append(group(parts, self._number(), "Residual branch", self._fitting))
            if index not in inside:
                made += self._loose(child, step)
        return made

    def _is_joined(self, line: Line) -> bool:
        return all(self._glue.ends.get(id(line), (None, None)))

    def _loose(self, children: Sequence[Element], step: int | None) -> list[Item]:
        """Elements after each other; parts of figures and words of one paragraph are together."""
        made: list[Item] = []
        for parts in together(children):
            if len(parts) > 1:
                made += [_in_step(item, step) for item in self._figure(parts)]
            else:
                made += self._of(parts[0], step)
        return made

    def _figure(self, parts: Sequence[Element], title: str = "") -> list[Item]:
        """Parts of a figure, and words; the first of its shapes says what all show."""
        made: list[Item] = []
        for one in heaped(in_blocks(parts)):
            made.append(self._words(one) if isinstance(one, Block) else self._heap(one, "" if made else title))
        return made

    def _box(self, whole: Group, rect: Rect, name: str) -> list[Item]:
        """A block: its words are in its shape, but those that a figure in it would hide."""
        texts = [child for child in whole.children if isinstance(child, Text)]
        rest = [child for child in whole.children if child is not rect and not isinstance(child, Text)]
        link = self._link(safe_link(whole.href)) if whole.href and not whole.href.startswith("#") else ""
        found = list(blocks(texts))
        words = ""
        inside = next((block for block in found if _is_middle(block, rect) and not _is_hidden(block, flat(rest))), None)
        if inside is not None:
            words = body(inside, self._fitting, self._colours, self._language, extent(rect))
            found.remove(inside)
        made = [self._shape(rect, name, whole.title or " ".join(text.text for text in texts), words=words, link=link)]
        made += self._loose(rest, None) if rest else []
        return made + [self._words(block) for block in found]

    def _shape(
        self,
        element: Rect | Circle,
        name: str,
        description: str = "",
        outline: str = "",
        words: str = "",
        link: str = "",
    ) -> Item:
        """A rectangle or a disc that lines may end at."""
        anchor = self._glue.anchors.get(id(element))
        number = anchor.shape if anchor else self._number()
        if isinstance(element, Circle):
            outline = outline or preset("ellipse")
        elif anchor and anchor.more:
            outline = with_sites(element, anchor.more, self._fitting)
        else:
            outline = of_rect(element)
        paint = self._paint(element.fill, element.stroke, element.stroke_width, getattr(element, "dash", ()))
        place = extent(element)
        head = properties(number, name, description, link)
        return Item(shape(head, self._fitting.transform(place), outline, paint, words or NO_WORDS), number, place)

    def _heap(self, heap: Heap, description: str = "") -> Item:
        part, place, number = heap.parts[0], heap.bounds, self._number()
        stroke, width = (None, 0.0) if isinstance(part, Polygon) else (part.stroke, part.stroke_width)
        fill = None if isinstance(part, Line) else part.fill
        paint = self._paint(fill, stroke, width, getattr(part, "dash", ()))
        if len(heap.parts) == 1 and isinstance(part, Rect):
            outline = of_rect(part)
        elif len(heap.parts) == 1 and isinstance(part, Circle):
            outline = preset("ellipse")
        else:
            outline = heap.outline(self._fitting)
        head = properties(number, description.partition(UNDER)[0] or "Part of a figure", description)
        return Item(shape(head, self._fitting.transform(place), outline, paint), number, place)

    def _words(self, block: Block) -> Item:
        number, place = self._number(), block.within(*self._sides)
        said = " ".join(line.text for line in block.lines)
        words = body(block, self._fitting, self._colours, self._language)
        head = properties(number, said, said)
        outline = preset("rect") + "<a:noFill/>"
        return Item(shape(head, self._fitting.transform(place), outline, "", words, box=True), number, place)

    def _line(self, line: Line) -> Item:
        """A line: a connector where it is straight or an elbow between two blocks, joined to these, else a path."""
        number, place = self._number(), extent(line)
        name = NAMES["zoom"] if line.kind == "zoom" else "Line"
        stroke = self._stroke(line.stroke, line.stroke_width, line.dash, head=bool(line.head))
        (x, y), (end_x, end_y) = line.points[0], line.points[-1]
        place = (min(x for x, _ in line.points), min(y for _, y in line.points),
                 max(x for x, _ in line.points), max(y for _, y in line.points))  # fmt: skip
        joined = self._glue.ends.get(id(line))
        if not is_straight(line) and joined is None:
            path = Path(self._fitting, place)
            path.polyline(line.points, _radius(line))
            outline = path.written(open_=True) + "<a:noFill/>"
            return Item(shape(properties(number, name), self._fitting.transform(place), outline, stroke), number, place)
        start, end = joined or (None, None)
        if is_straight(line):
            flip = (' flipH="1"' if end_x < x else "") + (' flipV="1"' if end_y < y else "")
            kind, where = "straightConnector1", self._fitting.transform(place, flip)
        else:
            kind, where = "bentConnector2", transform_of(line, self._fitting)
        joints = _joint("a:stCxn", start) + _joint("a:endCxn", end)
        return Item(
            f"<p:cxnSp><p:nvCxnSpPr>{properties(number, name)}<p:cNvCxnSpPr>{joints}</p:cNvCxnSpPr><p:nvPr/>"
            f"</p:nvCxnSpPr><p:spPr>{where}{preset(kind)}{stroke}</p:spPr></p:cxnSp>",
            number,
            place,
        )

    def _paint(self, fill: str | None, stroke: str | None, width: float, dash: tuple[float, ...]) -> str:
        inside = self._colours.solid(fill) if fill else "<a:noFill/>"
        return inside + self._stroke(stroke if width > 0 else None, width, dash)

    def _stroke(self, stroke: str | None, width: float, dash: tuple[float, ...], *, head: bool = False) -> str:
        if not stroke:
            return "<a:ln><a:noFill/></a:ln>"
        dashes = "".join(
            f'<a:ds d="{round(on / width * 100_000)}" sp="{round(off / width * 100_000)}"/>'
            for on, off in zip(dash[::2], dash[1::2], strict=False)
        )
        dashed = f"<a:custDash>{dashes}</a:custDash>" if dashes else ""
        arrow = '<a:tailEnd type="triangle" w="lg" len="lg"/>' if head else ""
        return f'<a:ln w="{self._fitting.length(width)}">{self._colours.solid(stroke)}{dashed}<a:round/>{arrow}</a:ln>'


HEAD = 14.0
"""Px that the head of a line is long at most."""
NO_WORDS = "<p:txBody><a:bodyPr/><a:p/></p:txBody>"
"""What a shape has where somebody may write into it."""


def _in_step(item: Item, step: int | None) -> Item:
    return item if step is None or item.step is not None else Item(item.markup, item.number, item.bounds, step)


def _part_name(element: Rect | Circle) -> str:
    if isinstance(element, Circle):
        return "Tap"
    return "Ground" if element.kind == "container" else "Box"


def _joint(tag: str, joint: Joint | None) -> str:
    return f'<{tag} id="{joint.shape}" idx="{joint.site}"/>' if joint else ""


def _is_middle(block: Block, rect: Rect) -> bool:
    """Whether the words of ``block`` stand in the middle of ``rect``, across, and within it."""
    left, top, right, bottom = extent(rect)
    half = block.height / 2
    return (
        block.lines[0].anchor == "middle"
        and abs(block.lines[0].x - (left + right) / 2) < 1
        and block.middle - half >= top - 2
        and block.middle + half <= bottom + 2
    )


def _is_hidden(block: Block, above: Sequence[Element]) -> bool:
    """Whether something ``above`` a shape with an inside covers words in that shape."""
    line = block.lines[0]
    half, down = max(one.width for one in block.lines) / 2, block.height / 2
    for one in above:
        if not isinstance(one, Line | Text | Group) and one.fill:
            left, top, right, bottom = extent(one)
            if (
                left < line.x + half
                and right > line.x - half
                and abs((top + bottom) / 2 - block.middle) < down + (bottom - top) / 2
            ):
                return True
    return False


def _radius(line: Line) -> float:
    """The radius of the corners of ``line``, which leave its head a straight piece: else it would stand aslant."""
    last = math.dist(*line.points[-2:])
    return min(line.radius, max(0.0, last - HEAD)) if line.head else line.radius
