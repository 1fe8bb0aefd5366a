"""A spec from stdin, and a command that prints problems only."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import archdraw
from archdraw.cache.replay import replayed
from archdraw.cli import run
from test_provenance import TINY

Printed = pytest.CaptureFixture[str]
Run = Callable[..., int]
WRONG = TINY.replace("hidden_size", "hiden_size")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Run:
    def run_with(text: str | bytes, *words: str) -> int:
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        return run(words)

    return run_with


def test_a_spec_from_stdin_is_drawn(piped: Run, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    Path("stdin.yaml").write_text(TINY, "utf-8")
    for more in ([], ["--steps", "reveal"], ["--format", "pdf"]):
        assert piped(TINY, "render", "-", "-o", "-", "--id-prefix", "{slug}-", *more) == 0
        from_stdin = capfdbinary.readouterr().out
        assert run(["render", "stdin.yaml", "-o", "-", "--id-prefix", "{slug}-", "--no-metadata", *more]) == 0
        # No picture says that it was drawn from a file that nobody has.
        assert capfdbinary.readouterr().out == from_stdin


def test_a_picture_of_stdin_has_a_name(piped: Run, capsys: Printed) -> None:
    assert piped(TINY, "render", "-") == 0
    assert capsys.readouterr().out == "out/stdin.svg\n"
    # The same command draws what is on stdin now.
    first = Path("out/stdin.svg").read_text("utf-8")
    assert piped(TINY.replace("Tiny", "Other"), "render", "-") == 0
    second = Path("out/stdin.svg").read_text("utf-8")
    assert "Tiny" in first
    assert "Other" in second
    assert piped(TINY, "render", "-") == 0
    assert Path("out/stdin.svg").read_text("utf-8") == first
    assert piped(TINY, "render", "-", "-o", "one.svg") == 0
    assert Path("one.svg").read_text("utf-8") == first


def test_stdin_is_checked_counted_and_shown(piped: Run, capsys: Printed) -> None:
    assert piped(TINY, "check", "-") == 0
    assert capsys.readouterr().out == "<stdin>: OK\n"
    assert piped(TINY, "facts", "-", "--json") == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted["total_parameters"] == archdraw.Model.from_text(TINY).facts.total_parameters
    Path("tiny.yaml").write_text(TINY, "utf-8")
    for stage in ("document", "block", "facts", "picture", "scene"):
        assert piped(TINY, "show", "-", "--stage", stage) == 0
        shown = capsys.readouterr().out
        assert run(["show", "tiny.yaml", "--stage", stage]) == 0
        assert capsys.readouterr().out == shown


@pytest.mark.parametrize("command", [["check"], ["render"], ["render", "-o", "-"], ["facts"], ["show"]])
def test_problems_name_stdin(command: list[str], piped: Run, capsys: Printed) -> None:
    assert piped(WRONG, command[0], "-", *command[1:]) == 1
    said = capsys.readouterr()
    assert re.search(r"^<stdin>:\d+:1: error: a spec has no field hiden_size", said.err, re.MULTILINE)
    assert "hint: did you mean hidden_size?" in said.err
    assert said.out == ""


def test_what_is_no_text_is_refused(piped: Run, capsys: Printed) -> None:
    assert piped(b"name: \xff", "check", "-") == 1
    assert "<stdin>:1:7: error: this is not a UTF-8 text" in capsys.readouterr().err
    assert piped("#" * 2_000_001, "check", "-") == 1
    assert "<stdin>:1:1: error: the text is larger than 2,000,000 bytes" in capsys.readouterr().err
    assert piped("", "check", "-") == 1
    assert "<stdin>:1:1: error: the file is empty" in capsys.readouterr().err


def test_without_a_stdin_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert run(["check", "-"]) == 1
    assert "stdin is closed" in capsys.readouterr().err


def test_a_quiet_command_prints_problems_only(capsys: Printed) -> None:
    Path("tiny.yaml").write_text(TINY, "utf-8")
    Path("wrong.yaml").write_text(WRONG, "utf-8")
    for words in (["render"], ["check"], ["format"], ["gallery"], ["render", "--steps", "files"]):
        assert run([*words, "tiny.yaml", "-q"]) == 0
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", "")
    assert Path("out/tiny.svg").is_file()
    assert run(["check", "--quiet", "tiny.yaml", "wrong.yaml"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "wrong.yaml:" in said.err
    assert run(["check", "tiny.yaml"]) == 0
    assert capsys.readouterr().out == "tiny.yaml: OK\n"


def test_a_short_word_for_the_version(capsys: Printed) -> None:
    assert run(["-V"]) == 0
    assert capsys.readouterr().out == f"archdraw {archdraw.__version__}\n"


def test_a_name_that_is_nearly_one(capsys: Printed) -> None:
    Path("my-model.yaml").write_text(TINY, "utf-8")
    Path("sub").mkdir()
    Path("sub/other.yaml").write_text(TINY, "utf-8")
    for word, meant in [
        ("llama3-8b", "llama-3-8b"),
        ("llama3-8b.yaml", "llama-3-8b"),
        ("Llama-3.2-1B", "llama-3-2-1b"),
        ("my_model.yaml", "my-model.yaml"),
        ("mymodel", "my-model.yaml"),
        ("sub/othr.yaml", "sub/other.yaml"),
    ]:
        for command in (["facts"], ["render"], ["compare", "gpt-2"], ["new", "x", "--like"]):
            assert run([*command, word]) == 1
            assert f"hint: did you mean {meant}?" in capsys.readouterr().err, (command, word)


def test_models_on_stdin_are_compared_tabled_and_fitted(piped: Run, capsys: Printed) -> None:
    Path("stdin.yaml").write_text(TINY, "utf-8")
    # What is printed of the text is what is printed of a file with it, each time anew.
    for words in (
        ["fit", "-", "--memory", "1GB"],
        ["table", "-", "--format", "json"],
        ["table", "gpt-2", "-", "--columns", "name,total_parameters"],
        ["compare", "-", "gpt-2", "--json"],
        ["timeline", "gpt-2", "-", "--json"],
    ):
        for text in (TINY, TINY.replace("Tiny", "Other"), TINY):
            assert piped(text, *words) == 0
            printed = capsys.readouterr().out
            Path("stdin.yaml").write_text(text, "utf-8")
            assert run(["stdin.yaml" if word == "-" else word for word in words]) == 0
            assert capsys.readouterr().out == printed
    assert piped(WRONG, "compare", "gpt-2", "-") == 1
    assert "<stdin>:" in capsys.readouterr().err


def test_files_of_a_model_on_stdin_have_a_name(piped: Run, capsys: Printed) -> None:
    for words in (["compare", "gpt-2", "-"], ["deck", "gpt-2", "-"]):
        for name in ("Tiny", "Other"):
            assert piped(TINY.replace("Tiny", name), *words) == 0
            (file,) = map(Path, capsys.readouterr().out.split())
            assert file.stem.endswith("gpt-2-stdin")
            if file.suffix == ".svg":
                assert name in file.read_text("utf-8")


@pytest.mark.parametrize("words", [["compare", "MODEL", "gpt-2", "--json"], ["table", "MODEL"], ["deck", "MODEL"]])
def test_a_command_on_stdin_is_never_answered_from_memory(words: list[str], piped: Run, capsys: Printed) -> None:
    """The same words are about another text the next time; about a file that has not changed they are not."""
    Path("tiny.yaml").write_text(TINY, "utf-8")
    of_file, of_stdin = (tuple(word.replace("MODEL", name) for word in words) for name in ("tiny.yaml", "-"))
    assert run(of_file) == 0
    assert replayed(of_file) is not None
    assert piped(TINY, *of_stdin) == 0
    assert replayed(of_stdin) is None
