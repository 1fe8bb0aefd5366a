"""The file that a config was read from: where its keys stand in it, and what they are called there, for messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Literal

from archdraw.errors import InputError, Problem, Span
from archdraw.readers.traced import Path
from archdraw.records import record
from archdraw.source import MappingNode, Node, child, scan

_IDENTIFIER = re.compile(r"(?<![\w.\"])[A-Za-z_]\w*(?![\w\"])")


def renamed(text: str, name_of: Callable[[str], str]) -> str:
    """``text`` with every identifier in it replaced by what ``name_of`` gives for it; words in quotes are left."""
    return _IDENTIFIER.sub(lambda found: name_of(found[0]), text)


@lru_cache(maxsize=1)
def _root(text: str) -> Node | None:
    """The value of ``text``; None where it is no YAML. Kept, since all problems of a file are placed in it."""
    try:
        return scan(text, "").root
    except InputError:
        return None


def place_of(text: str, path: Path) -> tuple[int, int, int]:
    """Line, column (both from 1) and length of what stands at ``path``, or of the innermost part around it.

    A value of a mapping has the place of its key, an entry of a list its own. JSON is YAML but for a few odd cases;
    where the text is one of those, the place is its beginning.
    """
    place = (1, 1, 1)
    node = _root(text)
    for step in path:
        below = None if node is None else child(node, step)
        if below is None:
            break
        entry = node.entry(str(step)) if isinstance(node, MappingNode) else None
        span = below.span if entry is None else entry.span
        place = (span.line, span.column, span.length)
        node = below
    return place


@record
class ConfigFile:
    """The file called ``file``, whose text is ``text``; a binary file has no lines, and its ``text`` is empty.

    ``keys`` gives the file's own names of keys that a config.json calls otherwise: those of GGUF, of params.json.
    """

    file: str
    text: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        """What stands at ``path`` in words: ``hidden_size``, ``entry 3 of layer_types``."""
        keys = [step for step in path if isinstance(step, str)]
        if not keys:
            return ""
        name = self.keys.get(keys[-1], keys[-1])
        return f"entry {path[-1] + 1} of {name}" if isinstance(path[-1], int) else name

    def problem(
        self, message: str, path: Path, hint: str = "", severity: Literal["error", "warning"] = "error"
    ) -> Problem:
        """A problem with what stands at ``path``, in the words of this file."""
        if self.keys:
            message = renamed(message, lambda name: self.keys.get(name, name))
            hint = renamed(hint, lambda name: self.keys.get(name, name))
        if not self.text:
            name = self.name(path)
            return Problem(
                message if name in message else f"{name}: {message}", Span(self.file, 1, 1), "", hint, severity
            )
        own = tuple(self.keys.get(step, step) if isinstance(step, str) else step for step in path)
        line, column, length = place_of(self.text, own)
        lines = self.text.splitlines()
        text = lines[line - 1] if line <= len(lines) else ""
        return Problem(message, Span(self.file, line, column, length), text, hint, severity)
