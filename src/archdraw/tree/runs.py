"""Long stacks written short: equal layers in a row as one repeat, patterns as a repeat of a sequence."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Units
from typing import assert_never

from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Level, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.repeats import best_repeat, period
from archdraw.tree.walks import MODEL_LAYERS, children

MOST_LAYERS = 10_000
"""More layers than any model has; a stack that has more is a slip of the pen."""

_LONGEST_PERIOD = 128
"""Patterns are looked for up to this many layers, so that the search stays linear in the length of the stack."""


def number_of_layers(block: Block, levels: Collection[Level] = MODEL_LAYERS) -> int:
    """How many layers of ``levels`` there are in ``block``, without writing repeats out.

    Modules beside the spine don't count, nor do layers in layers.
    """
    match block:
        case Module(level=level) if level in levels:
            return 1
        case Leaf() | Side():
            return 0
        case Repeat(body=body, times=times, tied=tied):
            return number_of_layers(body, levels) * (1 if tied else times)
        case Sequence() | Parallel() | Graph() | Residual() | Experts() | Module():
            return sum([number_of_layers(child, levels) for child in children(block)])
        case _:
            assert_never(block)


def cycled(pattern: Units[Block], number: int) -> Block:
    """``number`` blocks that go through ``pattern`` again and again, equal ones and whole rounds as repeats.

    ``number`` is at least 1, ``pattern`` is not empty. The rounds begin where the pattern begins.
    """
    marks = _marks(pattern)
    round_length = period(marks)
    if len(marks) % round_length:  # the pattern's own last round is cut off: it begins anew after its whole length
        round_length = len(marks)
    rounds, rest = divmod(number, round_length)
    if rounds < 2:
        places = [place % round_length for place in range(number)]
        return _row(_factored([pattern[place] for place in places], [marks[place] for place in places]))
    whole = _repeated(_factored(pattern[:round_length], marks[:round_length]), rounds)
    return _row((whole, *_factored(pattern[:rest], marks[:rest])))


def _marks(blocks: Units[Block]) -> tuple[int, ...]:
    """Equal numbers for equal blocks: comparing trees once instead of at every step of the search."""
    seen: dict[Block, int] = {}
    # Blocks that are written alike are one object.
    known = {key: seen.setdefault(block, len(seen)) for key, block in {id(block): block for block in blocks}.items()}
    return tuple(known[id(block)] for block in blocks)


def _factored(blocks: Units[Block], marks: Units[int]) -> tuple[Block, ...]:
    """The repeat that saves most is taken out, then what is left, right and inside of it is treated alike."""
    best = best_repeat(marks, longest=_LONGEST_PERIOD)
    if best is None:
        return tuple(blocks)
    unit = slice(best.start, best.start + best.unit)
    return (
        *_factored(blocks[: best.start], marks[: best.start]),
        _repeated(_factored(blocks[unit], marks[unit]), best.times),
        *_factored(blocks[best.stop :], marks[best.stop :]),
    )


def _repeated(parts: tuple[Block, ...], times: int) -> Block:
    body = _row(parts)
    if isinstance(body, Repeat) and not body.tied:
        return Repeat(body.body, body.times * times)
    return Repeat(body, times)


def _row(parts: tuple[Block, ...]) -> Block:
    return parts[0] if len(parts) == 1 else Sequence(parts)
