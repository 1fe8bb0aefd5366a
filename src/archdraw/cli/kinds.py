"""``archdraw kinds``: what can be written in a spec."""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping
from textwrap import indent
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
import click
from pydantic.fields import FieldInfo

from archdraw.cli._terminal import table
from archdraw.errors import nearest
from archdraw.kinds.base import Expects, Kind


@click.command("kinds")
@click.argument("name", required=False)
def command(name: str | None) -> int:
    """List the kinds of blocks, or show one: its fields, its source, an example.

    \b
    archdraw kinds
    archdraw kinds grouped_query
    """
    from archdraw.kinds.registry import kinds

    known = kinds()
    if name is None:
        click.echo(_overview(known))
    elif name in known:
        click.echo(_page(known[name]))
    else:
        raise click.UsageError(f"there is no kind {name!r}; {nearest(name, known) or 'archdraw kinds lists all'}")
    return 0


def _overview(known: Mapping[str, type[Kind]]) -> str:
    families: dict[str, list[type[Kind]]] = {}
    for kind in known.values():
        families.setdefault(kind.family, []).append(kind)
    width = max(map(len, known))
    parts = []
    for family in sorted(families):
        rows = [f"  {kind.keyword.ljust(width)}  {_words(kind).splitlines()[0]}" for kind in families[family]]
        parts.append("\n".join([click.style(family.replace("_", " "), bold=True), *rows]))
    return "\n\n".join(parts)


def _page(kind: type[Kind]) -> str:
    parts = [f"{click.style(kind.keyword, bold=True)} ({kind.family.replace('_', ' ')})", _words(kind)]
    if kind.model_fields:
        rows = [("field", "type", "default")]
        for name, field in kind.model_fields.items():
            rows.append((name, described(field), "required" if field.is_required() else _default(field)))
        parts.append(table(rows))
    if kind.main:
        parts.append(f"A value in place of the mapping is taken as {kind.main}.")
    parts += [f"Source: {kind.source}", f"Example:\n{indent(kind.example, '  ')}"]
    return "\n\n".join(parts)


def _words(kind: type[Kind]) -> str:
    return inspect.cleandoc(kind.__doc__ or "").replace("``", "")


def described(field: FieldInfo) -> str:
    """The type of a field in an author's words, with its bounds."""
    return _type(Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation)


_WORDS: dict[Any, str] = {
    int: "whole number",
    float: "number",
    str: "text",
    bool: "true or false",
    type(None): "null",
    Any: "anything",
}


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(part) for part in arguments if part is not type(None)))
    if origin is Literal:
        return " | ".join(map(str, arguments))
    if origin in (tuple, list):
        return f"list of {_type(arguments[0])}"
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping of names to {_type(arguments[1])}"
    return _WORDS[annotation] if annotation in _WORDS else str(getattr(annotation, "__name__", annotation))


def _annotated(inner: Any, marks: tuple[Any, ...]) -> str:
    for mark in marks:
        if isinstance(mark, Expects):
            families = " or ".join(family.replace("_", " ") for family in mark.families)
            return families or "block"
    bounds = []
    for mark in _flat(marks):
        match mark:
            case annotated_types.Ge(ge=low):
                bounds.append(f"{low} or more")
            case annotated_types.Gt(gt=low):
                bounds.append(f"more than {low}")
            case annotated_types.Lt(lt=high):
                bounds.append(f"less than {high:,}")
    return " ".join([_type(inner), *([f"({', '.join(bounds)})"] if bounds else [])])


def _flat(marks: tuple[Any, ...]) -> list[Any]:
    """The bounds, those inside of pydantic's own ``Field(...)`` too."""
    return [inner for mark in marks for inner in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, Kind):
        return value.keyword
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
