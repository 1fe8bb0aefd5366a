"""A package outside the project adds one of each thing, each in one file, and all of it works from the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

import archdraw

PLUGIN = Path(__file__).parent / "data" / "plugin"
SOURCES = PLUGIN / "src" / "archdraw_example"

SPEC = """\
name: Tiny GRU
context_length: 4096
hidden_size: 1024
vocab_size: 32000
layers:
  - embedding
  - decoder:
      times: 12
      attention: {min_gru: {inner_size: 1536}}
      feed_forward: {swiglu: {intermediate_size: 2816}}
  - rmsnorm
  - output_head
"""
CONFIG = {
    "model_type": "min_gru",
    "architectures": ["MinGRUForCausalLM"],
    "hidden_size": 1024,
    "inner_size": 1536,
    "intermediate_size": 2816,
    "hidden_act": "silu",
    "num_hidden_layers": 12,
    "vocab_size": 32000,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
}
MIXER = 3 * 1024 * 1536
"""Gate, candidate and output projection, without biases."""
TOTAL = 2 * 32000 * 1024 + 12 * (MIXER + 3 * 1024 * 2816 + 2 * 1024) + 1024

PICTURE = "from archdraw import load\nfrom archdraw.app.pictures import picture, subject\n"

PROMPT = """
import contextlib, io, json, os, sys
from archdraw.cli import run
answers = sys.stdout
for line in sys.stdin:
    folder, words = json.loads(line)
    os.chdir(folder)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    print(json.dumps([code, out.getvalue(), err.getvalue()]), file=answers, flush=True)
"""
"""Runs one command after the other: to start Python and import the package takes longer than most of them."""

Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment in which the example is installed, above the one that runs the tests."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, symlinks=os.name != "nt")
    made = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    found = subprocess.run(
        [made, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    # archdraw, what it needs and what builds the example are those of the environment that runs the tests.
    below = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (Path(found.stdout.strip()) / "below.pth").write_text(below, "utf-8")
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    install = [sys.executable, "-m", "pip", "--python", str(made), "install", *offline, str(PLUGIN)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(archdraw.__file__).parents[1]), "COLUMNS": "120"}


@pytest.fixture(scope="module")
def prompt(python: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in that environment that runs the commands it is sent."""
    command = [str(python), "-c", PROMPT]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield process
        process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a spec and a config of the new mixer."""
    (tmp_path / "gru.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "tiny-gru").mkdir()
    (tmp_path / "tiny-gru" / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    return tmp_path


@pytest.fixture
def start(python: Path, folder: Path) -> Run:
    """Starts Python in that environment, in a folder with a spec and a config of the new mixer."""

    def started(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, *words], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
        )

    return started


@pytest.fixture
def command(prompt: subprocess.Popen[str], folder: Path) -> Run:
    """Runs a command in that environment, in a folder with a spec and a config of the new mixer."""

    def ran(*words: str) -> subprocess.CompletedProcess[str]:
        assert prompt.stdin
        assert prompt.stdout
        print(json.dumps([str(folder), words]), file=prompt.stdin, flush=True)
        return subprocess.CompletedProcess(words, *json.loads(prompt.stdout.readline()))

    return ran


@pytest.fixture
def run(command: Run) -> Callable[..., str]:
    """Runs a command that succeeds and writes nothing to stderr; returns what it prints."""

    def ran(*words: str) -> str:
        done = command(*words)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return ran


def test_the_example_is_not_there_without_being_installed() -> None:
    """Else the tests below would prove nothing."""
    done = subprocess.run(
        [sys.executable, "-c", "import archdraw_example"], capture_output=True, text=True, check=False
    )
    assert "ModuleNotFoundError: No module named 'archdraw_example'" in done.stderr


def test_each_thing_is_one_file() -> None:
    """One file for each line of the metadata, and no other."""
    groups = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    values = {group: [*points.items()] for group, points in groups.items()}
    assert all(len(points) == 1 for points in values.values())
    files = set()
    for group, [(name, value)] in values.items():
        place = PLUGIN / "src" / value.partition(":")[0].replace(".", "/")
        files.add(
            place / f"{name}.yaml" if group in ("archdraw.themes", "archdraw.profiles") else place.with_suffix(".py")
        )
    assert files == {file for file in SOURCES.rglob("*") if file.is_file() and file.name != "__init__.py"}


def test_editors_know_all_of_it(run: Callable[..., str]) -> None:
    schema = json.loads(run("schema"))["definitions"]
    assert "min_gru" in schema["keys.mixer"]["properties"]
    assert "inner_size" in schema["kind.min_gru"]["properties"]
    field = schema["field.inner_size"]
    assert (field["minimum"], field["markdownDescription"]) == (1, "Channels of the recurrence; each keeps one value.")
    assert "sepia" in json.loads(run("schema", "theme"))["properties"]["like"]["enum"]
    assert "desk" in json.loads(run("schema", "profile"))["properties"]["like"]["enum"]


def test_the_kind_has_a_page_and_a_line(run: Callable[..., str]) -> None:
    page = run("kinds", "min_gru")
    assert page.startswith("min_gru (mixer)\n\nName: Minimal GRU (minGRU)\n")
    assert "\nMinimal gated recurrent unit: " in page
    assert "arXiv:2410.01201" in page
    assert re.search(r"^ *inner_size\b.*whole number \(1 or more\)", page, re.MULTILINE)
    assert re.search(r"^  min_gru +Minimal gated recurrent unit", run("kinds"), re.MULTILINE)


def test_the_kind_is_counted_and_drawn(run: Callable[..., str], tmp_path: Path) -> None:
    facts = json.loads(run("facts", "gru.yaml", "--json"))
    assert facts["total_parameters"] == TOTAL
    assert facts["recurrent_state_bytes"] == 12 * 1536 * 2
    assert run("check", "gru.yaml")
    assert run("render", "gru.yaml", "-o", "made.svg") == "made.svg\n"
    drawn = (tmp_path / "made.svg").read_text("utf-8")
    assert drawn.count("Minimal GRU") >= 2, "the box of the layer, and its panel"
    assert "1,536 channels" in drawn
    assert "Gated recurrence" in drawn


def test_the_kind_is_hinted_at(command: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(SPEC.replace("min_gru", "min_gro"), "utf-8")
    done = command("check", "wrong.yaml")
    assert done.returncode == 1
    assert "wrong.yaml:9:" in done.stderr
    assert "did you mean min_gru?" in done.stderr
    assert "did you mean min_gru?" in command("kinds", "min_gro").stderr


def test_the_reader_reads_a_config(run: Callable[..., str], tmp_path: Path) -> None:
    assert run("render", "tiny-gru/config.json", "-o", "made") == "made/tiny-gru.svg\n"
    assert "Minimal GRU" in (tmp_path / "made" / "tiny-gru.svg").read_text("utf-8")
    assert json.loads(run("facts", "tiny-gru/config.json", "--json"))["total_parameters"] == TOTAL


def test_the_convention_matches_a_checkpoint(command: Run, tmp_path: Path) -> None:
    """``check --weights`` knows the names of the example's checkpoints, and finds what is wrong among them."""
    shapes: dict[str, Sequence[int]] = {
        "embed_tokens.weight": (32000, 1024),
        "norm.weight": (1024,),
        "lm_head.weight": (32000, 1024),
    }
    for layer in range(12):
        shapes |= {
            f"layers.{layer}.rnn.to_z.weight": (1536, 1024),
            f"layers.{layer}.rnn.to_h.weight": (1536, 1024),
            f"layers.{layer}.rnn.to_out.weight": (1024, 1536),
            f"layers.{layer}.mlp.gate_proj.weight": (2816, 1024),
            f"layers.{layer}.mlp.up_proj.weight": (2816, 1024),
            f"layers.{layer}.mlp.down_proj.weight": (1024, 2816),
            f"layers.{layer}.input_layernorm.weight": (1024,),
            f"layers.{layer}.post_attention_layernorm.weight": (1024,),
        }
    _write_header(tmp_path / "model.safetensors", shapes)
    right = command("check", "gru.yaml", "--weights", "model.safetensors")
    assert (right.returncode, right.stderr) == (0, "")
    shapes["layers.3.rnn.to_out.weight"] = (1024, 1535)
    _write_header(tmp_path / "model.safetensors", shapes)
    wrong = command("check", "gru.yaml", "--weights", "model.safetensors")
    assert wrong.returncode == 1
    assert wrong.stderr == (
        "model.safetensors:1:1: error: layers.3.mixer.out_proj.weight is [1024, 1535], not [1024, 1536]\n"
    )


def _write_header(file: Path, shapes: Mapping[str, Sequence[int]]) -> None:
    """A safetensors file of which there is nothing but the header, and as many zeros as that asks for, in a hole."""
    header, end = {}, 0
    for name, shape in shapes.items():
        size = 2
        for length in shape:
            size *= length
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    with file.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        stream.truncate(8 + len(text) + end)


def test_the_view_is_drawn_and_listed(run: Callable[..., str], command: Run, tmp_path: Path) -> None:
    run("render", "gru.yaml", "--view", "badge", "-o", "made.svg")
    drawn = (tmp_path / "made.svg").read_text("utf-8")
    assert f"{TOTAL:,} parameters" in drawn
    assert "Minimal GRU" not in drawn
    assert "badge, card, inset, panels, plate, strip" in " ".join(run("render", "--help").split())
    assert "did you mean badge or page?" in command("render", "gru.yaml", "--view", "bagde").stderr


def test_the_view_of_several_is_a_command_and_a_function(run: Callable[..., str], start: Run, tmp_path: Path) -> None:
    assert json.loads(run("vocabularies", "gru.yaml", "llama-3-8b", "--json")) == {
        "Llama 3 8B": 128256,
        "Tiny GRU": 32000,
    }
    assert "Tiny GRU" not in run("vocabularies", "gru.yaml", "llama-3-8b", "--least", "100000", "--json")
    assert run("vocabularies", "gru.yaml", "-o", "made.svg") == "made.svg\n"
    assert "32,000" in (tmp_path / "made.svg").read_text("utf-8")
    assert "Entries that a vocabulary has at least." in run("vocabularies", "--help")
    assert re.search(r"^  vocabularies +List the vocabulary sizes", run("--help"), re.MULTILINE)
    program = f"{PICTURE}print(picture('vocabularies', [subject(load('gru.yaml'))]).data())"
    done = start("-c", program)
    assert done.stdout == "{'Tiny GRU': 32000}\n"


def test_the_format_is_written_and_listed(run: Callable[..., str], tmp_path: Path) -> None:
    assert run("render", "gru.yaml", "--format", "svg,txt", "-o", "made") == "made/gru.svg\nmade/gru.txt\n"
    assert run("render", "gru.yaml", "-o", "made.txt") == "made.txt\n"
    words = (tmp_path / "made.txt").read_text("utf-8")
    assert words == (tmp_path / "made" / "gru.txt").read_text("utf-8")
    assert {"Tiny GRU", "Minimal GRU", "1,536 channels"} <= set(words.splitlines())
    for command in ("render", "vocabularies", "compare"):
        assert "drawio, eps, mermaid, pdf, png, pptx, ps, svg, txt" in " ".join(run(command, "--help").split())


def test_the_theme_paints_and_is_listed(run: Callable[..., str], tmp_path: Path) -> None:
    run("render", "gru.yaml", "--theme", "sepia", "-o", "made.svg")
    assert '"#FBF5E6"' in (tmp_path / "made.svg").read_text("utf-8")
    (tmp_path / "mine.yaml").write_text("like: sepia\nink: '#000000'\n", "utf-8")
    run("render", "gru.yaml", "--theme", "mine.yaml", "-o", "mine.svg")
    assert '"#FBF5E6"' in (tmp_path / "mine.svg").read_text("utf-8")
    row = next(line.split() for line in run("themes").splitlines() if line.startswith("sepia"))
    assert row[:3] == ["sepia", "#FBF5E6", "#1A1D21"]
    assert Path(row[3]).is_file()
    for command in ("render", "gallery", "vocabularies"):
        assert "dark, light, print, sepia" in " ".join(run(command, "--help").split())


def test_the_page_is_drawn_and_listed(run: Callable[..., str], tmp_path: Path) -> None:
    run("render", "gru.yaml", "--view", "desk", "-o", "made.svg")
    assert 'height="397"' in (tmp_path / "made.svg").read_text("utf-8")  # 105 mm
    assert 'width="559"' in (tmp_path / "made.svg").read_text("utf-8")  # 148 mm
    assert "column, desk, page" in " ".join(run("render", "--help").split())


def test_the_command_runs_and_is_listed(run: Callable[..., str], command: Run) -> None:
    assert f"attention {12 * MIXER:,}" in run("parts", "gru.yaml").splitlines()
    assert re.search(r"^  parts +List the parameters of a model by part\.$", run("--help"), re.MULTILINE)
    assert run("parts", "--help").startswith("Usage: archdraw parts [OPTIONS] SPEC\n")
    assert "did you mean parts or facts?" in command("prats", "gru.yaml").stderr


def test_no_picture_has_a_fault(start: Run) -> None:
    program = f"""{PICTURE}
from archdraw.lint.faults import faults
from archdraw.theme import load_theme
model = load("gru.yaml")
for theme in ("sepia", "light", "dark", "print"):
    for view in ("plate", "badge"):
        print(faults(model.scene(view, theme)))
    print(faults(picture("vocabularies", [subject(model)]).scene(theme)))
"""
    done = start("-c", program)
    assert (done.stdout, done.stderr) == ("[]\n" * 12, "")


def test_other_processes_draw_it_too(start: Run, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"gru-{number}.yaml").write_text(SPEC, "utf-8")
    names = [f"gru-{number}" for number in range(4)]
    files = [f"{name}.yaml" for name in names]
    done = start("-m", "archdraw", "render", *files, "-j", "2", "--view", "badge", "--format", "txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "".join(f"out/{name}.txt\n" for name in names)


def test_the_concept_is_counted_like_our_own(run: Callable[..., str], command: Run, tmp_path: Path) -> None:
    """A kind's concept stands in lineage, timeline, table and coverage, and in hints."""
    assert "| minimal GRU | 1 |" in run("coverage", "gru.yaml", "gpt-2")
    rows = json.loads(run("table", "gru.yaml", "gpt-2", "--format", "json"))
    assert rows[0]["token_mixing"][0]["mixer"] == "Minimal GRU"
    more = "released: 2024-10-02\nparents: [{model: gpt-2, relation: influence, changes: [x], source: none}]\n"
    (tmp_path / "dated.yaml").write_text((tmp_path / "gru.yaml").read_text("utf-8") + more, "utf-8")
    adopted = json.loads(run("timeline", "dated.yaml", "gpt-2", "--concept", "minimal GRU", "--json"))
    assert [(one["concept"], one["first"]) for one in adopted["concepts"]] == [("minimal GRU", ["dated"])]
    relations = json.loads(run("lineage", "dated.yaml", "gpt-2", "--json"))["relations"]
    (own,) = [relation for relation in relations if relation["child"] == "dated"]
    assert {"sign": "+", "words": "minGRU"} in own["changes"]
    wrong = command("timeline", "dated.yaml", "--concept", "minimal GRUU")
    assert "did you mean minimal GRU or minGRU?" in wrong.stderr
