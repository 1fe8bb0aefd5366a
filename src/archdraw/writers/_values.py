"""What several writers need: sizes of pages, and what is in an SVG: numbers, clean texts, safe links, path data."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache

from archdraw.errors import ArchdrawError
from archdraw.records import record
from archdraw.scene import Point, Rect, Scene

POINTS = 0.75
"""Points of one px: 72 of 96 to the inch."""
LONGEST_SIDE = 14_400
"""Points; the most that viewers of PDF open (ISO 32000-1, annex C)."""
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff]|[\ufffe-\uffff]")
"""What XML 1.0 has not. As one set, or as all but what it has, it takes ten milliseconds more to compile."""
_SCHEME = re.compile(r"[\s\0-\x20]*([A-Za-z][A-Za-z0-9+.\-\s]*):")


def page_size(scene: Scene, scale: float) -> tuple[float, float]:
    """Width and height in points of the page that has ``scene`` on it, ``scale`` times as large as it is.

    Raises :class:`ArchdrawError` where one is less than 1 point or more than 14,400.
    """
    wide, high = (side * scale * POINTS for side in scene.size)
    if min(wide, high) < 1 or max(wide, high) > LONGEST_SIDE:
        raise ArchdrawError(f"a page of {wide:,.0f} by {high:,.0f} points cannot be written; choose another scale")
    return wide, high


@lru_cache(maxsize=16_384)
def number(value: float) -> str:
    """``value`` to a hundredth, without zeros at its end. The places of a picture stand in it several times each."""
    if not math.isfinite(value):
        raise ValueError(f"a coordinate is {value}")
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def quarter(level: float) -> float:
    """``level`` to a quarter of a px: browsers draw level edges in quarters, others exactly, and these all alike."""
    return round(4 * level, 0) / 4


def clean(text: str) -> str:
    """``text`` without the characters that XML does not allow, each replaced by a space."""
    return _NOT_XML.sub(" ", text)


def origin(scene: Scene) -> str:
    """What a file of ``scene`` says of its origin: one line of JSON; empty where it says nothing."""
    return clean(json.dumps(scene.metadata, ensure_ascii=False, sort_keys=True)) if scene.metadata else ""


@lru_cache(maxsize=4096)
def content(text: str) -> str:
    """``text`` as it stands between tags."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=1024)
def quoted(text: str) -> str:
    """``text`` as it stands in an attribute, between double quotes."""
    written = content(text).replace('"', "&quot;")
    return written.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#09;")


def safe_link(href: str) -> str:
    """``href`` where it is relative or leads to a page or an address. Raises :class:`ArchdrawError` for others."""
    cleaned = clean(href).strip()
    scheme = _SCHEME.match(cleaned)
    if scheme and re.sub(r"\s", "", scheme[1]).lower() not in ("http", "https", "mailto"):
        raise ArchdrawError(
            f"a link begins with https:, http: or mailto:, or is relative; this one does not: {cleaned!r}"
        )
    return cleaned


@record
class Leg:
    """A straight line to ``start``, then, where ``radius`` is not 0, an arc to ``end`` around ``corner``.

    The line turns by ``turn`` (radians), with the clock if ``clockwise``.
    """

    start: Point
    end: Point
    corner: Point
    radius: float = 0
    turn: float = 0
    clockwise: bool = False


def rounded_legs(points: tuple[Point, ...], radius: float) -> Iterator[Leg]:
    """A polyline from its first point on, its corners arcs of ``radius``, or less where a segment is too short."""
    last = len(points) - 1
    for index in range(1, last):
        before, corner, after = points[index - 1 : index + 2]
        arrive, leave = math.dist(before, corner), math.dist(corner, after)
        if not (radius and arrive and leave):
            yield Leg(corner, corner, corner)
            continue
        ux, uy = (corner[0] - before[0]) / arrive, (corner[1] - before[1]) / arrive
        vx, vy = (after[0] - corner[0]) / leave, (after[1] - corner[1]) / leave
        cross, along = ux * vy - uy * vx, ux * vx + uy * vy
        # Half a segment is left to the corner at its other end.
        room = min(arrive if index == 1 else arrive / 2, leave if index == last - 1 else leave / 2)
        turn = math.atan2(abs(cross), along)
        if turn < 1e-6 or math.pi - turn < 1e-6:
            yield Leg(corner, corner, corner)
            continue
        tangent = min(radius * math.tan(turn / 2), room)
        start = (corner[0] - tangent * ux, corner[1] - tangent * uy)
        end = (corner[0] + tangent * vx, corner[1] + tangent * vy)
        yield Leg(start, end, corner, tangent / math.tan(turn / 2), turn, cross > 0)
    yield Leg(points[-1], points[-1], points[-1])


def rounded_path(points: tuple[Point, ...], radius: float) -> str:
    """Path data of a polyline with the corners of :func:`rounded_legs`."""
    start = f"M{number(points[0][0])} {number(points[0][1])}"
    if len(points) == 2:
        return f"{start}L{number(points[1][0])} {number(points[1][1])}"
    parts = [start]
    for leg in rounded_legs(points, radius):
        parts.append(f"L{number(leg.start[0])} {number(leg.start[1])}")
        if leg.radius:
            arc = number(leg.radius)
            parts.append(f"A{arc} {arc} 0 0 {int(leg.clockwise)} {number(leg.end[0])} {number(leg.end[1])}")
    return "".join(parts)


def outer(rect: Rect) -> str:
    """Path data of ``rect``, whose corners are not rounded."""
    width = number(rect.width)
    return f"M{number(rect.x)} {number(rect.y)}h{width}v{number(rect.height)}h-{width}z"
