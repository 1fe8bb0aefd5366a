"""The tracks among boxes that lines may take: level ones in every gap, upright ones beside and over the boxes.

A grid of all tracks has ten times as many places, and hardly a line becomes shorter by them: one that goes past boxes
goes along one of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from archdraw.records import record

CLEAR = 4.6
"""Px that a line keeps from a box that it does not end at."""
HEAD = 13.0
"""Px before its end that a line with an arrow goes straight."""
CORNER = 14.0
"""Px from a corner of a box to lines that leave or reach it upright."""
EVERY = 2
"""Of so many columns over a box one has a track. They are those of the page, so that boxes above each other share
some, and a line between them needs no bend."""
FREE, WALL, NO_TRACK = 0, -1, -2


@record
class Box:
    """A box that lines go around, and begin and end at; ``middle`` is the height of its arrows."""

    left: float
    top: float
    right: float
    bottom: float
    middle: float


class Tracks:
    """Places on a grid of ``columns`` and ``rows`` (px, rising), numbered row by row.

    ``places`` says of each whether it is ``FREE``, in a ``WALL`` or has ``NO_TRACK`` through it. Level tracks are in
    all rows, and meet the upright ones at free places: ``before`` and ``after`` are the neighbours of each there, -1
    where a box or the end is. Upright neighbours are those in the rows next to it.
    """

    def __init__(self, columns: Sequence[float], rows: Sequence[float], boxes: Sequence[Box]) -> None:
        self.columns, self.rows, self.width = columns, rows, len(columns)
        self.places = [NO_TRACK] * (len(columns) * len(rows))
        for box in boxes:
            self._block(box)
        for box in boxes:
            for column, row in self._beside(box):
                self._open(column, row)
        self.before, self.after = [-1] * len(self.places), [-1] * len(self.places)
        self._join()

    def _block(self, box: Box) -> None:
        low = bisect_left(self.columns, box.left - CLEAR)
        wall = [WALL] * (bisect_right(self.columns, box.right + CLEAR) - low)
        for row in range(bisect_left(self.rows, box.top - CLEAR), bisect_right(self.rows, box.bottom + CLEAR)):
            first = row * self.width + low
            self.places[first : first + len(wall)] = wall

    def _beside(self, box: Box) -> Iterator[tuple[int, int]]:
        """Columns and rows that upright tracks go through: two at each side, and those over the box."""
        row = bisect_left(self.rows, box.middle - 0.01)
        left, right = bisect_right(self.columns, box.left - HEAD) - 1, bisect_left(self.columns, box.right + CLEAR)
        for column in (left - 1, left, right, right + 1):
            if 0 <= column < self.width:
                yield column, row
        for row in (bisect_right(self.rows, box.top - CLEAR) - 1, bisect_left(self.rows, box.bottom + CLEAR)):
            if 0 <= row < len(self.rows):
                for column in self.over(box):
                    yield column, row

    def over(self, box: Box) -> Iterator[int]:
        """The columns with tracks above and below ``box``."""
        low, high = bisect_left(self.columns, box.left + CORNER), bisect_right(self.columns, box.right - CORNER)
        return (column for column in range(low, high) if column % EVERY == 0)

    def _open(self, column: int, row: int) -> None:
        """Opens an upright track through a place, as far up and down as no box is in the way."""
        places, width = self.places, self.width
        start = row * width + column
        if places[start] != NO_TRACK:
            return
        for step in (-width, width):
            place = start
            while 0 <= place < len(places) and places[place] != WALL:
                places[place] = FREE
                place += step

    def _join(self) -> None:
        places = self.places
        for first in range(0, len(places), self.width):
            last = -1
            for place in range(first, first + self.width):
                if places[place] == WALL:
                    last = -1
                elif places[place] == FREE:
                    self.before[place] = last
                    if last >= 0:
                        self.after[last] = place
                    last = place
