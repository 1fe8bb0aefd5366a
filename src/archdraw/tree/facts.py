"""What a model amounts to: parameters, cache, state and layers, folded from its block tree.

Facts are a monoid: :func:`combined` is associative, ``Facts()`` is its identity, and :func:`facts` maps blocks in a row
to the sum of their facts. ``docs/facts.md`` has the conventions, in the words of a user.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from math import prod
from typing import TypeVar, assert_never

from archdraw.glossary import text
from archdraw.records import replaced
from archdraw.tree.blocks import (
    Block,
    Cache,
    Experts,
    Graph,
    Heads,
    Leaf,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
    Side,
)
from archdraw.tree.convolving import only_convolves
from archdraw.tree.counts import BITS, Attended, Dtype, Facts, report
from archdraw.tree.masks import mask_of
from archdraw.tree.remembered import remembered
from archdraw.tree.walks import children

__all__ = ["BITS", "Dtype", "Facts", "combined", "facts", "repeated", "report"]

_Key = TypeVar("_Key")


def combined(first: Facts, second: Facts) -> Facts:
    """The facts of two blocks that are both there."""
    return Facts(
        parts=_added(first.parts, second.parts),
        inactive=first.inactive + second.inactive,
        encoders=first.encoders + second.encoders,
        active_encoders=first.active_encoders + second.active_encoders,
        lookup=_added(first.lookup, second.lookup),
        auxiliary=_added(first.auxiliary, second.auxiliary),
        cache=_added(first.cache, second.cache),
        state=first.state + second.state,
        state_in=_added(first.state_in, second.state_in),
        layers=first.layers + second.layers,
        convolving=first.convolving + second.convolving,
        head_is_tied=first.head_is_tied or second.head_is_tied,
        tied_table=max(first.tied_table, second.tied_table),
        multiplications=first.multiplications + second.multiplications,
        attended=_added(first.attended, second.attended),
        per_input=first.per_input + second.per_input,
        input_shapes=(*first.input_shapes, *second.input_shapes),
        frozen=first.frozen + second.frozen,
        cache_unknown=first.cache_unknown or second.cache_unknown,
        unknown=first.unknown or second.unknown,
        bidirectional=first.bidirectional or second.bidirectional,
        active_at_most=first.active_at_most or second.active_at_most,
    )


def repeated(one: Facts, times: int) -> Facts:
    """The facts of ``times`` (1 or more) equal blocks, each with weights of its own."""
    return Facts(
        parts=_scaled(one.parts, times),
        inactive=one.inactive * times,
        encoders=one.encoders * times,
        active_encoders=one.active_encoders * times,
        lookup=_scaled(one.lookup, times),
        auxiliary=_scaled(one.auxiliary, times),
        cache=_scaled(one.cache, times),
        state=one.state * times,
        state_in=_scaled(one.state_in, times),
        layers=one.layers * times,
        convolving=one.convolving * times,
        head_is_tied=one.head_is_tied,
        tied_table=one.tied_table,
        multiplications=one.multiplications * times,
        attended=_scaled(one.attended, times),
        per_input=one.per_input * times,
        input_shapes=one.input_shapes * times,
        frozen=one.frozen * times,
        cache_unknown=one.cache_unknown,
        unknown=one.unknown,
        bidirectional=one.bidirectional,
        active_at_most=one.active_at_most,
    )


def _looped(one: Facts, times: int) -> Facts:
    """The facts of one block that is gone through ``times``: its weights once, each time with a cache of its own."""
    every = repeated(one, times)
    return replaced(
        every,
        parts=one.parts,
        inactive=one.inactive,
        encoders=one.encoders,
        active_encoders=one.active_encoders,
        lookup=one.lookup,
        auxiliary=one.auxiliary,
        layers=one.layers,
        convolving=one.convolving,
        frozen=one.frozen,
    )


@remembered(8192)
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
        case Experts(body=body, total=total, active=active, at_most=at_most):
            one = facts(body)
            return replaced(_experts(one, total, active), active_at_most=at_most or one.active_at_most)
        case Module(body=body, level="layer"):
            return replaced(facts(body), layers=1, convolving=int(only_convolves(block)))
        case Module(body=body):
            return facts(body)
        case Side():
            return _side(block)
        case _:
            assert_never(block)


def _leaf(leaf: Leaf) -> Facts:
    counted = sum(weight.count for weight in leaf.weights)
    once = leaf.multiplications + _multiplied(leaf) + _crossed(leaf)
    return Facts(
        parts={leaf.part: counted} if counted else {},
        # Of an encoder all is counted as such.
        lookup={text(leaf.lookup): counted} if leaf.lookup and counted and leaf.part == "embedding" else {},
        cache={_passed(leaf.cache, leaf.passes): 1} if leaf.cache is not None else {},
        state=leaf.state,
        state_in={leaf.state_dtype: leaf.state} if leaf.state and leaf.state_dtype else {},
        head_is_tied=leaf.part == "head" and any(weight.tied for weight in leaf.weights),
        tied_table=sum(prod(weight.shape) for weight in leaf.weights if weight.tied) if leaf.part == "head" else 0,
        multiplications=_share(once, leaf.passes) if leaf.positions is None else 0,
        attended=_attended(leaf) if leaf.positions is None else {},
        per_input=0 if leaf.positions is None else _at_positions(leaf, once, leaf.positions),
        input_shapes=(leaf.shape,) if leaf.shape else (),
        frozen=sum(weight.count for weight in leaf.weights if weight.trainable is False),
        cache_unknown=leaf.uncertain,
        unknown=leaf.role == "unknown",
        bidirectional=leaf.heads is not None and not leaf.heads.causal and not leaf.heads.cross,
    )


def _share(number: int, share: Fraction) -> int:
    """The ``share`` of tokens that pass it times ``number``, on average per token."""
    return number if share == 1 else round(number * share)


def _passed(entry: Cache, share: Fraction) -> Cache:
    """What a layer caches that only a ``share`` of tokens reach: a window of its tokens goes back that much further."""
    if share == 1:
        return entry
    window = entry.window and replaced(entry.window, size=round(entry.window.size / share))
    return replaced(entry, every=entry.every / share, window=window)


def _at_positions(leaf: Leaf, once: int, positions: int) -> int:
    """Multiplications of one input, which has so many ``positions`` here, each of which attends to all."""
    reached = _share(positions, leaf.passes)
    met = sum(
        number * min(reached // every, reached if reach is None else reach)
        for (reach, every), number in _of_heads(leaf).items()
    )
    return reached * (once + int(met))


def _multiplied(leaf: Leaf) -> int:
    """Values of the matrices that a token is multiplied with; from tables a row is looked up, sources read nothing."""
    if leaf.inputs == 0 or (leaf.role in ("embedding", "position") and leaf.part != "head"):
        return 0
    if leaf.cache is not None and leaf.cache.cross:
        # Keys and values of an encoder's output are computed once, and not for each token.
        return 0
    return 0 if leaf.role == "norm" else sum(prod(weight.shape) for weight in leaf.weights if weight.is_matrix)


def _attended(leaf: Leaf) -> Mapping[Attended, int]:
    """For each key that a token meets, as far as tokens pass the leaf: only those that do are keys, too."""
    return {
        (reach, every / leaf.passes if leaf.passes != 1 else every): _share(number, leaf.passes)
        for (reach, every), number in _of_heads(leaf).items()
    }


def _of_heads(leaf: Leaf) -> Mapping[Attended, int]:
    """For each key that a query meets: queries with keys, and weights with values."""
    heads = leaf.heads
    return {} if heads is None or _is_fixed(heads) else {(mask_of(heads).most, heads.every): _per_key(heads)}


def _crossed(leaf: Leaf) -> int:
    """The same for all keys of an encoder's output, where it says how many: they do not grow with the context."""
    heads = leaf.heads
    return heads.reach * _per_key(heads) if heads is not None and heads.reach and _is_fixed(heads) else 0


def _is_fixed(heads: Heads) -> bool:
    return heads.cross and heads.reach is not None


def _per_key(heads: Heads) -> int:
    return heads.query * (heads.width + (heads.width if heads.value_width is None else heads.value_width))


def _experts(one: Facts, total: int, active: int) -> Facts:
    """Inactive is what ``total`` hold less what ``active`` of them use; a token is cached by those that it passes."""
    every = repeated(one, total)
    return replaced(
        every,
        inactive=one.total_parameters * total - (one.total_parameters - one.inactive) * active,
        lookup=_scaled(one.lookup, active),
        cache=_scaled(one.cache, active),
        multiplications=one.multiplications * active,
        per_input=one.per_input * active,
        attended=_scaled(one.attended, active),
        layers=one.layers,
    )


def _side(side: Side) -> Facts:
    """Layers and state are the spine's; what stands beside it adds parameters, or is listed apart.

    Cache and multiplications are added where the line is read, by each text token: those of an encoder are not.
    """
    body = facts(side.body)
    if not side.counted:
        return Facts(auxiliary=_added({text(side.body.label): body.total_parameters}, body.auxiliary))
    # The encoder of an encoder-decoder is half of the model, not an addition for another modality.
    added = side.direction == "in" and side.body.level != "encoder"
    reads = side.direction == "out"
    return Facts(
        parts=body.parts,
        inactive=body.inactive,
        encoders=body.total_parameters if added else body.encoders,
        active_encoders=body.active_parameters if added else body.active_encoders,
        lookup={} if added else body.lookup,
        auxiliary=body.auxiliary,
        cache=body.cache if reads else {},
        multiplications=body.multiplications if reads else 0,
        attended=body.attended if reads else {},
        frozen=body.frozen,
        unknown=body.unknown,
    )


def _sum(several: Iterable[Facts]) -> Facts:
    found = list(several)
    return reduce(combined, found) if found else Facts()


def _added(first: Mapping[_Key, int], second: Mapping[_Key, int]) -> Mapping[_Key, int]:
    if not first or not second:
        return first or second
    return {
        key: first.get(key, 0) + second.get(key, 0) for key in (*first, *(key for key in second if key not in first))
    }


def _scaled(counts: Mapping[_Key, int], times: int) -> Mapping[_Key, int]:
    return {key: count * times for key, count in counts.items()}
