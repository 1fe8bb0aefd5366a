"""The letters of panels, as many as there are panels: A to Z without I, O and Q, then AA, AB ..."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from archdraw.layout.place import Place
from archdraw.picture import Inset

ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""Without I and O, which look like digits, and Q, whose tail leaves a badge."""


def letter(number: int) -> str:
    """The letter of panel ``number``, from 0 on: ``A``, ``Z`` for 22, ``AA`` for 23.

    Raises ValueError for a negative number.
    """
    if number < 0:
        raise ValueError(f"panels are numbered from 0 on, not {number}")
    before, last = divmod(number, len(ALPHABET))
    return (letter(before - 1) if before else "") + ALPHABET[last]


@cache
def number(letter: str) -> int:
    """The number of the panel with that ``letter``, by which panels are ordered: ``B`` comes before ``AA``.

    Raises ValueError for what :func:`letter` does not return.
    """
    found = 0
    for digit in letter:
        found = found * len(ALPHABET) + ALPHABET.index(digit) + 1
    if not found:
        raise ValueError("a panel without a letter has no number")
    return found - 1


def name_of(inset: Inset) -> str:
    """What the panel of ``inset`` is called: its letter, the path of the part that it opens, or its title."""
    return inset.letter or inset.source or inset.beside or inset.title


def rank(inset: Inset, places: Mapping[str, Place]) -> tuple[bool, float]:
    """By which panels that open boxes at ``places`` are sorted: those that stand first, then from the top down."""
    return not inset.first, 0.0 if inset.first else places[inset.source].middle
