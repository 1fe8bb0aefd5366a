"""What softmax attention is made of: projections, gate, QK-norm, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archdraw.kinds.wording import data_size
from archdraw.tree.blocks import Block, Cache, Heads, Leaf, Parallel, Sequence, Weight, Window, linear

QueryKeyNorm = Literal[
    "rmsnorm_per_head",
    "rmsnorm_per_projection",
    "layernorm_per_head",
    "layernorm_each_head",
    "layernorm_per_projection",
    "l2norm_per_head",
    "unit_rmsnorm_per_head",
]
"""A norm of queries and keys: over the features of a head with one weight for all heads (``per_head``) or with weights
of each head's own and no bias (``each_head``), or over all heads at once (``per_projection``). The L2 norm and the unit
RMSNorm have no weights."""

NORM_LABELS = {
    "rmsnorm_per_head": "RMSNorm per head",
    "rmsnorm_per_projection": "RMSNorm over all heads",
    "layernorm_per_head": "LayerNorm per head",
    "layernorm_each_head": "LayerNorm of each head",
    "layernorm_per_projection": "LayerNorm over all heads",
    "l2norm_per_head": "L2 norm per head",
    "unit_rmsnorm_per_head": "RMSNorm per head",
}

GateActivation = Literal["sigmoid", "softplus", "silu"]
GATE_LABELS = {"sigmoid": "sigmoid", "softplus": "softplus", "silu": "SiLU"}


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of an attention: ``width`` numbers a token, from ``projection`` (None: a part of ``q_proj``)."""

    width: int
    projection: str | None
    per_head: bool


@dataclass(frozen=True, slots=True)
class Biases:
    """Which of the projections of an attention have a bias."""

    query: bool
    key: bool
    value: bool
    output: bool

    def told(self, *, keys: bool = True, values: bool = True) -> str:
        """``q, k, v and output have a bias``; empty for none. ``keys``, ``values``: whether there are such at all."""
        named = (("q", self.query), ("k", self.key and keys), ("v", self.value and values), ("output", self.output))
        biased = [name for name, has in named if has]
        if len(biased) == 1:
            return f"{biased[0]} has a bias"
        return f"{', '.join(biased[:-1])} and {biased[-1]} have a bias" if biased else ""


def value_width(heads: Heads) -> int:
    """Features of one value head."""
    return heads.width if heads.value_width is None else heads.value_width


def queries(hidden: int, heads: Heads, gate: Gate | None, *, bias: bool) -> tuple[Block, ...]:
    """The projections that leave the lines gate (where there is one) and Q: two, or one that is split."""
    width = heads.query * heads.width
    if gate is None:
        return (linear("q_proj", f"Q {width:,}", hidden, width, bias=bias, part="attention", outputs=("Q",)),)
    if gate.projection is None:
        both = width + gate.width
        label = f"gate {gate.width:,} + Q {width:,}" if gate.width != width else f"gate + Q {both:,}"
        return (linear("q_proj", label, hidden, both, bias=bias, part="attention", outputs=("gate", "Q")),)
    return (
        linear(gate.projection, f"gate {gate.width:,}", hidden, gate.width, part="attention", outputs=("gate",)),
        linear("q_proj", f"Q {width:,}", hidden, width, bias=bias, part="attention", outputs=("Q",)),
    )


def keys_and_values(
    hidden: int, heads: Heads, *, key_bias: bool, value_bias: bool, window: Window | None, cached: bool
) -> tuple[Block, ...]:
    """The projections that leave the lines K and V, each with its entry in the cache."""
    made = []
    widths = (("K", "k_proj", heads.width, key_bias), ("V", "v_proj", value_width(heads), value_bias))
    for line, name, width, bias in widths:
        total = heads.key_value * width
        cache = Cache(total, window) if cached else None
        label = f"{line} {total:,}"
        made.append(linear(name, label, hidden, total, bias=bias, part="attention", outputs=(line,), cache=cache))
    return tuple(made)


def keys_that_are_values(
    hidden: int, heads: Heads, *, bias: bool, window: Window | None, cached: bool
) -> tuple[Block, ...]:
    """One projection whose result is both keys and values: it is cached once."""
    total = heads.key_value * heads.width
    cache = Cache(total, window) if cached else None
    label = f"K = V {total:,}"
    return (linear("k_proj", label, hidden, total, bias=bias, part="attention", outputs=("K", "V"), cache=cache),)


def shared_keys_and_values(origin: str) -> tuple[Block, ...]:
    """Keys and values of another layer: lines that come from elsewhere, and cache nothing here."""
    return (Leaf("shared_kv", "shared K, V", role="latent", detail=origin, inputs=0, outputs=("K", "V")),)


def query_key_norm(norm: QueryKeyNorm, heads: Heads, lines: tuple[str, ...]) -> Leaf:
    """The norm that ``lines``, queries and keys or queries alone, pass before they meet."""
    weights: list[Weight] = []
    for line, name, number in (("Q", "q_norm", heads.query), ("K", "k_norm", heads.key_value)):
        if line not in lines:
            continue
        shape = {"per_head": (heads.width,), "each_head": (number, heads.width)}
        own = shape.get(norm.partition("_")[2], (number * heads.width,))
        if norm not in ("l2norm_per_head", "unit_rmsnorm_per_head"):
            weights.append(Weight(f"{name}.weight", own))
        if norm.startswith("layernorm") and norm != "layernorm_each_head":
            weights.append(Weight(f"{name}.bias", own))
    return Leaf(
        "qk_norm",
        NORM_LABELS[norm],
        role="norm",
        detail="no weights" if norm == "unit_rmsnorm_per_head" else "",
        weights=tuple(weights),
        part="norm",
        inputs=len(lines),
        outputs=lines,
        tag="QK-norm",
    )


def grouping(heads: Heads) -> str:
    """How query heads share the others, in the words of a box."""
    group = heads.query // heads.key_value
    if group == 1:
        return f"{heads.query} heads"
    if heads.key_value == 1:
        return f"{heads.query} Q heads to 1 KV head"
    return f"{heads.key_value} groups: {group} Q heads to 1 KV head"


def gated(body: tuple[Block, ...], gate: Gate, activation: GateActivation) -> Parallel:
    """The lines of ``body`` beside the line of the gate, which they are multiplied with."""
    label = GATE_LABELS[activation] + (", per head" if gate.per_head else "")
    return Parallel((Leaf("gate", label), Sequence(body)), "multiply")


def cached(heads: Heads, *, once: bool) -> str:
    """What a token leaves in the cache; ``once`` where keys are values."""
    number, width, value = heads.key_value, heads.width, value_width(heads)
    if once:
        return f"a token caches {number} × {width} values (K is V), {data_size(2 * number * width)} in bf16"
    shape = f"2 × {number} × {width}" if width == value else f"{number} × ({width} + {value})"
    return f"a token caches {shape} values, {data_size(2 * number * (width + value))} in bf16"
