"""What every spec asks of templates: which definitions are some, and the fault inside of one.

A spec without templates imports nothing else of them.
"""

from __future__ import annotations

from archdraw.errors import Span
from archdraw.kinds.base import KindError
from archdraw.source import MappingNode, Node

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
