"""Slides of PowerPoint: what is a shape, in which colours, joined to what, and whether programs read the file."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

import archdraw
from archdraw.contrast import contrast
from archdraw.errors import ArchdrawError
from archdraw.fonts import text_width
from archdraw.provenance import found_in
from archdraw.scene import Line, Rect, Scene, Text, groups_of, moved
from archdraw.theme import load_theme
from archdraw.writers._powerpoint import base
from archdraw.writers._powerpoint.colours import Colours
from archdraw.writers.pptx import THEME_COLOURS, write
from read_slides import A, P, about, corners, every, faults_of, place, shapes, slide_of, words
from slide_templates import harbour, night

SHOWN = [
    *[(name, "slide") for name in ("llama-3-8b", "deepseek-v3", "whisper-large-v3", "u-net")],
    *[("qwen3-next-80b-a3b", "plate"), ("llama-3-8b", "slide-4-3")],
]
NEAR = 0.7
"""Px by which the place of a line's end may differ from that of the shape: less than half a line is thick."""


@cache
def scene_of(model: str, view: str, theme: str = "light") -> Scene:
    return archdraw.load(model).scene(view, theme)


@cache
def file_of(model: str, view: str, theme: str = "light") -> bytes:
    return write(scene_of(model, view, theme))


@pytest.mark.parametrize(("model", "view"), SHOWN)
def test_each_block_is_a_shape_with_its_words(model: str, view: str) -> None:
    made = shapes(slide_of(file_of(model, view)), "sp")
    found = [(about(one).get("descr"), words(one)) for one in made if not one.find(f".//{P}cNvSpPr").get("txBox")]
    blocks = [group for group in groups_of(scene_of(model, view).children) if group.path and is_box(group.children[0])]
    assert len(blocks) > 3
    for group in blocks:
        said = [child.text for child in group.children if isinstance(child, Text)]
        written = [words for title, words in found if title == group.title]
        assert any(one.startswith(said[0]) and " ".join(said).startswith(one) for one in written), group.title


def is_box(element: object) -> bool:
    return isinstance(element, Rect) and element.kind == "box"


@pytest.mark.parametrize(("model", "view"), SHOWN)
def test_all_colours_and_fonts_are_those_of_the_theme(model: str, view: str) -> None:
    slide = slide_of(file_of(model, view))
    assert not list(slide.iter(f"{A}srgbClr", f"{A}latin", f"{P}style"))
    slots = {colour.get("val") for colour in slide.iter(f"{A}schemeClr")}
    assert slots <= {"bg1", "tx1", "tx2", *(f"accent{number}" for number in range(1, 7))}
    assert {"bg1", "tx1"} < slots


def test_a_colour_of_an_author_is_itself() -> None:
    model = archdraw.load("llama-3-8b").figure(colours={"mlp": "#12AB9F"})
    written = {one.get("val") for one in slide_of(write(model.scene("slide"))).iter(f"{A}srgbClr")}
    assert "12AB9F" in written


@pytest.mark.parametrize(("model", "view"), SHOWN)
def test_lines_are_joined_where_they_end(model: str, view: str) -> None:
    """The number of a place is right: what is joined there ends there."""
    slide = slide_of(file_of(model, view))
    by_number = {about(shape).get("id"): shape for shape in shapes(slide, "sp")}
    joined, scene = 0, scene_of(model, view)
    off = NEAR * scene.size[0] / scene.width * 9525
    for line in shapes(slide, "cxnSp"):
        start, _, end = corners(line)
        for tag, point in (("stCxn", start), ("endCxn", end)):
            for joint in line.iter(f"{A}{tag}"):
                joined += 1
                there = site(by_number[joint.get("id")], int(joint.get("idx")))
                assert abs(there[0] - point[0]) <= off
                assert abs(there[1] - point[1]) <= off
    edges = [shape for shape in scene.shapes() if isinstance(shape, Line) and shape.kind == "edge"]
    connectors = [line for line in edges if len(line.points) <= 3]
    assert joined >= 0.75 * sum(bool(line.start) + bool(line.end) for line in connectors)


def site(shape: Any, number: int) -> tuple[float, float]:
    """The place of a shape's outline where lines are joined, by its number, as the format says."""
    left, top, right, bottom = place(shape)
    wide, high = right - left, bottom - top
    middle, level = left + wide / 2, top + high / 2
    usual = ((middle, top), (left, level), (middle, bottom), (right, level))
    custom = shape.find(f".//{A}cxnLst")
    if shape.find(f".//{A}prstGeom") is not None:
        assert shape.find(f".//{A}prstGeom").get("prst") in ("rect", "roundRect")
        return usual[number]
    values = {"l": 0.0, "t": 0.0, "r": wide, "b": high, "hc": wide / 2, "vc": high / 2}
    for guide in shape.iter(f"{A}gd"):
        _, of, part, whole = guide.get("fmla").split()
        values[guide.get("name")] = {"w": wide, "h": high}[of] * int(part) / int(whole)
    position = custom[number][0]
    return left + values[position.get("x")], top + values[position.get("y")]


def test_a_residual_branch_moves_as_one() -> None:
    slide = slide_of(file_of("llama-3-8b", "slide"))
    groups = [group for group in shapes(slide, "grpSp") if about(group).get("name") == "Residual branch"]
    names = [{about(shape).get("name") for shape in shapes(group, "sp")} for group in groups]
    assert [sorted(names[0] - {"Tap"}), sorted(names[1] - {"Tap"})] == [
        ["Grouped-query attention", "Line", "RMSNorm", "RoPE", "add"],
        ["Line", "RMSNorm", "SwiGLU FFN", "add"],
    ]


def test_a_grid_of_experts_is_a_shape_for_each_colour() -> None:
    slide = slide_of(file_of("qwen3-next-80b-a3b", "plate"))
    grids = {
        about(shape).get("descr"): len(list(shape.iter(f"{A}moveTo")))
        for shape in shapes(slide, "sp")
        if "active per token" in (about(shape).get("descr") or "") and not words(shape)
    }
    assert grids == {"502 experts not active per token": 502, "10 of 512 experts active per token": 10}


@pytest.mark.parametrize(("model", "view"), SHOWN)
def test_words_in_shapes_leave_a_tenth_of_air(model: str, view: str) -> None:
    checked = 0
    for shape in shapes(slide_of(file_of(model, view)), "sp"):
        if shape.find(f".//{P}cNvSpPr").get("txBox") or shape.find(f".//{P}ph") is not None or not words(shape):
            continue
        left, _, right, _ = place(shape)
        for run in shape.iter(f"{A}r"):
            size = int(run[0].get("sz")) / 100 * 12_700
            wide = text_width(run.find(f"{A}t").text, size, 700 if run[0].get("b") else 500)
            # A letter stands in a square that is little wider than it.
            assert wide <= 0.92 * (right - left), words(shape)
            checked += 1
    assert checked > 5


def test_what_is_no_block_is_passed_by_when_read_aloud() -> None:
    slide = slide_of(file_of("deepseek-v3", "slide"))
    for line in shapes(slide, "cxnSp"):
        assert about(line).get("descr") is None
        assert "decorative" in about(line).findall(".//*")[-1].tag
    assert all(about(group).get("descr") for group in shapes(slide, "grpSp"))


def test_python_pptx_reads_it_back() -> None:
    deck = Presentation(io.BytesIO(file_of("deepseek-v3", "slide")))
    (slide,) = deck.slides
    assert slide.shapes[0] == slide.shapes.title
    assert slide.shapes.title.text_frame.text == "DeepSeek V3   DeepSeek, 2024-12 | Sparse MoE | 61 layers"
    assert "Source: config.json of deepseek-ai/DeepSeek-V3" in slide.notes_slide.notes_text_frame.text
    assert (deck.slide_width, deck.slide_height) == (12_192_000, 6_858_000)
    assert deck.core_properties.title == "DeepSeek V3 architecture"
    numbers = [shape.shape_id for shape in every(slide.shapes)]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_the_file_is_valid_and_the_same_each_time(theme: str, tmp_path: Path) -> None:
    file = file_of("deepseek-v3", "slide", theme)
    assert faults_of(file, tmp_path) == []
    assert write(scene_of("deepseek-v3", "slide", theme)) == file
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_the_date_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with zipfile.ZipFile(io.BytesIO(write(scene_of("llama-3-8b", "slide")))) as archive:
        assert archive.read("docProps/core.xml").count(b"2023-11-14T22:13:20Z") == 2


def test_the_validator_notices_what_is_wrong(tmp_path: Path) -> None:
    file = file_of("llama-3-8b", "slide")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"<a:round/>", b"<a:rond/>") if name.endswith("slide1.xml") else data)
    assert faults_of(made.getvalue(), tmp_path)


def test_the_file_says_of_which_spec_it_was_made(tmp_path: Path) -> None:
    path = archdraw.load("llama-3-8b").save(tmp_path / "made.pptx", view="slide")
    said = found_in(path.read_bytes())
    assert said is not None
    assert list(said["specs"]) == ["llama-3-8b"]


ROLES: tuple[str, ...] = (
    "plain",
    "embedding",
    "norm",
    "attention",
    "sliding",
    "linear",
    "convolution",
    "feed_forward",
    "experts",
    "shared",
)
ROLES += ("expert_active", "expert_idle", "position", "latent", "auxiliary", "unknown", "equal")


def slots_of(template: bytes, folder: Path) -> dict[str, str]:
    path = folder / "template.pptx"
    path.write_bytes(template)
    return base.slots(base.of_template(path))


@pytest.mark.parametrize("name", ["light", "dark", "print", "harbour", "night"])
def test_words_are_read_on_every_box(name: str, tmp_path: Path) -> None:
    """4.5:1 in our own themes, and in templates with all that no theme of theirs makes impossible."""
    scene = scene_of("llama-3-8b", "slide")
    if name in ("harbour", "night"):
        slots = slots_of(harbour() if name == "harbour" else night(), tmp_path)
    else:
        theme = load_theme(name)
        slots = base.slots(base.own((1280, 720), {one: theme.colour(one) for one in THEME_COLOURS}))
    colours = Colours(scene, slots)
    for role in ROLES:
        seen = colours._seen(colours.paint(f"{role}.fill"))
        ink = slots[colours.paint(f"{role}.text").slot]
        least = 4.5 if name not in ("harbour", "night") else 3.0
        assert contrast(ink, seen) >= least, role


def test_a_plate_of_many_shapes_takes_less_than_two_seconds() -> None:
    plate = scene_of("kimi-k3", "plate")
    below = moved(plate.children, 0, plate.height)
    scene = replace(plate, children=(*plate.children, *below), height=2 * plate.height)
    start = time.process_time()
    file = write(scene)
    assert time.process_time() - start < 2
    assert len(list(shapes(slide_of(file), "sp", "cxnSp", "grpSp"))) > 900


@pytest.mark.parametrize("width", ["0.9in", "60in"])
def test_a_slide_that_powerpoint_has_not_is_no_slide(width: str) -> None:
    with pytest.raises(ArchdrawError, match="choose another width"):
        write(archdraw.load("llama-3-8b").scene("plate", width=width))


def test_without_python_pptx_it_is_said_what_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(ArchdrawError, match=r'pip install "archdraw-nn\[pptx\]"'):
        write(scene_of("llama-3-8b", "slide"))


def test_a_picture_of_several_has_its_title_above_the_slide() -> None:
    deck = Presentation(io.BytesIO(write(archdraw.compare("llama-2-7b", "llama-3-8b").scene())))
    theme = base.slots(deck)
    signs = load_theme("light").signs
    assert (theme["accent2"], theme["accent6"], theme["accent5"]) == (signs.changed, signs.added, signs.removed)
    title = deck.slides[0].shapes.title
    assert title.text_frame.text == "Llama 2 7B and Llama 3 8B compared"
    assert title.top + title.height < 0
    assert "Llama 2 7B" in [shape.text_frame.text for shape in every(deck.slides[0].shapes) if shape.has_text_frame]


def test_a_picture_is_svg_and_png() -> None:
    file = write(scene_of("llama-3-8b", "slide"), pictures="picture")
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        media = sorted(name for name in archive.namelist() if "/media/" in name)
        assert [name.rpartition(".")[2] for name in media] == ["png", "svg"]
        assert b"<text" not in archive.read(media[1])
    deck = Presentation(io.BytesIO(file))
    kinds: Sequence[int] = [shape.shape_type for shape in deck.slides[0].shapes]
    assert kinds == [14, 13]
