"""What the names in a template stand for: the family of its block, and how many levels it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archdraw.kinds.base import Family, Kind
from archdraw.source import DEEPEST, Entry, MappingNode, Node, ScalarNode, SequenceNode


@dataclass
class Names:
    """The kinds, the definitions and the templates that a text may name; ``heights`` are those known so far."""

    kinds: Mapping[str, type[Kind]]
    define: MappingNode | None
    nodes: Mapping[str, Entry]
    heights: dict[str, int]
    _open: list[str] = field(default_factory=list)

    def family(self, node: Node, seen: tuple[str, ...] = ()) -> Family:
        """The family of what a block begins with: a template of one layer is a layer."""
        name = _root(node)
        if name in seen:
            return "block"
        entry = self.define.entry(name) if self.define else None
        if name in self.nodes:
            value = self.nodes[name].value
            inner = value.entry("block") if isinstance(value, MappingNode) else None
            return self.family(inner.value, (*seen, name)) if inner else "block"
        if entry is not None:
            return self.family(entry.value, (*seen, name))
        return self.kinds[name].family if name in self.kinds else "block"

    def height(self, node: Node) -> int:
        """At most so many levels stand in ``node``, with what its texts and keys may name."""
        match node:
            case ScalarNode(value=str(text)):
                return 1 + self._height_of(text)
            case ScalarNode():
                return 1
            case SequenceNode(items=items):
                return 1 + max(map(self.height, items), default=0)
            case MappingNode(entries=entries):
                return 1 + max(
                    (max(self.height(entry.value), self._height_of(entry.key)) for entry in entries), default=0
                )

    def _height_of(self, name: str) -> int:
        """The height of what is called ``name``; circles are found when they are gone through."""
        if name in self.heights:
            return self.heights[name]
        if name in self._open:
            return 0
        if len(self._open) > DEEPEST:
            return DEEPEST
        entry = self.nodes.get(name) or (self.define.entry(name) if self.define else None)
        if entry is None:
            kind = self.kinds.get(name) if name in self.kinds else None
            return getattr(kind, "height", 0)
        self._open.append(name)
        self.heights[name] = self.height(entry.value)
        self._open.pop()
        return self.heights[name]


def _root(node: Node) -> str:
    """The keyword or name that ``node`` begins with."""
    match node:
        case SequenceNode():
            return "sequence"
        case ScalarNode(value=value):
            return str(value)
        case MappingNode():
            for key in ("then", "like"):
                inner = node.entry(key)
                if inner is not None:
                    return _root(inner.value)
            return node.entries[0].key if node.entries else ""
