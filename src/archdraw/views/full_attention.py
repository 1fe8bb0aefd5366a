"""Attention that meets all keys, by a name that says so, where other layers of its stack have a window.

Both may be grouped-query attention: what differs is the mask, and a name must say what differs.
"""

from __future__ import annotations

from archdraw.glossary import Phrase, Term, Words, text
from archdraw.glossary import plate as words
from archdraw.glossary.attention import GROUPED_QUERY, MULTI_HEAD, MULTI_QUERY
from archdraw.glossary.latent_attention import MLA
from archdraw.records import replaced
from archdraw.tree.blocks import Block, Module
from archdraw.tree.children import children, with_children
from archdraw.tree.walks import blocks_in, leaves

_KINDS: dict[str, Term] = {term.short: term for term in (GROUPED_QUERY, MULTI_HEAD, MULTI_QUERY, MLA)}
"""What attention may be called that says nothing of its mask, by its abbreviation."""


def named_by_masks(model: Module) -> Module:
    """``model`` whose attention is "full" in stacks where other attention has a window, unless an author names it."""
    made: dict[tuple[int, bool], Block] = {}

    def named(block: Block, windowed: bool) -> Block:
        """``block``, of a stack in which attention may be ``windowed``; one that comes again stays the same one."""
        if (id(block), windowed) not in made:
            made[id(block), windowed] = changed(block, windowed)
        return made[id(block), windowed]

    def changed(block: Block, windowed: bool) -> Block:
        if isinstance(block, Module):
            if block.level == "stack":
                windowed = any(isinstance(part, Module) and part.role == "sliding" for part in blocks_in(block))
            if windowed and isinstance(block.label, Phrase) and _is_plain(block):
                return replaced(block, label=words.FULL_ATTENTION(kind=block.label.term.short))
        if all(named(part, windowed) is part for part in children(block)):
            return block
        return with_children(block, lambda part: named(part, windowed))

    found = named(model, False)
    assert isinstance(found, Module)
    return found


def usual_name(label: Words) -> str:
    """What attention with this ``label`` is called elsewhere: the name of its kind, if it is called by its mask."""
    if not (isinstance(label, Phrase) and is_full(label)):
        return ""
    return text(_KINDS[str(dict(label.values)["kind"])]())


def is_full(label: Words) -> bool:
    """Whether ``label`` says that attention is full."""
    return isinstance(label, Phrase) and label.term == words.FULL_ATTENTION


def _is_plain(module: Module) -> bool:
    """Whether ``module`` is attention to its own line without a window, of a kind whose name is that of its heads."""
    named = isinstance(module.label, Phrase) and _KINDS.get(module.label.term.short) == module.label.term
    heads = [leaf.heads for leaf in leaves(module.body) if leaf.heads is not None]
    return named and module.role == "attention" and not any(one.cross for one in heads)
