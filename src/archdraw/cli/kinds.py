"""``archdraw kinds``: what can be written in a spec."""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Mapping
from textwrap import indent
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click

from archdraw.checked import FieldInfo
from archdraw.cli._kinds_found import Found, each_word, found
from archdraw.cli._terminal import table, wrapped
from archdraw.errors import folded
from archdraw.kinds.base import Expects, Kind
from archdraw.tree.blocks import Role


@click.command("kinds")
@click.argument("words", metavar="[NAME|WORD...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="JSON Schema of the kind, or of all that are found by keyword.")
def command(words: tuple[str, ...], as_json: bool) -> int:
    """List, search or describe the kinds of blocks.

    The page of a kind has its names, its fields with types, defaults and descriptions, the concepts that it stands for,
    how it is drawn, its source, and an example. Any other WORD is looked for in names, other names and descriptions of
    kinds and of their fields, and in the values of those, whatever its case; of several words all must be there.

    \b
    archdraw kinds
    archdraw kinds grouped_query
    archdraw kinds sliding window
    archdraw kinds parallel layers
    archdraw kinds grouped_query --json
    """
    from archdraw.kinds.registry import kinds

    known = kinds()
    name = words[0] if len(words) == 1 and words[0] in known else None
    about = {keyword: _paragraphs(kind) for keyword, kind in known.items()} if words and name is None else {}
    fields = found(known, words, about) if about else dict.fromkeys(known, ())
    if not fields:
        from archdraw.kinds.hints import hint

        asked = " ".join(words)
        meant = hint(asked, known)
        if not meant and len(asked.split()) > 1:
            raise click.UsageError(f"no kind has all of these words; {each_word(known, words, about)}")
        raise click.UsageError(f"unknown kind {asked!r}; {meant or 'archdraw kinds lists all'}")
    if as_json:
        from archdraw.app.schemas import schema

        every = {keyword: schema(keyword) for keyword in fields} if name is None else schema(name)
        click.echo(json.dumps(every, indent=2, ensure_ascii=False))
    else:
        click.echo(_overview(known, fields) if name is None else _page(known[name]))
    return 0


def _overview(known: Mapping[str, type[Kind]], fields: Found) -> str:
    """A row for each kind that was found, and one below for each of the ``fields`` that it was found by."""
    families: dict[str, list[type[Kind]]] = {}
    for keyword in fields:
        families.setdefault(known[keyword].family, []).append(known[keyword])
    width = max(map(len, fields))
    parts = []
    for family in sorted(families):
        rows = [
            row
            for kind in families[family]
            for row in (
                (f"  {kind.keyword.ljust(width)}", _paragraphs(kind)[0]),
                *((f"  {' ' * width}", f"{kind.keyword}: {field}") for field in fields[kind.keyword]),
            )
        ]
        parts.append(f"{click.style(family.replace('_', ' '), bold=True)}\n{table(rows)}")
    return "\n\n".join(parts)


def _page(kind: type[Kind]) -> str:
    parts = [f"{click.style(kind.keyword, bold=True)} ({kind.family.replace('_', ' ')})"]
    if names := _names(kind):
        parts.append("\n".join(map(wrapped, names)))
    parts += [wrapped(paragraph) for paragraph in _paragraphs(kind)]
    if kind.model_fields:
        # What has to be written comes first: some kinds have fifty fields.
        each = sorted(kind.model_fields.items(), key=lambda item: not item[1].is_required())
        parts.append("\n".join(["Fields:", *(_field(name, field) for name, field in each)]))
        if needed := ", ".join(f"{name}: ..." for name, field in each if field.is_required()):
            parts.append(wrapped(f"The least that must be written: {kind.keyword}: {{{needed}}}"))
    if kind.main:
        parts.append(wrapped(f"A value in place of the mapping is taken as {kind.main}."))
    if concepts := kind.every_concept():
        parts.append(wrapped(f"Concepts: {', '.join(one.name for one in concepts)}"))
    if kind.drawn_as:
        every = set(kind.drawn_as) == set(get_args(Role))
        roles = "any role" if every else " or ".join(role.replace("_", " ") for role in kind.drawn_as)
        parts.append(wrapped(f"Drawn as: {roles}"))
    parts += [wrapped(f"Source: {kind.source}"), f"Example:\n{indent(kind.example, '  ')}"]
    return "\n\n".join(parts)


def _names(kind: type[Kind]) -> list[str]:
    """What ``kind`` is called: its name, the abbreviation of it, and what else people say; empty for no name."""
    name, short = kind.term.text, kind.term.short
    found = [f"Name: {name} ({short})" if short and short != name else f"Name: {name}"] if name else []
    named = {folded(kind.keyword), folded(name), folded(short)}
    others = [alias for alias in kind.aliases if folded(alias) not in named]
    return [*found, *([f"Also called: {', '.join(others)}"] if others else [])]


def _field(name: str, field: FieldInfo) -> str:
    """A field with its type, its default and its description."""
    presence = "required" if field.is_required() else f"default: {_default(field)}"
    head = wrapped(f"{click.style(name, bold=True)}: {described(field)}; {presence}", indent=2, hanging=2)
    about = (field.description or "").replace("``", "")
    return "\n".join(filter(None, [head, about and wrapped(about, indent=6)]))


def _paragraphs(kind: type[Kind]) -> list[str]:
    """The docstring of ``kind``, a line for each paragraph, the first of which is a line of its own."""
    text = inspect.cleandoc(kind.__doc__ or "").replace("``", "")
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


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
    signs = {"ge": "{} or more", "gt": "more than {}", "lt": "less than {:,}"}
    bounds = [
        signs[name].format(bound)
        for mark in _flat(marks)
        for name in signs
        if (bound := mark.get(name) if isinstance(mark, Mapping) else getattr(mark, name, None)) is not None
    ]
    return " ".join([_type(inner), *([f"({', '.join(bounds)})"] if bounds else [])])


def _flat(marks: tuple[Any, ...]) -> list[Any]:
    """What has the bounds, those inside of pydantic's own ``Field(...)`` too."""
    return [
        inner
        for mark in marks
        for inner in ([mark.bounds] if isinstance(mark, FieldInfo) else getattr(mark, "metadata", [mark]))
    ]


def _default(field: FieldInfo) -> str:
    value = field.get_default()
    if isinstance(value, Kind):
        return value.keyword
    if value is None:
        return "not given"
    return str(value).lower() if isinstance(value, bool) else str(value)
