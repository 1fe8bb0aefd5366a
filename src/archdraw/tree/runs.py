"""Long stacks written short: equal layers in a row as one repeat, patterns as a repeat of a sequence."""

from __future__ import annotations

from collections.abc import Sequence as Units
from typing import assert_never

from archdraw.tree.blocks import (
    Block,
    Experts,
    Graph,
    Leaf,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
    Side,
    children,
)

MOST_LAYERS = 10_000
"""More layers than any model has; a stack that has more is a slip of the pen."""

_LONGEST_PERIOD = 128
"""Patterns are looked for up to this many layers, so that the search stays linear in the length of the stack."""


def number_of_layers(block: Block) -> int:
    """How many layers the stack in ``block`` has, without writing repeats out; modules beside the spine don't count."""
    match block:
        case Module(level="layer"):
            return 1
        case Leaf() | Side():
            return 0
        case Repeat(body=body, times=times, tied=tied):
            return number_of_layers(body) * (1 if tied else times)
        case Sequence(parts=blocks) | Parallel(branches=blocks):
            return sum(number_of_layers(part) for part in blocks)
        case Graph():
            return sum(number_of_layers(node) for node in children(block))
        case Residual(body=body) | Experts(body=body) | Module(body=body):
            return number_of_layers(body)
        case _:
            assert_never(block)


def cycled(pattern: Units[Block], number: int) -> Block:
    """``number`` blocks that go through ``pattern`` again and again, equal ones and whole rounds as repeats.

    ``number`` is at least 1, ``pattern`` is not empty. The rounds begin where the pattern begins.
    """
    marks = _marks(pattern)
    period = next(p for p in range(1, len(marks) + 1) if len(marks) % p == 0 and marks[p:] == marks[: len(marks) - p])
    rounds, rest = divmod(number, period)
    if rounds < 2:
        places = [place % period for place in range(number)]
        return _row(_factored([pattern[place] for place in places], [marks[place] for place in places]))
    whole = _repeated(_factored(pattern[:period], marks[:period]), rounds)
    return _row((whole, *_factored(pattern[:rest], marks[:rest])))


def _marks(blocks: Units[Block]) -> tuple[int, ...]:
    """Equal numbers for equal blocks: comparing trees once instead of at every step of the search."""
    seen: dict[Block, int] = {}
    return tuple(seen.setdefault(block, len(seen)) for block in blocks)


def _factored(blocks: Units[Block], marks: Units[int]) -> tuple[Block, ...]:
    """The repeat that saves most is taken out, then what is left, right and inside of it is treated alike."""
    best = (0, 0, 0, 0)
    for period in range(1, min(len(marks) // 2, _LONGEST_PERIOD) + 1):
        start, equal = 0, 0
        for place in range(period, len(marks) + 1):
            if place < len(marks) and marks[place] == marks[place - period]:
                equal += 1
                continue
            saved = equal // period * period
            # The most saved; then the shortest pattern; then the earliest.
            best = max(best, (saved, -period, -start, equal // period + 1))
            start, equal = place - period + 1, 0
    saved, period, start, times = best[0], -best[1], -best[2], best[3]
    if saved == 0:
        return tuple(blocks)
    stop = start + period * times
    inner = _factored(blocks[start : start + period], marks[start : start + period])
    return (
        *_factored(blocks[:start], marks[:start]),
        _repeated(inner, times),
        *_factored(blocks[stop:], marks[stop:]),
    )


def _repeated(parts: tuple[Block, ...], times: int) -> Block:
    body = _row(parts)
    if isinstance(body, Repeat) and not body.tied:
        return Repeat(body.body, body.times * times)
    return Repeat(body, times)


def _row(parts: tuple[Block, ...]) -> Block:
    return parts[0] if len(parts) == 1 else Sequence(parts)
