"""What is said of letters that archdraw's own font lacks: which font they were taken from, and where none has them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from archdraw.errors import InputError, Problem, Span
from archdraw.fonts import MOST_NAMED, shown
from archdraw.records import record
from archdraw.resources import install_command
from archdraw.scene import Scene, Text
from archdraw.setters import NO_FONT, NO_SHAPER
from archdraw.source import Document, MappingNode, Node, ScalarNode, SequenceNode

WITHOUT = {NO_FONT: "no font here has", NO_SHAPER: "HarfBuzz, which joins and turns letters, is not installed for"}
WAYS_OUT = {
    NO_FONT: "name a font that has them: --font FILE (fonts=FILE in Python)",
    NO_SHAPER: install_command("letters"),
}
MOST_LETTERS = 16
"""So many letters of a font are named in a warning."""


@record
class Written:
    """The text of a model in a picture. ``authored``: somebody wrote it as a spec, and can write it otherwise."""

    document: Document
    authored: bool


def letters_of(scene: Scene) -> dict[str, list[str]]:
    """The letters of ``scene`` that are not archdraw's own, by their source, each once, in the order of reading."""
    found: dict[str, dict[str, None]] = {}
    for shape in scene.shapes():
        match shape:
            case Text(text=text, glyphs=glyphs) if glyphs:
                for glyph in sorted(glyphs, key=lambda glyph: text.find(glyph.letters)):
                    if glyph.source and glyph.letters:
                        found.setdefault(glyph.source, {})[glyph.letters] = None
    return {source: list(letters) for source, letters in found.items()}


def remarks(scene: Scene, written: Sequence[Written]) -> tuple[Problem, ...]:
    """A warning for each font that letters of ``scene`` were taken from, and for those that are drawn as boxes.

    Raises :class:`InputError` at each text that an author wrote with a letter which is drawn as a box: an author can
    mend that, while a name that comes from a folder or a file stops nothing.
    """
    letters = letters_of(scene)
    refused: list[Problem] = []
    warned: list[Problem] = []
    for source, all_of_them in letters.items():
        if source not in WITHOUT:
            named = "".join(all_of_them[:MOST_LETTERS]) + ("…" if len(all_of_them) > MOST_LETTERS else "")
            warned.append(_warning(f"{named} drawn with {source}", all_of_them, written))
            continue
        places = [(one.document, *place) for one in written if one.authored for place in _texts(one.document.root)]
        left = dict.fromkeys(all_of_them)
        for document, text, span in places:
            if inside := [letter for letter in all_of_them if letter in shown(text)]:
                message = f"{WITHOUT[source]} {_named(inside)} in {shown(text)!r}"
                refused.append(document.problem(message, span, WAYS_OUT[source]))
                for letter in inside:
                    left.pop(letter, None)
        if left:
            message = f"{WITHOUT[source]} {_named(list(left))}; drawn as a box"
            warned.append(_warning(message, list(left), written, WAYS_OUT[source]))
    if refused:
        raise InputError(refused)
    return tuple(warned)


def _warning(message: str, letters: Sequence[str], written: Sequence[Written], hint: str = "") -> Problem:
    """At the first text with one of ``letters``; of what a reader wrote, which nobody can look at, at the file."""
    for one in written:
        for text, span in _texts(one.document.root):
            if any(letter in shown(text) for letter in letters):
                if one.authored:
                    return one.document.problem(message, span, hint, warning=True)
                return Problem(message, Span(span.file, 1, 1), "", hint, "warning")
    file = written[0].document.root.span.file if written else ""
    return Problem(message, Span(file, 1, 1), "", hint, "warning")


def _named(letters: Sequence[str]) -> str:
    """``letters`` with the codes and the names of their characters, as many as help."""
    characters = list(dict.fromkeys("".join(letters)))
    named = ", ".join(
        f"{character} (U+{ord(character):04X} {unicodedata.name(character, 'without a name')})"
        for character in characters[:MOST_NAMED]
    )
    return f"{named} and {len(characters) - MOST_NAMED} more" if len(characters) > MOST_NAMED else named


def _texts(node: Node) -> Iterator[tuple[str, Span]]:
    """The texts of ``node`` with their places."""
    match node:
        case MappingNode(entries=entries):
            for entry in entries:
                yield from _texts(entry.value)
        case SequenceNode(items=items):
            for item in items:
                yield from _texts(item)
        case ScalarNode(value=str(text), span=span):
            yield text, span
