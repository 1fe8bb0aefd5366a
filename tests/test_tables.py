"""The table of facts: a row a model, numbers for programs and words for people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import archdraw
import shipped
from archdraw.app import table_formats, tables
from archdraw.cli import run
from archdraw.model import load
from archdraw.tree.counts import DEFAULT_CONTEXT

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "data" / "table"
THREE = ("gpt-2", "qwen3-next-80b-a3b", "step-5-preview")
COUNTED = ("total_parameters", "active_parameters", "kv_cache_bytes", "flops_per_token", "layers")


@pytest.fixture(scope="module")
def rows() -> list[tables.Row]:
    return [tables.row(model, 4096) for model in shipped.models()]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["table", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("format", table_formats.FORMATS)
def test_golden(format: str, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]) -> None:
    golden(GOLDEN / f"three.{format}", told(capsys, *THREE, "--format", format, "--context", "32k"))


def test_numbers_are_those_of_the_facts(rows: list[tables.Row]) -> None:
    by_name = {row["name"]: row for row in rows}
    assert len(by_name) == len(rows) == len(list((ROOT / "specs").glob("*.yaml")))
    deepseek = by_name["DeepSeek V3"]
    facts = load(ROOT / "specs" / "deepseek-v3.yaml").facts
    assert deepseek["total_parameters"] == facts.total_parameters == 671_026_404_352
    assert deepseek["kv_cache_bytes"] == facts.kv_cache_bytes(4096) == 4096 * deepseek["kv_cache_bytes_per_token"]
    assert (deepseek["experts"], deepseek["active_experts"]) == (256, 8)
    assert deepseek["multi_token_prediction"] is True
    assert deepseek["token_mixing"] == [
        {"mixer": "Multi-head latent attention", "sizes": "128 heads, latent 512 + 64", "layers": 61}
    ]
    assert by_name["Gemma 2 27B"]["norm_placement"] == ["sandwich norm"]
    assert by_name["OLMo 2 7B"]["norm_placement"] == ["post-norm inside the residual"]
    assert by_name["Mamba 2.8B"]["kv_cache_bytes_per_token"] == 0
    assert by_name["Mamba 2.8B"]["recurrent_state_bytes"] > 0
    assert by_name["GPT-2 124M"]["tied_embeddings"] is True


def test_layers_add_up(rows: list[tables.Row]) -> None:
    """Every layer mixes tokens at most once by each mixer that is told, and no mixer is told of more layers."""
    for row in rows:
        for mixer in row["token_mixing"] or ():
            assert 0 < mixer["layers"] <= row["layers"], row["name"]


def test_of_unknown_models_nothing_is_counted(rows: list[tables.Row]) -> None:
    (unknown,) = [row for row in rows if row["name"] == "Step-5 Preview"]
    assert {key: unknown[key] for key in (*COUNTED, "experts", "token_mixing", "tied_embeddings")} == dict.fromkeys(
        (*COUNTED, "experts", "token_mixing", "tied_embeddings")
    )
    assert unknown["developer"] == "StepFun"
    known = [row for row in rows if row["total_parameters"] is not None]
    # A network that reads images takes its operations per input, not per token.
    per_token = [key for key in COUNTED if key != "flops_per_token"]
    assert all(row[key] is not None for row in known for key in per_token)


def test_context_is_the_models_own_unless_it_is_given() -> None:
    llama = load(ROOT / "specs" / "llama-3-8b.yaml")
    assert tables.row(llama)["context"] == 8192
    assert tables.row(llama, 100)["kv_cache_bytes"] == 100 * 131_072
    assert tables.row(load(ROOT / "specs" / "mamba-2-8b.yaml"))["context"] == DEFAULT_CONTEXT


def test_programs_read_back_what_was_written(rows: list[tables.Row]) -> None:
    keys = tuple(tables.COLUMNS)
    assert json.loads(table_formats.write_json(rows, keys)) == rows
    read = list(csv.DictReader(io.StringIO(table_formats.write_csv(rows, keys))))
    assert [tuple(row) for row in read] == [keys] * len(rows)
    for row, back in zip(rows, read, strict=True):
        for key in COUNTED:
            assert back[key] == ("" if row[key] is None else str(row[key]))


HOSTILE = '<b>"A|B"</b> & \\'


def hostile() -> tables.Row:
    row = dict.fromkeys(tables.COLUMNS) | {"name": HOSTILE, "developer": "a, b", "link": 'https://x.org/"><script>'}
    return {**row, "total_parameters": 1}


class Cells(HTMLParser):
    """The cells of all rows, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip("\n")


def test_nothing_breaks_out_of_its_cell() -> None:
    keys = ("name", "developer", "link")
    page = Cells(table_formats.write_html([hostile()], keys))
    assert page.rows[1] == [HOSTILE, "a, b", 'https://x.org/"><script>']
    assert "script" not in page.tags
    assert "b" not in page.tags
    (line,) = table_formats.write_md([hostile()], keys).splitlines()[2:]
    assert len(re.findall(r"(?<!\\)\|", line)) == 4
    assert list(csv.reader(io.StringIO(table_formats.write_csv([hostile()], keys))))[1][:2] == [HOSTILE, "a, b"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://x","x")'])
def test_no_cell_of_csv_is_run_by_a_spreadsheet(name: str) -> None:
    row = {**hostile(), "name": name, "layers": -4, "family": "a=b"}
    read = list(csv.reader(io.StringIO(table_formats.write_csv([row], ("name", "layers", "family")))))
    assert read[1] == [f"'{name}", "-4", "a=b"]


def test_the_page_is_read_by_ear(rows: list[tables.Row]) -> None:
    page = table_formats.write_html(rows, tuple(tables.COLUMNS))
    assert page.count('<th scope="row">') == len(rows)
    assert page.count('<th scope="col"') == len(Cells(page).rows[0])
    assert "<caption>Facts of" in page
    assert not re.search(r"<script|<link|@import|url\(", page)
    assert all(len(cells) == len(Cells(page).rows[0]) for cells in Cells(page).rows[:3])


def test_people_are_told_what_is_not_published(rows: list[tables.Row]) -> None:
    line = next(line for line in table_formats.write_md(rows, tuple(tables.COLUMNS)).splitlines() if "Step-5" in line)
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    head, *_ = table_formats.write_md(rows, tuple(tables.COLUMNS)).splitlines()
    titles = [cell.strip() for cell in head.strip("|").split("|")]
    assert cells[titles.index("total parameters")] == cells[titles.index("experts")] == "not disclosed"
    assert "link" not in titles


def test_sorting(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("--columns", "name,layers", "--format", "csv")
    models = ("step-5-preview", "llama-3-8b", "gpt-2", "qwen3-8b", "mistral-7b")
    up = told(capsys, *models, *columns, "--sort", "layers").splitlines()[1:]
    assert up == ["GPT-2 124M,12", "Llama 3 8B,32", "Mistral 7B,32", "Qwen3 8B,36", "Step-5 Preview,"]
    down = told(capsys, *models, *columns, "--sort", "layers", "--reverse").splitlines()[1:]
    assert down == ["Qwen3 8B,36", "Llama 3 8B,32", "Mistral 7B,32", "GPT-2 124M,12", "Step-5 Preview,"]


@pytest.mark.parametrize("key", tables.COLUMNS)
def test_every_column_can_be_sorted_by(key: str, rows: list[tables.Row]) -> None:
    names = [row["name"] for row in tables.ordered(rows, key)]
    assert sorted(names) == sorted(row["name"] for row in rows)


def test_the_function_is_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("name", "kind", "total_parameters")
    expected = json.loads(told(capsys, *THREE, "--format", "json", "--columns", ",".join(columns)))
    assert archdraw.table(*THREE, columns=columns) == expected
    model = load(ROOT / "specs" / "gpt-2.yaml")
    assert archdraw.table(model, context=10)[0]["context"] == 10
    with pytest.raises(archdraw.ArchdrawError, match="unknown column 'total'"):
        archdraw.table(model, columns=["total"])


def test_a_file_has_the_format_of_its_suffix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for format in table_formats.FORMATS:
        file = tmp_path / f"t.{format}"
        assert told(capsys, "gpt-2", "-o", str(file)) == f"{file}\n"
        assert file.read_text("utf-8") == told(capsys, "gpt-2", "--format", format)
    assert told(capsys, "gpt-2", "-o", str(tmp_path / "table"), "--format", "csv")
    assert (tmp_path / "table").read_text("utf-8").startswith("name,developer,")


@pytest.mark.parametrize(("words", "message"), [
    (["-o", "x.txt"], "-o x.txt: unknown format 'txt' (choose from md, csv, json, html)"),
    (["-o", "x.cvs"], "-o x.cvs: unknown format 'cvs'; did you mean csv"),
    (["-o", "x.csv", "--format", "md"], "-o x.csv is a csv file, but --format is md"),
    (["--columns", "name,layer"], "unknown column 'layer'; did you mean layers"),
    (["--sort", "nmae"], "unknown column 'nmae'; did you mean name"),
    (["--reverse"], "--reverse needs --sort COLUMN"),
    (["--context", "many"], "'many' is not a number of tokens"),
])  # fmt: skip
def test_wrong_usage(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["table", "gpt-2", *words]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_spec_with_problems_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: Bad\n", "utf-8")
    words = ["--columns", "name", "--format", "csv"]
    assert run(["table", str(bad), "gpt-2", *words]) == 1
    ran = capsys.readouterr()
    assert ran.out == "name\nGPT-2 124M\n"
    assert "bad.yaml:1:1: error: a spec needs layers" in ran.err
    assert run(["table", str(bad), *words]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("context", [0, -1])
def test_no_tokens_are_no_context(context: int) -> None:
    with pytest.raises(archdraw.ArchdrawError) as raised:
        archdraw.table("gpt-2", context=context)
    assert str(raised.value) == f"context must be at least 1, not {context}"
