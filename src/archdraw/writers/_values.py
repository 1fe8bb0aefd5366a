"""What stands in the attributes of an SVG: numbers, clean texts, safe links, path data."""

from __future__ import annotations

import math
import re

from archdraw.errors import ArchdrawError
from archdraw.scene import Point

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEME = re.compile(r"[\s\0-\x20]*([A-Za-z][A-Za-z0-9+.\-\s]*):")


def number(value: float) -> str:
    """``value`` to a hundredth, without zeros at its end."""
    if not math.isfinite(value):
        raise ValueError(f"a coordinate is {value}")
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def clean(text: str) -> str:
    """``text`` without the characters that XML does not allow, each replaced by a space."""
    return _NOT_XML.sub(" ", text)


def safe_link(href: str) -> str:
    """``href`` where it is relative or leads to a page or an address. Raises :class:`ArchdrawError` for others."""
    cleaned = clean(href).strip()
    scheme = _SCHEME.match(cleaned)
    if scheme and re.sub(r"\s", "", scheme[1]).lower() not in ("http", "https", "mailto"):
        raise ArchdrawError(
            f"a link begins with https:, http: or mailto:, or is relative; this one does not: {cleaned!r}"
        )
    return cleaned


def rounded_path(points: tuple[Point, ...], radius: float) -> str:
    """Path data of a polyline whose corners are arcs of ``radius``, smaller where a segment is too short for it."""
    parts = [f"M{number(points[0][0])} {number(points[0][1])}"]
    last = len(points) - 1
    for index in range(1, last):
        before, corner, after = points[index - 1 : index + 2]
        arrive, leave = math.dist(before, corner), math.dist(corner, after)
        if not (radius and arrive and leave):
            parts.append(f"L{number(corner[0])} {number(corner[1])}")
            continue
        ux, uy = (corner[0] - before[0]) / arrive, (corner[1] - before[1]) / arrive
        vx, vy = (after[0] - corner[0]) / leave, (after[1] - corner[1]) / leave
        cross, along = ux * vy - uy * vx, ux * vx + uy * vy
        # Half a segment is left to the corner at its other end.
        room = min(arrive if index == 1 else arrive / 2, leave if index == last - 1 else leave / 2)
        turn = math.atan2(abs(cross), along)
        if turn < 1e-6 or math.pi - turn < 1e-6:
            parts.append(f"L{number(corner[0])} {number(corner[1])}")
            continue
        tangent = min(radius * math.tan(turn / 2), room)
        arc = number(tangent / math.tan(turn / 2))
        start = f"{number(corner[0] - tangent * ux)} {number(corner[1] - tangent * uy)}"
        end = f"{number(corner[0] + tangent * vx)} {number(corner[1] + tangent * vy)}"
        parts.append(f"L{start}A{arc} {arc} 0 0 {int(cross > 0)} {end}")
    parts.append(f"L{number(points[-1][0])} {number(points[-1][1])}")
    return "".join(parts)
