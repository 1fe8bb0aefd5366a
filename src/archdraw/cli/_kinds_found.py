"""Which kinds words are about: by their names and descriptions, and by their fields, with what may be written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from archdraw.checked import FieldInfo
from archdraw.errors import folded
from archdraw.kinds.base import Kind

Found = Mapping[str, tuple[str, ...]]
"""The kinds that were found by keyword, each with the fields that it was found by, as they are shown to an author."""

MOST_SHOWN = 6
"""Fields of one kind that are shown, and kinds that are named for a word; more say nothing."""


def found(known: Mapping[str, type[Kind]], words: Sequence[str], paragraphs: Mapping[str, Sequence[str]]) -> Found:
    """The kinds that all ``words`` are about, those first whose own names and ``paragraphs`` have them all.

    Words are parts of what is said, whatever their case; an s at the end of one is no matter.
    """
    own: dict[str, tuple[str, ...]] = {}
    by_fields: dict[str, tuple[str, ...]] = {}
    asked = [folded(word) for word in words]
    for keyword, kind in known.items():
        said = [folded(text) for text in _said(kind, paragraphs[keyword])]
        left = [word for word in asked if not _is_in(word, said)]
        if not left:
            own[keyword] = ()
            continue
        fields = {name: _texts(name, field) for name, field in kind.model_fields.items()}
        if all(any(_is_in(word, texts) for texts in fields.values()) for word in left):
            by_fields[keyword] = tuple(_shown(kind, fields, left))
    return own | by_fields


def each_word(known: Mapping[str, type[Kind]], words: Sequence[str], paragraphs: Mapping[str, Sequence[str]]) -> str:
    """What there is for the single ``words`` where no kind has all of them: ``two: wrap; towers: modality_encoder``."""
    parts = []
    for word in dict.fromkeys(" ".join(words).split()):
        keywords = sorted(found(known, [word], paragraphs), key=lambda name: not _is_called(known[name], word))
        more = ", ..." if len(keywords) > MOST_SHOWN else ""
        parts.append(f"{word}: {', '.join(keywords[:MOST_SHOWN]) or 'nothing'}{more}")
    return "; ".join(parts)


def _is_called(kind: type[Kind], word: str) -> bool:
    names = (kind.keyword, kind.term.text, kind.term.short, *kind.aliases)
    return folded(word) in map(folded, names)


def _said(kind: type[Kind], paragraphs: Sequence[str]) -> tuple[str, ...]:
    """What is said of ``kind`` itself."""
    return (kind.keyword, kind.family, kind.term.text, kind.term.short, *kind.aliases, *paragraphs)


def _texts(name: str, field: FieldInfo) -> list[str]:
    """What is said of a field: its name, its values and its description, as :func:`folded` leaves them."""
    return [folded(text) for text in (name, *values(field.annotation), field.description or "")]


def values(annotation: Any) -> Iterator[str]:
    """The words that a field takes."""
    for part in get_args(annotation):
        if get_origin(annotation) is Literal:
            if isinstance(part, str):
                yield part
        else:
            yield from values(part)


def _is_in(word: str, texts: Sequence[str]) -> bool:
    return any(word in text or (len(word) > 2 and word.removesuffix("s") in text) for text in texts)


def _shown(kind: type[Kind], fields: Mapping[str, list[str]], words: Sequence[str]) -> Iterator[str]:
    """The fields that have the most of ``words``, with the values that are one: ``field placement, value parallel``."""
    # What has a word in its name or its values is more about it than what has it in its description alone.
    score = {
        name: sum(_is_in(word, texts) + _is_in(word, texts[:-1]) for word in words) for name, texts in fields.items()
    }
    best = [name for name, number in score.items() if number == max(score.values())]
    for name in best[:MOST_SHOWN]:
        taken = [value for value in values(kind.model_fields[name].annotation) if folded(value) in words]
        yield f"field {name}{''.join(f', value {value}' for value in taken)}"
    if len(best) > MOST_SHOWN:
        yield "and more fields"
