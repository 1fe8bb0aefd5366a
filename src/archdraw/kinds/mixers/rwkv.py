"""RWKV: time mixing with a state of constant size, and channel mixing, both on a line shifted by one token."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import data_size, notes
from archdraw.tree.blocks import Leaf, Module, Parallel, Part, Sequence, Weight, linear


class RWKV4TimeMixing(Kind):
    """Time mixing of RWKV-4: a weighted mean of all values so far; their weights are keys that decay by channel.

    ``time_decay`` fades what is past, ``time_first`` weighs the present token; the receptance gates the result. Each
    projection reads its own mixture of the token and the one before.
    """

    keyword: ClassVar[str] = "rwkv4_time_mixing"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "rwkv4_time_mixing: {attention_hidden_size: 768}"
    source: ClassVar[str] = "Peng et al. 2023, RWKV, arXiv:2305.13048"
    main: ClassVar[str | None] = "attention_hidden_size"

    attention_hidden_size: Size
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Token shift, three projections, the weighted mean, the gate, the output projection."""
        hidden, width = scope.hidden_size, self.attention_hidden_size
        mean = Leaf(
            "wkv",
            "WKV: decaying mean",
            role="linear",
            detail=f"state 3 × {width:,}",
            weights=(Weight("time_decay", (width,)), Weight("time_first", (width,))),
            part="attention",
            inputs=2,
            state=3 * width,
            multiplications=4 * width,
        )
        body = Sequence(
            (
                _shift(hidden, {"receptance": "R", "key": "K", "value": "V"}, "attention"),
                _projections(hidden, width, {"receptance": "R", "key": "K", "value": "V"}),
                Parallel((Leaf("gate", "sigmoid"), mean), "multiply"),
                _output(width, hidden),
            )
        )
        return Module(
            "attention",
            self.label or "RWKV-4 time mixing",
            body,
            role="linear",
            detail=f"{width:,} channels",
            kind=self.keyword,
            notes=_kept(3 * width, hidden),
        )


class RWKV5TimeMixing(Kind):
    """Time mixing of RWKV-5 (Eagle): heads of ``head_size`` with a matrix each, and a decay for each key feature.

    The present token's outer product of key and value is weighed by ``time_faaaa`` before it joins the matrix. A
    normalisation for each head and a SiLU gate follow.
    """

    keyword: ClassVar[str] = "rwkv5_time_mixing"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "rwkv5_time_mixing: {attention_hidden_size: 2560, head_size: 64}"
    source: ClassVar[str] = "Peng et al. 2024, Eagle and Finch, arXiv:2404.05892"

    attention_hidden_size: Size
    head_size: Size = 64
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Token shift, four projections, the state's update and norm, the gate, the output projection.

        Raises :class:`KindError` where ``head_size`` doesn't divide the width.
        """
        hidden, width, head = scope.hidden_size, self.attention_hidden_size, self.head_size
        if width % head:
            raise KindError(f"head_size {head} does not divide attention_hidden_size {width:,}", "head_size")
        heads = width // head
        state = heads * head * head
        update = Leaf(
            "wkv",
            "WKV: matrix state",
            role="linear",
            detail=f"{heads} heads × {head} × {head}",
            weights=(Weight("time_decay", (heads, head)), Weight("time_faaaa", (heads, head))),
            part="attention",
            inputs=3,
            state=state,
            multiplications=4 * state,
        )
        norm = Leaf(
            "ln_x",
            "GroupNorm per head",
            role="norm",
            weights=(Weight("weight", (width,)), Weight("bias", (width,))),
            part="norm",
        )
        lines = {"gate": "G", "receptance": "R", "key": "K", "value": "V"}
        body = Sequence(
            (
                _shift(hidden, lines, "attention"),
                _projections(hidden, width, lines),
                Parallel((Leaf("gate_act", "SiLU"), Sequence((update, norm))), "multiply"),
                _output(width, hidden),
            )
        )
        return Module(
            "attention",
            self.label or "RWKV-5 time mixing",
            body,
            role="linear",
            detail=f"{heads} heads of {head}",
            kind=self.keyword,
            notes=_kept(state, hidden),
        )


class RWKVChannelMixing(Kind):
    """Channel mixing of RWKV: ``sigmoid(receptance) * value(ReLU(key) ** 2)`` on a line shifted by one token."""

    keyword: ClassVar[str] = "rwkv_channel_mixing"
    family: ClassVar[Family] = "feed_forward"
    example: ClassVar[str] = "rwkv_channel_mixing: {intermediate_size: 3072}"
    source: ClassVar[str] = "Peng et al. 2023, RWKV, arXiv:2305.13048"
    main: ClassVar[str | None] = "intermediate_size"

    intermediate_size: Size
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Token shift, then the receptance as a gate beside a feed forward without one."""
        hidden, inner = scope.hidden_size, self.intermediate_size
        gate = linear("receptance", f"R {hidden:,}", hidden, hidden, part="feed_forward", role="feed_forward")
        key = linear("key", f"K {inner:,}", hidden, inner, part="feed_forward", role="feed_forward")
        value = linear("value", f"V {inner:,} to {hidden:,}", inner, hidden, part="feed_forward", role="feed_forward")
        branches = (Sequence((gate, Leaf("gate", "sigmoid"))), Sequence((key, Leaf("act_fn", "ReLU²"), value)))
        return Module(
            "feed_forward",
            self.label or "Channel mixing",
            Sequence((_shift(hidden, {"receptance": "R", "key": "K"}, "feed_forward"), Parallel(branches, "multiply"))),
            role="feed_forward",
            detail=f"{hidden:,} to {inner:,} to {hidden:,}",
            kind=self.keyword,
            notes=notes(f"a layer keeps the {hidden:,} values of the token before"),
        )


def _shift(hidden: int, lines: dict[str, str], part: Part) -> Leaf:
    """A line for each projection: its own mixture, channel by channel, of this token and the one before."""
    return Leaf(
        "time_shift",
        "Token shift",
        detail="mixes in the token before",
        weights=tuple(Weight(f"time_mix_{name}", (1, 1, hidden)) for name in lines),
        part=part,
        outputs=tuple(lines.values()),
        state=hidden,
    )


def _projections(hidden: int, width: int, lines: dict[str, str]) -> Parallel:
    return Parallel(
        tuple(
            linear(name, f"{line} {width:,}", hidden, width, part="attention", outputs=(line,))
            for name, line in lines.items()
        ),
        "separate",
    )


def _output(width: int, hidden: int) -> Leaf:
    return linear("output", "output projection", width, hidden, part="attention", detail=f"{width:,} to {hidden:,}")


def _kept(state: int, shifted: int) -> tuple[str, ...]:
    return notes(
        f"a layer keeps {state:,} + {shifted:,} (token before) values",
        f"= {data_size(2 * (state + shifted))} in bf16",
    )
