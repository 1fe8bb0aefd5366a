"""Where an author wrote the characters that no font has: the place of an error that is found when a text is measured."""

from __future__ import annotations

from collections.abc import Iterator

from archdraw.errors import InputError, Span
from archdraw.fonts import MissingGlyph, missing
from archdraw.source import MappingNode, Node, ScalarNode, SequenceNode
from archdraw.spec import Spec


def placed(error: MissingGlyph, spec: Spec) -> InputError | MissingGlyph:
    """``error`` at each text of ``spec`` with such a character; itself where none has one, as a name from elsewhere."""
    found = [
        spec.document.problem(str(MissingGlyph(frozenset(missing(text)), text)), span)
        for text, span in _texts(spec.document.root)
        if not error.characters.isdisjoint(text)
    ]
    return InputError(found) if found else error


def _texts(node: Node) -> Iterator[tuple[str, Span]]:
    """The texts of ``node`` with their places."""
    match node:
        case MappingNode(entries=entries):
            for entry in entries:
                yield from _texts(entry.value)
        case SequenceNode(items=items):
            for item in items:
                yield from _texts(item)
        case ScalarNode(value=str(text), span=span):
            yield text, span
