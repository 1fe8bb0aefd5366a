"""What is kept of each model beside its pictures: one changed spec is read and drawn again, and no other."""

from __future__ import annotations

import io
import json
import marshal
import sys
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import archdraw
from archdraw.analysis.difference import sort_of
from archdraw.analysis.traits import traits
from archdraw.app.kept import Kept
from archdraw.app.known import Known, known
from archdraw.app.packed import NOT_AS_PACKED, packed, unpacked
from archdraw.app.pictures import subject
from archdraw.cli import run
from archdraw.model import Model
from archdraw.scene import Circle, Line
from archdraw.views import several
from test_cache import kept  # noqa: F401
from test_cli import SPEC

VIEWS = ("lineage", "poster", "scale", "timeline")
DATED = SPEC + "\nreleased: 2024-05\ndeveloper: Somebody\n"
COMMANDS = (
    *((name, "model.yaml", "other.yaml", "-j", "1", "-o", "x.svg") for name in ("lineage", "poster", "timeline")),
    ("scale", "model.yaml", "other.yaml", "--copies", "-o", "x.svg"),
    ("table", "model.yaml", "other.yaml", "-o", "x.csv"),
    ("coverage", "model.yaml", "other.yaml"),
)
each_command = pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
Command = Callable[..., tuple[list[str], bytes]]


@pytest.fixture
def command(kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:  # noqa: F811
    """Does a command the usual way: the names of the files that it reads, and what it writes or prints."""
    for name in ("model", "other"):
        Path(f"{name}.yaml").write_text(DATED.replace("Tiny", name.capitalize()), "utf-8")
    before = archdraw.load

    def done(*words: str) -> tuple[list[str], bytes]:
        read: list[str] = []

        def watched(path: Path, **options: Any) -> Model:
            read.append(path.name)
            return before(path, **options)

        with monkeypatch.context() as patch:
            patch.setattr("archdraw.app.known.load", watched)
            assert run(words) == 0
        out = capsys.readouterr().out
        return read, Path(words[words.index("-o") + 1]).read_bytes() if "-o" in words else out.encode()

    return done


@each_command
def test_only_what_changed_is_read(command: Command, words: tuple[str, ...]) -> None:
    read, first = command(*words)
    assert read == ["model.yaml", "other.yaml"]
    assert command(*words) == ([], first)
    assert command(*words, "--no-cache")[0] == read
    Path("model.yaml").write_text(DATED.replace("Tiny", "Quite another"), "utf-8")
    read, second = command(*words)
    assert read == ["model.yaml"]
    assert second != first
    assert b"Quite another" in second


@each_command
def test_the_bytes_are_those_without_the_cache(command: Command, words: tuple[str, ...]) -> None:
    whole = command(words[0], "--no-cache", *words[1:])[1]
    assert command(*words)[1] == whole
    assert command(*words) == ([], whole)


@each_command
@pytest.mark.parametrize("harm", [b"", None], ids=["empty", "changed"])
def test_a_damaged_record_is_made_anew(
    command: Command,
    kept: Kept,  # noqa: F811
    words: tuple[str, ...],
    harm: bytes | None,
) -> None:
    whole = command(*words)[1]
    for _, _, path in list(kept.store.entries()):
        data = Path(path).read_bytes()
        Path(path).write_bytes(data[:-9] + b"x" + data[-8:] if harm is None else harm)
    assert command(*words) == (["model.yaml", "other.yaml"], whole)
    assert command(*words) == ([], whole)


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pieces of posters that are drawn."""
    from archdraw.app import pictures

    names: list[str] = []
    before = pictures._apart

    def watched(name: str, theme: Any, fonts: Any, part: Any) -> Any:
        names.append(part.name)
        return before(name, theme, fonts, part)

    monkeypatch.setattr(pictures, "_apart", watched)
    return names


def test_one_piece_of_a_poster_is_drawn_for_one_changed_spec(command: Command, pieces: list[str]) -> None:
    words = COMMANDS[1]
    command(*words)
    assert sorted(pieces) == ["Model", "Other"]
    command("poster", "--by", "date", *words[1:])
    assert len(pieces) == 2
    Path("other.yaml").write_text(DATED.replace("Tiny", "Changed"), "utf-8")
    command(*words)
    assert pieces[2:] == ["Changed"]


def test_another_theme_is_another_drawing(command: Command, pieces: list[str]) -> None:
    words = ("poster", "--theme", "colours/theme.yaml", *COMMANDS[1][1:])
    first = command(*words)[1]
    Path("colours/theme.yaml").write_text("like: light\nink: '#111133'\n", "utf-8")
    read, second = command(*words)
    assert read == []
    assert len(pieces) == 4
    assert b"#111122" in first
    assert b"#111133" in second
    assert b"#111122" not in second


def test_options_are_part_of_what_is_kept(command: Command) -> None:
    by = {context: command("table", "model.yaml", "--context", context, "-o", "x.json")[1] for context in ("64", "128")}
    assert {json.loads(made)[0]["context"] for made in by.values()} == {64, 128}
    for link in ("{slug}.svg", "{slug}.html"):
        made = command("scale", "model.yaml", "--link", link, "-o", "x.svg")[1]
        assert link.replace("{slug}", "model").encode() in made


def test_the_warnings_of_a_config_are_said_again(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for _ in range(2):
        assert run(("table", "odd", "-o", "x.csv")) == 0
        assert run(("scale", "odd", "--x", "active", "-o", "x.svg")) == 0
        said.append(capsys.readouterr().err)
    assert said[0].count("warning:") == 2
    assert said[0] == said[1]


def test_a_spec_that_changes_while_it_is_read_is_not_kept(kept: Kept) -> None:  # noqa: F811
    def changing(model: Model) -> str:
        Path("model.yaml").write_text(SPEC.replace("Tiny", "New"), "utf-8")
        return model.name

    assert known(kept, Path("model.yaml"), ("name",), changing) == Known("Tiny")
    assert known(kept, Path("model.yaml"), ("name",), lambda model: model.name) == Known("New")


def test_other_fonts_are_another_drawing(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    (tmp_path / "fonts").mkdir()
    monkeypatch.setattr("archdraw.typesetting.folders.FOLDERS", (tmp_path / "fonts",))
    kept.put_value("1", "one", own_letters=False)
    kept.put_value("2", "two")
    (tmp_path / "fonts" / "one.ttf").write_bytes(b"1")
    assert [Kept(kept.store).value(key) for key in "12"] == [None, "two"]


@pytest.mark.parametrize("name", VIEWS)
def test_records_come_back_as_they_were(name: str) -> None:
    """Equal ones are the same bytes, too, by which a drawing is found again."""
    for slug in ("deepseek-v3", "gpt-2", "mamba-2-8b", "step-5-preview"):
        one = subject(archdraw.load(slug))
        make = several.view(name).about
        assert make is not None
        data = packed(make(one))
        assert packed(unpacked(data)) == data
    made = traits(one.spec, one.block)
    assert unpacked(packed(made)) == made


def test_plain_values_come_back_as_they_were() -> None:
    value = {
        "a": [1, 2.5, None, True, "ü\ud800", b"\0"], (1, 2): frozenset({3}), date(2024, 2, 29): Fraction(1, 3),
        "shapes": (Circle(1, 2, 3), Line(((1.0, 2.0), (3.0, 4.0)), "#000000")),
    }  # fmt: skip
    assert unpacked(packed(value)) == value


@pytest.mark.parametrize(
    "value", [sort_of, object(), {1, 2}, 1j, Kept], ids=["function", "object", "set", "complex", "class"]
)
def test_what_is_no_record_is_not_kept(value: object) -> None:
    with pytest.raises(TypeError):
        packed((value,))


@pytest.mark.parametrize(
    "head", ["os:system", "builtins:eval", "subprocess:Popen", "antigravity:x", "archdraw.files:write_whole", "x", ""]
)
def test_nothing_is_run_for_what_a_file_says(head: str) -> None:
    with pytest.raises(NOT_AS_PACKED):
        unpacked(marshal.dumps([head, "exit 3"], 2))
    assert "antigravity" not in sys.modules


def test_a_line_stands_in_the_place_of_the_bar(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    names = [f"{number}.yaml" for number in range(4)]
    for name in names:
        Path(name).write_text(SPEC, "utf-8")

    def line(code: int = 0) -> str:
        monkeypatch.setattr(sys, "stderr", shown := Terminal())
        assert run(("gallery", *names, "-j", "1")) == code
        return shown.getvalue().splitlines()[-1]

    assert line().endswith("4 models: 4 drawn, 0 as before")
    Path(names[0]).write_text(SPEC.replace("Tiny", "Other"), "utf-8")
    assert line().endswith("4 models: 1 drawn, 3 as before")
    Path(names[0]).write_text("name: No layers\n", "utf-8")
    assert "4 models: 0 drawn, 3 as before, 1 not drawn" in line(1)


def test_there_is_no_such_line_for_a_pipe(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    for name in "abcd":
        Path(f"{name}.yaml").write_text(SPEC, "utf-8")
    assert run(("gallery", *(f"{name}.yaml" for name in "abcd"), "-j", "1")) == 0
    assert capsys.readouterr() == ("out/index.html\n", "")
