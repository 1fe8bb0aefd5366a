"""Letters that archdraw's own font lacks: which font they are taken from, and where their glyphs stand."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.errors import ArchdrawError
from archdraw.fonts import JOINERS, UNITS, Weight, set_out, shown, text_width
from archdraw.layout.diagram.text import fitted
from archdraw.scene import Glyph
from archdraw.setters import NO_FONT, NO_SHAPER, SetOut, setting_by
from archdraw.typesetting import folders, other_fonts, shaping
from archdraw.typesetting.folders import ranked
from font_samples import EM, HEIGHT, arabic, collection, font

SCALE = UNITS / EM


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The computer has the fonts of one folder, which is empty; returns it."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.setattr(folders, "FOLDERS", (folder,))
    return folder


def set_by(text: str, *files: Path, weight: Weight = 400) -> SetOut:
    with setting_by(other_fonts(files)):
        return set_out(text, weight)


def sources(found: SetOut) -> list[tuple[str, str]]:
    return [(glyph.letters, glyph.source) for glyph in found.glyphs if glyph.source]


def widths(glyphs: tuple[Glyph, ...]) -> list[int]:
    """The advances that rectangles have in their font, from left to right."""
    return [round(int(glyph.path.split("H")[1].split("V")[0]) / SCALE) for glyph in glyphs]


def test_a_letter_is_as_wide_and_drawn_as_its_font_says(tmp_path: Path) -> None:
    file = font(tmp_path / "a.ttf", "Test Sans Regular", {"注": 1000, "意": 900})
    found = set_by("注意", file)
    assert found.width == pytest.approx(1900 * SCALE)
    assert [glyph.offset for glyph in found.glyphs] == [0, pytest.approx(1000 / EM)]
    assert found.glyphs[0].path.replace(",", " ") == f"M0 0V{-round(HEIGHT * SCALE)}H{round(1000 * SCALE)}V0Z"
    assert sources(found) == [("注", "Test Sans (a.ttf)"), ("意", "Test Sans (a.ttf)")]


def test_own_letters_stay_among_others(tmp_path: Path) -> None:
    file = font(tmp_path / "a.ttf", "Test Sans Regular", {"注": 1000, "A": 50, " ": 50})
    with setting_by(other_fonts([file])):
        assert text_width("AV 注 7B", 20) == pytest.approx(text_width("AV ", 20) + 20 + text_width(" 7B", 20))
    assert sources(set_by("AV 注 7B", file)) == [("注", "Test Sans (a.ttf)")]


def test_curves_of_the_third_degree(tmp_path: Path) -> None:
    file = font(tmp_path / "a.otf", "Test Sans Regular", {"注": 1000}, cubic=True)
    assert set_by("注", file).glyphs[0].path.replace(",", " ") == "M0 0C0 -1434 2048 -1434 2048 0Z"


def test_given_fonts_come_first_in_their_order(tmp_path: Path, nothing_installed: Path) -> None:
    font(nothing_installed / "NotoSans-Regular.ttf", "Noto Sans Regular", {"注": 1000, "意": 1000})
    one = font(tmp_path / "one.ttf", "One Regular", {"注": 1000})
    two = font(tmp_path / "two.ttf", "Two Regular", {"注": 1000})
    assert sources(set_by("注", one, two))[0][1] == "One (one.ttf)"
    assert sources(set_by("注", two, one))[0][1] == "Two (two.ttf)"
    assert sources(set_by("意", one, two))[0][1] == "Noto Sans (NotoSans-Regular.ttf)"


def test_a_run_is_of_one_font_where_one_has_it_all(tmp_path: Path) -> None:
    part = font(tmp_path / "part.ttf", "Part Regular", {"注": 1000})
    whole = font(tmp_path / "whole.ttf", "Whole Regular", {"注": 1000, "意": 1000})
    assert {source for _, source in sources(set_by("注意", part, whole))} == {"Whole (whole.ttf)"}
    assert sources(set_by("注意", part)) == [("注", "Part (part.ttf)"), ("意", NO_FONT)]


def test_the_nearest_weight_of_the_given_ones(tmp_path: Path) -> None:
    regular = font(tmp_path / "r.ttf", "Test Regular", {"注": 1000})
    bold = font(tmp_path / "b.ttf", "Test Bold", {"注": 1000}, weight=700)
    assert sources(set_by("注", regular, bold))[0][1] == "Test (r.ttf)"
    assert sources(set_by("注", regular, bold, weight=700))[0][1] == "Test Bold (b.ttf)"


def test_a_letter_without_ink_or_font_is_a_box(tmp_path: Path) -> None:
    """Fonts of coloured pictures have glyphs without outlines."""
    file = font(tmp_path / "a.ttf", "Test Regular", {"😀": 1000, "注": 1000}, empty="😀")
    found = set_by("😀注", file)
    assert sources(found) == [("😀", NO_FONT), ("注", "Test (a.ttf)")]
    assert found.glyphs[0].path
    assert found.glyphs[1].offset * UNITS + 1000 * SCALE == pytest.approx(found.width)


def test_the_order_of_the_fonts_of_a_computer() -> None:
    names = [
        "Aardvark.ttf", "NotoSerif-Regular.ttf", "NotoSans-Italic.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans.ttf",
        "NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSansMono-Regular.ttf", "NotoSansCJKjp-Regular.otf",
        "NotoSansCJKsc-Regular.otf", "NotoSansThai-Light.ttf", "NotoSansThai-Regular.ttf",
    ]  # fmt: skip
    ordered = [file.name for file in ranked([Path(name) for name in names], 400, "SC")]
    assert ordered[:3] == ["NotoSans-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansCJKsc-Regular.otf"]
    assert ordered.index("NotoSansThai-Regular.ttf") < ordered.index("NotoSansThai-Light.ttf")
    assert ordered.index("DejaVuSans.ttf") < ordered.index("DejaVuSans-Bold.ttf") < ordered.index("Aardvark.ttf")
    assert ordered[-2:] == ["NotoSansCJKjp-Regular.otf", "NotoSans-Italic.ttf"]
    assert ranked([Path(name) for name in names], 700, "SC")[0].name == "NotoSans-Bold.ttf"
    assert [file.name for file in ranked([Path(name) for name in names], 400, "JP")].index(
        "NotoSansCJKjp-Regular.otf"
    ) < ordered.index("NotoSansMono-Regular.ttf")


def test_chinese_characters_have_the_forms_of_the_text(tmp_path: Path, nothing_installed: Path) -> None:
    letters = {"注": 1000, "の": 1000, "한": 1000, "ㄅ": 1000}
    files = [
        font(tmp_path / f"{region}.ttf", f"Noto Sans CJK {region}", letters) for region in ("JP", "KR", "SC", "TC")
    ]
    collection(nothing_installed / "NotoSansCJK-Regular.ttc", files)
    for text, region in (("注", "SC"), ("注の", "JP"), ("한注", "KR"), ("ㄅ注", "TC"), ("a注 bの", "JP")):
        names = {source.partition(" (")[0] for _, source in sources(set_by(text))}
        assert names == {f"Noto Sans CJK {region}"}, text


def test_a_file_that_is_no_font(tmp_path: Path, nothing_installed: Path) -> None:
    wrong = tmp_path / "wrong.ttf"
    wrong.write_bytes(b"no font")
    for file in (wrong, tmp_path / "none.ttf"):
        with pytest.raises(ArchdrawError, match=rf"{file.name} cannot be read as a font: "):
            other_fonts([file])
    # One of the computer is passed over, also where it breaks only inside.
    (nothing_installed / "a.ttf").write_bytes(b"no font")
    whole = font(tmp_path / "whole.ttf", "Test Regular", {"注": 1000}).read_bytes()
    start = whole.index(b"\x00\x04", whole.index(b"cmap") + 16)
    (nothing_installed / "b.ttf").write_bytes(whole[: start + 8])
    font(nothing_installed / "c.ttf", "Good Regular", {"注": 1000})
    assert sources(set_by("注")) == [("注", "Good (c.ttf)")]


def test_fonts_lie_in_folders_of_folders(nothing_installed: Path) -> None:
    below = nothing_installed / "truetype" / "test"
    below.mkdir(parents=True)
    font(below / "deep.TTF", "Deep Regular", {"𠮷": 1000})
    assert sources(set_by("𠮷")) == [("𠮷", "Deep (deep.TTF)")]


def test_what_was_measured_is_kept_apart_for_each_font(tmp_path: Path) -> None:
    narrow = font(tmp_path / "n.ttf", "Narrow Regular", {"注": 500})
    wide = font(tmp_path / "w.ttf", "Wide Regular", {"注": 1000})
    for file, width in ((narrow, 10), (wide, 20), (narrow, 10)):
        with setting_by(other_fonts([file])):
            assert text_width("注", 20) == pytest.approx(width)
            assert fitted("注 注", 30, 20, 20, 400)[0].text == ("注 注" if file == narrow else "注")


def test_arabic_letters_join_and_run_from_right_to_left(tmp_path: Path) -> None:
    found = set_by("باب", arabic(tmp_path / "a.ttf"))
    # From the left: the last beh stands alone, alef ends what the first beh begins.
    assert widths(found.glyphs) == [400, 230, 410]
    assert [glyph.letters for glyph in found.glyphs] == ["ب", "ا", "ب"]
    assert found.width == pytest.approx((400 + 230 + 410) * SCALE)
    assert widths(set_by("ببب", arabic(tmp_path / "a.ttf")).glyphs) == [430, 420, 410]


def test_what_says_how_letters_join_is_heard_and_not_drawn(tmp_path: Path) -> None:
    file = arabic(tmp_path / "a.ttf")
    assert widths(set_by("بب", file).glyphs) == [430, 410]
    assert widths(set_by("ب\u200cب", file).glyphs) == [400, 400]
    cjk = font(tmp_path / "c.ttf", "Test Regular", {"注": 1000})
    assert set_by("注\u200d注\ufe0f", cjk).width == pytest.approx(2000 * SCALE)


def test_words_of_two_directions(tmp_path: Path) -> None:
    found = set_by("اا 7B (ا)", arabic(tmp_path / "a.ttf"))
    letters = [glyph.letters for glyph in found.glyphs]
    assert letters == ["(", "ا", ")", "7", "B", "ا", "ا"]
    assert all(one.offset < other.offset for one, other in pairwise(found.glyphs))


def test_marks_stand_on_their_letter(tmp_path: Path) -> None:
    file = font(tmp_path / "a.ttf", "Test Regular", {"x": 500, "\u0304": 0})
    assert set_by("ax\u0304", file).width == pytest.approx(set_by("a").width + 500 * SCALE)


def test_without_harfbuzz_joined_letters_are_boxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "available", lambda: False)
    letters = font(tmp_path / "c.ttf", "Test Regular", {"注": 1000, "x": 500, "\u0304": 0})
    files = (arabic(tmp_path / "a.ttf"), letters)
    assert sources(set_by("با", *files)) == [("ا", NO_SHAPER), ("ب", NO_SHAPER)]
    assert sources(set_by("x\u0304", *files)) == [("x\u0304", NO_SHAPER)]
    assert sources(set_by("注", *files)) == [("注", "Test (c.ttf)")]


def test_harfbuzz_changes_nothing_where_it_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = font(tmp_path / "c.ttf", "Test Regular", {"注": 1000, "한": 1000, "☃": 1000})
    found = set_by("注 한 ☃", file)
    monkeypatch.setattr(shaping, "shaped", None)
    other_fonts([file]).set_out.cache_clear()
    assert set_by("注 한 ☃", file) == found


@given(st.text(max_size=12))
def test_any_text_can_be_measured(text: str) -> None:
    """Without any font too: each letter has a mark, and nothing stands before the text or behind it."""
    with setting_by(other_fonts()):
        found = set_out(text)
    assert found.width >= 0
    assert all(0 <= glyph.offset * UNITS <= found.width for glyph in found.glyphs)
    said = {letter for glyph in found.glyphs for letter in glyph.letters}
    assert {letter for letter in shown(text) if not letter.isspace()} - JOINERS <= said
