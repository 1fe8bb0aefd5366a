"""The rows of many configs, made at once on any executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from archdraw.app.census.rows import Row, failed, row_of
from archdraw.app.running import in_order, worker_ended

if TYPE_CHECKING:
    from concurrent.futures import Executor

AHEAD = 64
"""Configs that are given to an executor before the first of them is done; with more, memory grows for no time."""


def rows(
    sources: Iterable[str],
    executor: Executor | None = None,
    *,
    ahead: int = AHEAD,
    work: Callable[[str], Row] = row_of,
) -> Iterator[Row]:
    """The row of each of ``sources``, in their order, as :func:`archdraw.app.running.in_order` does it.

    A source whose worker ends twice has a row that says "lost".
    """
    return in_order(work, sources, executor, _lost, ahead=ahead)


def _lost(source: str, error: Exception) -> Row:
    return failed(source, "lost", worker_ended(error))
