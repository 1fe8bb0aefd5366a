"""Layers that share a tensor: which of them stores it is no difference between them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import TypeVar, assert_never

from archdraw.records import replaced
from archdraw.tree.blocks import (
    LINE,
    Block,
    Experts,
    Graph,
    Leaf,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
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


class Likeness:
    """Numbers for blocks, equal where these are :func:`alike`. What is in a block at many places is read once."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._known: dict[int, tuple[int, Block]] = {}
        self._next = count()

    def __call__(self, block: Block) -> int:
        """The number of ``block``."""
        known = self._known.get(id(block))
        if known is None:
            known = self._numbers.setdefault(self._distinction(block), next(self._next)), block
            self._known[id(block)] = known
        return known[0]

    def _distinction(self, block: Block) -> object:
        """What distinguishes ``block``: all that it says itself, and the numbers of its parts."""
        match block:
            case Leaf():
                return _own(block)
            case Sequence(parts=parts):
                return (Sequence, *map(self, parts))
            case Parallel(branches=branches):
                return (replaced(block, branches=()), *map(self, branches))
            case Graph(nodes=nodes):
                return (replaced(block, nodes=()), *((name, self(node)) for name, node in nodes))
            case Residual(body=body) | Repeat(body=body) | Experts(body=body):
                return replaced(block, body=LINE), self(body)
            case Module(body=body):
                return replaced(_own(block), body=LINE), self(body)
            case Side(body=body):
                return replaced(block, body=_NO_MODULE), self(body)
            case _:
                assert_never(block)

    def __len__(self) -> int:
        """Of how many blocks it has the number."""
        return len(self._known)


_NO_MODULE = Module("", "", LINE)

_MOST_KNOWN = 4096


def likeness() -> Likeness:
    """Numbers for blocks, with those of models that were read before: a plate asks for those of its layers thrice."""
    global _kept
    if len(_kept) > _MOST_KNOWN:
        _kept = Likeness()
    return _kept


_kept = Likeness()


def kinds_of(layers: Iterable[Module]) -> tuple[list[Module], list[int]]:
    """The kinds among ``layers`` in order of appearance, and for each layer which of them it is.

    Layers are one kind where they are :func:`alike`; of those that share a table, one that reads it stands for them.
    """
    row = list(layers)
    if len(set(map(id, row))) == 1:
        return row[:1], [0] * len(row)
    number_of = likeness()
    numbers: dict[int, int] = {}
    kinds: list[Module] = []
    # Repeats share one object, so that most layers are known by identity and need no comparison of trees.
    known: dict[int, int] = {}
    order = []
    for key, layer in zip(map(id, row), row, strict=True):
        if key not in known:
            number = known[key] = numbers.setdefault(number_of(layer), len(numbers))
            if number == len(kinds):
                kinds.append(layer)
            elif kinds[number] != layer:
                kinds[number] = layer
        order.append(known[key])
    return kinds, order


def _alike(block: Block) -> Block:
    match block:
        case Leaf():
            return _own(block)
        case Sequence(parts=parts):
            return Sequence(tuple(map(_alike, parts)))
        case Parallel(branches=branches):
            return replaced(block, branches=tuple(map(_alike, branches)))
        case Graph(nodes=nodes):
            return replaced(block, nodes=tuple((name, _alike(node)) for name, node in nodes))
        case Residual(body=body) | Repeat(body=body) | Experts(body=body):
            return replaced(block, body=_alike(body))
        case Module(body=body):
            return replaced(_own(block), body=_alike(body))
        case Side(body=body):
            return replaced(block, body=alike(body))
        case _:
            assert_never(block)


_Named = TypeVar("_Named", Leaf, Module)


def _own(block: _Named) -> _Named:
    """``block`` without what says which of several stores a tensor; its parts as they are."""
    settings = block.settings
    if [name for name, _ in settings if name.endswith(SHARED)]:
        settings = tuple((name, value) for name, value in settings if name.rpartition(".")[2] != SHARED)
    if isinstance(block, Module):
        notes = tuple(note for note in block.notes if isinstance(note, str))
        if settings is block.settings and notes == block.notes:
            return block
        return replaced(block, settings=settings, notes=notes)
    weights = block.weights
    if block.part != "head" and any(weight.tied for weight in weights):
        weights = tuple(replaced(weight, tied=False) for weight in weights)
    if weights is block.weights and settings is block.settings:
        return block
    return replaced(block, weights=weights, settings=settings)
