"""Values put into the text of a template: ``$name``, ``if`` and ``for``, from nodes to nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from archdraw.errors import ArchdrawError, Span
from archdraw.source import MOST_NODES, Entry, MappingNode, Node, ScalarNode, SequenceNode
from archdraw.spec.values import MOST_ITEMS, Expression, ExpressionError, Piece, Value, expression, pieces

_IDENTIFIERS = frozenset({"name", "tensor"})
"""Fields whose text is a name in a checkpoint: numbers in it have no thousands separators."""
_PLAIN = frozenset({int, float, str, bool, type(None)})
_COST_OF_LOOP = 100
"""What an expression over a list counts among the values of a template."""


class SubstitutionError(ArchdrawError):
    """A fault of a template at ``span`` in its text."""

    def __init__(self, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


@lru_cache(maxsize=4096)
def text_pieces(text: str) -> tuple[Piece, ...]:
    """As :func:`archdraw.spec.values.pieces`, kept: templates are few."""
    return pieces(text)


@lru_cache(maxsize=4096)
def whole(text: str) -> Expression:
    """The expression of a condition or a list, which may stand without ``$( )``."""
    found = text_pieces(text)
    return found[0] if len(found) == 1 and isinstance(found[0], Expression) else expression(text)


def shown_value(value: Value, *, identifier: bool = False) -> str:
    """``value`` within a text: ``4,096``, without separators in an identifier; entries of a list with commas."""
    if isinstance(value, list | tuple):
        return ", ".join(shown_value(item, identifier=identifier) for item in value)
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int | float) and not identifier:
        return f"{int(value):,}" if float(value).is_integer() else f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value)


@dataclass
class Substitution:
    """Puts ``known`` values into nodes.

    ``ready`` are the blocks that were given for parameters, by the names that stand in their places; ``size`` counts
    the values that were made.
    """

    known: Mapping[str, Value]
    ready: dict[str, object] = field(default_factory=dict)
    size: int = 0
    _made: dict[object, Node] = field(default_factory=dict)
    _named: dict[int, str] = field(default_factory=dict)
    _loops: set[str] = field(default_factory=set)
    """The names of rounds of loops that have been begun."""
    _rounds_made: dict[object, tuple[Node | None, int]] = field(default_factory=dict)
    """What nodes in loops came to with the values that they name, and what that counts."""
    _texts: dict[int, tuple[Node, str]] = field(default_factory=dict)

    def node(self, node: Node, known: Mapping[str, Value] | None = None) -> Node | None:
        """``node`` with all values put in; None where it comes to nothing. Raises :class:`SubstitutionError`.

        What the rounds of a loop make alike is one object, and made once where it names nothing that differs.
        """
        if known is None or known is self.known:
            return self._one(self._node(node, self.known))
        text = self._text_in(node)
        given = [(name, type(known[name]), known[name]) for name in self._loops if name in known and name in text]
        if not all(kind in _PLAIN for _, kind, _ in given):
            return self._one(self._node(node, known))
        key = id(node), *given
        found = self._rounds_made.get(key)
        if found is None:
            before = self.size
            made = self._one(self._node(node, known))
            found = self._rounds_made[key] = made, self.size - before
        else:
            self._count(found[1], node.span)
        return found[0]

    def _text_in(self, node: Node) -> str:
        """All text in ``node``: what it does not hold is not named in it."""
        found = self._texts.get(id(node))
        if found is None:
            match node:
                case ScalarNode(value=value):
                    text = str(value)
                case SequenceNode(items=items):
                    text = " ".join(map(self._text_in, items))
                case MappingNode(entries=entries):
                    text = " ".join(f"{entry.key} {self._text_in(entry.value)}" for entry in entries)
            found = self._texts[id(node)] = node, text
        return found[1]

    def _one(self, made: Node | None) -> Node | None:
        """The first node that is like ``made``."""
        return None if made is None else self._made.setdefault(_mark(made), made)

    def _node(self, node: Node, known: Mapping[str, Value]) -> Node | None:
        self._count(1, node.span)
        match node:
            case ScalarNode():
                return self._scalar(node, known)
            case SequenceNode(items=items):
                return SequenceNode(tuple(made for item in items for made in self._items(item, known)), node.span)
            case MappingNode() if node.entry("for"):
                return SequenceNode(tuple(self._items(node, known)), node.span)
            case MappingNode() if node.entry("if"):
                chosen = self._chosen(node, known)
                return None if chosen is None else self.node(chosen, known)
            case MappingNode() if node.entry("union"):
                parts = self.node(part(node, "union"), known)
                inside = parts.items if isinstance(parts, SequenceNode) else ()
                entries = (entry for item in inside if isinstance(item, MappingNode) for entry in item.entries)
                return MappingNode(tuple(entries), node.span)
            case MappingNode(entries=entries):
                return MappingNode(tuple(self._entries(entries, known)), node.span)

    def _entries(self, entries: tuple[Entry, ...], known: Mapping[str, Value]) -> Iterator[Entry]:
        for entry in entries:
            value = self.node(entry.value, known)
            if value is None:
                continue
            if isinstance(value, ScalarNode) and isinstance(entry.value, ScalarNode) and entry.key in _IDENTIFIERS:
                value = self._one(self._scalar(entry.value, known, identifier=True))
            key = self._text(entry.key, entry.span, known, identifier=True)
            if value is not None:
                yield Entry(str(key), entry.span, value)

    def _items(self, node: Node, known: Mapping[str, Value]) -> Iterator[Node]:
        """The items that an item of a list comes to: those of a list behind ``then`` or ``do`` are put in its place."""
        if isinstance(node, MappingNode) and node.entry("for"):
            for inner in self._rounds(node, known):
                yield from self._spliced(part(node, "do"), inner)
        elif isinstance(node, MappingNode) and node.entry("if"):
            chosen = self._chosen(node, known)
            if chosen is not None:
                yield from self._spliced(chosen, known)
        else:
            made = self.node(node, known)
            if made is not None:
                yield made

    def _spliced(self, node: Node, known: Mapping[str, Value]) -> Iterator[Node]:
        for item in node.items if isinstance(node, SequenceNode) else (node,):
            yield from self._items(item, known)

    def _chosen(self, node: MappingNode, known: Mapping[str, Value]) -> Node | None:
        test = self.value(part(node, "if"), known)
        entry = node.entry("then" if test else "else")
        return entry.value if entry else None

    def _rounds(self, node: MappingNode, known: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
        """The values that each round of a loop sees."""
        name, over = part(node, "for"), part(node, "in")
        items = self.value(over, known)
        if not isinstance(items, list | tuple):
            raise SubstitutionError(f"in takes a list, not {shown_value(items) or 'nothing'}", over.span)
        if len(items) > MOST_ITEMS:
            raise SubstitutionError(f"{len(items):,} rounds; at most {MOST_ITEMS:,} are made", over.span)
        assert isinstance(name, ScalarNode)
        self._loops.add(str(name.value))
        for item in items:
            self._count(1, node.span)
            yield {**known, str(name.value): item}

    def value(self, node: Node, known: Mapping[str, Value] | None = None) -> Value:
        """What a value, a condition or a list in the text comes to: ``depth > 2`` needs no ``$( )`` where it is one."""
        known = self.known if known is None else known
        if isinstance(node, SequenceNode):
            return [self.value(item, known) for item in node.items]
        assert isinstance(node, ScalarNode)
        if not isinstance(node.value, str):
            return node.value
        try:
            return self._evaluated(whole(node.value), node.span, known)
        except ExpressionError as error:
            raise SubstitutionError(error.message, node.span, error.hint) from None

    def _scalar(self, node: ScalarNode, known: Mapping[str, Value], *, identifier: bool = False) -> Node | None:
        if not isinstance(node.value, str):
            return node
        value = self._text(node.value, node.span, known, identifier=identifier)
        return self._as_node(value, node.span)

    def _as_node(self, value: Value, span: Span) -> Node | None:
        if value is None:
            return None
        if isinstance(value, list | tuple):
            self._count(len(value), span)
            items = (self._one(self._as_node(item, span)) for item in value)
            return SequenceNode(tuple(item for item in items if item is not None), span)
        if not isinstance(value, str | int | float):
            name = self._named.setdefault(id(value), f"${len(self.ready)}")
            self.ready[name] = value
            return ScalarNode(name, span, name)
        return ScalarNode(value, span, str(value).lower() if isinstance(value, bool) else str(value))

    def _text(self, text: str, span: Span, known: Mapping[str, Value], *, identifier: bool) -> Value:
        """A text with values in it; a value that is all of the text stays what it is."""
        try:
            found = text_pieces(text)
            if len(found) == 1 and isinstance(found[0], Expression) and not found[0].nouns:
                return self._evaluated(found[0], span, known)
            return "".join(
                piece if isinstance(piece, str) else self._within(piece, span, known, identifier) for piece in found
            )
        except ExpressionError as error:
            raise SubstitutionError(error.message, span, error.hint) from None

    def _within(self, piece: Expression, span: Span, known: Mapping[str, Value], identifier: bool) -> str:
        value = self._evaluated(piece, span, known)
        shown = shown_value(value, identifier=identifier)
        return f"{shown} {piece.nouns[0 if value == 1 else 1]}" if piece.nouns else shown

    def _evaluated(self, found: Expression, span: Span, known: Mapping[str, Value]) -> Value:
        self._count(_COST_OF_LOOP if found.loops else 1, span)
        return found.value(known)

    def _count(self, more: int, span: Span) -> None:
        self.size += more
        if self.size > MOST_NODES:
            raise SubstitutionError(f"more than {MOST_NODES:,} values with all loops written out", span)


def _mark(node: Node) -> object:
    """Equal for nodes that are alike and stand at one place of the text, if those in them are one object each."""
    if isinstance(node, ScalarNode):
        return id(node.span), type(node.value), node.value, node.text
    if isinstance(node, SequenceNode):
        return id(node.span), *map(id, node.items)
    return id(node.span), *((entry.key, id(entry.span), id(entry.value)) for entry in node.entries)


def part(node: MappingNode, key: str) -> Node:
    """The value of ``key``, which :func:`checked` has found to be there."""
    entry = node.entry(key)
    assert entry is not None
    return entry.value
