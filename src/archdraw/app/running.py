"""Much work on any executor, in order, with few waiting; what a lost worker had is done again, on its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # one picture needs no executor
    from concurrent.futures import Executor, Future

Item = TypeVar("Item")
Made = TypeVar("Made")

FEW = 16
"""Pictures that are given to an executor before the first of them is done: enough for its workers, and not much lost
where one of them ends."""


def in_order(
    work: Callable[[Item], Made],
    items: Iterable[Item],
    executor: Executor | None,
    lost: Callable[[Item, Exception], Made],
    *,
    ahead: int = FEW,
) -> Iterator[Made]:
    """``work`` of each of ``items``, in their order, each exactly once, as soon as it and those before it are there.

    ``executor`` is any of :mod:`concurrent.futures`' interface, threads or processes, here or elsewhere; without one
    all is done here. No more than ``ahead`` items are read in advance. An item whose worker ends is done once more, of
    :class:`archdraw.app.processes.Processes` in one of its own; if that ends too, it is what ``lost`` makes of it and
    of the error.
    """
    if executor is None:
        yield from map(work, items)
        return
    left = iter(items)
    waiting: deque[tuple[Item, Future[Made]]] = deque()
    try:
        while True:
            for item in islice(left, ahead - len(waiting)):
                waiting.append((item, _given(executor, work, item)))
            if not waiting:
                return
            item, future = waiting.popleft()
            try:
                made = future.result()
            except Exception:
                made = _once_more(executor, work, item, lost)
            yield made
    finally:
        for _, future in waiting:
            future.cancel()


def worker_ended(error: Exception) -> str:
    """What is said of a worker that has ended with ``error``, in one line."""
    return f"the worker ended: {type(error).__name__}: {error}".splitlines()[0]


def _given(executor: Executor, work: Callable[[Item], Made], item: Item) -> Future[Made]:
    """The future of one item; of an executor that is broken already one that has failed."""
    from concurrent.futures import Future

    try:
        return executor.submit(work, item)
    except RuntimeError as error:  # BrokenExecutor is one
        future: Future[Made] = Future()
        future.set_exception(error)
        return future


def _once_more(
    executor: Executor, work: Callable[[Item], Made], item: Item, lost: Callable[[Item, Exception], Made]
) -> Made:
    from archdraw.app.processes import Processes

    try:
        return executor.alone(work, item) if isinstance(executor, Processes) else _given(executor, work, item).result()
    except Exception as error:
        return lost(item, error)
