"""What mixers that keep a state have in common: the causal convolution, the notes of their state and biases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from archdraw.glossary import Note, Phrase
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.attention import BIAS_ON, CAUSAL_CONVOLUTION
from archdraw.glossary.common import GELU, RELU, SILU
from archdraw.glossary.phrases import Term
from archdraw.kinds.mixers.attention_parts import bf16_bytes
from archdraw.tree.blocks import Leaf, Role, Weight

Activation = Literal["silu", "gelu", "relu"]
"""An activation by its name in config.json."""

ACTIVATIONS: Mapping[Activation, Term] = {"silu": SILU, "gelu": GELU, "relu": RELU}
"""What activations of convolutions and gates are called."""


def causal_convolution(
    name: str,
    channels: int,
    kernel: int,
    *,
    bias: bool = False,
    activation: Term | None = None,
    role: Role = "linear",
    detail: Phrase | None = None,
    outputs: tuple[str, ...] = ("",),
) -> Leaf:
    """A causal convolution of each of ``channels`` channels by itself over ``kernel`` tokens.

    Its tensor is ``[channels, 1, kernel]``; its state are the ``kernel - 1`` tokens before the present one that it
    still reaches. An ``activation`` follows it in the same box.
    """
    return Leaf(
        name,
        CAUSAL_CONVOLUTION(kernel=kernel),
        role=role,
        detail=activation() if activation is not None else detail or "",
        weights=(Weight("weight", (channels, 1, kernel)),) + ((Weight("bias", (channels,)),) if bias else ()),
        part="attention",
        outputs=outputs,
        state=(kernel - 1) * channels,
    )


def state_note(state: int, more: int = 0, of: Phrase | None = None) -> Note:
    """What a layer keeps at any context: ``state`` values, ``more`` of another sort, and the bytes of both in bf16."""
    if of is None:
        return words.RECURRENT_STATE(values=state), in_bf16(state)
    return words.RECURRENT_STATE_AND(values=state, more=more, of=of), in_bf16(state + more)


def in_bf16(values: int) -> Phrase:
    """The bytes of so many values in bf16."""
    return words.IN_BF16(size=bf16_bytes(values))


def bias_on(*parts: Phrase | None) -> tuple[Phrase, ...]:
    """Which ``parts`` have a bias; None stands for one that has none. Empty where all are None."""
    named = tuple(part for part in parts if part is not None)
    return (BIAS_ON(projections=named),) if named else ()
