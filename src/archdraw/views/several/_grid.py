"""Pictures of several models aligned: which box of one corresponds to which of another.

What stands for what is decided where the changes are found (:class:`Difference`), from the block trees; here diagrams
are aligned by it, so that a picture and its table cannot say two things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from archdraw.analysis.difference import BLOCK, Difference
from archdraw.analysis.difference.similarity import SUBLAYER
from archdraw.glossary import comparison, layers, text
from archdraw.layout.compare.grid import Around, GridItem, Opposite, Slot
from archdraw.layout.compare.signs import Sign
from archdraw.layout.diagram.diagram import flat
from archdraw.picture import Bar, Box, Chain, Choice, Diagram, Frame, Rail, Tap
from archdraw.tree.alignment import aligned
from archdraw.tree.settings import SORTS
from archdraw.views.boxes import DIAGRAMS as DIAGRAMS
from archdraw.views.boxes import boxes
from archdraw.views.several._boxes import emphasized, inside, joined, paths, placed, plain, touches
from archdraw.views.wording import within

POST_NORMS = tuple(
    text(term(norm=""))
    for term in (layers.POST_ATTENTION, layers.POST_CROSS_ATTENTION, layers.POST_MIXER, layers.POST_FFN)
)
"""How norms after a block are called, which one placement has and another lacks."""
NORM, OTHER, IN_ONE_PLACE = 1.0, 2.0, 4.0
"""What boxes that stand for each other weigh in an alignment; sublayers weigh more than all the rest of a layer."""


def grid(pictures: Sequence[Chain], differences: Sequence[Difference], slugs: Sequence[str]) -> tuple[GridItem, ...]:
    """The columns of ``pictures`` as rows of slots. ``differences`` are those of neighbours; paths get slugs before."""
    return tuple(_Grid(pictures, differences, slugs).items([joined(flat(picture)) for picture in pictures]))


class _Grid:
    """Makes slots and numbers them."""

    def __init__(self, pictures: Sequence[Chain], differences: Sequence[Difference], slugs: Sequence[str]) -> None:
        self._differences, self._slugs, self._number = differences, slugs, 0
        self._boxes = [[box for item in flat(picture) for box in boxes(item)] for picture in pictures]

    def items(self, chains: Sequence[Sequence[Diagram]]) -> list[GridItem]:
        """``chains`` aligned, the first of each at the bottom."""
        rows = self._rows(chains)
        if len(chains) != 2:
            return [self._item(row) for row in rows]
        return [item for run in _runs(rows) for item in self._run(run)]

    def _run(self, run: Sequence[Sequence[Diagram | None]]) -> list[GridItem]:
        """The rows of ``run``: those of the first model alone stand opposite those of the second alone."""
        sides = [[row for row in run if row[1 - column] is None] for column in range(2)]
        if not _is_alone(run[0]) or not all(sides):
            return [self._item(row) for row in run]
        one, other = (tuple(self._slot(row) for row in side) for side in sides)
        return [Opposite((one, other))]

    def _rows(self, chains: Sequence[Sequence[Diagram]]) -> list[list[Diagram | None]]:
        """Rows of what corresponds in the chains; one chain after the other is aligned to the rows."""
        rows: list[list[Diagram | None]] = [[item] for item in chains[0]]
        for number, chain in enumerate(chains[1:], 1):

            def like(
                row: int, index: int, known: list[list[Diagram | None]] = rows, chain: Sequence[Diagram] = chain
            ) -> float:
                return self._like(known[row], chain[index])

            pairs = aligned(range(len(rows)), range(len(chain)), like)
            rows = [
                [*(rows[row] if row is not None else [None] * number), chain[index] if index is not None else None]
                for row, index in pairs
            ]
        return rows

    def _like(self, row: Sequence[Diagram | None], item: Diagram) -> float:
        """How well ``item`` of the next model stands in ``row``: by its neighbour, else by how it is drawn."""
        neighbour = row[-1]
        if neighbour is not None:
            return self._similarity(len(row) - 1, neighbour, item)
        return max(
            _called_alike(one, item) + IN_ONE_PLACE * _works_in_common(one, item) for one in row if one is not None
        )

    def _similarity(self, index: int, one: Diagram, other: Diagram) -> float:
        """How much of ``one`` in a model stands for how much of ``other`` in the next."""
        if isinstance(one, Frame) != isinstance(other, Frame) or isinstance(one, Bar) != isinstance(other, Bar):
            return 0.0
        if isinstance(one, Tap) != isinstance(other, Tap):
            return 0.0
        if isinstance(one, Bar):
            return OTHER
        mine, theirs = self._numbers(index, 0, one), self._numbers(index, 1, other)
        shared = sum((min(mine[number], theirs[number]) for number in mine if number in theirs), 0.0)
        if shared < SUBLAYER:
            # Nothing that works in one stands for what works in the other, but both work in one place.
            shared += IN_ONE_PLACE * _works_in_common(one, other)
        if not mine and not theirs:
            shared += _called_alike(one, other)
        return shared + 1.0 if isinstance(one, Frame) else shared

    def _numbers(self, index: int, side: int, item: Diagram) -> dict[int, float]:
        """The numbers of the pairs that boxes of ``item`` are in, and what they weigh."""
        known = self._differences[index].pairing[side]
        return {known[box.path]: _weight(box) for box in boxes(item) if box.path in known}

    def _item(self, row: Sequence[Diagram | None]) -> GridItem:
        rails = [one for one in row if isinstance(one, Rail)]
        if len(rails) == len(row):
            return Around(tuple(map(_hollow, rails)), tuple(self.items([joined(inside(rail)) for rail in rails])))
        frames = [one for one in row if isinstance(one, Frame)]
        if len(frames) == len(row) and _alike_inside(frames):
            around = (replace(one, path=f"{slug}/{one.path}") for one, slug in zip(frames, self._slugs, strict=True))
            return Around(tuple(map(_hollow, around)), tuple(self.items([joined(inside(frame)) for frame in frames])))
        return self._slot(row)

    def _slot(self, row: Sequence[Diagram | None]) -> Slot:
        self._number += 1
        signs = tuple(self._sign(index, row[index], row[index + 1]) for index in range(len(row) - 1))
        row = self._in_one_order(row)
        there = [one for one in row if one is not None]
        is_equal = len(there) == len(row) and not any(signs)
        items = tuple(
            None if one is None else placed(one, f"{slug}/", pale=is_equal)
            for one, slug in zip(emphasized(row, of_positions=self._positions_differ(row)), self._slugs, strict=True)
        )
        return Slot(f"slot {self._number}", items, signs, self._missing(row))

    def _positions_differ(self, row: Sequence[Diagram | None]) -> bool:
        """Whether attention in ``row`` knows positions in other ways than that in the model before."""
        return any(
            change.what.startswith("position") and item is not None and touches(item, path)
            for index, difference in enumerate(self._differences)
            for change in difference.changes
            for item, own in zip(row[index : index + 2], change.paths, strict=True)
            for path in own
        )

    def _in_one_order(self, row: Sequence[Diagram | None]) -> list[Diagram | None]:
        """``row`` with alternatives in the order of those that they stand for in the model before."""
        ordered = list(row)
        for index, (one, other) in enumerate(pairwise(row)):
            before = ordered[index]
            if isinstance(one, Choice) and isinstance(before, Choice) and isinstance(other, Choice):
                rank = {
                    number: place
                    for place, option in enumerate(before.options)
                    for number in self._numbers(index, 0, option)
                }

                def place(option: Diagram, index: int = index, rank: dict[int, int] = rank) -> int:
                    return min(
                        (rank.get(number, len(rank)) for number in self._numbers(index, 1, option)), default=len(rank)
                    )

                counts = other.counts or other.bands
                rows = sorted(zip(other.options, other.bands, counts, strict=True), key=lambda row: place(row[0]))
                options, bands, counts = zip(*rows, strict=True)
                ordered[index + 1] = replace(other, options=options, bands=bands, counts=counts if other.counts else ())
        return ordered

    def _sign(self, index: int, one: Diagram | None, other: Diagram | None) -> Sign | None:
        if one is None and other is None:
            return None
        changes = self._differences[index].changes
        if one is None or other is None:
            there, side = (other, 1) if one is None else (one, 0)
            assert there is not None
            if self._elsewhere(index, side, there) or self._is_one_more(index, side, there):
                return "changed"
            return "added" if one is None else "removed"
        if plain(one) != plain(other) or any(
            touches(item, path)
            for change in changes
            for item, own in zip((one, other), change.paths, strict=True)
            for path in own
        ):
            return "changed"
        return None

    def _elsewhere(self, index: int, side: int, item: Diagram) -> str:
        """What stands for ``item`` in another place of the neighbour; empty where nothing does."""
        pairing = self._differences[index].pairing
        numbers = self._numbers(index, side, item)
        wanted = [number for number, weight in numbers.items() if weight == max(numbers.values())]
        others = (box for box in self._boxes[index + 1 - side] if pairing[1 - side].get(box.path) in wanted)
        # What is folded, or a frame, has no box of its own.
        folded = [
            self._called_there(index, side, box)
            for box in boxes(item)
            if pairing[side].get(box.path) in {*wanted} & {*pairing[1 - side].values()}
        ]
        return next((box.label for box in others), folded[0] if folded else "")

    def _called_there(self, index: int, side: int, box: Box) -> str:
        """What that which stands for ``box`` is called in the neighbour."""
        renamed = (
            change.labels[1 - side]
            for change in self._differences[index].changes
            if change.what == BLOCK and box.path in change.paths[side]
        )
        return next(filter(None, renamed), box.label)

    def _is_one_more(self, index: int, side: int, item: Diagram) -> bool:
        """Whether no row says that ``item`` came or went: the neighbour has others of its name."""
        signs = {
            change.sign if change.what == BLOCK else "changed"
            for change in self._differences[index].changes
            for path in change.paths[side]
            if path in paths(item)
        }
        if isinstance(item, Box) and item.label.startswith(POST_NORMS):
            # The row of where norms are says that it came: it is one more only where the neighbour has such norms.
            return any(box.label == item.label for box in self._boxes[index + 1 - side])
        return not isinstance(item, Bar) and not signs & {"added", "removed"}

    def _missing(self, row: Sequence[Diagram | None]) -> str:
        """The words where an item of ``row`` has no counterpart."""
        item = next(one for one in row if one is not None)
        if isinstance(item, Bar):
            return "–"
        for index, (one, other) in enumerate(pairwise(row)):
            if (one is None) != (other is None):
                there, side = (other, 1) if one is None else (one, 0)
                assert there is not None
                if elsewhere := self._elsewhere(index, side, there):
                    return text(comparison.IN_ANOTHER_PLACE(block=within(elsewhere)))
        every = list(boxes(item))
        named = [box for box in every if box.role != "norm"] or every
        label = named[-1].label.removesuffix(", folded") if named else ""
        # An imperative (read, write, mix, copy) is no thing that could lack.
        return text(comparison.NO_BLOCK(block=within(label))) if label and named[-1].role != "plain" else "–"


def _runs(rows: Sequence[Sequence[Diagram | None]]) -> list[list[Sequence[Diagram | None]]]:
    """``rows`` of two models, those as one run that follow each other and are of one model alone."""
    return [list(run) for _, run in groupby(rows, lambda row: object() if not _is_alone(row) else True)]


def _is_alone(row: Sequence[Diagram | None]) -> bool:
    """Whether only one of the models has what is in ``row``, and it stands on the line."""
    return None in row and not any(isinstance(item, Tap) for item in row)


def _weight(box: Box) -> float:
    return SUBLAYER if _sort(box) in SORTS.values() else NORM if box.role == "norm" else OTHER


def _called_alike(one: Diagram, other: Diagram) -> float:
    """How many boxes of two diagrams are called alike: what they are to a reader where no tree says more."""
    mine, theirs = (Counter((_sort(box), box.label) for box in boxes(item)) for item in (one, other))
    return float((mine & theirs).total())


def _works_in_common(one: Diagram, other: Diagram) -> int:
    """How many mixers and feed-forward blocks both have, whichever they are."""
    sorts = [Counter(_sort(box) for box in boxes(item) if _sort(box) in SORTS.values()) for item in (one, other)]
    return (sorts[0] & sorts[1]).total()


def _sort(box: Box) -> str:
    return SORTS.get(box.role, box.role)


def _alike_inside(frames: Sequence[Frame]) -> bool:
    """Whether the frames hold slots that can be aligned: no frame in one alone, nor whole blocks to choose from."""
    kinds = []
    for frame in frames:
        inner = inside(frame)
        blocks = any(isinstance(item, Choice) and not isinstance(item.options[0], Box) for item in inner)
        kinds.append((blocks, any(isinstance(item, Frame) for item in inner)))
    return len(set(kinds)) == 1


def _hollow(item: Rail | Frame) -> Rail | Frame:
    """``item`` with nothing in it but what says whether there are brackets inside."""
    kept = tuple(inner for inner in inside(item) if isinstance(inner, Frame | Bar))
    return replace(item, body=Chain(kept))
