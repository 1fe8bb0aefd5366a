"""Attention masks: which keys a query meets. The one rule by which they are counted and drawn."""

from __future__ import annotations

from typing import Literal, TypeAlias

from archdraw.records import record
from archdraw.tree.blocks import Heads

Pattern: TypeAlias = Literal["window", "chunk", "prefix", "selection"]
"""Which keys a query meets where not all: the nearest, those of its chunk, all of a prefix, those that are chosen."""


@record
class Mask:
    """Which keys a query meets: those up to itself where it is ``causal``, of them ``size`` at most (None: all).

    - A ``window`` holds the nearest tokens. A causal one of ``size`` ends at the query. A bidirectional one reaches
      ``size // 2`` tokens to each side, as `local_attention` of ModernBERT does.
    - A ``chunk`` holds the tokens of the query's own block of ``size``.
    - A ``prefix`` of ``size`` tokens is met by all; behind it, attention is causal.
    - Besides, the ``first`` tokens of the sequence are met by all (meta tokens, sinks).
    - A ``selection`` holds the ``size`` tokens that an indexer chose. Which these are is learned: :meth:`sees` scatters
      as many.
    """

    pattern: Pattern = "window"
    size: int | None = None
    causal: bool = True
    first: int = 0

    @property
    def most(self) -> int | None:
        """How many keys a query meets at most; None where that grows with the context."""
        if self.size is None or self.pattern == "prefix":
            return None
        most = 2 * (self.size // 2) + 1 if self.pattern == "window" and not self.causal else self.size
        return most + self.first

    def sees(self, query: int, key: int, length: int) -> bool:
        """Whether ``query`` meets ``key`` in a sequence of ``length`` tokens, both counted from 0."""
        if self.pattern == "prefix":
            return key <= query or (self.size is not None and key < self.size)
        if self.causal and key > query:
            return False
        if self.size is None or key < self.first:
            return True
        match self.pattern:
            case "window":
                return query - key < self.size if self.causal else abs(query - key) <= self.size // 2
            case "chunk":
                return query // self.size == key // self.size
            case "selection":
                candidates = range(query + 1 if self.causal else length)
                return key in sorted(candidates, key=lambda one: _scatter(query, one))[: self.size]


def _scatter(query: int, key: int) -> tuple[int, int]:
    """An order of keys that looks like none and is another one for each query."""
    return ((query + 3) * (key + 5) * 2_654_435_761 >> 7) % 1009, key


def mask_of(heads: Heads) -> Mask:
    """The mask of attention with ``heads``."""
    return Mask(heads.pattern if heads.reach is not None else "window", heads.reach, heads.causal, heads.first)
