"""The feed-forward of the encoders of images and audio, and activations by name."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.errors import nearest
from archdraw.glossary import common
from archdraw.glossary import encoders as words
from archdraw.glossary import feed_forward as terms
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, OwnLabel, Size
from archdraw.kinds.layers.primitives import Name
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Role, Sequence, linear

ACTIVATIONS = {
    "gelu": common.GELU,
    "gelu_new": common.GELU,
    "gelu_fast": common.GELU,
    "gelu_pytorch_tanh": common.GELU,
    "quick_gelu": common.QUICK_GELU,
    "silu": common.SILU,
    "relu": common.RELU,
    "relu2": common.SQUARED_RELU,
    "tanh": common.TANH,
}
"""The activations by their names in config.json."""

_PLAIN = {
    common.GELU: terms.GELU_FFN,
    common.QUICK_GELU: terms.QUICK_GELU_FFN,
    common.SILU: terms.SILU_FFN,
    common.RELU: terms.RELU_FFN,
    common.SQUARED_RELU: terms.SQUARED_RELU_FFN,
    common.TANH: words.TANH_FFN,
}
_GATED = {common.SILU: terms.SWIGLU_FFN, common.GELU: terms.GEGLU_FFN}
"""What a feed-forward network is called by its activation."""


def activation(name: str) -> Leaf:
    """The activation that a config calls ``name``. Raises :class:`KindError` for one that is not known."""
    if name not in ACTIVATIONS:
        meant = nearest(name[:40], ACTIVATIONS) or f"one of {', '.join(ACTIVATIONS)}"
        raise KindError(f"{name[:40]} is no activation that is known", "hidden_act", meant)
    return Leaf("act_fn", ACTIVATIONS[name]())


def gate_and_up(width: int, inner: int, act: str, *, bias: bool, fused: str = "") -> tuple[Block, ...]:
    """The two projections of a gated feed forward and their product; one projection where its name is ``fused``."""
    if fused:
        lines = ("gate", "up")
        both = linear(
            fused, words.GATE_AND_UP(width=inner), width, 2 * inner, bias=bias, role="feed_forward", outputs=lines
        )
        return both, Parallel((activation(act), LINE), "multiply")
    gate = linear("gate_proj", common.GATE(width=inner), width, inner, bias=bias, role="feed_forward")
    up = linear("up_proj", terms.UP_TO(width=inner), width, inner, bias=bias, role="feed_forward")
    return (Parallel((Sequence((gate, activation(act))), up), "multiply"),)


def _down(name: str, inner: int, width: int, *, bias: bool) -> Leaf:
    return linear(name, terms.DOWN_TO(inputs=inner, width=width), inner, width, bias=bias, role="feed_forward")


class EncoderFeedForward(Kind):
    """The feed-forward of an encoder: two projections around an activation, or a ``gated`` one of three.

    ``limit`` clamps both factors of a gated one.
    """

    keyword: ClassVar[str] = "encoder_feed_forward"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "encoder_feed_forward: {intermediate_size: 4304, hidden_act: gelu_pytorch_tanh}"
    source: ClassVar[str] = "Vaswani et al. 2017, arXiv:1706.03762; gated: Shazeer 2020, arXiv:2002.05202"
    term: ClassVar[Term] = words.ENCODER_FFN
    aliases: ClassVar[tuple[str, ...]] = ("vision mlp", "vit mlp", "clip mlp")
    drawn_as: ClassVar[tuple[Role, ...]] = ("feed_forward",)

    intermediate_size: Size = Field(description="Width between the projections.")
    hidden_act: str = Field(default="gelu", description="Activation, as config.json calls it.")
    gated: bool = Field(default=False, description="Whether a second projection gates the first.")
    bias: bool = Field(default=True, description="Whether the projections have biases.")
    down_bias: bool | None = Field(default=None, description="The same of the last one, where it differs.")
    name: Name = Field(default="mlp", description="Name in the checkpoint.")
    up_projection: Name = Field(default="fc1", description="Name of the first projection of one that is not gated.")
    fused_projection: Name | None = Field(default=None, description="Name of one projection for gate and up, if fused.")
    down_projection: Name | None = Field(default=None, description="Name of the last projection: fc2, or down_proj.")
    limit: Factor | None = Field(default=None, description="Bound of both factors of a gated one.")

    def expand(self, scope: Scope) -> Module:
        """The module. Raises :class:`KindError` for an activation that is not known, and for a limit without gate."""
        if not self.gated:
            for field in ("limit", "fused_projection"):
                if getattr(self, field) is not None:
                    raise KindError(f"{field} belongs to a gated feed-forward", field, "say gated: true")
        width, inner = scope.hidden_size, self.intermediate_size
        activation(self.hidden_act)  # raises for one that is not known
        act = ACTIVATIONS[self.hidden_act]
        label = (_GATED.get(act, words.GATED_FFN) if self.gated else _PLAIN[act])()
        return Module(
            self.name,
            label if self.limit is None else words.CLAMPED(ffn=label),
            self._inside(width, inner),
            role="feed_forward",
            detail=terms.THERE_AND_BACK(hidden=width, inner=inner),
            notes=() if self.limit is None else (terms.CLAMPED_AT(limit=self.limit),),
        )

    def _inside(self, width: int, inner: int) -> Sequence:
        """The projections and what stands between them."""
        if self.gated:
            first = gate_and_up(width, inner, self.hidden_act, bias=self.bias, fused=self.fused_projection or "")
        else:
            up = linear(self.up_projection, terms.UP_TO(width=inner), width, inner, bias=self.bias, role="feed_forward")
            first = (up, activation(self.hidden_act))
        name = self.down_projection or ("down_proj" if self.gated else "fc2")
        last = self.bias if self.down_bias is None else self.down_bias
        return Sequence((*first, _down(name, inner, width, bias=last)))


class Activation(Kind):
    """An activation function by the name that config.json files have for it."""

    keyword: ClassVar[str] = "activation"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "activation: gelu_pytorch_tanh"
    source: ClassVar[str] = "transformers, activations.py; Hendrycks and Gimpel 2016, GELU, arXiv:1606.08415"
    main: ClassVar[str | None] = "hidden_act"
    term: ClassVar[Term] = words.ACTIVATION
    aliases: ClassVar[tuple[str, ...]] = ("act_fn", "nonlinearity", "non-linearity")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    hidden_act: str = Field(description="Its name: gelu, silu, relu.")
    name: Name = Field(default="act_fn", description="Name in the checkpoint.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf. Raises :class:`KindError` for an activation that is not known."""
        made = activation(self.hidden_act)
        return Leaf(self.name, self.label or made.label)


class GatedProjections(Kind):
    """The inside of a gated feed-forward without a frame of its own: gate and up, multiplied, then down."""

    keyword: ClassVar[str] = "gated_projections"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "gated_projections: {intermediate_size: 10240}"
    source: ClassVar[str] = "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202"
    term: ClassVar[Term] = words.GATED_PROJECTIONS
    aliases: ClassVar[tuple[str, ...]] = ("glu without a frame",)
    drawn_as: ClassVar[tuple[Role, ...]] = ("feed_forward", "plain")

    intermediate_size: Size = Field(description="Width between the projections.")
    hidden_act: str = Field(default="silu", description="Activation of the gate, as config.json calls it.")
    bias: bool = Field(default=False, description="Whether the projections have biases.")

    def expand(self, scope: Scope) -> Block:
        """The projections. Raises :class:`KindError` for an activation that is not known."""
        width, inner = scope.hidden_size, self.intermediate_size
        down = _down("down_proj", inner, width, bias=self.bias)
        return Sequence((*gate_and_up(width, inner, self.hidden_act, bias=self.bias), down))
