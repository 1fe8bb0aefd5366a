"""``archdraw models``: what there is to draw, by the names that commands take."""

from __future__ import annotations

import json
import os
from unittest.mock import patch

import pytest

from archdraw import list_models, load
from archdraw.cli import COMPLETING, run

Printed = pytest.CaptureFixture[str]


def listed(capsys: Printed, *words: str) -> list[dict[str, str]]:
    assert run(["models", *words, "--json"]) == 0
    rows: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return rows


def test_all_models_are_listed_by_the_names_that_commands_take(capsys: Printed) -> None:
    rows = listed(capsys)
    assert [row["model"] for row in rows] == list(list_models())
    assert all(row["name"] and row["developer"] for row in rows)


@pytest.mark.parametrize("name", ["llama-3-8b", "gpt-2", "gemma-4-e2b", "whisper-large-v3"])
def test_what_is_said_is_what_the_spec_says(name: str, capsys: Printed) -> None:
    spec = load(name).spec
    (row,) = [row for row in listed(capsys, name) if row["model"] == name]
    said = {"name": spec.name, "developer": spec.developer, "family": spec.family, "released": spec.released}
    assert row == {"model": name, **{key: value for key, value in said.items() if value is not None}}


def test_words_are_looked_for_whatever_their_case(capsys: Printed) -> None:
    found = [row["model"] for row in listed(capsys, "LLAMA", "8b")]
    assert "llama-3-8b" in found
    assert all("llama" in name for name in found)
    assert {row["developer"] for row in listed(capsys, "deepseek")} >= {"DeepSeek"}


def test_the_table_begins_with_the_name_for_commands(capsys: Printed) -> None:
    assert run(["models", "gpt-2"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["model", "name", "developer", "released"]
    assert "gpt-2" in [row.split()[0] for row in rows]


def test_a_word_that_no_model_has(capsys: Printed) -> None:
    assert run(["models", "llana-3-8b"]) == 1
    assert "unknown model 'llana-3-8b'; did you mean llama-3-8b" in capsys.readouterr().err
    assert run(["models", "flux", "capacitor"]) == 1
    said = capsys.readouterr().err
    assert said == "archdraw: error: no model has all of 'flux capacitor' in its name; archdraw models lists all\n"


def test_names_are_completed(capsys: Printed) -> None:
    words = {COMPLETING: "bash_complete", "COMP_WORDS": "archdraw models llama-3-", "COMP_CWORD": "2"}
    with patch.dict(os.environ, words):
        run([])
    assert "llama-3-8b" in capsys.readouterr().out
