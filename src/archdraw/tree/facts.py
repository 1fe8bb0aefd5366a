"""What a model amounts to: parameters, cache, state and layers, folded from its block tree.

Facts are a monoid: :func:`combined` is associative, ``Facts()`` is its identity, and :func:`facts` maps blocks in a row
to the sum of their facts. ``docs/facts.md`` has the conventions, in the words of a user.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any, Literal, TypeVar, assert_never, get_args

from archdraw.glossary import text
from archdraw.tree.blocks import (
    Block,
    Cache,
    Experts,
    Graph,
    Leaf,
    Module,
    Parallel,
    Part,
    Repeat,
    Residual,
    Sequence,
    Side,
    children,
)

Dtype = Literal["fp32", "bf16", "fp8", "int4"]
BITS: Mapping[Dtype, int] = {"fp32": 32, "bf16": 16, "fp8": 8, "int4": 4}
"""Bits of one value. Scales of quantised blocks are not counted."""

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of one block, everything in whole parameters, values or layers.

    ``parts`` are the trained parameters by place; ``idle`` those of routed experts that a token does not pass;
    ``encoders`` those of counted modules whose output joins the line (other modalities); ``beside`` those of modules
    that are no part of the model's counts, by label. ``cache`` says of how many tensors a token leaves which entry;
    ``state`` counts the values of recurrent mixers. A ``head_is_tied`` where the output uses the token table.
    ``multiplications`` are those of one text token with matrices and states; ``attended`` those with each key that its
    queries meet, by how many keys that are at most (None: all) and how many tokens one key stands for. Where something
    is ``unknown``, every count is that of the rest.
    """

    parts: Mapping[Part, int] = field(default_factory=dict)
    idle: int = 0
    encoders: int = 0
    beside: Mapping[str, int] = field(default_factory=dict)
    cache: Mapping[Cache, int] = field(default_factory=dict)
    state: int = 0
    layers: int = 0
    head_is_tied: bool = False
    multiplications: int = 0
    attended: Mapping[tuple[int | None, int], int] = field(default_factory=dict)
    unknown: bool = False

    @property
    def total_parameters(self) -> int:
        """All trained parameters of the model, a tied tensor once."""
        return sum(self.parts.values())

    @property
    def active_parameters(self) -> int:
        """``total_parameters`` less the routed experts that a token does not pass."""
        return self.total_parameters - self.idle

    @property
    def text_parameters(self) -> int:
        """``total_parameters`` less the encoders of other modalities."""
        return self.total_parameters - self.encoders

    @property
    def active_parameters_without_input_embedding(self) -> int:
        """What a text token is multiplied with: active, without encoders, and without input tables.

        A row is looked up in an input table, not multiplied; a table that is also the output layer stays in.
        """
        tables = 0 if self.head_is_tied else self.parts.get("embedding", 0)
        return self.active_parameters - self.encoders - tables

    def weight_memory(self, dtype: Dtype = "bf16") -> int:
        """Bytes of all weights when every one is stored as ``dtype``, rounded up."""
        return -(-self.total_parameters * BITS[dtype] // 8)

    def kv_cache_bytes_per_token(self, bits: int = 16) -> int:
        """Bytes that one more token leaves in all attention layers together, windows not yet full."""
        return self._left_per_token(bits, index=False)

    def index_cache_bytes_per_token(self, bits: int = 16) -> int:
        """Bytes that one more token leaves in the caches of all indexers, beside keys and values."""
        return self._left_per_token(bits, index=True)

    def _left_per_token(self, bits: int, *, index: bool) -> int:
        entries = ((entry, number) for entry, number in self.cache.items() if entry.index is index)
        left = (Fraction(entry.elements * number, entry.every) for entry, number in entries)
        return int(sum(left) * bits // 8)

    def kv_cache_bytes(self, context: int, bits: int = 16) -> int:
        """Bytes of the whole cache after ``context`` tokens.

        A layer with a window keeps at most that many tokens; so does one with chunks, at the end of a full chunk. What
        indexers keep is not in it.
        """
        kept = sum(
            entry.elements
            * count
            * ((context if entry.window is None else min(context, entry.window.size)) // entry.every)
            for entry, count in self.cache.items()
            if not entry.index
        )
        return kept * bits // 8

    def recurrent_state_bytes(self, bits: int = 16) -> int:
        """Bytes of the state of all recurrent mixers, the same at every context length."""
        return self.state * bits // 8

    def flops_per_token(self, context: int) -> int:
        """Floating-point operations of one text token that has ``context`` tokens before it, itself included.

        Two for each multiplication, its addition included: with every active matrix, with each key and value that it
        meets, and with the states of recurrent mixers. Looking up a row, norms, activations and softmax are left out,
        as in Kaplan et al. 2020, arXiv:2001.08361; so are encoders.
        """
        met = sum(
            number * min(context // every, context if reach is None else reach)
            for (reach, every), number in self.attended.items()
        )
        return 2 * (self.multiplications + met)


def combined(first: Facts, second: Facts) -> Facts:
    """The facts of two blocks that are both there."""
    return Facts(
        parts=_added(first.parts, second.parts),
        idle=first.idle + second.idle,
        encoders=first.encoders + second.encoders,
        beside=_added(first.beside, second.beside),
        cache=_added(first.cache, second.cache),
        state=first.state + second.state,
        layers=first.layers + second.layers,
        head_is_tied=first.head_is_tied or second.head_is_tied,
        multiplications=first.multiplications + second.multiplications,
        attended=_added(first.attended, second.attended),
        unknown=first.unknown or second.unknown,
    )


def repeated(one: Facts, times: int) -> Facts:
    """The facts of ``times`` (1 or more) equal blocks, each with weights of its own."""
    return Facts(
        parts=_scaled(one.parts, times),
        idle=one.idle * times,
        encoders=one.encoders * times,
        beside=_scaled(one.beside, times),
        cache=_scaled(one.cache, times),
        state=one.state * times,
        layers=one.layers * times,
        head_is_tied=one.head_is_tied,
        multiplications=one.multiplications * times,
        attended=_scaled(one.attended, times),
        unknown=one.unknown,
    )


def _looped(one: Facts, times: int) -> Facts:
    """The facts of one block that is gone through ``times``: its weights once, each time with a cache of its own."""
    every = repeated(one, times)
    return replace(every, parts=one.parts, idle=one.idle, encoders=one.encoders, beside=one.beside, layers=one.layers)


def facts(block: Block) -> Facts:
    """The facts of ``block`` and everything in it."""
    match block:
        case Leaf():
            return _leaf(block)
        case Sequence(parts=inner) | Parallel(branches=inner):
            return _sum(map(facts, inner))
        case Graph():
            return _sum(map(facts, children(block)))
        case Residual(body=body):
            return facts(body)
        case Repeat(body=body, times=times, tied=tied):
            return _looped(facts(body), times) if tied else repeated(facts(body), times)
        case Experts(body=body, total=total, active=active):
            return _experts(facts(body), total, active)
        case Module(body=body, level=level):
            return replace(facts(body), layers=1) if level == "layer" else facts(body)
        case Side():
            return _side(block)
        case _:
            assert_never(block)


def report(
    counted: Facts, name: str, context: int, *, incomplete: Iterable[str] = (), unused: Iterable[str] = ()
) -> dict[str, Any]:
    """``counted`` as plain data for JSON: the facts of the model ``name``, its cache at ``context`` tokens.

    ``parts`` lists every part that has parameters; bytes are those of bf16 unless a key says otherwise. A model is
    ``complete`` unless something is known to be lacking: ``incomplete`` says what. ``unused`` are the keys of a config
    that were not understood. Where parts of the model are unknown, its counts are null.
    """
    if counted.unknown:
        told = report(replace(counted, unknown=False), name, context, incomplete=incomplete, unused=unused)
        kept = {"name", "incomplete", "unused_keys", "context"}
        return {key: value if key in kept else None for key, value in told.items()} | {"complete": False}
    return {
        "name": name,
        "complete": not tuple(incomplete),
        "incomplete": list(incomplete),
        "unused_keys": list(unused),
        "total_parameters": counted.total_parameters,
        "active_parameters": counted.active_parameters,
        "active_parameters_without_input_embedding": counted.active_parameters_without_input_embedding,
        "text_parameters": counted.text_parameters,
        "parameters_beside": dict(counted.beside),
        "kv_cache_bytes_per_token": counted.kv_cache_bytes_per_token(),
        "context": context,
        "kv_cache_bytes": counted.kv_cache_bytes(context),
        "recurrent_state_bytes": counted.recurrent_state_bytes(),
        "flops_per_token": counted.flops_per_token(context),
        "cache": [
            {
                "elements_per_token": entry.elements,
                "window": None if entry.window is None else entry.window.size,
                "chunked": entry.window is not None and entry.window.chunked,
                "tokens_per_entry": entry.every,
                "count": count,
            }
            for entry, count in counted.cache.items()
        ],
        "weight_memory_bytes": {dtype: counted.weight_memory(dtype) for dtype in BITS},
        "layers": counted.layers,
        "parts": {part: counted.parts[part] for part in get_args(Part) if part in counted.parts},
    }


def _leaf(leaf: Leaf) -> Facts:
    trained = sum(weight.count for weight in leaf.weights)
    return Facts(
        parts={leaf.part: trained} if trained else {},
        cache={leaf.cache: 1} if leaf.cache is not None else {},
        state=leaf.state,
        head_is_tied=leaf.part == "head" and any(weight.tied for weight in leaf.weights),
        multiplications=leaf.multiplications + _multiplied(leaf),
        attended=_attended(leaf),
        unknown=leaf.role == "unknown",
    )


def _multiplied(leaf: Leaf) -> int:
    """Values of the matrices that a token is multiplied with; from a table a row is looked up."""
    if leaf.part == "embedding" or (leaf.role in ("embedding", "position") and leaf.part != "head"):
        return 0
    return sum(prod(weight.shape) for weight in leaf.weights if len(weight.shape) > 1 and not weight.buffer)


def _attended(leaf: Leaf) -> Mapping[tuple[int | None, int], int]:
    """For each key that a token meets: queries with keys, and weights with values."""
    heads = leaf.heads
    if heads is None:
        return {}
    value_width = heads.width if heads.value_width is None else heads.value_width
    return {(heads.reach, heads.every): heads.query * (heads.width + value_width)}


def _experts(one: Facts, total: int, active: int) -> Facts:
    """Idle is what ``total`` experts hold less what ``active`` of them use; a token is cached by those it passes."""
    every = repeated(one, total)
    return replace(
        every,
        idle=one.total_parameters * total - one.active_parameters * active,
        cache=_scaled(one.cache, active),
        multiplications=one.multiplications * active,
        attended=_scaled(one.attended, active),
        layers=one.layers,
    )


def _side(side: Side) -> Facts:
    """Layers, cache and state are the spine's; what stands beside it adds parameters or is listed apart."""
    body = facts(side.body)
    if not side.counted:
        return Facts(beside=_added({text(side.body.label): body.total_parameters}, body.beside))
    # The encoder of an encoder-decoder is half of the model, not an addition for another modality.
    added = side.direction == "in" and side.body.level != "encoder"
    encoders = body.total_parameters if added else body.encoders
    return Facts(parts=body.parts, idle=body.idle, encoders=encoders, beside=body.beside, unknown=body.unknown)


def _sum(several: Iterable[Facts]) -> Facts:
    return reduce(combined, several, Facts())


def _added(first: Mapping[_Key, int], second: Mapping[_Key, int]) -> Mapping[_Key, int]:
    return {
        key: first.get(key, 0) + second.get(key, 0) for key in (*first, *(key for key in second if key not in first))
    }


def _scaled(counts: Mapping[_Key, int], times: int) -> Mapping[_Key, int]:
    return {key: count * times for key, count in counts.items()}
