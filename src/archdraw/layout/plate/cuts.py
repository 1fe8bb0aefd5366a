"""The columns into which panels may be cut, whatever page they are for: how wide and how high each of them is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from archdraw.layout.plate import panels

SPACE = 24.0
"""Px between two panels of a column."""
FIRST_WIDTH, FURTHER_WIDTH = panels.WIDE, 400.0
"""The least widths of the first column and of each further one."""
LINE_SPACE, LINES_PAD = 9.0, 12.0
"""Between lines that pass under a column, and around all of them."""
ROUNDING = 0.01


class Cuts:
    """The columns into which panels may be cut in their order, each measured once, whatever stands in the others."""

    def __init__(
        self, needed: Sequence[float], height: Callable[[int, float], float], lettered: Sequence[bool], apart: bool
    ) -> None:
        """Of each panel what width is ``needed``, its ``height`` at a width, and whether it is ``lettered``.

        Where letters stand ``apart``, no lines lead to panels.
        """
        self.passing = [_passing(sum(lettered[end:]), apart) for end in range(len(needed) + 1)]
        """What lines to further columns take under one that ends before the panel of this number."""
        self._needed, self._height = needed, height
        self._columns: dict[int, list[tuple[float, float]]] = {}
        """Those that begin with a panel, by where they end."""
        self._ways: list[tuple[int, ...]] = []
        self._best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
        """By where the last column ends, the best ends of as many columns as there are ways, and how high they are."""

    def column(self, start: int, end: int) -> tuple[float, float]:
        """The width and the height of that from panel ``start`` to before panel ``end``, with the lines under it."""
        return self._beginning(start)[end - start - 1]

    def ways(self, most: int) -> list[tuple[int, ...]]:
        """Where to end one column, then two, and so on to ``most``, so that the highest is as low as can be."""
        count = len(self._needed)
        if not count:
            return [()]
        while len(self._ways) < most:
            after: dict[int, tuple[float, tuple[int, ...]]] = {}
            for start, (height, ends) in self._best.items():
                for end, (_, high) in enumerate(self._beginning(start), start + 1):
                    tall = height if height > high else high
                    if end not in after or tall < after[end][0] - ROUNDING:
                        after[end] = (tall, (*ends, end))
            self._best = after
            self._ways.append(after[count][1])
        return self._ways[:most]

    def _beginning(self, start: int) -> list[tuple[float, float]]:
        """The width and the height of each column that begins with panel ``start``, the shortest first."""
        if start not in self._columns:
            found = self._columns[start] = []
            needed = width = high = 0.0
            for number in range(start, len(self._needed)):
                needed = max(needed, self._needed[number])
                if width != (wider := _wide(needed, start > 0)):
                    width = wider
                    high = sum(self._height(before, width) for before in range(start, number))
                high += self._height(number, width)
                found.append((width, high + SPACE * (number - start) + self.passing[number + 1]))
        return self._columns[start]


def _wide(needed: float, further: bool) -> float:
    """The width of a column whose panels have ``needed`` so much, the first or a ``further`` one."""
    least = FURTHER_WIDTH if further else FIRST_WIDTH
    return least if needed <= least else max(panels.WIDE, math.ceil(needed))


def _passing(lines: int, apart: bool) -> float:
    """What so many ``lines`` to further panels take under a column."""
    return LINES_PAD + LINE_SPACE * lines if lines and not apart else 0.0
