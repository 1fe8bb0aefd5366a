"""Blocks and layers distinguished by words: by what differs, and no more."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.glossary import plate as words
from archdraw.glossary import text, within
from archdraw.glossary.layers import PASSES
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.description import describe
from archdraw.tree.settings import settings_apart
from archdraw.tree.walks import leaves
from archdraw.views.overlay import laid_over


def named_apart(blocks: Sequence[Leaf | Module]) -> list[tuple[str, str]]:
    """The label and the detail of each of ``blocks``; those that read alike with the settings that set them apart.

    Of the latter the label is the settings: in a list of both, the name that they share distinguishes none of them.
    """
    described = [describe(block) for block in blocks]
    found = [(one.label, one.detail) for one in described]
    for pair in {pair for pair in found if found.count(pair) > 1}:
        places = [place for place, one in enumerate(found) if one == pair]
        settings = settings_apart([blocks[place] for place in places])
        for place, apart in zip(places, settings, strict=True):
            if apart:
                found[place] = (apart, ", ".join(filter(None, (pair[1], apart))))
    return found


def kinds_apart(kinds: Sequence[Module]) -> list[str]:
    """A name for each of ``kinds`` of layers, all of them different.

    They are the authors' labels; else the blocks in which the layers differ; else how many tokens pass; or numbers.
    """
    own = [own_name(kind) for kind in kinds if isinstance(kind.label, str) and kind.label]
    if len(set(own)) == len(kinds):
        return own
    groups = laid_over([kind.body for kind in kinds])
    if len(groups) == 1:
        for column in groups[0].columns({number: kind.body for number, kind in enumerate(kinds)}):
            there = dict(column)
            if len(there) < len(kinds):
                what = within(next(iter(there.values())).label)
                names = [
                    text((words.WITH if number in there else words.WITHOUT)(what=what)) for number in range(len(kinds))
                ]
            else:
                names = [within(label) for label, _ in named_apart([block for _, block in column])]
            if len(set(names)) == len(kinds):
                return names
    passing = [_passing(kind) for kind in kinds]
    if len(set(passing)) == len(kinds):
        return passing
    return [text(words.KIND(number=str(number + 1))) for number in range(len(kinds))]


def own_name(layer: Module) -> str:
    """What the author calls ``layer``, without the word for what all of them are: ``routed`` for a routed layer."""
    label = within(layer.label)
    for sort in (text(words.LAYER()), text(words.BLOCK())):
        if label == sort:
            return text(words.PLAIN())
        if label.endswith(f" {sort}"):
            return label.removesuffix(f" {sort}")
    return label


def _passing(layer: Module) -> str:
    """How many of the tokens pass the blocks of ``layer``, the fewest where these differ."""
    share = min((leaf.passes for leaf in leaves(layer)), default=1)
    return text(words.ALL_TOKENS() if share == 1 else PASSES(percent=round(float(100 * share), 4)))
