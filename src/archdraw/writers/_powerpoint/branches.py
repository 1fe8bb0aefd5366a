"""Which parts of a picture are a residual branch: the line around blocks, and all that it goes around."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archdraw.records import record
from archdraw.scene import Bounds, Element, Group, Line, bounds

RESIDUAL = "residual"
NEAR = 1.0
"""Px by which a part may reach beyond the branch that it belongs to."""


@record
class Branch:
    """The indices of the parts of one branch, and of its residual line."""

    members: frozenset[int]
    lane: int


def branches(children: Sequence[Element]) -> list[Branch]:
    """The residual branches among ``children``, each with what it goes around; none is in two of them."""
    paths = {child.path: index for index, child in enumerate(children) if isinstance(child, Group) and child.path}
    after, before = _edges(children)
    found: list[Branch] = []
    taken: set[int] = set()
    for index, child in enumerate(children):
        lane = _lane(child)
        if lane is None or lane.end not in paths or index in taken:
            continue
        inner = _reached(lane.start.split(), after, lane.end) & _reached([lane.end], before, *lane.start.split())
        boxes = {paths[path] for path in (*inner, lane.end) if path in paths}
        around = bounds(tuple(children[number] for number in (*boxes, index)))
        members = {number for number, other in enumerate(children) if _is_in(other, around)} - taken
        if len(members) > 1 and not any(_is_frame(children[number]) for number in members):
            found.append(Branch(frozenset(members), index))
            taken |= members
    return found


def _lane(element: Element) -> Line | None:
    if not isinstance(element, Group) or element.role != RESIDUAL:
        return None
    return next((child for child in element.children if isinstance(child, Line)), None)


def _edges(children: Iterable[Element]) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """What each block leads to and is led to by, without residual lines."""
    after: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    for child in children:
        if isinstance(child, Line):
            for start in child.start.split():
                for end in child.end.split():
                    after.setdefault(start, set()).add(end)
                    before.setdefault(end, set()).add(start)
    return after, before


def _reached(starts: Iterable[str], ways: Mapping[str, set[str]], *ends: str) -> set[str]:
    """What ``ways`` lead to from ``starts``, up to ``ends`` and without these."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        for path in ways.get(waiting.pop(), ()):
            if path not in seen and path not in ends:
                seen.add(path)
                waiting.append(path)
    return seen


def _is_frame(element: Element) -> bool:
    return isinstance(element, Group) and element.role == "frame"


def _is_in(element: Element, place: Bounds) -> bool:
    if isinstance(element, Group) and not element.children:
        return False
    left, top, right, bottom = bounds((element,))
    return left >= place[0] - NEAR and top >= place[1] - NEAR and right <= place[2] + NEAR and bottom <= place[3] + NEAR
