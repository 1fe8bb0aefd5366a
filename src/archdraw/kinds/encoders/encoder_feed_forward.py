"""The feed-forward of the encoders of images and audio, and activations by name."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.layers.primitives import Name
from archdraw.kinds.wording import number
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Sequence, linear

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


def gate_and_up(width: int, inner: int, act: str, *, bias: bool, fused: str = "") -> tuple[Block, ...]:
    """The two projections of a gated feed forward and their product; one projection where its name is ``fused``."""
    if fused:
        lines = ("gate", "up")
        both = linear(
            fused, f"gate and up 2 × {inner:,}", width, 2 * inner, bias=bias, role="feed_forward", outputs=lines
        )
        return both, Parallel((activation(act), LINE), "multiply")
    gate = linear("gate_proj", f"gate {inner:,}", width, inner, bias=bias, role="feed_forward")
    up = linear("up_proj", f"up {inner:,}", width, inner, bias=bias, role="feed_forward")
    return (Parallel((Sequence((gate, activation(act))), up), "multiply"),)


def _down(name: str, inner: int, width: int, *, bias: bool) -> Leaf:
    return linear(name, f"down {inner:,} to {width:,}", inner, width, bias=bias, role="feed_forward")


class EncoderFeedForward(Kind):
    """The feed-forward of an encoder: two projections around an activation, or a ``gated`` one of three.

    ``limit`` clamps both factors of a gated one.
    """

    keyword: ClassVar[str] = "encoder_feed_forward"
    family: ClassVar[Family] = "feed_forward"
    example: ClassVar[str] = "encoder_feed_forward: {intermediate_size: 4304, hidden_act: gelu_pytorch_tanh}"
    source: ClassVar[str] = "Vaswani et al. 2017, arXiv:1706.03762; gated: Shazeer 2020, arXiv:2002.05202"

    intermediate_size: Size = Field(description="width between the projections")
    hidden_act: str = Field(default="gelu", description="activation, as config.json calls it")
    gated: bool = Field(default=False, description="whether a second projection gates the first")
    bias: bool = Field(default=True, description="whether the projections have biases")
    name: Name = Field(default="mlp", description="name in the checkpoint")
    up_projection: Name = Field(default="fc1", description="name of the first projection of one that is not gated")
    fused_projection: Name | None = Field(default=None, description="name of one projection for gate and up, if fused")
    down_projection: Name | None = Field(default=None, description="name of the last projection: fc2, or down_proj")
    limit: Factor | None = Field(default=None, description="bound of both factors of a gated one")

    def expand(self, scope: Scope) -> Module:
        """The module. Raises :class:`KindError` for an activation that is not known, and for a limit without gate."""
        if not self.gated:
            for field in ("limit", "fused_projection"):
                if getattr(self, field) is not None:
                    raise KindError(f"{field} belongs to a gated feed-forward", field, "say gated: true")
        width, inner = scope.hidden_size, self.intermediate_size
        what = activation(self.hidden_act).label
        if self.gated:
            what = {"SiLU": "SwiGLU", "GELU": "GEGLU"}.get(what, "Gated")
        if self.limit is not None:
            what = f"Clamped {what}"
        bound = number(self.limit) if self.limit is not None else ""
        return Module(
            self.name,
            f"{what[0].upper()}{what[1:]} feed forward",
            self._inside(width, inner),
            role="feed_forward",
            detail=f"{width:,} to {inner:,} to {width:,}",
            kind=self.keyword,
            notes=(f"gate clamped at {bound}, up at ±{bound}",) if bound else (),
        )

    def _inside(self, width: int, inner: int) -> Sequence:
        """The projections and what stands between them."""
        if self.gated:
            first = gate_and_up(width, inner, self.hidden_act, bias=self.bias, fused=self.fused_projection or "")
        else:
            up = linear(self.up_projection, f"up {inner:,}", width, inner, bias=self.bias, role="feed_forward")
            first = (up, activation(self.hidden_act))
        name = self.down_projection or ("down_proj" if self.gated else "fc2")
        return Sequence((*first, _down(name, inner, width, bias=self.bias)))


class Activation(Kind):
    """An activation function by the name that config.json files have for it."""

    keyword: ClassVar[str] = "activation"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "activation: gelu_pytorch_tanh"
    source: ClassVar[str] = "transformers, activations.py; Hendrycks and Gimpel 2016, GELU, arXiv:1606.08415"
    main: ClassVar[str | None] = "hidden_act"

    hidden_act: str = Field(description="its name: gelu, silu, relu")
    name: Name = Field(default="act_fn", description="name in the checkpoint")
    label: Label | None = Field(default=None, description="what its box says")

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

    intermediate_size: Size = Field(description="width between the projections")
    hidden_act: str = Field(default="silu", description="activation of the gate, as config.json calls it")
    bias: bool = Field(default=False, description="whether the projections have biases")

    def expand(self, scope: Scope) -> Block:
        """The projections. Raises :class:`KindError` for an activation that is not known."""
        width, inner = scope.hidden_size, self.intermediate_size
        down = _down("down_proj", inner, width, bias=self.bias)
        return Sequence((*gate_and_up(width, inner, self.hidden_act, bias=self.bias), down))
