"""Kinds of blocks as JSON Schema, for editors and other programs."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import PydanticJsonSchemaWarning

from archdraw.errors import ArchdrawError, unknown_name
from archdraw.kinds.base import Kind
from archdraw.kinds.registry import kinds
from archdraw.models import model_of
from archdraw.spec.annotations import expects

DIALECT = "https://json-schema.org/draft/2020-12/schema"

BLOCK: Mapping[str, Any] = {
    "description": "A block: its keyword, or a mapping of its keyword to its fields.",
    "anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "maxProperties": 1}],
}
"""What an author writes where a block stands, whichever it is; keywords may be of their own ``define:``."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of what is written under the keyword ``name``.

    Beside the schema it has the kind's ``keyword``, ``family``, ``source`` and ``example`` (YAML), its ``name`` and
    ``short_name`` (maybe empty), its ``aliases``, the names of its ``concepts``, and the roles that it is ``drawn_as``.
    Fields that hold a block have ``families``, those that may stand there (none: any). Raises :class:`ArchdrawError`
    for an unknown kind.
    """
    known = kinds()
    if name not in known:
        raise ArchdrawError(unknown_name("kind", name, known))
    kind = known[name]
    with warnings.catch_warnings():
        # Defaults that are blocks cannot be written by pydantic; they are written below.
        warnings.simplefilter("ignore", PydanticJsonSchemaWarning)
        made = model_of(kind).model_json_schema()
    if "Kind" in made.get("$defs", {}):
        made["$defs"]["Kind"] = dict(BLOCK)
    for field, info in kind.model_fields.items():
        expected = expects(info)
        if expected is not None:
            made["properties"][field]["families"] = list(expected.families)
        default = None if info.is_required() else info.get_default()
        if isinstance(default, Kind):
            made["properties"][field]["default"] = default.keyword
    about = {"keyword": name, "family": kind.family, "source": kind.source, "example": kind.example}
    names = {"name": kind.term.text, "short_name": kind.term.short, "aliases": list(kind.aliases)}
    uses = {"concepts": [one.name for one in kind.every_concept()], "drawn_as": list(kind.drawn_as)}
    return {"$schema": DIALECT, **about, **names, **uses, **made}
