"""Stacks: layers in a row become one module, wherever in a tree they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import assert_never

from archdraw.glossary.layers import LAYERS
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Level, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.runs import number_of_layers
from archdraw.tree.walks import inputs, layers, leaves, outputs

ANY: tuple[Level, ...] = ("layer", "side_layer")
"""The levels of layers: those of a model, and those of what stands beside it."""

SLIGHT = 3
"""So many blocks are a layer that is not worth folding."""


def framed(block: Block) -> Block:
    """``block`` with every run of layers in it as ``Module("layers", level="stack")``; what stands around them stays.

    Layers in a row are one stack, but where their authors gave each part of the row a label of its own: those stay
    apart. Modules beside the spine are left as they are.
    """
    if not number_of_layers(block, ANY):
        return block
    match block:
        case Sequence():
            parts = tuple(_in_row(block))
            return parts[0] if len(parts) == 1 else Sequence(parts)
        case _ if is_stack(block):
            return _stack((block,))
        case Module(body=body) | Residual(body=body) | Repeat(body=body) | Experts(body=body):
            return replace(block, body=framed(body))
        case Parallel(branches=branches):
            return replace(block, branches=tuple(map(framed, branches)))
        case Graph(nodes=nodes):
            return replace(block, nodes=tuple((name, framed(node)) for name, node in nodes))
        case Leaf() | Side():
            return block
        case _:
            assert_never(block)


def is_stack(block: Block) -> bool:
    """Whether ``block`` is layers and nothing else, one after the other."""
    match block:
        case Module(level=level):
            return level in ANY
        case Repeat(body=body, tied=tied):
            return not tied and is_stack(body)
        case Sequence(parts=parts):
            return bool(parts) and all(map(is_stack, parts))
        case Leaf() | Parallel() | Graph() | Residual() | Experts() | Side():
            return False
        case _:
            assert_never(block)


def labels(block: Block) -> tuple[str, ...]:
    """What authors call the layers of a model in ``block``, each label once, in order; empty where one has none."""
    found = tuple(dict.fromkeys(layer.label for layer in layers(block)))
    return tuple(map(str, found)) if all(isinstance(label, str) and label for label in found) else ()


def _in_row(block: Sequence) -> Iterator[Block]:
    """The parts of ``block`` with those of rows in it, layers that belong together as stacks."""
    run: list[Block] = []
    for part in _flat(block):
        if is_stack(part):
            run.append(part)
            continue
        yield from _stacks(run)
        run = []
        yield framed(part)
    yield from _stacks(run)


def _flat(block: Sequence) -> Iterator[Block]:
    for part in block.parts:
        if isinstance(part, Sequence) and number_of_layers(part, ANY) and not is_stack(part):
            yield from _flat(part)
        else:
            yield part


def _stacks(run: list[Block]) -> Iterator[Module]:
    """``run`` as one stack; as several where each of two or more parts of it has a label that no other part has.

    Layers that as many lines pass are a stack, those between stacks of other lines stand alone.
    """
    for _, passed in groupby(run, _lines):
        yield from _of_like_lines(list(passed))


def _lines(part: Block) -> object:
    """What layers of one stack share: how many lines pass them; itself where not as many leave as come in."""
    coming = {inputs(layer) for layer in layers(part, ANY)}
    leaving = {len(outputs(layer)) for layer in layers(part, ANY)}
    return coming if len(coming) == 1 and coming == leaving else id(part)


def _of_like_lines(run: list[Block]) -> Iterator[Module]:
    groups: list[list[Block]] = []
    for part in run:
        if groups and labels(groups[-1][-1]) == labels(part):
            groups[-1].append(part)
        else:
            groups.append([part])
    names = [labels(group[0]) for group in groups]
    apart = all(len(name) == 1 for name in names) and len(set(names)) == len(names)
    if apart and all(map(_stands_alone, groups)):
        yield from (_stack(tuple(group)) for group in groups)
    elif run:
        yield _stack(tuple(run))


def _stands_alone(group: list[Block]) -> bool:
    """Whether layers with a label of their own are a stack of their own.

    One layer that differs is a bar at the end of a stack, but where it is little more than a bar itself, or where
    several lines come in or leave, which no bar has.
    """
    (layer, *others) = (layer for part in group for layer in layers(part, ANY))
    return bool(others) or inputs(layer) > 1 or len(outputs(layer)) > 1 or sum(1 for _ in leaves(layer)) <= SLIGHT


def _stack(parts: tuple[Block, ...]) -> Module:
    row = tuple(part for block in parts for part in (block.parts if isinstance(block, Sequence) else (block,)))
    return Module("layers", LAYERS(), Sequence(row), level="stack")
