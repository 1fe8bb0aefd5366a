"""What pictures say of their origin, in which formats, and which of them are older than their specs."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import archdraw
from archdraw import provenance
from archdraw.app.jobs import Job, Output, draw, words_of
from archdraw.cli import run
from archdraw.drawn_with import drawn_with
from archdraw.provenance import digest_of, found_in, name_of
from archdraw.resources import specs_folder
from archdraw.scene import Scene
from archdraw.sizing import fitted
from archdraw.version import VERSION
from archdraw.writers import write

TINY = """name: Tiny
hidden_size: 8
vocab_size: 10
layers:
  - embedding
  - output_head
"""
CARRIERS = ("svg", "png", "pdf", "drawio", "mermaid", "pptx")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/tiny.yaml").write_text(TINY, "utf-8")
    return tmp_path


def said_by(file: str | Path) -> Mapping[str, Any]:
    found = found_in(Path(file).read_bytes())
    assert found is not None, f"{file} says nothing of its origin"
    return found


def drawn(*words: str) -> Mapping[str, Any]:
    """What the picture of ``specs/tiny.yaml`` says that ``words`` ask for."""
    assert run(["render", "specs/tiny.yaml", "-o", "tiny.svg", *words]) == 0
    return said_by("tiny.svg")


def test_every_format_says_what_it_was_drawn_of(folder: Path) -> None:
    assert run(["render", "specs/tiny.yaml", "--format", ",".join(CARRIERS), "--theme", "dark"]) == 0
    for format in CARRIERS:
        more = "" if format == "svg" else f" --format {format}"
        assert said_by(f"out/tiny.{format}") == {
            "archdraw": VERSION,
            "command": f"archdraw render specs/tiny.yaml --theme dark{more}",
            "specs": {"specs/tiny.yaml": digest_of("specs/tiny.yaml")},
            "using": drawn_with("dark", "slide" if format == "pptx" else ""),
        }


def test_it_is_off_with_a_flag(folder: Path) -> None:
    assert run(["render", "specs/tiny.yaml", "--format", ",".join(CARRIERS), "--no-metadata"]) == 0
    assert [found_in(Path(f"out/tiny.{format}").read_bytes()) for format in CARRIERS] == [None] * len(CARRIERS)
    assert b"<metadata" not in Path("out/tiny.svg").read_bytes()
    archdraw.load("specs/tiny.yaml").save("without.svg", metadata=False)
    assert found_in(Path("without.svg").read_bytes()) is None


def test_the_command_draws_the_same_picture(folder: Path) -> None:
    """Whatever options a picture was drawn with: the words that it says make the same bytes."""
    Path("own").mkdir()
    Path("own/theme.yaml").write_text("like: dark\n", "utf-8")
    asked = "--theme own/theme.yaml --view slide --text outline --id-prefix {slug}- --width 20cm --background white"
    asked += " --highlight lm_head --highlight embed_tokens --title \"A 'tiny' one\""
    said = drawn(*shlex.split(asked))
    first = Path("tiny.svg").read_bytes()
    words = shlex.split(said["command"])
    assert words[:2] == ["archdraw", "render"]
    assert run([*words[1:], "-o", "again.svg", "--no-cache"]) == 0
    assert Path("again.svg").read_bytes() == first


def test_no_option_that_draws_something_else_is_left_out(folder: Path) -> None:
    """Each field of an output that is not where or whether it says so stands in its command."""
    usual = Output(Path("a.svg"), "svg", "")
    texts = "format=png view=card theme=dark text=plain renderer=cairosvg prefix=a- width=8cm background=none"
    others: dict[str, Any] = dict(text.split("=") for text in texts.split())
    others |= {
        "direction": "right",
        "palette": True,
        "template": "a.pptx",
        "pictures": "svg",
        "steps": "build",
        "scale": 2.0,
        "dpi": 96.0,
        "fonts": ("a.ttf",),
        "figure": (("title", "T"),),
        "usual": "page",
    }
    # The bounds of ``within`` are in the scale that the command says.
    fields = {name for name in Output.__annotations__ if name not in ("path", "metadata", "within")}
    assert set(others) == fields
    for name, value in others.items():
        assert words_of(replace(usual, **{name: value})) != words_of(usual), name


def test_a_picture_within_a_screen_says_the_scale_that_it_has(folder: Path) -> None:
    asked = Output(Path("a.png"), "png", scale=2.0, within=(900, 800))
    (made,) = draw(Job(Path("specs/tiny.yaml"), (asked,))).made
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.width <= 900
        assert image.height <= 800
        assert 900 in image.size or 800 in image.size
        size = image.size
    said = found_in(made.data)
    assert said is not None
    assert run([*shlex.split(said["command"])[1:], "-o", "again.png"]) == 0
    with Image.open("again.png") as image:
        assert image.size == size


@pytest.mark.parametrize(("within", "scale"), [((300, 1000), 1.5), ((1000, 100), 1.0), ((1000, 1000), 2.0)])
def test_both_sides_of_a_picture_are_bounded(within: tuple[int, int], scale: float) -> None:
    assert fitted(Scene(200, 100, "t", "d", None, ()), 2.0, within) == scale


def test_nothing_of_the_surroundings_is_in_it(folder: Path) -> None:
    absolute = folder / "specs" / "tiny.yaml"
    theme = folder / "theme.yaml"
    theme.write_text("like: dark\n", "utf-8")
    Path("deep").mkdir()
    os.chdir("deep")
    for spec in (str(absolute), "../specs/tiny.yaml"):
        assert run(["render", spec, "-o", str(folder / "a.svg"), "--theme", str(theme)]) == 0
        said = said_by(folder / "a.svg")
        assert said["command"] == "archdraw render tiny.yaml --theme theme.yaml"
        assert list(said["specs"]) == ["tiny.yaml"]
    assert run(["compare", str(absolute), "gpt-2", "-o", str(folder / "b.svg"), "--theme", str(theme)]) == 0
    assert said_by(folder / "b.svg")["command"] == "archdraw compare tiny.yaml gpt-2 --theme theme.yaml"
    for file in ("a.svg", "b.svg"):
        assert str(folder) not in (folder / file).read_text("utf-8")


def test_it_is_small(folder: Path) -> None:
    drawn()
    with_it = len(Path("tiny.svg").read_bytes())
    assert run(["render", "specs/tiny.yaml", "-o", "tiny.svg", "--no-metadata"]) == 0
    assert 0 < with_it - len(Path("tiny.svg").read_bytes()) < 200


def test_names() -> None:
    assert name_of(specs_folder() / "gpt-2.yaml") == "gpt-2"
    assert name_of("a/b.yaml") == "a/b.yaml"
    for path in ("/home/ada/b.yaml", "../ada/b.yaml", "a/../../ada/b.yaml", "~/b.yaml"):
        assert name_of(path) == "b.yaml"


def test_only_content_counts(folder: Path) -> None:
    spec, before = Path("specs/tiny.yaml"), digest_of("specs/tiny.yaml")
    os.utime(spec, (1, 1))
    spec.write_bytes(b"\xef\xbb\xbf" + TINY.replace("\n", "\r\n").encode())
    assert digest_of(spec) == before == provenance.of_document(archdraw.load(spec).spec.document, own=True)
    spec.write_text(TINY.replace("Tiny", "Tinier"), "utf-8")
    assert digest_of(spec) != before
    assert digest_of("nowhere.yaml") == ""


def test_what_is_beside_a_config_counts(folder: Path) -> None:
    def state(*, weights: int = 0, more: str = "") -> str:
        Path("model").mkdir(exist_ok=True)
        Path("model/config.json").write_text('{"model_type": "llama"}', "utf-8")
        Path("model/model.safetensors").write_bytes(bytes(weights))
        Path("model/tokenizer.json").write_text(more, "utf-8")
        return digest_of("model/config.json") + digest_of("model")

    assert state() == state(more="{}")
    assert state() != state(weights=8)
    assert state(weights=2**20) != state(weights=2**20 + 1)


def test_saved_in_python(folder: Path) -> None:
    model = archdraw.load("specs/tiny.yaml")
    model.save("a.png", theme="dark", view="card")
    digests = {"specs/tiny.yaml": digest_of("specs/tiny.yaml")}
    using = drawn_with("dark")
    about = {"archdraw": VERSION, "specs": digests, "theme": "dark", "view": "card", "using": using}
    assert said_by("a.png") == about
    archdraw.compare("specs/tiny.yaml", "gpt-2").save("both.svg")
    assert list(said_by("both.svg")["specs"]) == ["gpt-2", "specs/tiny.yaml"]
    archdraw.Model.from_text(TINY).save("text.svg")
    assert list(said_by("text.svg")["specs"]) == ["<text>"]
    assert found_in(model.svg().encode()) is None, "a text that a program puts into a page of its own says nothing"


def test_what_was_read_counts_and_not_what_its_file_has_become(folder: Path) -> None:
    model = archdraw.load("specs/tiny.yaml")
    Path("specs/tiny.yaml").write_text(TINY.replace("Tiny", "Other"), "utf-8")
    model.save("a.svg")
    assert run(["check", "--stale", "a.svg"]) == 1


def test_many_models_of_a_folder_are_said_as_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(provenance.MOST + 1):
        text = TINY.replace("Tiny", f"T{number}").replace("layers:", f"released: 20{10 + number}-01-01\nlayers:")
        Path(f"specs/t{number}.yaml").write_text(text, "utf-8")
    Path("specs/tiny.yaml").unlink()
    assert run(["scale", "specs", "-o", "t.svg"]) == 0
    assert list(said_by("t.svg")["specs"]) == ["specs/"]
    assert run(["check", "--stale", "t.svg"]) == 0
    Path("specs/new.yaml").write_text(TINY, "utf-8")
    assert run(["check", "--stale", "t.svg"]) == 1
    # Of a part of the folder each is said: another file in it is no reason to draw anew.
    assert run(["scale", *(f"specs/t{number}.yaml" for number in range(provenance.MOST + 1)), "-o", "t.svg"]) == 0
    assert len(said_by("t.svg")["specs"]) == provenance.MOST + 1
    assert run(["check", "--stale", "t.svg"]) == 0


def test_stale(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", "specs/tiny.yaml", "gpt-2", "-o", "docs/images", "--format", "svg,png"]) == 0
    capsys.readouterr()
    assert run(["check", "--stale", "docs"]) == 0
    files = [f"docs/images/{name}" for name in ("gpt-2.png", "gpt-2.svg", "tiny.png", "tiny.svg")]
    assert capsys.readouterr().out.splitlines() == [f"{file}: OK" for file in files]
    Path("specs/tiny.yaml").write_text(TINY + "notes: [new]\n", "utf-8")
    assert run(["check", "--stale", "docs"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [f"{file}: OK" for file in files[:2]]
    assert err.splitlines()[1] == (
        "docs/images/tiny.svg: error: stale: specs/tiny.yaml changed since it was drawn; "
        "to draw it again: archdraw render specs/tiny.yaml"
    )
    assert run(["render", "specs/tiny.yaml", "-o", "docs/images", "--format", "svg,png"]) == 0
    assert run(["check", "--stale", "docs"]) == 0


def test_a_spec_is_found_around_the_picture_and_in_folders_that_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", "specs/tiny.yaml", "-o", "docs/images"]) == 0
    Path("elsewhere").mkdir()
    os.chdir("elsewhere")
    picture = "../docs/images/tiny.svg"
    assert run(["check", "--stale", picture]) == 0
    Path("../moved").mkdir()
    Path("../specs/tiny.yaml").rename("../moved/tiny.yaml")
    capsys.readouterr()
    assert run(["check", "--stale", picture]) == 1
    assert f"{picture}: error: its spec specs/tiny.yaml is not found" in capsys.readouterr().err
    assert run(["check", "--stale", picture, "--specs", "../moved"]) == 0


@pytest.mark.parametrize("name", ["../tiny.yaml", "/etc/hostname", "a/../../tiny.yaml", "", "a\0b", "<text>"])
def test_a_picture_leads_to_no_file_elsewhere(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("tiny.yaml").write_text(TINY, "utf-8")
    Path("a").mkdir()
    said = {"archdraw": "0", "specs": {name: "0" * provenance.LENGTH}}
    Path("a/x.svg").write_text(f"<svg><metadata>{json.dumps(said)}</metadata></svg>", "utf-8")
    assert run(["check", "--stale", "a/x.svg"]) == 1
    assert "stale" not in capsys.readouterr().err


def test_what_says_nothing_cannot_be_called_up_to_date(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.svg").write_text("<svg/>", "utf-8")
    Path("b.png").write_bytes(b"\x89PNG")
    for words in (["a.svg"], ["b.png"], ["none.svg"], ["specs"]):
        assert run(["check", "--stale", *words]) == 1
        assert capsys.readouterr().err.startswith(f"{words[0]}: error: ")
    assert run(["check", "--specs", "specs", "specs/tiny.yaml"]) == 2
    assert run(["check", "--stale", "--weights", "a", "a.svg"]) == 2


@pytest.mark.parametrize(
    "said",
    ["", "{", '{"archdraw": 1, "specs": {}}', '{"archdraw": "1"}', '{"archdraw": "1", "specs": []}', '{"archdraw"'],
)
def test_damaged_metadata_is_none(said: str) -> None:
    assert found_in(f"<svg><metadata>{said}</metadata></svg>".encode()) is None


def test_words_of_an_author_are_not_taken_for_metadata() -> None:
    said = {"archdraw": "9", "specs": {"other.yaml": "0"}}
    model = archdraw.Model.from_text(TINY.replace("Tiny", f"'<metadata>{json.dumps(said)}'"))
    scene = provenance.marked(model.scene(), {"tiny.yaml": "1"}, {})
    for format in CARRIERS:
        assert dict(found_in(write(scene, format)) or {})["specs"] == {"tiny.yaml": "1"}


def test_in_the_properties_of_a_presentation() -> None:
    said = '{"archdraw": "1", "command": "archdraw render a&amp;b", "specs": {"a": "b"}}'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("docProps/core.xml", f"<x><dc:identifier>{said}</dc:identifier></x>")
    assert found_in(stream.getvalue()) == {"archdraw": "1", "command": "archdraw render a&b", "specs": {"a": "b"}}
    assert found_in(b"PK and nothing else") is None


def test_the_cache_keeps_pictures_with_and_without_apart(folder: Path) -> None:
    spec = Path("specs/tiny.yaml")
    made = draw(Job(spec, (Output(Path("a"), "svg"), Output(Path("b"), "svg", metadata=False)))).made
    assert [bool(re.search(b"<metadata>", one.data)) for one in made] == [True, False]
    with_it = drawn()
    assert run(["render", "specs/tiny.yaml", "-o", "tiny.svg", "--no-metadata"]) == 0
    assert found_in(Path("tiny.svg").read_bytes()) is None
    assert drawn() == with_it
