"""The schema of a spec: its keys, its blocks, and what holds of them where it has ``define:`` and where it has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archdraw.catalog import list_models
from archdraw.kinds.registry import kinds
from archdraw.readers.metadata import STRUCTURE
from archdraw.schemas.blocks import Blocks
from archdraw.schemas.strict import KEYS, NAMES, NEEDS, WITHIN, Strict
from archdraw.schemas.types import HEAD, Schema, Types, ref
from archdraw.spec import Spec
from archdraw.spec.heads import Head
from archdraw.spec.parameters import Parameter
from archdraw.spec.presenting import pages
from archdraw.spec.template_basics import PARAMETERS

_TEMPLATE = "template"


def spec_schema() -> Schema:
    """The schema of a spec."""
    known = kinds()
    blocks = Blocks(known)
    root = blocks.types.mapping(Spec)
    root["properties"]["define"] = _definitions_of_an_author(root["properties"]["define"])
    template = _template(blocks.types)
    made = {**blocks.definitions(), _TEMPLATE: template, "model": _names(list_models()), "page": _names(pages())}
    made["part.Parent"]["properties"]["model"]["anyOf"] = [ref("model"), {}]
    made["part.Figure"]["properties"]["profile"]["anyOf"] = [ref("page"), {}]
    demands: dict[str, Schema] = {}
    meanings = {**made}
    for demand in (NEEDS, KEYS, NAMES, WITHIN):
        strict = Strict(demand, known, meanings, blocks.families_of)
        demands[demand] = strict.of({"properties": root["properties"]}) or {}
        made |= {name: asked for name, asked in strict.made.items() if isinstance(asked, dict)}
    root["allOf"] = [
        demands[NEEDS],
        {"if": _HAS_TEMPLATES, "else": demands[KEYS]},
        {"if": {"required": ["define"]}, "else": demands[NAMES]},
    ]
    return {**HEAD, "title": "archdraw spec", **root, "definitions": {name: made[name] for name in sorted(made)}}


_IS_TEMPLATE: Schema = {"type": "object", "required": [PARAMETERS]}
_HAS_TEMPLATES: Schema = {
    "required": ["define"],
    "properties": {"define": {"not": {"additionalProperties": {"not": _IS_TEMPLATE}}}},
}


def _definitions_of_an_author(define: Schema) -> Schema:
    """Blocks by name, those with parameters among them."""
    block = define["additionalProperties"]
    return {**define, "additionalProperties": {"if": _IS_TEMPLATE, "then": ref(_TEMPLATE), "else": block}}


def _template(types: Types) -> Schema:
    """A block with parameters, whose text is checked where it is used: it holds expressions in place of values."""
    made = types.mapping(Head)
    expression: Schema = {"type": ["string", "integer", "number", "boolean", "array"]}
    parameter = types.mapping(Parameter)
    parameter["properties"]["default"] = {"markdownDescription": "The value where none is given; `null` for none."}
    own: Mapping[str, Schema] = {
        PARAMETERS: {
            "markdownDescription": "The parameters by name: a default, nothing where one is required, or in full.",
            "type": "object",
            "additionalProperties": {
                **parameter,
                "type": ["object", "integer", "number", "string", "boolean", "array", "null"],
            },
        },
        "values": {
            "markdownDescription": "Expressions by name that several places need.",
            "type": "object",
            "additionalProperties": expression,
        },
        "checks": {
            "markdownDescription": "Conditions, what is said where one does not hold, and the parameter at fault.",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"that": expression, "message": {"type": "string"}, "at": {"type": "string"}},
                "required": ["that", "message", "at"],
                "additionalProperties": False,
            },
        },
        "block": {
            "markdownDescription": "The block, with `$name` and `$(expression)` where values are put in.",
            "allOf": [ref(f"{WITHIN}.block.any")],
        },
    }
    properties = {**made["properties"], **own}
    return {**made, "title": "template", "properties": properties, "required": [PARAMETERS, "block"]}


def _names(names: Iterable[str]) -> Schema:
    """Names that are suggested."""
    return {"enum": [*names]}


def metadata_schema() -> Schema:
    """The schema of what ``archdraw import --metadata`` takes: that of a spec without what a config says."""
    spec = spec_schema()
    properties = {name: value for name, value in spec["properties"].items() if name not in STRUCTURE}
    reached = _reached({"properties": properties}, spec["definitions"])
    about = {"title": "archdraw metadata", "markdownDescription": "What a config does not say of its model."}
    definitions = {name: value for name, value in spec["definitions"].items() if name in reached}
    closed: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**HEAD, **about, **closed, "definitions": definitions}


def _reached(value: Any, definitions: Mapping[str, Schema], known: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names of the definitions that ``value`` refers to, and that these refer to."""
    match value:
        case {"$ref": str(target), **_rest} if (name := target.rpartition("/")[2]) not in known:
            return _reached(definitions[name], definitions, known | {name})
        case dict():
            below: Iterable[Any] = value.values()
        case list():
            below = value
        case _:
            return known
    for one in below:
        known = _reached(one, definitions, known)
    return known
