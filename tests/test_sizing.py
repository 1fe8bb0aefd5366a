"""How large pictures are in print, what lies under them, and pages that are files."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import archdraw
from archdraw.cli import run
from archdraw.errors import ArchdrawError, InputError
from archdraw.lengths import UNITS, pixels
from archdraw.profile import load_profile, profile_names
from archdraw.scene import Scene, Text
from archdraw.sizing import of_width, on, scale_at
from test_cli import SPEC, Ran, Run

SVG = "{http://www.w3.org/2000/svg}svg"
MINE = "like: slide\nwidth: 20cm\nheight: 15cm\nleast_text: 20pt\npanels: 1\n"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program in a folder that holds ``good.yaml``, with a cache of its own."""
    (tmp_path / "good.yaml").write_text(SPEC, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))

    def start(*words: str) -> Ran:
        code = run(words)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return start


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG file, in pixels."""
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def least_points(scene: Scene) -> float:
    """The smallest text of ``scene`` in points at its size in print."""
    sizes = [shape.size for shape in scene.shapes() if isinstance(shape, Text)]
    return min(sizes) * scene.size[0] / scene.width / UNITS["pt"]


@pytest.mark.parametrize(
    ("length", "px"), [("96px", 96), ("1in", 96), ("2.54cm", 96), ("25.4mm", 96), ("72pt", 96), ("0.5 in", 48)]
)
def test_a_length_is_read_in_each_unit(length: str, px: float) -> None:
    assert pixels(length) == pytest.approx(px)


@pytest.mark.parametrize("length", ["", "8", "cm", "8xx", "-1in", "0px", "1e3px", "8 c m"])
def test_what_is_no_length_is_rejected(length: str) -> None:
    with pytest.raises(ValueError, match="is no length"):
        pixels(length)


def test_a_picture_of_a_width_keeps_its_proportions_on_whole_px() -> None:
    scene = archdraw.load("gpt-2").scene("card")
    wide = archdraw.load("gpt-2").scene("card", width="10cm")
    assert wide.size[0] == 378  # 10 cm are 377.95 px
    assert wide.size[1] == round(scene.height * pixels("10cm") / scene.width)
    assert wide == of_width(scene, "10cm")
    assert (wide.width, wide.children) == (scene.width, scene.children)


def test_a_page_of_another_width_is_laid_out_for_it() -> None:
    model = archdraw.load("gpt-2")
    usual, wide = model.scene("column"), model.scene("column", width="12cm")
    assert wide.width > usual.width
    assert wide.size[0] == 454
    assert least_points(wide) >= 7 - 0.01


def test_a_background_takes_the_place_of_the_page() -> None:
    model = archdraw.load("gpt-2")
    usual = model.scene("card")
    assert usual.background is not None
    assert usual.palette[usual.background] == "#FFFFFF"
    assert model.scene("card", background="none").background is None
    assert model.scene("card", "dark", background="white").background == "#FFFFFF"
    assert model.scene("card", background="#aabbcc").background == "#AABBCC"
    assert on(model.scene("card"), "none").children == model.scene("card").children


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"width": "8xx"}, "'8xx' is no length; say 3.25in, 8cm, 82mm, 18pt or 1280px"),
        ({"background": "red"}, "'red' is no background; say none, white or #RRGGBB"),
        ({"view": "slid"}, "unknown view 'slid'; did you mean slide or slide-4-3?"),
    ],
)
def test_wrong_options_are_named(options: dict[str, str], said: str) -> None:
    with pytest.raises(ArchdrawError) as error:
        archdraw.load("gpt-2").scene(**options)
    assert said in str(error.value)


def test_dots_per_inch_are_those_in_print() -> None:
    scene = archdraw.load("gpt-2").scene("slide")
    assert scene.size == (1280, 720)
    assert scale_at(scene, 150) * scene.width == pytest.approx(1280 / 96 * 150)


def test_a_slide_has_whole_numbers_both_ways_and_its_proportions() -> None:
    for name, ratio in (("slide", 16 / 9), ("slide-4-3", 4 / 3), ("slide-half", 8 / 9)):
        scene = archdraw.load("gpt-2").scene(name)
        assert scene.width == int(scene.width)
        assert scene.height == int(scene.height)
        assert scene.width / scene.height == pytest.approx(ratio, rel=1e-3), name


def test_the_command_takes_all_of_it(command: Run, tmp_path: Path) -> None:
    ran = command("render", "good.yaml", "--view", "slide", "--format", "svg,png", "-o", "out")
    assert (ran.code, ran.err) == (0, "")
    root = ET.fromstring((tmp_path / "out" / "good.svg").read_text("utf-8"))
    assert (root.tag, root.get("width"), root.get("height")) == (SVG, "1280", "720")
    # A page has the pixels that its profile says, where nothing else is asked for.
    assert png_size((tmp_path / "out" / "good.png").read_bytes()) == (1920, 1080)
    command("render", "good.yaml", "--view", "slide", "--dpi", "48", "-o", "a.png")
    assert png_size((tmp_path / "a.png").read_bytes()) == (640, 360)
    command("render", "good.yaml", "--view", "card", "--width", "2in", "--dpi", "300", "-o", "b.png")
    assert png_size((tmp_path / "b.png").read_bytes())[0] == 600
    command("render", "good.yaml", "--view", "card", "--background", "#102030", "-o", "c.svg")
    assert "#102030" in (tmp_path / "c.svg").read_text("utf-8")
    command("render", "good.yaml", "--view", "card", "--background", "none", "-o", "d.svg")
    assert "#FFFFFF" in (tmp_path / "d.svg").read_text("utf-8")  # boxes are white, the page is not there
    assert len((tmp_path / "d.svg").read_text("utf-8")) < len((tmp_path / "c.svg").read_text("utf-8"))


def test_a_page_may_be_a_file(command: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINE, "utf-8")
    ran = command("render", "good.yaml", "--view", "mine.yaml", "-o", "tiny.svg")
    assert (ran.code, ran.err) == (0, "")
    root = ET.fromstring((tmp_path / "tiny.svg").read_text("utf-8"))
    assert (root.get("width"), root.get("height")) == ("756", "567")
    assert least_points(archdraw.load("gpt-2").scene(str(tmp_path / "mine.yaml"))) >= 20 - 0.01


def test_faults_of_a_page_are_reported_at_their_places(command: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("like: slide\npanls: 2\nwidth: 5parsec\ndrop: [air]\n", "utf-8")
    ran = command("render", "good.yaml", "--view", "mine.yaml", "-o", "tiny.svg")
    assert ran.code == 1
    assert "mine.yaml:2:8: error: a profile has no panls" in ran.err
    assert "did you mean panels?" in ran.err
    assert "mine.yaml:3:8: error: width is not a length" in ran.err
    assert "mine.yaml:4:8: error: drop 0:" in ran.err
    assert not (tmp_path / "tiny.svg").exists()


def test_an_unknown_like_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("like: slid\n", "utf-8")
    with pytest.raises(InputError, match="unknown profile 'slid'"):
        load_profile(file)
    file.write_text("layout: slide\n", "utf-8")
    with pytest.raises(InputError) as error:
        load_profile(file)
    assert {problem.message for problem in error.value.problems} == {
        "width is missing",
        "height is missing",
        "least_text is missing",
    }


def test_each_profile_says_what_it_is() -> None:
    assert {"slide", "slide-4-3", "slide-half", "column", "page", "thumb"} <= {*profile_names()}
    assert all(load_profile(name).description for name in profile_names())


def test_a_changed_page_is_drawn_again(command: Run, tmp_path: Path) -> None:
    page = tmp_path / "mine.yaml"
    page.write_text(MINE, "utf-8")
    command("render", "good.yaml", "--view", "mine.yaml", "-o", "tiny.svg")
    before = (tmp_path / "tiny.svg").read_bytes()
    page.write_text(MINE.replace("20cm", "22cm"), "utf-8")
    command("render", "good.yaml", "--view", "mine.yaml", "-o", "tiny.svg")
    assert (tmp_path / "tiny.svg").read_bytes() != before
