"""Layers that share a tensor: which of them stores it is no difference between them."""

from __future__ import annotations

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

_Layer = TypeVar("_Layer", bound=Leaf | Module)


def alike(block: _Layer) -> _Layer:
    """What ``block`` has in common with those that share its tensors, whichever of them stores these.

    The first layer of a T5 has the table of relative positions that all others read. The program's own notes follow
    from structure and settings, so that they are no difference of their own.
    """
    made = _alike(block)
    assert isinstance(made, type(block))
    return made


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
