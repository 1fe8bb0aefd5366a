"""The values of several blocks in one row."""

from __future__ import annotations

from collections.abc import Sequence as Several

from archdraw.analysis.difference.changes import Values
from archdraw.tree.blocks import Setting
from archdraw.tree.settings import is_without, same


def listed(values: Several[Setting]) -> Values:
    """The different values, each once, those that mean none only where there is no other."""
    found: list[Setting] = []
    for value in values:
        if not is_without(value) and not any(same(value, one) for one in found):
            found.append(value)
    if len(found) > 1:
        return tuple(found)
    return found[0] if found else (values[0] if values else None)


def alike_values(before: Values, after: Values) -> bool:
    """Whether both sides have the same values, in whichever order."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        return len(before) == len(after) and all(any(same(one, other) for other in after) for one in before)
    if isinstance(before, tuple) or isinstance(after, tuple):
        return False
    return same(before, after)
