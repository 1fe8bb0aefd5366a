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
    # The width of the first column is that of the longest name.
    assert {" ".join(line.split()) for line in some} < {" ".join(line.split()) for line in every}


def test_a_name_is_its_page_and_no_search(capsys: Printed) -> None:
    assert run(["kinds", "rmsnorm"]) == 0
    assert "Fields:" in capsys.readouterr().out


def test_a_word_that_is_nowhere(capsys: Printed) -> None:
    assert run(["kinds", "flux capacitor"]) == 2
    assert "unknown kind 'flux capacitor'; archdraw kinds lists all" in capsys.readouterr().err
    assert run(["kinds", "dropout"]) == 2
    assert "it does nothing at inference" in capsys.readouterr().err
