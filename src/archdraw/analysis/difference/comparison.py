"""Two trees gone through side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import BLOCK, OCCURRENCES, WIRING, Change, Equal, Sign, Values
from archdraw.analysis.difference.features import ONLY_BOTH, ONLY_WITH, SAID_WHERE_REPLACED, known_of
from archdraw.analysis.difference.meaning import SAME_ELSEWHERE, TOKENS, meaning_of, named, reads_tokens
from archdraw.analysis.difference.places import Box, Place, boxes_in, stack_number
from archdraw.analysis.difference.similarity import SUBLAYER, Similarity
from archdraw.analysis.difference.structure import called_differently, norm_kind, outline, sort_of, widths_of
from archdraw.analysis.difference.wiring import joined_differently
from archdraw.glossary import comparison as terms
from archdraw.glossary import text, within
from archdraw.glossary.plate import TOKENIZED_TEXT
from archdraw.tree.alignment import aligned
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.settings import is_without, same

WIDTHS = frozenset({"hidden_size", "vocab_size", "tie_word_embeddings"})
"""Settings of a model that widths all over it follow from."""

Paths = tuple[str, str]
Anchors = tuple[Mapping[str, tuple[str, int]], Mapping[str, tuple[str, int]]]
"""Boxes of either side that are paired already, by their paths: their sort, and a number that partners share."""
NO_ANCHORS: Anchors = ({}, {})


class Comparison:
    """Goes through two trees side by side and collects what it finds."""

    def __init__(self, first: Module, second: Module, beside: Beside | None = None) -> None:
        self.changes: list[Change] = []
        self.equal: list[Equal] = []
        self.moved: list[str] = []
        self.again: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
        """Paths of norms that are drawn a second time, where another branch reads them too."""
        self.numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
        mine, theirs = dict(first.settings), dict(second.settings)
        self._rewidened = any(mine.get(name) != theirs.get(name) for name in WIDTHS)
        """Whether widths differ all over, so that a leaf that differs in them alone is no change of its own."""
        self._widths = tuple(widths_of(own, sorted(WIDTHS)) for own in (mine, theirs))
        self.similarity = Similarity()
        self._number = 0
        self._beside = beside or Comparison.modules

    def only_widths(self, one: Block, other: Block) -> bool:
        """Whether two blocks differ in nothing but widths that follow from the model's.

        Of a block that has settings, which are equal, every number may follow from them.
        """
        if not self._rewidened:
            return False
        every = isinstance(one, Module) and bool(one.settings)
        return outline(one, self._widths[0], every=every) == outline(other, self._widths[1], every=every)

    def add(
        self,
        sign: Sign,
        one: Block | None,
        other: Block | None,
        what: str,
        values: tuple[Values, Values],
        paths: tuple[tuple[str, ...], tuple[str, ...]],
        subject: str = "",
    ) -> None:
        """Adds a change; ``one`` and ``other`` say what it is called."""
        labels = tuple("" if block is None else text(words.label(block)) for block in (one, other))
        sort = next(sort_of(block) for block in (one, other) if block is not None)
        self.changes.append(Change(sign, sort, (labels[0], labels[1]), what, *values, paths, subject))

    def changed(self, one: Block, other: Block, what: str, before: Values, after: Values, paths: Paths) -> None:
        """Adds a change of two blocks that stand for each other."""
        self.add("changed", one, other, what, (before, after), ((paths[0],), (paths[1],)))

    def paired(self, mine: Iterable[str], theirs: Iterable[str]) -> int:
        """Notes that the blocks at the paths ``mine`` stand for those at ``theirs``; the number of the pair."""
        both = tuple(mine), tuple(theirs)
        known = [
            numbers[path]
            for paths, numbers in zip(both, self.numbers, strict=True)
            for path in paths
            if path in numbers
        ]
        # Several blocks of one side that stand for one of the other have its number.
        self._number += 1
        number = known[0] if known else self._number
        for paths, numbers in zip(both, self.numbers, strict=True):
            for path in paths:
                numbers.setdefault(path, number)
        return number

    def boxes(self, one: Box, other: Box, paths: Paths) -> None:
        """Two boxes that stand for each other."""
        match one, other:
            case Module(), Module():
                self.modules(one, other, paths)
            case Leaf(), Leaf():
                self._leaves(one, other, paths)
            case Side(), Side():
                found = len(self.changes)
                self._beside(self, one.body, other.body, paths)
                if replace(one, body=other.body) != other:
                    # What they are called is in the same row.
                    own = (paths[0],), (paths[1],)
                    rest = [change for change in self.changes[found:] if (change.what, change.paths) != (BLOCK, own)]
                    del self.changes[found:]
                    self.changed(one, other, BLOCK, *words.sides(one, other), paths)
                    self.changes += rest
            case _:
                self.replaced(one, other, paths)

    def _leaves(self, one: Leaf, other: Leaf, paths: Paths) -> None:
        """Two leaves: what they are, and their settings; a norm in another place is the same norm."""
        if sort_of(one) == sort_of(other) == "norm" and norm_kind(one.label) == norm_kind(other.label):
            one = replace(one, name=other.name, label=other.label)
        renamed = text(one.label) != text(other.label) and not self.only_widths(one, other)
        if renamed:
            self.replaced(one, other, paths)
        mine, theirs = dict(one.settings).keys(), dict(other.settings).keys()
        # Settings of two kinds, of which one calls its block as the other does: an embedding, and a table by an author.
        of_two_kinds = not (mine <= theirs or theirs <= mine)
        differ = self.settings(one, other, paths, common=renamed or of_two_kinds)
        if not (renamed or differ or self._alike(one, other)):
            self.replaced(one, other, paths)

    def modules(self, one: Module, other: Module, paths: Paths) -> None:
        """Two modules that stand for each other: their settings, else what is inside them."""
        found = len(self.changes)
        renamed = called_differently(one, other)
        if one.kind != other.kind or one.role != other.role or renamed:
            self.replaced(one, other, paths)
        if one.kind != other.kind:
            self.settings(one, other, paths, common=True)
            return
        self.settings(one, other, paths)
        if len(self.changes) == found and not self._alike(one, other):
            self.insides((one, other), paths)
            if len(self.changes) == found:
                self.replaced(one, other, paths)

    def _alike(self, one: Leaf | Module, other: Leaf | Module) -> bool:
        if isinstance(one, Leaf):
            # Its settings were compared, or are those of boxes beside it.
            one = replace(one, settings=other.settings)
            if isinstance(other, Leaf) and meaning_of(one) == TOKENS:
                one = replace(one, detail=other.detail)  # it says nothing but settings, of the table or of the model
        return replace(one, settings=other.settings) == other or self.only_widths(one, other)

    def settings(self, one: Leaf | Module, other: Leaf | Module, paths: Paths, *, common: bool = False) -> bool:
        """Adds the settings that differ, in ``common`` only those that both have; whether there were any."""
        mine, theirs = known_of(one), known_of(other)
        said = SAID_WHERE_REPLACED if common else ()
        common = common or not (one.settings and other.settings)
        names = [name for name in dict.fromkeys((*mine, *theirs)) if name not in said]
        if common:
            names = [name for name in names if name in mine and name in theirs]
        names = [name for name in names if name not in ONLY_WITH or (name in mine and name in theirs)]
        changed: list[str] = []
        for name in names:
            before, after = mine.get(name), theirs.get(name)
            if any(name.startswith(f"{around}.") for around in changed):
                continue
            if name in ONLY_BOTH and None in (before, after):
                continue
            if same(before, after):
                if not is_without(before) and one.settings and other.settings:
                    self.equal.append(Equal(sort_of(one), text(one.label), name, before))
                continue
            changed.append(name)
            self.add(sign_of(before, after), one, other, name, (before, after), ((paths[0],), (paths[1],)))
        return bool(changed)

    def replaced(self, one: Block, other: Block, paths: Paths) -> None:
        """One block in the place of another."""
        self.changed(one, other, BLOCK, *words.apart(one, other), paths)

    def insides(self, around: tuple[Module, Module], paths: Paths) -> None:
        """What is inside two modules: their boxes, aligned, and how these are joined."""
        one, other = (module.body for module in around)
        mine, theirs = boxes_in(one, paths[0]), boxes_in(other, paths[1])
        for sign, place in self.aligned(mine, theirs, paths):
            self.only(sign, place, (mine, theirs), paths)
        self.joined((one, other), (mine, theirs), paths, around)

    def aligned(
        self, mine: list[Place], theirs: list[Place], paths: Paths, anchors: Anchors = NO_ANCHORS
    ) -> list[tuple[Sign, Place]]:
        """Compares the boxes that stand for each other; those that have no partner, with the sign of that.

        A box that both sides have, in other places, has moved.
        """

        def like(one: Place, other: Place) -> float:
            anchored = anchors[0].get(one[0]), anchors[1].get(other[0])
            if anchored[0] and anchored[1]:
                return 2 * SUBLAYER * (anchored[0][1] == anchored[1][1]) + SUBLAYER * (anchored[0][0] == anchored[1][0])
            if anchored[0] or anchored[1]:
                return 0.0
            numbers = stack_number(one[1]), stack_number(other[1])
            if numbers != (None, None):
                return 2 * SUBLAYER * (numbers[0] == numbers[1])
            return self.similarity(one[1], other[1])

        left: tuple[list[Place], list[Place]] = ([], [])
        for i, j in aligned(mine, theirs, like):
            if i is None or j is None:
                place, side = (mine[i], 0) if i is not None else (theirs[j or 0], 1)
                if place[0] not in anchors[side]:
                    left[side].append(place)
                continue
            if mine[i][0] not in anchors[0]:
                self._stand_for_each_other(mine[i], theirs[j])
        for one in list(left[0]):
            other = next((place for like in SAME_ELSEWHERE for place in left[1] if like(one, place)), None)
            if other is not None:
                left[0].remove(one)
                left[1].remove(other)
                self.moved.append(text(words.label(one[1])))
                self._stand_for_each_other(one, other)
        return [("removed", place) for place in left[0]] + [("added", place) for place in left[1]]

    def _stand_for_each_other(self, one: Place, other: Place) -> None:
        paths = one[0], other[0]
        self.paired(paths[:1], paths[1:])
        if stack_number(one[1]) is not None:
            return  # Stacks are compared by themselves.
        # Equal blocks, too: 1 and yes are equal to Python, and what both have is listed.
        self.boxes(one[1], other[1], paths)

    def only(self, sign: Sign, place: Place, around: tuple[list[Place], list[Place]], paths: Paths) -> None:
        """A box without a partner, among the boxes ``around``; one of a name that both have is one more or less."""
        side = 0 if sign == "removed" else 1
        path, box = place
        if any(named(other) == named(place) for other in around[1 - side]):
            numbers = [sum(named(one) == named(place) for one in boxes) for boxes in around]
            if numbers[0] == numbers[1]:
                self.moved.append(text(words.label(box)))
                return
            there = tuple(tuple(one[0] for one in boxes if named(one) == named(place)) for boxes in around)
            self.add(
                "changed", box, box, OCCURRENCES, (numbers[0], numbers[1]), (there[0], there[1]), words.several(box)
            )
            return
        if sort_of(box) == "input" and meaning_of(box) == TOKENS and reads_tokens(around[1 - side]):
            # A model that says nothing of its tokens reads them too.
            said = text(words.label(box)), text(TOKENIZED_TEXT())
            if said[0] != said[1]:
                values = said if side == 0 else said[::-1]
                at = ((path,), ()) if side == 0 else ((), (path,))
                self.add("changed", box, box, BLOCK, values, at)
            return
        if words.is_sign(text(words.label(box))):
            return  # a sum is in the row of how boxes are joined
        subject = ""
        before = around[side].index(place) - 1 if place in around[side] else -1
        if sort_of(box) == "norm" and before >= 0:
            # One norm of several: by its place, as another of its kind may be called the same.
            other = within(text(words.label(around[side][before][1])))
            subject = text(terms.AFTER(block=text(words.label(box)), other=other))
        self.come_or_gone(sign, box, (path,), paths, subject)

    def come_or_gone(self, sign: Sign, box: Block, at: tuple[str, ...], around: Paths, subject: str = "") -> None:
        """A block that only one tree has, ``at`` its paths there; ``around`` are those of the blocks around it."""
        content = text(words.content(box)) or type(box).__name__.lower()
        if sign == "removed":
            self.add(sign, box, None, BLOCK, (content, None), (at, around[1:]), subject)
        else:
            self.add(sign, None, box, BLOCK, (None, content), (around[:1], at), subject)

    def joined(
        self,
        blocks: tuple[Block, Block],
        boxes: tuple[list[Place], list[Place]],
        paths: Paths,
        around: tuple[Module, Module],
    ) -> None:
        """How the boxes are joined that both have, where that differs; norms are named only where they make it so."""
        said = joined_differently(blocks, boxes, self.numbers)
        if said is not None:
            self.changed(*around, WIRING, *(said if said[0] != said[1] else words.apart(*around)), paths)


Beside = Callable[[Comparison, Module, Module, Paths], None]
"""How two modules beside the line are compared that stand for each other."""


def sign_of(before: Values, after: Values) -> Sign:
    """What became of a value."""
    none = [value in ((), None) or (not isinstance(value, tuple) and is_without(value)) for value in (before, after)]
    return "added" if none[0] else "removed" if none[1] else "changed"
