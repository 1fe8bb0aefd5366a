"""Two models: their stacks, paired wherever they stand, and all that is around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import LOOP
from archdraw.analysis.difference.comparison import Comparison, Paths, sign_of
from archdraw.analysis.difference.meaning import sources
from archdraw.analysis.difference.places import STACK, replaced_in
from archdraw.analysis.difference.stacks import Stacks
from archdraw.analysis.difference.structure import loops
from archdraw.glossary import text, within
from archdraw.glossary.common import LAYERS
from archdraw.tree.blocks import Block, Leaf, Module, Repeat, Side
from archdraw.tree.framing import ANY, framed
from archdraw.tree.settings import is_without
from archdraw.tree.sharing import alike
from archdraw.tree.walks import layers, walk

Stack = tuple[str, Module]


def models(first: Module, second: Module, again: tuple[frozenset[str], frozenset[str]]) -> Comparison:
    """What differs between two models; the norms ``again`` are drawn a second time."""
    comparison = Comparison(first, second, beside)
    comparison.again = again
    comparison.settings(first, second, ("", ""))
    _with_stacks(comparison, first, second, ("", ""))
    return comparison


def beside(comparison: Comparison, one: Module, other: Module, paths: Paths) -> None:
    """Two modules beside the line: their layers are compared as those of models are.

    What settings make of layers is compared by these alone, but for layers that are themselves settings: a module for
    multi-token prediction has a whole layer of any kind.
    """
    mine, theirs = (replace(module, body=framed(_as_layers(module.body))) for module in (one, other))
    own = [value for module in (one, other) for _, value in module.settings if not is_without(value)]
    given = [_given_layers(module) for module in (one, other)]
    if (own and not all(given)) or not all(any(stacks(module.body)) for module in (mine, theirs)):
        comparison.modules(one, other, paths)
        return
    if text(one.label) != text(other.label):
        comparison.replaced(one, other, paths)
    mine, theirs = (_without(module, names) for module, names in zip((mine, theirs), given, strict=True))
    comparison.settings(mine, theirs, paths, common=one.kind != other.kind)
    found = len(comparison.changes)
    _with_stacks(comparison, mine, theirs, paths)
    around = within(text(other.label if one.kind == other.kind and not isinstance(other.label, str) else one.label))
    comparison.changes[found:] = [replace(change, around=around) for change in comparison.changes[found:]]


def _as_layers(body: Block) -> Block:
    """``body`` of a module beside the line with its layers as those that models have."""

    def change(block: Block) -> Block | None:
        return replace(block, level="layer") if isinstance(block, Module) and block.level == "side_layer" else None

    return replaced_in(body, change)


def _given_layers(module: Module) -> list[str]:
    """The settings of ``module`` that are layers in it."""
    kinds = {layer.kind for layer in layers(module.body, ANY)}
    return [name for name, value in module.settings if value in kinds]


def _without(module: Module, names: list[str]) -> Module:
    """``module`` without the settings of those ``names``, and without settings of these."""
    kept = tuple(
        (name, value) for name, value in module.settings if not any(f"{name}.".startswith(f"{own}.") for own in names)
    )
    return replace(module, settings=kept)


def _with_stacks(comparison: Comparison, first: Module, second: Module, at: Paths) -> None:
    """Two modules with stacks of layers at the paths ``at``: their stacks, paired, and all that is around them."""
    mine, theirs = list(stacks(first.body)), list(stacks(second.body))
    pairs = _pairs(comparison, (first.body, second.body), mine, theirs)
    numbers = {i: number for number, (i, _) in enumerate(pairs)}, {j: number for number, (_, j) in enumerate(pairs)}
    one, other = (
        replace(model, body=_around(model.body, found, own, -side))
        for side, (model, found, own) in enumerate(zip((first, second), (mine, theirs), numbers, strict=True), 1)
    )
    applied = [words.looped(loops(module.body)) for module in (one, other)]
    if applied[0] != applied[1]:
        # Loops over whole stacks and what follows them: how often is a change, so that what is joined is the rest.
        sign = sign_of(applied[0] or None, applied[1] or None)
        values = applied[0] or None, applied[1] or None
        layers_of = [own[0][1] if own else module for own, module in zip((mine, theirs), (first, second), strict=True)]
        comparison.add(sign, layers_of[0], layers_of[1], LOOP, values, (at[:1], at[1:]))
        one, other = (replace(module, body=_once(module.body)) for module in (one, other))
    comparison.insides((one, other), at)
    for i, j in pairs:
        (path, stack), (other_path, like) = mine[i], theirs[j]
        # Stacks of modules beside the line are made for the comparison: their layers have the paths of the tree.
        inner = (at[0], at[1]) if at != ("", "") else (path, other_path)
        Stacks(comparison, stack, like, inner, (len(mine), len(theirs))).compare()


def _once(body: Block) -> Block:
    """``body`` with loops over the same weights gone through once."""

    def change(block: Block) -> Block | None:
        return _once(block.body) if isinstance(block, Repeat) and block.tied else None

    return replaced_in(body, change)


def plain(model: Module) -> Module:
    """``model`` with layers that are :func:`alike`: which of them stores a tensor that they share is no difference."""

    def change(block: Block) -> Block | None:
        match block:
            case Module(level="layer" | "side_layer"):
                return alike(block)
            case Side(body=body):
                return replace(block, body=_module(replaced_in(body, change)))
            case _:
                return None

    return _module(replaced_in(model, change))


def _module(block: Block) -> Module:
    assert isinstance(block, Module)
    return block


def stacks(block: Block) -> Iterator[Stack]:
    """The stacks of layers in ``block`` with their paths, wherever they stand but beside the line."""
    beside = {id(part) for _, side in walk(block) if isinstance(side, Side) for _, part in walk(side)}
    for path, part in walk(block):
        if isinstance(part, Module) and part.level == "stack" and id(part) not in beside:
            yield path, part


def _pairs(
    comparison: Comparison, bodies: tuple[Block, Block], mine: list[Stack], theirs: list[Stack]
) -> list[tuple[int, int]]:
    """Which stack stands for which: towers that read the same first, then the most similar, then by their place."""
    read = [[sources(body, stack) for _, stack in own] for body, own in zip(bodies, (mine, theirs), strict=True)]
    ranked = sorted(
        (
            (read[0][i] == read[1][j], _likeness(comparison, mine[i][1], theirs[j][1]), -abs(i - j), -i, -j)
            for i, j in product(range(len(mine)), range(len(theirs)))
        ),
        reverse=True,
    )
    found: dict[int, int] = {}
    for *_, i, j in ranked:
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
