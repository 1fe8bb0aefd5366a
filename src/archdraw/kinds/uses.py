"""What the kinds of one model come to that are written out at each use, as templates are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from archdraw.kinds.scope import KindError
from archdraw.source import MOST_NODES


class _Amount:
    """``counted``: what was written out so far. ``used``: what would be if nothing had been read before its use."""

    counted = 0
    used = 0


_amount: ContextVar[_Amount | None] = ContextVar("amount", default=None)


@contextmanager
def one_model() -> Iterator[None]:
    """What the templates of one model come to together is bounded: within this, all are counted as one."""
    token = _amount.set(_Amount())
    try:
        yield
    finally:
        _amount.reset(token)


def count(size: int) -> None:
    """Adds ``size`` values to those of the model. Raises :class:`KindError` where they are too many."""
    amount = _amount.get()
    if amount is not None:
        amount.counted += size
        if amount.counted > MOST_NODES:
            raise KindError(f"more than {MOST_NODES:,} values with all templates written out")


def use(size: int, *, first: bool) -> None:
    """Notes a use of what is ``size`` values large; the ``first`` was counted when it was read. Raises as count."""
    amount = _amount.get()
    if amount is not None:
        amount.used += size
    if not first:
        count(size)


def used() -> int:
    """The values of all uses in the model so far."""
    amount = _amount.get()
    return 0 if amount is None else amount.used


def used_again(size: int) -> bool:
    """Counts ``size`` values of what is used as it is a second time, if there is room for them."""
    amount = _amount.get()
    if amount is not None:
        if amount.counted + size > MOST_NODES:
            return False
        amount.counted += size
        amount.used += size
    return True
