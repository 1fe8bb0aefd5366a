"""Letters that join, stack or run from right to left, put in place by HarfBuzz, which is an extra of the package."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from archdraw.records import record
from archdraw.typesetting.faces import Face, Offer

PLAIN = frozenset(
    ("Latn", "Grek", "Cyrl", "Armn", "Geor", "Hani", "Hira", "Kana", "Bopo", "Hang", "Yiii", "Ethi", "Cher", "Copt",
     "Goth", "Runr", "Ogam", "Vaii", "")
)  # fmt: skip
"""Scripts whose letters stand one after the other, from left to right, and never change."""
HAN = "Hani"
CHINESE = frozenset(("Hani", "Hira", "Kana", "Bopo", "Hang"))
"""Scripts that one font has together, in the forms of one country."""
JAMO = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))
"""Parts of Korean syllables that are not composed."""


def available() -> bool:
    """Whether HarfBuzz is installed, by the extra "letters" of the package."""
    return find_spec("uharfbuzz") is not None


def script(character: str) -> str:
    """The script of ``character`` (ISO 15924); "" for what goes with any."""
    from fontTools import unicodedata as scripts

    found = str(scripts.script(character))
    return "" if found in ("Zyyy", "Zinh") else found


def family(character: str) -> str:
    """As :func:`script`, those that share a font as one."""
    found = script(character)
    return HAN if found in CHINESE else found


def needs_shaping(text: str) -> bool:
    """Whether letters of ``text`` join, or stack, or run from right to left."""
    return any(
        script(character) not in PLAIN
        or unicodedata.category(character).startswith("M")
        or any(first <= ord(character) <= last for first, last in JAMO)
        for character in text
    )


@record
class Shaped:
    """One glyph in place, in font units of archdraw's own font; ``start`` is the character of the text it begins at."""

    number: int
    start: int
    advance: float
    right: float
    up: float


def shaped(text: str, face: Face, *, right_to_left: bool) -> tuple[Shaped, ...]:
    """The glyphs of ``text``, which is of one script, from left to right."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if right_to_left else "ltr"
    # Else it is that of the user's computer, and the forms of some letters with it.
    buffer.language = "und"
    uharfbuzz.shape(_font(face.offer, tuple(face.axes.items())), buffer)
    scale = face.scale
    return tuple(
        Shaped(info.codepoint, info.cluster, place.x_advance * scale, place.x_offset * scale, place.y_offset * scale)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


@lru_cache(maxsize=64)
def _font(offer: Offer, axes: tuple[tuple[str, float], ...]) -> Any:
    import uharfbuzz

    font = uharfbuzz.Font(uharfbuzz.Face(offer.file.path.read_bytes(), offer.number))
    if axes:
        font.set_variations(dict(axes))
    return font
