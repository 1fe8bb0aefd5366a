"""The lines among the cards of a chart: straight in a row, else on ways through the maze of its gaps.

Lines of a lane come before those from other lanes, short ones before long ones, and none is moved for one that is less.
What finds no way is given a second chance, and no third: the way that it would have alone, if all whose ways that
crosses find others.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from archdraw.layout.lineage.lanes import INSET, LANE_PAD, MARGIN, NAMES, Chart, Link, Placed
from archdraw.layout.lineage.maze import ARROWS, Maze, Way
from archdraw.layout.lineage.tracks import Box, Tracks
from archdraw.records import record

TRACK = 7.0
"""Px between two tracks, about."""
DETOUR, SPARE = 1.5, 320.0
"""A line is at most so many times as long as its ends are apart, and so many px more."""
AROUND = 150.0
"""Px around both ends that ways are looked for in."""
FARTHEST = 1300.0
"""Ends that are farther apart are joined by words alone: nobody follows such a line."""


@record
class Line:
    """The way of one link."""

    link: Link
    way: Way


class Routing:
    """Lines for the links of ``chart`` but those given ``in_words``, none of which crosses another.

    Those straight from a box to the next are there from the start.
    """

    def __init__(self, chart: Chart, placed: Placed, in_words: frozenset[Link]) -> None:
        self._placed = placed
        self._links = [link for link in chart.links if link not in in_words]
        self._trees: dict[tuple[str, bool], int] = {}
        for link in self._links:
            self._trees.setdefault((link.parent, link.dashed), len(self._trees) + 1)
        self._maze = Maze(_tracks(placed))
        self._ways: dict[Link, Way] = {}
        neighbours = {pair for band in placed.bands for row in band.rows for pair in pairwise(row)}
        for link in self._ordered(link for link in self._links if (link.parent, link.child) in neighbours):
            source, target = placed.boxes[link.parent], placed.boxes[link.child]
            way = self._maze.straight(source.right, target.left, source.middle)
            if way is not None:
                self._take(self._maze, link, way)
                self._ways[link] = way

    def lines(self) -> tuple[Line, ...]:
        """What was found, in the order of the links."""
        return tuple(Line(link, self._ways[link]) for link in self._links if link in self._ways)

    def add(self, *, dashed: bool) -> frozenset[Link]:
        """Finds ways for the links that are ``dashed``, or are not, among the lines that are there.

        Gives those that have none.
        """
        links = self._ordered(link for link in self._links if link.dashed == dashed and link not in self._ways)
        fixed, added = self._maze.copy(), dict[Link, Way]()
        failed = []
        for link in links:
            way = self._way(self._maze, link)
            if way is None:
                failed.append(link)
            else:
                self._take(self._maze, link, way)
                added[link] = way
        for link in failed:
            added = self._first(link, fixed, added)
        self._ways |= added
        return frozenset(link for link in failed if link not in added)

    def _first(self, link: Link, fixed: Maze, added: dict[Link, Way]) -> dict[Link, Way]:
        """``added`` with the way that ``link`` has among ``fixed`` lines alone, if the others find ways around it."""
        way = self._way(fixed, link)
        if way is None:
            return added
        maze, found = fixed.copy(), {link: way}
        self._take(maze, link, way)
        moved = []
        for other, old in added.items():
            if maze.is_free(self._tree(other), old):
                self._take(maze, other, old)
                found[other] = old
            else:
                moved.append(other)
        for other in moved:
            new = self._way(maze, other)
            if new is None:
                return added
            self._take(maze, other, new)
            found[other] = new
        self._maze = maze
        return found

    def _ordered(self, links: Iterable[Link]) -> list[Link]:
        return sorted(links, key=lambda link: apart(self._placed, link))

    def _tree(self, link: Link) -> int:
        return self._trees[link.parent, link.dashed]

    def _take(self, maze: Maze, link: Link, way: Way) -> None:
        maze.take(self._tree(link), way)

    def _way(self, maze: Maze, link: Link) -> Way | None:
        far = apart(self._placed, link)
        if link.dashed and far > FARTHEST:
            return None
        source, target = self._placed.boxes[link.parent], self._placed.boxes[link.child]
        window = Box(
            min(source.left, target.left) - AROUND,
            min(source.top, target.top) - AROUND,
            max(source.right, target.right) + AROUND,
            max(source.bottom, target.bottom) + AROUND,
            0,
        )
        return maze.route(self._tree(link), source, target, DETOUR * far + SPARE, window)


def apart(placed: Placed, link: Link) -> float:
    """Px between the nearest sides of the two ends of ``link``, along and across."""
    one, other = placed.boxes[link.parent], placed.boxes[link.child]
    return max(other.left - one.right, one.left - other.right, 0.0) + max(
        other.top - one.bottom, one.top - other.bottom, 0.0
    )


def _tracks(placed: Placed) -> Tracks:
    left, right = MARGIN + NAMES + INSET / 2, placed.width - MARGIN - LANE_PAD / 2
    number = int((right - left) / TRACK)
    columns = [left + (right - left) * step / number for step in range(number + 1)]
    rows = [placed.bands[0].top + LANE_PAD / 2]
    bottom: float | None = None
    for band in placed.bands:
        for top, height in zip(band.tops, band.heights, strict=True):
            if bottom is not None:
                gap = top - bottom
                count = max(1, round(gap / TRACK + 0.4) - 1)
                rows += [bottom + gap * step / (count + 1) for step in range(1, count + 1)]
            half = int((height / 2 - 4) / ARROWS)
            rows += [top + height / 2 + ARROWS * step for step in range(-half, half + 1)]
            bottom = top + height
    rows.append(placed.bands[-1].bottom - LANE_PAD / 2)
    return Tracks(columns, rows, tuple(placed.boxes.values()))
