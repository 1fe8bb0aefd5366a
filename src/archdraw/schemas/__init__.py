"""Schemas of what an author writes, as JSON Schema (draft-07), for the completion, hover and errors of editors.

They are made of the classes that read the files (:func:`made`) and stored beside this module, since making them takes
a second. Where another package adds kinds, themes or profiles, they are made anew. Draft-07 is what editors know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from archdraw.doors import KINDS, PROFILES, THEMES, VIEWS

FILE = "archdraw.schema.json"
"""What the schema of specs is called beside them."""

MODELINES = f"# yaml-language-server: $schema={FILE}\n# $schema: {FILE}\n"
"""The first lines of a spec that has it beside it: for editors with yaml-language-server, and for JetBrains."""

NAMES = ("spec", "metadata", "theme", "profile", "gallery")
"""What there are schemas of: specs, what is added to a config, themes, profiles, and galleries."""


def text(name: str = "spec") -> str:
    """The schema of the files ``name``, as JSON; raises :class:`KeyError` for one of which there is none.

    >>> text("gallery").startswith('{"$schema": "http://json-schema.org/draft-07/schema#"')
    True
    """
    if name not in NAMES:
        raise KeyError(name)
    if any(door.plugged() for door in (KINDS, THEMES, PROFILES, VIEWS)):
        return written(made(name))
    return stored(name).read_text("utf-8")


def stored(name: str) -> Path:
    """Where the schema of the files ``name`` is stored."""
    return Path(__file__).parent / f"{name}.json"


def made(name: str) -> dict[str, Any]:
    """The schema of the files ``name``, made of the classes that read them."""
    from archdraw.schemas.others import gallery_schema, profile_schema, theme_schema
    from archdraw.schemas.specs import metadata_schema, spec_schema

    makers: Mapping[str, Callable[[], dict[str, Any]]] = {
        "spec": spec_schema,
        "metadata": metadata_schema,
        "theme": theme_schema,
        "profile": profile_schema,
        "gallery": gallery_schema,
    }
    return makers[name]()


def written(schema: Mapping[str, Any]) -> str:
    """``schema`` as JSON, a line for each key and each definition: a change is seen in a difference of texts."""
    definitions = schema.get("definitions", {})
    lines = [f"{json.dumps(key)}: {_line(value)}" for key, value in schema.items() if key != "definitions"]
    if definitions:
        inner = ",\n".join(f"{json.dumps(key)}: {_line(value)}" for key, value in definitions.items())
        lines.append(f'"definitions": {{\n{inner}\n}}')
    return "{" + ",\n".join(lines) + "}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
