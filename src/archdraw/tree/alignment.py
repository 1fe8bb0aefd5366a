"""Which parts of one sequence stand for which parts of another: an alignment that keeps the order of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")
Pair = tuple[int | None, int | None]
"""Indices into the first and the second sequence; None where one has nothing that stands for the other's."""


def aligned(first: Sequence[Part], second: Sequence[Part], similarity: Callable[[Part, Part], float]) -> list[Pair]:
    """The pairs of the alignment with the most similarity, in order; every index of both comes once.

    ``similarity`` is 0 or less for parts that cannot stand for each other. Where two alignments are as good, parts are
    paired from the end on and what only one has comes first. (Needleman and Wunsch 1970, without a cost of gaps.)
    """
    rows, columns = len(first), len(second)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    like = [[similarity(one, other) for other in second] for one in first]
    for row in range(rows):
        for column in range(columns):
            paired = best[row][column] + like[row][column] if like[row][column] > 0 else 0.0
            best[row + 1][column + 1] = max(best[row][column + 1], best[row + 1][column], paired)
    pairs: list[Pair] = []
    row, column = rows, columns
    while row or column:
        here = best[row][column]
        if row and column and like[row - 1][column - 1] > 0:
            pairs_up = best[row - 1][column - 1] + like[row - 1][column - 1] == here
        else:
            pairs_up = False
        if pairs_up:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif column and best[row][column - 1] == here:
            column -= 1
            pairs.append((None, column))
        else:
            row -= 1
            pairs.append((row, None))
    return pairs[::-1]
