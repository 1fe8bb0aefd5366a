"""Two trees gone through side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import BLOCK, LOOP, ORDER, TIMES, Change, Equal, Sign
from archdraw.analysis.difference.similarity import Similarity, partners
from archdraw.analysis.difference.structure import (
    between,
    boxes,
    branches,
    called_differently,
    design,
    has_settings,
    is_without,
    loops,
    outline,
    row,
    same,
    sort_of,
)
from archdraw.glossary import comparison, text
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
)
from archdraw.tree.walks import layers, walk

WIDTHS = frozenset({"hidden_size", "vocab_size", "tie_word_embeddings"})
"""Settings of a model that widths all over it follow from."""


class Comparison:
    """Goes through two trees side by side and collects what it finds."""

    def __init__(self, first: Module, second: Module) -> None:
        self.changes: list[Change] = []
        self.equal: list[Equal] = []
        self._paths = tuple(
            {id(block): path for path, block in reversed(list(walk(module.body)))} for module in (first, second)
        )
        mine, theirs = dict(first.settings), dict(second.settings)
        self._rewidened = any(mine.get(name) != theirs.get(name) for name in WIDTHS)
        """Whether widths differ all over, so that a leaf that differs in them alone is no change of its own."""
        self._widths = tuple(
            frozenset(value for name in WIDTHS if isinstance(value := own.get(name), int)) for own in (mine, theirs)
        )
        self._around = ("", "")
        self._similarity = Similarity()

    def path(self, side: int, block: Block) -> str:
        return self._paths[side].get(id(block), self._around[side])

    def paths(self, one: Block, other: Block) -> tuple[str, str]:
        return self.path(0, one), self.path(1, other)

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
        before: Setting,
        after: Setting,
        paths: tuple[str, str],
    ) -> None:
        labels = tuple("" if block is None else text(words.label(block)) for block in (one, other))
        sort = next(sort_of(block) for block in (one, other) if block is not None)
        self.changes.append(Change(sign, sort, (labels[0], labels[1]), what, before, after, paths))

    def changed(self, one: Block, other: Block, what: str, before: Setting, after: Setting) -> None:
        self.add("changed", one, other, what, before, after, self.paths(one, other))

    def blocks(self, one: Block, other: Block) -> None:
        """Two blocks that stand for each other."""
        if one == other and not has_settings(one):
            return
        around = self._around
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
                    self.changed(one, other, TIMES, words.times(one), words.times(other))
                self.blocks(one.body, other.body)
            case Experts(), Experts():
                if (one.total, one.active) != (other.total, other.active):
                    self.changed(one, other, "experts", words.experts(one), words.experts(other))
                self.blocks(one.body, other.body)
            case Side(), Side():
                if replace(one, body=other.body) != other:
                    before, after = words.side(one), words.side(other)
                    self.add("changed", one, other, BLOCK, before, after, self.paths(one.body, other.body))
                self.blocks(one.body, other.body)
            case Graph(), Graph():
                if words.edges(one) != words.edges(other) or [*dict(one.nodes)] != [*dict(other.nodes)]:
                    self.changed(one, other, BLOCK, *_distinct(words.edges(one), words.edges(other), one, other))
                self.rows([node for _, node in one.nodes], [node for _, node in other.nodes])
            case Parallel(), Parallel():
                if one.merge != other.merge:
                    self.changed(one, other, "merge", one.merge, other.merge)
                self.rows(one.branches, other.branches)
            case (Parallel(), Leaf() | Module()) | (Leaf() | Module(), Parallel()):
                # A table that another is added to: the branches that the other model lacks.
                self.rows(branches(one), branches(other))
            case (Parallel(), Residual()) | (Residual(), Parallel()):
                # Streams that are mixed, and one that is added to: what both have on the way.
                found = len(self.changes)
                self.rows(branches(one), branches(other))
                if len(self.changes) == found:
                    self.replaced(one, other)
            case _ if isinstance(one, Sequence) or isinstance(other, Sequence):
                self.rows(row(one), row(other))
            case _:
                self.replaced(one, other)
        self._around = around

    def modules(self, one: Module, other: Module) -> None:
        if one.level == other.level == "stack":
            self.stacks(one, other)
            return
        opened = sort_of(one) in ("model", "layer")
        renamed = called_differently(one, other)
        if not opened and (one.kind != other.kind or one.role != other.role or renamed):
            self.replaced(one, other)
            if one.kind != other.kind:
                self.settings(one, other, common=True)
                return
        differ = self.settings(one, other, common=False)
        if opened:
            self.blocks(one.body, other.body)
        elif (
            not differ
            and not renamed
            and replace(one, settings=other.settings) != other
            and not self.only_widths(one, other)
        ):
            found = len(self.changes)
            self.blocks(one.body, other.body)
            if len(self.changes) == found:
                self.replaced(one, other)

    def settings(self, one: Leaf | Module, other: Leaf | Module, *, common: bool) -> bool:
        """Adds the settings that differ, in ``common`` only those that both have; whether there were any."""
        mine, theirs = dict(one.settings), dict(other.settings)
        names = [name for name in mine if name in theirs] if common else list(dict.fromkeys((*mine, *theirs)))
        changed: list[str] = []
        for name in names:
            before, after = mine.get(name), theirs.get(name)
            if any(name.startswith(f"{around}.") for around in changed):
                continue
            if same(before, after):
                if not is_without(before):
                    self.equal.append(Equal(sort_of(one), text(one.label), name, before))
                continue
            changed.append(name)
            sign: Sign = "added" if is_without(before) else "removed" if is_without(after) else "changed"
            self.add(sign, one, other, name, before, after, self.paths(one, other))
        return bool(changed)

    def leaves(self, one: Leaf, other: Leaf) -> None:
        differ = self.settings(one, other, common=False)
        if not differ and replace(one, settings=()) != replace(other, settings=()) and not self.only_widths(one, other):
            self.replaced(one, other)

    def replaced(self, one: Block, other: Block) -> None:
        """One block in the place of another."""
        before, after = words.apart(one, other)
        self.changed(one, other, BLOCK, before, after)

    def rows(self, first: Iterable[Block], second: Iterable[Block]) -> None:
        """Two sequences of blocks, aligned."""
        mine, theirs = list(first), list(second)
        for one, other in aligned(mine, theirs, self._similarity):
            if one is None and other is not None:
                self.only("added", theirs[other])
            elif other is None and one is not None:
                self.only("removed", mine[one])
            elif one is not None and other is not None:
                self.blocks(mine[one], theirs[other])

    def only(self, sign: Sign, block: Block) -> None:
        """A block that only one of the trees has: each box in it."""
        side = 0 if sign == "removed" else 1
        for box in boxes(block):
            path = self.path(side, box)
            content = text(words.content(box)) or type(box).__name__.lower()
            if side == 0:
                self.add(sign, box, None, BLOCK, content, None, (path, self._around[1]))
            else:
                self.add(sign, None, box, BLOCK, None, content, (self._around[0], path))

    def stacks(self, one: Module, other: Module) -> None:
        """Two stacks of layers: kinds of layers paired by similarity, then how many of each come in which order."""
        found = len(self.changes)
        applied = [", ".join(f"{times} times" for times in loops(stack.body)) for stack in (one, other)]
        if applied[0] != applied[1]:
            sign: Sign = "added" if not applied[0] else "removed" if not applied[1] else "changed"
            self.add(sign, one, other, LOOP, applied[0] or None, applied[1] or None, self.paths(one, other))
        self.rows(between(one.body), between(other.body))
        mine, theirs = layers(one), layers(other)
        own, its = list(dict.fromkeys(mine)), list(dict.fromkeys(theirs))
        partner = partners(mine, theirs, self._similarity)
        for i in sorted(partner, key=lambda i: -mine.count(own[i])):
            self.blocks(own[i], its[partner[i]])
        self._unpaired(own, its, partner, mine, theirs)
        numbers = {layer: number for number, layer in enumerate(own)}
        order = [numbers[layer] for layer in mine]
        others = {its[partner[i]]: i for i in partner}
        if order != [others.get(layer, -1) for layer in theirs]:
            before, after = words.order(mine, words.layer_names(own)), words.order(theirs, words.layer_names(its))
            if before == after:
                # Layers that do not stand for each other have one name: by what sets them apart, or by number.
                names = words.layer_names((*own, *its))
                before, after = words.order(mine, names), words.order(theirs, names)
            if before == after:
                before, after = (_numbered(every) for every in (order, [others.get(layer, -1) for layer in theirs]))
            self.changed(one, other, ORDER, before, after)
        elif one != other and len(self.changes) == found:
            self.blocks(one.body, other.body)

    def _unpaired(
        self,
        own: list[Module],
        its: list[Module],
        partner: dict[int, int],
        mine: tuple[Module, ...],
        theirs: tuple[Module, ...],
    ) -> None:
        """Kinds of layers that only one stack has.

        One that differs from a kind of the other stack in settings alone is compared with it: its settings are the
        change, and no layer came or went.
        """
        names = {**words.layer_names(its), **words.layer_names(own)}
        for i, layer in enumerate(own):
            if i in partner:
                continue
            like = self._like(layer, its)
            if like is not None:
                self.blocks(layer, like)
                continue
            content = comparison.LAYERS_OF(layer=names[layer], number=mine.count(layer), all=len(mine))
            self.add("removed", layer, None, BLOCK, text(content), None, (self.path(0, layer), self._around[1]))
        for j, layer in enumerate(its):
            if j in partner.values():
                continue
            like = self._like(layer, own)
            if like is not None:
                self.blocks(like, layer)
                continue
            content = comparison.LAYERS_OF(layer=names[layer], number=theirs.count(layer), all=len(theirs))
            self.add("added", None, layer, BLOCK, None, text(content), (self._around[0], self.path(1, layer)))

    def _like(self, layer: Module, others: list[Module]) -> Module | None:
        """The one of ``others`` that has the same kinds of sublayers, and most settings, in common with ``layer``."""
        alike = [other for other in others if design(other) == design(layer) and design(layer)]
        return max(alike, key=lambda other: self._similarity(layer.body, other.body), default=None)


def _distinct(before: str, after: str, one: Block, other: Block) -> tuple[str, str]:
    return (before, after) if before != after else words.apart(one, other)


def _numbered(order: list[int]) -> str:
    return " ".join(str(number) if number >= 0 else "new" for number in order)
