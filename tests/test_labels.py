"""Names beside marks: for any set of points nothing meets, and marks are moved no further than they must."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archdraw.layout.charts.clearance import CLEAR, Anchor, Bounds
from archdraw.layout.charts.label_places import Label, clash
from archdraw.layout.charts.labels import places
from archdraw.layout.charts.spread import spread

SIZE, RADIUS, APART = 14.0, 9.0, 26.0
AREA = Bounds(0, 0, 1600, 1100)

points = st.tuples(st.floats(60, 1540).map(lambda x: round(x, 1)), st.floats(60, 1040).map(lambda y: round(y, 1)))
crowds = st.lists(st.tuples(st.floats(600, 900), st.floats(400, 600)), max_size=22)


def anchors_at(wanted: list[tuple[float, float]], width: float = 90) -> tuple[Anchor, ...]:
    spots = spread(wanted, APART, ((20, 1580),))
    return tuple(Anchor(x, y, RADIUS, width + 7 * (number % 9)) for number, (x, y) in enumerate(spots))


def gap(box: Bounds, mark: Anchor) -> float:
    across = max(box.left - mark.x, 0, mark.x - box.right)
    down = max(box.top - mark.y, 0, mark.y - box.bottom)
    return math.hypot(across, down) - mark.radius


def distance(point: tuple[float, float], leader: tuple[tuple[float, float], tuple[float, float]]) -> float:
    """Px from a point to a leader, by trying many places on it."""
    (x, y), (u, v) = leader
    steps = [step / 200 for step in range(201)]
    return min(math.hypot(x + s * (u - x) - point[0], y + s * (v - y) - point[1]) for s in steps)


def assert_clean(found: tuple[Label, ...], anchors: tuple[Anchor, ...]) -> None:
    assert len(found) == len(anchors)
    for label, own in zip(found, anchors, strict=True):
        box = label.box
        assert AREA.left <= box.left
        assert box.right <= AREA.right
        assert AREA.top <= box.top
        assert box.bottom <= AREA.bottom
        assert box.right - box.left == pytest.approx(own.width)
        for mark in anchors:
            assert gap(box, mark) > 1
            if label.leader and mark is not own:
                assert distance((mark.x, mark.y), label.leader) > mark.radius + CLEAR - 0.5
        if label.leader:
            start, end = label.leader
            assert math.hypot(start[0] - own.x, start[1] - own.y) == pytest.approx(own.radius)
            assert gap(box, Anchor(*end, 0, 0)) < 8
        else:
            assert gap(box, own) < 12
    for one, other in combinations(found, 2):
        assert one.box.right <= other.box.left or other.box.right <= one.box.left or (
            one.box.bottom <= other.box.top or other.box.bottom <= one.box.top
        )  # fmt: skip
        for leader, box in ((one.leader, other.box), (other.leader, one.box)):
            if leader:
                steps = [step / 100 for step in range(101)]
                (x, y), (u, v) = leader
                assert all(gap(box, Anchor(x + s * (u - x), y + s * (v - y), 0, 0)) > 0 for s in steps)
        if one.leader and other.leader:
            assert min(distance(point, other.leader) for point in one.leader) > 1


@settings(max_examples=25, deadline=None)
@given(st.lists(points, max_size=45), crowds)
def test_no_label_meets_anything(scattered: list[tuple[float, float]], crowd: list[tuple[float, float]]) -> None:
    anchors = anchors_at([*scattered, *crowd])
    found = places(anchors, AREA, SIZE, edges=(300.0, 600.0))
    assert found is not None
    assert_clean(found, anchors)


def test_the_places_are_the_same_every_time() -> None:
    anchors = anchors_at([(300 + 37 * (n % 7), 200 + 11 * n) for n in range(40)])
    first = places(anchors, AREA, SIZE)
    places.cache_clear()
    again = places(anchors, AREA, SIZE)
    assert first is not None
    assert again is not None
    assert [(one.left, one.baseline, one.leader) for one in first] == [
        (one.left, one.baseline, one.leader) for one in again
    ]


def test_a_label_alone_stands_at_the_right_of_its_mark() -> None:
    found = places((Anchor(100, 100, 10, 50),), Bounds(0, 0, 400, 200), SIZE)
    assert found
    assert (found[0].left, found[0].leader, found[0].cost) == (114, None, 0)


def test_a_label_at_the_right_end_stands_at_the_left_of_its_mark() -> None:
    found = places((Anchor(380, 100, 10, 50),), Bounds(0, 0, 400, 200), SIZE)
    assert found
    assert found[0].box.right == 366


def test_without_room_there_are_no_places() -> None:
    assert places((Anchor(20, 20, 10, 500),), Bounds(0, 0, 100, 40), SIZE) is None


def test_labels_that_meet_clash() -> None:
    low, high = Label(0, 20, Bounds(0, 10, 50, 22), None, 0), Label(40, 26, Bounds(40, 15, 90, 28), None, 0)
    away = Label(0, 80, Bounds(0, 70, 50, 82), ((45, 30), (45, 68)), 0)
    assert clash(low, high)
    assert clash(high, low)
    assert not clash(low, away)
    assert clash(high, away)


@settings(max_examples=60, deadline=None)
@given(st.lists(points, max_size=30), crowds, st.booleans())
def test_marks_are_spread(
    scattered: list[tuple[float, float]], crowd: list[tuple[float, float]], sideways: bool
) -> None:
    wanted = [*scattered, *crowd]
    found = spread(wanted, APART, ((20, 1580),), sideways=sideways)
    for one, other in combinations(found, 2):
        assert math.dist(one, other) >= APART - 0.1
    if sideways:
        assert [y for _, y in found] == [y for _, y in wanted]


def test_marks_apart_stay_where_they_are() -> None:
    wanted = [(100.0, 100.0), (130.0, 100.0), (100.0, 130.0)]
    assert list(spread(wanted, APART)) == wanted


def test_two_in_one_place_give_way_to_both_sides() -> None:
    found = spread([(100.0, 100.0), (100.0, 100.0)], APART)
    assert [round(x, 1) for x, _ in found] == [87, 113]


def test_a_mark_stays_in_its_panel() -> None:
    found = spread([(100.0, 100.0), (98.0, 100.0)], APART, ((0, 100), (110, 200)))
    assert [round(x, 1) for x, _ in found] == [100, 74]
