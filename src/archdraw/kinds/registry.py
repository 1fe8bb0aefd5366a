"""All kinds of blocks, found in the modules of :mod:`archdraw.kinds`: adding a kind is adding a file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import archdraw.kinds
from archdraw.kinds.base import Kind


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """Every kind under its keyword, in alphabetical order, templates among them.

    A subclass of :class:`Kind` that sets ``keyword`` itself is a kind; one that doesn't is only a base of kinds.
    Raises :class:`TypeError` where two kinds have one keyword.
    """
    for module in pkgutil.walk_packages(archdraw.kinds.__path__, f"{archdraw.kinds.__name__}."):
        importlib.import_module(module.name)
    found: dict[str, type[Kind]] = {}
    for kind in _below(Kind):
        if not kind.__module__.startswith(f"{archdraw.kinds.__name__}.") or "keyword" not in kind.__dict__:
            continue
        other = found.setdefault(kind.keyword, kind)
        if other is not kind:
            raise TypeError(f"{kind.__qualname__} and {other.__qualname__} have the keyword {kind.keyword!r}")
    return with_templates(found)


def with_templates(found: Mapping[str, type[Kind]]) -> Mapping[str, type[Kind]]:
    """``found`` and the templates in the folders of kinds: each a file, read when its kind is asked for."""
    from archdraw.spec.shipped import Shipped

    return Shipped(found, Path(archdraw.kinds.__path__[0]).rglob("*.yaml"))


def _below(kind: type[Kind]) -> Iterator[type[Kind]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _below(subclass)
