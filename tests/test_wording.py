"""How numbers are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.kinds.wording import data_size, notes, number, parameters


@given(st.integers(0, 10**15))
def test_short_counts_are_near(count: int) -> None:
    text = parameters(count)
    unit = {"T": 10**12, "B": 10**9, "M": 10**6}.get(text[-1], 1)
    value = float(text.rstrip("TBM").replace(",", "")) * unit
    assert abs(value - count) <= 0.06 * count


@pytest.mark.parametrize(
    ("count", "text"),
    [(512, "512"), (44_040_192, "44.0M"), (423_060_336, "0.42B"), (999_999_999, "1.0B"), (11_610_067_968, "11.6B")],
)
def test_short_counts(count: int, text: str) -> None:
    assert parameters(count) == text


def test_words() -> None:
    assert [number(4096), number(0.25), number(1e6)] == ["4,096", "0.25", "1,000,000"]
    assert [data_size(1152), data_size(36 * 2**20), data_size(100)] == ["1.125 KiB", "36 MiB", "100 bytes"]
    assert notes("one", ["two", "", "three"], [], "") == ("one", "two; three")
    assert notes(["a" * 40, "b" * 40]) == ("a" * 40, "b" * 40)
