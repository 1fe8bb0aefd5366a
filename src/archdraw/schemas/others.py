"""The schemas of the other files that an author writes: themes, profiles of pages, settings of a gallery."""

from __future__ import annotations

from collections.abc import Iterable

from archdraw.checked import Checked
from archdraw.layout.diagram.measures import Measures
from archdraw.profile import Profile, profile_names
from archdraw.schemas.types import HEAD, Schema, Types
from archdraw.site.settings import Settings
from archdraw.theme import Theme, load_theme, theme_names

_NUMBER: Schema = {"type": "number"}


def theme_schema() -> Schema:
    """The schema of a theme, which may say only what differs from another one."""
    made = _like("theme", Theme, theme_names())
    colours = made["definitions"]["part.Paint"]
    colours.pop("required")  # those of the other theme stay
    made["definitions"]["part.Signs"].pop("required")
    whole = {"roles": {"additionalProperties": {"required": [*Theme.model_fields["equal"].annotation.model_fields]}}}
    made["else"]["properties"] = whole
    roles = dict.fromkeys(load_theme("light").roles, made["properties"]["roles"]["additionalProperties"])
    made["properties"]["roles"]["properties"] = roles
    patterns = made["properties"]["patterns"]
    patterns["properties"] = dict.fromkeys(roles, patterns["additionalProperties"])
    return made


def profile_schema() -> Schema:
    """The schema of a profile, which may say only what differs from another one."""
    made = _like("profile", Profile, profile_names())
    measures = {name: _NUMBER for name, kind in Measures.__annotations__.items() if kind == "float"}
    for name in ("spine", "columns", "tight"):
        made["properties"][name]["properties"] = measures
    return made


def gallery_schema() -> Schema:
    """The schema of gallery.yaml, all of which may be left out."""
    made = _types().mapping(Settings)
    return {**HEAD, "title": "archdraw gallery", **made, "type": ["object", "null"]}


def _like(noun: str, cls: type[Checked], names: Iterable[str]) -> Schema:
    """The schema of a file of ``cls``, needed in full unless it is ``like`` another one; its name is the file's."""
    types = _types()
    made = types.mapping(cls)
    needed = [name for name in made.pop("required") if name != "name"]
    like = {"enum": [*names], "markdownDescription": f"A {noun}: this file says what differs from it."}
    made["properties"] = {"like": like, **made["properties"]}
    whole: Schema = {"if": {"required": ["like"]}, "else": {"required": needed}}
    return {**HEAD, "title": f"archdraw {noun}", **made, **whole, "definitions": types.parts}


def _types() -> Types:
    def no_block(_: object) -> Schema:
        raise TypeError("only a spec has blocks")

    return Types(no_block)
