"""YAML text to a document whose every value and key knows its place.

The text is read as YAML 1.2 with the core schema: ``no`` is a text, ``1e6`` a number, ``12:30`` and dates are texts.
Everything that could surprise is refused: tags, merge keys, duplicate keys, second documents, control characters, and
files that nest deeper than 64 or hold more than 50,000 values once their aliases are written out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from archdraw.errors import InputError, Problem, Span
from archdraw.source.composer import DEEPEST, FORBIDDEN, MOST_NODES, Composer, StopReadingError
from archdraw.source.document import (
    Document,
    Entry,
    MappingNode,
    Node,
    Scalar,
    ScalarNode,
    SequenceNode,
    child,
    plain,
    problem_at,
)
from archdraw.source.syntax import core_value, syntax_problem

__all__ = [
    "BREAK",
    "DEEPEST",
    "LARGEST_FILE",
    "MOST_NODES",
    "Document",
    "Entry",
    "MappingNode",
    "Node",
    "Scalar",
    "ScalarNode",
    "SequenceNode",
    "child",
    "core_value",
    "decode",
    "parse",
    "plain",
    "read_text",
    "scan",
]

LARGEST_FILE = 2_000_000
"""Bytes; a spec has a few thousand."""

# libyaml recurses in C when it composes, and falls at 100,000 brackets; its events don't recurse.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TOO_DEEP = "maximum nesting depth"
"""In what libyaml says of brackets in a thousand brackets, from the version on that bounds them."""

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line (YAML 1.1, and 1.2 with fewer)."""


def read_text(path: str | Path, largest: int = LARGEST_FILE) -> str:
    """The text of a UTF-8 file of at most ``largest`` bytes.

    Raises :class:`InputError` with one problem where the file cannot be read, is too large, or is no UTF-8 text.
    """
    file = Path(path)
    name = file.as_posix()
    try:
        with file.open("rb") as stream:
            data = stream.read(largest + 1)
    except IsADirectoryError:
        raise InputError([Problem("this is a directory, not a file", Span(name, 1, 1))]) from None
    except FileNotFoundError:
        raise InputError([Problem("file not found", Span(name, 1, 1))]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError([Problem(f"cannot read the file: {reason}", Span(name, 1, 1))]) from None
    if len(data) > largest:
        raise InputError([Problem(f"the file is larger than {largest:,} bytes", Span(name, 1, 1))])
    return decode(data, name)


def decode(data: bytes, file: str = "<bytes>") -> str:
    """UTF-8 ``data`` as text, without a byte order mark.

    Raises :class:`InputError` with the place of the first byte that is no UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = BREAK.split(data[: error.start].decode("utf-8", "replace"))
        span = Span(file, len(before), len(before[-1]) + 1)
        message = f"this is not a UTF-8 text: byte 0x{data[error.start]:02x}"
        raise InputError([Problem(message, span, hint="a spec is a YAML text file; save it as UTF-8")]) from None


def parse(text: str, file: str = "<text>") -> Document:
    """The document that ``text`` holds.

    Raises :class:`InputError` with every problem that was found.
    """
    document = scan(text, file)
    if document.problems:
        raise InputError(document.problems)
    return document


def scan(text: str, file: str = "<text>") -> Document:
    """Like :func:`parse`, but problems that don't stop the reading are left in ``Document.problems``.

    So that what is wrong with the text and what is wrong with its meaning can be told together. Raises
    :class:`InputError` where there is nothing to go on with.
    """
    text = text.removeprefix("\ufeff")
    lines = tuple(BREAK.split(text))
    strange = FORBIDDEN.search(text)
    if strange:
        before = BREAK.split(text[: strange.start()])
        span = Span(file, len(before), len(before[-1]) + 1)
        message = f"character U+{ord(strange[0]):04X} cannot be in a text"
        raise InputError([problem_at(lines, message, span, "a spec is a YAML text file; is this one binary?")])
    composer = Composer(file, lines)
    try:
        try:
            root = composer.document(yaml.parse(text, Loader=_Loader))
        except yaml.YAMLError as error:
            if TOO_DEEP not in str(error):
                raise
            # libyaml looks ahead and gives up before our bound is reached; the loader in Python goes on to it.
            composer = Composer(file, lines)
            root = composer.document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise InputError([*composer.problems, syntax_problem(file, lines, error)]) from None
    except StopReadingError:
        raise InputError(composer.problems) from None
    return Document(file, lines, root, tuple(composer.problems))
