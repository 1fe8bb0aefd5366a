"""What encoders of images and sounds are made of: layers that see their whole input, patches, projectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from archdraw.kinds.base import KindError
from archdraw.kinds.booking import booked
from archdraw.kinds.wording import notes, number, parameters
from archdraw.tree import blocks
from archdraw.tree.blocks import LINE, Block, Heads, Leaf, Module, Parallel, Residual, Side, Weight
from archdraw.tree.facts import facts
from archdraw.tree.runs import cycled

ACTIVATIONS = {
    "gelu": "GELU",
    "gelu_new": "GELU",
    "gelu_fast": "GELU",
    "gelu_pytorch_tanh": "GELU",
    "quick_gelu": "quick GELU",
    "silu": "SiLU",
    "relu": "ReLU",
    "relu2": "ReLU²",
}
"""How the activations of config.json are called in a box."""


def activation(name: str) -> Leaf:
    """The activation that a config calls ``name``. Raises :class:`KindError` for one that is not known."""
    if name not in ACTIVATIONS:
        raise KindError(f"{name[:40]} is no activation that is known", "hidden_act", f"one of {', '.join(ACTIVATIONS)}")
    return Leaf("act_fn", ACTIVATIONS[name])


def layernorm(name: str, width: int, *, bias: bool = True) -> Leaf:
    """Layer normalisation over ``width`` features."""
    weights = (Weight("weight", (width,)),) + ((Weight("bias", (width,)),) if bias else ())
    return Leaf(name, "LayerNorm", role="norm", weights=weights, part="norm")


def rmsnorm(name: str, width: int, *, affine: bool = True) -> Leaf:
    """Root mean square normalisation over ``width`` features; without weights where it is not ``affine``."""
    weights = (Weight("weight", (width,)),) if affine else ()
    return Leaf(name, "RMSNorm", role="norm", weights=weights, part="norm")


def norm(kind: str, name: str, width: int) -> Leaf:
    """The norm of ``kind`` "layernorm" or "rmsnorm"."""
    return rmsnorm(name, width) if kind == "rmsnorm" else layernorm(name, width)


def linear(name: str, inputs: int, width: int, *, bias: bool = True, label: str = "") -> Leaf:
    """A projection whose box says both widths."""
    return blocks.linear(name, label or f"{inputs:,} to {width:,}", inputs, width, bias=bias)


def merged(width: int, merge: int, *, name: str = "merge", label: str = "") -> Leaf:
    """``merge`` by ``merge`` neighbours of ``width`` features made one token."""
    return Leaf(name, label or f"{merge} × {merge} patches to 1", detail=f"{merge * merge * width:,} features")


def patches(
    name: str,
    width: int,
    patch: int,
    *,
    channels: int = 3,
    frames: int | None = None,
    conv: str = "weight",
    bias: bool = True,
    flat: bool = False,
    added: tuple[Weight, ...] = (),
    detail: str = "",
) -> Leaf:
    """Patches of ``patch`` by ``patch`` pixels (of ``frames`` frames) made vectors of ``width``.

    ``conv`` is the name of the projection's tensor, ``flat`` says that it is a matrix; ``added`` are tables that are
    added to its result, ``detail`` says which.
    """
    time = () if frames is None else (frames,)
    shape = (width, channels, *time, patch, patch)
    if flat:
        shape = (width, channels * (frames or 1) * patch * patch)
    weights = (Weight(conv, shape),) + ((Weight(conv.removesuffix("weight") + "bias", (width,)),) if bias else ())
    size = f"{patch} × {patch}" + (f", {frames} frames" if frames else "")
    return Leaf(
        name,
        "Patch embedding",
        role="embedding",
        detail=", ".join(filter(None, (size, detail))),
        weights=(*weights, *added),
    )


def pixels(side: int) -> str:
    """The sentence beside the line of an encoder that takes images of any size."""
    return f"1 token for {side}×{side} pixels"


def attention(
    width: int,
    heads: int,
    *,
    key_value_heads: int | None = None,
    head_dim: int | None = None,
    name: str = "attn",
    fused: str = "",
    out: str = "proj",
    bias: bool = True,
    out_bias: bool | None = None,
    rotary: str = "",
    qk_norm: bool = False,
    v_norm: bool = False,
    sees: str = "",
    sinks: bool = False,
    causal: bool = False,
) -> Module:
    """Softmax attention of an encoder: every token sees all others unless ``sees`` says fewer.

    ``fused`` is the name of one projection for queries, keys and values; empty for three. ``rotary`` is the label of a
    rotation, ``qk_norm`` an RMSNorm per head, ``v_norm`` one of the values without weights. Raises
    :class:`KindError` where heads don't divide.
    """
    groups = key_value_heads or heads
    if head_dim is None and width % heads:
        raise KindError(f"{heads} heads do not divide {width} features", "num_attention_heads")
    if heads % groups:
        raise KindError(f"{groups} key and value heads do not divide {heads} heads", "num_key_value_heads")
    each = head_dim or width // heads
    queries, keys = heads * each, groups * each
    lines = ("Q", "K", "V")
    made: list[Block] = []
    if fused:
        label = f"Q, K, V 3 × {queries:,}" if groups == heads else f"Q {queries:,}, K and V {keys:,}"
        made.append(blocks.linear(fused, label, width, queries + 2 * keys, bias=bias, outputs=lines))
    else:
        sizes = zip(lines, (queries, keys, keys), strict=True)
        projections = tuple(
            blocks.linear(f"{line.lower()}_proj", f"{line} {size:,}", width, size, bias=bias, outputs=(line,))
            for line, size in sizes
        )
        made.append(Parallel(projections, "separate"))
    prepared: list[Block] = []
    if qk_norm:
        weights = (Weight("q_norm.weight", (each,)), Weight("k_norm.weight", (each,)))
        prepared.append(
            Leaf("qk_norm", "RMSNorm per head", "norm", weights=weights, inputs=2, outputs=lines[:2], tag="QK-norm")
        )
    if rotary:
        prepared.append(Leaf("rotary_emb", rotary, "position", inputs=2, outputs=lines[:2], tag=rotary))
    if prepared:
        values: Block = rmsnorm("v_norm", each, affine=False) if v_norm else LINE
        made.append(Parallel((blocks.Sequence(tuple(prepared)), values), "separate"))
    made.append(
        Leaf(
            "attention",
            "Softmax attention",
            role="attention",
            detail=f"{heads} heads" if groups == heads else f"{groups} groups: {heads // groups} Q heads to 1 KV head",
            weights=(Weight("sinks", (heads,)),) if sinks else (),
            inputs=3,
            tag="sinks" if sinks else "",
            heads=Heads(heads, groups, each),
        )
    )
    told = bias if out_bias is None else out_bias
    made.append(blocks.linear(out, "output projection", queries, width, bias=told, detail=f"{queries:,} to {width:,}"))
    kind = "causal, " if causal else ""
    shape = f"{heads} heads of {each}" if groups == heads else f"{heads} Q, {groups} KV, head {each}"
    return Module(
        name,
        f"{sees.capitalize()} attention" if sees else "Attention",
        blocks.Sequence(tuple(made)),
        role="sliding" if sees else "attention",
        detail=f"{kind}{shape}",
        kind="encoder_attention",
    )


def feed_forward(
    width: int,
    inner: int,
    act: str,
    *,
    names: tuple[str, str] = ("fc1", "fc2"),
    bias: bool = True,
    name: str = "mlp",
) -> Module:
    """Two projections around an activation."""
    up = blocks.linear(names[0], f"up {inner:,}", width, inner, bias=bias, role="feed_forward")
    down = blocks.linear(names[1], f"down {inner:,} to {width:,}", inner, width, bias=bias, role="feed_forward")
    return _feed_forward(name, width, inner, (up, activation(act), down), ACTIVATIONS[act])


def gated_feed_forward(
    width: int,
    inner: int,
    act: str,
    *,
    out: int | None = None,
    bias: bool = True,
    name: str = "mlp",
    fused: str = "",
    down: str = "down_proj",
    limit: float | None = None,
) -> Module:
    """Two projections of the input, one passed through an activation, multiplied; then down again, or to ``out``.

    ``fused`` is the name of one projection for both. Both are clamped at ``limit`` where there is one.
    """
    own = out or width
    parts = [
        *gate_and_up(width, inner, act, bias=bias, fused=fused),
        blocks.linear(down, f"down {inner:,} to {own:,}", inner, own, bias=bias, role="feed_forward"),
    ]
    what = {"SiLU": "SwiGLU", "GELU": "GEGLU"}.get(activation(act).label, "Gated")
    made = _feed_forward(name, width, inner, tuple(parts), what if limit is None else f"Clamped {what}", own)
    return made if limit is None else replace(made, notes=(f"gate clamped at {number(limit)}, up at ±{number(limit)}",))


def gate_and_up(width: int, inner: int, act: str, *, bias: bool, fused: str = "") -> tuple[Block, ...]:
    """The two projections of a gated feed forward and their product; one projection where its name is ``fused``."""
    if fused:
        lines = ("gate", "up")
        both = blocks.linear(
            fused, f"gate and up 2 × {inner:,}", width, 2 * inner, bias=bias, role="feed_forward", outputs=lines
        )
        return both, Parallel((activation(act), LINE), "multiply")
    gate = blocks.linear("gate_proj", f"gate {inner:,}", width, inner, bias=bias, role="feed_forward")
    up = blocks.linear("up_proj", f"up {inner:,}", width, inner, bias=bias, role="feed_forward")
    return (Parallel((blocks.Sequence((gate, activation(act))), up), "multiply"),)


def _feed_forward(
    name: str, width: int, inner: int, parts: tuple[Block, ...], what: str, out: int | None = None
) -> Module:
    return Module(
        name,
        f"{what} feed forward",
        blocks.Sequence(parts),
        role="feed_forward",
        detail=f"{width:,} to {inner:,} to {out or width:,}",
        kind="encoder_feed_forward",
    )


def layer(
    first: Leaf, mixer: Module, second: Leaf, widened: Module, *, name: str = "layers", label: str = ""
) -> Module:
    """A pre-norm layer: mixer and feed forward, each in a residual branch with its norm."""
    return Module(
        name,
        label or "Encoder layer",
        blocks.Sequence(
            (Residual(blocks.Sequence((first, mixer))), Residual(blocks.Sequence((second, widened)))),
        ),
        kind="encoder_layer",
    )


def row(layers: Sequence[Block]) -> Block:
    """Layers one after the other, equal ones and whole rounds of them as repeats."""
    return cycled(layers, len(layers))


def projector(name: str, label: str, parts: Iterable[Block], detail: str = "") -> Module:
    """What brings an encoder's output to the width of the text model."""
    return Module(name, label, blocks.Sequence(tuple(parts)), detail=detail, kind="projector")


def tower(
    name: str,
    label: str,
    parts: Iterable[Block],
    *,
    layers: int,
    keyword: str,
    said: Iterable[str] = (),
) -> Side:
    """A counted encoder beside the spine whose output joins the line.

    The first sentence of ``said`` stands beside the line that joins; ``layers`` 0 is not told.
    """
    body = booked(blocks.Sequence(tuple(parts)), "encoder")
    count = parameters(facts(body).total_parameters)
    told = f"{layers} layer{'s' if layers > 1 else ''}, {count}" if layers else count
    inside = Module(name, label, body, role="auxiliary", detail=told, kind=keyword, notes=notes(*said))
    return Side(inside, direction="in")
