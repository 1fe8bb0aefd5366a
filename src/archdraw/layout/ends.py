"""What lines leave and enter: found from where they end, when all of a picture has its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, pairwise

from archdraw.records import replaced
from archdraw.scene import Circle, Element, Group, Line, Point, Rect

NODES = ("add", "multiply")
"""The roles of nodes."""
SECTIONS = ("model", "panel", "header", "footer", "strip", "zoom", "legend")
"""The roles of parts of a picture that have lines of their own, or none."""
TOUCH = 1.5
"""Px between an end and the border that it lies on, at most."""


def linked(elements: Sequence[Element], opens: Mapping[str, str]) -> tuple[Element, ...]:
    """``elements`` with names for their nodes, and whose edges say the paths of what they leave and enter.

    ``opens`` are the panels that blocks open, by the paths of these.

    An edge that begins at another one, or goes on where that ends, leaves the same block. Where neither a block nor a
    node is met, as at an end that is open, the path is empty. What enters or leaves one of several alternatives does so
    with all of them: their paths stand with spaces between.
    """
    return _linked(_named(elements, count(1), opens))


def _named(elements: Iterable[Element], numbers: Iterator[int], opens: Mapping[str, str]) -> tuple[Element, ...]:
    """``elements``, the groups of nodes among them with a path: "add-1", "multiply-2"; blocks with what they open."""
    found: list[Element] = []
    for element in elements:
        match element:
            case Group():
                found.append(_of(element, numbers, opens))
            case _:
                found.append(element)
    return tuple(found)


def _of(group: Group, numbers: Iterator[int], opens: Mapping[str, str]) -> Group:
    if group.role in NODES and not group.path:
        return replaced(group, path=f"{group.role}-{next(numbers)}")
    panel = opens.get(group.path, "") if group.path else ""
    inside = _named(group.children, numbers, opens)
    # Most groups are a box and its words, of which nothing changes.
    return replaced(group, children=inside, opens=panel or group.opens) if panel or inside != group.children else group


def _linked(elements: Sequence[Element]) -> tuple[Element, ...]:
    """``elements`` with linked edges: each section by itself, as nothing leads from one to another but zoom lines."""
    inside = [
        replaced(element, children=_linked(element.children))
        if isinstance(element, Group) and element.role in SECTIONS
        else element
        for element in elements
    ]
    edges = _edges(inside)
    if not edges:
        return tuple(inside)
    ends = _Ends(inside, edges)
    return _with_ends(inside, ends)


def _edges(elements: Iterable[Element]) -> list[Line]:
    found: list[Line] = []
    for element in elements:
        match element:
            case Line(kind="edge"):
                found.append(element)
            case Group(children=children) if element.role not in SECTIONS:
                found += _edges(children)
    return found


def _with_ends(elements: Iterable[Element], ends: _Ends) -> tuple[Element, ...]:
    found: list[Element] = []
    for element in elements:
        match element:
            case Line(kind="edge"):
                element = replaced(element, start=ends.start(element), end=ends.end(element))
            case Group(children=children) if element.role not in SECTIONS:
                inside = _with_ends(children, ends)
                element = replaced(element, children=inside) if inside != children else element
        found.append(element)
    return tuple(found)


class _Ends:
    """The boxes, nodes and frames of one section, and the ``edges`` between them."""

    def __init__(self, elements: Iterable[Element], edges: Sequence[Line]) -> None:
        self._edges = edges
        self._boxes: list[tuple[Rect, str]] = []
        self._frames: list[tuple[Rect, str]] = []
        self._nodes: list[tuple[Circle, str]] = []
        self._found: dict[tuple[int, bool], str] = {}
        self._offers: list[tuple[Rect, Sequence[Rect]]] = []
        choices: list[Rect] = []
        wholes: list[Rect] = []
        for shape, group in _solid(elements, None):
            path = group.path if group else ""
            if isinstance(shape, Circle):
                self._nodes.append((shape, path))
            elif shape.kind == "box":
                self._boxes.append((shape, path))
            elif path:
                self._frames.append((shape, path))
            else:
                (choices if group and group.role == "choice" else wholes).append(shape)
        for choice in choices:
            self._offer(choice, [whole for whole in wholes if _holds(choice, whole)])

    def _offer(self, choice: Rect, wholes: Sequence[Rect]) -> None:
        """What meets one of the boxes above each other in ``choice``, and in none of the ``wholes``, meets all.

        So does what meets the border of ``choice``, as words may stand between it and the first box.
        """
        within = [
            number
            for number, (box, path) in enumerate(self._boxes)
            if path and _holds(choice, box) and not any(_holds(whole, box) for whole in wholes)
        ]
        paths = " ".join(self._boxes[number][1] for number in within)
        for number in within:
            self._boxes[number] = (self._boxes[number][0], paths)
        if paths:
            self._boxes.append((choice, paths))
        elif wholes:
            self._offers.append((choice, wholes))

    def start(self, line: Line) -> str:
        """The path of what ``line`` leaves."""
        return "" if line.open_ends in ("start", "both") else self._end(line, at_start=True)

    def end(self, line: Line) -> str:
        """The path of what ``line`` enters."""
        return "" if line.open_ends in ("end", "both") else self._end(line, at_start=False)

    def _end(self, line: Line, *, at_start: bool) -> str:
        key = (id(line), at_start)
        if key not in self._found:
            # Lines that lead in a circle lead to nothing.
            self._found[key] = ""
            self._found[key] = self._met(line, at_start)
        return self._found[key]

    def _met(self, line: Line, at_start: bool) -> str:
        place = line.points[0 if at_start else -1]
        box = _touched(place, self._boxes)
        if box is not None:
            return box
        for node, path in self._nodes:
            if abs(abs(place[0] - node.x) + abs(place[1] - node.y) - node.radius) < TOUCH:
                return path
        for other in self._edges:
            on = other.points[-1 if at_start else 0]
            if other is not line and _near(place, on):
                return self.start(other) if at_start else self.end(other)
        for other in self._edges:
            if other is not line and any(_passes(place, *leg) for leg in pairwise(other.points)):
                return self.start(other) if at_start else self.end(other)
        for choice, wholes in self._offers if at_start else ():
            if _touched(place, [(choice, "")]) is not None:
                return " ".join(dict.fromkeys(filter(None, map(self.start, self._leaving(wholes)))))
        return _touched(place, self._frames) or ""

    def _leaving(self, wholes: Sequence[Rect]) -> list[Line]:
        """The lines that end at the upper sides of ``wholes``."""
        ends = [(whole.x, whole.x + whole.width, whole.y) for whole in wholes]
        return [
            edge
            for edge in self._edges
            if any(left < edge.points[-1][0] < right and abs(edge.points[-1][1] - y) < TOUCH for left, right, y in ends)
        ]


def _solid(elements: Iterable[Element], group: Group | None) -> Iterator[tuple[Rect | Circle, Group | None]]:
    """What lines may end at, each with the group that it is in."""
    for element in elements:
        match element:
            case Group() if element.role not in SECTIONS:
                yield from _solid(element.children, element)
            case Rect(kind="box" | "container") | Circle(kind="node"):
                yield element, group


def _holds(around: Rect, inner: Rect) -> bool:
    """Whether ``inner`` lies in ``around``."""
    level = around.x - 1 < inner.x and inner.x + inner.width < around.x + around.width + 1
    return level and around.y - 1 < inner.y and inner.y + inner.height < around.y + around.height + 1


def _touched(place: Point, things: Iterable[tuple[Rect, str]]) -> str | None:
    """The path of that of ``things`` on whose border ``place`` lies; None where there is none."""
    x, y = place
    for rect, path in things:
        left, top, right, bottom = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
        if (
            left - TOUCH < x < right + TOUCH
            and top - TOUCH < y < bottom + TOUCH
            and min(abs(x - left), abs(x - right), abs(y - top), abs(y - bottom)) < TOUCH
        ):
            return path
    return None


def _near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < 1 and abs(one[1] - other[1]) < 1


def _passes(place: Point, start: Point, end: Point) -> bool:
    """Whether the level or upright piece from ``start`` to ``end`` leads through ``place``."""
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return left - 1 < place[0] < right + 1 and top - 1 < place[1] < bottom + 1
