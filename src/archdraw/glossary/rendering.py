"""English: how phrases and numbers are written.

A place in a term's text may say how its value is written:

- ``{width}``: a number with commas (``4,096``, ``0.0625``), a phrase or a text as it is, a tuple joined by commas;
- ``{factor:root}``: a number, which is a root where it is one of a whole number (``√8,192``);
- ``{layers:layer|layers}``: a number with its noun, singular or plural (``1 layer``, ``6 layers``);
- ``{size:bytes}``: bytes in binary units (``4 KiB``); ``{count:parameters}``: three digits and a letter (``8.03B``), of
  a pair the first in the unit of the second;
- ``{label:within}``: as inside a sentence, its first word in small letters unless it is a name;
- ``{parts:and}``: a tuple as a list of a sentence (``Q, K and V``); ``{parts:+}``, ``{extents:×}``:
  joined by that sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from string import Formatter

from archdraw.glossary.concepts import SHIPPED
from archdraw.glossary.numbers import counted, data_size, factor, number, parameters
from archdraw.glossary.phrases import Detail, Note, Phrase, Term, Value, Words

NOTE_WIDTH = 56
"""Characters that fit one line under an opened block."""

PLAIN_WORDS = frozenset(
    {
        *(
            "Adapter",
            "Aligner",
            "Bin",
            "Binned",
            "Code",
            "Conformer",
            "Double-width",
            "Embedding",
            "Feed-forward",
            "First",
        ),
        *("Image", "Local", "Merger", "Modulation", "Recurrent", "Routed"),
        *("Shared-KV", "Sliding", "Subsampling", "Text", "Vision"),
    }
)
"""Words that labels of authors begin with, and no name does; those of the glossary's terms are known."""


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


def within(words: Words) -> str:
    """``words`` inside a sentence: the first word small unless it is a name or an abbreviation.

    A phrase knows whether its term is a name. In an author's text a first word is small where a term begins with it, or
    where it is one of :data:`PLAIN_WORDS`, unless it begins with a name of ours: others may be names (Pixtral).
    """
    label = text(words)
    if isinstance(words, Phrase):
        literal, field, format_spec = next(iter(_pieces(words.term.text)), ("", None, ""))
        if not literal and field is not None and not format_spec:
            value = dict(words.values)[field]
            return within(value) + label[len(text(value)) :] if isinstance(value, str | Phrase) else label
        return label if words.term.proper else _small(label)
    names, common = _first_words()
    first = label.split(" ", 1)[0].rstrip(",:;")
    return label if label.startswith(names) or first not in common else _small(label)


def _small(label: str) -> str:
    """``label`` with its first letter small, unless its first word is an abbreviation, in ``Pre-FFN`` the ``Pre``."""
    first = label.split(" ", 1)[0].partition("-")[0].rstrip(",:;")
    if len(first) < 2 or any(letter.isupper() or letter.isdigit() for letter in first[1:]):
        return label
    return label[0].lower() + label[1:]


@cache
def _first_words() -> tuple[tuple[str, ...], frozenset[str]]:
    """The names among the terms of the glossary, and the words that begin its other terms and its concepts."""
    modules = (import_module(f"{__package__}.{module.name}") for module in iter_modules([str(Path(__file__).parent)]))
    terms = [value for module in modules for value in vars(module).values() if isinstance(value, Term)]
    first = {term.text.split(" ", 1)[0].rstrip(",:;") for term in terms if not term.proper}
    first |= {concept.name.split(" ", 1)[0].capitalize() for concept in SHIPPED if concept.name[0].islower()}
    common = first.union(PLAIN_WORDS)
    return tuple(sorted({term.text for term in terms if term.proper})), frozenset(common)


def _field(value: Value, format_spec: str) -> str:
    """``value`` in the format that its place in the text of a term asks for."""
    if "|" in format_spec:
        one, several = format_spec.split("|")
        if isinstance(value, int | float):
            return counted(value, one, several)
        # A number that is written already.
        return f"{text(value)} {one if text(value) == '1' else several}"
    match format_spec:
        case "":
            return text(value)
        case "root":
            return factor(value) if isinstance(value, int | float) else text(value)
        case "bytes":
            assert isinstance(value, int | float)
            return data_size(value)
        case "parameters":
            count, unit_of = value if isinstance(value, tuple) else (value, None)
            assert isinstance(count, int)
            assert unit_of is None or isinstance(unit_of, int)
            return parameters(count, unit_of)
        case "within":
            return within(value if isinstance(value, str | Phrase) else text(value))
        case "and":
            parts = [text(part) for part in value] if isinstance(value, tuple) else [text(value)]
            return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        case "×":
            return " × ".join(text(part) for part in value) if isinstance(value, tuple) and value else "1"
        case "+":
            return " + ".join(text(part) for part in value) if isinstance(value, tuple) else text(value)
        case _:
            raise ValueError(f"no values are written as {format_spec!r}")


@cache
def _pieces(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """What stands before each place in the text of a term, the name of its value and its format; None at the end."""
    return tuple((before, name, format_spec or "") for before, name, format_spec, _ in Formatter().parse(template))


@lru_cache(maxsize=65_536)
def _phrase(phrase: Phrase) -> str:
    values = dict(phrase.values)
    pieces = _pieces(phrase.term.text)
    return "".join([before if name is None else before + _field(values[name], how) for before, name, how in pieces])
