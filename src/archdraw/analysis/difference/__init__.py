"""What differs between two models, computed on their block trees.

A :class:`Difference` is a value: the changes that lead from the first tree to the second, each with the paths of the
blocks and both values. The difference of two equal trees has no changes, that of different ones has some, and that of
``second`` and ``first`` is that of ``first`` and ``second`` with its signs turned.

Layers are compared kind by kind, however often each comes: a longer prefix or another order is one change. Parts of a
layer are aligned in their order, so that an inserted norm moves nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import BLOCK, LOOP, ORDER, TIMES, Change, Difference, Equal, Sign
from archdraw.analysis.difference.comparison import Comparison
from archdraw.analysis.difference.structure import same, sort_of
from archdraw.glossary import text
from archdraw.tree.blocks import Leaf, Module, Setting
from archdraw.tree.facts import Facts, facts
from archdraw.tree.walks import walk

__all__ = [
    "BLOCK", "COUNTS", "LOOP", "ORDER", "TIMES", "Change", "Difference", "Equal", "Sign",
    "count", "difference", "report", "sort_of", "words",
]  # fmt: skip


def difference(first: Module, second: Module) -> Difference:
    """The changes from the tree ``first`` to the tree ``second``."""
    # An alignment may have to choose between equally good ones: the same choice, whichever model is named first.
    if _key(second) < _key(first):
        return difference(second, first).turned()
    comparison = Comparison(first, second)
    comparison.modules(first, second)
    changes = list(dict.fromkeys([*comparison.changes, *_counted(facts(first), facts(second))]))
    changed = {(change.sort, change.what) for change in changes}
    values = _values(first, second)
    equal = (
        one
        for one in dict.fromkeys(comparison.equal)
        if (one.sort, one.what) not in changed
        and all(same(one.value, value) for value in values[one.sort, one.where, one.what])
    )
    return Difference(tuple(changes), tuple(equal))


def _values(*models: Module) -> dict[tuple[str, str, str], list[Setting]]:
    """All values of each setting in ``models``, by the sort and the name of the block that has it."""
    found: dict[tuple[str, str, str], list[Setting]] = defaultdict(list)
    for model in models:
        for _, block in walk(model):
            if isinstance(block, Leaf | Module):
                for what, value in block.settings:
                    found[sort_of(block), text(block.label), what].append(value)
    return found


def report(found: Difference, first: str, second: str) -> dict[str, Any]:
    """``found`` as plain data for JSON, between models named ``first`` and ``second``."""
    return {
        "first": first,
        "second": second,
        "changes": [
            {
                "sign": change.sign,
                "sort": change.sort,
                "block": change.where,
                "what": change.what,
                "before": change.before,
                "after": change.after,
                "paths": list(change.paths),
            }
            for change in found.changes
        ],
        "equal": [{"sort": one.sort, "block": one.where, "what": one.what, "value": one.value} for one in found.equal],
    }


def _key(module: Module) -> tuple[str, str]:
    return text(module.label), repr(module)


def _counted(first: Facts, second: Facts) -> Iterator[Change]:
    """The counts of the whole models that differ; none where one is unknown."""
    if first.unknown or second.unknown:
        return
    for what in COUNTS:
        before, after = count(first, what), count(second, what)
        has_encoders = first.encoders or second.encoders
        if before != after and (what != "text_parameters" or has_encoders):
            sign: Sign = "changed" if before and after else "removed" if before else "added"
            yield Change(sign, "model", ("model", "model"), what, before, after, ("", ""))


COUNTS = (
    "total_parameters",
    "active_parameters",
    "text_parameters",
    "layers",
    "kv_cache_bytes_per_token",
    "index_cache_bytes_per_token",
    "recurrent_state_bytes",
)
"""The counts that two models are compared by, by their names in :mod:`archdraw.tree.facts`."""


def count(counted: Facts, what: str) -> int:
    """One of :data:`COUNTS`, bytes at 2 for each value."""
    value = getattr(counted, what)
    return int(value() if callable(value) else value)
