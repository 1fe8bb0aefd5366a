"""Many rows at once on any executor, in order, with few waiting; what a lost worker had is done again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import TypeVar

from archdraw.app.census.rows import Row, failed, row_of

Made = TypeVar("Made")

AHEAD = 64
"""Configs that are given to an executor before the first of them is done; with more, memory grows for no time."""

Work = Callable[[str], Row]


def rows(
    sources: Iterable[str], executor: Executor | None = None, *, ahead: int = AHEAD, work: Work = row_of
) -> Iterator[Row]:
    """The row of each of ``sources``, in their order, each exactly once, as soon as it and those before it are there.

    ``executor`` is any of :mod:`concurrent.futures`' interface, threads or processes, here or elsewhere; without one
    all is done here. No more than ``ahead`` sources are read in advance. A source whose worker ends is done once more,
    of :class:`Processes` in one of its own; if that ends too, its row says "lost".
    """
    if executor is None:
        yield from map(work, sources)
        return
    left = iter(sources)
    waiting: deque[tuple[str, Future[Row]]] = deque()
    try:
        while True:
            for source in islice(left, ahead - len(waiting)):
                waiting.append((source, _given(executor, work, source)))
            if not waiting:
                return
            source, future = waiting.popleft()
            try:
                yield future.result()
            except Exception:
                yield _once_more(executor, work, source)
    finally:
        for _, future in waiting:
            future.cancel()


def _given(executor: Executor, work: Work, source: str) -> Future[Row]:
    """The future of one row; of an executor that is broken already one that has failed."""
    try:
        return executor.submit(work, source)
    except RuntimeError as error:  # BrokenExecutor is one
        future: Future[Row] = Future()
        future.set_exception(error)
        return future


def _once_more(executor: Executor, work: Work, source: str) -> Row:
    try:
        return (
            executor.alone(work, source) if isinstance(executor, Processes) else _given(executor, work, source).result()
        )
    except Exception as error:
        return failed(source, "lost", f"the worker ended: {type(error).__name__}: {error}".splitlines()[0])


class Processes(Executor):
    """Processes of this machine that are replaced when one of them is killed; ``make`` makes a pool of so many.

    The pool of the standard library gives up all its work when one worker ends, and cannot say whose fault it was.
    """

    def __init__(self, make: Callable[[int], Executor], number: int) -> None:
        self._make, self._number = make, number
        self._pool = make(number)

    def submit(self, work: Callable[..., Made], /, *arguments: object, **options: object) -> Future[Made]:
        """A future of ``work``; where the pool is broken, of a new one."""
        try:
            return self._pool.submit(work, *arguments, **options)
        except BrokenExecutor:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = self._make(self._number)
            return self._pool.submit(work, *arguments, **options)

    def alone(self, work: Work, source: str) -> Row:
        """One row, made in a process in which nothing else runs. Raises what ends that process."""
        with self._make(1) as pool:
            return pool.submit(work, source).result()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the present pool."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
