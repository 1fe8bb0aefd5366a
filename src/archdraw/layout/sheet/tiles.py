"""A large scene cut into tiles that images of pixels can be made of, between the things on it where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from archdraw.errors import ArchdrawError
from archdraw.records import record
from archdraw.scene import Bounds, Element, Group, Rect, Scene, Text, bounds, moved, rounded

LONGEST = 8000.0
"""Pixels of a side, which common viewers of images still open."""
MOST_TILES = 400
"""More files than that are a mistake in the scale."""
SCRAP = 0.1
"""A last row that is a smaller share of the longest side belongs to the one above it: a footer."""


def tiles(scene: Scene, scale: float, longest: float = LONGEST) -> list[tuple[str, Scene]]:
    """The tiles of ``scene``, none longer than ``longest`` pixels at ``scale``, each named by its row and its column.

    Whole rows of things are cut apart first, then their columns, then those; through a thing goes a cut only where
    there is no other way. A scene that is small enough is the only tile, and has no name.
    Raises :class:`ArchdrawError` for more than ``MOST_TILES``.
    """
    sides = [max(1.0, side * scale / longest) for side in scene.size]
    if not sides[0] * sides[1] <= MOST_TILES:
        raise _too_many(scale)
    most = longest / scale
    if max(scene.width, scene.height) <= most:
        return [("", scene)]
    elements = [(element, bounds((element,))) for element in scene.children]
    everything = _Things([(place, True) for _, place in elements])
    # A column may end below a picture, but not below its heading.
    solid = _Things(
        [(place, isinstance(element, Group)) for element, place in elements if isinstance(element, Group | Text)]
    )
    cut: list[tuple[str, Scene]] = []
    before = 0
    for top, bottom in everything.rows(scene.height, most):
        tallest = 0
        for column, (left, right) in enumerate(solid.columns(top, bottom, scene.width, most), 1):
            for row, (start, end) in enumerate(solid.within(left, right).down(top, bottom, most), 1):
                tallest = max(tallest, row)
                number = before + row
                piece = _piece(scene, elements, (left, start, right, end), f"row {number}, column {column}")
                cut.append((f"{number}-{column}", piece))
        before += tallest
        if len(cut) > MOST_TILES:
            raise _too_many(scale)
    return cut


def _too_many(scale: float) -> ArchdrawError:
    return ArchdrawError(f"at a scale of {scale:g} this is more than {MOST_TILES} images; choose another scale")


Span: TypeAlias = tuple[float, float]


@record
class _Things:
    """Where things are that are not to be cut, and whether a piece may end below each."""

    places: Sequence[tuple[Bounds, bool]]

    def within(self, left: float, right: float) -> _Things:
        return _Things([(place, ends) for place, ends in self.places if place[0] < right and left < place[2]])

    def rows(self, height: float, most: float) -> list[Span]:
        """Rows that nothing reaches over, of up to ``most`` px, or taller where there is no gap."""
        gaps = _gaps([(place[1], place[3], ends) for place, ends in self.places])
        rows = _spans(0, height, gaps, most, forced=False)
        if len(rows) > 1 and rows[-1][1] - rows[-1][0] < most * SCRAP:
            rows[-2:] = [(rows[-2][0], height)]
        return rows

    def columns(self, top: float, bottom: float, width: float, most: float) -> list[Span]:
        """The columns of the row from ``top`` to ``bottom``; each by itself where it is to be cut further."""
        gaps = _gaps([(place[0], place[2], True) for place, _ in self.places if place[1] < bottom and top < place[3]])
        if bottom - top > most:
            edges = [0.0, *gaps, width]
            return [span for edge in pairwise(edges) for span in _spans(*edge, [], most, forced=True)]
        return _spans(0, width, gaps, most, forced=True)

    def down(self, top: float, bottom: float, most: float) -> list[Span]:
        gaps = _gaps([(place[1], place[3], ends) for place, ends in self.places])
        return _spans(top, bottom, gaps, most, forced=True)


def _gaps(spans: Sequence[tuple[float, float, bool]]) -> list[float]:
    """The middles of the gaps between ``spans`` that none reaches over, after those that a piece may end with."""
    gaps: list[float] = []
    reached, ends = None, False
    for first, last, may_end in sorted(spans):
        if reached is not None and first > reached and ends:
            gaps.append(rounded((reached + first) / 2))
        if reached is None or last > reached:
            reached, ends = last, may_end
    return gaps


def _spans(start: float, end: float, gaps: Sequence[float], most: float, *, forced: bool) -> list[Span]:
    """From ``start`` to ``end`` in spans of up to ``most`` px that end in ``gaps``; elsewhere only if ``forced``."""
    found: list[Span] = []
    while end - start > most:
        ahead = [gap for gap in gaps if start < gap < end]
        near = [gap for gap in ahead if gap - start <= most]
        if near:
            cut = near[-1]
        elif forced:
            cut = start + most
        elif ahead:
            cut = ahead[0]
        else:
            break
        found.append((start, cut))
        start = cut
    return [*found, (start, end)]


def _share(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _piece(scene: Scene, elements: Sequence[tuple[Element, Bounds]], region: Bounds, name: str) -> Scene:
    left, top, right, bottom = region
    children = tuple(_kept([element for element, place in elements if _share(place, region)], region))
    return replace(
        scene,
        width=rounded(right - left),
        height=rounded(bottom - top),
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
