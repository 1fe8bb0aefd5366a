"""All kinds of blocks: those in the modules of :mod:`archdraw.kinds`, and those that other packages add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import archdraw.kinds
from archdraw.doors import KINDS
from archdraw.kinds.base import Kind


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """Every kind under its keyword, in alphabetical order, templates among them.

    A subclass of :class:`Kind` that sets ``keyword`` itself is a kind; one that doesn't is only a base of kinds.
    Raises :class:`archdraw.ArchdrawError` where two kinds have one keyword.
    """
    found = KINDS.keyed(_kinds_in, lambda kind: (kind.keyword,))
    return with_templates(found)


def with_templates(found: Mapping[str, type[Kind]]) -> Mapping[str, type[Kind]]:
    """``found`` and the templates in the folders of kinds: each a file, read when its kind is asked for."""
    from archdraw.spec.shipped import Shipped

    return Shipped(found, Path(archdraw.kinds.__path__[0]).rglob("*.yaml"))


def _kinds_in(thing: Any) -> Iterator[type[Kind]]:
    """``thing`` itself where it is a kind, else the kinds that the module ``thing`` defines, not those it imports."""
    if _is_kind(thing):
        yield thing
    for value in tuple(vars(thing).values()) if not isinstance(thing, type) else ():
        if _is_kind(value) and value.__module__ == thing.__name__:
            yield value


def _is_kind(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Kind) and "keyword" in thing.__dict__
