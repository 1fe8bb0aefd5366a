"""Folds that remember their last answers: a block that stands at many places, or is asked about again, is read once."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, TypeVar

from archdraw.tree.blocks import Block

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """A fold over blocks with its answers for at most so many, which are then forgotten together."""

    def __init__(self, fold: Callable[[Block], Answer], most: int) -> None:
        self._fold, self._most = fold, most
        # By identity: to hash a block takes as long as to fold it. Blocks are kept, so that no other has their number.
        self._known: dict[int, tuple[Block, Answer]] = {}
        update_wrapper(self, fold)

    def __call__(self, block: Block) -> Answer:
        key = id(block)
        known = self._known.get(key)
        if known is not None:
            return known[1]
        answer = self._fold(block)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = block, answer
        return answer


def remembered(most: int) -> Callable[[Callable[[Block], Answer]], Remembered[Answer]]:
    """Remembers the answers of a fold for ``most`` blocks."""
    return lambda fold: Remembered(fold, most)
