"""Forms of the data, to be read: a line for each value, at its depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from archdraw.cli._terminal import Line
from archdraw.source import MappingNode, Node, ScalarNode, SequenceNode


def document_lines(node: Node, key: str = "", depth: int = 0) -> Iterator[Line]:
    """A document: each value with its line and column."""
    margin = f"{f'{node.span.line}:{node.span.column}':>8}  "
    match node:
        case ScalarNode(value=value):
            yield Line(depth, f"{key}{value!r}", margin)
        case SequenceNode(items=items):
            yield Line(depth, f"{key}list of {len(items)}", margin)
            for item in items:
                yield from document_lines(item, "- ", depth + 1)
        case MappingNode(entries=entries):
            yield Line(depth, f"{key}mapping of {len(entries)}", margin)
            for entry in entries:
                yield from document_lines(entry.value, f"{entry.key}: ", depth + 1)


def value_lines(value: object, name: str = "", depth: int = 0) -> Iterator[Line]:
    """A dataclass and all that is in it; fields with their default value are omitted."""
    if is_dataclass(value):
        plain: list[tuple[str, object]] = []
        nested: list[tuple[str, object]] = []
        for field in fields(value):
            part = getattr(value, field.name)
            if _is_default(field, part):
                continue
            (nested if _holds_dataclass(part) else plain).append((field.name, part))
        yield Line(depth, " ".join([name + type(value).__name__, *(f"{key}={_short(part)}" for key, part in plain)]))
        for key, part in nested:
            if isinstance(part, tuple | list):
                for item in part:
                    yield from value_lines(item, "" if len(nested) == 1 else f"{key}: ", depth + 1)
            else:
                yield from value_lines(part, "" if len(nested) == 1 else f"{key}: ", depth + 1)
    elif isinstance(value, tuple) and _holds_dataclass(value):
        # A name and its block.
        *names, block = value
        yield from value_lines(block, f"{name}{' '.join(map(str, names))}: ", depth)
    elif isinstance(value, Mapping):
        yield Line(depth, f"{name}mapping of {len(value)}")
        for key, part in value.items():
            yield from value_lines(part, f"{_short(key)}: ", depth + 1)
    else:
        yield Line(depth, f"{name}{_short(value)}")


def _holds_dataclass(value: object) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_holds_dataclass, value))
    if isinstance(value, Mapping):
        return bool(value)
    return is_dataclass(value)


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and value == field.default_factory()


def _short(value: object) -> str:
    """A value in one line; points and shapes without the words around them."""
    if is_dataclass(value):
        parts = ((field, getattr(value, field.name)) for field in fields(value))
        given = (f"{field.name}={_short(part)}" for field, part in parts if not _is_default(field, part))
        return f"{type(value).__name__}({', '.join(given)})"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_short, value))})"
    return str(value) if isinstance(value, int | float) else repr(value)
