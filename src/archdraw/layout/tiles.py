"""A large scene cut to pieces that images of pixels can be made of, between the things on it where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archdraw.scene import Bounds, Element, Group, Rect, Scene, bounds, moved

LONGEST = 8000.0
"""Pixels of a side, which common viewers of images still open."""


def tiles(scene: Scene, scale: float, longest: float = LONGEST) -> list[tuple[str, Scene]]:
    """The pieces of ``scene``, none longer than ``longest`` pixels at ``scale``, each with its row and its column.

    A piece is cut where no group of the scene is cut, if there is such a place. A scene that is small enough is the
    only piece and has no name.
    """
    most = longest / scale
    whole = (0.0, 0.0, scene.width, scene.height)
    things = [bounds((element,)) for element in scene.children if isinstance(element, Group)]
    pieces = list(_cut(whole, things, most))
    if len(pieces) == 1:
        return [("", scene)]
    lefts = sorted({left for left, *_ in pieces})
    found: list[tuple[str, Scene]] = []
    for column, left in enumerate(lefts, 1):
        below = sorted(piece for piece in pieces if piece[0] == left)
        for row, piece in enumerate(sorted(below, key=lambda piece: piece[1]), 1):
            found.append((f"{row}-{column}", _piece(scene, piece, f"row {row}, column {column}")))
    return sorted(found, key=lambda piece: tuple(map(int, piece[0].split("-"))))


def _cut(region: Bounds, things: Sequence[Bounds], most: float) -> Iterator[Bounds]:
    """``region`` cut until no piece has a side longer than ``most``."""
    left, top, right, bottom = region
    if right - left <= most and bottom - top <= most:
        yield region
        return
    inside = [thing for thing in things if _share(thing, region)]
    across = _between([(thing[0], thing[2]) for thing in inside], left, right, most)
    down = _between([(thing[1], thing[3]) for thing in inside], top, bottom, most)
    # Where both ways are open, across the longer side; where only one is, that one, even if it makes small pieces.
    if down is not None and (across is None or bottom - top >= right - left):
        pieces: tuple[Bounds, ...] = ((left, top, right, down), (left, down, right, bottom))
    elif across is not None:
        pieces = ((left, top, across, bottom), (across, top, right, bottom))
    elif right - left > most:
        middle = left + (right - left) / -(-(right - left) // most)
        pieces = ((left, top, middle, bottom), (middle, top, right, bottom))
    else:
        middle = top + (bottom - top) / -(-(bottom - top) // most)
        pieces = ((left, top, right, middle), (left, middle, right, bottom))
    for piece in pieces:
        yield from _cut(piece, things, most)


def _share(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _between(spans: Sequence[tuple[float, float]], start: float, end: float, most: float) -> float | None:
    """The middle of a gap that none of ``spans`` reaches over; the last one that leaves ``most`` px before it."""
    gaps: list[float] = []
    reached = start
    for first, last in sorted(spans):
        if first > reached and reached > start:
            gaps.append((reached + first) / 2)
        reached = max(reached, last)
    if not gaps:
        return None
    near = [gap for gap in gaps if gap - start <= most]
    return near[-1] if near else gaps[0]


def _piece(scene: Scene, region: Bounds, name: str) -> Scene:
    left, top, right, bottom = region
    children = tuple(_kept(scene.children, region))
    return replace(
        scene,
        width=right - left,
        height=bottom - top,
        title=f"{scene.title}, {name}",
        children=moved(children, -left, -top),
        printed=None,
    )


def _kept(elements: Sequence[Element], region: Bounds) -> Iterator[Element]:
    """What of ``elements`` lies in ``region``, grounds cut at its border."""
    for element in elements:
        if isinstance(element, Group):
            if children := tuple(_kept(element.children, region)):
                yield replace(element, children=children)
        elif _share(bounds((element,)), region):
            yield _clipped(element, region) if isinstance(element, Rect) and element.kind == "ground" else element


def _clipped(rect: Rect, region: Bounds) -> Rect:
    left, top = max(rect.x, region[0]), max(rect.y, region[1])
    right, bottom = min(rect.right, region[2]), min(rect.bottom, region[3])
    cut = (left, top, right, bottom) != (rect.x, rect.y, rect.right, rect.bottom)
    return replace(rect, x=left, y=top, width=right - left, height=bottom - top, radius=0 if cut else rect.radius)
