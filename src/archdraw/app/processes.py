"""Processes of this machine to draw with: replaced when they are killed, ended with the one that made them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from archdraw.doors import PluginWarning

Item = TypeVar("Item")
Made = TypeVar("Made")


class Processes(Executor):
    """So many processes of this machine, replaced when one of them is killed; they end with the one that made them.

    The pool of the standard library gives up all its work when one worker ends, and cannot say whose fault it was.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._pool = _pool(number)

    def submit(self, work: Callable[..., Made], /, *arguments: object, **options: object) -> Future[Made]:
        """A future of ``work``; where the pool is broken, of a new one."""
        try:
            return self._pool.submit(work, *arguments, **options)
        except BrokenExecutor:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = _pool(self._number)
            return self._pool.submit(work, *arguments, **options)

    def alone(self, work: Callable[[Item], Made], item: Item) -> Made:
        """``work`` of one item, in a process in which nothing else runs. Raises what ends that process."""
        with _pool(1) as pool:
            return pool.submit(work, item).result()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the present pool."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def end(self) -> None:
        """Ends the workers, whatever they do, and the present pool."""
        for child in multiprocessing.active_children():
            child.terminate()
        # One that is ended in the middle of a result leaves the pool waiting for the rest, which this process, too,
        # could still write. Nothing public of the pool closes that end.
        results: Any = getattr(self._pool, "_result_queue", None)
        with _deaf_to_cancelled():
            if results is not None:
                results._writer.close()
            self.shutdown(cancel_futures=True)


@contextmanager
def _deaf_to_cancelled() -> Iterator[None]:
    """Python's thread of a broken pool reports the failure to all that wait, and fails at what was cancelled."""
    before = threading.excepthook

    def hook(raised: threading.ExceptHookArgs, /) -> None:
        if not issubclass(raised.exc_type, InvalidStateError):
            before(raised)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


def _pool(number: int) -> Executor:
    return ProcessPoolExecutor(number, initializer=_begin)


@contextmanager
def pool(number: int) -> Iterator[Processes]:
    """So many other processes, ended whatever happens."""
    # A terminal interrupts all its processes at once. Workers that stop by themselves can leave the pool waiting for
    # ever, so they ignore that and are ended from here.
    executor = Processes(number)
    try:
        yield executor
    except BaseException:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        executor.end()
        signal.signal(signal.SIGINT, before)
        raise
    executor.shutdown()


def _begin() -> None:
    """What a worker begins with: it ignores interrupts, ends with its parent, and repeats no warnings of plug-ins."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    warnings.simplefilter("ignore", PluginWarning)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this process when the one that made it has ended, by whatever; nobody else would end it then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
