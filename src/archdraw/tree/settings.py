"""Settings of blocks side by side: when two are one, and what those of several blocks have apart."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.glossary.settings import name_of, value_of
from archdraw.tree.blocks import Leaf, Module, Setting

MIXER, FEED_FORWARD = "token mixer", "feed-forward"
SORTS = dict.fromkeys(("attention", "sliding", "linear", "convolution"), MIXER) | dict.fromkeys(
    ("feed_forward", "experts", "shared"), FEED_FORWARD
)
"""The sublayers of a layer by their role: one of a sort can stand for another."""


def is_without(value: Setting) -> bool:
    """Whether the value of a setting means that there is none."""
    return value is None or value is False or value in ("none", "")


def same(before: Setting, after: Setting) -> bool:
    """Whether two values of a setting are one: 1 and yes are not, nothing and no are."""
    equal = before == after and isinstance(before, bool) == isinstance(after, bool)
    return equal or (is_without(before) and is_without(after))


def settings_apart(blocks: Sequence[Leaf | Module]) -> list[str]:
    """For each of ``blocks`` the settings in which it differs from the others, in one text; empty where none do."""
    given = [dict(block.settings) for block in blocks]
    found: list[list[str]] = [[] for _ in blocks]
    for what in dict.fromkeys(name for settings in given for name in settings):
        values = [settings.get(what) for settings in given]
        if all(same(values[0], value) for value in values):
            continue
        name = name_of(what)
        for words, value in zip(found, values, strict=True):
            words.append(
                f"no {name}" if is_without(value) else name if value is True else f"{name} {value_of(what, value)}"
            )
    return [", ".join(words) for words in found]
