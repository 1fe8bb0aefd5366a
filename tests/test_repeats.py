"""The search for repeats: what it finds is there, and nothing saves more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.tree.repeats import Repeated, best_repeat, period, times_at

rows = st.text("abc", min_size=1, max_size=14)


def every_repeat(row: str) -> list[Repeated]:
    """All repeats in ``row``, by trying."""
    return [
        Repeated(start, unit, times)
        for start in range(len(row))
        for unit in range(1, len(row) + 1)
        if (times := times_at(row, start, unit)) > 1
    ]


@given(rows, st.booleans())
def test_no_repeat_saves_more_than_the_best(row: str, varied: bool) -> None:
    found = [one for one in every_repeat(row) if not varied or len(set(row[one.start : one.stop])) > 1]
    best = max(found, key=lambda one: (one.saved, -one.unit, -one.start), default=None)
    assert best_repeat(row, varied=varied) == best


@given(rows)
def test_a_period_gives_the_row_back(row: str) -> None:
    length = period(row)
    assert (row[:length] * len(row))[: len(row)] == row
    assert not [unit for unit in range(1, length) if (row[:unit] * len(row))[: len(row)] == row]


@pytest.mark.parametrize(
    ("row", "longest", "expected"),
    [("lllg" * 3 + "l", None, Repeated(0, 4, 3)), ("ababab", 1, None), ("xaab" * 2, 2, Repeated(1, 1, 2))],
)
def test_repeats(row: str, longest: int | None, expected: Repeated | None) -> None:
    assert best_repeat(row, longest=longest) == expected


def test_an_empty_row_has_no_repeat() -> None:
    assert (period(""), best_repeat("")) == (0, None)
