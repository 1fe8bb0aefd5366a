"""Arrows as long as a height allows, found with few layouts.

A diagram is as high as its highest way from bottom to top, and each way is higher by the same for each px that its
arrows are longer: the height is a convex function of the length of arrows. So a chord between two lengths is never
below it, and what the chord says of the longest arrows is never too long. Beyond its ends the chord is never above the
height: where the next px is too high by it, nothing longer has to be tried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar


class High(Protocol):
    """What has a height."""

    @property
    def height(self) -> float:
        """In px."""
        ...


_High = TypeVar("_High", bound=High)

ROUNDING = 0.001
"""Sums of heights are not exact."""


def longest(shortest: _High, laid_out: Callable[[float], _High], height: float, gap: float, most: float) -> _High:
    """What is ``laid_out`` with arrows of the most whole px beyond ``gap`` that keep it within ``height``.

    ``shortest`` is what it is with arrows of ``gap``, which it stays where no longer ones fit. Arrows of ``most`` px
    are the longest.
    """
    steps = int(most - gap)
    if shortest.height > height or not steps:
        return shortest
    loosest = laid_out(gap + steps)
    if loosest.height <= height:
        return loosest
    best, fits = shortest, 0
    too_high, too_long = loosest.height, steps
    while too_long - fits > 1:
        chord = int((height - best.height) / (too_high - best.height) * (too_long - fits))
        tried = min(max(fits + chord, fits + 1), too_long - 1)
        found = laid_out(gap + tried)
        if found.height <= height:
            rise = (found.height - best.height) / (tried - fits)
            best, fits = found, tried
            if best.height + rise > height + ROUNDING:
                break
        else:
            too_high, too_long = found.height, tried
    return best
