"""What stands at a place of a text, and what would stand there if the word that is being written were whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdraw.errors import InputError, Span
from archdraw.records import record
from archdraw.source import Document, MappingNode, Node, ScalarNode, SequenceNode, scan

Path = tuple[str | int, ...]

WORD = "archdraw-word-being-written"
"""Stands in the text where the cursor is."""
_LETTERS = r"[\w./-]*"
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|(?:^|\s)#[^\n]*")


@record
class Place:
    """A word of a text: the keys and indices that lead to it, whether it is a key, and where it stands.

    Of a key the path ends with itself.
    """

    path: Path
    word: str
    is_key: bool
    span: Span


def words(node: Node, path: Path = ()) -> Iterator[Place]:
    """Every key and text of ``node``, in the order of the text."""
    match node:
        case ScalarNode(value=value, span=span):
            yield Place(path, str(value), False, span)
        case SequenceNode(items=items):
            for index, item in enumerate(items):
                yield from words(item, (*path, index))
        case MappingNode(entries=entries):
            for entry in entries:
                yield Place((*path, entry.key), entry.key, True, entry.span)
                yield from words(entry.value, (*path, entry.key))


def place_at(document: Document, line: int, column: int) -> Place | None:
    """The word at ``line`` and ``column``, which count from 1."""
    for place in words(document.root):
        span = place.span
        if span.line == line and span.column <= column <= span.column + span.length:
            return place
    return None


def being_written(text: str, line: int, column: int) -> tuple[Document, Place] | None:
    """``text`` with :data:`WORD` where a word is being written, and its place; None where that is no YAML.

    A text in the middle of an edit hardly ever is: the word is tried as a value and as a key, and without what follows
    the cursor.
    """
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return None
    here = lines[line - 1]
    before = "\n".join([*lines[: line - 1], re.sub(f"{_LETTERS}$", "", here[: column - 1])])
    after = "\n".join([re.sub(f"^{_LETTERS}", "", here[column - 1 :]), *lines[line:]])
    for rest in (after, _closing(before)):
        for word in (WORD, f"{WORD}:"):
            try:
                document = scan(f"{before}{word}{rest}\n", "<text>")
            except InputError:
                continue
            found = next((place for place in words(document.root) if place.word == WORD), None)
            if found is not None:
                return document, found
    return None


def _closing(text: str) -> str:
    """The brackets that close those that are open at the end of ``text``."""
    open_: list[str] = []
    for sign in re.findall(r"[][{}]", _QUOTED.sub("", text)):
        if sign in "[{":
            open_.append("]" if sign == "[" else "}")
        elif open_:
            open_.pop()
    return "".join(reversed(open_))
