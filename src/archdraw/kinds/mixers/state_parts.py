"""What mixers that keep a state have in common: the causal convolution, the notes of their state and biases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.attention import BIAS_ON, CAUSAL_CONVOLUTION
from archdraw.glossary.common import GELU, RELU, SILU
from archdraw.glossary.phrases import Term
from archdraw.kinds.mixers.attention_parts import bf16_bytes
from archdraw.tree.amounts import DTYPE_NAMES, state_bytes
from archdraw.tree.blocks import Leaf, Role, StateDtype, Weight

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


OwnStateDtype: TypeAlias = Annotated[
    StateDtype,
    Field(description="Precision in which the state is kept, whatever the model's; float32 as in transformers."),
]


def state_note(
    state: int, more: int = 0, of: Phrase | None = None, *, dtype: StateDtype | None = None, alike: bool = False
) -> Note:
    """What a layer keeps at any context: ``state`` values, ``more`` of another sort, and the bytes of both.

    The state is in ``dtype`` (None: bf16), the others are in bf16 unless they are ``alike``.
    """
    own = state + more if alike else state
    size, name = state_bytes(state + more, {dtype: own} if dtype else {}), DTYPE_NAMES[dtype]
    in_dtype = words.IN_DTYPE(size=size, dtype=name)
    if of is None:
        return words.RECURRENT_STATE(values=state), in_dtype
    said = words.RECURRENT_STATE_AND(values=state, more=more, of=of)
    return said, in_dtype if alike or name == DTYPE_NAMES[None] else words.IN_DTYPES(size=size, dtype=name, of=of)


def in_bf16(values: int) -> Phrase:
    """The bytes of so many values in bf16."""
    return words.IN_BF16(size=bf16_bytes(values))


def bias_on(*parts: Phrase | None) -> tuple[Phrase, ...]:
    """Which ``parts`` have a bias; None stands for one that has none. Empty where all are None."""
    named = tuple(part for part in parts if part is not None)
    return (BIAS_ON(projections=named),) if named else ()
