"""The lines among the cards of a chart: straight in a row, else on ways through the maze of its gaps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from archdraw.layout.lineage.lanes import INSET, LANE_PAD, MARGIN, NAMES, Chart, Link, Placed
from archdraw.layout.lineage.maze import Box, Maze, Way
from archdraw.records import record

TRACK = 7.0
"""Px between two tracks, about."""
DETOUR, SPARE = 1.5, 320.0
"""A line is at most so many times as long as its ends are apart, and so many px more."""
AROUND = 150.0
"""Px around both ends that ways are looked for in."""
FARTHEST = 1300.0
"""Ends that are farther apart are joined by words alone: nobody follows such a line."""
ROUNDS = 2


@record
class Line:
    """The way of one link."""

    link: Link
    way: Way


def routed(chart: Chart, placed: Placed, in_words: frozenset[Link]) -> tuple[Line, ...]:
    """A line for every link that has a way on which it crosses none; those of one lane given ``in_words`` have none.

    Short ones first; where some find no way, they are tried first in another round.
    """
    links = [link for link in chart.links if link not in in_words]
    best: list[Line] = []
    first: list[Link] = []
    for _ in range(ROUNDS):
        lines, failed = _round(links, placed, first)
        if _weight_of(lines) > _weight_of(best):
            best = lines
        if not failed or all(link in first for link in failed):
            break
        first = [*first, *(link for link in failed if link not in first)]
    order = {link: place for place, link in enumerate(chart.links)}
    return tuple(sorted(best, key=lambda line: order[line.link]))


def _weight_of(lines: Sequence[Line]) -> float:
    return sum(1 if line.link.dashed else 3 for line in lines)


def _round(links: Sequence[Link], placed: Placed, first: Sequence[Link]) -> tuple[list[Line], list[Link]]:
    maze = _maze(placed)
    trees: dict[tuple[str, bool], int] = {}
    for link in links:
        trees.setdefault((link.parent, link.dashed), len(trees) + 1)
    neighbours = {pair for band in placed.bands for row in band.rows for pair in pairwise(row)}
    lines: list[Line] = []
    failed: list[Link] = []

    def key(link: Link) -> tuple[int, int, float]:
        near = (link.parent, link.child) in neighbours
        rank = 0 if near else 1 if link in first else 2 if not link.dashed else 3
        return (rank, first.index(link) if link in first else 0, apart(placed, link))

    for link in sorted(links, key=key):
        tree = trees[link.parent, link.dashed]
        source, target = placed.boxes[link.parent], placed.boxes[link.child]
        if (link.parent, link.child) in neighbours and maze.straight(tree, source.right, target.left, source.middle):
            way: Way | None = Way(((source.right, source.middle), (target.left, target.middle)))
        elif link.dashed and apart(placed, link) > FARTHEST:
            continue
        else:
            window = Box(
                min(source.left, target.left) - AROUND,
                min(source.top, target.top) - AROUND,
                max(source.right, target.right) + AROUND,
                max(source.bottom, target.bottom) + AROUND,
                0,
            )
            way = maze.route(tree, source, target, DETOUR * apart(placed, link) + SPARE, window)
        if way is None:
            failed.append(link)
        else:
            lines.append(Line(link, way))
    return lines, failed


def apart(placed: Placed, link: Link) -> float:
    """Px between the nearest sides of the two ends of ``link``, along and across."""
    one, other = placed.boxes[link.parent], placed.boxes[link.child]
    return max(other.left - one.right, one.left - other.right, 0.0) + max(
        other.top - one.bottom, one.top - other.bottom, 0.0
    )


def _maze(placed: Placed) -> Maze:
    left, right = MARGIN + NAMES + INSET / 2, placed.width - MARGIN - LANE_PAD / 2
    number = int((right - left) / TRACK)
    columns = [left + (right - left) * step / number for step in range(number + 1)]
    tracks = [placed.bands[0].top + LANE_PAD / 2]
    bottom: float | None = None
    for band in placed.bands:
        for top, height in zip(band.tops, band.heights, strict=True):
            if bottom is not None:
                gap = top - bottom
                count = max(1, round(gap / TRACK + 0.4) - 1)
                tracks += [bottom + gap * step / (count + 1) for step in range(1, count + 1)]
            half = int((height / 2 - 4) / TRACK)
            tracks += [top + height / 2 + TRACK * step for step in range(-half, half + 1)]
            bottom = top + height
    tracks.append(placed.bands[-1].bottom - LANE_PAD / 2)
    maze = Maze(columns, tracks)
    for box in placed.boxes.values():
        maze.block(box)
    return maze
