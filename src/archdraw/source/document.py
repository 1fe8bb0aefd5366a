"""Values that know their place: the nodes of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from archdraw.errors import Problem, Span
from archdraw.records import record

Scalar: TypeAlias = str | int | float | bool | None


@record
class ScalarNode:
    """A text, number, truth value or null; ``text`` is how it was written."""

    value: Scalar
    span: Span
    text: str = ""


@record
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@record
class Entry:
    """A key of a mapping, where it stands, and its value."""

    key: str
    span: Span
    value: Node


@record
class MappingNode:
    """A mapping, its entries in the order of the text."""

    entries: tuple[Entry, ...]
    span: Span

    def entry(self, key: str) -> Entry | None:
        """The entry under ``key``, or None."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        return None


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


@record
class Document:
    """One file's root value, its lines, and the problems that did not stop the reading."""

    file: str
    lines: tuple[str, ...]
    root: Node
    problems: tuple[Problem, ...] = ()

    def problem(self, message: str, span: Span, hint: str = "", *, warning: bool = False) -> Problem:
        """A problem at ``span`` with the source line that it points into."""
        return problem_at(self.lines, message, span, hint, warning=warning)

    def span(self, *path: str | int) -> Span:
        """Where the value at ``path`` (keys and indices from the root) stands; of a missing part its parent."""
        node = self.root
        for step in path:
            below = child(node, step)
            if below is None:
                break
            node = below
        return node.span


def child(node: Node, step: str | int) -> Node | None:
    """The value under a key or an index of ``node``, or None."""
    if isinstance(node, MappingNode):
        entry = node.entry(str(step))
        return entry.value if entry else None
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def words(node: Node) -> Iterator[str]:
    """The keys and texts of ``node`` and of all within it."""
    if isinstance(node, ScalarNode):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from words(item)
    else:
        for entry in node.entries:
            yield entry.key
            yield from words(entry.value)


def plain(node: Node) -> Any:
    """``node`` as plain Python: dict, list, str, int, float, bool, None."""
    match node:
        case MappingNode(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
        case SequenceNode(items=items):
            return [plain(item) for item in items]
        case ScalarNode(value=value):
            return value


def problem_at(lines: tuple[str, ...], message: str, span: Span, hint: str = "", *, warning: bool = False) -> Problem:
    """A problem at ``span`` in a text of ``lines``."""
    text = lines[span.line - 1] if span.line <= len(lines) else ""
    return Problem(message, span, text, hint, "warning" if warning else "error")
