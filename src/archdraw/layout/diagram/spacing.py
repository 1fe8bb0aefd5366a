"""Positions along a line: as near as can be to where they are wanted, and far enough apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate


def apart(
    wanted: Sequence[float], spaces: Sequence[float], low: float = -math.inf, high: float = math.inf
) -> list[float]:
    """Positions between ``low`` and ``high`` with at least ``spaces`` between neighbours, nearest to ``wanted``.

    The order is kept; nearest is by the sum of squares, found by pooling adjacent violators (isotonic regression). The
    spaces must fit between the bounds.
    """
    offsets = [0.0, *accumulate(spaces)]
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        mean, number = place - offset, 1
        while pools and pools[-1][0] >= mean:
            before, size = pools.pop()
            mean, number = (before * size + mean * number) / (size + number), size + number
        pools.append((mean, number))
    level = [min(max(mean, low), high - offsets[-1]) for mean, number in pools for _ in range(number)]
    return [round(place + offset, 2) for place, offset in zip(level, offsets, strict=True)]
