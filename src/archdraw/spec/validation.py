"""Pydantic's errors in plain words, each at its place in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, get_args

from archdraw.checked import Checked, FieldInfo, ValidationError
from archdraw.errors import Problem, Span, nearest
from archdraw.kinds.hints import without_fields
from archdraw.source import Document, Entry, MappingNode, Node, ScalarNode, SequenceNode, child

Context = dict[str, Any]

_MUST_BE: dict[str, Callable[[Context], str]] = {
    "int_type": lambda context: "a whole number",
    "int_from_float": lambda context: "a whole number",
    "float_type": lambda context: "a number",
    "finite_number": lambda context: "a finite number",
    "bool_type": lambda context: "true or false",
    "string_type": lambda context: "a text",
    "tuple_type": lambda context: "a list",
    "list_type": lambda context: "a list",
    "dict_type": lambda context: "a mapping",
    "mapping_type": lambda context: "a mapping",
    "model_type": lambda context: "a mapping",
    "model_attributes_type": lambda context: "a mapping",
    "is_instance_of": lambda context: "a block",
    "literal_error": lambda context: str(context["expected"]).replace("'", "").replace("False", "false"),
    "greater_than": lambda context: f"more than {_number(context['gt'])}",
    "greater_than_equal": lambda context: f"{_number(context['ge'])} or more",
    "less_than": lambda context: f"less than {_number(context['lt'])}",
    "less_than_equal": lambda context: f"at most {_number(context['le'])}",
    "too_short": lambda context: f"a list of {context['min_length']} or more",
    "too_long": lambda context: f"a list of at most {context['max_length']}",
    "string_too_short": lambda context: "a text that is not empty",
    "string_too_long": lambda context: f"a text of at most {context['max_length']} characters",
    "string_pattern_mismatch": lambda context: "a name of letters, digits, dots, hyphens and underscores",
}
"""What a value must be, by the type of pydantic's error."""

_WORDS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


_UNITS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kKmMbBgG])")
_POWERS = ({"k": 2**10, "m": 2**20, "b": 2**30, "g": 2**30}, {"k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9})
"""What a letter behind a number may mean: sizes of contexts are counted in powers of two, most else in those of ten."""


def problems_of(
    error: ValidationError,
    document: Document,
    fields: MappingNode,
    model: type[Checked],
    name: str,
    span: Span,
    skip: Collection[str] = (),
    lacking: set[tuple[Span, str]] | None = None,
    around: Sequence[tuple[type[Checked], Entry]] = (),
) -> Iterator[Problem]:
    """The problems that ``error`` tells of ``model`` (``name`` at ``span`` in the text), made from ``fields``.

    What is wrong in the fields of ``skip`` has been reported already. Fields that are missing are added to ``lacking``
    by place and message, too. ``around`` are the fields in which it stands, the outermost first.
    """
    missing: dict[Span, tuple[str, list[str]]] = {}
    wrong: dict[Span, tuple[str, Node, list[str]]] = {}
    for detail in error.errors():
        location = detail["loc"]
        if location and location[0] in skip:
            continue
        node, path = _found(fields, location)
        parent = _place(path) or name
        kind, context = detail["type"], detail.get("ctx", {})
        if kind == "missing":
            key = str(location[-1])
            missing.setdefault(node.span if path else span, (parent, []))[1].append(key)
        elif kind == "extra_forbidden":
            yield _unknown(document, fields, model, name, path, around)
        elif kind in ("value_error", "assertion_error"):
            message = str(context.get("error", detail["msg"]))
            yield document.problem(f"{_place(path)} {message}".strip(), node.span if path else span)
        elif kind != "none_required":
            must_be = _MUST_BE[kind](context) if kind in _MUST_BE else detail["msg"]
            expected = wrong.setdefault(node.span, (parent, node, []))[2]
            if must_be not in expected:
                expected.append(must_be)
    for where, (parent, keys) in missing.items():
        bare = without_fields(name) if not fields.entries else ""
        message = f"{parent} needs {_and(keys)}"
        if lacking is not None:
            lacking.add((where, message))
        yield document.problem(message, where, bare)
    for where, (parent, node, expected) in wrong.items():
        hint = _hint(node, expected)
        info = model.model_fields.get(parent)
        if not hint and info is not None:
            hint = _hint_of_field(node, expected, info)
        if parent.startswith("entry ") and "a text" in expected:
            hint = "a text with a comma or a colon in it goes in quotes"
        yield document.problem(f"{parent} must be {' or '.join(expected)}, not {shown(node)}", where, hint)


def shown(node: Node) -> str:
    """``node`` as it can stand in a sentence."""
    match node:
        case MappingNode(entries=entries):
            return "a mapping" if entries else "an empty mapping"
        case SequenceNode(items=items):
            return "a list" if items else "an empty list"
        case ScalarNode(value=None):
            return "null"
        case ScalarNode(value=str(text)):
            text = " ".join(text.split())
            return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'
        case ScalarNode(text=text):
            return text if len(text) <= 40 else f"{text[:39]}…"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _and(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _found(fields: Node, location: tuple[int | str, ...]) -> tuple[Node, tuple[int | str, ...]]:
    """The value at ``location``, and its path; the tags that pydantic adds for unions are passed over."""
    node, path = fields, list[int | str]()
    for step in location:
        below = child(node, step)
        if below is not None:
            node = below
            path.append(step)
    return node, tuple(path)


def _place(path: tuple[int | str, ...]) -> str:
    """``path`` in words: ``published``, ``entry 2 of pattern``."""
    keys = [step for step in path if isinstance(step, str)]
    if not path or not keys:
        return ""
    return f"entry {path[-1] + 1} of {keys[-1]}" if isinstance(path[-1], int) else keys[-1]


def _unknown(
    document: Document,
    fields: MappingNode,
    model: type[Checked],
    name: str,
    path: tuple[int | str, ...],
    around: Sequence[tuple[type[Checked], Entry]],
) -> Problem:
    """A key that is no field of its mapping."""
    mapping: Node = fields
    for step in path[:-1]:
        mapping = child(mapping, step) or mapping
        if isinstance(step, str):
            model = next(_models(model.model_fields[step].annotation), model)
    key = str(path[-1])
    entry = mapping.entry(key) if isinstance(mapping, MappingNode) else None
    known = list(model.model_fields)
    if key == getattr(model, "keyword", None):
        hint = f"leave this {key}: out and write its fields in its place"
    else:
        hint = nearest(key, known) or (f"its fields are {_and(known)}" if known else "it has no fields")
    if entry and isinstance(entry.value, ScalarNode) and not entry.value.text:
        hint = "a comma in { } begins a new key; is it part of a text that should be in quotes?"
    if entry and (outer := misplaced(entry, around)):
        return document.problem(*outer)
    parent = _place(path[:-1]) or name
    return document.problem(f"{parent} has no field {key}", entry.span if entry else mapping.span, hint)


def misplaced(entry: Entry, around: Sequence[tuple[type[Checked], Entry]]) -> tuple[str, Span, str] | None:
    """Message, place and hint for a key that stands too deep: it is a field of a block around; None where it is not.

    ``around`` are the fields in which it stands, the outermost first.
    """
    for model, field in reversed(around):
        keyword = getattr(model, "keyword", "")
        if keyword and entry.key in model.model_fields and entry.key != field.key:
            column = f"begin it in the column of {field.key}"
            beside = f"write it beside {field.key}, behind its bracket"
            hint = beside if entry.span.line == field.span.line else column
            message = f"{entry.key} is a field of {keyword}, but stands in its {field.key}"
            return message, entry.span, hint
    return None


def _hint_of_field(node: Node, expected: list[str], field: FieldInfo) -> str:
    """What a ``field`` is, where its value says yes to it and not which, or no in place of nothing; else empty."""
    if not isinstance(node, ScalarNode) or not isinstance(node.value, bool | int | float):
        return ""
    about = (field.description or "").replace("``", "").rstrip(".")
    if about[1:2].islower():
        about = about[0].lower() + about[1:]
    says_yes = node.value is True and "true or false" not in expected
    says_no = node.value is False or node.value <= 0
    return about if says_yes or (says_no and "left out" in about) else ""


def _models(annotation: Any) -> Iterator[type[Checked]]:
    """The classes of checked fields inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Checked):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _hint(node: Node, expected: list[str]) -> str:
    if not isinstance(node, ScalarNode):
        if isinstance(node, MappingNode) and expected == ["a text"]:
            return "put a text with a colon in quotes"
        return ""
    text = node.text.strip()
    if text.startswith("-") and "a list" in expected and isinstance(node.value, str):
        return "an item of a list begins with a hyphen and a space"
    if "a text" in expected and not isinstance(node.value, str | None):
        return f'write "{text}" in quotes'
    if isinstance(node.value, str) and "true or false" in expected and text.lower() in _WORDS:
        return f"write {_WORDS[text.lower()]}"
    digits = text.replace("_", "").replace(",", "").replace(" ", "")
    if isinstance(node.value, str) and digits.isdecimal() and any("number" in phrase for phrase in expected):
        return f"write {digits}"
    if "a whole number" in expected and (units := _UNITS.fullmatch(text)):
        binary, decimal = (float(units[1]) * power[units[2].lower()] for power in _POWERS)
        if binary.is_integer() and decimal.is_integer():
            return f"write all digits: {int(binary)} or {int(decimal)}"
    if isinstance(node.value, float) and node.value.is_integer() and "a whole number" in expected:
        return f"write {int(node.value)}"
    return nearest(text, expected[0].replace(" or ", ", ").split(", ")) if isinstance(node.value, str) else ""
