"""Tiny fonts, made where a test needs them: each letter is a rectangle of a given width, or a shape of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

EM = 1000
"""Units of one em of these fonts; archdraw's own has 2,048."""
HEIGHT = 700
MARK = 300
"""How wide the ink of a letter is that advances by nothing."""

FORMS = """
languagesystem DFLT dflt;
languagesystem arab dflt;
feature init { sub u0628 by beh.init; } init;
feature medi { sub u0628 by beh.medi; } medi;
feature fina { sub u0628 by beh.fina; sub u0627 by alef.fina; } fina;
"""


def font(
    path: Path,
    name: str,
    letters: Mapping[str, int],
    *,
    weight: int = 400,
    empty: str = "",
    cubic: bool = False,
    more: Mapping[str, int] | None = None,
    features: str = "",
) -> Path:
    """Writes a font with ``letters`` and their advances; those in ``empty`` have no ink.

    ``more`` are glyphs by name that no letter has of itself, reached by ``features``.
    """
    named = {f"u{ord(letter):04X}": advance for letter, advance in letters.items()}
    advances = {".notdef": EM, **named, **(more or {})}
    builder = FontBuilder(EM, isTTF=not cubic)
    builder.setupGlyphOrder(list(advances))
    builder.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    blank = {f"u{ord(letter):04X}" for letter in empty}
    if cubic:
        shapes = {glyph: _cubic(advance) for glyph, advance in advances.items()}
        builder.setupCFF(name.replace(" ", ""), {}, shapes, {})
    else:
        inks = {glyph: 0 if glyph in blank else advance or MARK for glyph, advance in advances.items()}
        builder.setupGlyf({glyph: _box(ink) for glyph, ink in inks.items()})
    builder.setupHorizontalMetrics({glyph: (advance, 0) for glyph, advance in advances.items()})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    family, _, style = name.rpartition(" ")
    names = {"familyName": family, "styleName": style, "fullName": name, "psName": name.replace(" ", "")}
    builder.setupNameTable(names)
    builder.setupOS2(usWeightClass=weight)
    builder.setupPost()
    if features:
        addOpenTypeFeaturesFromString(builder.font, features)
    builder.save(path)
    return path


def _box(width: int) -> object:
    pen = TTGlyphPen(None)
    if width:
        for index, (x, y) in enumerate(((0, 0), (0, HEIGHT), (width, HEIGHT), (width, 0))):
            (pen.lineTo if index else pen.moveTo)((x, y))
        pen.closePath()
    return pen.glyph()


def _cubic(advance: int) -> object:
    pen = T2CharStringPen(advance, None)
    pen.moveTo((0, 0))
    pen.curveTo((0, HEIGHT), (advance, HEIGHT), (advance, 0))
    pen.closePath()
    return pen.getCharString()


def arabic(path: Path) -> Path:
    """A font with beh and alef, whose forms differ in their advances."""
    forms = {"beh.init": 410, "beh.medi": 420, "beh.fina": 430, "alef.fina": 230}
    return font(path, "Test Arabic Regular", {"ب": 400, "ا": 200}, more=forms, features=FORMS)


def collection(path: Path, fonts: Sequence[Path]) -> Path:
    """One file with all ``fonts``."""
    made = TTCollection()
    made.fonts = [TTFont(file) for file in fonts]
    made.save(path)
    return path
