"""``archdraw lsp`` tells an editor what only the whole spec says, over the protocol of language servers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import archdraw
from archdraw.cli.lsp import command
from archdraw.language.answers import defined_at, described, offered
from archdraw.language.opened import Opened, read
from archdraw.resources import specs_folder
from archdraw.tree.facts import facts
from language_client import Editor

SPEC = """\
name: Small
hidden_size: 64
vocab_size: 100
parents: [{model: llama-3-8b}]
insets: [self_attn]
define:
  wide:
    description: A feed forward of an author.
    parameters:
      size: {description: features between the projections}
    block: {swiglu: {intermediate_size: $size}}
  local:
    decoder:
      attention: {grouped_query: {num_attention_heads: 4, num_key_value_heads: 2}}
      feed_forward: {wide: {size: 128}}
  global: {like: local, times: 2}
layers:
  - embedding
  - local
  - global
  - rmsnorm
  - output_head
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    started = [sys.executable, "-m", "archdraw", "lsp"]
    with Editor(started, tmp_path_factory.mktemp("specs")) as opened:
        yield opened


@pytest.fixture(scope="module")
def uri(editor: Editor) -> str:
    """The spec, open and without a problem."""
    opened = editor.open("small.yaml", SPEC)
    assert editor.problems(opened) == []
    return opened


def place(text: str, word: str, at: int = 0) -> tuple[int, int]:
    """Line and character, from 0, of ``word`` in ``text`` with ``at`` characters more."""
    before = text[: text.index(word) + at]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def hover(editor: Editor, uri: str, word: str, at: int = 0) -> str:
    shown = editor.at("hover", uri, *place(SPEC, word, at))
    return str(shown["contents"]["value"]) if shown else ""


def completed(editor: Editor, text: str) -> list[str]:
    """What is offered at the sign | of ``text``, a spec in the middle of an edit."""
    opened = editor.open("small.yaml", text.replace("|", ""))
    offered = editor.at("completion", opened, *place(text, "|"))
    return [item["label"] for item in offered]


def test_everything_that_check_says_is_reported_while_it_is_written(editor: Editor) -> None:
    text = SPEC.replace("num_key_value_heads: 2", "num_key_value_heads: 3").replace(
        "{model: llama-3-8b}", "{model: llama}"
    )
    opened = editor.open("wrong.yaml", text)
    (found,) = editor.problems(opened)
    line, character = place(text, "num_key_value_heads: 3", len("num_key_value_heads: "))
    assert found["range"] == {
        "start": {"line": line, "character": character},
        "end": {"line": line, "character": character + 1},
    }
    assert found["message"].splitlines() == [
        "num_key_value_heads 3 does not divide num_attention_heads 4",
        "grouped-query attention needs a divisor of 4",
    ]
    assert (found["severity"], found["source"]) == (1, "archdraw")
    editor.open("wrong.yaml", text.replace("heads: 3", "heads: 2"))
    (warning,) = editor.problems(opened)
    assert warning["severity"] == 2
    assert warning["message"].startswith("llama.yaml not found in this folder")
    editor.open("wrong.yaml", SPEC.replace("insets: [self_attn]", "insets: [self_atn]"))
    (unknown,) = editor.problems(opened)
    assert unknown["message"].startswith("nothing that could be opened is called self_atn")
    editor.open("wrong.yaml", SPEC)
    assert editor.problems(opened) == []


def test_columns_are_those_of_an_editor(editor: Editor) -> None:
    """An editor counts in units of UTF-16, of which a letter outside of the first plane takes two."""
    text = 'name: Small\nlayers: [{op: {label: "𝔄𝔄"}}, {swigloo: 8}]\n'
    (found,) = editor.problems(editor.open("letters.yaml", text))
    assert (
        found["range"]["start"]["character"]
        == len(text.split("\n")[1].partition("swigloo")[0].encode("utf-16-le")) // 2
    )


def test_what_is_no_yaml_and_what_is_empty_is_reported(editor: Editor) -> None:
    for text in ("name: [\n", "", "- 1\n"):
        assert editor.problems(editor.open("broken.yaml", text))


def test_numbers_of_a_block_are_shown(editor: Editor, uri: str) -> None:
    model = archdraw.Model.from_text(SPEC)
    attention = facts(model.at("layers/layer.other/self_attn")).total_parameters
    said = hover(editor, uri, "grouped_query")
    assert f"{attention:,} parameters" in said
    assert "3 in the model" in said
    assert "`layers/layer.other/self_attn`" in said
    assert "KV cache" in said
    assert f"{100 * 64:,} parameters" in hover(editor, uri, "embedding")
    assert hover(editor, uri, "Small") == ""


def test_names_of_an_author_are_described_and_lead_to_their_definitions(editor: Editor, uri: str) -> None:
    assert "Decoder layer (`decoder`), defined in line 12" in hover(editor, uri, "- local", 3)
    template = hover(editor, uri, "{wide:", 2)
    assert "A feed forward of an author" in template
    assert "`size`: needed" in template
    for word, at, name in (("- local", 3, "  local:"), ("like: local", 8, "  local:"), ("{wide:", 2, "  wide:")):
        found = editor.at("definition", uri, *place(SPEC, word, at))
        line, character = place(SPEC, name, 2)
        assert found["uri"] == uri
        assert found["range"]["start"] == {"line": line, "character": character}, word
    parent = editor.at("definition", uri, *place(SPEC, "llama-3-8b", 1))
    assert parent["uri"] == (specs_folder() / "llama-3-8b.yaml").resolve().as_uri()
    assert editor.at("definition", uri, *place(SPEC, "rmsnorm", 1)) is None


@pytest.mark.parametrize(
    ("before", "after", "names", "not_names"),
    [
        ("  - rmsnorm\n", "  - rmsnorm\n  - |\n", {"local", "global", "wide"}, {"rmsnorm"}),
        ("feed_forward: {wide: {size: 128}}", "feed_forward: |", {"wide"}, {"local", "global"}),
        ("like: local, times: 2", "like: |", {"local", "global"}, {"decoder"}),
        ("like: local, times: 2", "like: local, |", {"times", "feed_forward", "placement"}, {"intermediate_size"}),
        ("{size: 128}", "{|}", {"size"}, {"intermediate_size"}),
        ("[self_attn]", "[layers/|", {"layers/layer.other/self_attn", "mlp", "grouped_query"}, set()),
        ("layers:\n", "figure: {highlight: [|]}\nlayers:\n", {"layers/layer.other/mlp", "self_attn"}, {"times"}),
        ("layers:\n", "figure:\n  notes:\n    |\nlayers:\n", {"layers/layer.other/mlp", "self_attn"}, {"times"}),
        ("name: Small", "name: |", set(), {"local"}),
    ],
)
def test_names_are_completed_in_the_middle_of_an_edit(
    editor: Editor, uri: str, before: str, after: str, names: set[str], not_names: set[str]
) -> None:
    found = completed(editor, SPEC.replace(before, after, 1))
    assert names <= set(found)
    assert not not_names & set(found)
    assert names or not found


def test_a_picture_is_drawn_when_it_is_asked_for(editor: Editor, uri: str) -> None:
    editor.open("small.yaml", SPEC)
    editor.problems(uri)
    here: dict[str, Any] = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    (action,) = editor.ask(
        "textDocument/codeAction", textDocument={"uri": uri}, range=here, context={"diagnostics": []}
    )
    file = editor.ask("workspace/executeCommand", command=action["command"], arguments=action["arguments"])
    assert "Small architecture" in Path(file).read_text("utf-8")
    editor.at("hover", uri, 0, 0)
    assert editor.shown == [Path(file).as_uri()]
    Path(file).unlink()


def test_without_pygls_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "archdraw.language.protocol", raising=False)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    with pytest.raises(archdraw.ArchdrawError, match=r"a language server needs pygls: pip install .*\[lsp\]"):
        CliRunner().invoke(command, [], catch_exceptions=False)


def test_a_file_that_is_closed_has_no_problems(editor: Editor) -> None:
    opened = editor.open("closed.yaml", "name: Small\n")
    assert editor.problems(opened)
    editor.found.clear()
    editor.say("textDocument/didClose", textDocument={"uri": opened})
    assert editor.problems(opened) == []


def test_no_text_breaks_an_answer() -> None:
    """Half of the texts that an editor sends are none that a spec could be read from."""
    for file in sorted((Path(__file__).parent / "broken").glob("*.yaml")):
        text = file.read_text("utf-8")
        opened = Opened(file)
        opened.keep(read(text, file))
        assert opened.last is not None
        assert opened.last.problems, file.name
        lines = text.split("\n")[:60]
        for number in range(max(1, len(lines) - 3), len(lines) + 1):
            for column in (1, len(lines[number - 1]) + 1):
                described(opened, number, column)
                defined_at(opened, number, column)
                offered(opened, text, number, column)
