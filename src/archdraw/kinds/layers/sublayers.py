"""Where the norms of a layer stand: around each of its sublayers, by one of six placements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from archdraw.glossary import layers as words
from archdraw.glossary.phrases import Term
from archdraw.records import record, replaced
from archdraw.tree import blocks, walks
from archdraw.tree.blocks import Block, Leaf, Module

Placement = Literal["pre", "post", "sandwich", "parallel", "post_add", "pre_add"]
Join = Callable[..., Block]
"""From the name of a sublayer and the blocks of its branch to the branch, joined to the residual stream."""

NORM_NAMES = {
    "attention": ("input_layernorm", "post_attention_layernorm"),
    "cross_attention": ("pre_cross_attention_layernorm", "post_cross_attention_layernorm"),
    "feed_forward": ("pre_feedforward_layernorm", "post_feedforward_layernorm"),
}
"""What checkpoints call the norms before and after each sublayer where there are both."""

_SANDWICH = {
    "attention": (words.PRE_ATTENTION, words.POST_ATTENTION),
    "cross_attention": (words.PRE_CROSS_ATTENTION, words.POST_CROSS_ATTENTION),
    "feed_forward": (words.PRE_FFN, words.POST_FFN),
}
"""What the norms before and after each sublayer are called where a sublayer has both."""


@record
class Sublayer:
    """A block of a layer with its norm, which is called ``before`` or ``after`` in checkpoints by where it stands.

    One that ``brings_norm`` has a norm inside and gets none before it.
    """

    name: str
    block: Block
    norm: Leaf | Module
    before: str
    after: str
    brings_norm: bool = False


def arranged(sublayers: list[Sublayer], join: Join, placement: Placement, *, shared: bool) -> Block:
    """The ``sublayers`` of a layer and their norms, from the input up.

    ``shared`` says whether those of a ``parallel`` placement have one norm in common.
    """
    if placement == "parallel":
        return _side_by_side(sublayers, join, shared=shared)
    place = _PLACEMENTS[placement]
    return blocks.Sequence(tuple(part for one in sublayers for joined in place(one, join) for part in row(joined)))


def branch(parts: tuple[Block, ...]) -> Block:
    """``parts`` in a row; a single one as it is."""
    return parts[0] if len(parts) == 1 else blocks.Sequence(parts)


def row(block: Block) -> tuple[Block, ...]:
    """The parts of ``block`` where it is a row, else the block alone."""
    return block.parts if isinstance(block, blocks.Sequence) else (block,)


def _named(norm: Leaf | Module, name: str, term: Term | None = None) -> Block:
    return replaced(norm, name=name, label=norm.label if term is None else term(norm=norm.label))


def _sandwich_terms(one: Sublayer) -> tuple[Term, Term]:
    """Of the norms before and after a sublayer; a mixer without attention heads is no attention."""
    if one.name == "attention" and all(leaf.heads is None for leaf in walks.leaves(one.block)):
        return words.PRE_MIXER, words.POST_MIXER
    return _SANDWICH[one.name]


def _pre(one: Sublayer, join: Join) -> tuple[Block, ...]:
    before = () if one.brings_norm else (_named(one.norm, one.before),)
    return (join(one.name, *before, one.block),)


def _post(one: Sublayer, join: Join) -> tuple[Block, ...]:
    return (join(one.name, one.block, _named(one.norm, one.after)),)


def _sandwich(one: Sublayer, join: Join) -> tuple[Block, ...]:
    pre, post = _sandwich_terms(one)
    before = () if one.brings_norm else (_named(one.norm, one.before, pre),)
    return (join(one.name, *before, one.block, _named(one.norm, one.after, post)),)


def _post_add(one: Sublayer, join: Join) -> tuple[Block, ...]:
    return join(one.name, one.block), _named(one.norm, one.after)


def _pre_add(one: Sublayer, join: Join) -> tuple[Block, ...]:
    return _named(one.norm, one.before), join(one.name, one.block)


_PLACEMENTS = {"pre": _pre, "post": _post, "sandwich": _sandwich, "post_add": _post_add, "pre_add": _pre_add}


def _side_by_side(sublayers: list[Sublayer], join: Join, *, shared: bool) -> Block:
    """Mixer and feed-forward network in parallel, behind one ``shared`` norm or one norm each."""
    if shared:
        both = blocks.Parallel(tuple(one.block for one in sublayers), "add")
        return join("attention", _named(sublayers[0].norm, sublayers[0].before), both)
    branches = (blocks.Sequence((_named(one.norm, one.before), one.block)) for one in sublayers)
    return join("attention", blocks.Parallel(tuple(branches), "add"))
