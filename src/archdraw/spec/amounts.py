"""What the templates of one model may come to; known to all specs, so that one without templates imports no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from archdraw.errors import Span
from archdraw.kinds.base import KindError
from archdraw.source import MOST_NODES, MappingNode, Node

PARAMETERS = "parameters"
"""The key that makes a definition a template."""


def is_template(node: Node) -> bool:
    """Whether a definition is a block with parameters."""
    return isinstance(node, MappingNode) and node.entry(PARAMETERS) is not None


class TemplateError(KindError):
    """A fault inside of an author's template, at ``span`` in its text."""

    def __init__(self, message: str, span: Span, hint: str) -> None:
        super().__init__(message, "", hint)
        self.span = span


_size: ContextVar[list[int] | None] = ContextVar("size", default=None)
"""Values that the templates of the model that is being expanded have been written out to so far."""


@contextmanager
def one_model() -> Iterator[None]:
    """What the templates of one model come to together is bounded: within this, all are counted as one."""
    token = _size.set([0])
    try:
        yield
    finally:
        _size.reset(token)


def count(size: int) -> None:
    """Adds ``size`` values to those of the model. Raises :class:`KindError` where they are too many."""
    counted = _size.get()
    if counted is not None:
        counted[0] += size
        if counted[0] > MOST_NODES:
            raise KindError(f"more than {MOST_NODES:,} values with all templates written out")
