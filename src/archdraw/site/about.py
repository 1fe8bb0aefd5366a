"""What the page of a model says beyond its card: what its memory follows from, published figures, all that is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from archdraw.glossary.numbers import parameters
from archdraw.model import Model
from archdraw.tree.amounts import state_bytes
from archdraw.tree.blocks import Module
from archdraw.tree.description import describe
from archdraw.tree.facts import Facts, facts
from archdraw.tree.inventory import inventory
from archdraw.tree.published import FIGURES, fits, in_words
from archdraw.views.insets import has_inside

Row = dict[str, Any]


def written(model: Model) -> bytes:
    """What is said of ``model`` as a JSON file, the same bytes on every run."""
    about = {
        "read_from": "spec" if model.reading is None else "config",
        "memory": memory(model),
        "published": list(published(model)),
        "blocks": list(outline(model)),
        "words": words_of(model),
    }
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()


def words_of(model: Model) -> list[str]:
    """All words that are said of the blocks of ``model``, opened or not, each once: what a search finds it by."""
    said: dict[str, None] = {}
    for one in inventory(model.block):
        words = describe(one.block)
        for text in (words.label, words.detail, words.tag, words.title, *words.notes):
            said.update(dict.fromkeys(text.split()))
    return list(said)


def memory(model: Model) -> Row | None:
    """The numbers that memory is computed from, as ``archdraw fit`` does; None where they are not known.

    ``parameters`` and ``state`` are numbers of values; ``fixed_state_bytes`` those of states with a precision of
    their own. Each of the ``cache`` says how many ``values`` are kept for each
    entry, an entry for every ``every[0] / every[1]`` tokens, ``window`` tokens at most. Of an encoder's output
    ``cross`` values are kept for each of ``positions``, which are None where the spec does not say how many.
    """
    counted = model.facts
    if counted.unknown or counted.cache_unknown:
        return None
    return {
        "parameters": counted.total_parameters,
        "stored_bytes": None if model.reading is None else model.reading.stored_bytes,
        "state": counted.state - sum(counted.state_in.values()),
        "fixed_state_bytes": state_bytes(sum(counted.state_in.values()), counted.state_in),
        "cross": sum(entry.elements * count for entry, count in counted.cache.items() if entry.cross),
        "positions": counted.source_positions,
        "has_index": any(entry.index for entry in counted.cache),
        "cache": list(_cache(counted)),
    }


def _cache(counted: Facts) -> Iterator[Row]:
    for entry, count in counted.cache.items():
        if not entry.index and not entry.cross:
            window = None if entry.window is None else entry.window.size
            every = Fraction(entry.every)
            yield {
                "values": entry.elements * count,
                "window": window,
                "every": [every.numerator, every.denominator],
            }


def published(model: Model) -> Iterator[Row]:
    """Every published figure: its field, the figure as published, its source, and whether the count agrees with it."""
    said = model.spec.published
    if said is None:
        return
    for field in FIGURES:
        figure = getattr(said, field)
        if figure is None:
            continue
        text = model.spec.written("published", field) or str(figure)
        known = not model.facts.unknown
        equal = known and fits(model.facts, field, text)
        yield {
            "field": field,
            "figure": f"{figure:,}" if "e" not in text.lower() and "bytes" in field else in_words(figure),
            "source": said.source,
            "agrees": equal if known else None,
            "differs": None if equal else said.differs,
        }


def outline(model: Model) -> Iterator[Row]:
    """Every module that can be opened, in the order of the flow and once, with its depth, its size and how many.

    ``each`` are the parameters of one such block, of which the model has ``number``; ``share`` is that of all of them
    of the model's total. A block that is no part of the total has the number 0.
    """
    if model.facts.unknown:
        return
    stock = inventory(model.block)
    total = model.facts.total_parameters
    seen: set[int] = set()
    waiting = [(0, 0)]
    while waiting:
        place, depth = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        block = stock[place].block
        is_row = isinstance(block, Module) and place and block.level != "stack" and has_inside(block)
        if isinstance(block, Module) and is_row:
            words, each = describe(block), facts(block).total_parameters
            number = stock[place].number
            yield {
                "path": stock[place].path,
                "depth": depth,
                "label": words.title or words.label,
                "detail": words.detail,
                "each": each,
                "short": parameters(each) if each else "",
                "number": number,
                "share": each * number / total if total else 0,
            }
        below = depth + 1 if is_row else depth
        waiting += [(inner, below) for inner in reversed(stock[place].inside.values())]
