"""A definition as a change of another one, as a person would write it: ``{like: local, attention: ...}``."""

from __future__ import annotations

from typing import Any

from archdraw.readers.draft import Block


def like(name: str, base: Block, other: Block) -> Block:
    """``other`` as a change of ``base``, which is defined as ``name``; as it is where they are of different kinds."""
    if not _same_kind(base, other):
        return other
    assert isinstance(base, dict)
    assert isinstance(other, dict)
    keyword = next(iter(other))
    return {"like": name, **_changes(base[keyword], other[keyword])}


def _same_kind(base: Any, other: Any) -> bool:
    """Whether both are blocks of one keyword with fields."""
    if not isinstance(base, dict) or not isinstance(other, dict) or len(base) != 1 or base.keys() != other.keys():
        return False
    return all(isinstance(fields, dict) for fields in (*base.values(), *other.values()))


def _changes(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The fields that turn ``base`` into ``other`` when they are merged into it; null takes one away."""
    changes: dict[str, Any] = {name: None for name in base if name not in other}
    for name, value in other.items():
        before = base.get(name)
        if name in base and before == value and isinstance(before, bool) == isinstance(value, bool):
            continue
        if before is not None and _same_kind(before, value):
            keyword = next(iter(value))
            changes[name] = {keyword: _changes(before[keyword], value[keyword])}
        else:
            changes[name] = value
    return changes
