"""Stacks whose layers differ in their mixer, their feed forward, or both: parts have names, layers are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft


def combined(made: Draft, mixers: Sequence[str], feeds: Sequence[str], **fields: Any) -> list[str]:
    """Defines a ``decoder`` for each pair of a mixer and a feed forward, and returns the layers' names.

    ``mixers`` and ``feeds`` are names of definitions, one of each for every layer; ``fields`` are further fields that
    all layers share. All but the first are written as changes of it.
    """
    alone = len(set(mixers)) == 1, len(set(feeds)) == 1
    names: dict[tuple[str, str], str] = {}
    first = ""
    for pair in zip(mixers, feeds, strict=True):
        if pair in names:
            continue
        mixer, feed = pair
        name = names[pair] = _name(mixer, feed, *alone)
        if not first:
            first = name
            made.define[name] = {"decoder": {**fields, "attention": mixer, "feed_forward": feed}}
            begun = pair
            continue
        changes = {"attention": mixer} if mixer != begun[0] else {}
        made.define[name] = {"like": first, **changes} | ({"feed_forward": feed} if feed != begun[1] else {})
    return [names[pair] for pair in zip(mixers, feeds, strict=True)]


def _name(mixer: str, feed: str, one_mixer: bool, one_feed: bool) -> str:
    if one_mixer and one_feed:
        return "layer"
    if one_mixer or one_feed:
        return f"{feed if one_mixer else mixer}_layer"
    return f"{mixer}_{feed}"


def numbered(config: Config, names: dict[str, str], layers: int, start: int) -> list[str]:
    """For each of ``layers`` the mixer whose list names it; the lists are under the keys of ``names`` in ``config``.

    Numbers begin with ``start``. A layer that no list or more than one list names is a fault.
    """
    found: list[str] = [""] * layers
    for key, mixer in names.items():
        for number in config.integers(key, default=[]):
            if not start <= number < layers + start:
                config.complain(f"{key} names layer {number}, but there are {layers}, from {start} on", key)
            elif found[number - start]:
                config.complain(f"layer {number} is listed twice in {' and '.join(names)}", key)
            else:
                found[number - start] = mixer
    missing = [index + start for index, mixer in enumerate(found) if not mixer]
    if missing:
        config.complain(f"layer {missing[0]} is in none of the lists", next(iter(names)))
    return [mixer or next(iter(names.values())) for mixer in found]


def routed(expert: Block) -> dict[str, Block]:
    """The fields of a mixture for its experts: their width alone where they are plain SwiGLU."""
    assert isinstance(expert, dict)
    plain = expert.get("swiglu")
    if isinstance(plain, dict) and set(plain) == {"intermediate_size"}:
        return {"moe_intermediate_size": plain["intermediate_size"]}
    return {"expert": expert}
