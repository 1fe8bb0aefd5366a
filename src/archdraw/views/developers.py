"""Which accent a developer has, from ``developers.yaml``: one hue for ever, so that readers recognize it by its color.

The table is in ``views/`` since only the views draw models of developers: kinds and specs have no colors, layout and
themes no developers. It is data, so that a developer is added without Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from archdraw.source import parse, plain, read_text

ACCENTS = 12
"""So many does a theme have."""

TABLE = Path(__file__).with_suffix(".yaml")


@cache
def _table() -> Mapping[str, int]:
    """The accent of each developer in the table, by :func:`_key`."""
    rows = plain(parse(read_text(TABLE), TABLE.as_posix()).root)
    return {_key(name): row["accent"] for row in rows for name in row["developers"]}


def _key(developer: str) -> str:
    return " ".join(developer.casefold().split())


def accent_index(developer: str) -> int:
    """The accent of ``developer``, 0 to 11: from the table, for others from the name, always the same one.

    Case and space around the name do not matter; an empty name has an accent as well.
    """
    key = _key(developer)
    found = _table().get(key) if key else None
    if found is not None:
        return found
    from hashlib import sha256

    return sha256(key.encode()).digest()[0] % ACCENTS


def known_developers() -> tuple[str, ...]:
    """The developers in the table, in lower case, sorted."""
    return tuple(sorted(_table()))
