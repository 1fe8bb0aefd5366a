"""Plain plane geometry for :mod:`archdraw.lint.faults`: areas, segments, an index by place. Lengths are px."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product

from archdraw.records import record
from archdraw.scene import Circle, Line, Point, Polygon, Rect, Text

SLACK = 0.02
"""Twice the resolution of a scene: what rounding may move."""

_DESCENDERS = frozenset("gjpqyQ,;()[]{}|@_/$§çµ")
_CELL = 48.0


@record
class Area:
    """An upright rectangle by its four sides."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, points: Iterable[Point]) -> Area:
        """The least area that holds all ``points``."""
        across, down = zip(*points, strict=True)
        return cls(min(across), min(down), max(across), max(down))

    def grown(self, by: float) -> Area:
        """``by`` px larger on each side; smaller where ``by`` is negative."""
        return Area(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: Area, slack: float = SLACK) -> bool:
        """Whether both share more than a strip ``slack`` wide."""
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )

    def within(self, other: Area) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )

    def corners(self) -> tuple[Point, ...]:
        return (self.left, self.top), (self.right, self.top), (self.left, self.bottom), (self.right, self.bottom)

    def middle(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def ink(text: Text) -> Area:
    """What a text paints: from the top of its capitals to its baseline, or below it where a letter descends."""
    descends = not _DESCENDERS.isdisjoint(text.text)
    return Area(text.left, text.top, text.right, text.bottom if descends else text.y)


def outline(shape: Rect | Line | Polygon | Circle, *, stroke: bool = True) -> Area:
    """The bounds of a shape, with its stroke where asked."""
    reach = shape.stroke_width / 2 if stroke and not isinstance(shape, Polygon) and shape.stroke else 0.0
    match shape:
        case Rect():
            return Area(shape.x, shape.y, shape.right, shape.bottom).grown(reach)
        case Circle():
            return Area(shape.x, shape.y, shape.x, shape.y).grown(shape.radius + reach)
        case Line():
            return Area.of((*shape.points, *shape.head_points)).grown(reach)
        case Polygon():
            return Area.of(shape.points).grown(reach)


class Index:
    """Numbers of shapes by the cells of a grid that their areas touch."""

    def __init__(self, width: float, height: float) -> None:
        self._columns, self._rows = int(width / _CELL) + 1, int(height / _CELL) + 1
        self._cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)

    def add(self, number: int, area: Area) -> None:
        for cell in self._touched(area):
            self._cells[cell].append(number)

    def near(self, area: Area) -> set[int]:
        """The numbers of all shapes that may touch ``area``, with others nearby."""
        cells = [self._cells[cell] for cell in self._touched(area) if cell in self._cells]
        return set().union(*cells)

    def at(self, x: float, y: float) -> Sequence[int]:
        """The numbers of all shapes that may touch a point, with others nearby, in the order in which they came."""
        return self._cells.get((_cell(x, self._columns), _cell(y, self._rows)), ())

    def _touched(self, area: Area) -> Iterable[tuple[int, int]]:
        left, right = _cell(area.left, self._columns), _cell(area.right, self._columns)
        top, bottom = _cell(area.top, self._rows), _cell(area.bottom, self._rows)
        if left == right and top == bottom:  # as most do
            return ((left, top),)
        return product(range(left, right + 1), range(top, bottom + 1))


def _cell(place: float, last: int) -> int:
    """The cell of ``place``; what lies off the canvas is in the outermost, so that nothing is lost."""
    cell = int(place // _CELL)
    return 0 if cell < 0 else last if cell > last else cell


def _clip(start: Point, end: Point, area: Area) -> tuple[float, float] | None:
    """The part of a segment inside ``area`` as shares of its length (Liang and Barsky, 1984); None: outside."""
    low, high = 0.0, 1.0
    for place, delta, least, most in (
        (start[0], end[0] - start[0], area.left, area.right),
        (start[1], end[1] - start[1], area.top, area.bottom),
    ):
        if delta == 0:
            if not least < place < most:
                return None
            continue
        near, far = sorted(((least - place) / delta, (most - place) / delta))
        low, high = max(low, near), min(high, far)
    return (low, high) if low < high else None


def sides(points: tuple[Point, ...]) -> Iterator[tuple[Point, Point]]:
    """The sides of a polygon, the last one back to its start."""
    yield from pairwise((*points, *points[:1]))


def in_polygon(x: float, y: float, points: tuple[Point, ...]) -> bool:
    """Whether a ray to the right of a point leaves the polygon an odd number of times."""
    crossed = 0
    for (left, top), (right, bottom) in sides(points):
        if (top > y) != (bottom > y) and x < left + (y - top) / (bottom - top) * (right - left):
            crossed += 1
    return crossed % 2 == 1


def segment_hits(start: Point, end: Point, area: Area) -> bool:
    return _clip(start, end, area) is not None


def inside_length(start: Point, end: Point, area: Area) -> float:
    """How many px of a segment lie inside ``area``."""
    if area.left >= area.right or area.top >= area.bottom or (part := _clip(start, end, area)) is None:
        return 0.0
    return (part[1] - part[0]) * distance(start, end)


def distance(one: Point, other: Point) -> float:
    """Px between two points."""
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def distance_to(place: Point, start: Point, end: Point) -> float:
    """Px from a point to a segment."""
    ahead = end[0] - start[0], end[1] - start[1]
    square = ahead[0] ** 2 + ahead[1] ** 2
    share = ((place[0] - start[0]) * ahead[0] + (place[1] - start[1]) * ahead[1]) / square if square else 0.0
    share = min(max(share, 0.0), 1.0)
    return distance(place, (start[0] + share * ahead[0], start[1] + share * ahead[1]))


def rounding(line: Line) -> list[tuple[float, float]]:
    """For each leg of a line, the px at its start and its end that are bent by a rounded corner."""
    legs = list(pairwise(line.points))
    bends = [0.0]
    bends += [min(line.radius, distance(*one) / 2, distance(*other) / 2) for one, other in pairwise(legs)]
    bends.append(0.0)
    return list(pairwise(bends))


def contact(one: tuple[Point, ...], other: tuple[Point, ...], *, touching: bool, sharing: bool) -> Point | None:
    """Where two polylines cross; None where they don't.

    With ``touching`` any contact counts that is not an end of both, with ``sharing`` also a common stretch over 4 px.
    """
    for start, end in pairwise(one):
        for origin, target in pairwise(other):
            place = _meeting(start, end, origin, target, sharing=sharing)
            if place is None:
                continue
            at_end = _is_end(place, one), _is_end(place, other)
            if sharing and _common(start, end, origin, target) > 4:
                return place
            if touching and not all(at_end):
                return place
            if not any(at_end) and _changes_side(place, one, other) and _changes_side(place, other, one):
                return place
    return None


def _is_end(place: Point, line: tuple[Point, ...]) -> bool:
    return min(distance(place, line[0]), distance(place, line[-1])) < 0.5


def _common(start: Point, end: Point, origin: Point, target: Point) -> float:
    """The px that two segments of one direction run on each other (nearer than 1.5 px)."""
    length = distance(start, end)
    if length == 0:
        return 0.0
    along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    shares = []
    for point in (origin, target):
        offset = point[0] - start[0], point[1] - start[1]
        if abs(offset[0] * along[1] - offset[1] * along[0]) >= 1.5:
            return 0.0
        shares.append(offset[0] * along[0] + offset[1] * along[1])
    return max(0.0, min(length, max(shares)) - max(0.0, min(shares)))


def _meeting(start: Point, end: Point, origin: Point, target: Point, *, sharing: bool) -> Point | None:
    """The point where two segments meet; of two that share a stretch, its middle if ``sharing``."""
    if sharing and _common(start, end, origin, target) > 4:
        middle = sorted((start, end, origin, target))[1:3]
        return (middle[0][0] + middle[1][0]) / 2, (middle[0][1] + middle[1][1]) / 2
    ahead = end[0] - start[0], end[1] - start[1]
    aside = target[0] - origin[0], target[1] - origin[1]
    turn = ahead[0] * aside[1] - ahead[1] * aside[0]
    if abs(turn) < 1e-9:
        return None
    between = origin[0] - start[0], origin[1] - start[1]
    share = (between[0] * aside[1] - between[1] * aside[0]) / turn
    other_share = (between[0] * ahead[1] - between[1] * ahead[0]) / turn
    if not (-1e-6 <= share <= 1 + 1e-6 and -1e-6 <= other_share <= 1 + 1e-6):
        return None
    return start[0] + share * ahead[0], start[1] + share * ahead[1]


def _changes_side(place: Point, one: tuple[Point, ...], other: tuple[Point, ...]) -> bool:
    """Whether ``one`` is on both sides of ``other`` around ``place``: a crossing, not a bend that only touches.

    Judged on the leg of ``other`` that holds the place, so a branch that leaves a common trunk does not cross it.
    """
    origin, target = next(leg for leg in pairwise(other) if _on(place, *leg))
    legs = [leg for leg in pairwise(one) if _on(place, *leg)]
    sides = [
        (target[0] - origin[0]) * (point[1] - origin[1]) - (target[1] - origin[1]) * (point[0] - origin[0])
        for point in (legs[0][0], legs[-1][1])
    ]
    return sides[0] * sides[1] < -1e-9


def _on(place: Point, start: Point, end: Point) -> bool:
    return abs(distance(start, place) + distance(place, end) - distance(start, end)) < 1e-2
