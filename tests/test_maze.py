"""Lines among boxes: as short as a plain search finds them, on tracks that miss nothing, and never across another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise, product
from random import Random

import pytest

from archdraw.layout.lineage.maze import APART, BEND, BRANCH, Maze, Port, Way
from archdraw.layout.lineage.rows import _cost, _costs
from archdraw.layout.lineage.tracks import CLEAR, FREE, WALL, Box, Tracks

COLUMNS = [10 + 7.0 * step for step in range(60)]
WINDOW = Box(-1000, -1000, 5000, 5000, 0)
SHIFTS = ((1, 0), (0, 1), (-1, 0), (0, -1))


def ground(lot: Random) -> tuple[Tracks, list[Box]]:
    """Rows of boxes with gaps of two tracks between them, as in a chart."""
    boxes, rows, top = [], [4.5, 9.0], 20.0
    for _ in range(lot.randint(2, 5)):
        height = lot.choice((46.0, 60.0, 74.0))
        left = 30 + lot.uniform(0, 90)
        while left < 330:
            right = left + lot.uniform(60, 120)
            boxes.append(Box(left, top, min(right, 410), top + height, top + height / 2))
            left = right + 18 + lot.uniform(0, 80)
        half = int((height / 2 - 4) / 14)
        rows += [top + height / 2 + 14 * step for step in range(-half, half + 1)]
        rows += [top + height + 20 / 3, top + height + 40 / 3]
        top += height + 20
    return Tracks(COLUMNS, rows, boxes), boxes


def length(way: Way) -> float:
    return sum(abs(one[0] - other[0]) + abs(one[1] - other[1]) for one, other in pairwise(way.points))


def price(maze: Maze, source: Box, target: Box, way: Way) -> float:
    """What a way by itself costs: its length on tracks, bends, and what its ends cost."""
    start = next(port for port in maze.leaving(source) if port.point == way.points[0] and port.place == way.places[0])
    end = next(port for port in maze.reaching(target) if port.point == way.points[-1])
    return (
        length(way) - distance(maze, start) - distance(maze, end)
        + BEND * (len(way.points) - 2) + BRANCH + start.penalty + end.penalty
    )  # fmt: skip


def distance(maze: Maze, port: Port) -> float:
    """Px from a port to its box, which no way saves."""
    x, y = place(maze, port.place)
    return abs(port.point[0] - x) + abs(port.point[1] - y)


def place(maze: Maze, number: int) -> tuple[float, float]:
    row, column = divmod(number, len(COLUMNS))
    return COLUMNS[column], maze.tracks.rows[row]


def steps(maze: Maze, number: int) -> Iterator[tuple[int, int]]:
    """The free neighbours of a place by their directions, found by looking along its tracks."""
    row, column = divmod(number, len(COLUMNS))
    for direction, (dx, dy) in enumerate(SHIFTS):
        there = column + dx, row + dy
        while 0 <= there[0] < len(COLUMNS) and 0 <= there[1] < len(maze.tracks.rows):
            found = there[1] * len(COLUMNS) + there[0]
            if maze.tracks.places[found] == WALL:
                break
            if maze.tracks.places[found] == FREE:
                if maze.owner[found] == FREE:
                    yield direction, found
                break
            there = there[0] + dx, there[1] + dy


def shortest(maze: Maze, source: Box, target: Box) -> float | None:
    """The price of the best way, by relaxing everything until nothing becomes less."""
    best = {
        (port.place, port.direction): port.penalty + BRANCH
        for port in reversed(maze.leaving(source))
        if maze.owner[port.place] == FREE
    }
    changed = list(best)
    while changed:
        number, direction = changed.pop(0)
        x, y = place(maze, number)
        for turn, found in steps(maze, number):
            if (turn - direction) % 4 == 2:
                continue
            u, v = place(maze, found)
            cost = best[number, direction] + abs(u - x) + abs(v - y) + BEND * (turn != direction)
            if cost < best.get((found, turn), 1e9) - 1e-9:
                best[found, turn] = cost
                changed.append((found, turn))
    ends = [
        best[port.place, port.direction] + port.penalty
        for port in maze.reaching(target)
        if (port.place, port.direction) in best and all(maze.owner[one] <= FREE for one in maze._approach(port))
    ]
    return min(ends, default=None)


@pytest.mark.parametrize("seed", range(40))
def test_a_way_is_as_short_as_any(seed: int) -> None:
    lot = Random(seed)
    tracks, boxes = ground(lot)
    maze = Maze(tracks)
    found = 0
    for tree in range(1, 9):
        source, target = lot.sample(boxes, 2)
        best = shortest(maze, source, target)
        way = maze.route(tree, source, target, 1e6, WINDOW)
        assert (way is None) == (best is None)
        if way is not None:
            assert price(maze, source, target, way) == pytest.approx(best)
            found += 1
            maze.take(tree, way)
    assert found


@pytest.mark.parametrize("seed", range(40))
def test_no_way_is_through_a_box_or_across_another(seed: int) -> None:
    lot = Random(seed)
    tracks, boxes = ground(lot)
    maze = Maze(tracks)
    legs: list[tuple[int, tuple[float, float, float, float]]] = []
    for tree in range(1, 14):
        source, *targets = lot.sample(boxes, min(3, len(boxes)))
        for target in targets:
            way = maze.route(tree, source, target, 1e6, WINDOW)
            if way is None:
                continue
            assert maze.is_free(tree, way)
            maze.take(tree, way)
            for one, other in pairwise(way.points):
                assert one[0] == other[0] or one[1] == other[1]
                legs.append(
                    (tree, (min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])))
                )
            for west, north, east, south in (leg for _, leg in legs[-len(way.points) + 1 :]):
                others = [box for box in boxes if box not in (source, target)]
                assert not any(
                    west < box.right + CLEAR - 1
                    and box.left - CLEAR + 1 < east
                    and north < box.bottom + CLEAR - 1
                    and box.top - CLEAR + 1 < south
                    for box in others
                )
    for (first, this), (second, that) in combinations(legs, 2):
        if first != second:
            assert this[0] > that[2] or that[0] > this[2] or this[1] > that[3] or that[1] > this[3]


@pytest.mark.parametrize("seed", range(30))
def test_a_way_that_is_taken_again_is_the_same(seed: int) -> None:
    """A way can be laid where all that it takes is free and what it leaves is there, and nowhere else."""
    lot = Random(seed)
    tracks, boxes = ground(lot)
    maze, ways = Maze(tracks), list[Way]()
    source, *targets = lot.sample(boxes, min(4, len(boxes)))
    for target in targets:
        way = maze.route(1, source, target, 1e6, WINDOW)
        if way is not None:
            maze.take(1, way)
            ways.append(way)
    again, other = Maze(tracks), maze.copy()
    for way in ways:
        assert (way.branch is None) == Maze(tracks).is_free(1, way)
        assert again.is_free(1, way)
        again.take(1, way)
        assert not other.is_free(2, way)
    assert again.owner == maze.owner == other.owner
    assert again.trees == maze.trees


def test_the_tracks_of_a_page_are_nearly_as_good_as_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines by themselves are hardly longer than on a grid with an upright track in every column."""
    prices = [0.0, 0.0]
    for seed in range(30):
        lot = Random(seed)
        tracks, boxes = ground(lot)
        with monkeypatch.context() as patched:
            patched.setattr("archdraw.layout.lineage.tracks.EVERY", 1)
            every = Tracks(COLUMNS, tracks.rows, boxes)
            for column, row in product(range(len(COLUMNS)), range(len(tracks.rows))):
                every._open(column, row)
            every._join()
        for _ in range(6):
            source, target = lot.sample(boxes, 2)
            ways = [Maze(one).route(1, source, target, 1e6, WINDOW) for one in (tracks, every)]
            if None not in ways:
                for number, way in enumerate(ways):
                    prices[number] += length(way) + BEND * (len(way.points) - 2) if way else 0
    assert 0 < prices[0] < 1.05 * prices[1]


@pytest.mark.parametrize("seed", range(60))
def test_moving_a_row_costs_what_its_order_does(seed: int) -> None:
    lot = Random(seed)
    number = lot.randint(2, 12)
    links = [(one, other, 5 * lot.randint(1, 3)) for one, other in combinations(range(number), 2) if lot.random() < 0.3]
    pulls = [2.0 * lot.randint(-3, 3) for _ in range(number)]
    order = lot.sample(range(number), number)
    row = lot.choice(order)
    rest = [other for other in order if other != row]
    orders = [[*rest[:place], row, *rest[place:]] for place in range(number)]
    assert _costs(row, rest, links, pulls) == [_cost(one, links, pulls) for one in orders]


def test_places_where_a_line_is_left_are_one_or_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def near() -> int:
        """How many pairs of such places are too near to each other."""
        number = 0
        for seed in range(40):
            lot = Random(seed)
            tracks, boxes = ground(lot)
            maze = Maze(tracks)
            source, *targets = boxes
            for target in targets:
                way = maze.route(1, source, target, 1e6, WINDOW)
                if way is not None:
                    maze.take(1, way)
            for one, other in combinations(maze.dots.get(1, ()), 2):
                number += 0 < abs(one[0] - other[0]) + abs(one[1] - other[1]) < APART
        return number

    apart = near()
    monkeypatch.setattr("archdraw.layout.lineage.maze.APART", 0.0)
    assert apart < near() / 2
