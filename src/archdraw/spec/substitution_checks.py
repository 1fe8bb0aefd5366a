"""What is wrong with the expressions in the text of a template, whatever values are put into it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from archdraw.errors import Problem, Span
from archdraw.source import Document, MappingNode, Node, ScalarNode, SequenceNode
from archdraw.spec.substitution import part, text_pieces, whole
from archdraw.spec.values import Expression, ExpressionError, Piece, check_names

_PARTS_OF_IF = ("if", "then", "else")
_PARTS_OF_FOR = ("for", "in", "do")


def checked(document: Document, node: Node, known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the expressions in ``node``, whatever their values: names, grammar, parts of if and for."""
    match node:
        case ScalarNode(value=str(text)):
            yield from _faults(document, lambda: text_pieces(text), node.span, known)
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
                yield from _faults(document, lambda entry=entry: text_pieces(entry.key), entry.span, known)  # type: ignore[misc]
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
        yield from _faults(document, lambda: (whole(text),), node.span, known)


def _faults(
    document: Document, read: Callable[[], tuple[Piece, ...]], span: Span, known: Collection[str]
) -> Iterator[Problem]:
    try:
        for piece in read():
            if isinstance(piece, Expression):
                check_names(piece, known)
    except ExpressionError as error:
        yield document.problem(error.message, span, error.hint)
