"""Decks: which slides they have, what stands on them, in whose design, and by which clicks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

import archdraw
from archdraw.app.deck import Deck, deck
from archdraw.cli import run
from archdraw.errors import ArchdrawError
from archdraw.provenance import found_in
from archdraw.tree.counts import report
from archdraw.tree.sheet import rows
from read_slides import every, faults_of, place, shapes, slide_of, words
from slide_templates import harbour, night

SPEC = Path(__file__).parent.parent / "specs" / "llama-3-8b.yaml"


@cache
def made_of(*models: str, **options: Any) -> Deck:
    return deck([archdraw.load(model) for model in models], **options)


def read(made: Deck) -> Any:
    return Presentation(io.BytesIO(made.data))


def titles(made: Deck) -> list[str]:
    return [slide.shapes.title.text_frame.text.partition("   ")[0] for slide in read(made).slides]


def test_a_model_has_a_slide_for_the_whole_each_panel_its_numbers_and_sources() -> None:
    assert titles(made_of("deepseek-v3")) == [
        "DeepSeek V3",
        "DeepSeek V3: Mixture of experts",
        "DeepSeek V3: Multi-head latent attention",
        "DeepSeek V3: layers, parameters and memory",
        "DeepSeek V3: facts",
        "DeepSeek V3: sources",
    ]


def test_several_models_have_a_table_and_what_differs_in_front() -> None:
    made = made_of("llama-3-8b", "deepseek-v3")
    assert titles(made)[:4] == [
        "Llama 3 8B and DeepSeek V3",
        "Llama 3 8B and DeepSeek V3 side by side",
        "What differs (1 of 2)",
        "What differs (2 of 2)",
    ]
    assert made.remarks == ()
    data = zipfile.ZipFile(io.BytesIO(made.data)).read("ppt/presentation.xml").decode()
    assert re.findall('p14:section name="([^"]*)"', data) == ["Overview", "Llama 3 8B", "DeepSeek V3"]
    rows_of = [row for number in (3, 4) for row in table_of(read(made).slides[number - 1])]
    assert ["hidden size", "4,096", "≠ 7,168"] in rows_of
    assert ["MTP module", "none", "+ 1 layer, 11.6B (not in total), also reads the next token"] in rows_of


def table_of(slide: Any) -> list[list[str]]:
    return [
        [cell.text_frame.text for cell in row.cells]
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
    ]


def test_facts_are_those_that_are_counted() -> None:
    model = archdraw.load("deepseek-v3")
    counted = report(model.facts, model.name, model.spec.context_length or 0)
    (slide,) = (slide for slide in read(made_of("deepseek-v3")).slides if "facts" in slide.shapes.title.text_frame.text)
    expected = sorted([name.strip(), value, remark] for name, value, remark in rows(counted))
    assert sorted([name.strip(), *rest] for name, *rest in table_of(slide)) == expected


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (("gpt-2", "gpt-2-xl", "gpt-1", "llama-1-7b", "llama-2-7b"), "it takes at most 4 models, not 5"),
        (("gpt-2", "step-5-preview"), "the structure of Step-5 Preview is not disclosed"),
    ],
)
def test_what_a_deck_lacks_is_said(models: tuple[str, ...], said: str) -> None:
    (remark,) = made_of(*models).remarks
    assert remark == f"no comparison: {said}"


@pytest.mark.parametrize("options", [{}, {"theme": "dark", "size": "4:3"}, {"clicks": True}, {"pictures": "picture"}])
def test_a_deck_is_valid_and_the_same_each_time(options: dict[str, Any], tmp_path: Path) -> None:
    made = made_of("llama-3-8b", "deepseek-v3", **options)
    assert faults_of(made.data, tmp_path) == []
    assert deck([archdraw.load("llama-3-8b"), archdraw.load("deepseek-v3")], **options).data == made.data


def test_slides_of_4_by_3_are_so() -> None:
    found = read(made_of("llama-3-8b", size="4:3"))
    assert (found.slide_width, found.slide_height) == (9_144_000, 6_858_000)
    with pytest.raises(ArchdrawError, match="say 16:9 or 4:3"):
        made_of("llama-3-8b", size="5:4")


def test_another_template_is_another_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))
    template, target = tmp_path / "template.pptx", tmp_path / "made.pptx"
    files = []
    for content in (harbour(), night(), night()):
        template.write_bytes(content)
        assert run(["render", str(SPEC), "--template", str(template), "-o", str(target)]) == 0
        files.append(target.read_bytes())
    assert files[0] != files[1] == files[2]


def test_models_that_are_the_same_differ_in_nothing() -> None:
    shown = read(made_of("gpt-2", "gpt-2")).slides
    (slide,) = (one for one in shown if one.shapes.title.text_frame.text == "What differs")
    assert "nothing: structure, settings and counts are the same" in slide.placeholders[1].text_frame.text


@pytest.mark.parametrize("options", [{}, {"theme": "dark"}, {"size": "4:3"}])
def test_nothing_stands_outside_of_its_slide(options: dict[str, Any]) -> None:
    made = made_of("qwen3-next-80b-a3b", "whisper-large-v3", **options)
    found = read(made)
    for number, slide in enumerate(found.slides, 1):
        for shape in every(slide.shapes):
            if shape.has_text_frame and "txBox" in shape._element.xml.partition("spPr")[0]:
                continue
            assert shape.left >= 0, (number, shape.name)
            assert shape.top >= 0, (number, shape.name)
            assert shape.left + shape.width <= found.slide_width, (number, shape.name)
            assert shape.top + shape.height <= found.slide_height, (number, shape.name)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (["--steps", "pdf", "-o", "made.svg"], 2, "--steps pdf makes pdf, not svg"),
        (["--steps", "files", "-o", "-"], 2, "-o - takes one spec and no --steps files"),
        (["--steps", "clicks", "--view", "inset:self_attn", "-o", "made.pptx"], 1, "this view has no steps"),
        (["--template", "x.pptx"], 2, "--template and --as are for slides: say --format pptx"),
        (["--template", "x.pptx", "-o", "made.pptx"], 1, "x.pptx cannot be read: No such file or directory"),
        (["--template", str(SPEC), "-o", "made.pptx"], 1, "is no presentation of PowerPoint (.pptx or .potx)"),
    ],
)
def test_wrong_usage(
    given: Sequence[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(["render", str(SPEC), *given]) == code
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("made*"))


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["deck", "llama-3-8b", "gpt-2", "--title", "Two"]) == 0
    assert capsys.readouterr().out == "out/llama-3-8b-gpt-2.pptx\n"
    data = Path("out/llama-3-8b-gpt-2.pptx").read_bytes()
    said = found_in(data)
    assert said is not None
    assert said["command"] == "archdraw deck llama-3-8b gpt-2 --title Two"
    assert set(said["specs"]) == {"llama-3-8b", "gpt-2"}
    assert Presentation(io.BytesIO(data)).core_properties.title == "Two"
    assert run(["deck", "llama-3-8b", "no-such-model"]) == 1
    assert run(["deck", "llama-3-8b", "--template", "x.pptx", "--theme", "dark"]) == 2
    assert "--theme is that of the template" in capsys.readouterr().err
    assert run(["deck", "llama-3-8b", "-o", "x.pdf"]) == 2
    assert run(["deck", "llama-3-8b", "-o", "bare.pptx", "--no-metadata"]) == 0
    assert found_in(Path("bare.pptx").read_bytes()) is None


def test_a_format_has_its_own_usual_view(tmp_path: Path) -> None:
    assert run(["render", str(SPEC), "--format", "svg,pptx", "-o", str(tmp_path)]) == 0
    deck = Presentation(str(tmp_path / "llama-3-8b.pptx"))
    assert (deck.slide_width, deck.slide_height) == (12_192_000, 6_858_000)
    assert 'viewBox="0 0 1224 1096"' in (tmp_path / "llama-3-8b.svg").read_text("utf-8")


def test_places_of_a_slide() -> None:
    """The picture of a slide is as large as that: what is at its edge in px is so in EMU."""
    scene = archdraw.load("llama-3-8b").scene("slide")
    slide = slide_of(made_of("llama-3-8b").data)
    lefts = {place(shape)[0] for shape in shapes(slide, "sp") if not words(shape)}
    assert scene.width == 816
    assert round(20 / 816 * 12_192_000) in lefts


def test_slides_that_were_made_before_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))
    spec = Path("tiny.yaml")
    text = "name: Tiny\nhidden_size: 8\nvocab_size: 10\nlayers: [embedding, output_head]\n"
    spec.write_text(text, "utf-8")
    made: list[int] = []

    def counted(models: Sequence[archdraw.Model], **more: Any) -> Deck:
        made.append(len(models))
        return Deck(repr(([model.name for model in models], more)).encode(), "Slides", ("a remark",))

    monkeypatch.setattr("archdraw.app.deck.deck", counted)

    def again(*words: str, models: tuple[str, ...] = ("tiny.yaml", "gpt-2")) -> bytes:
        assert run(["deck", *models, "-o", "a.pptx", *words]) == 0
        return Path("a.pptx").read_bytes()

    first = again()
    assert made == [2]
    assert run(["deck", "tiny.yaml", "gpt-2", "-o", "b.pptx"]) == 0
    assert Path("b.pptx").read_bytes() == first
    assert made == [2], "another file of the same slides"
    spec.write_text(text.replace("Tiny", "Small"), "utf-8")
    assert again() != first
    spec.write_text(text, "utf-8")
    assert again() == first
    assert made == [2, 2]
    for option in (["--title", "A"], ["--size", "4:3"], ["--clicks"], ["--no-metadata"], ["--no-cache"]):
        again(*option)
    again(models=("gpt-2", "tiny.yaml"))
    assert made == [2] * 8
    assert capsys.readouterr().err == 10 * "archdraw: warning: a remark\n"
