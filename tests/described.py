"""Blocks in English with plain spaces, for tests that read whole lines."""

from __future__ import annotations

from archdraw.glossary.numbers import NBSP
from archdraw.tree import description
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.description import Description


def describe(block: Leaf | Module) -> Description:
    """The description of ``block``; where lines may break is for the layout to care."""
    words = description.describe(block)
    label, detail, tag, title = (
        text.replace(NBSP, " ") for text in (words.label, words.detail, words.tag, words.title)
    )
    return Description(label, detail, tag, title, tuple(note.replace(NBSP, " ") for note in words.notes))
