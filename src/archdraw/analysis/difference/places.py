"""The boxes of a block with their paths, and how they are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

from archdraw.glossary import text
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
    Side,
)
from archdraw.tree.walks import leaves, walk

Box = Leaf | Module | Side
Place = tuple[str, Box]
"""A box and its path; that of a module beside the line is the module's."""


STACK = "stack"
"""The setting of a leaf that stands in the place of a stack of layers: the number of the stack."""


def stack_number(block: Block) -> int | None:
    """The number of the stack that ``block`` stands for; None for any other block."""
    match block:
        case Leaf(settings=((name, int(number)),)) if name == STACK:
            return number
        case _:
            return None


def is_open(block: Block) -> bool:
    """Whether ``block`` is a frame around a stack of layers, which is gone through and no box."""
    return isinstance(block, Module) and any(stack_number(leaf) is not None for leaf in leaves(block))


def boxes_in(block: Block, path: str) -> list[Place]:
    """The boxes that ``block`` is drawn as, with their paths; ``path`` is that of the block around it."""
    found: list[Place] = []
    inside = ""
    side: Side | None = None
    for place, part in walk(block, path):
        if inside and f"{place}/".startswith(inside):
            continue
        if isinstance(part, Side):
            side = part
        elif isinstance(part, Leaf | Module) and (side is not None or not is_open(part)):
            found.append((place, part if side is None else side))
            inside, side = f"{place}/", None
    return found


Joint = tuple[object, ...] | None
"""How boxes are joined: nested tuples with the numbers of the boxes at their ends."""


def joints(block: Block, numbers: Iterator[int | None]) -> Joint:
    """How the boxes in ``block`` are joined that have a number; ``numbers`` are those of all its boxes, in order."""
    match block:
        case Module(label=label, body=body) if is_open(block):
            inner_one = joints(body, numbers)
            return None if inner_one is None else ("frame", text(label), inner_one)
        case Leaf() | Module() | Side():
            number = next(numbers)
            return None if number is None else ("box", number)
        case Sequence(parts=()):
            return ("line",)
        case Sequence(parts=parts):
            return _row([joints(part, numbers) for part in parts])
        case Parallel(branches=branches, merge=merge):
            inner = [found for branch in branches if (found := joints(branch, numbers)) is not None]
            return inner[0] if len(inner) == 1 else (merge, *inner) if inner else None
        case Residual(body=body):
            inner_one = joints(body, numbers)
            return None if inner_one is None else ("residual", inner_one)
        case Repeat(body=body, times=times, tied=tied):
            inner_one = joints(body, numbers)
            return None if inner_one is None else ("tied" if tied else "repeat", times, inner_one)
        case Experts(body=body, total=total, active=active):
            inner_one = joints(body, numbers)
            return None if inner_one is None else ("experts", total, active, inner_one)
        case Graph(nodes=nodes, edges=edges, back=back):
            return (
                "graph",
                edges,
                back,
                tuple(name for name, _ in nodes),
                *(joints(node, numbers) for _, node in nodes),
            )
        case _:
            assert_never(block)


def _row(parts: list[Joint]) -> Joint:
    there = [part for part in parts if part is not None and part != ("line",)]
    flat = [one for part in there for one in (part[1:] if part[0] == "row" else (part,))]
    return ("row", *flat) if len(flat) > 1 else there[0] if there else None


def replaced_in(block: Block, change: Callable[[Block], Block | None]) -> Block:
    """``block`` with those blocks in it replaced for which ``change`` gives another; what is equal stays itself."""
    if (other := change(block)) is not None:
        return other
    match block:
        case Leaf():
            return block
        case Sequence(parts=parts):
            inner = tuple(replaced_in(part, change) for part in parts)
            return block if inner == parts else Sequence(inner)
        case Parallel(branches=parts, merge=merge):
            inner = tuple(replaced_in(part, change) for part in parts)
            return block if inner == parts else Parallel(inner, merge)
        case Graph(nodes=nodes):
            named = tuple((name, replaced_in(node, change)) for name, node in nodes)
            return block if named == nodes else replace(block, nodes=named)
        case Residual(body=body):
            return Residual(replaced_in(body, change))
        case Repeat(body=body, times=times, tied=tied):
            return Repeat(replaced_in(body, change), times, tied)
        case Experts(body=body, total=total, active=active):
            return Experts(replaced_in(body, change), total, active)
        case Module():
            return _module(block, change)
        case Side():
            return block
        case _:
            assert_never(block)


def _module(module: Module, change: Callable[[Block], Block | None]) -> Module:
    body = replaced_in(module.body, change)
    return module if body == module.body else replace(module, body=body)
