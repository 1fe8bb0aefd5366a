"""Rules of what is said: phrases are whole, lines break between words, a number and its noun agree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdraw.lint.survey import Fault, Survey, quoted
from archdraw.scene import Text

_CUT = re.compile(r"(…|\.\.\.|\+\s?[\d,]+ (more|others))$")
"""What says that more was to come."""
_BRACKETS = {"(": ")", "[": "]"}
_ONE_OF_MANY = re.compile(r"(?<![\d.:/×*−\-–^=]\s)(?<!\d\s\+\s)(?<!\d,\s)(?<![\d.,:/×+*−\-–^=])\b1\s([a-z]{2,}s)\b")
_MANY_OF_ONE = re.compile(r"(?<![\d.,:/×+*−\-–^=])\b(?!1\s)(\d+(?:,\d{3})*)\s([a-z]{3,})\b(?![-\w])")
_COUNTED = frozenset({"experts", "features", "groups", "heads", "layers", "parameters", "tokens"})
"""Plurals that are known whatever else the picture says."""
LONGEST = 20
"""Letters of a word that has to fit one line; what is longer may be broken."""
_SINGULAR_IN_S = ("ss", "us", "is", "as", "os")


def phrases(view: Survey) -> Iterator[Fault]:
    """All lines of a phrase are there, one after the other, and no word or number is broken between two of them."""
    waiting: Text | None = None
    rest = ""
    for _, text, area in view.texts:
        if not text.phrase:
            continue
        line = " ".join(text.text.split())
        left = rest.lstrip() if waiting is not None and waiting.phrase == text.phrase else None
        if left is not None and left.startswith(line):
            if left == rest and not _has_no_room(waiting, rest) and not waiting.text.endswith(("-", "/")):  # type: ignore
                yield Fault("phrase", f"a word or number is broken before {quoted(text)}", area.left, area.top)
        else:
            if waiting is not None and rest.strip():
                yield _cut(waiting)
            left = " ".join(text.phrase.split())
            if not left.startswith(line):
                if _CUT.search(text.text) is None:
                    yield Fault("phrase", f'{quoted(text)} is not "{text.phrase}"', area.left, area.top)
                waiting = None
                continue
        waiting, rest = text, left[len(line) :]
    if waiting is not None and rest.strip():
        yield _cut(waiting)


def _has_no_room(text: Text, rest: str) -> bool:
    """Whether the word that is broken at the end of ``text`` is alone in its line and longer than one has room for.

    ``rest`` is what is left of the phrase. The word may have begun several lines before.
    """
    phrase = " ".join(text.phrase.split())
    begun = phrase[: len(phrase) - len(rest)].rsplit(" ", 1)[-1]
    return len(text.text.split()) == 1 and len(begun) + len(rest.split(" ", 1)[0]) > LONGEST


def _cut(text: Text) -> Fault:
    return Fault("phrase", f'{quoted(text)} is cut without a sign: "{text.phrase}"', text.left, text.top)


def grammar(view: Survey) -> Iterator[Fault]:
    """One thing is singular, several are plural; brackets are closed. Nouns are those with a plural in the picture."""
    said = {text.phrase or text.text: text for _, text, _ in reversed(view.texts)}
    words = _COUNTED.union(re.findall(r"[a-z]+", " ".join([*said, view.scene.title, view.scene.description])))
    for phrase, text in reversed(said.items()):
        for found in _ONE_OF_MANY.finditer(phrase):
            if not found[1].endswith(_SINGULAR_IN_S):
                yield Fault("grammar", f'"{found[0]}" in {quoted(text)}: one is not several', text.left, text.top)
        for found in _MANY_OF_ONE.finditer(phrase):
            if f"{found[2]}s" in words and found[2] not in words_before(phrase, found.end()):
                yield Fault("grammar", f'"{found[0]}" in {quoted(text)}: several are not one', text.left, text.top)
        if (bracket := _open_bracket(phrase)) is not None:
            yield Fault("phrase", f"{quoted(text)} has a {bracket} without its other half", text.left, text.top)


def words_before(phrase: str, end: int) -> tuple[str, ...]:
    """The noun up to ``end`` where it only qualifies another one after it ("64 query heads"), else nothing."""
    following = re.match(r"\s[a-z]", phrase[end:])
    return (phrase[:end].split()[-1],) if following else ()


def _open_bracket(phrase: str) -> str | None:
    """A bracket of ``phrase`` that is not closed, or not opened."""
    expected: list[str] = []
    for character in phrase:
        if character in _BRACKETS:
            expected.append(character)
        elif character in _BRACKETS.values() and (not expected or _BRACKETS[expected.pop()] != character):
            return character
    return expected[0] if expected else None
