"""Rules of what belongs together: a box and its words, a box and its lines, a figure and its caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from archdraw.lint.ends import distance_to_border
from archdraw.lint.geometry import Area, outline
from archdraw.lint.survey import Fault, Survey, named, quoted
from archdraw.scene import Line, Point, Rect, Shape, Text, groups_of

CENTRED = 1.5
"""Px that words may lie beside the middle of their box."""
LEADING = 1.1
"""From one line of a box to the next, as a share of the size of the lower one, at least."""
ALIGNED = 2.0
"""Px between the end of a line and the border that it lies on, at most."""
TIP = 12.0
"""Px from the tip of an arrow head back to its line, at most."""
HEAD = 20.0
"""Px at the top of a box that are empty, at most: words or a figure come first."""
BESIDE = 40.0
"""Px between a box and one above it that its line has to pass, at most."""
BRACKET_GAP, BRACKET_SLACK = 12.0, 4.0
"""Px between a bracket and the box that it stands at, and how much taller or lower it may be, at most."""
TORN = 66.0
"""Px between two things of one panel that follow each other, at most."""


def labels(view: Survey) -> Iterator[Fault]:
    """The words of a box stand in its middle, one line apart, and a box has some."""
    for number, box in view.rects:
        if box.kind != "box":
            continue
        held = view.inside.get(number, [])
        words = [shape for shape in held if isinstance(shape, Text) and shape.anchor == "middle"]
        if not held or (not words and min(map(_top, held)) - box.y > HEAD):
            yield Fault("label", f"{named(box)} has no words", box.x, box.y)
        for above, below in pairwise(sorted(words, key=lambda text: text.y)):
            if below.y - above.y < LEADING * below.size:
                yield Fault("label", f"{quoted(below)} stands too near to {quoted(above)}", below.left, below.top)
        for text in words:
            if abs(text.x - (box.x + box.right) / 2) > CENTRED:
                yield Fault("label", f"{quoted(text)} stands beside the middle of {named(box)}", text.left, text.top)
        # A letter beside the words is a box of its own; those in a figure belong to it.
        figure = min((shape.y for shape in held if isinstance(shape, Rect) and shape.kind != "box"), default=box.bottom)
        upper = [shape for shape in held if isinstance(shape, Text) and shape.y < figure]
        if upper and all(text.anchor == "middle" for text in upper):
            middle = (min(text.top for text in upper) + max(text.y for text in upper)) / 2
            if abs(middle - (box.y + figure) / 2) > CENTRED:
                message = f"{quoted(upper[0])} stands above or below the middle of {named(box)}"
                yield Fault("label", message, upper[0].left, upper[0].top)


def _top(shape: Shape) -> float:
    """Where the ink of a shape begins."""
    return shape.top if isinstance(shape, Text) else outline(shape).top


def sides(view: Survey) -> Iterator[Fault]:
    """Lines meet a box about the middle of its upper and its lower side.

    A line may lead from the middle of one box to the side of another, where boxes stand in steps; a bar beside a
    bracket is as wide as a frame, and its lines go straight on; a box under another one has its line where that passes.
    """
    beside: dict[int, list[bool]] = {}
    for number, box in view.rects:
        words = (shape for shape in view.inside.get(number, []) if isinstance(shape, Text))
        if box.kind != "box" or any(text.anchor != "middle" for text in words):
            continue  # Lines of a lineage meet the cards in it where there is room.
        if (place := _alone_at_a_side(view, box)) is not None:
            if abs(place[1] - (box.y + box.bottom) / 2) > CENTRED:
                yield Fault("side", f"the line at {named(box)} meets it above or below its middle", *place)
            continue
        met = {y: found for y in (box.y, box.bottom) if (found := _meeting(view, number, box, y))}
        middle = (box.x + box.right) / 2
        off = {y for y, found in met.items() if abs((min(found)[0] + max(found)[0]) / 2 - middle) > CENTRED}
        if off and _bracketed(view, box):
            if place := _broken(met):
                yield Fault("side", f"a line that passes {named(box)} goes on beside where it came in", *place)
            continue
        if off == {box.y} and _passes_another(view, box, [x for x, _ in met[box.y]]):
            continue
        if off and len(off) == len(met) and not _in_a_row(view, box):
            yield Fault("side", f"lines meet {named(box)} beside its middle", box.x, box.y)
        for y, found in met.items():
            if len(found) == 1:
                beside.setdefault(found[0][1], []).append(y in off)
    for number, straight in view.lines:
        if len(straight.points) == 2 and any(ends := beside.get(number, [])) and all(ends):
            yield Fault("side", f"{named(straight)} meets boxes beside their middle only", *straight.points[0])


def _alone_at_a_side(view: Survey, box: Rect) -> Point | None:
    """Where the only line that ends at ``box`` meets its left or right side; None where it is another, or several."""
    found = _ends_at(view, box)
    if len(found) != 1 or min(abs(found[0][0] - box.x), abs(found[0][0] - box.right)) > ALIGNED:
        return None
    return found[0]


def _in_a_row(view: Survey, box: Rect) -> bool:
    """Whether a line meets the middle of the left or the right side of ``box``: those above it come in besides."""
    return any(
        min(abs(x - box.x), abs(x - box.right)) <= ALIGNED and abs(y - (box.y + box.bottom) / 2) <= CENTRED
        for x, y in _ends_at(view, box)
    )


def _ends_at(view: Survey, box: Rect) -> list[Point]:
    """Where the lines that end at the border of ``box`` do so."""
    return [
        place
        for other in view.index.near(Area(box.x, box.y, box.right, box.bottom).grown(TIP))
        if isinstance(line := view.shapes[other], Line) and line.kind == "edge"
        for place in (line.points[0], line.points[-1])
        if distance_to_border(place, box) <= ALIGNED
    ]


def _broken(met: Mapping[float, list[tuple[float, int]]]) -> Point | None:
    """Where one of as many lines that meet the upper and the lower side does not go straight on at the other."""
    upper, *lower = (sorted(x for x, _ in found) for found in met.values())
    if not lower or len(upper) != len(lower[0]):
        return None
    y = next(iter(met))
    return next(((x, y) for x, below in zip(upper, lower[0], strict=True) if abs(x - below) > CENTRED), None)


def _bracketed(view: Survey, box: Rect) -> bool:
    """Whether a bracket as tall as ``box`` stands at its left or right."""
    for other in view.index.near(Area(box.x - BRACKET_GAP, box.y, box.right + BRACKET_GAP, box.bottom)):
        area = view.areas[other]
        if (
            isinstance(line := view.shapes[other], Line)
            and line.kind == "rule"
            and (0 < box.x - area.right < BRACKET_GAP or 0 < area.left - box.right < BRACKET_GAP)
            and max(abs(area.top - box.y), abs(area.bottom - box.bottom)) < BRACKET_SLACK
        ):
            return True
    return False


def _passes_another(view: Survey, box: Rect, places: list[float]) -> bool:
    """Whether another box stands right above the middle of ``box``, and lines at ``places`` lead past that one."""
    middle = (box.x + box.right) / 2
    above = Area(middle, box.y - BESIDE, middle, box.y - ALIGNED)
    for other in view.index.near(above):
        shape = view.shapes[other]
        if isinstance(shape, Rect) and shape.kind == "box" and above.top < shape.bottom <= above.bottom:
            return shape.x < middle < shape.right and not any(shape.x <= x <= shape.right for x in places)
    return False


def _meeting(view: Survey, number: int, box: Rect, y: float) -> list[tuple[float, int]]:
    """Where lines end at the side of ``box`` at ``y``, each with the number of its line."""
    found: list[tuple[float, int]] = []
    for other in view.index.near(Area(box.x, y, box.right, y).grown(TIP)):
        if not isinstance(line := view.shapes[other], Line) or line.kind != "edge":
            continue
        for place in (line.points[0], line.points[-1]):
            if abs(place[1] - y) <= ALIGNED and box.x <= place[0] <= box.right:
                found.append((place[0], other))
    return found


def empty(view: Survey) -> Iterator[Fault]:
    """A group that has a name has something in it."""
    for group in groups_of(view.scene.children):
        if not group.children:
            yield Fault("empty", f'nothing is painted for "{group.title or group.path}"', 0, 0)


def unboxed(view: Survey) -> Iterator[Fault]:
    """Where words are grouped in the middle of something, that is there: a box, a disc or a figure."""
    for group in groups_of(view.scene.children):
        words = [shape for shape in group.children if isinstance(shape, Text) and shape.anchor == "middle"]
        if words and len(words) == len(group.children) and (group.title or group.path):
            yield Fault("label", f"{quoted(words[0])} has lost its box", words[0].left, words[0].top)


def torn(view: Survey) -> Iterator[Fault]:
    """In a panel, a container with a title, what follows each other lies near: a caption at its figure."""
    for number, panel in view.rects:
        if panel.kind != "container" or _is_passed(view, panel):
            continue
        held = _held(view, number, panel)
        if not held or not _is_title(view.shapes[held[0]]):
            continue
        bottom = view.areas[held[0]].bottom
        for other in held[1:]:
            area = view.areas[other]
            if area.top - bottom > TORN:
                message = f"{named(view.shapes[other])} is {area.top - bottom:.0f} px from what it follows"
                yield Fault("torn", message, area.left, area.top)
            bottom = max(bottom, area.bottom)


def _is_passed(view: Survey, frame: Rect) -> bool:
    """Whether a line leads through the lower border of ``frame``: then it is no panel, whatever it begins with."""
    border = Area(frame.x, frame.bottom - 0.5, frame.right, frame.bottom + 0.5)
    near = (view.shapes[number] for number in view.index.near(border))
    return any(
        frame.x < x < frame.right and min(low, high) < border.bottom and border.top < max(low, high)
        for line in near
        if isinstance(line, Line) and line.kind == "edge"
        for (x, low), (end, high) in pairwise(line.points)
        if x == end
    )


def _held(view: Survey, number: int, panel: Rect) -> list[int]:
    around = Area(panel.x, panel.y, panel.right, panel.bottom)
    held = [other for other in view.index.near(around) if other != number and view.areas[other].within(around)]
    return sorted(held, key=lambda other: view.areas[other].top)


def _is_title(shape: Shape) -> bool:
    """Whether a panel that begins with this has a title: bold words, or the badge before them."""
    return (isinstance(shape, Text) and shape.weight >= 600) or (
        isinstance(shape, Rect) and shape.kind == "box" and shape.stroke is None
    )
