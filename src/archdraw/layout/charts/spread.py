"""Marks that would lie on each other, moved apart as little as can be."""

from __future__ import annotations

import math
from collections.abc import Sequence

from archdraw.scene import Point

ROUNDS = 200
ENOUGH = 0.01
"""Px that two marks may lack at the end."""


def spread(
    wanted: Sequence[Point],
    apart: float,
    panels: Sequence[tuple[float, float]] = ((-math.inf, math.inf),),
    *,
    sideways: bool = True,
    heights: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[Point, ...]:
    """Where marks at ``wanted`` places stand so that any two are ``apart`` px.

    Two that meet give way to both sides by the same: ``sideways`` alone, so that what is measured upwards stays exact,
    or in any direction, which is nearer. ``panels`` are stretches of x that a mark stays in, if it was in one. What is
    in the way after that goes round sideways, one by one. No mark is moved out of the ``heights``.
    """
    bounds = [next(((low, high) for low, high in panels if low <= x <= high), (-math.inf, math.inf)) for x, _ in wanted]
    places = [(x, y) for x, y in wanted]
    for _ in range(ROUNDS):
        if not _pushed(wanted, places, apart, bounds, heights, sideways):
            break
    return _gone_round(wanted, places, apart, bounds)


def _pushed(
    wanted: Sequence[Point],
    places: list[Point],
    apart: float,
    bounds: Sequence[tuple[float, float]],
    heights: tuple[float, float],
    sideways: bool,
) -> bool:
    """Pushes all that meet apart once; whether any did."""
    order = sorted(range(len(places)), key=lambda one: (places[one][1], places[one][0], one))
    pushed = False
    for position, one in enumerate(order):
        for other in order[position + 1 :]:
            (x, y), (u, v) = places[one], places[other]
            if v - y >= apart:
                break
            across, down = u - x, v - y
            if math.hypot(across, down) >= apart - ENOUGH:
                continue
            pushed = True
            if sideways:
                # Who was at the left stays there; of two in one place, the first.
                ahead = (wanted[one][0], one) < (wanted[other][0], other)
                reach = math.sqrt(apart**2 - down**2)
                push = ((reach - across) / 2 if ahead else -(reach + across) / 2), 0.0
            else:
                if math.hypot(across, down) < ENOUGH:
                    # One place for both: the pair is turned by its numbers, so that clusters open to a disc.
                    across, down = math.cos(one + 2.4 * other), math.sin(one + 2.4 * other)
                length = math.hypot(across, down)
                by = (apart - math.hypot(u - x, v - y)) / 2 / length
                push = across * by, down * by
            for number, sign in ((one, -1), (other, 1)):
                low, high = bounds[number]
                at = places[number]
                down_to = min(max(at[1] + sign * push[1], heights[0]), heights[1])
                places[number] = min(max(at[0] + sign * push[0], low), high), down_to
    return pushed


def _gone_round(
    wanted: Sequence[Point], places: Sequence[Point], apart: float, bounds: Sequence[tuple[float, float]]
) -> tuple[Point, ...]:
    """``places``, those that still meet another moved sideways to the nearest free one."""
    found = list(places)
    placed: list[int] = []
    for one in sorted(range(len(places)), key=lambda number: (abs(places[number][0] - wanted[number][0]), number)):
        x, y = found[one]
        taken = []
        for other in placed:
            down = abs(found[other][1] - y)
            if down < apart:
                reach = math.sqrt(apart**2 - down**2) - 2 * ENOUGH
                taken.append((found[other][0] - reach, found[other][0] + reach))
        if any(left < x < right for left, right in taken):
            low, high = bounds[one]
            edges = [edge for pair in taken for edge in pair if not any(left < edge < right for left, right in taken)]
            inside = [edge for edge in edges if low <= edge <= high]
            found[one] = min(inside or edges, key=lambda edge: (abs(edge - wanted[one][0]), edge)), y
        placed.append(one)
    return tuple(found)
