"""A spec as the text that a person would have written: short mappings on one line, comments with their sources."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from archdraw.source import core_value

WIDTH = 112
_PLAIN = re.compile(r"[A-Za-z0-9_./()+][A-Za-z0-9_ ./()+\-]*")


def spec_text(spec: dict[str, Any], header: list[str], footer: list[str]) -> str:
    """``spec`` as YAML between comment lines."""
    lines = [f"# {line}".rstrip() for line in header]
    for key, value in spec.items():
        lines += _entry(key, value, 0)
    return "\n".join([*lines, *(f"# {line}".rstrip() for line in footer)]) + "\n"


def _entry(key: str, value: Any, indent: int, lead: str = "") -> list[str]:
    """The lines of ``key: value``; ``lead`` is what stands before the key on its line ("- " in a list)."""
    start = " " * indent + lead + f"{key}:"
    nested = isinstance(value, dict | list)
    comments = _first_two(_comments(key, value))
    if not nested or len(comments) < 2:
        line = f"{start} {_flow(value)}"
        if not nested or len(line) <= WIDTH:
            return [line + (f" # {comments[0]}" if comments else "")]
    inner = indent + len(lead) + 2
    if isinstance(value, dict):
        return [start, *(line for name, below in value.items() for line in _entry(name, below, inner))]
    if all(not isinstance(item, dict | list) and len(str(item)) <= 40 for item in value):
        return _wrapped(start, [_flow(item) for item in value], inner, list(dict.fromkeys(_comments(key, value))))
    return [start, *(line for item in value for line in _item(item, inner))]


def _item(item: Any, indent: int) -> list[str]:
    nested = isinstance(item, dict | list)
    comments = _first_two(_comments("", item))
    if not nested or len(comments) < 2:
        flow = _flow(item)
        if not nested or indent + 2 + len(flow) <= WIDTH:
            return [f"{' ' * indent}- {flow}" + (f" # {comments[0]}" if comments else "")]
    if isinstance(item, list):
        every = list(dict.fromkeys(_comments("", item)))
        return _wrapped(f"{' ' * indent}-", [_flow(inner) for inner in item], indent + 2, every)
    lines: list[str] = []
    for number, (name, below) in enumerate(item.items()):
        lines += _entry(name, below, indent, "- ") if number == 0 else _entry(name, below, indent + 2)
    return lines


def _wrapped(start: str, items: list[str], indent: int, comments: list[str]) -> list[str]:
    """A long list in brackets, as many items to a line as fit."""
    lines = [f"{start} ["]
    row = ""
    for item in items:
        if row and indent + len(row) + len(item) + 2 > WIDTH:
            lines.append(" " * indent + row.rstrip())
            row = ""
        row += f"{item}, "
    lines.append(" " * indent + row.rstrip(", "))
    return [*lines, f"{' ' * (indent - 2)}]" + (f" # {'; '.join(comments)}" if comments else "")]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """A scalar as YAML: plain where that reads back as the same value, in quotes elsewhere."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) + ".0" if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    text = str(value)
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and core_value(text) == text:
        return text
    return json.dumps(text, ensure_ascii=False)


def _comments(field: str, value: Any) -> Iterator[str]:
    """What is to be said of ``value`` and all in it; a key that has the field's own name is not."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _comments(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _comments("", inner)
    else:
        comment = getattr(value, "comment", "")
        if comment and comment != field:
            yield comment


def _first_two(comments: Iterator[str]) -> list[str]:
    """The first two different ones: what has them is not written on one line, however short it is."""
    found: dict[str, None] = {}
    for comment in comments:
        found[comment] = None
        if len(found) == 2:
            break
    return list(found)
