"""The blocks directly inside a block: the step that every way through a tree takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_never

from archdraw.records import replaced
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side


def children(block: Block) -> tuple[Block, ...]:
    """The blocks directly inside ``block``, in order."""
    match block:
        case Leaf():
            return ()
        case Sequence(parts=parts):
            return parts
        case Parallel(branches=branches):
            return branches
        case Graph(nodes=nodes):
            return tuple(node for _, node in nodes)
        case Residual(body=body) | Repeat(body=body) | Experts(body=body) | Module(body=body) | Side(body=body):
            return (body,)
        case _:
            assert_never(block)


def with_children(block: Block, change: Callable[[Any], Any]) -> Block:
    """``block`` with ``change`` applied to each block directly inside it."""
    match block:
        case Leaf():
            return block
        case Sequence(parts=parts):
            return Sequence(tuple([change(part) for part in parts]))
        case Parallel(branches=branches):
            return replaced(block, branches=tuple([change(branch) for branch in branches]))
        case Graph(nodes=nodes):
            return replaced(block, nodes=tuple([(name, change(node)) for name, node in nodes]))
        case Residual(body=body) | Repeat(body=body) | Experts(body=body) | Module(body=body) | Side(body=body):
            return replaced(block, body=change(body))
        case _:
            assert_never(block)
