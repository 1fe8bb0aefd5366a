"""Panels in two columns: as good as the best of all assignments, and quick where these cannot be counted."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from archdraw.layout.plate.filling import DETOUR_COST, PASSAGE_COST, SPACE, UNDER_COST, Costs, Piece, filled
from hypothesis import given, settings
from hypothesis import strategies as st

from archdraw.layout.plate import panels
from archdraw.layout.plate.arrange import LEAST_WIDTHS, Limits, _costs, arrange, least_height
from archdraw.layout.plate.fitting import fitted_in
from archdraw.layout.plate.sizes import Sizes
from archdraw.picture import Box, Inset, Words

WIDE = (False, False)


def emptiness(first: float, second: float) -> float:
    target = max(900.0, first, second)
    return 1.2 * (target - 900) + (target - first) + (target - second + 240 if second else 0)


def least(first: float, second: float, must: float, may: float) -> float:
    return 1.2 * (max(900.0, first, second, (first + second + must) / 2) - 900)


def cost(pieces: list[Piece], choice: tuple[int, ...], emptiness: Callable[[float, float], float] = emptiness) -> float:
    """What ``choice`` costs, counted column by column; infinite where a part has no line or a panel must not go."""
    columns = [[number for number, column in enumerate(choice) if column == which] for which in (1, 2)]
    if (columns[1] and not columns[0]) or any(
        column == 0 and pieces[number].omission is None for number, column in enumerate(choice)
    ):
        return math.inf
    total = sum(pieces[number].omission or 0 for number, column in enumerate(choice) if column == 0)
    for which, column in enumerate(columns):
        for place, number in enumerate(column):
            owner = pieces[number].owner
            if owner is None:
                continue
            beside = (
                which == 1 and owner in columns[0] and all(pieces[above].owner is not None for above in column[:place])
            )
            if not beside and not (place and column[place - 1] == owner):
                return math.inf
            total += UNDER_COST if which == 0 else 0
    lettered = [[number for number in column if pieces[number].lettered] for column in columns]
    if columns[1]:
        followed = pieces[columns[0][-1]].loose
        spaces = [sum(1 for other in lettered[0] if other < number) for number in lettered[1]]
        total += sum(PASSAGE_COST[min(spaces.count(space), 3)] for space in set(spaces))
        last = len(lettered[0])
        total += DETOUR_COST * sum(1 for space in spaces if space == 0 or (space == last and not followed))
    heights = [
        sum(pieces[number].heights[which] or 0 for number in column) + SPACE * max(0, len(column) - 1)
        for which, column in enumerate(columns)
    ]
    return total + emptiness(*heights)


@st.composite
def rows(draw: st.DrawFn) -> list[Piece]:
    """Up to six panels: lettered ones with parts, then loose ones."""
    pieces: list[Piece] = []
    height = st.integers(80, 700)
    for _ in range(draw(st.integers(1, 4))):
        owner = len(pieces)
        pieces.append(Piece((draw(height), draw(height)), (True, True), lettered=True))
        if draw(st.booleans()):
            pieces.append(Piece((draw(height), draw(height)), (True, True), owner=owner))
    for _ in range(draw(st.integers(0, 2))):
        omission = draw(st.sampled_from((None, 110.0)))
        pieces.append(Piece((draw(height), draw(height)), (True, True), loose=True, omission=omission))
    return pieces[:7]


@settings(max_examples=150)
@given(rows())
def test_filled_is_the_best_of_all_assignments(pieces: list[Piece]) -> None:
    found = filled(pieces, Costs(emptiness, least), WIDE)
    assert found is not None
    best = min(cost(pieces, choice) for choice in product((1, 2, 0), repeat=len(pieces)))
    assert cost(pieces, found) == pytest.approx(best)


@settings(max_examples=150)
@given(rows(), st.integers(300, 1500), st.tuples(*[st.integers(400, 2500)] * 4), st.booleans())
def test_the_bounds_of_a_page_spare_its_best_way(
    pieces: list[Piece], model_height: float, heights: tuple[int, int, int, int], strict: bool
) -> None:
    """Where only what is as good as the best is of use, it is found: no bound is higher than what a way costs."""
    costs = _costs(LEAST_WIDTHS, model_height, Limits(*heights, strict=strict), math.inf)
    best = min(cost(pieces, choice, costs.emptiness) for choice in product((1, 2, 0), repeat=len(pieces)))
    found = filled(pieces, replace(costs, limit=best + 0.01), WIDE)
    assert found is not None
    assert cost(pieces, found, costs.emptiness) == pytest.approx(best, abs=0.01)


def test_a_part_without_its_owner_is_left_out() -> None:
    lone = Piece((100, 100), (True, True), owner=-1)
    assert filled([Piece((100, 100), (True, True), lettered=True), lone], Costs(emptiness, least), WIDE) == (1, 0)


def inset(number: int, lines: int, **more: object) -> Inset:
    """A panel with a box and so many side remarks."""
    words = tuple(Words(f"remark {line} of {number}") for line in range(lines))
    return Inset(f"Panel {number}", (Box(f"p{number}/x", "linear"), *words), **more)  # type: ignore[arg-type]


def test_many_panels_take_little_time() -> None:
    insets = tuple(inset(number, number % 7, source=f"p{number}", letter="") for number in range(60))
    limits = Limits(1000, 1500, 1400, 1800, strict=True)
    begun = time.process_time()
    found = arrange(insets, 900, limits, Sizes())
    assert time.process_time() - begun < 5
    assert sum(map(len, found.columns)) == 60
    assert found.left_out == ()
    total = sum(panels.measure(one, panels.WIDE).height + SPACE for one in insets)
    assert found.height < 0.55 * total


def test_what_finds_no_room_is_named() -> None:
    """Remarks go before panels, panels of little worth before others; all that goes is in the arrangement."""
    kept = inset(0, 2, source="p0", letter="A")
    lesser = tuple(inset(number, 6, source=f"p{number}", letter=chr(65 + number), priority=1) for number in range(1, 8))
    roomy, low = Limits(1000, 6000, 6000, 6000), Limits(1000, 600, 600, 600, strict=True)
    everything = fitted_in((kept, *lesser), 500, roomy, roomy, Sizes())
    assert everything.left_out == ()
    assert everything.shortened == ()
    found = fitted_in((kept, *lesser), 500, low, low, Sizes())
    shown = {one.title for column in found.columns for one in column}
    assert kept.title in shown
    assert found.left_out
    assert shown | {one.title for one in found.left_out} == {one.title for one in (kept, *lesser)}
    assert not shown & {one.title for one in found.left_out}
    assert {one.title for one in found.shortened} == shown


@pytest.mark.parametrize("number", [1, 2, 5, 8])
def test_no_columns_are_lower_than_the_least_height(number: int) -> None:
    """It is that of two columns that are equally full; panels that may go have no part in it."""
    insets, sizes = tuple(inset(one, 2, source=f"p{one}", letter="") for one in range(number)), Sizes()
    roomy = Limits(4000, 9000, 9000, 9000)
    least = least_height(insets, sizes)
    found = arrange(insets, 0, roomy, sizes)
    assert least <= found.height + 0.01
    if number % 2 == 0:
        assert least == pytest.approx(found.height)
    assert least_height((*insets, inset(99, 6, optional=True)), sizes) == pytest.approx(least)


def test_what_is_good_is_what_can_be_on_a_strict_page_and_what_should_be_on_another() -> None:
    narrow, wide = (400.0,), (600.0, 600.0)
    usual, strict = Limits(1000, 1500, 1400, 1800), Limits(1000, 1500, 1400, 1800, strict=True)
    assert [usual.good(narrow), usual.good(wide), usual.most] == [1500, 1400, 1500]
    assert [strict.good(narrow), strict.good(wide), strict.good((400.0, 400.0)), strict.most] == [
        1500,
        1800,
        1800,
        1800,
    ]
    assert replace(usual, hard=1300).good(wide) == 1300
