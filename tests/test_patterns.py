"""The order of layers in words: what is written must expand to what was read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.tree.patterns import cadence, factored, nested, periods

orders = st.lists(st.sampled_from("abc"), min_size=1, max_size=40)


def expanded(text: str) -> list[str]:
    """The list that a caption like ``(2 a + 1 b) × 3 + 1 a`` stands for."""
    result: list[str] = []
    for inner, times, count, name in re.findall(r"\(([^)]*)\) × (\d+)|(\d+) (\w+)", text):
        result += expanded(inner) * int(times) if inner else [name] * int(count)
    return result


@given(orders)
def test_a_caption_expands_to_the_order_it_tells(order: list[str]) -> None:
    assert expanded(factored(order)) == order


@given(st.lists(st.sampled_from("ab"), min_size=2, max_size=6), st.integers(2, 12))
def test_a_repeated_unit_is_told_once(unit: list[str], times: int) -> None:
    assert len(factored(unit * times)) <= len(factored(unit)) + len("() × 12") + len(factored(unit))


@pytest.mark.parametrize(
    ("order", "caption"),
    [
        ("lllllg" * 10 + "ll", "(5 l + 1 g) × 10 + 2 l"),
        ("lg" * 12, "(1 l + 1 g) × 12"),
        ("d" * 3 + "m" * 58, "3 d + 58 m"),
        ("a", "1 a"),
        ("x" + "dddg" * 3, "1 x + (3 d + 1 g) × 3"),
    ],
)
def test_captions(order: str, caption: str) -> None:
    assert factored(list(order)) == caption


def test_what_does_not_repeat_is_one_period() -> None:
    assert periods(list("abc")) == (0, 3, 1)


@pytest.mark.parametrize(
    ("places", "number", "period"),
    [
        ([3, 7, 11], 12, 4),
        ([1, 3, 5], 6, 2),
        ([0, 1, 2], 3, None),
        ([3, 7], 12, None),
        ([], 4, None),
        ([5, 11], 14, 6),
        ([13], 14, None),
        # A row that begins where others are counted apart, as behind four dense layers.
        ([3, 11, 19], 20, 8),
        ([0, 4, 8], 12, 4),
        ([0, 2, 4], 6, None),
        ([4, 7, 10], 12, None),
        ([3, 11, 20], 24, None),
    ],
)
def test_cadence(places: list[int], number: int, period: int | None) -> None:
    assert cadence(places, number) == period


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        ("MEMEMAE", "2 × (ME) MAE"),
        ("MEMEMEM", "3 × (ME) M"),
        ("AB", "AB"),
        ("AAAAAA", "6 × (A)"),
        ("AABAAB" * 2, "4 × (AAB)"),
        ("MEMEMEMAE" * 3 + "MEMEMEMEMAE" * 2, "3 × [3 × (ME) MAE] 2 × [4 × (ME) MAE]"),
    ],
)
def test_orders_are_nested(letters: str, told: str) -> None:
    assert nested(letters) == told


@given(st.text("MEA", min_size=1, max_size=40))
def test_a_nested_order_can_be_written_out(letters: str) -> None:
    told = nested(letters)
    while repeat := re.search(r"(\d+) × [(\[]([^()\[\]]*)[)\]]", told):
        told = told[: repeat.start()] + repeat[2] * int(repeat[1]) + told[repeat.end() :]
    assert told.replace(" ", "") == letters
