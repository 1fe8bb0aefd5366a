"""What YAML 1.2's core schema makes of a plain scalar, and libyaml's errors in plain words."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

from archdraw.errors import Problem, Span
from archdraw.source.document import Scalar, problem_at

_NULL = re.compile(r"(?:~|null|Null|NULL|)")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"(?P<infinite>[-+]?\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)")


def is_number(text: str) -> bool:
    """Whether a plain scalar is a number."""
    return bool(_INT.fullmatch(text) or _FLOAT.fullmatch(text))


@lru_cache(maxsize=4096)
def core_value(text: str) -> Scalar:
    """The value of a plain scalar in YAML 1.2's core schema.

    A whole number written with an exponent is a whole number here: ``1e6`` is 1000000. Source: YAML 1.2.2, 10.3.2.
    """
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        number = float(text)
        return int(number) if "e" in text.lower() and number.is_integer() and abs(number) < 2**53 else number
    special = _NOT_FINITE.fullmatch(text)
    if special:
        return float(text.replace(".", "")) if special["infinite"] else float("nan")
    return text


_NO_COLON = "could not find expected ':'"
_NO_ITEM = (_NO_COLON, "did not find expected '-' indicator")
"""Errors that an item without a hyphen makes, whatever is in it."""

_SYNTAX = (
    # What libyaml says (a part of it), what we say, and the way out.
    ("character that cannot start any token", "this character cannot begin a value", "put the text in quotes"),
    (
        "mapping values are not allowed",
        "a second colon, or a key that is indented wrongly",
        "put a text with a colon in quotes; keys of one mapping begin in the same column",
    ),
    (
        _NO_COLON,
        "a key without a colon",
        "a key is followed by a colon and a space; is a quote or bracket left open above?",
    ),
    (
        "did not find expected key",
        "neither a key nor the end of the mapping",
        "keys of one mapping begin in the same column; is a quote or bracket wrong above?",
    ),
    (
        "did not find expected '-' indicator",
        "neither an item nor the end of the list",
        "items of one list begin in the same column",
    ),
    ("did not find expected ',' or ']'", "a list in [ ] is not closed, or lacks a comma", "close it with ]"),
    ("did not find expected ',' or '}'", "a mapping in { } is not closed, or lacks a comma", "close it with }"),
    ("unexpected end of stream", "a quote is not closed", "close the quote"),
    ("did not find expected node content", "a value is missing here", "is a comma, bracket or colon too many?"),
    ("block sequence entries are not allowed", "an item of a list cannot stand here", "begin the list on its own line"),
    (
        "did not find expected <document start>",
        "the text goes on after its end",
        "keys of one mapping begin in the same column",
    ),
)

_LEFT_OPEN = ("unexpected end of stream", "did not find expected ','")
"""Errors whose place is where something was opened, not where its end was missed."""


def _is_item(lines: tuple[str, ...], line: int, column: int) -> bool:
    """Whether what begins at a place stands where an item of a list would."""
    if re.match(r"-[^\s-]", lines[line - 1][column - 1 :]):
        return True
    for before in reversed(lines[: line - 1]):
        indent = len(before) - len(before.lstrip())
        if before.strip() and not before.lstrip().startswith("#") and indent < column:
            return indent == column - 1 and before.lstrip().startswith("- ")
    return False


def syntax_problem(file: str, lines: tuple[str, ...], error: yaml.YAMLError) -> Problem:
    """libyaml's error in plain words, at its place."""
    reason = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None)
    if mark is None or any(part in reason for part in _LEFT_OPEN):
        mark = getattr(error, "context_mark", None) or mark
    elif _NO_COLON in reason and getattr(error, "context", None) == "while scanning a simple key":
        # What has no colon is where the key began; that it has none shows where the next one begins.
        mark = getattr(error, "context_mark", None) or mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if line > len(lines):
        line, column = len(lines), len(lines[-1]) + 1
    here = lines[line - 1]
    span = Span(file, line, column)
    tab = here[: len(here) - len(here.lstrip())].find("\t")
    if tab >= 0:
        return problem_at(lines, "a tab cannot indent", Span(file, line, tab + 1), "indent with spaces")
    for part, message, hint in _SYNTAX:
        if part in reason:
            if part in _NO_ITEM and _is_item(lines, line, column):
                item = here[column - 1 :].partition(" #")[0].rstrip()
                span = Span(file, line, column, max(1, len(item)))
                message = "an item of a list begins with a hyphen and a space"
                return problem_at(lines, message, span, f"write - {item.removeprefix('-')}")
            return problem_at(lines, message, span, hint)
    return problem_at(lines, f"not YAML: {reason}", span)
