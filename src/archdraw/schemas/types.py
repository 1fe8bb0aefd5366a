"""From the type of a field to the JSON Schema (draft-07) of what may be written in it.

This is a fold over annotations, those of kinds, specs, themes and profiles alike: what an editor knows of a field is
what its class says of it. Where an annotation names a block it asks ``block`` what may stand there.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from json import dumps
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from archdraw.checked import Checked
from archdraw.checks import Rule
from archdraw.kinds.base import Expects, Family, Kind

Schema = dict[str, Any]

HEAD: Schema = {"$schema": "http://json-schema.org/draft-07/schema#"}

_PLAIN: Mapping[Any, str] = {int: "integer", float: "number", str: "string", bool: "boolean", NoneType: "null"}
_BOUNDS: Mapping[str, tuple[str, str, str]] = {
    "ge": ("minimum", "minimum", "minimum"),
    "gt": ("exclusiveMinimum", "exclusiveMinimum", "exclusiveMinimum"),
    "le": ("maximum", "maximum", "maximum"),
    "lt": ("exclusiveMaximum", "exclusiveMaximum", "exclusiveMaximum"),
    "min_length": ("minLength", "minItems", "minProperties"),
    "max_length": ("maxLength", "maxItems", "maxProperties"),
    "pattern": ("pattern", "pattern", "pattern"),
}
"""The keyword for a bound of a scalar, of a list and of a mapping."""
_VALUES: Mapping[str, list[Any]] = {"boolean": [True, False], "null": [None]}
_TYPES_OF_VALUES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def ref(name: str) -> Schema:
    """What is described under ``name`` among the definitions."""
    return {"$ref": f"#/definitions/{name}"}


def apart(made: Schema) -> Schema:
    """``made`` for the items of what it is itself: yaml-language-server looks for defaults in items without end."""
    return {"allOf": [made]}


class Types:
    """Describes types; ``block`` says what a block of some families is, ``parts`` collects classes inside of others."""

    def __init__(self, block: Callable[[tuple[Family, ...]], Schema]) -> None:
        self.block = block
        self.parts: dict[str, Schema] = {}

    def fields(self, cls: type[Checked]) -> dict[str, Schema]:
        """The fields of ``cls`` by name, each with its description, of which its default is part.

        As ``default`` editors would write it into the text, with those of all other fields.
        """
        return {name: self._field(info) for name, info in cls.model_fields.items()}

    def mapping(self, cls: type[Checked]) -> Schema:
        """A mapping of the fields of ``cls``."""
        needed = [name for name, info in cls.model_fields.items() if info.is_required()]
        made: Schema = {"type": "object", "markdownDescription": markdown(cls.__doc__), "properties": self.fields(cls)}
        if needed:
            made["required"] = needed
        return {**made, "additionalProperties": False}

    def of(self, annotation: Any, marks: Iterable[Any] = ()) -> Schema:
        """What ``annotation`` takes, with what stands beside it in ``Annotated``."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.of(arguments[0], (*arguments[1:], *marks))
        marks = tuple(_flat(marks))
        expected = next((mark for mark in marks if isinstance(mark, Expects)), None)
        made = self.block(expected.families) if expected else self._type(annotation, origin, arguments)
        for mark in marks:
            made = {**made, **self._said(made, mark)}
        return made

    def _field(self, info: Any) -> Schema:
        made = self.of(info.annotation, info.metadata)
        default = None if info.is_required() else _default(info.get_default())
        unless = f"Default: `{dumps(default)}`." if default not in (None, "", [], {}) else ""
        about = " ".join(filter(None, [markdown(info.description), unless]))
        if not about:
            return made
        return {"markdownDescription": about, **made}

    def _type(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> Schema:
        if annotation in _PLAIN:
            return {"type": _PLAIN[annotation]}
        if origin in (Union, UnionType):
            parts = [self.of(one) for one in arguments]
            # What is described elsewhere may be left empty everywhere: it says so itself.
            return either([part for part in parts if part != {"type": "null"}] if any(map(_is_ref, parts)) else parts)
        if origin is Literal:
            types = [*dict.fromkeys(_TYPES_OF_VALUES[type(value)] for value in arguments)]
            return {"type": types[0] if len(types) == 1 else types, "enum": [*arguments]}
        if origin is tuple and arguments[-1] is not Ellipsis:
            each = [self.of(one) for one in arguments]
            return {"type": "array", "items": each, "minItems": len(each), "maxItems": len(each)}
        if origin in (tuple, list):
            return {"type": "array", "items": self.of(arguments[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if isinstance(annotation, type) and issubclass(annotation, Kind):
            return self.block(())
        if isinstance(annotation, type) and issubclass(annotation, Checked):
            return self._part(annotation)
        return {}

    def _part(self, cls: type[Checked]) -> Schema:
        name = f"part.{cls.__name__}"
        if name not in self.parts:
            self.parts[name] = {}  # it may be inside of itself
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()
            self.parts[name] = {"title": words, **self.mapping(cls)}
        return ref(name)

    def _said(self, made: Schema, mark: Any) -> Schema:
        """What ``mark`` adds to the schema of its type."""
        if isinstance(mark, Rule):
            return dict(mark.schema)
        which = {"array": 1, "object": 2}.get(str(made.get("type")), 0)
        bounds = mark if isinstance(mark, Mapping) else {name: getattr(mark, name, None) for name in _BOUNDS}
        return {_BOUNDS[name][which]: bound for name, bound in bounds.items() if name in _BOUNDS and bound is not None}


def _flat(marks: Iterable[Any]) -> Iterator[Any]:
    """``marks`` with the bounds that are inside of ``Field(...)``, ours and pydantic's."""
    for mark in marks:
        bounds = getattr(mark, "bounds", None)
        if isinstance(mark, Expects | Rule):
            yield mark
        elif bounds is not None:
            yield bounds
        else:
            yield from getattr(mark, "metadata", [mark])


def _is_ref(part: Schema) -> bool:
    return "$ref" in part


def either(parts: list[Schema]) -> Schema:
    """A value of one of ``parts``; one schema where no two are of one type, so that errors speak of the value."""
    plain = [part for part in parts if "type" in part and not part.keys() & {"anyOf", "allOf", "$ref"}]
    types = [one for part in plain for one in _types(part)]
    if len(parts) != len(plain) or len({*types}) < len(types):
        return {"anyOf": parts} if len(parts) > 1 else parts[0]
    made: Schema = {"type": types[0] if len(types) == 1 else types}
    if any("enum" in part for part in plain):
        if not all("enum" in part or _types(part) in (["boolean"], ["null"]) for part in plain):
            return {"anyOf": parts}
        made["enum"] = [value for part in plain for value in part.get("enum", _VALUES.get(_types(part)[0], []))]
    for part in plain:
        made.update({key: value for key, value in part.items() if key not in ("type", "enum")})
    return made


def nullable(made: Schema) -> Schema:
    """``made``, or nothing."""
    if "type" not in made or "null" in _types(made):
        return made
    either_type = {**made, "type": [*_types(made), "null"]}
    return {**either_type, "enum": [*made["enum"], None]} if "enum" in made else either_type


def _types(part: Schema) -> list[str]:
    found = part["type"]
    return found if isinstance(found, list) else [found]


def _default(value: Any) -> Any:
    """``value`` as an author would write it."""
    match value:
        case Kind():
            return value.keyword
        case Checked():
            return {name: _default(getattr(value, name)) for name in value.model_fields_set}
        case tuple() | list():
            return [_default(one) for one in value]
        case Mapping():
            return {key: _default(one) for key, one in value.items()}
        case _:
            return value


def markdown(text: str | None) -> str:
    """A docstring or a description as Markdown: code in single backquotes, a line for each paragraph."""
    plain = inspect.cleandoc(text or "").replace("``", "`")
    return "\n\n".join(" ".join(part.split()) for part in plain.split("\n\n"))
