"""Lines with one corner as connectors, which are routed anew when a shape at one of their ends is moved."""

from __future__ import annotations

from archdraw.scene import Line
from archdraw.writers._powerpoint.place import Fitting

QUARTER = 5_400_000
"""A quarter of a turn with the clock: an angle is written in 60,000ths of a degree."""
NEAR = 0.01
"""Px by which a leg may be aslant: coordinates are rounded."""


def is_elbow(line: Line) -> bool:
    """Whether ``line`` has two legs, one level and one upright."""
    if len(line.points) != 3:
        return False
    (x, y), (corner_x, corner_y), (end_x, end_y) = line.points
    level_first = abs(y - corner_y) < NEAR and abs(corner_x - end_x) < NEAR
    upright_first = abs(x - corner_x) < NEAR and abs(corner_y - end_y) < NEAR
    return level_first != upright_first


def transform_of(line: Line, fitting: Fitting) -> str:
    """The place of ``line``, which :func:`is_elbow`, for PowerPoint's connector of two legs.

    That goes to the right and then down. A line whose upright leg is first is that connector turned by a quarter, down
    and then to the left; ``flipH`` turns the first leg around, ``flipV`` the second.
    """
    (x, y), (corner_x, _), (end_x, end_y) = line.points
    left, right = sorted((fitting.x(x), fitting.x(end_x)))
    top, bottom = sorted((fitting.y(y), fitting.y(end_y)))
    wide, high = right - left, bottom - top
    turn = ""
    first_back, second_back = end_x < x, end_y < y
    if abs(x - corner_x) < NEAR:
        first_back, second_back = end_y < y, end_x > x
        turn = f' rot="{QUARTER}"'
        # What is turned has the middle of what it looks like, and its sides are the other way around.
        left, top, wide, high = left + (wide - high) // 2, top + (high - wide) // 2, high, wide
    flips = (' flipH="1"' if first_back else "") + (' flipV="1"' if second_back else "")
    return f'<a:xfrm{turn}{flips}><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
