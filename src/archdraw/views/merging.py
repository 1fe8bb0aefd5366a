"""Several boxes of a picture as one: alternatives in a slot, boxes that follow each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from archdraw.glossary import comparison, feed_forward, text
from archdraw.glossary import plate as words
from archdraw.parts import rebuilt
from archdraw.picture import Box, Branches, Chain, Choice, Diagram, Graph
from archdraw.records import replaced
from archdraw.views.boxes import boxes, marked
from archdraw.views.levels import levels

TIMES = re.compile(r"[\d,]+ × |.*, [\d,]+ layers?$")
"""How the label of a box of so many layers begins."""

LONGEST = 40
"""Characters of a label that two lines of a slide have room for."""
MIXERS = frozenset({"attention", "sliding", "linear", "convolution"})
"""Roles of what mixes tokens."""


def merged(item: Diagram, least: int) -> Diagram:
    """``item`` with one box in place of each slot with at least so many alternatives."""

    def again(part: Diagram) -> Diagram:
        return merged(part, least)

    match item:
        case Choice(options=options, bands=bands) if len(options) >= least:
            if any(isinstance(option, Box) for option in options):
                return _one(options)
            # Of whole blocks the usual one stays as it is.
            return Choice((*map(_named, options[:-1]), options[-1]), bands, layers=item.layers)
        case Choice():
            return item
        case _:
            return rebuilt(item, again)


def _named(option: Diagram) -> Chain:
    """One box in place of the whole block ``option``: that of what mixes tokens in it, else its first."""
    every = list(boxes(option))
    chosen = next((box for box in every if box.role in MIXERS), every[0])
    title = "; ".join(box.title or box.label for box in every)
    box = replace(chosen, detail="", title=title, figure=None, strong=frozenset(), chips=(), inputs=1, outputs=("",))
    return Chain((marked(box, every),))


def _one(options: tuple[Diagram, ...]) -> Box:
    """One box for ``options``, with the path and the role of the usual one, which stands last, and the tags of all."""
    every = [next(boxes(option)) if not isinstance(option, Box) else option for option in options]
    usual = every[-1]
    title = "; ".join(box.title or box.label for box in every)
    chips = tuple(chip for chip in usual.chips if all(chip in box.chips for box in every))
    plain = all(isinstance(option, Box) for option in options)
    same = {box.role in MIXERS for box in every}
    of_one_sort = words.TOKEN_MIXING if True in same else words.KINDS_OF_FEED_FORWARD
    if {box.role for box in every} <= {"attention", "sliding"}:
        of_one_sort = comparison.ATTENTION
    what = of_one_sort if plain and len(same) == 1 else words.BLOCK
    label = text(words.KINDS_OF(number=len(options), what=what()))
    names = tuple(box.short for box in reversed(every))
    if plain and all(names):
        named = text(words.NAMED_KINDS_OF(number=len(options), what=what(), names=names))
        label = named if len(named) <= LONGEST else label
    if plain and len(options) == 2 and len(both := _either(every[1].label, every[0].label)) <= LONGEST:
        label = both
    kept = replace(usual, label=label, detail="", title=title, figure=None, strong=frozenset(), chips=chips)
    return marked(kept, every)


def _either(usual: str, other: str) -> str:
    """Both names, their last word once where that is the same: "compressed or full attention"."""
    (*first, last), (*_, end) = usual.split(), other.split()
    return text(words.EITHER(first=" ".join(first) if first and last == end else usual, second=other))


def joined(item: Diagram) -> Diagram:
    match item:
        case Chain(items=items):
            found: list[Diagram] = []
            for is_plain, run in groupby(items, _is_plain):
                several = list(run)
                found += [_first_of([box for box in several if isinstance(box, Box)])] if is_plain else several
            return Chain(tuple(map(joined, found)))
        case Branches(items=items):
            return replaced(item, items=tuple(map(joined, items)))
        case Graph():
            return levels(item)
        case _:
            return item


def _is_plain(item: Diagram) -> bool:
    """Whether ``item`` is a box that may become one with its neighbours: not one of several layers."""
    return isinstance(item, Box) and item.inputs == 1 and len(item.outputs) == 1 and not TIMES.match(item.label)


def _first_of(run: Sequence[Box]) -> Box:
    """One box for a ``run``: the first that is no norm, and how many there are besides."""
    if len(run) == 1:
        return run[0]
    first, *others = [box for box in run if not box.cap] or run
    label = text(words.AND_MORE(first=first.label, number=len(run) - 1))
    if len(others) == 1:
        # Norms between two boxes are said by the title of both.
        label = text(words.BOTH(first=first.label, second=others[0].label))
    return marked(replace(first, label=label, title="; ".join(box.title or box.label for box in run), cap=False), run)


def _is_table(item: Diagram) -> bool:
    return isinstance(item, Box) and item.role in ("embedding", "position") and not item.chips


def summed(item: Diagram) -> Diagram:
    """``item`` with one box in place of tables that are added up."""
    match item:
        case Branches(items=items, merge="+") if all(map(_is_table, items)):
            return _sum([part for part in items if isinstance(part, Box)])
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(map(summed, items)))
        case _:
            return item


def _sum(tables: Sequence[Box]) -> Box:
    """One box for tables that are added up; the usual one, which stands last, is named first."""
    label = text(feed_forward.SUM_OF(parts=tuple(box.label for box in reversed(tables))))
    title = "; ".join(box.title or box.label for box in reversed(tables))
    return replace(tables[-1], label=label, title=title)
