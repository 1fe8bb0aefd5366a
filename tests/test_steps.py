"""Pictures that are built up: what is there after each step, as fragments, files, pages, clicks and slides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pypdf import PdfReader

import archdraw
from archdraw.cli import run
from archdraw.provenance import found_in
from archdraw.scene import Group, Line, Scene, until
from read_slides import P, about, every, faults_of, shapes, slide_of

SPEC = Path(__file__).parent.parent / "specs" / "llama-3-8b.yaml"


def steps_of(scene: Scene) -> set[int]:
    found: set[int] = set()
    waiting: list[Any] = list(scene.children)
    while waiting:
        element = waiting.pop()
        if isinstance(element, Group | Line) and element.step is not None:
            found.add(element.step)
        waiting += element.children if isinstance(element, Group) else ()
    return found


def test_until_a_step_there_is_nothing_later() -> None:
    scene = archdraw.load("deepseek-v3").scene()
    assert steps_of(scene) == set(range(len(scene.steps)))
    for step, name in enumerate(scene.steps):
        state = until(scene, step)
        assert steps_of(state) == set(range(step + 1))
        assert state.title == f"{scene.title}, step {step + 1} of {len(scene.steps)}: {name}"
    assert until(scene, len(scene.steps) - 1).children == scene.children


def test_clicks_show_each_shape_of_a_step_once(tmp_path: Path) -> None:
    assert run(["render", str(SPEC), "--view", "plate", "--steps", "clicks", "-o", str(tmp_path / "made.pptx")]) == 0
    data = (tmp_path / "made.pptx").read_bytes()
    assert faults_of(data, tmp_path) == []
    slide = slide_of(data)
    shown = [target.get("spid") for target in slide.iter(f"{P}spTgt")]
    clicks = [effect for effect in slide.iter(f"{P}cTn") if effect.get("nodeType") == "clickEffect"]
    assert len(clicks) == len(archdraw.load(SPEC).scene().steps)
    assert len(shown) == len(set(shown))
    tree = slide.find(f".//{P}spTree")
    top = {about(shape).get("id") for shape in tree if shape.tag != f"{P}nvGrpSpPr" and about(shape) is not None}
    assert set(shown) <= top
    named = {about(shape).get("id"): about(shape).get("name") for shape in shapes(tree, "sp")}
    assert named[next(number for number in shown if number in named)] == "Tokenized text"


def test_a_slide_for_each_step(tmp_path: Path) -> None:
    assert run(["render", str(SPEC), "--steps", "slides", "-o", str(tmp_path / "made.pptx")]) == 0
    found = Presentation(str(tmp_path / "made.pptx"))
    scene = archdraw.load(SPEC).scene("slide")
    assert len(found.slides) == len(scene.steps)
    numbers = [len(list(every(slide.shapes))) for slide in found.slides]
    assert numbers == sorted(numbers)
    assert numbers[0] < numbers[-1]


def test_fragments_of_reveal(tmp_path: Path) -> None:
    words_of = ["render", str(SPEC), "--steps", "reveal", "--text", "plain", "--id-prefix", "a-"]
    assert run([*words_of, "-o", str(tmp_path / "made.svg")]) == 0
    text = (tmp_path / "made.svg").read_text("utf-8")
    assert text.startswith("<svg")
    assert "<style" not in text
    indices = re.findall(r'class="fragment" data-fragment-index="(\d+)"', text)
    assert indices == re.findall(r'data-step="(\d+)"', text)
    assert {*map(int, indices)} == {*range(len(archdraw.load(SPEC).scene().steps))}
    assert run(["render", str(SPEC), "-o", str(tmp_path / "plain.svg")]) == 0
    assert "fragment" not in (tmp_path / "plain.svg").read_text("utf-8")


def test_a_file_for_each_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["render", str(SPEC), "--view", "slide", "--steps", "files", "--format", "svg,png", "-o", str(tmp_path)])
        == 0
    )
    number = len(archdraw.load(SPEC).scene("slide").steps)
    names = [f"llama-3-8b-{step}.{ending}" for ending in ("svg", "png") for step in range(1, number + 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert capsys.readouterr().out.split() == [str(tmp_path / name) for name in names]
    last = (tmp_path / f"llama-3-8b-{number}.svg").read_bytes()
    assert found_in(last) is not None


def test_a_page_for_each_step(tmp_path: Path) -> None:
    assert run(["render", str(SPEC), "--steps", "pdf", "-o", str(tmp_path / "made.pdf")]) == 0
    pages = PdfReader(tmp_path / "made.pdf").pages
    scene = archdraw.load(SPEC).scene()
    assert len(pages) == len(scene.steps)
    assert "Grouped-query attention" not in pages[0].extract_text()
    assert "Grouped-query attention" in pages[scene.steps.index("attention")].extract_text()
    assert [int(str(page["/StructParents"])) for page in pages] == list(range(len(pages)))
