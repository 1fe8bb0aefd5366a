"""Widths against HarfBuzz on the very fonts that are embedded, outlines against widths, errors, line breaking."""

from __future__ import annotations

import base64
import io
import itertools
import re
from functools import cache

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from archdraw.fonts import (
    ASCENT,
    CAP_HEIGHT,
    DESCENT,
    UNITS,
    WEIGHTS,
    X_HEIGHT,
    MissingGlyph,
    Weight,
    embedded_faces,
    missing,
    outline,
    shown,
    text_width,
    wrap,
)

LABELS = (
    "Grouped-query attention",
    "32 Q, 8 KV, head 128",
    "AVATAR To. Ty, Wa/Ya (L'T) “Ty”",
    "5,376 → 262,208 × √2 ≤ α·β² – 8x8 -> 4:1",
    "Zażółć gęślą jaźń, Ōtautahi, Škoda & Ångström",
)
CORE = "".join(map(chr, range(32, 127))) + "\u00a0×÷±–·²√≤≥≠≈→αβγδθλμσΔ"
WANTED = CORE + "—‘’“”…↑←↓Σ" + "".join(chr(code) for code in range(0xA1, 0x17F) if code not in (0xAD, 0x149))

EXTENDED = WANTED + "Кириллица ЁёҐґҚқ Đường ắ ƠơƯư ∈∉∇∘ℝℂ⊕⊙⇒⟨⟩⌊⌋ᵀᴴₙ∀∃∫"

weights = st.sampled_from(WEIGHTS)
texts = st.text(st.sampled_from(WANTED), max_size=40)


def embedded(weight: Weight, characters: str) -> TTFont:
    """The font that a picture with these characters embeds."""
    (face,) = embedded_faces({weight: characters})
    return TTFont(io.BytesIO(base64.b64decode(face.data)))


@cache
def shaper(weight: Weight, characters: str) -> uharfbuzz.Font:
    font = embedded(weight, characters)
    font.flavor = None
    stream = io.BytesIO()
    font.save(stream)
    return uharfbuzz.Font(uharfbuzz.Face(stream.getvalue()))


def shaped(font: uharfbuzz.Font, text: str) -> int:
    """Width of ``text`` in font units as a browser sets it, all default features on."""
    if not text:
        return 0
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    uharfbuzz.shape(font, buffer)
    return sum(position.x_advance for position in buffer.glyph_positions)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("text", LABELS)
def test_labels_are_as_wide_as_shaped(text: str, weight: Weight) -> None:
    assert text_width(text, UNITS, weight) == shaped(shaper(weight, WANTED), text)


@given(texts, weights)
def test_widths_are_those_of_harfbuzz(text: str, weight: Weight) -> None:
    assert text_width(text, UNITS, weight) == shaped(shaper(weight, WANTED), text)


@given(st.text(st.sampled_from(CORE), max_size=40), weights)
def test_the_small_subset_has_the_same_widths(text: str, weight: Weight) -> None:
    assert text_width(text, UNITS, weight) == shaped(shaper(weight, CORE), text)


@given(st.text(st.sampled_from(EXTENDED), max_size=40), weights)
def test_the_large_subset_has_the_same_widths(text: str, weight: Weight) -> None:
    assert text_width(text, UNITS, weight) == shaped(shaper(weight, EXTENDED), text)


def test_every_pair_of_figures_and_letters() -> None:
    letters = "ATVWYafotvwy0147.,-x "
    for first, second in itertools.product(letters, repeat=2):
        assert text_width(first + second, UNITS, 500) == shaped(shaper(500, WANTED), first + second)


def test_kerning_counts() -> None:
    assert text_width("AV", 20, 400) < text_width("A", 20, 400) + text_width("V", 20, 400)


@given(texts, st.floats(1, 200), weights)
def test_width_grows_with_size(text: str, size: float, weight: Weight) -> None:
    assert text_width(text, 2 * size, weight) == pytest.approx(2 * text_width(text, size, weight))


def test_bolder_is_wider() -> None:
    widths = [text_width("Grouped-query attention", 20, weight) for weight in WEIGHTS]
    assert widths == sorted(set(widths))


def test_nothing_is_missing_that_was_promised() -> None:
    assert missing(EXTENDED) == set()
    assert missing("") == set()


def test_missing_glyph() -> None:
    assert missing("a 注意 b") == {"注", "意"}
    with pytest.raises(MissingGlyph) as caught:
        text_width("a 注 b", 20, 400)
    assert caught.value.characters == {"注"}
    assert str(caught.value) == (
        "the font has no glyph for 注 (U+6CE8 CJK UNIFIED IDEOGRAPH-6CE8) in 'a 注 b'; write it in other characters"
    )
    assert "and 2 more" in str(MissingGlyph(frozenset("注意事项請求"), ""))
    with pytest.raises(MissingGlyph):
        outline("注", 400)
    with pytest.raises(MissingGlyph):
        embedded_faces({400: "注"})


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\n", "\t", "\u200b", "\u202e", "\ud800", "\ufeff", "\xad"])
def test_control_characters_are_left_out_or_spaces(character: str) -> None:
    meant = "a b" if character.isspace() else "ab"
    assert shown(f"a{character}b") == meant
    assert text_width(f"a{character}b", 20, 400) == text_width(meant, 20, 400)
    with pytest.raises(MissingGlyph) as caught:
        outline(f"a{character}b", 400)
    assert all(one.isprintable() for one in str(caught.value))


def test_what_is_drawn_is_composed() -> None:
    assert shown("Ти\u0306p\u200be\u0301") == "Тйpé"
    assert shown("1\u3000000\u2009m") == "1 000 m"
    assert shown("注\ufe0f\u200d意") == "注\u200d意"
    assert shown("می\u200cخواهم") == "می\u200cخواهم"
    assert text_width("e\u0301", 20, 400) == text_width("é", 20, 400)


@given(texts, weights)
def test_outlines_stand_where_the_text_before_them_ends(text: str, weight: Weight) -> None:
    glyphs = outline(text, weight)
    inked = [index for index, character in enumerate(text) if outline(character, weight)]
    assert len(glyphs) == len(inked)
    for glyph, index in zip(glyphs, inked, strict=True):
        whole, last = text_width(text[: index + 1], 1, weight), text_width(text[index], 1, weight)
        assert glyph.offset == pytest.approx(whole - last)


def test_outline_of_a_bar() -> None:
    (glyph,) = outline("|", 400)
    assert glyph.name == "u007c"
    assert glyph.path.startswith("m")
    assert glyph.path.endswith("z")


def test_outlines_are_the_fonts() -> None:
    """Every corner of a capital H lies on the baseline, at the height of capitals, or at the bar between."""
    (glyph,) = outline("H", 400)
    heights = set(_visited(glyph.path))
    assert {0, -round(CAP_HEIGHT * UNITS)} <= heights
    assert max(heights) == 0


def _visited(path: str) -> list[int]:
    """The y of every corner of a path of straight lines."""
    y, found = 0, []
    for command, numbers in re.findall(r"([mlhvz])([^mlhvz]*)", path):
        values = [int(number) for number in re.findall(r"-?\d+", numbers)]
        y += {"m": values[-1:], "l": values[-1:], "v": values, "h": [0], "z": [0]}[command][0]
        found.append(y)
    return found


def test_space_leaves_no_ink() -> None:
    assert outline(" \u00a0", 400) == ()


def test_constants_are_the_fonts() -> None:
    font = embedded(400, CORE)
    assert font["hhea"].ascent / UNITS == ASCENT
    assert -font["hhea"].descent / UNITS == DESCENT
    assert font["OS/2"].sCapHeight / UNITS == CAP_HEIGHT
    assert font["OS/2"].sxHeight / UNITS == X_HEIGHT


def test_faces_are_small_where_that_is_enough() -> None:
    core, full = embedded_faces({400: CORE}), embedded_faces({400: CORE + "é"})
    extended = embedded_faces({400: CORE + "Я"})
    assert len(core[0].data) < len(full[0].data) / 2 < len(extended[0].data) / 4
    assert [face.weight for face in embedded_faces({700: "a", 400: "b"})] == [400, 700]


def test_embedded_fonts_keep_their_licence_and_substitute_nothing() -> None:
    for weight, characters in itertools.product(WEIGHTS, (CORE, WANTED, EXTENDED)):
        font = embedded(weight, characters)
        assert "GSUB" not in font
        assert "Inter" in font["name"].getDebugName(0)
        assert "SIL Open Font License" in font["name"].getDebugName(13)
        assert font["OS/2"].usWeightClass == weight


@given(st.lists(st.sampled_from(["a", "of", "token", "embedding", "4,096", "×"]), max_size=12), st.floats(10, 400))
def test_wrapping_keeps_words_and_width(words: list[str], width: float) -> None:
    lines = wrap(" ".join(words), 20, 500, width)
    assert " ".join(lines).split() == words
    for line in lines:
        assert text_width(line, 20, 500) <= width or " " not in line
    for upper, lower in itertools.pairwise(lines):
        assert text_width(f"{upper} {lower.split()[0]}", 20, 500) > width


def test_wrapping_of_nothing_and_of_spaces() -> None:
    assert wrap("", 20, 400, 100) == ()
    assert wrap("  a   b ", 20, 400, 1000) == ("a b",)
    assert wrap("32\u00a0heads", 20, 400, 1) == ("32\u00a0heads",)
