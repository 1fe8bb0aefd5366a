"""Things in sections, dealt out in their order to columns that end as nearly level as can be, like a newspaper's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from archdraw.records import record


@record
class Run:
    """Things of one section in one column: those with the numbers ``things``; ``goes_on`` where it began in another."""

    section: int
    things: range
    goes_on: bool


@record
class Flow:
    """Things in the order of reading. Lengths are px.

    ``heights`` are those of the things, ``sections`` the number of each one's section, from 0 on without a gap.
    ``heads`` are the heights of the headings by section: one stands over each run of a section in a column. ``gap`` is
    between two things, ``apart`` between the end of one section and the heading of the next.
    """

    heights: Sequence[float]
    sections: Sequence[int]
    heads: Sequence[float]
    gap: float
    apart: float

    @cached_property
    def _ends(self) -> list[float]:
        """How far down a single column each thing ends, and 0 at the start."""
        grown = [
            height + (self.gap if self._follows(index) else self.heads[self.sections[index]] + self.apart)
            for index, height in enumerate(self.heights)
        ]
        return [0.0, *accumulate(grown)]

    def _follows(self, index: int) -> bool:
        return index > 0 and self.sections[index - 1] == self.sections[index]

    def height(self, things: range) -> float:
        """How tall a column of the things with these numbers is."""
        first = things.start
        over = self.heads[self.sections[first]] - self.gap if self._follows(first) else -self.apart
        return self._ends[things.stop] - self._ends[first] + over

    def runs(self, things: range) -> Iterator[Run]:
        """The sections of a column, from the top down."""
        first = things.start
        for index in things:
            if index + 1 == things.stop or not self._follows(index + 1):
                yield Run(self.sections[index], range(first, index + 1), self._follows(first))
                first = index + 1

    def columns(self, most: int) -> tuple[range, ...]:
        """All things in at most ``most`` columns, of which the tallest is as short as can be; none is empty."""
        everything = range(len(self.heights))
        if not everything:
            return ()
        low, high = 0.0, self.height(everything)
        while high - low > 0.5:
            middle = (low + high) / 2
            if self._filled(most, middle):
                high = middle
            else:
                low = middle
        return self._filled(most, high) or (everything,)

    def _filled(self, most: int, height: float) -> tuple[range, ...] | None:
        """Columns filled up to ``height`` one after the other; None where ``most`` of them don't hold all."""
        found: list[range] = []
        first, number = 0, len(self.heights)
        while first < number:
            last = first
            while last < number and self.height(range(first, last + 1)) <= height:
                last += 1
            if last == first or len(found) == most:
                return None
            found.append(range(first, last))
            first = last
        return tuple(found)


def column_name(index: int) -> str:
    """What a column is called on a map: A, B ... Z, AA, AB ..."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
