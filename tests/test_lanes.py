"""What a chart of lanes is laid out with: an axis of dates, rows, bands, ways through a maze, cards."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.layout.lineage import bands, cards, rows
from archdraw.layout.lineage.cards import Note
from archdraw.layout.lineage.dates import NARROWEST, ROOMY, WIDEST, calendar
from archdraw.layout.lineage.maze import Maze
from archdraw.layout.lineage.rows import GAP, Extent
from archdraw.layout.lineage.tracks import CLEAR, Box, Tracks
from archdraw.lint.geometry import contact

DAYS = st.lists(st.dates(date(1990, 1, 1), date(2040, 12, 31)), min_size=1, max_size=40)


@given(DAYS)
def test_an_axis_keeps_the_order_of_days(days: list[date]) -> None:
    axis = calendar(days, 100, 1500)
    places = [axis.place(day) for day in sorted(set(days))]
    assert all(100 <= place <= 1500 for place in places)
    assert all(one < other for one, other in pairwise(places))
    assert axis.years[0].left == 100
    assert axis.years[-1].right == pytest.approx(1500)
    assert all(one.right == other.left for one, other in pairwise(axis.years))


@given(DAYS)
def test_an_axis_is_linear_where_months_have_room(days: list[date]) -> None:
    axis = calendar(days, 0, 1400)
    scales = [(year.right - year.left) / (year.end - year.first).days for year in axis.years]
    if axis.linear:
        assert max(scales) == pytest.approx(min(scales))
        assert ROOMY <= scales[0] * 30.437 <= WIDEST * 1.05
    else:
        assert min(year.right - year.left for year in axis.years) >= min(NARROWEST, 1400 / 1.5 / len(axis.years)) - 1e-6
        assert (max(days) - min(days)).days > 1400 / ROOMY * 28


def test_ticks_of_quarters_stand_where_there_is_room() -> None:
    axis = calendar([date(2024, 5, 1), date(2025, 2, 3)], 0, 1200)
    assert [(tick.label, tick.strong) for tick in axis.ticks()] == [
        ("2024 Q2", True), ("Q3", False), ("Q4", False), ("2025", True),
    ]  # fmt: skip
    assert axis.place(date(2024, 4, 1)) == 0
    many = calendar([date(2015 + number, 1, 1) for number in range(12)], 0, 1200)
    assert [tick.label for tick in many.ticks()] == [str(2015 + number) for number in range(12)]


@st.composite
def families(draw: st.DrawFn) -> tuple[list[Extent], dict[int, list[int]]]:
    """Cards with parents that begin no later."""
    lefts = sorted(draw(st.lists(st.integers(0, 900), min_size=1, max_size=14)))
    cards_ = [Extent(left, left + draw(st.integers(60, 200))) for left in lefts]
    parents = {
        child: sorted(draw(st.sets(st.integers(0, child - 1), min_size=1, max_size=2)))
        for child in range(1, len(cards_))
        if draw(st.booleans())
    }
    return cards_, parents


@given(families(), st.dictionaries(st.integers(0, 13), st.sampled_from([-1.0, 1.0])))
def test_rows_hold_each_card_once_and_keep_cards_apart(
    family: tuple[list[Extent], dict[int, list[int]]], pulls: dict[int, float]
) -> None:
    extents, parents = family
    found = rows.packed(extents, parents, {card: pull for card, pull in pulls.items() if card < len(extents)})
    assert sorted(card for row in found for card in row) == list(range(len(extents)))
    for row in found:
        assert all(extents[one].right + GAP <= extents[other].left for one, other in pairwise(row))


def test_a_line_of_descent_keeps_its_row_and_branches_are_beside_it() -> None:
    line = [Extent(left, left + 100) for left in (0, 200, 400, 600)]
    branch = Extent(210, 310)
    assert rows.packed([*line, branch], {1: [0], 2: [1], 3: [2], 4: [0]}, {}) == ((0, 1, 2, 3), (4,))
    assert rows.packed([*line, branch], {1: [0], 2: [1], 3: [2], 4: [0]}, {4: -1}) == ((4,), (0, 1, 2, 3))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.data())
def test_bands_hold_each_lane_once_and_are_few(sizes: list[int], data: st.DataObject) -> None:
    pairs = list(combinations(range(len(sizes)), 2))
    ties = {pair: data.draw(st.integers(1, 5)) for pair in data.draw(st.lists(st.sampled_from(pairs)))} if pairs else {}
    found = bands.arranged(sizes, ties)
    assert sorted(lane for band in found for lane in band) == list(range(len(sizes)))
    own = [band for band in found if len(band) == 1]
    if len(sizes) <= bands.MOST_OWN:
        assert len(own) == len(sizes)
    assert len(found) <= 2 * bands.MOST_OWN + 1


def test_lanes_that_much_joins_are_neighbours() -> None:
    found = [band[0] for band in bands.arranged([4, 4, 4, 4], {(0, 3): 5, (1, 3): 1, (1, 2): 2})]
    assert found in ([0, 3, 1, 2], [2, 1, 3, 0])


PLACES = [Box(120.0 * x, 80.0 * y, 120.0 * x + 80, 80.0 * y + 50, 80.0 * y + 25) for y in range(4) for x in range(5)]
PAIRS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), min_size=1, max_size=14, unique=True)


@given(PAIRS)
def test_ways_cross_nothing(pairs: list[tuple[int, int]]) -> None:
    maze = Maze(Tracks([-40 + 7.0 * step for step in range(96)], [-30 + 5.0 * step for step in range(74)], PLACES))
    ways = []
    for parent, child in pairs:
        if parent == child:
            continue
        way = maze.route(parent + 1, PLACES[parent], PLACES[child], 2000, Box(-60, -60, 700, 400, 0))
        if way is not None:
            maze.take(parent + 1, way)
            ways.append((parent, child, way))
    assert ways or all(parent == child for parent, child in pairs)
    for parent, child, way in ways:
        for start, end in pairwise(way.points):
            assert (start[0] == end[0]) != (start[1] == end[1])
            for number, box in enumerate(PLACES):
                near = CLEAR - 0.5 if number not in (parent, child) else -0.5
                inside_x = max(start[0], end[0]) > box.left - near and min(start[0], end[0]) < box.right + near
                inside_y = max(start[1], end[1]) > box.top - near and min(start[1], end[1]) < box.bottom + near
                assert not (inside_x and inside_y), (parent, child, number)
    for (one, _, way), (other, _, second) in combinations(ways, 2):
        met = contact(way.points, second.points, touching=True, sharing=True)
        if one != other:
            assert met is None
        elif met is not None:
            allowed = [point for point in (way.branch, second.branch, way.points[0], second.points[0]) if point]
            assert any(met == pytest.approx(point) for point in allowed)


def test_a_maze_without_a_way_says_so() -> None:
    source, target = Box(20, 60, 80, 100, 80), Box(300, 60, 360, 100, 80)
    boxes = (source, target, Box(150, -10, 200, 300, 0))
    maze = Maze(Tracks([float(7 * step) for step in range(60)], [float(5 * step) for step in range(40)], boxes))
    assert maze.route(1, source, target, 5000, Box(0, 0, 420, 200, 0)) is None


def test_a_card_holds_what_it_must_and_what_it_can() -> None:
    notes = (Note("from Somebody", 3),)
    words = (("a very long phrase of an author that needs many lines by itself", "short"), ("second",), ("third",))
    told = cards.content("Name", notes, words, 2)
    assert [row.text for row in told.rows] == ["Name", "from Somebody", "short, second"]
    assert told.accents == (None, 3, None)
    assert max(row.width for row in told.rows) <= told.width - cards.LEFT - cards.RIGHT
    whole = cards.content("Name", (), (("a phrase that takes two lines", "short"),), 2)
    assert " ".join(row.text for row in whole.rows[1:]) == "a phrase that takes two lines"


@given(
    st.text("abcdefgh -", min_size=1, max_size=60),
    st.lists(st.text("abcdefgh ", min_size=1, max_size=50), max_size=4),
    st.integers(1, 4),
)
def test_words_never_leave_a_card(name: str, phrases: list[str], lines: int) -> None:
    told = cards.content(name.strip() or "x", (), tuple((phrase.strip() or "y",) for phrase in phrases), lines)
    assert all(row.width <= told.width - cards.LEFT - cards.RIGHT + 0.01 for row in told.rows)
    assert told.height >= sum(row.height for row in told.rows)


def test_days_of_one_week_fit() -> None:
    first = date(2025, 12, 29)
    axis = calendar([first, first + timedelta(days=6)], 0, 1000)
    assert axis.goes_on
    assert axis.place(first) < axis.place(first + timedelta(days=6))
