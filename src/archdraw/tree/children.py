"""The blocks directly inside a block: the step that every way through a tree takes."""

from __future__ import annotations

from typing import assert_never

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
