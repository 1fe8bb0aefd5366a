"""Orthogonal lines through a channel, on tracks that nest: none crosses another or shares a piece with it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from archdraw.records import record

CLEAR = 8.0
"""Px between two lines on one track, at least: the radius of their corners."""


@record
class Crossing:
    """A line that enters a vertical channel at height ``start`` and leaves it at ``end`` (y grows downwards)."""

    start: float
    end: float


def tracks(crossings: Sequence[Crossing]) -> list[int]:
    """The track (0 nearest to where the lines enter) of each crossing.

    The lines must keep their order: starts and ends both from top to bottom. Among lines that go up the upper one takes
    the track nearer to the entry, among lines that go down the lower one; lines whose heights are apart may share one.
    Raises ValueError where the order is not kept, since then no tracks are free of crossings.
    """
    for before, after in pairwise(crossings):
        if after.start < before.start or after.end < before.end:
            raise ValueError("lines through a channel must keep their order from top to bottom")
    result = [0] * len(crossings)
    runs: list[list[int]] = []
    for index, crossing in enumerate(crossings):
        if runs and _overlap(crossings[runs[-1][-1]], crossing) and _same_way(crossings[runs[-1][-1]], crossing):
            runs[-1].append(index)
        else:
            runs.append([index])
    for run in runs:
        upwards = crossings[run[0]].end < crossings[run[0]].start
        for track, index in enumerate(run if upwards else reversed(run)):
            result[index] = track
    return result


def in_order(heights: Sequence[float]) -> list[int]:
    """The indices of as many of ``heights`` as go from top to bottom: lines that start there keep their order."""
    longest: list[list[int]] = []
    for index, height in enumerate(heights):
        before = [one for one in longest if heights[one[-1]] <= height]
        longest.append([*max(before, key=len, default=[]), index])
    return max(longest, key=len, default=[])


def _overlap(one: Crossing, other: Crossing) -> bool:
    """Whether the heights that both go along would touch, or nearly, on one track."""
    (top, bottom), (upper, lower) = (sorted((line.start, line.end)) for line in (one, other))
    return top <= lower + CLEAR and upper <= bottom + CLEAR


def _same_way(one: Crossing, other: Crossing) -> bool:
    return (one.end < one.start) == (other.end < other.start)
