"""What of a model fits into how much memory: its weights, and then how long a context."""

from __future__ import annotations

from typing import Literal

from archdraw.records import record
from archdraw.tree.facts import BITS, Dtype, Facts

LONGEST = 1 << 40
"""Tokens beyond which no search goes on: a context without end, where no cache grows."""


@record
class Fit:
    """Weights stored as ``dtype`` in some memory ("stored": as their file has them), all sizes in bytes.

    ``left`` is what they leave (negative: what they lack), ``context`` the longest number of tokens whose cache and
    states fit into that: 0 where not even one does, None where the cache never grows beyond it.
    """

    dtype: Dtype | Literal["stored"]
    weights: int
    left: int
    context: int | None


def fits(
    counted: Facts, memory: int, cache_bits: int = 16, stored: int | None = None, batch: int = 1
) -> tuple[Fit, ...]:
    """One :class:`Fit` for each way to store weights, into ``memory`` bytes; the cache has ``cache_bits`` a value.

    ``batch`` sequences are there at once, each with a cache and states of its own: the context is that of each.
    ``stored`` are the bytes of the weights as their file has them, where that is known: they are the first way.
    Activations and what a runtime takes for itself are not counted.
    """
    ways: dict[Dtype | Literal["stored"], int] = {} if stored is None else {"stored": stored}
    ways |= {dtype: counted.weight_memory(dtype) for dtype in BITS}
    lefts = {dtype: memory - weights for dtype, weights in ways.items()}
    return tuple(
        Fit(dtype, weights, lefts[dtype], longest_context(counted, lefts[dtype] // batch, cache_bits))
        for dtype, weights in ways.items()
    )


def longest_context(counted: Facts, memory: int, cache_bits: int = 16) -> int | None:
    """The most tokens whose cache and states fit into ``memory`` bytes; None for any number, 0 for none."""

    # What an encoder's output leaves is there from the start, where it is known how long that is.
    positions = counted.source_positions
    fixed = counted.recurrent_state_bytes(cache_bits)
    fixed += counted.cross_cache_bytes(positions, cache_bits) if positions else 0

    def fits_in(tokens: int) -> bool:
        return counted.kv_cache_bytes(tokens, cache_bits) + fixed <= memory

    if not fits_in(1):
        return 0
    if fits_in(LONGEST):
        return None
    # The cache never shrinks as the context grows, so that the last context that fits is found by halving.
    low, high = 1, LONGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits_in(middle) else (low, middle)
    return low
