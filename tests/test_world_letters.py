"""Pictures with names and labels in other scripts: drawn, refused at their place, warned of, read again."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdf
import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from PIL import Image

import archdraw
from archdraw.cli import run
from archdraw.fonts import outline
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.scene import Glyph, Scene, Text
from archdraw.typesetting import folders, shaping
from archdraw.writers._outlines import steps
from archdraw.writers.png import png
from archdraw.writers.svg import svg
from font_samples import EM, arabic, font

SVG = "{http://www.w3.org/2000/svg}"
SPEC = """name: L
hidden_size: 64
vocab_size: 100
context_length: 64
layers:
  - embedding
  - decoder:
      times: 2
      attention: {multi_head: {num_attention_heads: 8, position: rope}}
      feed_forward: {module: {label: LABEL, role: feed_forward, body: [linear: 64]}}
  - output_head
"""
PLACE = f"10:{SPEC.splitlines()[9].index('LABEL') + 1}"
CONFIG = """{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 100,
"max_position_embeddings": 64, "hidden_act": "silu", "rms_norm_eps": 1e-06, "tie_word_embeddings": false}"""
HAN = "前馈网络"


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The computer has the fonts of one folder, which is empty; returns it."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.setattr(folders, "FOLDERS", (folder,))
    return folder


@pytest.fixture
def han(tmp_path: Path) -> Path:
    return font(tmp_path / "han.ttf", "Test Han Regular", dict.fromkeys(HAN + "模型", EM))


def labelled(label: str) -> Model:
    return Model.from_text(SPEC.replace("LABEL", f'"{label}"'), file="l.yaml")


def saying(scene: Scene, text: str) -> list[Text]:
    return [shape for shape in scene.shapes() if isinstance(shape, Text) and text in shape.text]


@pytest.mark.parametrize(
    "label", ["Кириллица", "Прямой слой ё", "Πρόσω", "Tầng truyền thẳng", "xᵀW ∈ ℝ, ∇L ∘ h ⊕ b ⇒ y"]
)
def test_letters_of_the_package_need_no_other_font(label: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scene = labelled(label).scene()
    (words,) = saying(scene, label.split()[0])
    assert words.glyphs == ()


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_a_label_in_chinese(han: Path, theme: str) -> None:
    with pytest.warns(archdraw.FontWarning) as caught:
        scene = labelled(HAN).scene(theme=theme, fonts=han)
    (warning,) = caught
    assert isinstance(warning.message, archdraw.FontWarning)
    problem = warning.message.problem
    assert f"{problem.span.line}:{problem.span.column}" == PLACE
    assert (problem.severity, problem.message) == ("warning", f"{HAN} drawn with Test Han (han.ttf)")
    (words,) = saying(scene, HAN)
    assert words.width == pytest.approx(4 * words.size)
    assert faults(scene) == []


def test_a_font_of_the_computer(nothing_installed: Path) -> None:
    font(nothing_installed / "NotoSansSC-Regular.otf", "Noto Sans SC Regular", dict.fromkeys(HAN, EM), cubic=True)
    with pytest.warns(archdraw.FontWarning, match=rf"{HAN} drawn with Noto Sans SC \(NotoSansSC-Regular.otf\)"):
        labelled(HAN).scene()


def test_labels_that_no_font_has_are_refused_all_at_once() -> None:
    model = Model.from_text(SPEC.replace("LABEL", '"前馈"').replace("name: L", "name: 模型"), file="l.yaml")
    with pytest.raises(archdraw.InputError) as caught:
        model.scene()
    name, label = caught.value.problems
    assert str(name).splitlines()[0] == (
        "l.yaml:1:7: error: no font here has 模 (U+6A21 CJK UNIFIED IDEOGRAPH-6A21), 型 (U+578B CJK UNIFIED "
        "IDEOGRAPH-578B) in '模型'"
    )
    assert "--font FILE" in name.hint
    assert f"{label.span.line}:{label.span.column}" == PLACE


def test_without_harfbuzz_arabic_is_refused_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = arabic(tmp_path / "a.ttf")
    monkeypatch.setattr(shaping, "available", lambda: False)
    with pytest.raises(archdraw.InputError) as caught:
        labelled("باب").scene(fonts=[file])
    (problem,) = caught.value.problems
    assert f"{problem.span.line}:{problem.span.column}" == PLACE
    assert problem.message.startswith("HarfBuzz, which joins and turns letters, is not installed for ب")
    assert problem.hint == 'pip install "archdraw-nn[letters]"'


def test_a_name_that_comes_from_a_folder_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "模型-7B"
    folder.mkdir()
    (folder / "config.json").write_text(CONFIG)
    assert run(["render", "模型-7B", "-o", "out"]) == 0
    ran = capsys.readouterr()
    assert ran.out == "out/模型-7B.svg\n"
    assert ran.err.startswith("模型-7B/config.json:1:1: warning: no font here has 模 (U+6A21 CJK")
    assert "; drawn as a box\n" in ran.err
    with pytest.warns(archdraw.FontWarning):
        (name,) = saying(archdraw.load("模型-7B").scene(), "模型-7B")
    assert [glyph.name for glyph in name.glyphs[:3]] == ["box", "box", "u002d"]


@pytest.mark.parametrize(
    "command", [["render", "-o", "out"], ["gallery", "-o", "out"], ["check"], ["scale", "-o", "out"]]
)
def test_every_command_that_draws_takes_a_font(
    command: list[str], han: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "l.yaml"
    spec.write_text(SPEC.replace("LABEL", "Plain").replace("name: L", f"name: {HAN}\nreleased: 2024-01-01"))
    assert run([command[0], "l.yaml", *command[1:]]) == 1
    assert "l.yaml:1:7: error: no font here has 前" in capsys.readouterr().err
    assert run([command[0], "l.yaml", *command[1:], "--font", str(han)]) == 0
    err = capsys.readouterr().err
    assert err.count("drawn with Test Han (han.ttf)") == 1
    assert err.startswith("l.yaml:1:7: warning: ")
    assert run([command[0], "l.yaml", *command[1:], "--font", "none.ttf"]) == 1
    assert "none.ttf cannot be read as a font: No such file or directory" in capsys.readouterr().err


def test_pictures_of_several_models(han: Path) -> None:
    models = [Model.from_text(SPEC.replace("LABEL", f'"{HAN}"').replace("name: L", f"name: {name}")) for name in "模型"]
    for picture in (archdraw.compare(*models), archdraw.poster(*models)):
        with pytest.warns(archdraw.FontWarning):
            scene = picture.scene(fonts=han)
        assert saying(scene, "模")
        with pytest.raises(archdraw.InputError, match="no font here has"):
            picture.scene()


def test_what_has_no_shape_is_left_out() -> None:
    (words,) = saying(labelled("e\\u0301ta\\u200bge\\u202e\\u00ad").scene(), "éta")
    assert words.text == words.phrase == "étage"
    assert words.glyphs == ()


def words_of(picture: str) -> tuple[ElementTree.Element, list[ElementTree.Element]]:
    root = ElementTree.fromstring(picture)
    return root, [text for text in root.iter(f"{SVG}text") if text.text == HAN]


@pytest.mark.filterwarnings("ignore::archdraw.FontWarning")
def test_svg_has_the_outlines_and_the_text(han: Path) -> None:
    scene = labelled(HAN).scene(fonts=han)
    glyph = saying(scene, HAN)[0].glyphs[0]
    for mode in ("embed", "searchable", "outline"):
        root, found = words_of(svg(scene, mode))
        assert glyph.path in {path.get("d") for path in root.iter(f"{SVG}path")}
        uses = [use for use in root.iter(f"{SVG}use") if (use.get("href") or "").endswith(f"-{glyph.name}")]
        assert len(uses) == 1
        assert len(found) == (mode != "outline")
        assert any(HAN in (title.text or "") for title in root.iter(f"{SVG}title"))
    _, (text,) = words_of(svg(scene))
    assert float(text.get("fill-opacity", "1")) < 0.05
    assert text.get("textLength") == f"{saying(scene, HAN)[0].width:g}"


@pytest.mark.filterwarnings("ignore::archdraw.FontWarning")
def test_pixels_have_the_letters(han: Path) -> None:
    """The rectangle of the test's font is filled from its baseline up."""
    scene = labelled(HAN).scene(fonts=han)
    (words,) = saying(scene, HAN)
    image = Image.open(io.BytesIO(png(scene, 2))).convert("RGB")
    ink = tuple(bytes.fromhex(scene.palette[words.fill].removeprefix("#")))
    for share in (0.05, 0.5, 0.95):
        assert image.getpixel((round(2 * (words.left + share * words.width)), round(2 * words.y - 8))) == ink


@pytest.mark.filterwarnings("ignore::archdraw.FontWarning")
def test_pdf_has_the_outlines_and_the_text(han: Path, tmp_path: Path) -> None:
    page = pypdf.PdfReader(io.BytesIO(labelled(HAN).pdf(fonts=han))).pages[0]
    content = page.get_contents()
    assert content is not None
    data = content.get_data().decode("latin-1")
    assert f"/ActualText <FEFF{HAN.encode('utf-16-be').hex().upper()}>" in data
    # Letters from right to left stand one by one where they are seen.
    page = pypdf.PdfReader(io.BytesIO(labelled("باب").pdf(fonts=arabic(tmp_path / "a.ttf")))).pages[0]
    content = page.get_contents()
    assert content is not None
    assert re.findall(r"ActualText <FEFF(\w+)>", content.get_data().decode("latin-1")) == ["0628", "0627", "0628"]


def test_the_same_bytes_in_any_language(han: Path, tmp_path: Path) -> None:
    (tmp_path / "l.yaml").write_text(SPEC.replace("LABEL", '"前馈 باب"'))
    fonts = ("--font", str(han), "--font", str(arabic(tmp_path / "a.ttf")))
    made = []
    for language, seed in (("C.UTF-8", "1"), ("ur_PK.UTF-8", "2")):
        where = {**os.environ, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": seed}
        command = [
            sys.executable,
            "-m",
            "archdraw",
            "render",
            "l.yaml",
            *fonts,
            "--format",
            "svg,png,pdf",
            "-o",
            language,
        ]
        subprocess.run(command, cwd=tmp_path, env=where, check=True, capture_output=True)
        made.append([(tmp_path / language / f"l.{ending}").read_bytes() for ending in ("svg", "png", "pdf")])
    assert made[0] == made[1]


def test_two_fonts_of_one_name_keep_their_shapes() -> None:
    shapes = ("M0 0H9V-9Z", "M0 0H7V-7Z")
    texts = (Text(0, 9, "注", 9, 400, "#000000", 9, glyphs=(Glyph("a-1", 0, shape, "A", "注"),)) for shape in shapes)
    root = ElementTree.fromstring(svg(Scene(20, 20, "t", "d", None, tuple(texts))))
    places = {f"#{path.get('id')}": path.get("d") for path in root.iter(f"{SVG}path")}
    assert [places[use.get("href", "")] for use in root.iter(f"{SVG}use")] == list(shapes)


@pytest.mark.parametrize("character", "agR&8θ∑√Яắ")
def test_steps_are_what_the_path_data_says(character: str) -> None:
    """The same box and the same area as fontTools reads from it."""
    (glyph,) = outline(character)
    for pen_of in (lambda: BoundsPen(None), AreaPen):
        expected, found = pen_of(), pen_of()
        parse_path(glyph.path, expected)
        for step in steps(glyph.path):
            match step:
                case ():
                    found.closePath()
                case (end,):
                    found.lineTo(end)
                case (_, start):
                    found.moveTo(start)
                case (first, second, end):
                    found.curveTo(first, second, end)
        assert _values(found) == pytest.approx(_values(expected))
        assert any(_values(found))


def _values(pen: Any) -> tuple[float, ...]:
    return tuple(pen.bounds) if isinstance(pen, BoundsPen) else (pen.value,)
