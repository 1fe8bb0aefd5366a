"""The words of archdraw: one glossary, from which pictures, tables, help and documents take their terms.

Block trees hold no English. A block says what it is by phrases: a :class:`Term` of this package and the values that it
is said with. :func:`text` is the one step that makes English of them, so that a thing has one name everywhere, numbers
are written alike, and two blocks are compared by what they are and never by how that reads.
"""

from __future__ import annotations

from archdraw.glossary.phrases import Detail, Note, Phrase, Term, Value, Words
from archdraw.glossary.rendering import lines, text, within

__all__ = ["Detail", "Note", "Phrase", "Term", "Value", "Words", "lines", "text", "within"]
