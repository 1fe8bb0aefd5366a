"""What a family of configs is, and which families there are: adding one is adding a file to this package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import archdraw.readers.families
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft


@dataclass(frozen=True)
class Family:
    """Configs that one function reads.

    ``model_types`` are values of ``model_type``, ``architectures`` the class names that mark configs whose
    ``model_type`` is missing or another one. ``read`` gets the whole config, the text part not yet unpacked.
    ``ignored`` are keys of this family without bearing on the structure, beyond the common ones.
    """

    model_types: tuple[str, ...]
    read: Callable[[Config], Draft]
    architectures: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@cache
def families() -> Mapping[str, Family]:
    """Every family under each of its model types and architectures.

    A module of :mod:`archdraw.readers` lists its families in ``FAMILIES``. Raises :class:`TypeError` where two families
    claim one name.
    """
    found: dict[str, Family] = {}
    for entry in pkgutil.iter_modules(archdraw.readers.families.__path__):
        module = importlib.import_module(f"{archdraw.readers.families.__name__}.{entry.name}")
        for family in getattr(module, "FAMILIES", ()):
            for name in (*family.model_types, *family.architectures):
                if found.setdefault(name, family) is not family:
                    raise TypeError(f"two families of configs claim {name!r}")
    return MappingProxyType(found)


def family_of(config: Config) -> Family | None:
    """The family that ``config`` belongs to: by its architectures first, then by its model type; None for none.

    ``model_type`` alone is not enough: Grok 2's is "git", and Kimi K2's is a DeepSeek V3.
    """
    known = families()
    names = config.raw("architectures")
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str) and name in known:
            return known[name]
    name = config.raw("model_type")
    return known.get(name) if isinstance(name, str) else None
