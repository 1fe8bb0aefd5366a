"""What sets a folded run of layers apart besides its blocks: its author's name, its placement, tags of attention."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from archdraw.glossary import Words, concepts, text
from archdraw.glossary import plate as words
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Residual
from archdraw.tree.blocks import Sequence as Chained
from archdraw.tree.walks import walk
from archdraw.views.diagrams import chips
from archdraw.views.merging import MIXERS
from archdraw.views.overlay import blocks_of

ATTENTION = frozenset({"attention", "sliding"})
PLACEMENTS = {
    (True, False, False): concepts.PRE_NORM,
    (False, True, False): concepts.POST_NORM_INSIDE,
    (True, True, False): concepts.SANDWICH_NORM,
    (False, False, True): concepts.POST_NORM,
}
"""Norm placements by whether a branch begins and ends with a norm, and whether one is behind it."""
FEED_FORWARDS = frozenset({"feed_forward", "experts"})


def named_run(layer: Module, others: Sequence[Module], which: Words) -> Words:
    """What a run of layers equal to ``layer`` is called, of which ``which`` says the numbers.

    It has its author's name where the drawn ``others`` have another one. That its blocks are parallel is said always,
    as a list of them would read as one after the other; that they are not, where those of others are.
    """
    own = layer.label if isinstance(layer.label, str) and layer.label else ""
    name = "" if own in {text(other.label) for other in others} else own
    how: list[Words] = [words.PARALLEL()] if is_parallel(layer) else []
    if not how and len(_sorts(layer)) > 1 and any(map(is_parallel, others)):
        how.append(words.SEQUENTIAL())
    elif not how and is_placed_apart(layer, others):
        how.append(norms_placed(layer))
    if name:
        return words.NAMED_RUN(name=(name, *how), which=which)
    return words.ARRANGED_RUN(which=which, how=tuple(how)) if how else which


def is_parallel(layer: Module) -> bool:
    """Whether a mixer and a feed-forward network of ``layer`` stand side by side, and their outputs are added."""
    return any(
        isinstance(part, Parallel)
        and part.merge == "add"
        and any(
            _sorts(one) == {"mixer"} and "feed_forward" in _sorts(other)
            for one in part.branches
            for other in part.branches
        )
        for _, part in walk(layer.body)
    )


def _sorts(block: Block) -> set[str]:
    """Whether there are mixers and feed-forward networks among the blocks of ``block``."""
    own = blocks_of(block.body if isinstance(block, Module) and block.level == "layer" else block)
    roles = {part.role for part in own}
    found = {"mixer"} if roles & MIXERS else set[str]()
    return found | {"feed_forward"} if roles & FEED_FORWARDS else found


def tags_apart(layer: Module, others: Sequence[Module]) -> Iterator[Words]:
    """Tags (QK-norm, RoPE) that attention of ``layer`` has and none of ``others``, and those that it alone lacks."""
    own = _tags(layer)
    theirs = [found for other in others if (found := _tags(other)) is not None]
    if own is None or not theirs:
        return
    new = tuple(tag for tag in own if all(tag not in tags for tags in theirs))
    lacking = tuple(tag for tag in theirs[0] if tag not in own and all(tag in tags for tags in theirs))
    if new:
        yield words.WITH(what=new)
    if lacking:
        yield words.WITHOUT(what=lacking)


def is_placed_apart(layer: Module, others: Sequence[Module]) -> bool:
    """Whether ``layer`` is arranged unlike all ``others``: then no single norm is lacking.

    Its blocks are parallel and theirs are not, or its norms are in another place of each branch.
    """
    if all(is_parallel(layer) != is_parallel(other) for other in others):
        return True
    own, theirs = norms_placed(layer), set(map(norms_placed, others))
    return bool(own) and own not in theirs and "" not in theirs


def norms_placed(layer: Module) -> str:
    """Where the norms of all sublayers of ``layer`` are: the name of the concept; empty where they are not alike."""
    found = set(_placements(layer.body))
    return PLACEMENTS[found.pop()].name if len(found) == 1 and found <= set(PLACEMENTS) else ""


def _placements(block: Block) -> Iterator[tuple[bool, bool, bool]]:
    """Of each residual branch in ``block`` whether its norms are at its beginning, at its end, and behind it."""
    for _, part in walk(block):
        row = part.parts if isinstance(part, Chained) else (part,) if part is block else ()
        for one, behind in zip_longest(row, row[1:]):
            if isinstance(one, Residual):
                own = blocks_of(one.body)
                after = isinstance(behind, Leaf | Module) and behind.role == "norm"
                yield own[0].role == "norm", own[-1].role == "norm", after


def not_yet_said(facts: Iterable[Words], said: Iterable[Words]) -> list[Words]:
    """Those of ``facts``, which begin with "with" or "without", of which what is ``said`` already has no word."""
    known = _plain(", ".join(map(text, said)))
    return [fact for fact in facts if _plain(text(fact).partition(" ")[2]) not in known]


def _plain(line: str) -> str:
    """``line`` in which "QK-norm", a tag, is the "QK norm" of settings."""
    return line.casefold().replace("-", " ")


def _tags(layer: Module) -> tuple[str, ...] | None:
    """The tags of the attention blocks of ``layer``; None where it has none."""
    own = [block for block in blocks_of(layer.body) if isinstance(block, Module) and block.role in ATTENTION]
    return tuple(dict.fromkeys(chip.label for block in own for chip in chips(block))) if own else None
