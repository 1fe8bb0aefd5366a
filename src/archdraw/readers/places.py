"""Where a key stands in the text of a JSON file, for messages."""

from __future__ import annotations

from archdraw.errors import InputError
from archdraw.source import MappingNode, scan


def place_of(text: str, path: tuple[str, ...]) -> tuple[int, int, int]:
    """Line, column (both from 1) and length of the key at ``path``, or of the innermost one around it that is there.

    JSON is YAML but for a few odd cases; where the text is one of those, the place is its beginning.
    """
    place = (1, 1, 1)
    try:
        node = scan(text, "").root
    except InputError:
        return place
    for step in path:
        entry = node.entry(step) if isinstance(node, MappingNode) else None
        if entry is None:
            break
        place = (entry.span.line, entry.span.column, entry.span.length)
        node = entry.value
    return place
