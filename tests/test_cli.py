"""The contract of the command line: results on stdout, problems on stderr, 0 OK, 1 problems, 2 wrong usage."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Annotated, ClassVar

import click
import pytest

from archdraw.checked import Field
from archdraw.cli import Commands, program, run
from archdraw.errors import folded
from archdraw.kinds.base import Family, Kind, Norm
from archdraw.kinds.registry import kinds
from archdraw.theme import theme_names

SPEC = """name: Tiny
context_length: 64
hidden_size: 8
vocab_size: 10
layers:
  - embedding
  - decoder:
      times: 2
      attention: {multi_head: {num_attention_heads: 2}}
      feed_forward: {swiglu: {intermediate_size: 16}}
  - rmsnorm
  - output_head
"""
# embedding and head 2 x 80; a layer: 4 x 64 attention, 3 x 128 feed forward, 2 x 8 norms; the last norm 8
TOTAL = 160 + 2 * (256 + 384 + 16) + 8
BROKEN = SPEC.replace("num_attention_heads: 2", "num_attention_head: 2")

CONTEXT = click.Context(program)
COMMANDS = program.list_commands(CONTEXT)


class Ran:
    """What a run of the program left."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Run = Callable[..., Ran]


@pytest.fixture
def archdraw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program in a folder that holds ``good.yaml`` and ``bad.yaml``."""
    (tmp_path / "good.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "bad.yaml").write_text(BROKEN, "utf-8")
    monkeypatch.chdir(tmp_path)

    def start(*words: str) -> Ran:
        code = run(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in err or "--traceback" in words
        return Ran(code, out, err)

    return start


def process(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "archdraw", *words]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})


def test_the_contract_has_these_commands() -> None:
    assert isinstance(program, Commands)
    assert {"render", "check", "facts", "show", "kinds", "themes", "gallery", "import", "fit"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(archdraw: Run, name: str) -> None:
    ran = archdraw(name, "--help")
    assert ran.code == 0
    assert re.search(rf"^  archdraw {name}", ran.out, re.MULTILINE)


def test_the_list_of_commands_is_whole(archdraw: Run) -> None:
    """At 80 columns no first sentence of a help text is cut."""
    listed = archdraw("--help").out
    assert len(COMMANDS) > 10
    for name in COMMANDS:
        command = program.get_command(CONTEXT, name)
        assert command is not None
        (first, *_) = (command.help or "").split("\n\n")
        assert re.search(rf"^  {name} +{re.escape(' '.join(first.split()))}$", listed, re.MULTILINE)


def test_one_block_is_opened_by_any_name_that_is_its_own(archdraw: Run) -> None:
    for name in ("layers/layer/self_attn", "self_attn", "layer/self_attn", "multi-head attention"):
        ran = archdraw("render", "good.yaml", "--view", f"inset:{name}", "-o", "x.svg")
        assert (ran.code, ran.err) == (0, "")
    ran = archdraw("render", "good.yaml", "--view", "inset:self_atn", "-o", "x.svg")
    assert (ran.code, ran.err) == (
        1, "good.yaml: error: no expandable block named self_atn in Tiny; did you mean self_attn?\n",
    )  # fmt: skip
    ran = archdraw("render", "good.yaml", "--view", "inset:xyz", "-o", "x.svg")
    known = "layer, layers/layer, layers/layer/mlp, layers/layer/self_attn, mlp, self_attn"
    assert ran.err == f"good.yaml: error: no expandable block named xyz in Tiny (choose from {known})\n"


def test_version(archdraw: Run) -> None:
    ran = archdraw("--version")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"archdraw \S+\n", ran.out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rendr", "good.yaml"], "unknown command 'rendr'; did you mean render?"),
        (["render"], "Missing argument 'SPEC...'"),
        (["render", "good.yaml", "--format", "svg,gif"], "unknown format 'gif'"),
        (["render", "good.yaml", "--theme", "drak"], "did you mean dark?"),
        (["render", "good.yaml", "--view", "plat"], "did you mean plate?"),
        (["render", "good.yaml", "--scale", "0"], "'--scale': 0.0 is not in the range"),
        (["render", "good.yaml", "-o", "x.gif"], "unknown format 'gif'"),
        (["render", "good.yaml", "--text", "none"], "'none' is not one of"),
        (["render", "good.yaml", "bad.yaml", "-o", "x.svg"], "-o x.svg is one file, but there are 2 specs"),
        (["render", "good.yaml", "--format", "pdf", "-o", "x.svg"], "-o x.svg is one svg file, but --format is pdf"),
        (["render", "good.yaml", "bad.yaml", "-o", "-"], "-o - takes one spec and one format"),
        (["render", "good.yaml", "good.yml"], "would be written to the same file"),
        (["facts", "good.yaml", "--context", "many"], "'many' is not a number of tokens"),
        (["facts", "good.yaml", "--context", "0"], "context must be at least 1, not 0"),
        (["show", "good.yaml", "--stage", "soup"], "'soup' is not one of"),
        (["kinds", "grouped_qery"], "unknown kind 'grouped_qery'; did you mean grouped_query?"),
    ],
)
def test_wrong_usage(archdraw: Run, words: list[str], said: str) -> None:
    ran = archdraw(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_render_writes_to_out_and_says_so(archdraw: Run) -> None:
    ran = archdraw("render", "good.yaml", "--format", "svg,png,pdf")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "out/good.svg\nout/good.png\nout/good.pdf\n"
    assert sorted(file.name for file in Path("out").iterdir()) == ["good.pdf", "good.png", "good.svg"]
    assert [Path("out", name).read_bytes()[:5] for name in ("good.svg", "good.png", "good.pdf")] == [
        b"<?xml", b"\x89PNG\r", b"%PDF-",
    ]  # fmt: skip


def test_one_file_takes_the_format_of_its_suffix(archdraw: Run) -> None:
    assert archdraw("render", "good.yaml", "-o", "deep/er/picture.PNG", "--scale", "0.5").code == 0
    assert Path("deep/er/picture.PNG").read_bytes().startswith(b"\x89PNG")


def test_a_theme_and_a_view_change_the_picture(archdraw: Run) -> None:
    pictures = set()
    for words in ([], ["--theme", "dark"], ["--view", "card"], ["--text", "outline"]):
        assert archdraw("render", "good.yaml", "-o", "x.svg", *words).code == 0
        pictures.add(Path("x.svg").read_bytes())
    assert len(pictures) == 4


def test_one_bad_spec_does_not_stop_the_others(archdraw: Run) -> None:
    Path("last.yaml").write_text(SPEC, "utf-8")
    ran = archdraw("render", "bad.yaml", "absent.yaml", "good.yaml", "last.yaml")
    assert ran.code == 1
    assert ran.out == "out/good.svg\nout/last.svg\n"
    assert ran.err.startswith("bad.yaml:9:")
    assert "num_attention_head" in ran.err
    assert "absent.yaml:1:1: error: file not found" in ran.err


def test_a_folder_stands_for_its_specs(archdraw: Run) -> None:
    Path("empty").mkdir()
    ran = archdraw("check", ".", "empty")
    assert ran.code == 1
    assert ran.out == "good.yaml: OK\n"
    assert "empty:1:1: error: no specs (*.yaml) and no configs (*.json) in this folder" in ran.err


def test_suffixes_of_specs_in_a_folder_are_known_in_any_case(archdraw: Run) -> None:
    Path("folder").mkdir()
    for name in ("A.YAML", "b.Yml", "c.yaml", "notes.txt"):
        Path("folder", name).write_text(SPEC, "utf-8")
    ran = archdraw("check", "folder")
    assert (ran.code, ran.out) == (0, "folder/A.YAML: OK\nfolder/b.Yml: OK\nfolder/c.yaml: OK\n")


def test_a_picture_goes_through_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SPEC, "utf-8")
    done = process("render", str(tmp_path / "good.yaml"), "-o", "-", "--format", "png")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\x89PNG")


def test_what_cannot_be_written_is_a_problem_and_the_rest_goes_on(archdraw: Run) -> None:
    Path("out").mkdir()
    Path("out/good.svg").mkdir()
    ran = archdraw("render", "good.yaml", "--format", "svg,png")
    assert (ran.code, ran.out) == (1, "out/good.png\n")
    assert ran.err == "out/good.svg: error: cannot be written: it is a folder\n"


@pytest.mark.parametrize(("scale", "format"), [("nan", "png"), ("inf", "svg"), ("1e9", "png"), ("1e9", "pdf")])
def test_a_scale_that_no_file_can_have_is_a_problem(archdraw: Run, scale: str, format: str) -> None:
    ran = archdraw("render", "good.yaml", "--scale", scale, "-o", f"x.{format}")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be written" in ran.err
    assert not Path(f"x.{format}").exists()


def test_without_a_stdout_there_is_no_traceback(archdraw: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    assert archdraw("facts", "good.yaml").code == 0
    ran = archdraw("render", "good.yaml", "-o", "-")
    assert (ran.code, ran.err) == (1, "archdraw: error: stdout is closed: nothing can be written to it\n")


def test_an_interrupt_ends_all_processes(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.yaml").write_text(SPEC, "utf-8")
    command = [sys.executable, "-m", "archdraw", "render", str(tmp_path), "-o", str(tmp_path / "out"), "-j", "2"]
    with subprocess.Popen(
        [*command, "--format", "png", "--scale", "4"],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Tests that run in the background are started deaf to interrupts, and so would be their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        # As a terminal sends it: to all processes at once; and again, by a user who cannot wait.
        os.killpg(running.pid, signal.SIGINT)
        os.killpg(running.pid, signal.SIGINT)
        try:
            out, err = running.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    assert running.returncode == 130
    assert b"Traceback" not in err
    assert out.count(b".png") < 29


def test_a_failed_run_leaves_the_picture_that_was_there(archdraw: Run) -> None:
    Path("x.svg").write_text("mine", "utf-8")
    assert archdraw("render", "bad.yaml", "-o", "x.svg").code == 1
    assert Path("x.svg").read_text("utf-8") == "mine"


def test_several_processes_draw_the_same_bytes(archdraw: Run) -> None:
    for number in range(4):
        Path(f"model-{number}.yaml").write_text(SPEC.replace("Tiny", f"Tiny {number}"), "utf-8")
    names = [f"model-{number}" for number in range(4)]
    specs = [f"{name}.yaml" for name in names]
    alone, together = archdraw("render", *specs, "-j", "1", "-o", "one"), archdraw("render", *specs, "-o", "many")
    assert (alone.code, together.code) == (0, 0)
    assert together.out == alone.out.replace("one/", "many/")
    for name in names:
        assert Path(f"one/{name}.svg").read_bytes() == Path(f"many/{name}.svg").read_bytes()


def test_check_compares_published_figures(archdraw: Run) -> None:
    def published(figure: str) -> Ran:
        Path("p.yaml").write_text(
            SPEC.replace("layers:", f"published: {{total_parameters: {figure}, source: x}}\nlayers:")
        )
        return archdraw("check", "p.yaml")

    assert TOTAL == 1480
    assert [published(figure).code for figure in ("1480", "1.48e3", "1.47e3", "1.5e3")] == [0, 0, 0, 0]
    ran = published("1.52e3")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "p.yaml:5:31: error: published total_parameters 1.52e3, but the blocks have 1,480\n"
        "    5 | published: {total_parameters: 1.52e3, source: x}\n"
        "      |                               ^^^^^^\n"
        "  hint: the spec differs from the model, or its figure is counted otherwise (docs/facts.md has the rules)\n"
    )


def test_facts_as_json(archdraw: Run) -> None:
    one = json.loads(archdraw("facts", "good.yaml", "--json").out)
    assert one["name"] == "Tiny"
    assert one["total_parameters"] == one["active_parameters"] == TOTAL
    assert one["active_parameters_without_input_embedding"] == TOTAL - 80
    assert one["layers"] == 2
    # Two layers of 2 heads, keys and values of 4, 2 bytes each.
    assert one["kv_cache_bytes_per_token"] == 2 * 2 * 2 * 4 * 2
    assert sum(one["parts"].values()) == TOTAL
    Path("more").mkdir()
    Path("more/good.yaml").write_text(SPEC, "utf-8")
    assert json.loads(archdraw("facts", "more", "--json").out) == [one]
    assert json.loads(archdraw("facts", "good.yaml", "more/good.yaml", "--json").out) == [one, one]


@pytest.mark.parametrize(("said", "tokens"), [("100", 100), ("2k", 2048), ("1.5K", 1536), ("1M", 1048576)])
def test_facts_at_a_context(archdraw: Run, said: str, tokens: int) -> None:
    found = json.loads(archdraw("facts", "good.yaml", "--json", "--context", said).out)
    assert (found["context"], found["kv_cache_bytes"]) == (tokens, 64 * tokens)


def test_facts_as_a_table(archdraw: Run) -> None:
    ran = archdraw("facts", "good.yaml", "bad.yaml")
    assert ran.code == 1
    assert ran.out.startswith("Tiny\ntotal parameters")
    assert re.search(r"^KV cache at 64 tokens +4,096  4 KiB, bf16$", ran.out, re.MULTILINE)
    assert re.search(r"^  feed forward +768  51.9%$", ran.out, re.MULTILINE)


def test_operations_of_a_token(archdraw: Run) -> None:
    found = json.loads(archdraw("facts", "good.yaml", "--json", "--context", "10").out)
    # Two for each weight of a matrix: 2 layers of 4 x 64 and 3 x 128, the head of 80; and for each of 10 tokens
    # 2 heads of 4 features meet a key and a value.
    assert found["flops_per_token"] == 2 * (2 * (256 + 384) + 80 + 10 * 2 * (2 * (4 + 4)))


@pytest.mark.parametrize(
    ("memory", "said"),
    [
        ("much", "'much' is not an amount of memory"),
        ("0", "memory must be at least 1 byte, not 0"),
        ("-1GB", "memory must be at least 1 byte, not -1GB"),
    ],
)
def test_fit_wants_an_amount(archdraw: Run, memory: str, said: str) -> None:
    ran = archdraw("fit", "good.yaml", "--memory", memory)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_fit(archdraw: Run) -> None:
    (told,) = json.loads(archdraw("fit", "good.yaml", "--memory", "5kB", "--context", "20", "--json").out)
    assert (told["memory"], told["context"], told["complete"]) == (5000, 20, True)
    # 64 bytes a token.
    assert [(way["dtype"], way["context"], way["fits"]) for way in told["ways"]] == [
        ("fp32", 0, False),
        ("bf16", (5000 - 2 * TOTAL) // 64, True),
        ("fp8", (5000 - TOTAL) // 64, True),
        ("int4", (5000 - TOTAL // 2) // 64, True),
    ]
    (several,) = json.loads(archdraw("fit", "good.yaml", "--memory", "5kB", "--batch", "3", "--json").out)
    assert several["batch"] == 3
    assert [way["weights"] for way in several["ways"]] == [way["weights"] for way in told["ways"]]
    assert [way["context"] for way in several["ways"]] == [way["context"] // 3 for way in told["ways"]]
    shown = archdraw("fit", "good.yaml", "--memory", "5KiB", "--context", "1M")
    assert shown.code == 1
    assert re.search(r"^bf16 +2\.89 KiB +\d+ tokens +does not fit$", shown.out, re.MULTILINE)


def test_every_stage_can_be_shown(archdraw: Run) -> None:
    first = {
        "document": "     1:1  mapping of 5",
        "block": "Module ",
        "facts": "Facts layers=2",
        "picture": "Plate name='Tiny'",
        "scene": "Scene width=",
    }
    for stage, start in first.items():
        ran = archdraw("show", "good.yaml", "--stage", stage)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(start), stage
        assert len(ran.out.splitlines()) > 5


def test_every_kind_has_a_page(archdraw: Run) -> None:
    overview = archdraw("kinds").out
    for name, kind in kinds().items():
        assert f"  {name} " in overview
        page = archdraw("kinds", name).out
        assert all(len(line) <= 80 for line in page.split("Example:")[0].splitlines())
        told = " ".join(page.split())
        assert kind.source in told
        assert f"Name: {kind.term.text}" in told
        assert f"({kind.term.short})" in told or kind.term.short in ("", kind.term.text)
        own = {folded(own) for own in (name, kind.term.text, kind.term.short)}
        others = [alias for alias in kind.aliases if folded(alias) not in own]
        assert (f"Also called: {', '.join(others)}" in told) if others else "Also called" not in told
        assert not kind.concepts or f"Concepts: {', '.join(one.name for one in kind.concepts)}" in told
        for field, info in kind.model_fields.items():
            assert re.search(rf"^  {field}: .*", page, re.MULTILINE)
            assert " ".join((info.description or "").replace("``", "").split()) in " ".join(page.split())
        assert kind.example.splitlines()[0] in page
        assert not re.search(r"Annotated|FieldInfo|typing\.|<class", page)


class Described(Kind):
    """A kind with a field that is described."""

    family: ClassVar[Family] = "block"
    keyword: ClassVar[str] = "described"
    source: ClassVar[str] = "none"
    example: ClassVar[str] = "described: {size: 1}"
    size: Annotated[int, Field(ge=1, description=f"The ``size`` of it, {'a long description, ' * 5}and its end.")] = 1
    norm: Norm | None = None


def test_a_field_is_described(archdraw: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archdraw.kinds.registry.kinds", lambda: {"described": Described})
    assert archdraw("kinds", "described").out == (
        "described (block)\n"
        "\n"
        "A kind with a field that is described.\n"
        "\n"
        "Fields:\n"
        "  size: whole number (1 or more); default: 1\n"
        "      The size of it, a long description, a long description, a long\n"
        "      description, a long description, a long description, and its end.\n"
        "  norm: norm; default: not given\n"
        "\n"
        "Source: none\n"
        "\n"
        "Example:\n"
        "  described: {size: 1}\n"
    )


def test_kinds_as_json_schema(archdraw: Run) -> None:
    every = json.loads(archdraw("kinds", "--json").out)
    assert set(every) == set(kinds())
    one = json.loads(archdraw("kinds", "grouped_query", "--json").out)
    assert one == every["grouped_query"]
    assert (one["name"], one["short_name"]) == ("Grouped-query attention", "GQA")
    assert (one["concepts"], one["drawn_as"]) == (["grouped-query attention"], ["attention", "sliding"])
    assert "gqa" in map(str.lower, (*one["aliases"], one["short_name"]))
    assert one["required"] == ["num_attention_heads", "num_key_value_heads"]
    assert one["properties"]["num_key_value_heads"]["minimum"] == 1
    assert one["properties"]["position"]["families"] == ["position"]
    assert one["$defs"]["Kind"]["anyOf"][0] == {"type": "string"}
    assert one["additionalProperties"] is False
    assert every["decoder"]["properties"]["norm"]["default"] == "rmsnorm"
    for name, schema in every.items():
        assert schema["example"] == kinds()[name].example
        for field, info in kinds()[name].model_fields.items():
            assert schema["properties"][field].get("description") == info.description


def test_themes(archdraw: Run) -> None:
    listed = [line.split()[0] for line in archdraw("themes").out.splitlines()[1:]]
    assert listed == list(theme_names())


def test_themes_of_files(archdraw: Run, tmp_path: Path) -> None:
    pale = tmp_path / "pale.yaml"
    pale.write_text('like: light\nink: "#EEEEEE"\n')
    ran = archdraw("themes", str(pale))
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == ["theme", "pale"]
    assert f"{pale.as_posix()}:2:6: warning: ink #EEEEEE on page #FFFFFF has a contrast of 1.16:1" in ran.err
    drawn = archdraw("render", "gpt-2", "--theme", str(pale), "-o", str(tmp_path / "x.svg"))
    assert "has a contrast of 1.16:1" in drawn.err


class Page(HTMLParser):
    """The links and pictures of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")
        if tag == "img":
            self.pictures.append(dict(attrs))


def test_gallery(archdraw: Run) -> None:
    Path("good.yaml").write_text(SPEC.replace("Tiny", "'Tiny <b>&'"), "utf-8")
    ran = archdraw("gallery", "good.yaml", "bad.yaml", "-o", "site")
    assert (ran.code, ran.out) == (1, "site/index.html\n")
    assert ran.err.startswith("bad.yaml:9:")
    ran = archdraw("gallery", "good.yaml", "-o", "site", "--verbose")
    pictures = ("good.svg", "good-plain.svg", "good.pdf", "good.png", "good-dark.svg", "good-thumb-light.svg")
    more = ("good-thumb-dark.svg", "good-blocks.js", "good.json", "good-compare.js", "good-about.json", "good.yaml")
    *made, last = ran.out.splitlines()
    assert (ran.code, last) == (0, "site/index.html")
    assert sorted(made) == sorted(f"site/{name}" for name in (*pictures, *more))
    text = Path("site/index.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert {"good.html", "good.svg", "good.png", "good.json"} <= set(page.links)
    assert [link for link in page.links if not link.startswith("#") and not Path("site", link).is_file()] == []
    assert [picture["src"] for picture in page.pictures] == ["good-thumb-light.svg", "good-thumb-dark.svg"]
    assert "Tiny &lt;b&gt;&amp;</a></h2>" in text
    assert "http:" not in text
    assert "https:" not in text
    named = re.findall(r'(?:src|href)="([^"#]+)"', text) + re.findall(
        r'url\("([^"]+)"\)', Path("site/common.css").read_text("utf-8")
    )
    assert {"common.css", "home.js", "search-words.js", "inter-400.woff2"} <= {*named}
    assert [name for name in named if not Path("site", name).is_file()] == []


def test_a_gallery_of_nothing_keeps_the_old_page(archdraw: Run) -> None:
    Path("out").mkdir()
    Path("out/index.html").write_text("old", "utf-8")
    assert archdraw("gallery", "bad.yaml").code == 1
    assert Path("out/index.html").read_text("utf-8") == "old"


def test_an_internal_error_says_how_to_report_it(archdraw: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, **_: object) -> None:
        raise ZeroDivisionError(f"while reading {path}")

    monkeypatch.setattr("archdraw.model.load", fail)
    monkeypatch.setattr("archdraw.app.jobs.load", fail)
    for words in (["render", "good.yaml"], ["facts", "good.yaml"], ["check", "good.yaml"]):
        ran = archdraw(*words)
        assert (ran.code, ran.out) == (70, "")
        assert ran.err.startswith("archdraw: internal error: ZeroDivisionError: while reading good.yaml\n")
        assert "Please report it" in ran.err
        assert f"Python {sys.version_info.major}." in ran.err
        assert "Traceback" in archdraw("--traceback", *words).err


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    # Different files, since equal ones are shown once: what is written must not fit into the pipe.
    specs = [tmp_path / f"good{number}.yaml" for number in range(40)]
    for spec in specs:
        spec.write_text(SPEC, "utf-8")
    command = [sys.executable, "-m", "archdraw", "show", *map(str, specs), "--stage", "scene"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def on_a_terminal(*words: str, results: bool = False, **environment: str) -> str:
    """What the program writes to stderr when that is a terminal, and to stdout if ``results``."""
    reader, writer = pty.openpty()
    command = [sys.executable, "-m", "archdraw", *words]
    settings = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | environment
    told: list[bytes] = []
    with subprocess.Popen(command, stdout=writer if results else subprocess.DEVNULL, stderr=writer, env=settings):
        os.close(writer)
        with contextlib.suppress(OSError):  # what Linux says where the other end is closed
            while found := os.read(reader, 100_000):
                told.append(found)
    os.close(reader)
    return b"".join(told).decode()


def test_colours_only_on_a_terminal(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(BROKEN, "utf-8")
    assert b"\x1b" not in process("check", str(bad)).stderr
    assert "\x1b[31m" in on_a_terminal("check", str(bad))
    assert "\x1b" not in on_a_terminal("check", str(bad), NO_COLOR="1")


def test_progress_only_on_a_terminal(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.yaml").write_text(SPEC, "utf-8")
    words = ("render", str(tmp_path), "-o", str(tmp_path / "out"), "-j", "1")
    assert "drawing" in on_a_terminal(*words)
    assert process(*words).stderr == b""


@pytest.mark.parametrize("words", [("facts", "gpt-2"), ("kinds",), ("kinds", "grouped_query"), ("themes",)])
def test_results_are_plain_in_a_pipe_and_fit_a_terminal(words: tuple[str, ...]) -> None:
    plain = process(*words).stdout.decode()
    assert "\x1b" not in plain
    assert "\x1b" not in on_a_terminal(*words, results=True, NO_COLOR="1", COLUMNS="60")
    shown = on_a_terminal(*words, results=True, COLUMNS="60").replace("\r", "")
    if words != ("themes",):
        assert "\x1b[1m" in shown
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).split("Example:")[0].splitlines()
    assert max(map(len, lines)) <= 60
    if words not in (("kinds",), ("themes",)):  # whose columns are broken side by side
        assert "".join(plain.split("Example:")[0].split()) == "".join("".join(lines).split())


def test_a_tree_has_guides_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SPEC, "utf-8")
    words = ("show", str(tmp_path / "good.yaml"), "--stage", "document")
    shown = on_a_terminal(*words, results=True, COLUMNS="50", NO_COLOR="1").replace("\r", "").splitlines()
    assert shown[:3] == ["1:1  mapping of 5", "├── 1:7  name: 'Tiny'", "├── 2:17  context_length: 64"]
    assert max(map(len, shown)) <= 50
    plain = process(*words).stdout.decode().splitlines()
    assert plain[:2] == ["     1:1  mapping of 5", "     1:7    name: 'Tiny'"]
    assert len(plain) <= len(shown)


def test_data_is_not_broken_in_a_pipe() -> None:
    plain = process("kinds", COLUMNS="40").stdout.decode()
    summaries = [(kind.__doc__ or "").strip().splitlines()[0].replace("``", "") for kind in kinds().values()]
    assert any(len(summary) > 80 for summary in summaries)
    assert all(summary in plain for summary in summaries)


def test_a_fault_of_the_program_is_not_the_systems(archdraw: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "font.json")

    monkeypatch.setattr("archdraw.app.tables.row", fail)
    monkeypatch.setattr("archdraw.app.table_formats.page", fail)
    for words in (["table", "gpt-2"], ["table", "--columns", "name", "gpt-2"]):
        ran = archdraw(*words)
        assert (ran.code, ran.out) == (70, "")
        assert ran.err.startswith("archdraw: internal error: FileNotFoundError")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["table", "gpt-2", "-o", "file/x.csv"], "file/x.csv"),
        (["gallery", "good.yaml", "-o", "file"], "file/good.svg"),
        (["compare", "good.yaml", "good.yaml", "-o", "file/x.svg"], "file/x.svg"),
        (["render", "good.yaml", "-o", "file/x.svg"], "file/x.svg"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(archdraw: Run, words: list[str], name: str) -> None:
    Path("file").write_text("mine", "utf-8")
    ran = archdraw(*words)
    assert (ran.code, ran.out) == (1, "")
    assert re.search(rf"{name}.* cannot be written: \S+/file is not a folder", ran.err)
    assert Path("file").read_text("utf-8") == "mine"


def test_a_full_disk_is_no_fault_of_the_program() -> None:
    for words in (["kinds"], ["table", "llama-3-8b"]):
        with Path("/dev/full").open("wb") as full:
            command = [sys.executable, "-m", "archdraw", *words]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, text=True)
        assert done.returncode == 1
        assert re.fullmatch(r"archdraw: error: (stdout cannot be written: )?No space left on device\n", done.stderr)


def test_a_name_that_no_file_can_have(archdraw: Run) -> None:
    ran = archdraw("check", "x" * 5000)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith(":1:1: error: cannot be read: File name too long\n")


def test_any_locale_will_do(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SPEC.replace("Tiny", "Tïnŷ"), "utf-8")
    done = process("facts", str(tmp_path / "good.yaml"), PYTHONIOENCODING="latin-1", LC_ALL="C", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"T\xefn\\u0177\n")


def test_check_warns_of_parents_that_are_nowhere(archdraw: Run) -> None:
    text = Path("good.yaml").read_text("utf-8")
    Path("beside.yaml").write_text(text, "utf-8")
    parents = "parents: [{model: beside}, {model: gpt-2}, {model: besides}, {model: zzzzzz}]"
    Path("child.yaml").write_text(f"{parents}\n{text}", "utf-8")
    ran = archdraw("check", "child.yaml")
    assert ran.code == 0
    assert ran.out == "child.yaml: OK\n"
    assert ran.err == (
        "child.yaml:1:52: warning: besides.yaml not found in this folder, and no such model comes with archdraw\n"
        "    1 | parents: [{model: beside}, {model: gpt-2}, {model: besides}, {model: zzzzzz}]\n"
        "      |                                                    ^^^^^^^\n"
        "  hint: did you mean beside?\n"
        "child.yaml:1:70: warning: zzzzzz.yaml not found in this folder, and no such model comes with archdraw\n"
        "    1 | parents: [{model: beside}, {model: gpt-2}, {model: besides}, {model: zzzzzz}]\n"
        "      |                                                                      ^^^^^^\n"
    )


def test_a_name_of_several_blocks_is_no_choice(archdraw: Run) -> None:
    ran = archdraw("render", "gemma-3-27b", "--view", "inset:self_attn", "-o", "x.svg")
    assert (ran.code, ran.out) == (1, "")
    assert "several expandable blocks are named self_attn: layers/" in ran.err
