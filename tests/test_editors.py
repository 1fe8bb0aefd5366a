"""yaml-language-server, which VS Code, Neovim, Helix and others run, knows specs by the schema beside them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archdraw.schemas import FILE, MODELINES, stored
from language_client import Editor

SPECS = Path(__file__).parent.parent / "specs"
SERVER = (
    Path(sys.prefix) / "yaml-language-server" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
)
NODE = Path(sys.prefix) / "bin" / "node"
SETTINGS = {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}

HEAD = f"{MODELINES}name: Small\nhidden_size: 64\nvocab_size: 100\n"
FIRST = HEAD.count("\n")
"""The line that is the first after the head, counted from 0 as editors do."""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    assert SERVER.is_file(), "sh .ci/install test installs it"
    folder = tmp_path_factory.mktemp("specs")
    shutil.copy(stored("spec"), folder / FILE)
    with Editor([str(NODE), str(SERVER), "--stdio"], folder, {"yaml": SETTINGS}) as opened:
        yield opened


def labels(editor: Editor, text: str) -> set[str]:
    """What is offered at the sign | in ``text``."""
    whole = HEAD + text
    before = whole[: whole.index("|")]
    line, character = before.count("\n"), len(before) - before.rfind("\n") - 1
    uri = editor.open("completed.yaml", whole.replace("|", "", 1))
    return {item["label"] for item in editor.at("completion", uri, line, character)["items"]}


def problems(editor: Editor, name: str, text: str) -> list[tuple[int, str]]:
    """Lines of ``text`` behind the head, counted from 1, and what is wrong there."""
    found = editor.problems(editor.open(name, HEAD + text))
    return [(one["range"]["start"]["line"] - FIRST + 1, one["message"]) for one in found]


def test_all_models_are_valid(editor: Editor) -> None:
    opened = {file.stem: editor.open(file.name, MODELINES + file.read_text("utf-8")) for file in SPECS.glob("*.yaml")}
    assert len(opened) > 180
    assert {name: found for name, uri in opened.items() if (found := editor.problems(uri))} == {}


def test_keywords_and_fields_are_completed(editor: Editor) -> None:
    mixers = labels(editor, "layers:\n  - decoder:\n      attention:\n        g|\n")
    assert {"grouped_query", "multi_head_latent", "mamba2"} <= mixers
    assert not {"swiglu", "rmsnorm", "decoder"} & mixers
    fields = labels(editor, "layers:\n  - decoder:\n      attention:\n        grouped_query:\n          |\n")
    assert {"num_attention_heads", "sliding_window", "position"} <= fields
    assert "intermediate_size" not in fields
    assert {"decoder", "stack", "rmsnorm"} <= labels(editor, "layers:\n  - |\n")
    assert {"key_points", "parents", "define"} <= labels(editor, "|\n")


def test_values_and_names_are_completed(editor: Editor) -> None:
    assert {"pre", "post", "sandwich"} <= labels(editor, "layers:\n  - decoder:\n      placement: |\n")
    norms = labels(editor, "layers:\n  - decoder:\n      norm: |\n")
    assert {"rmsnorm", "layernorm"} <= norms
    assert "rope" not in norms
    assert {"llama-3-8b", "deepseek-v3"} <= labels(editor, "parents:\n  - model: |\n")
    assert {"plate", "slide", "column"} <= labels(editor, "figure:\n  profile: |\n")
    assert {"times", "feed_forward"} <= labels(editor, "define:\n  more:\n    like: usual\n    |\n")


WRONG = """\
layers:
  - embedding
  - decoder:
      times: twelve
      placement: prefix
      attention: {grouped_query: {num_attention_heads: 4, num_kv_heads: 2}}
      feed_forward:
        swigloo: {intermediate_size: 8}
  - rmsnrm
"""


def test_what_is_wrong_is_flagged_at_its_line(editor: Editor) -> None:
    assert sorted(problems(editor, "wrong.yaml", WRONG)) == [
        (4, "Incorrect type. Expected one of integer, null."),
        (5, 'Value is not accepted. Valid values: "pre", "post", "sandwich", "parallel", "post_add", "pre_add", null.'),
        (6, 'Missing property "num_key_value_heads".'),
        (6, "Property num_kv_heads is not allowed."),
        (8, "Property swigloo is not allowed."),
        (9, "no block is called this, or it needs fields: archdraw kinds lists all"),
    ]


DEFINED = """\
define:
  mine:
    decoder:
      attention: {multi_head: {num_attention_heads: 4}}
      feed_forward: {swiglu: {intermediate_size: 8}}
  other: {like: mine, feed_forward: {swiglu: {mlp_bias: null}}}
layers:
  - mine
  - other
"""


@pytest.mark.parametrize("place", ["multi_head", "swiglu: {inter", "swiglu: {mlp", "- mine"])
def test_an_unknown_keyword_is_flagged_beside_definitions(editor: Editor, place: str) -> None:
    assert problems(editor, "defined.yaml", DEFINED) == []
    spoilt = "- swigloo: {intermediate_size: 8}" if place == "- mine" else place.replace("swiglu", "swigloo")
    text = DEFINED.replace(place, spoilt.replace("multi_head", "swigloo"))
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "swigloo" in one)
    assert problems(editor, "defined.yaml", text) == [(line, "Property swigloo is not allowed.")]


HOVERED = """\
tie_word_embeddings: true
published: {total_parameters: 8e9}
layers:
  - embedding
  - decoder:
      times: 32
      placement: sandwich
      attention: {grouped_query: {num_attention_heads: 4, num_key_value_heads: 2, sliding_window: 8, position: rope}}
      feed_forward: {swiglu: {intermediate_size: 8}}
  - rmsnorm: {zero_centered: true}
"""
SAID = {
    "tie_word_embeddings": "output head is the embedding's table",
    "total_parameters": "rounded as published",
    "embedding\n": "table of token vectors",
    "times": "follow each other",
    "placement": "Where the norms are",
    "num_attention_heads": "Number of query heads",
    "num_key_value_heads": "key",
    "sliding_window": "token",
    "rope": "Rotary position embedding",
    "feed_forward": "feed-forward network",
    "swiglu": "SiLU",
    "intermediate_size": "Features between the projections",
    "zero_centered": "1",
}


def test_fields_and_kinds_are_described(editor: Editor) -> None:
    uri = editor.open("hovered.yaml", HEAD + HOVERED)
    for word, said in SAID.items():
        before = (HEAD + HOVERED)[: (HEAD + HOVERED).rindex(word)]
        place = before.count("\n"), len(before) - before.rfind("\n")
        shown: Any = editor.at("hover", uri, *place)
        assert shown, word
        assert said in shown["contents"]["value"], (word, shown)
