"""The counts that two whole models are compared by."""

from __future__ import annotations

from collections.abc import Iterator

from archdraw.analysis.difference.changes import Change
from archdraw.analysis.difference.comparison import sign_of
from archdraw.tree.blocks import Block as Tree
from archdraw.tree.blocks import Experts, Leaf, Module, Repeat, Setting, Side
from archdraw.tree.facts import Facts, facts
from archdraw.tree.walks import children

COUNTS = (
    "total_parameters",
    "active_parameters",
    "text_parameters",
    "layers",
    "kv_cache_bytes_per_token",
    "index_cache_bytes_per_token",
    "recurrent_state_bytes",
    "buffer_bytes",
)
"""The counts that two models are compared by, most by their names in :mod:`archdraw.tree.facts`.

What a recurrent mixer keeps and what attention keeps of its window, or a convolution of its last inputs, are two
things: the facts count both as state.
"""

PER_TOKEN, AT_CONTEXT = "kv_cache_bytes_per_token", "kv_cache_bytes"
"""What a token adds to the KV cache, and what is kept at the longest context that both models have."""

RECURRENT = frozenset({"linear"})
"""Roles of mixers whose state is recurrent."""


def counted(first: Module, second: Module) -> Iterator[Change]:
    """The counts of the whole models that differ; none where one is unknown."""
    one, other = facts(first), facts(second)
    if one.unknown or other.unknown:
        return
    tokens = common_context(dict(first.settings).get("context_length"), dict(second.settings).get("context_length"))
    for what in COUNTS:
        before, after = count(one, what, first), count(other, what, second)
        if what == "layers" and not (before and after):
            continue  # That one model has none is a row of the other's stacks.
        if what == PER_TOKEN and before == after and tokens is not None:
            # Equal for a token, and yet one may keep fewer of them: a window.
            what, before, after = AT_CONTEXT, one.kv_cache_bytes(tokens), other.kv_cache_bytes(tokens)
        if before != after and (what != "text_parameters" or one.encoders or other.encoders):
            yield Change(
                sign_of(before or None, after or None), "model", ("model", "model"), what, before, after, (("",), ("",))
            )


def common_context(*lengths: Setting) -> int | None:
    """The shortest of the context ``lengths`` that are known: at this one caches are compared; None of none."""
    return min((length for length in lengths if isinstance(length, int) and length > 0), default=None)


def count(of: Facts, what: str, model: Module) -> int:
    """One of :data:`COUNTS` of ``model``, whose facts are ``of``; bytes are of bf16 where a state has no precision."""
    if what == "recurrent_state_bytes":
        return recurrent_bytes(model)
    if what == "buffer_bytes":
        return of.recurrent_state_bytes() - recurrent_bytes(model)
    value = getattr(of, what)
    return int(value() if callable(value) else value)


def recurrent_bytes(block: Tree, *, inside: bool = False) -> int:
    """Bytes that the recurrent mixers in ``block`` keep; ``inside`` of one, all state is its."""
    match block:
        case Leaf(role=role):
            return facts(block).recurrent_state_bytes() if inside or role in RECURRENT else 0
        case Side():
            return 0
        case Module(role=role):
            inside = inside or role in RECURRENT
            return recurrent_bytes(block.body, inside=inside)
        case Repeat(body=body, times=times):
            return times * recurrent_bytes(body, inside=inside)
        case Experts(body=body, total=total):
            return total * recurrent_bytes(body, inside=inside)
        case _:
            return sum(recurrent_bytes(part, inside=inside) for part in children(block))
