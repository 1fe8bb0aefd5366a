"""Changing the leaves of a finished tree: under which part they count, whether they keep a cache."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.records import replaced
from archdraw.tree.blocks import Block, Leaf, Module, Part
from archdraw.tree.children import with_children
from archdraw.tree.walks import blocks_in, keeps, leaves


def with_leaves(block: Block, change: Callable[[Leaf], Leaf]) -> Block:
    """``block`` with ``change`` applied to each of its leaves, its structure kept."""
    return change(block) if isinstance(block, Leaf) else with_children(block, lambda part: with_leaves(part, change))


def counted_under(block: Block, part: Part) -> Block:
    """``block`` with the parameters of all its leaves counted under ``part``."""
    return with_leaves(block, lambda leaf: replaced(leaf, part=part))


def rest_counted_under(block: Block, part: Part) -> Block:
    """``block`` with those leaves counted under ``part`` that say no part of their own."""
    return with_leaves(block, lambda leaf: replaced(leaf, part=part) if leaf.part == "other" else leaf)


def mixer_counted_under(block: Block, part: Part) -> Block:
    """``block``, the inside of a token mixer, with what belongs to the mixer counted under ``part``.

    That is what says no part of its own, and what is in modules that keep nothing of other tokens, such as a gate: they
    mix no tokens themselves.
    """
    serving = {
        id(leaf)
        for module in blocks_in(block)
        if isinstance(module, Module) and not keeps(module)
        for leaf in leaves(module)
        if leaf.part == "token_mixing"
    }
    return with_leaves(
        block, lambda leaf: replaced(leaf, part=part) if leaf.part == "other" or id(leaf) in serving else leaf
    )


def uncached(block: Block) -> Block:
    """``block`` without a key-value cache: the mixers of an encoder, which reads its whole input at once."""

    def change(leaf: Leaf) -> Leaf:
        heads = replaced(leaf.heads, kept=False) if leaf.heads is not None else None
        kept = replaced(leaf, cache=None, role="plain") if leaf.cache is not None else leaf
        return replaced(kept, heads=heads)

    return with_leaves(block, change)


def on_grid(block: Block, positions: int) -> Block:
    """``block`` with its leaves applied at so many ``positions`` of each input, those that say no number themselves."""

    def change(leaf: Leaf) -> Leaf:
        return leaf if leaf.positions is not None else replaced(leaf, positions=positions)

    return with_leaves(block, change)
