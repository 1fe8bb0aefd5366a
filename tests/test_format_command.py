"""``archdraw format``: which files it reads, writes and lists."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archdraw.cli import run
from test_format import AFTER, BEFORE

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/one.yaml").write_text(BEFORE, "utf-8")
    Path("specs/two.yml").write_text(AFTER, "utf-8")
    Path("specs/gallery.yaml").write_text("title:   Mine\n", "utf-8")
    return tmp_path


def test_files_are_formatted(folder: Path, capsys: Printed) -> None:
    assert run(["format", "specs"]) == 0
    assert capsys.readouterr().out == "specs/one.yaml\n"
    assert Path("specs/one.yaml").read_text("utf-8") == AFTER
    assert Path("specs/gallery.yaml").read_text("utf-8") == "title:   Mine\n"
    assert run(["format", "specs"]) == 0
    assert capsys.readouterr().out == ""


def test_check_lists_and_writes_nothing(folder: Path, capsys: Printed) -> None:
    assert run(["format", "--check", "specs/one.yaml", "specs/two.yml"]) == 1
    assert capsys.readouterr().out == "specs/one.yaml\n"
    assert Path("specs/one.yaml").read_text("utf-8") == BEFORE
    assert run(["format", "--check", "specs/two.yml"]) == 0


def test_diff_shows_and_writes_nothing(folder: Path, capsys: Printed) -> None:
    assert run(["format", "--diff", "specs"]) == 0
    shown = capsys.readouterr().out
    assert "\n-hidden_size:    8\n" in shown
    assert "\n+hidden_size: 8\n" in shown
    assert shown.startswith("--- specs/one.yaml\n")
    assert Path("specs/one.yaml").read_text("utf-8") == BEFORE
    assert run(["format", "--diff", "--check", "specs"]) == 1


def test_stdin_goes_to_stdout(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, BEFORE)
    assert run(["format", "-"]) == 0
    assert capsys.readouterr().out == AFTER
    stdin(monkeypatch, AFTER)
    assert run(["format", "-"]) == 0
    assert capsys.readouterr().out == AFTER
    stdin(monkeypatch, BEFORE)
    assert run(["format", "--check", "-"]) == 1
    assert capsys.readouterr().out == "<stdin>\n"
    stdin(monkeypatch, "a: [1\n")
    assert run(["format", "-"]) == 1
    assert "<stdin>:1:4: error: a list in [ ] is not closed" in capsys.readouterr().err


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_a_broken_file_does_not_stop_the_others(folder: Path, capsys: Printed) -> None:
    Path("broken.yaml").write_text("a: 1\na: 2\n", "utf-8")
    Path("spec.json").write_text("{}", "utf-8")
    assert run(["format", "broken.yaml", "none.yaml", "spec.json", "specs"]) == 1
    said = capsys.readouterr()
    assert "broken.yaml:2:1: error: duplicate key a" in said.err
    assert "none.yaml:1:1: error: file not found" in said.err
    assert "spec.json:1:1: error: this is JSON" in said.err
    assert said.out == "specs/one.yaml\n"
    assert Path("broken.yaml").read_text("utf-8") == "a: 1\na: 2\n"


def test_a_file_that_is_not_there_says_which_may_be_meant(folder: Path, capsys: Printed) -> None:
    assert run(["format", "specs/on.yaml"]) == 1
    expected = "specs/on.yaml:1:1: error: file not found\n  hint: did you mean specs/one.yaml"
    assert capsys.readouterr().err.startswith(expected)


def test_a_model_that_comes_with_archdraw_is_no_file(capsys: Printed, folder: Path) -> None:
    assert run(["format", "gpt-2"]) == 1
    assert "gpt-2:1:1: error: file not found" in capsys.readouterr().err


def test_ends_of_lines_stay(folder: Path) -> None:
    Path("one.yaml").write_bytes(b"a:   1\r\nb: 2\r\n")
    assert run(["format", "one.yaml"]) == 0
    assert Path("one.yaml").read_bytes() == b"a: 1\r\nb: 2\r\n"
