"""How numbers are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.glossary.numbers import data_size, number, parameters
from archdraw.views import wording

UNITS = {"T": 10**12, "B": 10**9, "M": 10**6, "k": 10**3}
BYTES = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def digits(text: str) -> int:
    """Significant digits of a written number."""
    return len(text.replace(",", "").replace(".", "").lstrip("0"))


@given(st.integers(1, 10**15))
def test_short_counts_are_near_and_have_three_digits(count: int) -> None:
    text = parameters(count)
    value = float(text.rstrip("TBMk").replace(",", ""))
    assert abs(value * UNITS.get(text[-1], 1) - count) <= 0.005 * count
    if 1000 <= count < 10**15 * 0.999:
        assert digits(text.rstrip("TBMk")) == 3


def unit(text: str) -> str:
    return text.lstrip("0123456789.,")


@given(st.integers(1000, 10**14), st.integers(1, 1000))
def test_a_count_beside_a_larger_one_has_its_unit_where_a_tenth_of_it_is_reached(count: int, times: int) -> None:
    beside, alone, larger = parameters(count, unit_of=count * times), parameters(count), parameters(count * times)
    assert unit(beside) in (unit(alone), unit(larger))
    assert (unit(beside) == unit(larger)) == (count >= 0.09995 * UNITS[unit(larger)])


@pytest.mark.parametrize(
    ("count", "text"),
    [
        *[(0, "0"), (512, "512"), (999, "999"), (1000, "1.00k"), (999_499, "999k"), (999_500, "1.00M")],
        *[(44_040_192, "44.0M"), (423_060_336, "423M"), (999_999_999, "1.00B"), (9_994_999_999, "9.99B")],
        *[(9_995_000_000, "10.0B"), (99_950_000_000, "100B"), (11_610_067_968, "11.6B"), (1_029_173_256_720, "1.03T")],
        (10**18, "1,000,000T"),
    ],
)
def test_short_counts(count: int, text: str) -> None:
    assert parameters(count) == text


@pytest.mark.parametrize(
    ("count", "larger", "text"),
    [
        *[(403_000_000, 11_300_000_000, "0.403B"), (99_700_000, 796_000_000, "99.7M")],
        *[(99_960_000, 999_999_999, "0.100B"), (1_000_000, 671_000_000_000, "1.00M"), (0, 10**9, "0")],
    ],
)
def test_two_counts_have_one_unit(count: int, larger: int, text: str) -> None:
    assert parameters(count, unit_of=larger) == text


@given(st.integers(0, 10**15))
def test_sizes_are_near_and_short(size: int) -> None:
    value, unit = data_size(size).split(" ")
    assert abs(float(value.replace(",", "")) * BYTES[unit] - size) <= 0.005 * size
    assert digits(value) <= (3 if float(value.replace(",", "")) < 1000 else 4)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        *[(0, "0 bytes"), (100, "100 bytes"), (1152, "1.13 KiB"), (128 * 2**10, "128 KiB"), (6 * 2**30, "6 GiB")],
        *[(36 * 2**20, "36 MiB"), (1_097_728, "1.05 MiB"), (2**20 - 1, "1 MiB"), (1000 * 2**10, "1,000 KiB")],
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert data_size(size) == text


def test_the_views_write_numbers_as_the_kinds_do() -> None:
    assert (wording.parameters, wording.data) == (parameters, data_size)


def test_words() -> None:
    assert [number(4096), number(0.25), number(1e6)] == ["4,096", "0.25", "1,000,000"]
