"""What differs between two models, computed on their block trees.

A :class:`Difference` is a value: the changes that lead from the first tree to the second, each with the paths of the
blocks and both values. The difference of two equal trees has no changes, that of different ones has some, and that of
``second`` and ``first`` is that of ``first`` and ``second`` with its signs turned. A change is a row of the table of a
comparison, and what stands for what in its picture is the pairing that the changes are made from.

Stacks of layers are paired wherever they stand. In two stacks the mixers and feed-forward blocks are paired by their
role, then by likeness, however often each comes: a longer prefix or another order is one change. Nothing that both
models have is added or removed: a block in another place has moved, of one that comes more often the number changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import (
    BLOCK,
    LOOP,
    OCCURRENCES,
    ORDER,
    TIMES,
    WIRING,
    Change,
    Difference,
    Equal,
    Pairing,
    Share,
    Sign,
    Values,
)
from archdraw.analysis.difference.comparison import sign_of
from archdraw.analysis.difference.counted import AT_CONTEXT, COUNTS, PER_TOKEN, common_context, count, counted
from archdraw.analysis.difference.features import features, known_of
from archdraw.analysis.difference.meaning import drawn_again, positions_at_input
from archdraw.analysis.difference.models import models, plain
from archdraw.analysis.difference.rows import rows
from archdraw.analysis.difference.structure import sort_of
from archdraw.glossary import text
from archdraw.tree.blocks import Leaf, Module, Setting
from archdraw.tree.settings import MIXER, same
from archdraw.tree.walks import walk

__all__ = [
    "AT_CONTEXT", "BLOCK", "COUNTS", "LOOP", "OCCURRENCES", "ORDER", "PER_TOKEN", "TIMES", "WIRING", "Change",
    "Difference", "Equal", "Pairing", "Share", "Sign", "Values", "common_context", "count", "difference", "features",
    "report", "sort_of", "words",
]  # fmt: skip


def difference(first: Module, second: Module) -> Difference:
    """The changes from the tree ``first`` to the tree ``second``."""
    # An alignment may have to choose between equally good ones: the same choice, whichever model is named first.
    if _key(second) < _key(first):
        return difference(second, first).turned()
    counts = list(counted(first, second))
    again = frozenset(drawn_again(first)), frozenset(drawn_again(second))
    first, second = plain(first), plain(second)
    comparison = models(first, second, again)
    changes = rows([*(_positioned(change, first, second) for change in comparison.changes), *counts])
    changed = {(change.sort, change.what) for change in changes}
    values = _values(first, second)
    equal = (
        one
        for one in dict.fromkeys(comparison.equal)
        if (one.sort, one.what) not in changed
        and all(same(one.value, value) for value in values[one.sort, one.where, one.what])
    )
    return Difference(changes, tuple(equal), tuple(dict.fromkeys(comparison.moved)), comparison.numbers)


def _positioned(change: Change, *models: Module) -> Change:
    """``change`` of how attention knows positions, with what gives them at the input where attention does not."""
    if (change.what, change.sort) != ("position", MIXER):
        return change
    before, after = (
        (positions_at_input(model, beside=bool(change.around)) or value) if value in (None, "none") else value
        for model, value in zip(models, (change.before, change.after), strict=True)
    )
    return replace(change, before=before, after=after, sign=sign_of(before, after))


def _values(*trees: Module) -> dict[tuple[str, str, str], list[Setting]]:
    """All values of each setting in ``trees``, by the sort and the name of the block that has it."""
    found: dict[tuple[str, str, str], list[Setting]] = defaultdict(list)
    for model in trees:
        for _, block in walk(model):
            if isinstance(block, Leaf | Module):
                for what, value in known_of(block).items():
                    found[sort_of(block), text(block.label), what].append(value)
    return found


def report(found: Difference, first: str, second: str) -> dict[str, Any]:
    """``found`` as plain data for JSON, between models named ``first`` and ``second``."""

    def plain(value: Values) -> Any:
        return list(value) if isinstance(value, tuple) else value

    return {
        "first": first,
        "second": second,
        "changes": [
            {
                "sign": change.sign,
                "sort": change.sort,
                "block": change.where,
                "what": change.what,
                "subject": change.subject,
                "before": plain(change.before),
                "after": plain(change.after),
                "layers": [None if share is None else list(share) for share in change.layers],
                "paths": [list(paths) for paths in change.paths],
            }
            for change in found.changes
        ],
        "moved": list(found.moved),
        "equal": [{"sort": one.sort, "block": one.where, "what": one.what, "value": one.value} for one in found.equal],
    }


def _key(module: Module) -> tuple[str, str]:
    return text(module.label), repr(module)
