"""From a place in the spec that a reader wrote back to the keys of the config that the values there come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archdraw.errors import Problem, Span
from archdraw.readers.places import ConfigFile, renamed
from archdraw.readers.traced import Origin, Path, Traced, origins_of
from archdraw.records import record
from archdraw.source import MappingNode, Node, SequenceNode, scan


@record
class Metadata:
    """Lines of another file that were put into a spec: its ``file``, their ``text``, and how many lines precede them.

    ``skipped`` empty lines at the head of the file were left out.
    """

    file: str
    text: str
    before: int
    skipped: int

    def problem(self, problem: Problem) -> Problem | None:
        """``problem`` of the whole spec, at its place in this file; None where that is in another part."""
        line = problem.span.line - self.before
        if not 1 <= line <= len(self.text.strip("\n").splitlines()):
            return None
        span = Span(self.file, line + self.skipped, problem.span.column, problem.span.length)
        return Problem(problem.message, span, problem.text, problem.hint, problem.severity)


@record
class Provenance:
    """Where each value of a written ``spec`` (plain mappings, lists and traced values) comes from.

    ``read`` are the paths of all keys of the config that were read, in the order of the file; ``family`` is the path of
    the key that chose the reader.
    """

    config: ConfigFile
    spec: Mapping[str, Any]
    read: tuple[Path, ...]
    family: Path
    metadata: Metadata | None = None

    def problems(self, problems: Iterable[Problem], text: str) -> list[Problem]:
        """``problems`` of ``text``, the written spec, at the places in the config that their values come from."""
        root = scan(text, "").root
        return list(dict.fromkeys(self._problem(problem, root) for problem in problems))

    def _problem(self, problem: Problem, root: Node) -> Problem:
        if self.metadata is not None:
            placed = self.metadata.problem(problem)
            if placed is not None:
                return placed
        path = path_at(root, problem.span)
        values = self._values(problem, path)
        origins = [origin for value in values.values() for origin in origins_of(value)]
        if not origins:
            comments = " ".join(value.comment for value in values.values())
            key = self._read_key(_words(comments)) or self._read_key([*_fields(path), *_words(problem.message)])
            origins = [Origin(key or self.family)]
        names = {field: self._name(value) for field, value in values.items() if self._name(value)}
        message, hint = (renamed(text, lambda word: names.get(word, word)) for text in (problem.message, problem.hint))
        hints = [hint, *self._explained(values)]
        first = next((origin for origin in origins if not origin.is_default), None)
        place = first.path if first else (origins[0].path[:-1] or self.family)
        return self.config.problem(message, place, "; ".join(filter(None, hints)), problem.severity)

    def _values(self, problem: Problem, path: Path) -> dict[str, Any]:
        """The traced values that ``problem`` is about, by their fields, the one at its place first."""
        found: dict[str, Any] = {}
        around = [self._at(path[:length]) for length in range(len(path), -1, -1)]
        below = dict(_below(around[0], path))
        if isinstance(around[0], Traced):
            found[next(_fields(path), "")] = around[0]
        for word in _words(problem.message):
            value = next((place[word] for place in around if isinstance(place, Mapping) and word in place), None)
            value = below.get(word) if value is None else value
            if isinstance(value, Traced):
                found.setdefault(word, value)
        return found or below

    def _read_key(self, names: Iterable[str]) -> Path | None:
        """The path of the key that was read under the first of ``names`` that is one."""
        return next((key for name in names for key in self.read if key[-1] == name), None)

    def _at(self, path: Path) -> Any:
        value: Any = self.spec
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):  # a part of the spec that the draft does not have
                return None
        return value

    def _name(self, value: Traced) -> str:
        """The key of the config that ``value`` is the value of; empty where it was computed or is a default."""
        origins = value.origins
        return self.config.name(origins[0].path) if value.is_direct and len(origins) == 1 else ""

    def _explained(self, values: Mapping[str, Any]) -> Iterator[str]:
        """Where those ``values`` come from that were computed, or are defaults."""
        for field, value in values.items():
            names = [self.config.name(origin.path) for origin in value.origins]
            if value.is_direct and value.origins and value.origins[0].is_default:
                number = f"{value:,}" if isinstance(value, int | float) else value
                yield f"{names[0]} is not in the file: {number} is the default of this family"
            elif not value.is_direct and value.comment:
                yield f"{field} is {value.comment}"
            elif not value.is_direct and names:
                yield f"{field} is computed from {' and '.join(names)}"


def _fields(path: Path) -> Iterator[str]:
    """The keys of ``path``, the innermost first."""
    return (step for step in reversed(path) if isinstance(step, str))


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", text)


def path_at(root: Node, span: Span) -> Path:
    """The path of the value in ``root`` that stands, or whose key stands, at ``span``; empty for none."""
    place = (span.line, span.column, span.length)
    return next((path for path, found in _spans(root, ()) if (found.line, found.column, found.length) == place), ())


def _spans(node: Node, path: Path) -> Iterator[tuple[Path, Span]]:
    if isinstance(node, MappingNode):
        for entry in node.entries:
            yield (*path, entry.key), entry.span
            yield from _spans(entry.value, (*path, entry.key))
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.items):
            yield from _spans(item, (*path, index))
    yield path, node.span


def _below(value: Any, path: Path) -> Iterator[tuple[str, Any]]:
    """All traced values in ``value``, each with the name of its field."""
    if isinstance(value, Traced):
        yield next(_fields(path), ""), value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _below(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _below(inner, (*path, index))
