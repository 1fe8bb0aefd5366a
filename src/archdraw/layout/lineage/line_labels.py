"""Words on lines: above a level stretch or beside an upright one, near the start, where nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import dist

from archdraw.fonts import text_width
from archdraw.layout.lineage.lanes import LANE_PAD, MARGIN, NAMES, Placed
from archdraw.layout.lineage.lines import Line
from archdraw.records import record
from archdraw.scene import Point

SIZE = 14.0
ABOVE, BESIDE = 6.0, 8.0
"""Px from a line to words above it, and beside it."""
START = 12.0
"""Px from the start or a bend of a line to its words."""
STEP = 12.0
"""Px between two places that are tried along a line."""
CLEAR = 4.0
"""Px that words keep from all else."""
ASCENT, DESCENT = 0.76, 0.22
"""Height and depth of a line of words, in em."""


@record
class Label:
    """Words of ``line`` with their baseline at ``y``, px from the top of the first band."""

    line: Line
    text: str
    x: float
    y: float


Area = tuple[float, float, float, float]


def labelled(lines: Sequence[Line], placed: Placed) -> tuple[Label, ...]:
    """As many words as find a place, on each line the longest that do."""
    taken: list[Area] = [(box.left, box.top, box.right, box.bottom) for box in placed.boxes.values()]
    legs = [(start, end) for line in lines for start, end in pairwise(line.way.points)]
    taken += [_area(start, end) for start, end in legs]
    taken += [(x - 4, y - 4, x + 4, y + 4) for line in lines if line.way.branch for x, y in (line.way.branch,)]
    labels: list[Label] = []
    for line in lines:
        if not line.link.dashed:
            continue
        own = _own(line, lines)
        found = next((label for text in line.link.label for label in _places(line, own, text, placed, taken)), None)
        if found is not None:
            labels.append(found)
            taken.append(_ink(found))
    return tuple(labels)


def _own(line: Line, lines: Sequence[Line]) -> tuple[Point, ...]:
    """The end of ``line`` that is its alone: behind the last place where another one leaves it."""
    branches = [other.way.branch for other in lines if other is not line and other.way.branch is not None]
    points = list(line.way.points)
    for index in range(len(points) - 1, 0, -1):
        there = [branch for branch in branches if _lies(branch, points[index - 1], points[index])]
        if there:
            return (min(there, key=lambda branch: dist(branch, points[index])), *points[index:])
    return tuple(points)


def _lies(place: Point, start: Point, end: Point) -> bool:
    """Whether ``place`` is on the upright or level leg from ``start`` to ``end``."""
    return abs(dist(start, place) + dist(place, end) - dist(start, end)) < 0.01


def _places(line: Line, points: Sequence[Point], text: str, placed: Placed, taken: Sequence[Area]) -> Iterator[Label]:
    """The places along ``points`` where ``text`` is free, the nearest to their start first."""
    width = text_width(text, SIZE, 500)
    for x, y in _tried(points, width):
        label = Label(line, text, x, y)
        left, top, right, bottom = _ink(label)
        inside = (
            left > MARGIN + NAMES
            and right < placed.width - MARGIN - LANE_PAD / 2
            and top > 0
            and bottom < placed.height
        )
        if inside and not any(
            left - CLEAR < other[2]
            and other[0] < right + CLEAR
            and top - CLEAR < other[3]
            and other[1] < bottom + CLEAR
            for other in taken
        ):
            yield label


def _tried(points: Sequence[Point], width: float) -> Iterator[Point]:
    for start, end in pairwise(points):
        (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        if top == bottom:
            room = right - left - width - 2 * START
            for step in range(int(room // STEP) + 1 if room >= 0 else 0):
                x = left + START + step * STEP if start[0] < end[0] else right - START - width - step * STEP
                yield x, top - ABOVE - DESCENT * SIZE
                yield x, top + ABOVE + ASCENT * SIZE
        else:
            room = bottom - top - 2 * START
            for step in range(int(room // STEP) + 1 if room >= 0 else 0):
                middle = top + START + step * STEP if start[1] < end[1] else bottom - START - step * STEP
                yield left + BESIDE, middle + 0.36 * SIZE
                yield left - BESIDE - width, middle + 0.36 * SIZE


def _ink(label: Label) -> Area:
    width = text_width(label.text, SIZE, 500)
    return label.x, label.y - ASCENT * SIZE, label.x + width, label.y + DESCENT * SIZE


def _area(start: Point, end: Point) -> Area:
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    # A label is nearer to its own line than to others: these keep the distance that is added here.
    return left - 1, top - 1, right + 1, bottom + 1
