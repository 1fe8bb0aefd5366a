"""Two models: their stacks, paired wherever they stand, and all that is around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from archdraw.analysis.difference.comparison import Comparison
from archdraw.analysis.difference.places import STACK, replaced_in
from archdraw.analysis.difference.stacks import Stacks
from archdraw.glossary.common import LAYERS
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.walks import layers, walk

Stack = tuple[str, Module]


def models(comparison: Comparison, first: Module, second: Module) -> None:
    """Adds to ``comparison`` what differs between two models."""
    mine, theirs = list(stacks(first.body)), list(stacks(second.body))
    pairs = _pairs(comparison, mine, theirs)
    numbers = {i: number for number, (i, _) in enumerate(pairs)}, {j: number for number, (_, j) in enumerate(pairs)}
    comparison.settings(first, second, ("", ""))
    one, other = (
        replace(model, body=_around(model.body, found, own, -side))
        for side, (model, found, own) in enumerate(zip((first, second), (mine, theirs), numbers, strict=True), 1)
    )
    comparison.insides((one, other), ("", ""))
    for i, j in pairs:
        (path, stack), (other_path, like) = mine[i], theirs[j]
        Stacks(comparison, stack, like, (path, other_path)).compare()


def stacks(block: Block) -> Iterator[Stack]:
    """The stacks of layers in ``block`` with their paths, wherever they stand but beside the line."""
    beside = {id(part) for _, side in walk(block) if isinstance(side, Side) for _, part in walk(side)}
    for path, part in walk(block):
        if isinstance(part, Module) and part.level == "stack" and id(part) not in beside:
            yield path, part


def _pairs(comparison: Comparison, mine: list[Stack], theirs: list[Stack]) -> list[tuple[int, int]]:
    """Which stack stands for which: the most similar first, among equals those in the same place."""
    ranked = sorted(
        (
            (_likeness(comparison, mine[i][1], theirs[j][1]), -abs(i - j), -i, -j)
            for i, j in product(range(len(mine)), range(len(theirs)))
        ),
        reverse=True,
    )
    found: dict[int, int] = {}
    for _, _, i, j in ranked:
        if -i not in found and -j not in found.values():
            found[-i] = -j
    return sorted(found.items())


def _likeness(comparison: Comparison, one: Module, other: Module) -> float:
    """How alike the most similar layers of two stacks are; those of one name and of one length are more alike."""
    own, its = dict.fromkeys(layers(one)), dict.fromkeys(layers(other))
    best = max((comparison.similarity(layer.body, like.body) for layer, like in product(own, its)), default=0.0)
    return best + 2 * (one.label == other.label) + (len(layers(one)) == len(layers(other)))


def _around(body: Block, found: list[Stack], numbers: dict[int, int], side: int) -> Block:
    """``body`` with a leaf in the place of each stack: partners are one leaf, others differ from all."""
    leaves = {
        id(stack): Leaf(
            stack.name,
            stack.label,
            detail=LAYERS(number=len(layers(stack))),
            settings=((STACK, numbers.get(i, side - 2 * i)),),
        )
        for i, (_, stack) in enumerate(found)
    }

    def change(block: Block) -> Block | None:
        return leaves.get(id(block))

    return replaced_in(body, change)
