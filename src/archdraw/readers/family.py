"""What a family of configs is, and which families there are: ours, a file each, and those of other packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from archdraw.by_need import by_need
from archdraw.doors import READERS, listed
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.records import record


@record
class Family:
    """Configs that one function reads.

    ``model_types`` are values of ``model_type``, ``architectures`` the class names that mark configs whose
    ``model_type`` is missing or another one. ``read`` gets the whole config, the text part not yet unpacked.
    ``ignored`` are keys of this family without bearing on the structure, beyond the common ones. ``wraps``: its configs
    hold that of a text model of another family. ``own_heads``: ``read`` looks at the names of the architectures itself.
    """

    model_types: tuple[str, ...]
    read: Callable[[Config], Draft]
    architectures: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    wraps: bool = False
    own_heads: bool = False


@cache
def families() -> Mapping[str, Family]:
    """Every family under each of its model types and architectures.

    A module of :mod:`archdraw.readers.families` lists its families in ``FAMILIES``; ours are imported when they are
    asked for. Raises :class:`archdraw.ArchdrawError` where two families have one name.
    """
    found = by_need(READERS, "archdraw.readers.families", _by_name)
    return MappingProxyType(READERS.keyed(families_in, names_of)) if found is None else found


def names_of(family: Family) -> tuple[str, ...]:
    """What ``family`` is found by."""
    return (*family.model_types, *family.architectures)


def families_in(thing: object) -> Iterator[Family]:
    return listed(thing, "FAMILIES", Family)


def _by_name(module: object) -> Mapping[str, Family]:
    return {name: family for family in families_in(module) for name in names_of(family)}


def family_of(config: Config) -> Family | None:
    """The family that ``config`` belongs to: by its architectures first, then by its model type; None for none.

    ``model_type`` alone is not enough: Grok 2's is "git", and Kimi K2's is a DeepSeek V3. Nor are architectures: a
    file of a whole model may name the class of its text part, whose place the reader of the whole knows.
    """
    known = families()
    names, kind = config.raw("architectures"), config.raw("model_type")
    whole = known.get(kind) if isinstance(kind, str) else None
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str) and name in known:
            part = config.data.get("text_config")
            of_part = isinstance(part, Mapping) and part.get("model_type") in known[name].model_types
            return whole if whole is not None and of_part else known[name]
    return whole


def is_unknown(data: Mapping[str, Any]) -> bool:
    """Whether there is no reader for the model that the config ``data`` describes."""
    return family_of(Config(data)) is None
