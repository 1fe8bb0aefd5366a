"""Names beside marks: each label finds a place of its own, near its mark or at the end of a line to it.

The search is a local one: labels are put at their best places, displaced by others that need the place more, and put
again, until all have one; then each moves nearer if it can. Its seed is fixed, so that the same marks always give the
same places.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random

from archdraw.layout.charts.clearance import Anchor, Bounds
from archdraw.layout.charts.label_places import Label, Marks, Table, cells, clash, grown

EJECTION_COST = 14.0
"""What displacing a label costs; more each time it is the same one."""
STARTS, STEPS, ROUNDS, MOST_DISPLACED = 2, 20, 8, 12
"""Runs, of which the best counts; bids of each label in one; rounds of moving nearer; how often one is displaced."""


@lru_cache(maxsize=64)
def places(
    anchors: tuple[Anchor, ...],
    area: Bounds,
    size: float,
    *,
    edges: tuple[float, ...] = (),
    walls: tuple[float, ...] = (),
    seed: int = 0,
) -> tuple[Label, ...] | None:
    """A place in ``area`` for the label of each anchor, in their order; None where no way was found for all.

    An anchor of no width has no label and no place, and is in the way of others.
    No label overlaps another, a mark or a leader; no leader crosses another or passes a mark that is not
    its own. ``size`` is that of the text in px; ``edges`` are heights, and ``walls`` places across, that labels would
    rather not stand on. What was found is kept, so that a picture in another theme takes no time.
    """
    marks = Marks(anchors)
    tables = [Table(anchor, marks, area, size, edges, walls) for anchor in anchors if anchor.width]
    if any(not table.free for table in tables):
        return None
    best: tuple[Label, ...] | None = None
    clashes: dict[tuple[int, int], bool] = {}
    for start in range(STARTS):
        found = _Search(tables, Random(seed + start), clashes).run()
        if found is None:
            # Where one run finds no way, more room is wanted, not more runs.
            break
        if best is None or sum(one.cost for one in found) < sum(one.cost for one in best):
            best = found
    return best


class _Search:
    """One run: which candidate each label has, and who stands where."""

    def __init__(self, tables: Sequence[Table], random: Random, clashes: dict[tuple[int, int], bool]) -> None:
        """``clashes`` are pairs that are known already; those that are found are added."""
        self.clashes = clashes
        self.tables = tables
        self.random = random
        self.chosen: list[Label | None] = [None] * len(tables)
        self.displaced = [0] * len(tables)
        self._cells: dict[tuple[int, int], list[int]] = {}

    def run(self) -> tuple[Label, ...] | None:
        """A place for each, or None where one was displaced too often."""
        waiting = list(range(len(self.tables)))
        self.random.shuffle(waiting)
        # Those with the fewest places choose first: the list is worked off from its end.
        waiting.sort(key=lambda number: -self.tables[number].free)
        for _ in range(STEPS * len(self.tables) + STEPS):
            if not waiting:
                return self._settled()
            number = waiting.pop()
            place, out = self._bid(number)
            for other in out:
                self._take(other)
                self.displaced[other] += 1
                if self.displaced[other] > MOST_DISPLACED:
                    return None
                waiting.insert(self.random.randrange(len(waiting) + 1), other)
            self._put(number, place)
        return None

    def _bid(self, number: int) -> tuple[Label, list[int]]:
        """The best place for a label, and those that must leave for it."""
        best: tuple[float, Label, list[int]] | None = None
        for label in self.tables[number]:
            if best and label.cost >= best[0]:
                break
            price, against = label.cost, []
            for other in self._near(number, label):
                there = self.chosen[other]
                if there and self._clash(label, there):
                    price += EJECTION_COST * (1 + self.displaced[other])
                    against.append(other)
                    if best and price >= best[0]:
                        break
            else:
                best = price, label, sorted(against)
        assert best is not None
        return best[1], best[2]

    def _near(self, number: int, label: Label) -> set[int]:
        near = {other for cell in label.cells for other in self._cells.get(cell, ())}
        near.discard(number)
        return near

    def _against(self, number: int, label: Label) -> list[int]:
        """Who stands in the way of ``label``: two are enough to know."""
        found: list[int] = []
        for other in self._near(number, label):
            there = self.chosen[other]
            if there and self._clash(label, there):
                found.append(other)
                if len(found) == 2:
                    break
        return found

    def _clash(self, one: Label, other: Label) -> bool:
        key = (id(one), id(other))
        known = self.clashes.get(key)
        if known is None:
            known = self.clashes[key] = clash(one, other)
        return known

    def _put(self, number: int, label: Label) -> None:
        self.chosen[number] = label
        for cell in cells(grown(label.reach)):
            self._cells.setdefault(cell, []).append(number)

    def _take(self, number: int) -> Label:
        label = self.chosen[number]
        assert label is not None
        self.chosen[number] = None
        for cell in cells(grown(label.reach)):
            self._cells[cell].remove(number)
        return label

    def _settled(self) -> tuple[Label, ...]:
        """All that stand, after each has moved to a better place where that harms no one, or one other less."""
        order = list(range(len(self.tables)))
        for _ in range(ROUNDS):
            self.random.shuffle(order)
            # Each has its turn: none is left out because another has moved.
            if not sum(self._improved(number) for number in order):
                break
        return tuple(label for label in self.chosen if label is not None)

    def _improved(self, number: int) -> bool:
        old = self._take(number)
        for label in self.tables[number]:
            if label.cost >= old.cost:
                break
            against = self._against(number, label)
            if not against:
                self._put(number, label)
                return True
            if len(against) == 1 and self._exchanged(number, label, against[0], old.cost - label.cost):
                return True
        self._put(number, old)
        return False

    def _exchanged(self, number: int, label: Label, other: int, gain: float) -> bool:
        """Whether ``other`` could leave for a place that costs less more than ``number`` gains; then both moved."""
        theirs = self._take(other)
        self._put(number, label)
        for place in self.tables[other]:
            if place.cost >= theirs.cost + gain - 0.01:
                break
            if not self._against(other, place):
                self._put(other, place)
                return True
        self._take(number)
        self._put(other, theirs)
        return False
