"""``archdraw new``: what an author begins with is drawn at once, without a fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archdraw
from archdraw.app.starters import OF_THE_BASE, starters
from archdraw.cli import run
from archdraw.lint.faults import faults
from archdraw.resources import shipped_spec, starters_folder
from archdraw.schemas import FILE, MODELINES
from archdraw.schemas import text as schema_text
from archdraw.source import MappingNode, parse
from archdraw.theme import theme_names

Printed = pytest.CaptureFixture[str]
LIKE = ("llama-3-8b", "kimi-k3", "t5-11b", "dit-xl-2", "resnet-50", "bert-base", "llava-1-5-7b")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_there_is_a_starter_for_each_kind_of_model() -> None:
    assert {*starters()} == {"decoder", "encoder", "encoder-decoder", "vit", "cnn", "diffusion", "blank"}


@pytest.mark.parametrize("kind", starters())
def test_a_starter_is_drawn_without_a_fault(kind: str, capsys: Printed) -> None:
    assert run(["new", "My model", "--kind", kind]) == 0
    assert run(["check", "My model.yaml"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("My model.yaml\narchdraw.schema.json\nMy model.yaml: OK\n", "")
    assert run(["format", "--check", "My model.yaml"]) == 0
    model = archdraw.load("My model.yaml")
    assert model.name == "My model"
    for theme in theme_names():
        assert faults(model.scene(theme=theme)) == []


@pytest.mark.parametrize("kind", starters())
def test_the_comments_of_a_starter_are_true(kind: str) -> None:
    """Each names a command that there is, and no text is longer than a screen."""
    text = (starters_folder() / f"{kind}.yaml").read_text("utf-8")
    assert len(re.findall(r"# ", text)) >= 4
    for word in re.findall(r"archdraw kinds (\w+)", text):
        assert run(["kinds", word]) == 0
    assert len(text.splitlines()) <= 65


def test_the_usual_kind_is_a_decoder(capsys: Printed) -> None:
    assert run(["new", "one", "-o", "-"]) == run(["new", "one", "--kind", "decoder", "-o", "-"]) == 0
    first, second = re.split(r"(?<=\n)(?=# A decoder)", capsys.readouterr().out)
    assert first == second
    assert not list(Path().iterdir())


@pytest.mark.parametrize("base", LIKE)
def test_a_model_like_another_one(base: str, capsys: Printed) -> None:
    assert run(["new", "Mine", "--like", base]) == 0
    assert run(["check", "Mine.yaml"]) == 0
    assert capsys.readouterr().err == ""
    mine, other = archdraw.load("Mine.yaml"), archdraw.load(base)
    assert (mine.name, [parent.model for parent in mine.spec.parents]) == ("Mine", [base])
    assert archdraw.difference(mine, other).changes == ()
    assert mine.facts == other.facts
    written = parse(Path("Mine.yaml").read_text("utf-8")).root
    assert isinstance(written, MappingNode)
    assert {entry.key for entry in written.entries} & OF_THE_BASE == {"name", "parents"}


def test_comments_say_how_to_vary_what_the_base_has(capsys: Printed) -> None:
    assert run(["new", "Mine", "--like", "kimi-k3", "-o", "-"]) == 0
    text = capsys.readouterr().out
    assert "{like: moe, ...}" in text
    assert "num_attention_heads: 12 # vt_num_attention_heads\n" in text
    # Of the config that the base was read from.
    assert "Read from" not in text
    assert "Keys that say nothing" not in text
    assert run(["new", "Mine", "--like", "llama-3-8b", "-o", "-"]) == 0
    assert "under define:" in capsys.readouterr().out


def test_a_model_like_a_file(capsys: Printed) -> None:
    """One that does not come with archdraw is a parent where ``check`` finds it, beside the new one."""
    assert run(["new", "base"]) == run(["new", "Mine", "--like", "base.yaml"]) == 0
    assert archdraw.load("Mine.yaml").spec.parents[0].model == "base"
    assert run(["new", "Mine", "--like", "base.yaml", "-o", "other/Mine.yaml"]) == 0
    assert archdraw.load("other/Mine.yaml").spec.parents == ()
    assert run(["check", "Mine.yaml", "other/Mine.yaml"]) == 0
    assert "warning" not in capsys.readouterr().err


def test_a_file_is_not_overwritten(capsys: Printed) -> None:
    Path("one.yaml").write_text("mine", "utf-8")
    assert run(["new", "one"]) == 1
    assert "one.yaml already exists; --force overwrites it" in capsys.readouterr().err
    assert Path("one.yaml").read_text("utf-8") == "mine"
    assert run(["new", "one.yaml", "--force"]) == 0
    assert archdraw.load("one.yaml").name == "one"


def test_editors_find_the_schema(capsys: Printed) -> None:
    assert run(["new", "one"]) == 0
    lines = Path("one.yaml").read_text("utf-8").splitlines(keepends=True)
    assert "".join(lines[:2]) == MODELINES
    assert Path(FILE).read_text("utf-8") == schema_text("spec")
    Path(FILE).write_text("mine", "utf-8")
    assert run(["new", "two"]) == 0
    assert Path(FILE).read_text("utf-8") == "mine"
    # The schema is no model of the folder.
    assert run(["check", "."]) == 0
    assert capsys.readouterr().out == "one.yaml\narchdraw.schema.json\ntwo.yaml\none.yaml: OK\ntwo.yaml: OK\n"
    assert run(["new", "three", "--no-schema", "-o", "other/three.yaml"]) == 0
    assert [file.name for file in Path("other").iterdir()] == ["three.yaml"]
    assert "schema" not in Path("other/three.yaml").read_text("utf-8")


def test_a_folder_gets_a_file_of_that_name() -> None:
    assert run(["new", "one", "-o", "made/"]) == 0
    assert Path("made/one.yaml").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a/b"], "not of a folder"),
        ([""], "name must be a text that is not empty"),
        (["x" * 90], "at most 80 characters"),
        (["one", "--kind", "gan"], "'gan' is not one of"),
        (["one", "--kind", "vit", "--like", "gpt-2"], "exclude each other"),
    ],
)
def test_wrong_usage(words: list[str], message: str, capsys: Printed) -> None:
    assert run(["new", *words]) == 2
    assert message in capsys.readouterr().err
    assert not list(Path().iterdir())


def test_a_model_that_there_is_not(capsys: Printed) -> None:
    assert run(["new", "one", "--like", "llama3-8b"]) == 1
    assert "did you mean llama-3-8b" in capsys.readouterr().err


def test_a_spec_in_braces_is_refused(capsys: Printed) -> None:
    Path("flow.yaml").write_text("{name: Flow, layers: [{input: {features: 4}}, {linear: 4}]}", "utf-8")
    assert run(["new", "one", "--like", "flow.yaml"]) == 1
    assert "begins a line of its own" in capsys.readouterr().err


def test_all_names_are_written_so_that_they_are_read_again() -> None:
    for name in ("yes: no", "# one", "1e6", "null", "Ü {x}"):
        assert run(["new", name, "-o", "made.yaml", "--force"]) == 0
        assert archdraw.load("made.yaml").name == name
    assert shipped_spec("made") is None
