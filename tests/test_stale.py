"""Pictures that are older than what they were drawn with: theme, page, font, template, and the program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import archdraw
from archdraw import provenance, theme
from archdraw.app import stale
from archdraw.cli import run
from archdraw.drawn_with import drawn_with
from archdraw.provenance import found_in
from archdraw.theme import load_theme
from slide_templates import harbour
from test_provenance import TINY

THEME, PAGE = "like: dark\n", "like: column\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    Path("own/tiny.yaml").write_text(TINY, "utf-8")
    Path("own/theme.yaml").write_text(THEME, "utf-8")
    Path("own/page.yaml").write_text(PAGE, "utf-8")
    Path("pictures").mkdir()
    return tmp_path


def checked(capsys: pytest.CaptureFixture[str], picture: str = "pictures/a.svg") -> tuple[int, str]:
    """What ``check --stale`` ends with, and what it reports."""
    capsys.readouterr()
    code = run(["check", "--stale", picture])
    return code, capsys.readouterr().err


def test_a_theme_that_has_changed_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = ["render", "own/tiny.yaml", "-o", "pictures/a.svg", "--theme", "own/theme.yaml"]
    assert run(drawn) == 0
    assert checked(capsys) == (0, "")
    Path("own/theme.yaml").write_text(f"# a remark\n{THEME}", "utf-8")
    assert checked(capsys) == (0, ""), "a comment draws nothing"
    Path("own/theme.yaml").write_text(f'{THEME}page: "#000001"\n', "utf-8")
    again = "to draw it again: archdraw render own/tiny.yaml --theme own/theme.yaml"
    said = f"pictures/a.svg: error: stale: the theme own/theme.yaml changed since it was drawn; {again}\n"
    assert checked(capsys) == (1, said)
    assert run(drawn) == 0
    assert checked(capsys) == (0, "")
    Path("own/theme.yaml").write_text("page: [", "utf-8")
    assert "whether the theme own/theme.yaml has changed cannot be said" in checked(capsys)[1]
    Path("own/theme.yaml").unlink()
    assert "its theme own/theme.yaml is not found" in checked(capsys)[1]


def test_a_theme_counts_with_the_one_that_it_is_like(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a named theme says is part of a theme that is like it, and of a picture in it."""
    assert run(["render", "own/tiny.yaml", "-o", "pictures/a.svg", "--theme", "dark"]) == 0
    said = found_in(Path("pictures/a.svg").read_bytes())
    assert said is not None
    assert stale.faults(Path("pictures/a.svg"), said, ()) == []
    changed = load_theme("dark").model_copy(update={"page": "#000001"})
    monkeypatch.setattr(theme, "load_theme", lambda _: changed)
    (fault,) = stale.faults(Path("pictures/a.svg"), said, ())
    assert fault.startswith("stale: the theme dark changed")


def test_a_page_a_font_and_a_template_count(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(next((Path(archdraw.__file__).parent / "fontdata").glob("*.ttf")), "own/font.ttf")
    Path("own/design.pptx").write_bytes(harbour())
    words = ["render", "own/tiny.yaml", "--view", "own/page.yaml", "--font", "own/font.ttf"]
    assert run([*words, "-o", "pictures/a.svg"]) == 0
    assert run(["deck", "own/tiny.yaml", "-o", "pictures/a.pptx", "--template", "own/design.pptx"]) == 0
    for picture, kind, file in (
        ("pictures/a.svg", "page", "own/page.yaml"),
        ("pictures/a.svg", "font", "own/font.ttf"),
        ("pictures/a.pptx", "template", "own/design.pptx"),
    ):
        assert checked(capsys, picture) == (0, "")
        before = Path(file).read_bytes()
        Path(file).write_bytes(before + b"\nfacts: 1\n")
        code, said = checked(capsys, picture)
        assert code == 1
        assert f"stale: the {kind} {file} changed" in said
        Path(file).write_bytes(before)


def test_pictures_of_several_models_and_of_python_say_their_theme(folder: Path) -> None:
    assert run(["compare", "own/tiny.yaml", "gpt-2", "-o", "pictures/a.svg", "--theme", "own/theme.yaml"]) == 0
    archdraw.compare("own/tiny.yaml", "gpt-2").save("pictures/b.svg", theme="own/theme.yaml")
    archdraw.load("own/tiny.yaml").save("pictures/c.svg", theme="own/theme.yaml", view="own/page.yaml")
    theme = drawn_with("own/theme.yaml")
    assert list(theme) == ["theme own/theme.yaml"]
    for name, using in (("a", theme), ("b", theme), ("c", drawn_with("own/theme.yaml", "own/page.yaml"))):
        said = found_in(Path(f"pictures/{name}.svg").read_bytes())
        assert said is not None
        assert said["using"] == using


def test_a_theme_that_a_program_made_is_not_taken_for_a_file() -> None:
    dark = load_theme("dark")
    assert drawn_with(dark) == drawn_with("dark") != {}
    assert drawn_with(dark.model_copy(update={"page": "#000001"})) == {}
    assert drawn_with(dark.model_copy(update={"name": "/etc/theme.yaml"})) == {}


def test_another_version_is_a_warning(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(provenance, "VERSION", "0.0.1")
        archdraw.load("own/tiny.yaml").save("pictures/a.svg")
    code, said = checked(capsys)
    assert code == 0
    assert said.startswith("pictures/a.svg: warning: drawn by archdraw 0.0.1; this is ")


@pytest.mark.parametrize("name", ["../theme.yaml", "/etc/theme.yaml", "", "a\0b"])
def test_no_theme_leads_to_a_file_elsewhere(name: str, folder: Path) -> None:
    Path("theme.yaml").write_text(THEME, "utf-8")
    said = {"archdraw": "0", "specs": {"gpt-2": ""}, "using": {f"theme {name}": "0", "later 1": "0"}}
    faults = stale.faults(folder / "pictures" / "a.svg", said, ())
    assert [fault for fault in faults if "theme" in fault] == [stale.NOWHERE.format("theme", name)]
