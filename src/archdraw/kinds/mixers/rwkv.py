"""RWKV: time mixing with a state of constant size, and channel mixing, both on a line shifted by one token."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Phrase
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.attention import DIM, HEADS, PER_HEAD
from archdraw.glossary.attention import LINE as LINE_OF
from archdraw.glossary.common import SIGMOID, SILU, SQUARED_RELU
from archdraw.glossary.concepts import RWKV, Concept
from archdraw.glossary.concepts import SQUARED_RELU as SQUARED_RELU_ACTIVATION
from archdraw.glossary.feed_forward import THERE_AND_BACK
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import output_projection
from archdraw.kinds.mixers.state_parts import in_bf16, state_note
from archdraw.tree.blocks import Leaf, Module, Parallel, Part, Role, Sequence, Weight, linear


class RWKV4TimeMixing(Kind):
    """Time mixing of RWKV-4: an average of all values so far, weighted by keys that decay in each channel.

    Each of the three projections reads its own mixture of a token and the previous one. ``time_decay`` is the decay per
    channel, ``time_first`` the extra weight of the present token; the receptance gates the result.
    """

    keyword: ClassVar[str] = "rwkv4_time_mixing"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "rwkv4_time_mixing: {attention_hidden_size: 768}"
    source: ClassVar[str] = "Peng et al. 2023, RWKV, arXiv:2305.13048"
    main: ClassVar[str | None] = "attention_hidden_size"

    term: ClassVar[Term] = words.RWKV4_TIME_MIXING
    aliases: ClassVar[tuple[str, ...]] = ("rwkv", "rwkv-4", "wkv", "time mixing", "rnn")
    concepts: ClassVar[tuple[Concept, ...]] = (RWKV,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    attention_hidden_size: Size = Field(description="Channels of receptance, keys and values.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """Token shift, three projections, the weighted average, the gate, the output projection."""
        hidden, width = scope.hidden_size, self.attention_hidden_size
        # A numerator, a denominator and a running maximum per channel.
        state = 3 * width
        average = Leaf(
            "wkv",
            words.WKV_AVERAGE(),
            role="linear",
            detail=words.CHANNEL_STATE(channels=3, size=width),
            weights=(Weight("time_decay", (width,)), Weight("time_first", (width,))),
            part="attention",
            inputs=2,
            state=state,
            state_dtype="float32",
            multiplications=4 * width,
        )
        body = Sequence(
            (
                _shift(hidden, {"receptance": "R", "key": "K", "value": "V"}, "attention"),
                _projections(hidden, width, {"receptance": "R", "key": "K", "value": "V"}),
                Parallel((Leaf("gate", SIGMOID()), average), "multiply"),
                output_projection("output", width, hidden),
            )
        )
        return Module(
            "attention",
            self.label or self.term(),
            body,
            role="linear",
            detail=words.CHANNELS(number=width),
            notes=(state_note(state, hidden, words.SHIFTED(), dtype="float32"), words.WKV_WEIGHTS()),
        )


class RWKV5TimeMixing(Kind):
    """Time mixing of RWKV-5 (Eagle): heads with a matrix-valued state each, and a decay per key feature.

    The present token's outer product of key and value is weighted by ``time_faaaa`` before it joins the state. A
    GroupNorm over each head and a SiLU gate follow.
    """

    keyword: ClassVar[str] = "rwkv5_time_mixing"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "rwkv5_time_mixing: {attention_hidden_size: 2560, head_size: 64}"
    source: ClassVar[str] = "Peng et al. 2024, Eagle and Finch, arXiv:2404.05892"

    term: ClassVar[Term] = words.RWKV5_TIME_MIXING
    aliases: ClassVar[tuple[str, ...]] = ("rwkv", "rwkv-5", "eagle", "wkv", "time mixing", "linear attention")
    concepts: ClassVar[tuple[Concept, ...]] = (RWKV,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    attention_hidden_size: Size = Field(
        description="Features of receptance, keys, values and gate, of all heads together."
    )
    head_size: Size = Field(default=64, description="Features per head; it divides attention_hidden_size.")
    label: OwnLabel = None

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
            words.WKV_MATRIX(),
            role="linear",
            detail=words.HEAD_STATE(heads=heads, keys=head, values=head),
            weights=(Weight("time_decay", (heads, head)), Weight("time_faaaa", (heads, head))),
            part="attention",
            inputs=3,
            state=state,
            state_dtype="float32",
            multiplications=4 * state,
        )
        norm = Leaf(
            "ln_x",
            PER_HEAD(what=words.GROUPNORM()),
            role="norm",
            weights=(Weight("weight", (width,)), Weight("bias", (width,))),
            part="norm",
        )
        lines = {"gate": "G", "receptance": "R", "key": "K", "value": "V"}
        body = Sequence(
            (
                _shift(hidden, lines, "attention"),
                _projections(hidden, width, lines),
                Parallel((Leaf("gate_act", SILU()), Sequence((update, norm))), "multiply"),
                output_projection("output", width, hidden),
            )
        )
        return Module(
            "attention",
            self.label or self.term(),
            body,
            role="linear",
            detail=(HEADS(number=heads), DIM(width=head)),
            notes=(state_note(state, hidden, words.SHIFTED(), dtype="float32"),),
        )


class RWKVChannelMixing(Kind):
    """Channel mixing of RWKV: ``sigmoid(receptance) * value(ReLU(key) ** 2)`` on token-shifted input."""

    keyword: ClassVar[str] = "rwkv_channel_mixing"
    family: ClassVar[Family] = "feed_forward"
    example: ClassVar[str] = "rwkv_channel_mixing: {intermediate_size: 3072}"
    source: ClassVar[str] = "Peng et al. 2023, RWKV, arXiv:2305.13048"
    main: ClassVar[str | None] = "intermediate_size"

    term: ClassVar[Term] = words.CHANNEL_MIXING
    aliases: ClassVar[tuple[str, ...]] = ("rwkv", "channel mixing")
    concepts: ClassVar[tuple[Concept, ...]] = (SQUARED_RELU_ACTIVATION,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("feed_forward",)

    intermediate_size: Size = Field(description="Features between the key and the value projection.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """Token shift, then the receptance as a gate of the feed-forward branch."""
        hidden, inner = scope.hidden_size, self.intermediate_size

        def one(name: str, label: Phrase, inputs: int, width: int) -> Leaf:
            return linear(name, label, inputs, width, part="feed_forward", role="feed_forward")

        gate = one("receptance", LINE_OF(line="R", width=hidden), hidden, hidden)
        key = one("key", LINE_OF(line="K", width=inner), hidden, inner)
        value = one("value", words.LINE_WIDTHS(line="V", inputs=inner, outputs=hidden), inner, hidden)
        branches = (Sequence((gate, Leaf("gate", SIGMOID()))), Sequence((key, Leaf("act_fn", SQUARED_RELU()), value)))
        return Module(
            "feed_forward",
            self.label or self.term(),
            Sequence((_shift(hidden, {"receptance": "R", "key": "K"}, "feed_forward"), Parallel(branches, "multiply"))),
            role="feed_forward",
            detail=THERE_AND_BACK(hidden=hidden, inner=inner),
            notes=((words.SHIFT_STATE(values=hidden), in_bf16(hidden)),),
        )


def _shift(hidden: int, lines: dict[str, str], part: Part) -> Leaf:
    """A line for each projection: its own mixture, channel by channel, of this token and the previous one."""
    return Leaf(
        "time_shift",
        words.TOKEN_SHIFT(),
        detail=words.WITH_PREVIOUS_TOKEN(),
        weights=tuple(Weight(f"time_mix_{name}", (1, 1, hidden)) for name in lines),
        part=part,
        outputs=tuple(lines.values()),
        state=hidden,
    )


def _projections(hidden: int, width: int, lines: dict[str, str]) -> Parallel:
    return Parallel(
        tuple(
            linear(name, LINE_OF(line=line, width=width), hidden, width, part="attention", outputs=(line,))
            for name, line in lines.items()
        ),
        "separate",
    )
