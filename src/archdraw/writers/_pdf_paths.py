"""Shapes as the operators of a PDF that make their paths; y as in the scene, downwards."""

from __future__ import annotations

import math
from collections.abc import Iterator

from archdraw.scene import Point
from archdraw.writers._truetype import contours
from archdraw.writers._values import number, rounded_legs

ARC = 4 / 3 * (math.sqrt(2) - 1)
"""Handles of a Bezier curve that is a quarter of a circle, as a share of its radius."""


def colour(code: str) -> str:
    """Red, green and blue of ``#RRGGBB``, each from 0 to 1."""
    return " ".join(f"{int(code[at : at + 2], 16) / 255:.4f}".rstrip("0").rstrip(".") for at in (1, 3, 5))


def box(x: float, y: float, width: float, height: float) -> str:
    return f"{number(x)} {number(y)} {number(width)} {number(height)} re"


def _point(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"


def _curve(start: Point, end: Point, corner: Point, share: float = ARC) -> str:
    """A Bezier curve whose handles lead towards ``corner``, so much of the way."""
    handles = (
        (origin[0] + share * (corner[0] - origin[0]), origin[1] + share * (corner[1] - origin[1]))
        for origin in (start, end)
    )
    return f"{' '.join(_point(*handle) for handle in handles)} {_point(*end)} c"


def rounded_box(x: float, y: float, width: float, height: float, radius: float) -> str:
    right, bottom = x + width, y + height
    corners = (
        ((x, y + radius), (x, y), (x + radius, y)),
        ((right - radius, y), (right, y), (right, y + radius)),
        ((right, bottom - radius), (right, bottom), (right - radius, bottom)),
        ((x + radius, bottom), (x, bottom), (x, bottom - radius)),
    )
    parts = [f"{_point(*corners[0][0])} m"]
    for index, (start, corner, end) in enumerate(corners):
        if index:
            parts.append(f"{_point(*start)} l")
        parts.append(_curve(start, end, corner))
    return " ".join((*parts, "h"))


def polyline(points: tuple[Point, ...], radius: float) -> Iterator[str]:
    yield f"{_point(*points[0])} m"
    for leg in rounded_legs(points, radius):
        yield f"{_point(*leg.start)} l"
        if leg.radius:
            # The handles of an arc, by how much of a circle it is.
            yield _curve(leg.start, leg.end, leg.corner, 4 / 3 * math.tan(leg.turn / 4) / math.tan(leg.turn / 2))


def outline(path: str) -> str:
    """An outline of a font, y downwards, its quadratic curves as cubic ones."""
    parts: list[str] = []
    for contour in contours(path):
        here = contour[0]
        parts.append(f"{here[0]} {-here[1]} m")
        towards: tuple[int, int] | None = None
        for x, y, on in (*contour[1:], here):
            if not on:
                towards = (x, -y)
            elif towards is None:
                parts.append(f"{x} {-y} l")
            else:
                parts.append(_curve((here[0], -here[1]), (x, -y), towards, 2 / 3))
                towards = None
            if on:
                here = (x, y, on)
        parts.append("h")
    return " ".join(parts)
