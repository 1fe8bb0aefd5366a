"""A tree that was read again: what is in it as before is the same object, of which folds remember their answers."""

from __future__ import annotations

from typing import TypeVar

from archdraw.tree.blocks import Block
from archdraw.tree.children import children, with_children
from archdraw.tree.walks import blocks_in

_Block = TypeVar("_Block", bound=Block)


def settled(block: _Block, before: Block) -> _Block:
    """``block`` with the parts of ``before`` in place of its own where they are equal.

    Whether two blocks in a tree are one object or two equal ones is seen in paths and names, so that it has to stay as
    it is; where it would not, ``block`` itself is the answer.
    """
    made = _settled(block, before, {})
    return made if isinstance(made, type(block)) and _identities(made) == _identities(block) else block


def _settled(block: Block, before: Block, known: dict[int, Block]) -> Block:
    if id(block) not in known:
        if block == before:
            known[id(block)] = before
        elif len(children(block)) != len(children(before)):
            known[id(block)] = block
        else:
            others = iter(children(before))
            known[id(block)] = with_children(block, lambda part: _settled(part, next(others), known))
    return known[id(block)]


def _identities(block: Block) -> list[int]:
    """For each block in ``block``, input first, the number of the object that it is, in order of appearance."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(id(part), len(numbers)) for part in blocks_in(block)]
