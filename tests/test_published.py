"""A published figure stands for what rounds to it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.scene import Text
from archdraw.source import parse
from archdraw.tree.blocks import Cache
from archdraw.tree.facts import Facts
from archdraw.tree.published import disagreements, tolerance
from shipped import plate


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("8.03e9", 5_000_000),
        ("4.0e9", 50_000_000),
        ("671e9", 500_000_000),
        ("37e9", 500_000_000),
        ("400e9", 5_000_000_000),
        ("7e9", 500_000_000),
        ("7000000000", 50_000_000),
        ("8030261248", 0),
        ("1234567", 0),
        ("32", Decimal("0.5")),
    ],
)
def test_tolerance(text: str, allowed: int | Decimal) -> None:
    assert tolerance(text) == allowed


@given(st.integers(1, 10**13), st.integers(1, 6))
def test_a_count_agrees_with_its_own_rounding(count: int, digits: int) -> None:
    text = f"{count:.{digits}e}"
    assert abs(Decimal(text) - count) <= tolerance(text)


def said(figures: str, facts: Facts) -> list[str]:
    document = parse(f"name: x\npublished: {{{figures}, source: somewhere}}\n", "x.yaml")
    return [
        f"{problem.span.line}:{problem.span.column} {problem.message}" for problem in disagreements(document, facts)
    ]


FACTS = Facts(parts={"embedding": 100, "experts": 900}, inactive=600, cache={Cache(8): 4})


def test_each_figure_is_compared() -> None:
    assert said("total_parameters: 1000, kv_cache_bytes_per_token: 64", FACTS) == []
    assert said("total_parameters: 1020, kv_cache_bytes_per_token: 60", FACTS) == [
        "2:31 published total_parameters 1020, but the blocks have 1,000",
        "2:63 published kv_cache_bytes_per_token 60, but the blocks have 64",
    ]


def test_active_parameters_may_leave_out_the_input_embedding() -> None:
    assert said("active_parameters: 400", FACTS) == said("active_parameters: 300", FACTS) == []
    assert said("active_parameters: 35e1", FACTS) == [
        "2:32 published active_parameters 35e1, but the blocks have 400 or 300"
    ]


def test_a_figure_may_be_cut_off_or_within_a_hundredth() -> None:
    facts = Facts(parts={"attention": 3_353_000_000})
    assert said("total_parameters: 3.3e9", facts) == said("total_parameters: 3.32e9", facts) == []
    assert said("total_parameters: 3.5e9", facts)
    assert said("total_parameters: 3353000001", facts)


def test_a_reason_stands_for_a_difference_and_only_for_one() -> None:
    assert said("total_parameters: 1020, differs: counted with modules beside", FACTS) == []
    told = said("total_parameters: 1000, differs: no reason", FACTS)
    assert told == ["2:37 every published figure agrees with the blocks, so that nothing differs"]


def test_other_keys_and_other_documents_are_left_alone() -> None:
    assert said("year: 2024", FACTS) == []
    assert disagreements(parse("name: x\n", "x.yaml"), FACTS) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("deepseek-v3", "weights are published in FP8"),
        ("kimi-k2-5", "weights are published in bf16, routed experts in INT4"),
        # Weights that are counted in bf16 and published so need no word.
        ("llama-3-8b", None),
        # Nor do those of which no size is shown.
        ("gpt-oss-20b", None),
    ],
)
def test_a_size_of_weights_in_bf16_says_what_they_are_published_in(name: str, said: str | None) -> None:
    lines = [shape.phrase or shape.text for shape in plate(name).shapes() if isinstance(shape, Text)]
    found = [line.rpartition("; ")[2] for line in lines if "published in" in line]
    assert found == ([said] if said else [])
