"""Two stacks of layers: their mixers and feed-forward blocks by role, the rest of the layers, and the order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import LOOP, OCCURRENCES, ORDER, Sign
from archdraw.analysis.difference.comparison import Anchors, Comparison, Paths, sign_of
from archdraw.analysis.difference.groups import Group, groups
from archdraw.analysis.difference.meaning import called
from archdraw.analysis.difference.places import Place, boxes_in, replaced_in
from archdraw.analysis.difference.rows_of_groups import group_rows
from archdraw.analysis.difference.structure import begins_with_norm, is_sublayer, loops, sort_of, sublayers
from archdraw.glossary import comparison as terms
from archdraw.glossary import text
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.settings import MIXER, is_without, same
from archdraw.tree.walks import layers

EXPLAINS = ("placement", "residual", "first", "then")
"""Settings of a layer that say where its norms stand and how its blocks are joined."""


class Stacks:
    """Compares two stacks that stand for each other, and leaves what it finds with ``comparison``."""

    def __init__(
        self, comparison: Comparison, one: Module, other: Module, paths: Paths, of: tuple[int, int] = (1, 1)
    ) -> None:
        """``one`` and ``other`` at ``paths`` are each one ``of`` so many stacks of their models."""
        self._of = of
        self._comparison, self._stacks, self._at = comparison, (one, other), paths
        self._every = layers(one), layers(other)
        boxes = [boxes_in(stack.body, path) for stack, path in zip(self._stacks, paths, strict=True)]
        self._layers = [[place for place in places if _is_layer(place[1])] for places in boxes]
        self._between = [[place for place in places if not _is_layer(place[1])] for places in boxes]
        self._inside = [
            {path: boxes_in(layer.body, path) for path, layer in places if isinstance(layer, Module)}
            for places in self._layers
        ]
        self._left: list[tuple[Sign, Place]] = []

    def compare(self) -> None:
        """Adds what differs."""
        comparison, (one, other) = self._comparison, self._stacks
        found = len(comparison.changes)
        applied = [words.looped(loops(stack.body)) for stack in (one, other)]
        if applied[0] != applied[1]:
            sign = sign_of(applied[0] or None, applied[1] or None)
            self._add(sign, LOOP, applied[0] or None, applied[1] or None)
        mine, theirs = self._between
        for sign, place in comparison.aligned(mine, theirs, self._at):
            comparison.only(sign, place, (mine, theirs), self._at)
        paired = groups(*self._every, comparison.similarity)
        anchors, ids = self._anchors(paired)
        group_rows(comparison, paired, lambda side, block: self._paths_of(side, (block,)), self._share_of, self._at)
        for group in self._skeletons(anchors):
            self._kinds_of_layers(*group, anchors)
        self._leftovers()
        self._order(ids)
        if one != other and len(comparison.changes) == found and one.body != other.body:
            boxes = boxes_in(one.body, self._at[0]), boxes_in(other.body, self._at[1])
            comparison.joined((one.body, other.body), boxes, self._at, (one, other))
            if len(comparison.changes) == found and not comparison.only_widths(one, other):
                comparison.replaced(one, other, self._at)

    def _add(self, sign: Sign, what: str, before: str | None, after: str | None) -> None:
        self._comparison.add(sign, *self._stacks, what, (before, after), ((self._at[0],), (self._at[1],)))

    def _paths_of(self, side: int, blocks: Iterable[Block]) -> tuple[str, ...]:
        wanted = list(blocks)
        return tuple(
            path for places in self._inside[side].values() for path, box in places if any(box == one for one in wanted)
        )

    def _share_of(self, side: int, blocks: Sequence[Block]) -> tuple[int, int]:
        """In how many layers of a side some of ``blocks`` are, and how many layers there are."""
        every = self._every[side]
        return sum(any(one in blocks for one in sublayers(layer)) for layer in every), len(every)

    def _anchors(self, paired: list[Group]) -> tuple[Anchors, tuple[dict[Block, int], dict[Block, int]]]:
        """The numbers of the sublayers by their paths, for the alignment, and by themselves, for the order."""
        at: tuple[dict[str, tuple[str, int]], dict[str, tuple[str, int]]] = ({}, {})
        ids: tuple[dict[Block, int], dict[Block, int]] = ({}, {})
        for group in paired:
            for i, j in group.pairs:
                paths = self._paths_of(0, (group.mine[i],)), self._paths_of(1, (group.theirs[j],))
                ids[0][group.mine[i]] = ids[1][group.theirs[j]] = self._comparison.paired(*paths)
            for i, j in group.extra:
                known = ids[0].get(group.mine[i], ids[1].get(group.theirs[j]))
                for side, block in enumerate((group.mine[i], group.theirs[j])):
                    for path in self._paths_of(side, (block,)):
                        self._comparison.numbers[side].setdefault(path, known or 0)
        for side in (0, 1):
            for places in self._inside[side].values():
                for path, box in places:
                    if is_sublayer(box):
                        own = ids[side].setdefault(box, -1 - side - 2 * len(ids[side]))
                        at[side][path] = sort_of(box), own
        return at, ids

    def _skeletons(self, anchors: Anchors) -> list[tuple[Place, Place, list[Place], list[Place]]]:
        """Layers that are alike but for their sublayers, paired: two that stand for the rest, and all of both."""
        kinds: list[dict[Module, list[Place]]] = [{}, {}]
        for side, places in enumerate(self._layers):
            for place in places:
                if isinstance(place[1], Module):
                    kinds[side].setdefault(_skeleton(place[1]), []).append(place)
        often = [
            [sum(map(self._every[side].count, _modules(places))) for places in kinds[side].values()] for side in (0, 1)
        ]
        own, its = list(kinds[0]), list(kinds[1])
        ranked = sorted(
            (
                (self._comparison.similarity(own[i].body, its[j].body), often[0][i] + often[1][j], -i, -j)
                for i, j in product(range(len(own)), range(len(its)))
            ),
            reverse=True,
        )
        pairs: dict[int, int] = {}
        for _, _, i, j in ranked:
            if -i not in pairs and -j not in pairs.values():
                pairs[-i] = -j
        # What is left is compared with the most similar one that has a partner.
        rest: list[tuple[int, int]] = []
        left = set(range(len(own))) - set(pairs), set(range(len(its))) - set(pairs.values())
        for _, _, i, j in ranked:
            if (-i in left[0]) != (-j in left[1]):
                rest.append((-i, -j))
                left[0].discard(-i)
                left[1].discard(-j)
        found = []
        for i, j in (*pairs.items(), *rest):
            one, other = kinds[0][own[i]], kinds[1][its[j]]
            ids = [
                {
                    place[0]: {
                        anchors[side][path][1] for path, _ in self._inside[side][place[0]] if path in anchors[side]
                    }
                    for place in places
                }
                for side, places in enumerate((one, other))
            ]
            # Among equals those that most layers are like: they stand for the rest.
            best = max(
                product(one, other),
                key=lambda pair: (
                    len(ids[0][pair[0][0]] & ids[1][pair[1][0]]),
                    sum(self._every[side].count(place[1]) for side, place in enumerate(pair)),
                ),
            )
            found.append((*best, one, other))
        return found

    def _kinds_of_layers(
        self, one: Place, other: Place, mine: list[Place], theirs: list[Place], anchors: Anchors
    ) -> None:
        """Two kinds of layers, without their sublayers."""
        comparison, paths = self._comparison, (one[0], other[0])
        comparison.paired((path for path, _ in mine), (path for path, _ in theirs))
        first, second = one[1], other[1]
        assert isinstance(first, Module)
        assert isinstance(second, Module)
        explained = self._settings_of_layers(first, second, paths)
        boxes = self._inside[0][one[0]], self._inside[1][other[0]]
        left = comparison.aligned(*boxes, paths, anchors)
        self._left += [(sign, place) for sign, place in left if not (explained and sort_of(place[1]) == "norm")]
        if not explained:
            comparison.joined((first.body, second.body), boxes, paths, (first, second))
        for side, places in enumerate((mine, theirs)):
            rest = self._inside[side]
            for place in places:
                for (known, _), (path, _) in zip(boxes[side], rest[place[0]], strict=True):
                    number = comparison.numbers[side].get(known)
                    if number is not None and path not in anchors[side]:
                        comparison.numbers[side].setdefault(path, number)

    def _settings_of_layers(self, first: Module, second: Module, paths: Paths) -> bool:
        """Adds the settings of two kinds of layers that differ; whether they explain where norms stand.

        A setting whose values are those of both stacks, in other layers, is one of the order.
        """
        comparison = self._comparison
        found = len(comparison.changes)
        comparison.settings(first, second, paths, common=first.kind != second.kind)
        own = comparison.changes[found:]
        comparison.changes[found:] = [change for change in own if not self._is_of_the_order(change.what)]
        return any(change.what.startswith(EXPLAINS) for change in own)

    def _is_of_the_order(self, what: str) -> bool:
        """Whether each stack has layers with ``what``, or layers of each value, so that only their order may differ."""
        values = [[dict(layer.settings).get(what) for layer in dict.fromkeys(every)] for every in self._every]
        given = [[value for value in own if not is_without(value)] for own in values]
        mine, theirs = given if all(given) else values
        return all(any(same(one, other) for other in theirs) for one in mine) and all(
            any(same(one, other) for other in mine) for one in theirs
        )

    def _leftovers(self) -> None:
        """Boxes of layers without a partner: those of a name that both stacks have come more or less often."""
        by_name: dict[tuple[str, str], list[tuple[Sign, Place]]] = {}
        for sign, place in self._left:
            by_name.setdefault(called(place), []).append((sign, place))
        for name, several in by_name.items():
            there = [
                tuple(path for places in inside.values() for path, box in places if called((path, box)) == name)
                for inside in self._inside
            ]
            sign, place = several[0]
            if words.is_sign(name[1]):
                continue  # a sum is in the row of how boxes are joined
            if not (there[0] and there[1]):
                self._only(name)
                continue
            counts = [words.occurrences(self._numbers_of(side, name)) for side in (0, 1)]
            if counts[0] != counts[1]:
                paths = there[0], there[1]
                subject = text(terms.OF_LAYERS(block=words.several(place[1])))
                self._comparison.add("changed", place[1], place[1], OCCURRENCES, (counts[0], counts[1]), paths, subject)
            else:
                self._comparison.moved.append(text(words.label(place[1])))

    def _only(self, name: tuple[str, str]) -> None:
        """The boxes of ``name``, which one stack alone has: a change for all that are alike."""
        for side, sign in ((0, "removed"), (1, "added")):
            alike: dict[Block, list[str]] = {}
            for places in self._inside[side].values():
                for path, box in places:
                    if called((path, box)) == name:
                        alike.setdefault(box, []).append(path)
            for only, paths in alike.items():
                self._comparison.come_or_gone("removed" if sign == "removed" else "added", only, tuple(paths), self._at)

    def _numbers_of(self, side: int, name: tuple[str, str]) -> list[int]:
        """How many boxes of ``name`` each layer has; with the norms that its modules begin with."""
        again = self._comparison.again[side]
        inner = name[0] == "norm"
        known = {
            layer: sum(
                (called(box) == name and box[0] not in again) or (inner and begins_with_norm(box[1]))
                for box in self._inside[side][path]
            )
            for path, layer in self._layers[side]
        }
        return [known[layer] for layer in self._every[side]]

    def _order(self, ids: tuple[dict[Block, int], dict[Block, int]]) -> None:
        """How many layers of each kind come in which order."""
        orders = []
        for side in (0, 1):
            skeletons = {layer: self._comparison.numbers[side].get(path, 0) for path, layer in self._layers[side]}
            inner = {
                layer: tuple(ids[side].get(box, 0) for _, box in self._inside[side][path] if is_sublayer(box))
                for path, layer in self._layers[side]
            }
            orders.append([(skeletons[layer], inner[layer]) for layer in self._every[side]])
        if orders[0] == orders[1]:
            return
        kinds = [list(dict.fromkeys(every)) for every in self._every]
        before, after = (
            words.order(every, words.layer_names(own)) for every, own in zip(self._every, kinds, strict=True)
        )
        if before == after:
            # Layers that do not stand for each other have one name: by what sets them apart, or by number.
            names = words.layer_names((*kinds[0], *kinds[1]))
            before, after = (words.order(every, names) for every in self._every)
        if before == after:
            numbers = {kind: str(number) for number, kind in enumerate(dict.fromkeys((*orders[0], *orders[1])), 1)}
            before, after = (" ".join(numbers[one] for one in order) for order in orders)
        if self._of[0] != self._of[1]:
            # Stacks without a partner have layers as well, which are not in this order.
            before, after = (
                text(terms.ONE_STACK_OF(number=number, order=order)) if number > 1 else order
                for number, order in zip(self._of, (before, after), strict=True)
            )
        self._add("changed", ORDER, before, after)


def _is_layer(block: Block) -> bool:
    return isinstance(block, Module) and block.level == "layer"


def _modules(places: Iterable[Place]) -> list[Module]:
    return list(dict.fromkeys(box for _, box in places if isinstance(box, Module)))


def _skeleton(layer: Module) -> Module:
    """``layer`` with its mixers and feed-forward blocks as mere places."""

    def change(block: Block) -> Block | None:
        if is_sublayer(block):
            sort = sort_of(block)
            return Leaf(sort, sort, role="attention" if sort == MIXER else "feed_forward")
        return block if isinstance(block, Leaf | Module | Side) else None

    return replace(layer, body=replaced_in(layer.body, change))
