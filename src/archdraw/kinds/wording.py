"""How kinds write numbers and notes."""

from __future__ import annotations

from archdraw.glossary import Note, within
from archdraw.glossary.numbers import NBSP, data_size, number, parameters
from archdraw.glossary.rendering import lines

__all__ = ["NBSP", "data_size", "notes", "number", "parameters", "within"]


def notes(*sentences: Note | list[str], width: int = 56) -> tuple[Note, ...]:
    """Notes under an opened module: a text is a line, facts of a list share lines, empty ones are left out."""
    return lines((tuple(one) if isinstance(one, list) else one for one in sentences), width)
