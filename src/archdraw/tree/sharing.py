"""Layers that share a tensor: which of them stores it is no difference between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar, assert_never

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
    Settings,
    Side,
)

SHARED = "shared"
"""The setting of a kind whose tensors are another block's."""

_Block = TypeVar("_Block", bound=Leaf | Module | Graph | Repeat | Experts)


def alike(block: _Block) -> _Block:
    """What ``block`` has in common with those that share its tensors, whichever of them stores these.

    The first layer of a T5 has the table of relative positions that all others read. The program's own notes follow
    from structure and settings, so that they are no difference of their own.
    """
    made = _alike(block)
    assert isinstance(made, type(block))
    return made


def kinds_of(layers: Iterable[Module]) -> tuple[list[Module], list[int]]:
    """The kinds among ``layers`` in order of appearance, and for each layer which of them it is.

    Layers are one kind where they are :func:`alike`; of those that share a table, one that reads it stands for them.
    """
    numbers: dict[Module, int] = {}
    kinds: list[Module] = []
    # Repeats share one object, so that most layers are known by identity and need no comparison of trees.
    known: dict[int, int] = {}
    order = []
    for layer in layers:
        if id(layer) not in known:
            number = known[id(layer)] = numbers.setdefault(alike(layer), len(numbers))
            if number == len(kinds):
                kinds.append(layer)
            elif kinds[number] != layer:
                kinds[number] = layer
        order.append(known[id(layer)])
    return kinds, order


def _alike(block: Block) -> Block:
    match block:
        case Leaf(weights=weights, settings=settings):
            plain = tuple(replace(weight, tied=False) for weight in weights) if block.part != "head" else weights
            return replace(block, weights=plain, settings=_without(settings))
        case Sequence(parts=parts):
            return Sequence(tuple(map(_alike, parts)))
        case Parallel(branches=branches):
            return replace(block, branches=tuple(map(_alike, branches)))
        case Graph(nodes=nodes):
            return replace(block, nodes=tuple((name, _alike(node)) for name, node in nodes))
        case Residual(body=body) | Repeat(body=body) | Experts(body=body):
            return replace(block, body=_alike(body))
        case Module(body=body, settings=settings, notes=notes):
            own = tuple(note for note in notes if isinstance(note, str))
            return replace(block, body=_alike(body), settings=_without(settings), notes=own)
        case Side(body=body):
            return replace(block, body=alike(body))
        case _:
            assert_never(block)


def _without(settings: Settings) -> Settings:
    return tuple((name, value) for name, value in settings if name.rpartition(".")[2] != SHARED)
