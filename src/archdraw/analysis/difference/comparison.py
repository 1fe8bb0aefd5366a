"""Two trees gone through side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import BLOCK, LOOP, ORDER, TIMES, Change, Equal, Sign
from archdraw.tree.alignment import aligned
from archdraw.tree.blocks import (
    Block,
    Experts,
    Graph,
    Leaf,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
    Setting,
    Side,
    layers,
    walk,
)

WIDTHS = frozenset({"hidden_size", "vocab_size", "tie_word_embeddings"})
"""Settings of a model that widths all over it follow from."""


def _is_without(value: Setting) -> bool:
    """Whether the value of a setting says that there is none."""
    return value is None or value is False or value == "none"


class Comparison:
    """Goes through two trees side by side and collects what it finds."""

    def __init__(self, first: Module, second: Module) -> None:
        self.changes: list[Change] = []
        self.equal: list[Equal] = []
        self._paths = tuple(
            {id(block): path for path, block in reversed(list(walk(module.body)))} for module in (first, second)
        )
        told, other = dict(first.settings), dict(second.settings)
        self._rewidened = any(told.get(name) != other.get(name) for name in WIDTHS)
        """Whether widths differ all over, so that a leaf that differs in them alone says nothing new."""
        self._widths = tuple(
            frozenset(value for name in WIDTHS if isinstance(value := own.get(name), int)) for own in (told, other)
        )
        self._around = ("", "")
        self._known: dict[tuple[int, int], float] = {}

    def path(self, side: int, block: Block) -> str:
        return self._paths[side].get(id(block), self._around[side])

    def paths(self, one: Block, other: Block) -> tuple[str, str]:
        return self.path(0, one), self.path(1, other)

    def only_widths(self, one: Block, other: Block) -> bool:
        """Whether two blocks differ in nothing but widths that follow from the model's.

        Of a module that was told its settings, which are equal, every number may follow from them.
        """
        if not self._rewidened:
            return False
        if isinstance(one, Module) and one.settings:
            return words.outline(one) == words.outline(other)
        return words.outline(one, self._widths[0]) == words.outline(other, self._widths[1])

    def tell(
        self,
        sign: Sign,
        one: Block | None,
        other: Block | None,
        what: str,
        before: Setting,
        after: Setting,
        paths: tuple[str, str],
    ) -> None:
        labels = tuple("" if block is None else words.label(block) for block in (one, other))
        sort = next(words.sort_of(block) for block in (one, other) if block is not None)
        self.changes.append(Change(sign, sort, (labels[0], labels[1]), what, before, after, paths))

    def blocks(self, one: Block, other: Block) -> None:
        """Two blocks that stand for each other."""
        if one == other and not words.has_settings(one):
            return
        before = self._around
        match one, other:
            case Module(), Module():
                self._around = self.paths(one, other)
                self.modules(one, other)
            case Leaf(), Leaf():
                self.leaves(one, other)
            case Residual(body=body), Residual(body=other_body):
                self.blocks(body, other_body)
            case Repeat(), Repeat():
                if (one.times, one.tied) != (other.times, other.tied):
                    self.tell(
                        "changed", one, other, TIMES, words.times(one), words.times(other), self.paths(one, other)
                    )
                self.blocks(one.body, other.body)
            case Experts(), Experts():
                if (one.total, one.active) != (other.total, other.active):
                    told = [f"{experts.active:,} of {experts.total:,}" for experts in (one, other)]
                    self.tell("changed", one, other, "experts", told[0], told[1], self.paths(one, other))
                self.blocks(one.body, other.body)
            case Side(), Side():
                if replace(one, body=other.body) != other:
                    told = [words.side(side) for side in (one, other)]
                    self.tell("changed", one, other, BLOCK, told[0], told[1], self.paths(one.body, other.body))
                self.blocks(one.body, other.body)
            case Graph(), Graph():
                if (one.edges, [name for name, _ in one.nodes]) != (other.edges, [name for name, _ in other.nodes]):
                    self.tell(
                        "changed", one, other, BLOCK, words.edges(one), words.edges(other), self.paths(one, other)
                    )
                self.rows([node for _, node in one.nodes], [node for _, node in other.nodes])
            case Parallel(), Parallel():
                if one.merge != other.merge:
                    self.tell("changed", one, other, "merge", one.merge, other.merge, self.paths(one, other))
                self.rows(one.branches, other.branches)
            case (Parallel(), Leaf() | Module()) | (Leaf() | Module(), Parallel()):
                # A table that another is added to: the branches that the other model lacks.
                self.rows(words.branches(one), words.branches(other))
            case (Parallel(), Residual()) | (Residual(), Parallel()):
                # Streams that are mixed, and one that is added to: what both have on the way.
                found = len(self.changes)
                self.rows(words.branches(one), words.branches(other))
                if len(self.changes) == found:
                    self.replaced(one, other)
            case _ if isinstance(one, Sequence) or isinstance(other, Sequence):
                self.rows(words.row(one), words.row(other))
            case _:
                self.replaced(one, other)
        self._around = before

    def modules(self, one: Module, other: Module) -> None:
        if one.level == other.level == "stack":
            self.stacks(one, other)
            return
        if words.sort_of(one) not in ("model", "layer") and (one.kind != other.kind or one.label != other.label):
            self.replaced(one, other)
            if one.kind != other.kind:
                self.settings(one, other, common=True)
                return
        told = self.settings(one, other, common=False)
        if words.sort_of(one) in ("model", "layer"):
            self.blocks(one.body, other.body)
        elif not told and one.body != other.body and not self.only_widths(one, other):
            found = len(self.changes)
            self.blocks(one.body, other.body)
            if len(self.changes) == found:
                self.tell("changed", one, other, BLOCK, words.told(one), words.told(other), self.paths(one, other))

    def settings(self, one: Module, other: Module, *, common: bool) -> bool:
        """Tells the settings that differ, in ``common`` only those that both have; whether there were any.

        One that was left to follow from others is no difference where the blocks are equal all the same.
        """
        mine, theirs = dict(one.settings), dict(other.settings)
        names = [name for name in mine if name in theirs] if common else list(dict.fromkeys((*mine, *theirs)))
        changed: list[str] = []
        for name in names:
            before, after = mine.get(name), theirs.get(name)
            if any(name.startswith(f"{around}.") for around in changed):
                continue
            same = before == after and isinstance(before, bool) == isinstance(after, bool)
            if same or (_is_without(before) and _is_without(after)):
                if not _is_without(before):
                    self.equal.append(Equal(words.sort_of(one), one.label, name, before))
                continue
            if one == other and (before is None or after is None) and one.kind != "model":
                continue
            changed.append(name)
            paths = self.paths(one, other)
            sign: Sign = "added" if _is_without(before) else "removed" if _is_without(after) else "changed"
            self.tell(sign, one, other, name, before, after, paths)
        return bool(changed)

    def leaves(self, one: Leaf, other: Leaf) -> None:
        if one == other or self.only_widths(one, other):
            return
        before, after = words.told(one), words.told(other)
        if before == after:
            # Alike in words: then in what cannot be seen, the shapes of weights or what is kept.
            before, after = words.shapes(one), words.shapes(other)
        if before == after:
            before, after = repr(one), repr(other)
        self.tell("changed", one, other, BLOCK, before, after, self.paths(one, other))

    def replaced(self, one: Block, other: Block) -> None:
        """One block in the place of another."""
        before, after = words.told(one), words.told(other)
        if before == after:
            before, after = f"{type(one).__name__} {before}".strip(), f"{type(other).__name__} {after}".strip()
        if before == after:
            before, after = repr(one), repr(other)
        self.tell("changed", one, other, BLOCK, before, after, self.paths(one, other))

    def rows(self, first: Iterable[Block], second: Iterable[Block]) -> None:
        """Two sequences of blocks, aligned."""
        mine, theirs = list(first), list(second)
        for one, other in aligned(mine, theirs, self.likeness):
            if one is None and other is not None:
                self.only("added", theirs[other])
            elif other is None and one is not None:
                self.only("removed", mine[one])
            elif one is not None and other is not None:
                self.blocks(mine[one], theirs[other])

    def only(self, sign: Sign, block: Block) -> None:
        """A block that only one of the trees has: each box in it."""
        side = 0 if sign == "removed" else 1
        for box in words.boxes(block):
            path = self.path(side, box)
            paths = (path, self._around[1]) if side == 0 else (self._around[0], path)
            told = words.told(box) or type(box).__name__.lower()
            if side == 0:
                self.tell(sign, box, None, BLOCK, told, None, paths)
            else:
                self.tell(sign, None, box, BLOCK, None, told, paths)

    def stacks(self, one: Module, other: Module) -> None:
        """Two stacks of layers: kinds of layers paired by likeness, then how many of each come in which order."""
        found = len(self.changes)
        loops = [", ".join(f"{times} times" for times in words.loops(stack.body)) for stack in (one, other)]
        if loops[0] != loops[1]:
            sign: Sign = "added" if not loops[0] else "removed" if not loops[1] else "changed"
            self.tell(sign, one, other, LOOP, loops[0] or None, loops[1] or None, self.paths(one, other))
        self.rows(words.around(one.body), words.around(other.body))
        mine, theirs = layers(one), layers(other)
        own, its = list(dict.fromkeys(mine)), list(dict.fromkeys(theirs))
        partner = self._partners(own, its, mine, theirs)
        for i in sorted(partner, key=lambda i: -mine.count(own[i])):
            self.blocks(own[i], its[partner[i]])
        for i, layer in enumerate(own):
            if i not in partner:
                told = f"{words.layer(layer)} in {mine.count(layer)} of {len(mine)} layers"
                self.tell("removed", layer, None, BLOCK, told, None, (self.path(0, layer), self._around[1]))
        for j, layer in enumerate(its):
            if j not in partner.values():
                told = f"{words.layer(layer)} in {theirs.count(layer)} of {len(theirs)} layers"
                self.tell("added", None, layer, BLOCK, None, told, (self._around[0], self.path(1, layer)))
        numbers = {layer: number for number, layer in enumerate(own)}
        order = [numbers[layer] for layer in mine]
        others = {its[partner[i]]: i for i in partner}
        if order != [others.get(layer, -1) for layer in theirs]:
            self.tell("changed", one, other, ORDER, words.order(mine), words.order(theirs), self.paths(one, other))
        elif one != other and len(self.changes) == found:
            self.blocks(one.body, other.body)

    def _partners(
        self, own: list[Module], its: list[Module], mine: tuple[Module, ...], theirs: tuple[Module, ...]
    ) -> dict[int, int]:
        """For kinds of layers of the first the kinds of the second that stand for them.

        The most alike first; among equals those that make up most of ``mine`` and of ``theirs``, all the layers.
        """
        share = [mine.count(layer) / len(mine) for layer in own]
        other_share = [theirs.count(layer) / len(theirs) for layer in its]
        alike = sorted(
            (
                (self.likeness(one.body, other.body), share[i] + other_share[j], -i, -j)
                for i, one in enumerate(own)
                for j, other in enumerate(its)
            ),
            reverse=True,
        )
        partner: dict[int, int] = {}
        for like, _, before_i, before_j in alike:
            if like > 0 and -before_i not in partner and -before_j not in partner.values():
                partner[-before_i] = -before_j
        return partner

    def likeness(self, one: Block, other: Block) -> float:
        """How much ``one`` can stand for ``other``: 0 not at all."""
        key = (id(one), id(other))
        if key not in self._known:
            self._known[key] = self._likeness(one, other)
        return self._known[key]

    def _likeness(self, one: Block, other: Block) -> float:
        match one, other:
            case (Leaf() | Module(), Leaf() | Module()):
                like = _alike(one, other)
            case Side(), Side():
                like = 0.0 if one.direction != other.direction else 1.0 + (one.body.kind == other.body.kind)
            case _ if type(one) is type(other):
                mine, theirs = words.row(words.inside(one)), words.row(words.inside(other))
                pairs = aligned(mine, theirs, self.likeness)
                shared = [(mine[i], theirs[j]) for i, j in pairs if i is not None and j is not None]
                like = sum(self.likeness(*pair) for pair in shared)
                # What works on tokens says which branch it is; branches with norms alike need not be the same.
                if any(map(words.is_work, (*mine, *theirs))) and not any(words.is_work(part) for part, _ in shared):
                    like = 0.0
            case (Parallel(), Leaf() | Module() | Residual()) | (Leaf() | Module() | Residual(), Parallel()):
                like = self._best(words.branches(one), words.branches(other))
            case _ if isinstance(one, Sequence) or isinstance(other, Sequence):
                like = self._best(words.row(one), words.row(other))
            case _:
                like = 0.0
        # Nothing else can be as like as an equal one, whatever more it has.
        return like + 1.0 if one == other else like

    def _best(self, mine: Iterable[Block], theirs: Iterable[Block]) -> float:
        return max((self.likeness(*pair) for pair in product(mine, theirs)), default=0.0)


def _alike(one: Leaf | Module, other: Leaf | Module) -> float:
    if words.sort_of(one) != words.sort_of(other):
        return 0.0
    weight = words.WORKS if words.is_work(one) else 0.0
    if one == other:
        return weight + 4.0
    if isinstance(one, Module) and isinstance(other, Module) and one.kind and one.kind == other.kind:
        return weight + 3.0
    if one.label == other.label or one.name == other.name:
        return weight + 2.5
    # Two plain boxes may be anything; two mixers are both mixers.
    return 1.0 if words.sort_of(one) == "plain" else weight + 2.0
