"""YAML events to nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from archdraw.errors import Problem, Span
from archdraw.source.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, problem_at
from archdraw.source.syntax import core_value, is_number

DEEPEST = 64
MOST_NODES = 50_000
MOST_DIGITS = 40

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that no text has: controls, halves of pairs, byte order marks inside."""


class StopReadingError(Exception):
    """The rest of the text is not worth reading, or not safe to."""


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    event: Any
    items: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, Span] = field(default_factory=dict)
    key: tuple[str, Span] | None = None
    size: int = 1
    height: int = 1


class Composer:
    """Events to nodes with a stack of its own, so that the depth of the text is not the depth of ours."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file, self.lines = file, lines
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int, int] | None] = {}
        self.nodes = 0
        self.root: Node | None = None

    def document(self, events: Iterator[Any]) -> Node:
        """The root of the first document."""
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self.admit(event)
                    self.add(self.scalar(event), 1, 1, event)
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self.admit(event)
                    if len(self.stack) >= DEEPEST:
                        self.report(f"values are nested deeper than {DEEPEST}", self.span(event), stop=True)
                    self.stack.append(_Open(event))
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self.close(event)
                case yaml.AliasEvent():
                    self.alias(event)
                case yaml.DocumentStartEvent() if self.root is not None:
                    hint = "one file holds one model"
                    self.report("a second document begins here", self.span(event), hint, stop=True)
        if self.root is None or (isinstance(self.root, ScalarNode) and not self.root.text):
            hint = "a spec begins with name: and has layers:"
            self.report("the file is empty", Span(self.file, 1, 1), hint, stop=True)
        assert self.root is not None
        return self.root

    def report(self, message: str, span: Span, hint: str = "", *, stop: bool = False) -> None:
        self.problems.append(problem_at(self.lines, message, span, hint))
        if stop:
            raise StopReadingError

    def span(self, event: Any, end: Any = None) -> Span:
        """Of an event, or from it to ``end``; what goes on below its first line is cut there."""
        start, stop = event.start_mark, (end or event).end_mark
        if stop.line == start.line:
            last = stop.column
        else:
            last = len(self.lines[start.line].rstrip()) if start.line < len(self.lines) else 0
        length = last - start.column
        return Span(self.file, start.line + 1, start.column + 1, length if length > 1 else 1)

    def admit(self, event: Any) -> None:
        """Counts a value, refuses its tag, and opens its anchor."""
        self.count(1, event)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.report(f"the tag {tag} is not accepted", self.span(event), "write the plain value without a tag")
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def count(self, size: int, event: Any) -> None:
        self.nodes += size
        if self.nodes > MOST_NODES:
            message = f"more than {MOST_NODES:,} values with all aliases written out"
            self.report(message, self.span(event), stop=True)

    def alias(self, event: Any) -> None:
        target = self.anchors.get(event.anchor)
        if target is None:
            inside = event.anchor in self.anchors
            message = f"*{event.anchor} stands inside its own anchor" if inside else f"no anchor &{event.anchor}"
            hint = "" if inside else "an anchor stands before its aliases"
            self.report(message, self.span(event), hint, stop=True)
            return
        node, size, height = target
        self.count(size, event)
        if len(self.stack) + height > DEEPEST:
            self.report(f"values are nested deeper than {DEEPEST}", self.span(event), stop=True)
        self.add(node, size, height, event)

    def scalar(self, event: Any) -> ScalarNode:
        text, span = event.value, self.span(event)
        if FORBIDDEN.search(text):
            self.report("a control character cannot be in a text", span)
            return ScalarNode("", span, text)
        if event.style:  # libyaml says "" for a plain scalar, the pure Python parser None
            return ScalarNode(text, span, text or '""')
        if len(text) > MOST_DIGITS and is_number(text):
            self.report(f"a number of more than {MOST_DIGITS} digits", span)
            return ScalarNode(0, span, text)
        return ScalarNode(core_value(text), span, text)

    def close(self, event: Any) -> None:
        top = self.stack.pop()
        node: Node
        if isinstance(event, yaml.SequenceEndEvent):
            node = SequenceNode(tuple(top.items), self.span(top.event, event))
        else:
            node = MappingNode(tuple(top.entries), self.span(top.event, event))
        self.add(node, top.size, top.height, top.event)

    def add(self, node: Node, size: int, height: int, event: Any) -> None:
        """Puts a finished value (``size`` values, ``height`` levels) into the collection that is open."""
        if event.anchor is not None and not isinstance(event, yaml.AliasEvent):
            self.anchors[event.anchor] = (node, size, height)
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size += size
        if height >= top.height:
            top.height = height + 1
        if isinstance(top.event, yaml.SequenceStartEvent):
            top.items.append(node)
        elif top.key is None:
            top.key = self.key(top, node, event)
        else:
            key, span = top.key
            top.key = None
            if key not in top.keys:
                top.keys[key] = span
                top.entries.append(Entry(key, span, node))

    def key(self, top: _Open, node: Node, event: Any) -> tuple[str, Span]:
        """The key that ``node`` is; one that is refused is reported and its value read all the same."""
        if not isinstance(node, ScalarNode):
            span = self.span(event)
            self.report("a key must be a text, not a collection", span)
            return "", span
        span = self.span(event) if isinstance(event, yaml.AliasEvent) else node.span
        if node.text == "<<" and not getattr(event, "style", None):
            self.report("merge keys (<<) are not part of YAML 1.2", span, "under define:, write like: NAME instead")
        elif not node.text:
            self.report("a key is empty", span)
        elif node.text in top.keys:
            first = top.keys[node.text]
            self.report(f"duplicate key {node.text}", span, f"it is first given in line {first.line}")
        return (node.value if isinstance(node.value, str) else node.text), span
