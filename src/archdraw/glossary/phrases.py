"""What can be said: terms, and phrases that say them with values."""

from __future__ import annotations

from functools import cache
from string import Formatter
from typing import TypeAlias

from archdraw.records import record

Value: TypeAlias = "str | int | float | Phrase | tuple[Value, ...]"
"""What stands in the place of a name in braces; a tuple is a list of which empty ones are left out."""


@record
class Term:
    """One entry of the glossary.

    ``text`` is the term as it stands at the beginning of a line, with places for values in braces (see
    :mod:`archdraw.glossary.rendering` for their formats). ``short`` is the abbreviation that the field uses (GQA),
    ``plural`` the plural where it is not formed by an s. ``definition`` is one sentence, ``source`` who coined it. A
    ``proper`` term is a name, which keeps its capital inside sentences.
    """

    text: str
    short: str = ""
    plural: str = ""
    definition: str = ""
    source: str = ""
    proper: bool = False

    def __hash__(self) -> int:
        return hash(self.text)

    def __call__(self, **values: Value) -> Phrase:
        """This term said with ``values``. Raises :class:`TypeError` unless they are those that its text names."""
        if values.keys() != places(self.text):
            wanted = ", ".join(sorted(places(self.text))) or "none"
            raise TypeError(f"values of {self.text!r} are {wanted}; given: {', '.join(sorted(values)) or 'none'}")
        return Phrase(self, tuple(sorted(values.items()) if len(values) > 1 else values.items()))


@record
class Phrase:
    """A term with its values, in the order of their names: what is said, before it is English."""

    term: Term
    values: tuple[tuple[str, Value], ...] = ()


Words: TypeAlias = "Phrase | str"
"""What a block is called. A text is the words of an author, shown as they are; the program's own are phrases."""

Detail: TypeAlias = "Words | tuple[Words, ...]"
"""Several short facts on one line, joined by commas; empty ones are left out."""

Note: TypeAlias = "Words | tuple[Words, ...]"
"""One line under an opened block; several facts share as few lines as their order allows, joined by semicolons."""


@cache
def places(template: str) -> frozenset[str]:
    """The names in braces of a term's text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
