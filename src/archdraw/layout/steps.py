"""The order in which a picture of a model may be built up: its input, its layers, residual lines, then each panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from archdraw.records import record, replaced
from archdraw.scene import FRAME, Circle, Element, Group, Line, Rect, bounds

Step: TypeAlias = Literal["input", "embedding", "layer", "attention", "feed-forward", "residuals", "head"]
ORDER: tuple[Step, ...] = ("input", "embedding", "layer", "attention", "feed-forward", "residuals", "head")
STEP_OF: Mapping[str, Step] = {
    **dict.fromkeys(("attention", "sliding", "linear", "convolution"), "attention"),
    **dict.fromkeys(("feed_forward", "experts", "shared"), "feed-forward"),
}
"""The steps in which blocks inside a frame of layers appear, by their roles; others follow what they lead to."""
RESIDUAL = "residual"
"""The role of the line around a block, with the dot where it begins."""
MODEL, PANEL, ZOOM, STRIP = "model", "panel", "zoom", "strip"
"""The roles of sections."""


def stepped(elements: tuple[Element, ...]) -> tuple[tuple[Element, ...], tuple[str, ...]]:
    """``elements`` with the steps in which they appear, and the names of all steps; none where there is no model.

    What has no step is there from the beginning: the header, the footer, the ground of a model.
    """
    sections = [element for element in elements if isinstance(element, Group)]
    models = {id(section): _Model(section) for section in sections if section.role == MODEL}
    if not models:
        return elements, ()
    used = {step for model in models.values() for step in model.steps()}
    names: list[str] = [step for step in ORDER if step in used]
    panels = {section.panel: section.title or section.panel for section in sections if section.role == PANEL}
    numbers = {panel: len(names) + number for number, panel in enumerate(panels)}
    found: list[Element] = []
    for element in elements:
        if id(element) in models:
            element = models[id(element)].numbered({step: names.index(step) for step in ORDER if step in used})
        elif isinstance(element, Group) and element.role in (PANEL, ZOOM):
            element = replaced(element, step=numbers.get(element.panel or element.opens))
        elif isinstance(element, Group) and element.role == STRIP and "layer" in used:
            element = replaced(element, step=names.index("layer"))
        found.append(element)
    return tuple(found), (*names, *panels.values())


@record
class _Box:
    """A block with its middle."""

    group: Group
    x: float
    y: float


class _Model:
    """The section of one model, and the step of each of its shapes."""

    def __init__(self, section: Group) -> None:
        self._section = section
        self._lines = _lines(section.children)
        groups = [child for child in section.children if isinstance(child, Group) and child.children]
        self._frames = [bounds((group,)) for group in groups if group.role == FRAME]
        self._boxes = [_Box(group, *_middle(group)) for group in groups if group.path and group.role != FRAME]
        self._residual = {
            line.end for group in groups if group.role == RESIDUAL for line in _lines(group.children) if line.end
        }
        self._of_box: dict[str, Step] = {}
        self._find()
        self._appear = [(child, self._of(child)) for child in section.children]
        """What is in the section, each with its step."""

    def _find(self) -> None:
        """The step of each box: by its place and its role, else by what it leads to, or by what leads to it."""
        waiting: list[str] = []
        for box in self._boxes:
            path, role = box.group.path, box.group.role
            if path in self._residual:
                self._of_box[path] = "residuals"
            elif role == "input":
                self._of_box[path] = "input"
            elif not self._is_framed(box):
                self._of_box[path] = self._outside(box)
            elif role in STEP_OF:
                self._of_box[path] = STEP_OF[role]
            else:
                waiting.append(path)
        for forward in (True, False):
            after: dict[str, list[str]] = {}
            for line in self._lines:
                starts, ends = (line.start, line.end) if forward else (line.end, line.start)
                for start in starts.split():
                    after.setdefault(start, []).extend(ends.split())
            for path in waiting:
                if path not in self._of_box and (found := self._led(path, after, set())):
                    self._of_box[path] = found
        self._of_box.update((path, "layer") for path in waiting if path not in self._of_box)

    def _led(self, path: str, after: Mapping[str, list[str]], seen: set[str]) -> Step | None:
        """The step of the first block of a layer ``after`` the one at ``path``, not beyond a node."""
        seen.add(path)
        for other in after.get(path, ()):
            step = self._of_box.get(other)
            if step in ("attention", "feed-forward"):
                return step
            if step is None and other not in seen and (found := self._led(other, after, seen)):
                return found
        return None

    def _is_framed(self, box: _Box) -> bool:
        return any(left < box.x < right and top < box.y < bottom for left, top, right, bottom in self._frames)

    def _outside(self, box: _Box) -> Step:
        """The step of a box that is in no frame: those below all frames come first, those above all of them last."""
        if self._frames and all(box.y < top for _, top, _, _ in self._frames):
            return "head"
        if self._frames and all(box.y > bottom for _, _, _, bottom in self._frames):
            return "embedding"
        return STEP_OF.get(box.group.role, "layer")

    def _of_line(self, line: Line) -> Step:
        """A line appears with the later of what it joins; a node that waits for its residual line keeps none back."""
        paths = (*line.start.split(), *line.end.split())
        ends = [self._of_box[path] for path in paths if path in self._of_box]
        own = [step for step in ends if step != "residuals"]
        if not own:
            return "residuals" if ends else "layer"
        if line.open_ends in ("end", "both") and self._frames:
            return "head"
        return max(own, key=ORDER.index)

    def _of(self, element: Element) -> Step | None:
        match element:
            case Line():
                return self._of_line(element)
            case Group(role="residual"):
                return "residuals"
            case Group(path=path) if path in self._of_box:
                return self._of_box[path]
            case Group(role="frame" | "bracket" | "caption"):
                return "layer"
            case Rect(kind="container") if element is self._ground():
                return None
            case _:
                return self._of_nearest(element)

    def _ground(self) -> Element:
        return self._section.children[0]

    def _of_nearest(self, element: Element) -> Step | None:
        """The step of the box that is nearest to a mark or a note, of a dot that of the line on which it lies."""
        if isinstance(element, Circle):
            steps = [self._of_line(line) for line in self._lines if _passes(line, element.x, element.y)]
            return min(steps, key=ORDER.index, default="layer")
        x, y = _middle(element)
        nearest = min(self._boxes, key=lambda box: abs(box.x - x) + abs(box.y - y), default=None)
        return self._of_box[nearest.group.path] if nearest else None

    def steps(self) -> Iterator[Step]:
        """The steps of all that it has."""
        yield from (step for _, step in self._appear if step is not None)

    def numbered(self, numbers: Mapping[Step, int]) -> Group:
        """The section with the numbers of steps; a shape that stands by itself gets a group for its own."""
        children: list[Element] = []
        for child, step in self._appear:
            if step is None:
                children.append(child)
            elif isinstance(child, Group | Line):
                children.append(replaced(child, step=numbers[step]))
            elif (
                children
                and isinstance(before := children[-1], Group)
                and before.role == "mark"
                and before.step == numbers[step]
                # Lines meet at a bar: words that come after it are another thing.
                and type(before.children[-1]) is type(child)
            ):
                children[-1] = replaced(before, children=(*before.children, child))
            else:
                children.append(Group((child,), role="mark", step=numbers[step]))
        return replaced(self._section, children=tuple(children))


def _middle(element: Element) -> tuple[float, float]:
    left, top, right, bottom = bounds((element,))
    return (left + right) / 2, (top + bottom) / 2


def _lines(elements: Iterable[Element]) -> list[Line]:
    found: list[Line] = []
    for element in elements:
        match element:
            case Line():
                found.append(element)
            case Group(children=children):
                found += [line for line in _lines(children) if line.kind == "edge"]
    return found


def _passes(line: Line, x: float, y: float) -> bool:
    """Whether a piece of ``line`` leads through a point."""
    return any(
        min(a, c) - 1 < x < max(a, c) + 1 and min(b, d) - 1 < y < max(b, d) + 1
        for (a, b), (c, d) in zip(line.points, line.points[1:], strict=False)
    )
