"""The tokens of a YAML text, each with the comments above it and the one beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

BLANK = ""
"""An empty line among comments."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNSEEN = (
    yaml.StreamStartToken,
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockEndToken,
    yaml.KeyToken,
)
"""Tokens that take no room in the text, or only where a question mark begins a key."""


@dataclass(slots=True)
class Note:
    """A comment on a line of its own, which begins in ``column``, or an empty line."""

    text: str
    column: int = 0


@dataclass(slots=True)
class Token:
    """A token, the comments above it, and the comment at the end of its line."""

    kind: type
    column: int
    text: str = ""
    above: list[Note] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


def tokens(lines: Sequence[str]) -> list[Token]:
    """The tokens of a text, each with its comments."""
    text = "\n".join(lines)
    found: list[Token] = []
    line, column = 0, 0
    for raw in yaml.scan(text, Loader=_Loader):
        start, end = raw.start_mark, raw.end_mark
        shown = (start.line, start.column) != (end.line, end.column)
        if isinstance(raw, _UNSEEN) and not shown:
            found.append(Token(type(raw), start.column))
            continue
        token = Token(type(raw), start.column, _slice(lines, start, end))
        if isinstance(raw, yaml.StreamEndToken):
            start = end = type("End", (), {"line": len(lines) - 1, "column": len(lines[-1])})
        _between(lines, (line, column), (start.line, start.column), token, _shown(found))
        found.append(token)
        line, column = end.line, end.column
        if token.text[:1] in ("|", ">") and isinstance(raw, yaml.ScalarToken):
            # Such a text ends where the next line begins. Empty lines below it are its own only behind |+ and >+.
            if "+" not in token.text.partition("\n")[0].partition("#")[0]:
                token.text = re.sub(r"(\n *)+\Z", "", token.text)
            line = start.line + token.text.count("\n")
            column = len(lines[line])
    return found


def _shown(found: Sequence[Token]) -> Token | None:
    """The last token that takes room."""
    return next((token for token in reversed(found) if token.text), None)


def _slice(lines: Sequence[str], start: Any, end: Any) -> str:
    if start.line == end.line:
        return lines[start.line][start.column : end.column] if start.line < len(lines) else ""
    last = [lines[end.line][: end.column]] if end.column else []
    return "\n".join([lines[start.line][start.column :], *lines[start.line + 1 : end.line], *last])


def _between(
    lines: Sequence[str], start: tuple[int, int], end: tuple[int, int], token: Token, before: Token | None
) -> None:
    """Gives the comments from ``start`` to ``end`` to ``token``, one at the end of a line to the token ``before``."""
    for number in range(start[0], end[0] + 1):
        begin = start[1] if number == start[0] else 0
        stop = end[1] if number == end[0] else len(lines[number])
        part = lines[number][begin:stop]
        place = part.find("#")
        if place >= 0:
            if number == start[0] and before is not None:
                before.beside.append(part[place:].rstrip())
            else:
                token.above.append(Note(part[place:].rstrip(), begin + place))
        elif number not in (start[0], end[0]) and not part.strip():
            token.above.append(Note(BLANK))
    if end[0] > start[0] and start == (0, 0) and not lines[0].strip() and token.above:
        token.above.insert(0, Note(BLANK))
