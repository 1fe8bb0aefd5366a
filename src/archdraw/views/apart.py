"""Layers told apart by words: by the block in which they differ."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.glossary import plate as words
from archdraw.glossary import text, within
from archdraw.tree.blocks import Module
from archdraw.views.overlay import laid_over
from archdraw.views.stack import named_apart


def kinds_apart(kinds: Sequence[Module]) -> list[str]:
    """A name for each of ``kinds`` of layers, all of them different: by blocks in which they differ, else by number."""
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
    return [text(words.KIND(number=str(number + 1))) for number in range(len(kinds))]
