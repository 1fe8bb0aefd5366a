"""Views of several models: found by their file, the same as a command and as a function."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import archdraw
from archdraw.app.options import options
from archdraw.cli import run
from archdraw.cli._views import command_of
from archdraw.lint.faults import faults
from archdraw.theme import theme_names
from archdraw.views import several

ROOT = Path(__file__).parent.parent


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The view that ``docs/views.md`` shows, in the folder of a user who has written it; its name."""
    text = (ROOT / "docs" / "views.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "layers.py").write_text(code[1], "utf-8")
    monkeypatch.setattr(several, "__path__", [*several.__path__, str(folder)])
    monkeypatch.chdir(tmp_path)
    return "layers"


def test_the_view_in_the_docs_is_a_command(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([example, "llama-3-8b", "gpt-2-xl", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"GPT-2 XL": 48, "Llama 3 8B": 32}
    assert run([example, "--most", "3", "-o", "layers.svg"]) == 0
    assert "How deep models are" in Path("layers.svg").read_text("utf-8")
    assert run([example, "--help"]) == 0
    assert "How many models are shown at most." in capsys.readouterr().out


def test_the_view_in_the_docs_is_a_function(example: str) -> None:
    drawn = archdraw.draw(example, "llama-3-8b", archdraw.load(ROOT / "specs" / "gpt-2-xl.yaml"), most=1)
    assert drawn.data() == {"GPT-2 XL": 48}
    assert drawn.svg().startswith("<?xml")


@pytest.mark.parametrize("theme", theme_names())
def test_the_view_in_the_docs_has_no_fault(example: str, theme: str) -> None:
    assert faults(archdraw.draw(example, most=200).scene(theme)) == []


@pytest.mark.parametrize(
    ("view", "chosen", "message"),
    [
        ("timeline", {"by": "foo"}, "by must be 'model', 'quarter' or 'year', not 'foo'"),
        ("timeline", {"by": "years"}, "by must be 'model', 'quarter' or 'year', not 'years'; did you mean year?"),
        ("timeline", {"concept": (3,)}, "concept must be a valid string, not 3"),
        ("scale", {"y": "foo"}, "y must be 'total', 'active', 'active-share', 'kv-cache' or 'layers', not 'foo'"),
        ("scale", {"context": "32k"}, "context must be a valid integer, not '32k'"),
        ("scale", {"context": 0}, "context must be at least 1, not 0"),
        ("scale", {"copies": "no"}, "copies must be a valid boolean, not 'no'"),
        ("poster", {"paper": "A9"}, "paper must be 'A0', 'A1', 'A2', 'A3' or 'A4', not 'A9'"),
        ("poster", {"columns": 0}, "columns must be from 1 to 100, not 0"),
        (
            "poster",
            {"columns": 101, "by": "x"},
            "columns must be from 1 to 100, not 101\nby must be 'developer', 'family' or 'date', not 'x'",
        ),
        ("poster", {"columns": "3"}, "columns must be a valid integer, not '3'"),
        ("lineage", {"by": "foo"}, "by must be 'developer' or 'family', not 'foo'"),
        ("lineage", {"by": None}, "by must be 'developer' or 'family', not None"),
        ("lineage", {"from_": "2024"}, "from must be a valid integer, not '2024'"),
    ],
)
def test_options_have_the_values_that_their_annotations_say(view: str, chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(archdraw.ArchdrawError) as raised:
        archdraw.draw(view, "gpt-2", "llama-3-8b", **chosen)
    assert str(raised.value) == message


def test_an_option_that_a_view_does_not_have() -> None:
    with pytest.raises(TypeError) as raised:
        archdraw.draw("timeline", "gpt-2", abuot="layer")
    assert str(raised.value) == "timeline has no option abuot; did you mean about?"


def test_one_text_is_a_tuple_of_one() -> None:
    drawn = archdraw.timeline("gpt-2", "qwen3-8b", concept="QK-norm").data()
    assert [uptake["concept"] for uptake in drawn["concepts"]] == ["QK-norm"]
    assert {model["slug"] for model in archdraw.lineage("gpt-2", "qwen3-8b", family="gpt").data()["models"]} == {
        "gpt-2"
    }
    assert archdraw.table("gpt-2", columns="layers") == [{"layers": 12}]
    assert archdraw.poster("gpt-2", paper=None, columns=None).scene()


def test_what_a_reader_does_not_understand_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = json.loads((ROOT / "tests" / "data" / "configs" / "antares-1b.json").read_text("utf-8"))
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(config | {"frobnicated_heads": 7}), "utf-8")
    assert run(["scale", str(file), "gpt-2", "--view", "bars", "--json"]) == 0
    told = capsys.readouterr()
    assert "warning: unrecognized key frobnicated_heads" in told.err
    assert len(json.loads(told.out)["models"]) == 2


def test_a_model_named_twice_is_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "gpt-2", "gpt-2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [model["slug"] for model in told["models"]] == ["gpt-2", "gpt-2"]
    assert [found["changes"] for found in told["differences"]] == [[]]
    assert run(["timeline", "gpt-2", "gpt-2", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["models"]) == 1


STARTS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF-"}


@pytest.mark.parametrize("name", several.names())
def test_every_view_is_written_in_every_format_and_can_be_heard(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = ["llama-2-7b", "llama-3-8b", "mixtral-8x7b"]
    assert run([name, *models, "-o", str(tmp_path), "--format", "svg,png,pdf", "--link", "{slug}.html"]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert {path.suffix.removeprefix(".") for path in written} == set(STARTS)
    assert all(path.read_bytes().startswith(STARTS[path.suffix.removeprefix(".")]) for path in written)
    scene = archdraw.draw(name, *models, link="{slug}.html").scene()
    assert scene.title
    # A timeline is told by its concepts, with the model that was first.
    told = ("Llama 2 7B", "Mixtral 8x7B") if name == "timeline" else ("Llama 2 7B", "Llama 3 8B", "Mixtral 8x7B")
    assert all(model in scene.description for model in told)
    svg = next(path for path in written if path.suffix == ".svg").read_text("utf-8")
    assert all(f'href="{slug}.html"' in svg for slug in models)


EXAMPLES = [(name, line) for name in several.names() for line in several.view(name).examples.strip().splitlines()]


@pytest.fixture(scope="module")
def some_models() -> list[archdraw.Model]:
    """Of several families and years, among them those that examples name in options."""
    slugs = ("gpt-2", "llama-2-7b", "llama-3-8b", "deepseek-v3", "gemma-3-27b", "qwen3-8b", "gpt-oss-20b", "antares-1b")
    return [archdraw.load(slug) for slug in slugs]


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_the_examples_in_the_help_work(name: str, line: str, some_models: list[archdraw.Model]) -> None:
    program, word, *arguments = shlex.split(line)
    assert (program, word) == ("archdraw", name)
    command = command_of(name)
    with command.make_context(name, arguments, obj=False) as context:
        given = context.params
    view = several.view(name)
    own = {key: given[key] for half in (view.gather, view.draw) for key in options(half)}
    named = [archdraw.load(model) for model in given["specs"] if not model.endswith(".json")]
    models = [*named, *some_models][: len(given["specs"])] if given["specs"] else some_models
    assert archdraw.draw(name, *models, **own).data()


def test_every_view_of_several_has_examples() -> None:
    assert {name for name, _ in EXAMPLES} == set(several.names())
