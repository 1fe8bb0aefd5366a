"""Layers that are folded to one line: which they are, and what they have in place of those that are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from archdraw.analysis.difference.words import settings_apart
from archdraw.glossary import Words, text
from archdraw.glossary import plate as words
from archdraw.picture import Bar
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.description import describe
from archdraw.views.overlay import blocks_of, laid_over


def bar(layer: Module, others: Sequence[Module], start: int, end: int, path: str) -> Bar:
    """A run folded to one line: which layers, and what they have that none of the drawn ``others`` has in its place."""
    last = str(end - 1)
    which = words.ONE_LAYER(number=last) if end - start == 1 else words.LAYER_RANGE(first=str(start), last=last)
    bodies = {number: other.body for number, other in enumerate((layer, *others))}
    group = next(group for group in laid_over(list(bodies.values())) if 0 in group.parts)
    if len(group.parts) == 1:
        what = _shaped_apart(layer, others)
    else:
        columns = [dict(column) for column in group.columns(bodies)]
        # What all drawn layers have and this one lacks; what it has, with what stands there in the drawn ones.
        lacking = tuple(
            column[min(column)] for column in columns if 0 not in column and len(column) == len(group.parts) - 1
        )
        pairs = [(column.pop(0), tuple(column.values())) for column in columns if 0 in column]
        # Where each part comes in some drawn layer, what is its own is how they are put together.
        different = [pair for pair in pairs if pair[0] not in pair[1]] or [
            pair for pair in pairs if any(pair[0] != other for other in pair[1])
        ]
        without = tuple(block.label for block in lacking if block.role != "norm")
        what = tuple(_apart(block, there) for block, there in different if block.role != "norm" or not without)
        if without:
            what = (*what, words.WITHOUT(what=without))
    line = text(words.BAR(which=which, what=what))
    return Bar(line, text(words.REPEATED(number=end - start)), path, line)


def _shaped_apart(layer: Module, others: Sequence[Module]) -> tuple[Words, ...]:
    """What a layer of another shape has that no drawn one has; else what it lacks of the first; else all."""
    own = blocks_of(layer.body)
    theirs = {block for other in others for block in blocks_of(other.body)}
    more = tuple(block.label for block in own if block not in theirs and block.role != "norm")
    if more:
        return more
    wanted = [block for block in blocks_of(others[0].body) if block.role == "norm"]
    lacking = Counter(wanted) - Counter(block for block in own if block.role == "norm")
    if lacking:
        return (words.WITHOUT(what=tuple(block.label for block in lacking.elements())),)
    return tuple(block.label for block in own if block.role != "norm")


def _apart(block: Leaf | Module, others: Sequence[Leaf | Module]) -> Words:
    """``block`` in words: where one of ``others`` is called alike, only what its second line has more."""
    found = describe(block)
    same = next((other for other in others if text(other.label) == found.label), None)
    if same is None:
        return found.full
    theirs = [text(part) for part in (same.detail if isinstance(same.detail, tuple) else (same.detail,))]
    own = [text(part) for part in (block.detail if isinstance(block.detail, tuple) else (block.detail,))]
    more = ", ".join(part for part in own if part and part not in theirs)
    if more:
        return more
    # A setting that is no size tells them apart: the kind of positions, an activation.
    settings = settings_apart([block, same])[0].split(", ")
    chosen = next((setting for setting in settings if setting and not setting[-1].isdigit()), "")
    return f"{found.label}, {chosen}" if chosen else found.full
