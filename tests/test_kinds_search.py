"""``archdraw kinds WORD``: the kinds that a word is about."""

from __future__ import annotations

import json

import pytest

from archdraw.cli import run
from archdraw.kinds.registry import kinds

Printed = pytest.CaptureFixture[str]


def found(capsys: Printed, *words: str) -> set[str]:
    assert run(["kinds", *words, "--json"]) == 0
    return set(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    ("words", "keyword"),
    [
        (["GQA"], "grouped_query"),  # an abbreviation, in any case
        (["state space"], "mamba2"),  # another name
        (["key", "head"], "grouped_query"),  # words of the description, and both of them
        (["group-norm"], "groupnorm"),  # hyphens and underscores make no difference
        (["parallel", "layers"], "decoder"),  # a value of a field, and the plural of a word
        (["placement"], "decoder"),  # a field
        (["GPT-J"], "decoder"),  # the description of a field
        (["qk_norm"], "grouped_query"),
        (["query-key", "norm"], "grouped_query"),
    ],
)
def test_a_kind_is_found(words: list[str], keyword: str, capsys: Printed) -> None:
    names = found(capsys, *words)
    assert keyword in names
    assert len(names) < len(kinds()) / 2


def test_all_words_must_be_there(capsys: Printed) -> None:
    assert found(capsys, "sliding", "window") <= found(capsys, "window") < set(kinds())
    assert found(capsys, "sliding", "window") != found(capsys, "window")


def test_the_list_is_that_of_all_kinds_with_fewer_rows(capsys: Printed) -> None:
    assert run(["kinds"]) == 0
    every = capsys.readouterr().out.splitlines()
    assert run(["kinds", "sliding", "window"]) == 0
    some = capsys.readouterr().out.splitlines()
    # The width of the first column is that of the longest name; below a kind are the fields that it was found by.
    rows = {" ".join(line.split()) for line in some if ": field " not in line and ": and more" not in line}
    assert rows < {" ".join(line.split()) for line in every}


def test_the_fields_and_values_that_a_kind_was_found_by_are_said(capsys: Printed) -> None:
    assert run(["kinds", "parallel", "layers"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert [line for line in lines if line.startswith("decoder:")] == ["decoder: field placement, value parallel"]
    assert run(["kinds", "qk_norm"]) == 0
    assert "grouped_query: field qk_norm\n" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["two", "flux"], ["two flux"]])
def test_words_that_no_kind_has_all_of_are_looked_for_one_by_one(words: list[str], capsys: Printed) -> None:
    assert run(["kinds", "gqa", "moe"]) == 2
    said = capsys.readouterr().err
    assert "no kind has all of these words; gqa: grouped_query, " in said
    assert "; moe: mixture_of_experts, " in said
    assert run(["kinds", *words]) == 2
    assert capsys.readouterr().err.rstrip().endswith("; flux: nothing")


def test_what_must_be_written_comes_first_and_is_repeated(capsys: Printed) -> None:
    assert run(["kinds", "grouped_query"]) == 0
    page = capsys.readouterr().out
    fields = [line.split(":")[0].strip() for line in page.splitlines() if line.endswith(("; required",))]
    assert fields == ["num_attention_heads", "num_key_value_heads"]
    assert page.index("num_key_value_heads: whole") < page.index("\n  head_dim: whole")
    least = "The least that must be written: grouped_query: {num_attention_heads: ..., num_key_value_heads: ...}"
    assert least in " ".join(page.split())
    assert "default: not given" in page
    assert "default: none" not in page


def test_a_name_is_its_page_and_no_search(capsys: Printed) -> None:
    assert run(["kinds", "rmsnorm"]) == 0
    assert "Fields:" in capsys.readouterr().out


def test_a_word_that_is_nowhere(capsys: Printed) -> None:
    assert run(["kinds", "fluxcapacitor"]) == 2
    assert "unknown kind 'fluxcapacitor'; archdraw kinds lists all" in capsys.readouterr().err
    assert run(["kinds", "dropout"]) == 2
    assert "it does nothing at inference" in capsys.readouterr().err
