"""Inter, measured and drawn from tables: widths with kerning, outlines, subsets to embed.

The tables are made by :mod:`archdraw.fontdata.generate`. A text with a character that they lack is set out by other
fonts within :func:`archdraw.setters.setting_by` and an error elsewhere. Widths are exact: advances and pair kerning are
all that the embedded font has, so that a browser sets what was measured. Lengths are px for a ``size`` in px, unless
they are said to be in em.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from operator import getitem
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from archdraw.errors import ArchdrawError
from archdraw.records import record
from archdraw.scene import Glyph
from archdraw.setters import SetOut, kept, setter

Weight: TypeAlias = Literal[400, 500, 600, 700]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)

FAMILY = "Inter"
FALLBACK = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif"
"""The families of a text, for viewers that refuse the embedded one; these are no wider than Inter."""

UNITS = 2048
"""Font units of one em, those of :class:`Glyph`."""
ASCENT = 1984 / UNITS
"""Height of the line above its baseline, in em."""
DESCENT = 494 / UNITS
"""Depth of the line below its baseline, in em."""
CAP_HEIGHT = 1490 / UNITS
"""Height of capitals and of figures, in em."""
X_HEIGHT = 1118 / UNITS
"""Height of small letters without ascender, in em."""
LINE_HEIGHT = 1.25
"""From baseline to baseline, in em."""
MIDDLE = 0.36
"""From the middle of a line down to its baseline, in em: half the height of capitals, optically."""

MOST_NAMED = 4
"""So many characters without a glyph are named in a message; of a text in another script all lack one."""
SPACES = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x1f\x85")
"""Controls that stand between words."""
JOINERS = frozenset("\u200c\u200d")
VARIANTS = frozenset(map(chr, (0x34F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810))))
"""Selectors of a variant of the character before them, and the joiner of marks."""
EXTENDED = "extended-"
"""The cut with all characters, which few pictures need: Cyrillic, Vietnamese, mathematical signs."""

_FOLDER = Path(__file__).parent / "fontdata"


class MissingGlyph(ArchdrawError):  # noqa: N818 - says what is wrong
    """A text holds characters that Inter, as far as it is shipped here, cannot show."""

    def __init__(self, characters: frozenset[str], text: str) -> None:
        self.characters = characters
        named = ", ".join(
            f"{character if character.isprintable() else '?'} (U+{ord(character):04X} "
            f"{unicodedata.name(character, 'without a name')})"
            for character in sorted(characters)[:MOST_NAMED]
        )
        if len(characters) > MOST_NAMED:
            named = f"{named} and {len(characters) - MOST_NAMED} more"
        shown = "".join(character if character.isprintable() else "?" for character in text)
        super().__init__(f"the font has no glyph for {named} in {shown!r}; write it in other characters")


@record
class Face:
    """The data of one ``@font-face``: ``data`` is WOFF2 in base64."""

    family: str
    weight: Weight
    data: str


@record
class _Metrics:
    """Advances by character and kerning by classes, in font units."""

    advances: Mapping[str, int]
    left: Mapping[str, int]
    right: Mapping[str, int]
    kerning: tuple[tuple[int, ...], ...]
    core: frozenset[str]


@cache
def _metrics(weight: Weight, cut: str = "") -> _Metrics:
    """Those of the characters of nearly all pictures; with ``cut`` "extended-" of all that there are."""
    data = json.loads((_FOLDER / f"metrics-{cut}{weight}.json").read_text("utf-8"))
    characters, kerning = data["characters"], data["kerning"]
    return _Metrics(
        advances=dict(zip(characters, data["advances"], strict=True)),
        left=dict(zip(characters, kerning["left"], strict=True)),
        right=dict(zip(characters, kerning["right"], strict=True)),
        kerning=tuple(map(tuple, kerning["values"])),
        core=frozenset(data["core"]),
    )


def _metrics_for(text: str, weight: Weight) -> _Metrics:
    """The metrics that have all of ``text``. Raises :class:`MissingGlyph`."""
    metrics = _metrics(weight)
    if metrics.advances.keys() >= set(text):
        return metrics
    if absent := missing(text):
        raise MissingGlyph(frozenset(absent), text)
    return _metrics(weight, EXTENDED)


@cache
def _outlines(weight: Weight, cut: str = "") -> dict[str, str]:
    """As :func:`_metrics`; those of ``cut`` "extended-" are the rest."""
    outlines: dict[str, str] = json.loads((_FOLDER / f"outlines-{cut}{weight}.json").read_text("utf-8"))
    return outlines


def packaged(text: str) -> bool:
    """Whether Inter, as far as it is shipped here, can show all of ``text``."""
    return (text.isascii() and text.isprintable()) or not missing(text)


@lru_cache(maxsize=8192)
def shown(text: str) -> str:
    """``text`` as it is drawn: characters composed (NFC), those without a shape left out, any space a plain one.

    The two that say how letters of other fonts join (U+200C and U+200D) stay behind such a letter.
    """
    if packaged(text):
        return text
    kept = ""
    for character in unicodedata.normalize("NFC", text):
        if not missing(character):
            kept += character
        elif character in SPACES or unicodedata.category(character).startswith("Z"):
            kept += " "
        elif not _shapeless(character) or (character in JOINERS and kept and missing(kept[-1])):
            kept += character
    return kept


def _shapeless(character: str) -> bool:
    """Whether ``character`` is a control, or only says something about others."""
    if character in VARIANTS:
        return True
    # Signs that stand around a number, such as the end of an ayah, are called format characters, too.
    category, direction = unicodedata.category(character), unicodedata.bidirectional(character)
    return category in ("Cc", "Cs") or (category == "Cf" and direction not in ("AN", "AL"))


def missing(text: str) -> set[str]:
    """The characters of ``text`` that no weight can show."""
    rest = set(text).difference(_metrics(400).advances)
    return rest.difference(_metrics(400, EXTENDED).advances) if rest else rest


def offsets(text: str, weight: Weight) -> tuple[int, ...]:
    """Where each character starts, and where the text ends, in font units. Raises :class:`MissingGlyph`."""
    metrics = _metrics_for(text, weight)
    offsets = [0]
    position = 0
    previous = -1
    for character in text:
        if previous >= 0:
            position += metrics.kerning[previous][metrics.right[character]]
            offsets[-1] = position
        position += metrics.advances[character]
        offsets.append(position)
        previous = metrics.left[character]
    return tuple(offsets)


@lru_cache(maxsize=32768)
def _advance(text: str, weight: Weight) -> int | None:
    """Where ``text`` ends, in font units: of one text, widths at several sizes are asked for. None for other fonts."""
    if not packaged(text):
        return None
    metrics = _metrics_for(text, weight)
    # As offsets, without a loop: of all that is drawn, and of every way to break it, the width is asked for.
    kerned = map(getitem, map(metrics.kerning.__getitem__, map(metrics.left.__getitem__, text)),
                 map(metrics.right.__getitem__, text[1:]))  # fmt: skip
    return sum(map(metrics.advances.__getitem__, text)) + sum(kerned)


@kept(8192)
def _width_set_out(text: str, weight: Weight) -> float:
    return set_out(text, weight).width


def text_width(text: str, size: float, weight: Weight = 400) -> float:
    """Advance of ``text`` in px with kerning, set at ``size`` px. Raises :class:`MissingGlyph`."""
    advance = _advance(text, weight)
    width = _width_set_out(text, weight) if advance is None else advance
    return width * size / UNITS


def set_out(text: str, weight: Weight = 400) -> SetOut:
    """``text`` set out, by other fonts where it needs them; where there are none it raises :class:`MissingGlyph`."""
    drawn, others = shown(text), setter()
    if others is None or packaged(drawn):
        return SetOut(outline(drawn, weight), offsets(drawn, weight)[-1])
    return others.set_out(drawn, weight)


def outline(text: str, weight: Weight = 400) -> tuple[Glyph, ...]:
    """The glyphs of ``text`` that leave ink, set out with kerning. Raises :class:`MissingGlyph`."""
    starts, paths = offsets(text, weight), _outlines(weight)
    if not paths.keys() >= set(text):
        paths = paths | _outlines(weight, EXTENDED)
    return tuple(
        Glyph(f"u{ord(character):04x}", offset / UNITS, paths[character], "", character)
        for character, offset in zip(text, starts, strict=False)
        if paths[character]
    )


@lru_cache(maxsize=16)
def _encoded(name: str) -> str:
    return base64.b64encode((_FOLDER / name).read_bytes()).decode("ascii")


def embedded_faces(characters: Mapping[Weight, str | set[str]]) -> tuple[Face, ...]:
    """One face for each weight that shows the ``characters`` set in it, by weight.

    A weight has one face, the smallest one that is enough: kerning ends where two fonts meet, so that a second font
    with the rest of the characters would not be set as measured. Raises :class:`MissingGlyph`.
    """
    faces = []
    for weight in sorted(characters):
        text = set(characters[weight])
        if absent := missing("".join(text)):
            raise MissingGlyph(frozenset(absent), "".join(sorted(text)))
        usual = _metrics(weight)
        cut = "core" if text <= usual.core else "full" if text <= usual.advances.keys() else "extended"
        faces.append(Face(FAMILY, weight, _encoded(f"{cut}-{weight}.woff2")))
    return tuple(faces)


def wrap(text: str, size: float, weight: Weight, width: float) -> tuple[str, ...]:
    """``text`` broken at spaces into lines no wider than ``width`` px, each as full as can be.

    A word that is wider stands on a line of its own and sticks out. Space at the ends of lines is dropped; a
    no-break space never breaks. Raises :class:`MissingGlyph`.
    """
    lines: list[str] = []
    for word in text.replace("\n", " ").split(" "):
        if not word:
            continue
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            text_width(word, size, weight)
            lines.append(word)
    return tuple(lines)


def font_file(weight: Weight) -> bytes:
    """The font of ``weight`` as a TrueType file without kerning, all letters in it."""
    return (_FOLDER / f"extended-{weight}.ttf").read_bytes()


def web_font(weight: Weight) -> bytes:
    """The font of ``weight`` for web pages (WOFF2): Latin letters and the signs of pictures, with kerning."""
    return (_FOLDER / f"full-{weight}.woff2").read_bytes()
