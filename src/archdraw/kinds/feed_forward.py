"""Feed forwards: two or three projections around a non-linearity, for each token by itself."""

from __future__ import annotations

from typing import ClassVar

from archdraw.blocks import Block, Leaf, Module, Parallel, Sequence, linear
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import notes, number


class FeedForwardKind(Kind):
    """What all feed forwards share. ``short`` names it within a label, ``activation`` is its non-linearity."""

    family: ClassVar[Family] = "feed_forward"
    main: ClassVar[str | None] = "intermediate_size"
    short: ClassVar[str]
    activation: ClassVar[str]
    gated: ClassVar[bool]

    intermediate_size: Size
    mlp_bias: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """A gated one multiplies two projections of the input; the other kind has one. Then down again."""
        hidden, inner, bias = scope.hidden_size, self.intermediate_size, self.mlp_bias
        activation = Leaf("act_fn", self.activation)
        up = linear("up_proj", f"up {inner:,}", hidden, inner, bias=bias, part="feed_forward", role="feed_forward")
        widened: tuple[Block, ...]
        if self.gated:
            gate = linear(
                "gate_proj", f"gate {inner:,}", hidden, inner, bias=bias, part="feed_forward", role="feed_forward"
            )
            widened = (Parallel((Sequence((gate, activation)), up), "multiply"),)
        else:
            widened = (up, activation)
        down = linear(
            "down_proj",
            f"down {inner:,} to {hidden:,}",
            inner,
            hidden,
            bias=bias,
            part="feed_forward",
            role="feed_forward",
        )
        return Module(
            "mlp",
            self.label or f"{self.short} feed forward",
            Sequence((*widened, down)),
            role="feed_forward",
            detail=f"{hidden:,} to {inner:,} to {hidden:,}",
            kind=self.keyword,
            notes=notes(self.remarks()),
        )

    def remarks(self) -> tuple[str, ...]:
        """Short facts for the notes beyond what the boxes say."""
        return ("all projections have a bias",) if self.mlp_bias else ()


class SwiGLU(FeedForwardKind):
    """SwiGLU: ``down(SiLU(gate(x)) * up(x))``. ``swiglu_limit`` clamps both factors (gpt-oss)."""

    keyword: ClassVar[str] = "swiglu"
    short: ClassVar[str] = "SwiGLU"
    activation: ClassVar[str] = "SiLU"
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "swiglu: {intermediate_size: 14336}"
    source: ClassVar[str] = "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202"

    swiglu_limit: Factor | None = None

    def remarks(self) -> tuple[str, ...]:
        """With the clamp."""
        limit = self.swiglu_limit
        return super().remarks() + ((f"gate and up are clamped at {number(limit)}",) if limit is not None else ())


class GEGLU(FeedForwardKind):
    """GEGLU: ``down(GELU(gate(x)) * up(x))``."""

    keyword: ClassVar[str] = "geglu"
    short: ClassVar[str] = "GEGLU"
    activation: ClassVar[str] = "GELU"
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "geglu: {intermediate_size: 21504}"
    source: ClassVar[str] = "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202"


class GELU(FeedForwardKind):
    """A feed forward without a gate: ``down(GELU(up(x)))``."""

    keyword: ClassVar[str] = "gelu"
    short: ClassVar[str] = "GELU"
    activation: ClassVar[str] = "GELU"
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "gelu: {intermediate_size: 6400, mlp_bias: true}"
    source: ClassVar[str] = "Hendrycks and Gimpel 2016, Gaussian Error Linear Units, arXiv:1606.08415"


class ReLUSquared(FeedForwardKind):
    """A feed forward without a gate: ``down(ReLU(up(x)) ** 2)``."""

    keyword: ClassVar[str] = "relu_squared"
    short: ClassVar[str] = "ReLU²"
    activation: ClassVar[str] = "ReLU²"
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "relu_squared: {intermediate_size: 16384}"
    source: ClassVar[str] = "So et al. 2021, Primer, arXiv:2109.08668"
