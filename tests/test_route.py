"""Tracks through a channel: whatever the heights, no line crosses another or shares a piece with it."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.layout.plate.tracks import Crossing, tracks

heights = st.lists(st.integers(0, 400).map(float), min_size=1, max_size=7, unique=True)


def pieces(crossing: Crossing, x: float) -> list[tuple[float, float, float, float]]:
    """The three pieces of a line through a channel from -1 to 100 that turns at ``x``."""
    return [
        (-1, crossing.start, x, crossing.start),
        (x, min(crossing.start, crossing.end), x, max(crossing.start, crossing.end)),
        (x, crossing.end, 100, crossing.end),
    ]


def touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


@given(heights, heights)
def test_no_two_lines_touch(starts: list[float], ends: list[float]) -> None:
    number = min(len(starts), len(ends))
    crossings = [Crossing(a, b + 0.5) for a, b in zip(sorted(starts[:number]), sorted(ends[:number]), strict=True)]
    lines = [pieces(crossing, float(track)) for crossing, track in zip(crossings, tracks(crossings), strict=True)]
    for one, other in combinations(lines, 2):
        assert not any(touch(a, b) for a in one for b in other)


def test_lines_that_change_their_order_have_no_tracks() -> None:
    with pytest.raises(ValueError, match="order"):
        tracks([Crossing(0, 50), Crossing(10, 40)])


def test_lines_apart_share_a_track() -> None:
    assert tracks([Crossing(10, 0), Crossing(100, 90)]) == [0, 0]


def test_upwards_the_upper_line_turns_first_and_downwards_the_lower() -> None:
    assert tracks([Crossing(50, 0), Crossing(60, 20)]) == [0, 1]
    assert tracks([Crossing(0, 50), Crossing(20, 60)]) == [1, 0]
