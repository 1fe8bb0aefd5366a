"""All kinds of blocks: those in the modules of :mod:`archdraw.kinds`, and those that other packages add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from archdraw.doors import KINDS
from archdraw.kinds.base import Kind


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """Every kind under its keyword, in alphabetical order.

    A subclass of :class:`Kind` that sets ``keyword`` itself is a kind; one that doesn't is only a base of kinds.
    Raises :class:`archdraw.ArchdrawError` where two kinds have one keyword.
    """
    found = KINDS.keyed(_kinds_in, lambda kind: (kind.keyword,))
    return MappingProxyType(dict(sorted(found.items())))


def _kinds_in(thing: Any) -> Iterator[type[Kind]]:
    """``thing`` itself where it is a kind, else the kinds that the module ``thing`` defines, not those it imports."""
    if _is_kind(thing):
        yield thing
    for value in tuple(vars(thing).values()) if not isinstance(thing, type) else ():
        if _is_kind(value) and value.__module__ == thing.__name__:
            yield value


def _is_kind(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Kind) and "keyword" in thing.__dict__
