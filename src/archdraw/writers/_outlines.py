"""Path data of glyphs as steps of a pen, for formats that have no path data of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from archdraw.scene import Point

_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?\d+")
_COORDINATES = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "Z": 0}


@lru_cache(maxsize=1024)
def coarse(path: str, grain: int) -> str:
    """``path`` in whole steps of ``grain`` units, each point where it is nearest to where it was.

    It has lower-case commands of :func:`steps` only, and begins with an ``m``.
    """
    x = y = 0
    begin = at = (0, 0)
    written = []
    for command, rest in _COMMAND.findall(path):
        numbers = [int(found) for found in _NUMBER.findall(rest)]
        if command == "z":
            written.append("z")
            x, y, at = *begin, (_step(begin[0], grain), _step(begin[1], grain))
            continue
        count, moved = _COORDINATES[command.upper()], list[int]()
        for start in range(0, len(numbers), count):
            own = numbers[start : start + count]
            points = [(x + own[0], y)] if command == "h" else [(x, y + own[0])] if command == "v" else []
            points = points or [(x + a, y + b) for a, b in zip(own[::2], own[1::2], strict=True)]
            near = [(_step(a, grain), _step(b, grain)) for a, b in points]
            for a, b in near:
                moved += [a - at[0]] if command == "h" else [b - at[1]] if command == "v" else [a - at[0], b - at[1]]
            (x, y), at = points[-1], near[-1]
        if command == "m":
            begin = (x, y)
        # A minus sign sets numbers apart, too.
        written.append(command + re.sub(r" (?=-)", "", " ".join(map(str, moved))))
    return "".join(written)


def _step(length: int, grain: int) -> int:
    return round(length / grain)


def steps(path: str) -> Iterator[tuple[Point, ...]]:
    """The contours of ``path``, made of whole numbers and the commands M, L, H, V, Q, C, Z in either case.

    A tuple of two points begins a contour at the second. One point is a straight line to it, three are a cubic curve:
    both its handles and its end. None closes the contour.
    """
    here: Point = (0, 0)
    begin = here
    for letter, rest in _COMMAND.findall(path):
        command, relative = letter.upper(), letter.islower()
        numbers = [int(found) for found in _NUMBER.findall(rest)]
        count = _COORDINATES[command]
        for start in range(0, len(numbers), count) if count else (0,):
            origin = here if relative else (0, 0)
            points = _points(command, numbers[start : start + count], origin, here)
            if command == "M" and start == 0:
                begin = points[-1]
                yield (here, begin)
            elif command == "Q":
                yield _cubic(here, *points)
            else:
                yield points
            here = points[-1] if points else begin


def _points(command: str, numbers: list[int], origin: Point, here: Point) -> tuple[Point, ...]:
    match command:
        case "H":
            return ((origin[0] + numbers[0], here[1]),)
        case "V":
            return ((here[0], origin[1] + numbers[0]),)
        case _:
            across, down = numbers[::2], numbers[1::2]
            return tuple((origin[0] + x, origin[1] + y) for x, y in zip(across, down, strict=True))


def _cubic(start: Point, handle: Point, end: Point) -> tuple[Point, Point, Point]:
    """A quadratic curve as a cubic one."""
    first, second = (
        (place[0] + 2 / 3 * (handle[0] - place[0]), place[1] + 2 / 3 * (handle[1] - place[1])) for place in (start, end)
    )
    return first, second, end
