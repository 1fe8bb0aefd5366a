"""English: how phrases and numbers are written.

A place in a term's text may say how its value is written:

- ``{width}``: a number with commas (``4,096``, ``0.0625``), a phrase or a text as it is, a tuple joined by commas;
- ``{layers:layer|layers}``: a number with its noun, singular or plural (``1 layer``, ``6 layers``);
- ``{size:bytes}``: bytes in binary units (``4 KiB``); ``{count:parameters}``: three digits and a letter (``8.03B``), of
  a pair the first in the unit of the second;
- ``{label:within}``: as inside a sentence, its first word in small letters unless it is a name;
- ``{parts:and}``: a tuple as a list of a sentence (``Q, K and V``); ``{parts:+}``: joined by that sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from string import Formatter

from archdraw.glossary.numbers import data_size, number, parameters
from archdraw.glossary.phrases import Detail, Note, Phrase, Value

NOTE_WIDTH = 56
"""Characters that fit one line under an opened block."""

NAMES = ("Kimi", "Mamba", "Gated DeltaNet", "Engram")
"""Beginnings of terms that are names, and written with a capital inside sentences, too."""


def text(words: Detail | Value) -> str:
    """``words`` in English: a phrase with its values put in, an author's text as it is, several joined by commas."""
    match words:
        case str():
            return words
        case Phrase():
            return _phrase(words)
        case tuple():
            return ", ".join(filter(None, map(text, words)))
        case _:
            return number(words)


def lines(notes: Iterable[Note], width: int = NOTE_WIDTH) -> tuple[str, ...]:
    """``notes`` as lines: facts that share a line are joined by semicolons while they fit ``width`` characters."""
    made: list[str] = []
    for note in notes:
        line = ""
        for fact in filter(None, map(text, note if isinstance(note, tuple) else (note,))):
            if line and len(line) + 2 + len(fact) > width:
                made.append(line)
                line = fact
            else:
                line = f"{line}; {fact}" if line else fact
        made += [line] if line else []
    return tuple(made)


def within(label: str) -> str:
    """``label`` inside a sentence: its first word small unless it is a name or an abbreviation."""
    first = label.split(" ", 1)[0]
    if label.startswith(NAMES) or any(letter.isupper() or letter.isdigit() for letter in first[1:]) or len(first) < 2:
        return label
    return label[0].lower() + label[1:]


class _Writer(Formatter):
    """Puts values into the text of a term, each in the format that its place asks for."""

    def format_field(self, value: Value, format_spec: str) -> str:
        if "|" in format_spec:
            assert isinstance(value, int | float)
            singular, plural = format_spec.split("|")
            return f"{number(value)} {singular if value == 1 else plural}"
        match format_spec:
            case "":
                return text(value)
            case "bytes":
                assert isinstance(value, int | float)
                return data_size(value)
            case "parameters":
                count, unit_of = value if isinstance(value, tuple) else (value, None)
                assert isinstance(count, int)
                assert unit_of is None or isinstance(unit_of, int)
                return parameters(count, unit_of)
            case "within":
                return within(text(value))
            case "and":
                parts = [text(part) for part in value] if isinstance(value, tuple) else [text(value)]
                return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
            case "+":
                return " + ".join(text(part) for part in value) if isinstance(value, tuple) else text(value)
            case _:
                raise ValueError(f"no values are written as {format_spec!r}")


_WRITER = _Writer()


@lru_cache(maxsize=65_536)
def _phrase(phrase: Phrase) -> str:
    return _WRITER.vformat(phrase.term.text, (), dict(phrase.values))
