"""A spec in the making: what a reader has read of a config, in the language of specs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from archdraw.tree.repeats import period

Block = dict[str, Any] | str
"""A block expression as a spec has it: ``"rmsnorm"``, ``{"swiglu": {"intermediate_size": 8192}}``."""


@dataclass(eq=False)
class Draft:
    """A model as its reader has read it. ``layers`` runs from the input up, as in a spec.

    ``context_length`` is None for a model that has no longest context (recurrent ones, relative positions).
    ``before_head`` is how many blocks right before the language model head go with it, and are in no other class.
    ``keeps_unread``: the class of the decoder alone has a table that nothing reads, too.
    ``reads_tokens`` is false for one that reads no tokens: its spec leaves out ``hidden_size`` and ``vocab_size``.
    """

    hidden_size: int
    vocab_size: int
    context_length: int | None
    tie_word_embeddings: bool = False
    define: dict[str, Block] = field(default_factory=dict)
    layers: list[Block] = field(default_factory=list)
    reads_tokens: bool = True
    before_head: int = 0
    keeps_unread: bool = False


def stack(names: Sequence[str]) -> Block:
    """A stack of layers by the names of their definitions, one for each layer, as briefly as possible.

    A pattern that repeats is given once with ``num_hidden_layers``; runs of one layer become ``times``.
    """
    unit = period(names)
    if unit == 1:
        return _times(names[0], len(names))
    if unit > len(names) // 2:
        # A head (dense layers) and then rounds: the head is written out, the rest as a stack of its own.
        return {"stack": {"pattern": _runs(names)}}
    return {"stack": {"num_hidden_layers": len(names), "pattern": _runs(names[:unit])}}


def stacks(names: Sequence[str]) -> list[Block]:
    """The layers as one stack or, where a few others come before or behind a pattern, as two or three."""
    for tail in range(min(len(names), 9)):
        for head in range(min(len(names) - tail, 9)):
            rest = names[head : len(names) - tail]
            if period(rest) <= len(rest) // 2:
                around = [names[:head], names[len(names) - tail :]]
                before, behind = ([_few(part)] if part else [] for part in around)
                return [*before, stack(rest), *behind]
    return [stack(names)]


def _few(names: Sequence[str]) -> Block:
    """Layers before or behind a stack: one kind by its name, more as a stack of their own."""
    return _times(names[0], len(names)) if len(set(names)) == 1 else stack(names)


def _times(name: str, times: int) -> Block:
    return name if times == 1 else {"like": name, "times": times}


def _runs(names: Sequence[str]) -> list[Block]:
    return [_times(name, len(list(run))) for name, run in groupby(names)]


def inlined(define: dict[str, Block], layers: Iterable[Block]) -> tuple[dict[str, Block], list[Block]]:
    """The draft with definitions that are used only once written where they are used, as a person would."""
    layers = list(layers)
    # To write one where it is used changes how often that one is used, and no other.
    uses = Counter(_words([*define.values(), *layers]))
    for name in list(define)[::-1]:
        meaning = define[name]
        if uses[name] - _uses(name, meaning) != 1:
            continue
        others = {key: value for key, value in define.items() if key != name}
        if not _can_replace(name, meaning, [*others.values(), *layers]):
            continue
        define = {key: _replaced(value, name, meaning) for key, value in others.items()}
        layers = [_replaced(value, name, meaning) for value in layers]
    return define, layers


def _words(value: Any) -> Iterator[str]:
    """All texts and keys in ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def _uses(name: str, value: Any) -> int:
    if isinstance(value, str):
        return int(value == name)
    if isinstance(value, dict):
        return sum(_uses(name, inner) for inner in value.values()) + int(name in value)
    return sum(_uses(name, inner) for inner in value) if isinstance(value, list) else 0


def _can_replace(name: str, meaning: Block, value: Any) -> bool:
    """A bare mention can be replaced by any meaning; ``{like: name, times: n}`` by a mapping of one keyword.

    In the pattern of a stack a name means more than its definition.
    """
    if isinstance(value, dict):
        if "pattern" in value and _uses(name, value["pattern"]):
            return False
        if value.get("like") == name:
            # What changes more than the number of times is merged into the definition, which has to be there.
            whole = (
                isinstance(meaning, dict) and "like" not in meaning and isinstance(next(iter(meaning.values())), dict)
            )
            return whole and set(value) <= {"like", "times"}
        return all(_can_replace(name, meaning, inner) for inner in value.values())
    return all(_can_replace(name, meaning, inner) for inner in value) if isinstance(value, list) else True


def _replaced(value: Any, name: str, meaning: Block) -> Any:
    if isinstance(value, str):
        return meaning if value == name else value
    if isinstance(value, dict):
        if value.get("like") == name:
            assert isinstance(meaning, dict)
            keyword, fields = next(iter(meaning.items()))
            extra = {key: inner for key, inner in value.items() if key != "like"}
            times = {"times": extra.pop("times")} if "times" in extra else {}
            return {keyword: {**times, **fields, **extra}}
        return {key: _replaced(inner, name, meaning) for key, inner in value.items()}
    return [_replaced(inner, name, meaning) for inner in value] if isinstance(value, list) else value
