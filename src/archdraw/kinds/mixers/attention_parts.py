"""The parts of softmax attention: projections, gate, QK-norm, and phrases for heads, masks and the cache."""

from __future__ import annotations

from math import isclose
from typing import Literal

from archdraw.glossary import Phrase, Term, Words, common
from archdraw.glossary import attention as words
from archdraw.records import record
from archdraw.tree.blocks import Block, Cache, Heads, Leaf, Parallel, Sequence, Weight, Window, linear
from archdraw.tree.facts import BITS

QueryKeyNorm = Literal[
    "rmsnorm_per_head",
    "rmsnorm_per_projection",
    "layernorm_per_head",
    "layernorm_each_head",
    "layernorm_per_projection",
    "biasless_layernorm_per_projection",
    "l2norm_per_head",
    "unit_rmsnorm_per_head",
]
"""A norm of queries and keys: over the features of a head with one weight for all heads (``per_head``) or with weights
of each head's own and no bias (``each_head``), or over all heads at once (``per_projection``). The L2 norm and the unit
RMSNorm have no weights."""

_NORMS = {
    "rmsnorm": common.RMSNORM,
    "unit_rmsnorm": common.RMSNORM,
    "layernorm": common.LAYERNORM,
    "biasless_layernorm": common.LAYERNORM,
    "l2norm": words.L2_NORM,
}
_WITHOUT_WEIGHTS = ("l2norm", "unit_rmsnorm")

GateActivation = Literal["sigmoid", "softplus", "silu"]
_ACTIVATIONS = {"sigmoid": common.SIGMOID, "softplus": common.SOFTPLUS, "silu": common.SILU}


@record
class Gate:
    """The gate of an attention: ``width`` numbers per token, from ``projection`` (None: a part of ``q_proj``).

    ``biases`` is how many learned numbers are added to it, one for each head; 0 for none.
    """

    width: int
    projection: str | None
    per_head: bool
    biases: int = 0


@record
class Biases:
    """Which of the projections of an attention have a bias."""

    query: bool
    key: bool
    value: bool
    output: bool

    def phrase(self, *, keys: bool = True, values: bool = True) -> Words:
        """``bias on Q, K, V and output``; empty for none. ``keys``, ``values``: whether there are such projections."""
        named: tuple[tuple[Words, bool], ...] = (
            ("Q", self.query),
            ("K", self.key and keys),
            ("V", self.value and values),
            (words.OUTPUT(), self.output),
        )
        biased = tuple(name for name, has in named if has)
        return words.BIAS_ON(projections=biased) if biased else ""


def value_width(heads: Heads) -> int:
    """Features of one value head."""
    return heads.width if heads.value_width is None else heads.value_width


def queries(hidden: int, heads: Heads, gate: Gate | None, *, bias: bool) -> tuple[Block, ...]:
    """The projections that leave the lines gate (where there is one) and Q: two, or one that is split."""
    width = heads.query * heads.width
    query = words.LINE(line="Q", width=width)
    if gate is None:
        return (linear("q_proj", query, hidden, width, bias=bias, part="attention", outputs=("Q",)),)
    if gate.projection is None:
        both = width + gate.width
        label = (
            words.GATE_AND_QUERIES(gate=gate.width, queries=width)
            if gate.width != width
            else words.GATE_AND_QUERIES_ALIKE(width=both)
        )
        return (linear("q_proj", label, hidden, both, bias=bias, part="attention", outputs=("gate", "Q")),)
    own = words.GATE(width=gate.width)
    return (
        linear(gate.projection, own, hidden, gate.width, part="attention", outputs=("gate",)),
        linear("q_proj", query, hidden, width, bias=bias, part="attention", outputs=("Q",)),
    )


def keys_and_values(
    hidden: int, heads: Heads, *, key_bias: bool, value_bias: bool, window: Window | None, cached: bool
) -> tuple[Block, ...]:
    """The projections that leave the lines K and V, each with its entry in the cache: of an encoder's if they cross."""
    made = []
    widths = (("K", "k_proj", heads.width, key_bias), ("V", "v_proj", value_width(heads), value_bias))
    for line, name, width, bias in widths:
        total = heads.key_value * width
        cache = Cache(total, window, cross=heads.cross) if cached else None
        label = words.LINE(line=line, width=total)
        made.append(linear(name, label, hidden, total, bias=bias, part="attention", outputs=(line,), cache=cache))
    return tuple(made)


def keys_that_are_values(
    hidden: int, heads: Heads, *, bias: bool, window: Window | None, cached: int
) -> tuple[Block, ...]:
    """One projection whose result is both keys and values: its weights count once, the cache has it ``cached`` times.

    Twice where keys are normalized or rotated and values are not (Gemma 4), so that both are kept:
    past_key_values.update in Gemma4TextAttention of transformers. Once where they stay the same; 0 where none is kept.
    """
    total = heads.key_value * heads.width
    cache = Cache(cached * total, window) if cached else None
    label = words.KEYS_ARE_VALUES_WIDTH(width=total)
    return (linear("k_proj", label, hidden, total, bias=bias, part="attention", outputs=("K", "V"), cache=cache),)


def shared_keys_and_values(origin: Words, layer: int | None) -> tuple[Block, ...]:
    """Keys and values of another layer, which is number ``layer``: lines from elsewhere, which cache nothing here."""
    return (
        Leaf(
            "shared_kv",
            words.SHARED_KV(),
            role="latent",
            detail=origin,
            inputs=0,
            outputs=("K", "V"),
            tag=words.KV_OF(origin=origin),
            origin=layer,
        ),
    )


def query_key_norm(norm: QueryKeyNorm, heads: Heads, lines: tuple[str, ...]) -> Leaf:
    """The norm that ``lines``, queries and keys or queries alone, pass before their product."""
    sort, *over_what = norm.rsplit("_", 2)
    over = "_".join(over_what)
    weights: list[Weight] = []
    for line, name, number in (("Q", "q_norm", heads.query), ("K", "k_norm", heads.key_value)):
        if line not in lines or sort in _WITHOUT_WEIGHTS:
            continue
        shape = {"per_head": (heads.width,), "each_head": (number, heads.width)}
        own = shape.get(over, (number * heads.width,))
        weights.append(Weight(f"{name}.weight", own))
        if sort == "layernorm" and over != "each_head":
            weights.append(Weight(f"{name}.bias", own))
    base = _NORMS[sort]()
    return Leaf(
        "qk_norm",
        words.OVER_ALL_HEADS(norm=base) if over == "per_projection" else words.PER_HEAD(what=base),
        role="norm",
        detail=_weights_of(norm),
        weights=tuple(weights),
        part="norm",
        inputs=len(lines),
        outputs=lines,
        tag=words.QK_NORM() if "K" in lines else words.Q_NORM(),
    )


def _weights_of(norm: QueryKeyNorm) -> Words:
    """What is unusual about the weights of a norm; the L2 norm never has any."""
    match norm:
        case "unit_rmsnorm_per_head":
            return common.NO_WEIGHTS()
        case "layernorm_each_head":
            return words.WEIGHTS_PER_HEAD()
        case _:
            return ""


def unit_norm(name: str, outputs: tuple[str, ...] = ("",)) -> Leaf:
    """An RMSNorm of each head without weights."""
    label = words.PER_HEAD(what=common.RMSNORM())
    return Leaf(name, label, role="norm", detail=common.NO_WEIGHTS(), outputs=outputs, part="norm")


def rms_norm(name: str, width: int) -> Leaf:
    """An RMSNorm of a latent of ``width`` features."""
    return Leaf(name, common.RMSNORM(), role="norm", weights=(Weight("weight", (width,)),), part="norm")


def layer_norm(name: str, width: int) -> Leaf:
    """A LayerNorm of ``width`` features."""
    weights = (Weight("weight", (width,)), Weight("bias", (width,)))
    return Leaf(name, common.LAYERNORM(), role="norm", weights=weights, part="norm")


def difference(heads: Heads) -> tuple[Leaf, Leaf]:
    """The first half of heads less λ times the second, and an RMSNorm without weights of each difference."""
    factors = tuple(Weight(f"lambda_{name}", (heads.width,)) for name in ("q1", "k1", "q2", "k2"))
    return (
        Leaf("difference", words.DIFFERENCE_OF_HALVES(), weights=factors, part="attention"),
        unit_norm("groupnorm"),
    )


def output_projection(name: str, width: int, hidden: int, *, bias: bool = False) -> Leaf:
    """The projection of all heads' values, ``width`` features, back to ``hidden``."""
    detail = common.WIDTHS(inputs=width, outputs=hidden)
    return linear(name, common.OUTPUT_PROJECTION(), width, hidden, bias=bias, part="attention", detail=detail)


def grouping(heads: Heads) -> Phrase:
    """How query heads share key and value heads, for the box of their product."""
    group = heads.query // heads.key_value
    if group == 1:
        return words.HEADS(number=heads.query)
    if heads.key_value == 1:
        return words.QUERY_KV_HEADS(query=heads.query, key_value=1)
    return words.HEADS_PER_KV(group=group)


def head_counts(heads: Heads) -> Phrase:
    """The numbers of heads, for the folded block."""
    if heads.query == heads.key_value:
        return words.HEADS(number=heads.query)
    return words.QUERY_KV_HEADS(query=heads.query, key_value=heads.key_value)


def head_dim(heads: Heads) -> Phrase:
    """How wide a head is, in keys and in values."""
    if heads.value_width is None:
        return words.DIM(width=heads.width)
    return words.DIM_WITH_VALUES(width=heads.width, values=heads.value_width)


def gated(body: tuple[Block, ...], gate: Gate, activation: GateActivation) -> Parallel:
    """``body`` to the right of the line of the gate, and the product of both."""
    function = _ACTIVATIONS[activation]()
    label = words.PER_HEAD(what=function) if gate.per_head else function
    weights = (Weight("bias", (gate.biases,)),) if gate.biases else ()
    detail = words.BIAS_PER_HEAD() if gate.biases else ""
    leaf = Leaf("gate", label, detail=detail, weights=weights, part="attention" if weights else "other")
    return Parallel((leaf, Sequence(body)), "multiply")


def bf16_bytes(values: int) -> int:
    """Bytes that ``values`` numbers take in bf16."""
    return values * BITS["bf16"] // 8


def kv_cache(heads: Heads, *, once: bool = False) -> Phrase:
    """What a token adds to the cache of a layer; ``once`` where what is cached as a key is the value, too."""
    number, width, value = heads.key_value, heads.width, value_width(heads)
    if once:
        return words.KV_CACHE_ONCE(heads=number, width=width, size=bf16_bytes(number * width))
    size = bf16_bytes(number * (width + value))
    if width == value:
        return words.KV_CACHE(heads=number, width=width, size=size)
    return words.KV_CACHE_WIDTHS(heads=number, keys=width, values=value, size=size)


def attention_scale(factor: float) -> Phrase:
    """What the products of queries and keys are multiplied by, in place of the root of a head's width."""
    if factor == 1:
        return words.NO_SCALING()
    divisor = round(1 / factor)
    if divisor and isclose(divisor * factor, 1):
        return words.SCALE_ONE_OVER(divisor=divisor)
    return words.SCALE(factor=factor)


def mask(window: Window | None, *, causal: bool = True) -> Phrase:
    """Which tokens a token attends to."""
    match window:
        case None:
            return words.FULL_CAUSAL() if causal else words.BIDIRECTIONAL()
        case Window(size=size, chunked=True):
            return (words.CAUSAL_CHUNKS if causal else words.BIDIRECTIONAL_CHUNKS)(size=size)
        case Window(size=size):
            return words.CAUSAL_WINDOW(size=size) if causal else words.BIDIRECTIONAL_WINDOW(size=size, side=size // 2)


def window_detail(window: Window | None, *, causal: bool = True) -> Words:
    """The window or chunk of a folded block, empty for none; how far it reaches to each side where it is not causal."""
    if window is None:
        return ""
    if not (causal or window.chunked):
        return words.WINDOW_EACH_SIDE(size=window.size, side=window.size // 2)
    term: Term = words.CHUNK if window.chunked else words.WINDOW
    return term(size=window.size)
