"""Ways through a tree of blocks: what is inside of a block, every block with its path, lines that leave and come in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar, assert_never

from archdraw.tree.blocks import (
    Block,
    Experts,
    Graph,
    Leaf,
    Level,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
    Side,
)
from archdraw.tree.children import children as children
from archdraw.tree.layer_names import Names, layer_names
from archdraw.tree.remembered import remembered

T = TypeVar("T")

MODEL_LAYERS: tuple[Level, ...] = ("layer",)
"""The level of the layers of a model, without those of what stands beside it."""

MESSAGE_INPUT = "message_input"
"""The name of the leaf by which the passes of a loop read messages of the one before, in place of its result."""


def walk(block: Block, path: str = "") -> Iterator[tuple[str, Block]]:
    """Every block below and including ``block`` with its path, input first.

    A path joins the names of modules and leaves by ``/``; anonymous nodes have their enclosing module's. Siblings of
    one name under one module are distinguished by ``.2``, ``.3`` ... in order, layers of several kinds before that by
    what sets them apart (:mod:`archdraw.tree.layer_names`).
    """
    # Pictures ask for all blocks of a model and its layers many times.
    return _walked(block, path) if path else iter(_every(block))


@remembered(256)
def _every(block: Block) -> tuple[tuple[str, Block], ...]:
    return tuple(_walked(block, ""))


def _walked(block: Block, path: str) -> Iterator[tuple[str, Block]]:
    # A generator within a generator for each level takes several times as long.
    waiting: list[tuple[Block, str, dict[str, int], Names]] = [(block, path, {}, layer_names(block))]
    while waiting:
        part, place, taken, names = waiting.pop()
        if isinstance(part, Leaf | Module):
            wish = names.get(id(part), part.name) if names else part.name
            seen = taken[wish] = taken.get(wish, 0) + 1
            name = wish if seen == 1 else f"{wish}.{seen}"
            place = f"{place}/{name}" if place else name
        yield place, part
        match part:
            case Leaf():
                continue
            case Module():
                taken, names = {}, layer_names(part)
        waiting += [(child, place, taken, names) for child in reversed(children(part))]


def blocks_in(block: Block) -> list[Block]:
    """Every block below and including ``block``, input first, without paths."""
    found, waiting = [], [block]
    while waiting:
        part = waiting.pop()
        found.append(part)
        match part:
            case Leaf():
                continue
            case _:
                waiting += reversed(children(part))
    return found


def leaves(block: Block) -> Iterator[Leaf]:
    """Every leaf of ``block``, input first, each once whatever repeats it."""
    return iter(_leaves(block))


@remembered(4096)
def _leaves(block: Block) -> tuple[Leaf, ...]:
    if isinstance(block, Leaf):
        return (block,)
    found: list[Leaf] = []
    for part in children(block):
        match part:
            case Leaf():
                found.append(part)
            case _:
                found += _leaves(part)
    return tuple(found)


@remembered(64)
def paths_in(block: Block) -> Mapping[int, str]:
    """The path of each block below and including ``block``, by its identity; the first of one that is there often."""
    return {id(part): path for path, part in reversed(_every(block))}


@remembered(64)
def modules(block: Block) -> tuple[Module, ...]:
    """Every module in ``block``, input first, each as often as it is written."""
    return tuple([part for _, part in _every(block) if isinstance(part, Module)])


@remembered(64)
def sides(block: Block) -> tuple[Side, ...]:
    """Everything that stands beside a line in ``block``, input first."""
    return tuple([part for _, part in _every(block) if isinstance(part, Side)])


def keeps(block: Block) -> bool:
    """Whether something of earlier tokens is kept in ``block``, or heads attend to them: only then it mixes tokens."""
    return any(leaf.cache is not None or leaf.state or leaf.heads is not None for leaf in leaves(block))


def outputs(block: Block) -> tuple[str, ...]:
    """The names of the lines that leave ``block``; one unnamed line unless branches or splits say otherwise."""
    match block:
        case Leaf():
            return block.outputs
        case Sequence(parts=parts):
            for part in reversed(parts):
                if not isinstance(part, Side):
                    return outputs(part)
            return ("",)
        case Parallel(branches=branches, merge="separate"):
            return tuple(name for branch in branches for name in outputs(branch))
        case Graph(outputs=names):
            return names
        case Parallel() | Residual() | Experts() | Side():
            return ("",)
        case Repeat(body=body) | Module(body=body):
            return outputs(body)
        case _:
            assert_never(block)


def inputs(block: Block) -> int:
    """How many lines ``block`` takes when several are dealt out to it."""
    return len(entries(block))


def entries(block: Block) -> tuple[str, ...]:
    """The names of the lines that ``block`` takes when several are dealt out to it; empty for those without one."""
    match block:
        case Leaf():
            return ("",) * block.inputs
        case Sequence(parts=parts):
            return next((entries(part) for part in parts if not isinstance(part, Side)), ("",))
        case Parallel(branches=branches):
            dealt = [entries(branch) for branch in branches]
            several = any(len(names) > 1 for names in dealt)
            return tuple(name for names in dealt for name in names) if several else ("",) * any(dealt)
        case Graph():
            return block.inputs
        case Residual() | Experts() | Side():
            return ("",)
        case Repeat(body=body) | Module(body=body):
            return entries(body)
        case _:
            assert_never(block)


def layers(block: Block, levels: Collection[Level] = MODEL_LAYERS) -> tuple[Module, ...]:
    """Every layer of ``levels`` in order, repeats written out; modules beside the spine are not entered.

    The layers of a loop over the same weights come once.
    """
    # Those of a model are asked for by all that is said of it.
    return _model_layers(block) if levels == MODEL_LAYERS else _layers(block, levels)


@remembered(64)
def _model_layers(block: Block) -> tuple[Module, ...]:
    return _layers(block, MODEL_LAYERS)


def _layers(block: Block, levels: Collection[Level]) -> tuple[Module, ...]:
    match block:
        case Module(level=level) if level in levels:
            return (block,)
        case Leaf() | Side():
            return ()
        case Repeat(body=body, times=times, tied=tied):
            return _layers(body, levels) * (1 if tied else times)
        case Sequence() | Parallel() | Graph() | Residual() | Experts() | Module():
            return tuple(layer for child in children(block) for layer in _layers(child, levels))
        case _:
            assert_never(block)


def passes(block: Block, levels: Collection[Level] = MODEL_LAYERS, loops: int = 1) -> list[tuple[Module, int]]:
    """Every layer of ``levels`` in order, and how often a token goes through it with the same weights.

    A token goes through ``block`` itself ``loops`` times.
    """
    match block:
        case Module(level=level) if level in levels:
            return [(block, loops)]
        case Repeat(body=body, times=times, tied=True):
            return passes(body, levels, loops * times)
        case Repeat(body=body, times=times):
            return passes(body, levels, loops) * times
        case Leaf() | Side():
            return []
        case _:
            return [found for child in children(block) for found in passes(child, levels, loops)]


def once(layers: Collection[Module]) -> list[Module]:
    """Each of ``layers`` once: a repeated one is one object, however often it comes."""
    return list(dict(zip(map(id, layers), layers, strict=True)).values())


def for_each(layers: Collection[Module], what: Callable[[Module], T]) -> list[T]:
    """``what`` of each of ``layers``, asked once of one that comes many times."""
    keys = list(map(id, layers))
    known = {key: what(layer) for key, layer in dict(zip(keys, layers, strict=True)).items()}
    return [known[key] for key in keys]
