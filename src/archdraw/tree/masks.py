"""Attention masks: which keys a query meets. The one rule by which they are counted and drawn."""

from __future__ import annotations

from archdraw.records import record
from archdraw.tree.keys import Heads
from archdraw.tree.roles import Pattern


@record
class Mask:
    """Which keys a query meets: those up to itself where it is ``causal``, of them ``size`` at most (None: all).

    - A ``window`` holds the nearest tokens. A causal one of ``size`` ends at the query. A bidirectional one reaches
      ``size // 2`` tokens to each side, as `local_attention` of ModernBERT does.
    - A ``chunk`` holds the tokens of the query's own block of ``size``.
    - A ``prefix`` of ``size`` tokens is met by all; behind it, attention is causal.
    - Besides, the ``first`` tokens of the sequence are met by all (meta tokens, sinks).
    - A ``selection`` holds the ``size`` tokens that an indexer chose. Which these are is learned: :meth:`sees` scatters
      as many. They come in whole blocks of ``block`` tokens on a fixed grid, as far as the query has come. The
      ``local`` last ones, up to the query's own, are always among them (bidirectional: as many around it); without
      ``local`` only finished blocks are chosen, and the unfinished one that the query is in is met besides.
    - With ``images`` the tokens of an image meet all others of that image besides. What is counted is a sequence of
      text: neither :attr:`most` nor :meth:`sees` has an image in it.
    """

    pattern: Pattern = "window"
    size: int | None = None
    causal: bool = True
    first: int = 0
    block: int = 1
    local: int = 0
    images: bool = False

    @property
    def most(self) -> int | None:
        """How many keys a query meets at most; None where that grows with the context."""
        if self.size is None or self.pattern == "prefix":
            return None
        most = 2 * (self.size // 2) + 1 if self.pattern == "window" and not self.causal else self.size
        unfinished = self.block - 1 if self.pattern == "selection" and not self.local else 0
        return most + unfinished + self.first

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
                return self._selects(query, key // self.block, self.size // self.block, length)

    def _selects(self, query: int, block: int, number: int, length: int) -> bool:
        """Whether ``block`` is among the ``number`` of those that are chosen for ``query``, or met besides."""
        own = query // self.block
        reached = query + 1 if self.causal else length
        complete = reached // self.block
        if not self.local and block == complete:
            return True
        candidates = range(-(-reached // self.block) if self.local else complete)
        near = range(own - self.local + 1, own + 1) if self.causal else _around(own, self.local)
        order = sorted(candidates, key=lambda one: (abs(own - one) if one in near else length, _scatter(query, one)))
        return block in order[:number]


def _around(own: int, number: int) -> range:
    """``number`` blocks of which ``own`` is in the middle, one less where that is even; none for 0."""
    return range(own - number // 2, own + number // 2 + 1) if number else range(0)


def _scatter(query: int, key: int) -> tuple[int, int]:
    """An order of keys that looks like none and is another one for each query."""
    return ((query + 3) * (key + 5) * 2_654_435_761 >> 7) % 1009, key


def mask_of(heads: Heads) -> Mask:
    """The mask of attention with ``heads``."""
    pattern = heads.pattern if heads.reach is not None else "window"
    return Mask(pattern, heads.reach, heads.causal, heads.first, heads.block, heads.local, heads.images)
