"""Values put into the text of a template: ``$name``, ``if`` and ``for``, from nodes to nodes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from archdraw.errors import ArchdrawError, Problem, Span
from archdraw.source import MOST_NODES, Document, Entry, MappingNode, Node, ScalarNode, SequenceNode
from archdraw.spec.values import MOST_ITEMS, Expression, ExpressionError, Piece, Value, check_names, expression, pieces

_PARTS_OF_IF = ("if", "then", "else")
_PARTS_OF_FOR = ("for", "in", "do")
_IDENTIFIERS = frozenset({"name", "tensor"})
"""Fields whose text is a name in a checkpoint: numbers in it have no thousands separators."""
_COST_OF_LOOP = 100
"""What an expression over a list counts among the values of a template."""


class SubstitutionError(ArchdrawError):
    """A fault of a template at ``span`` in its text."""

    def __init__(self, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


@cache
def _pieces(text: str) -> tuple[Piece, ...]:
    return pieces(text)


def _whole(text: str) -> Expression:
    """The expression of a condition or a list, which may stand without ``$( )``."""
    found = _pieces(text)
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

    def node(self, node: Node, known: Mapping[str, Value] | None = None) -> Node | None:
        """``node`` with all values put in; None where it comes to nothing. Raises :class:`SubstitutionError`.

        What the rounds of a loop make alike is one object.
        """
        return self._one(self._node(node, self.known if known is None else known))

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
            return self._evaluated(_whole(node.value), node.span, known)
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
            found = _pieces(text)
            if len(found) == 1 and isinstance(found[0], Expression):
                return self._evaluated(found[0], span, known)
            return "".join(
                piece if isinstance(piece, str) else self._within(piece, span, known, identifier) for piece in found
            )
        except ExpressionError as error:
            raise SubstitutionError(error.message, span, error.hint) from None

    def _within(self, piece: Expression, span: Span, known: Mapping[str, Value], identifier: bool) -> str:
        return shown_value(self._evaluated(piece, span, known), identifier=identifier)

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


def checked(document: Document, node: Node, known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the expressions in ``node``, whatever their values: names, grammar, parts of if and for."""
    match node:
        case ScalarNode(value=str(text)):
            yield from _faults(document, lambda: _pieces(text), node.span, known)
        case SequenceNode(items=items):
            for item in items:
                yield from checked(document, item, known)
        case MappingNode(entries=entries):
            is_for, is_if = node.entry("for"), node.entry("if")
            if is_for or is_if:
                yield from _checked_parts(document, node, "for" if is_for else "if", known)
                return
            union = node.entry("union")
            if union and (len(entries) > 1 or not isinstance(union.value, SequenceNode)):
                yield document.problem("union is the only key of its mapping, and takes a list of mappings", union.span)
            for entry in entries:
                yield from _faults(document, lambda entry=entry: _pieces(entry.key), entry.span, known)  # type: ignore[misc]
                yield from checked(document, entry.value, known)


def _checked_parts(document: Document, node: MappingNode, word: str, known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with an ``if`` or a ``for``."""
    parts = _PARTS_OF_IF if word == "if" else _PARTS_OF_FOR
    keys = [entry.key for entry in node.entries]
    needed = parts[:2] if word == "if" else parts
    if not set(needed) <= set(keys) <= set(parts):
        usage = "if, then and, where it is needed, else" if word == "if" else "for, in and do"
        yield document.problem(f"{word} has the keys {usage}; here are {', '.join(keys)}"[:200], node.span)
        return
    inner = known
    if word == "for":
        name = part(node, "for")
        if not isinstance(name, ScalarNode) or not str(name.value).isidentifier():
            yield document.problem("for takes the name of one value", name.span, "write for: index")
            return
        inner = {*known, str(name.value)}
    yield from checked_value(document, part(node, parts[0] if word == "if" else "in"), known)
    for key in parts[1:] if word == "if" else ("do",):
        entry = node.entry(key)
        if entry is not None:
            yield from checked(document, entry.value, inner)


def checked_value(document: Document, node: Node, known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with a condition, a list or a value of the template's own."""
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from checked_value(document, item, known)
    elif isinstance(node, MappingNode):
        yield document.problem("here stands an expression, not a mapping", node.span)
    elif isinstance(node.value, str):
        text = node.value
        yield from _faults(document, lambda: (_whole(text),), node.span, known)


def _faults(
    document: Document, read: Callable[[], tuple[Piece, ...]], span: Span, known: Collection[str]
) -> Iterator[Problem]:
    try:
        for piece in read():
            if isinstance(piece, Expression):
                check_names(piece, known)
    except ExpressionError as error:
        yield document.problem(error.message, span, error.hint)
