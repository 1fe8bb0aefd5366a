"""The outlines of shapes: presets where there are, else paths of their own, in EMU from their left and top."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from archdraw.scene import Bounds, Circle, Line, Point, Rect, extent
from archdraw.writers._powerpoint.colours import WHOLE
from archdraw.writers._powerpoint.place import Fitting
from archdraw.writers._values import rounded_legs

FULL = 21_600_000
"""A whole turn: an angle is written in 60,000ths of a degree."""


def preset(name: str, adjustment: str = "") -> str:
    """The outline that PowerPoint calls ``name``."""
    return f'<a:prstGeom prst="{name}"><a:avLst>{adjustment}</a:avLst></a:prstGeom>'


def of_rect(rect: Rect) -> str:
    """The outline of ``rect``."""
    side = min(rect.width, rect.height)
    if rect.radius <= 0 or side <= 0:
        return preset("rect")
    share = min(0.5, rect.radius / side)
    return preset("roundRect", f'<a:gd name="adj" fmla="val {round(share * WHOLE)}"/>')


def with_sites(rect: Rect, sites: Sequence[Point], fitting: Fitting) -> str:
    """The outline of ``rect`` with more places that lines end at than the middles of its sides, which come first.

    Places are in guides, so that they keep their share of a side that grows.
    """
    guides = "".join(
        f'<a:gd name="x{number}" fmla="*/ w {_share(x - rect.x, rect.width)} {WHOLE}"/>'
        f'<a:gd name="y{number}" fmla="*/ h {_share(y - rect.y, rect.height)} {WHOLE}"/>'
        for number, (x, y) in enumerate(sites)
    )
    places = [*SIDES, *((f"x{number}", f"y{number}") for number in range(len(sites)))]
    path = Path(fitting, extent(rect))
    path.rect(rect)
    return _custom(path.path(), guides=guides, places=_cxn(places))


def _share(part: float, whole: float) -> int:
    return round(part / whole * WHOLE) if whole else 0


SIDES = (("hc", "t"), ("l", "vc"), ("hc", "b"), ("r", "vc"))
"""The places of a rectangle that lines end at. Programs other than PowerPoint know four, numbered so."""


def of_node(disc: Circle, sign: Sequence[Line], fitting: Fitting) -> str:
    """A disc with the strokes of its ``sign``: one shape, with the places of a rectangle for lines.

    PowerPoint has shapes for both signs, with eight places, of which LibreOffice finds but one.
    """
    ground, strokes = Path(fitting, extent(disc)), Path(fitting, extent(disc))
    ground.circle(disc)
    for line in sign:
        strokes.polyline(line.points)
    return _custom(ground.path() + strokes.path(open_=True), places=_cxn(SIDES))


def _cxn(places: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<a:cxn ang="0"><a:pos x="{x}" y="{y}"/></a:cxn>' for x, y in places)


def _custom(paths: str, *, guides: str = "", places: str = "") -> str:
    """An outline of ``paths``; ``places`` are where lines end, said by ``guides``."""
    return (
        f"<a:custGeom><a:avLst/><a:gdLst>{guides}</a:gdLst><a:ahLst/><a:cxnLst>{places}</a:cxnLst>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{paths}</a:pathLst></a:custGeom>'
    )


class Path:
    """A path of several pieces, drawn in the rectangle around all of them."""

    def __init__(self, fitting: Fitting, bounds: Bounds) -> None:
        self._fitting = fitting
        self._left, self._top = fitting.x(bounds[0]), fitting.y(bounds[1])
        self._size = fitting.x(bounds[2]) - self._left, fitting.y(bounds[3]) - self._top
        self._pieces: list[str] = []

    def _point(self, x: float, y: float) -> str:
        return f'<a:pt x="{self._fitting.x(x) - self._left}" y="{self._fitting.y(y) - self._top}"/>'

    def polyline(self, points: tuple[Point, ...], radius: float = 0, *, closed: bool = False) -> None:
        """Through ``points``, with corners of ``radius`` px."""
        made = [f"<a:moveTo>{self._point(*points[0])}</a:moveTo>"]
        for leg in rounded_legs(points, radius):
            made.append(f"<a:lnTo>{self._point(*leg.start)}</a:lnTo>")
            if leg.radius:
                around = self._fitting.length(leg.radius)
                start, sweep = _angles(leg.start, leg.end, leg.turn, clockwise=leg.clockwise)
                made.append(f'<a:arcTo wR="{around}" hR="{around}" stAng="{start}" swAng="{sweep}"/>')
        self._pieces.append("".join(made) + ("<a:close/>" if closed else ""))

    def rect(self, rect: Rect) -> None:
        """Around ``rect``, its corners as round as they are."""
        left, top, right, bottom = extent(rect)
        radius = min(rect.radius, rect.width / 2, rect.height / 2)
        if not radius:
            self.polyline(((left, top), (right, top), (right, bottom), (left, bottom)), closed=True)
            return
        around = self._fitting.length(radius)
        made = [f"<a:moveTo>{self._point(left + radius, top)}</a:moveTo>"]
        ends = ((right - radius, top), (right, bottom - radius), (left + radius, bottom), (left, top + radius))
        for quarter, end in enumerate(ends, 3):
            made.append(f"<a:lnTo>{self._point(*end)}</a:lnTo>")
            start = quarter % 4 * FULL // 4
            made.append(f'<a:arcTo wR="{around}" hR="{around}" stAng="{start}" swAng="{FULL // 4}"/>')
        self._pieces.append("".join(made) + "<a:close/>")

    def circle(self, circle: Circle) -> None:
        """Around ``circle``."""
        around = self._fitting.length(circle.radius)
        start = self._point(circle.x - circle.radius, circle.y)
        self._pieces.append(
            f'<a:moveTo>{start}</a:moveTo><a:arcTo wR="{around}" hR="{around}" stAng="{FULL // 2}" swAng="{FULL}"/>'
            "<a:close/>"
        )

    def path(self, *, open_: bool = False) -> str:
        """The markup of all pieces; what is ``open_`` has no inside."""
        wide, high = self._size
        fill = ' fill="none"' if open_ else ""
        return f'<a:path w="{wide}" h="{high}"{fill}>{"".join(self._pieces)}</a:path>'

    def written(self, *, open_: bool = False) -> str:
        """The outline of all pieces."""
        return _custom(self.path(open_=open_))


def _angles(start: Point, end: Point, turn: float, *, clockwise: bool) -> tuple[int, int]:
    """Where on its circle an arc begins and how far it goes; y grows downwards, and so do angles with the clock."""
    chord = math.atan2(end[1] - start[1], end[0] - start[0])
    # The radius at its start is a right angle from the way that the line comes, which the chord has turned half of.
    heading = chord - turn / 2 if clockwise else chord + turn / 2
    from_middle = heading - math.pi / 2 if clockwise else heading + math.pi / 2
    unit = FULL / (2 * math.pi)
    return round(from_middle * unit) % FULL, round((turn if clockwise else -turn) * unit)


def around(bounds: Iterable[Bounds]) -> Bounds:
    """The rectangle around all of ``bounds``."""
    lefts, tops, rights, bottoms = zip(*bounds, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
