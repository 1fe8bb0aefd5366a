"""Feed forwards: two or three projections around a non-linearity, for each token by itself."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import notes, number
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Sequence, Weight, linear


class FeedForwardKind(Kind):
    """What all feed forwards share. ``name`` is the field's for it, ``activation`` its usual non-linearity."""

    family: ClassVar[Family] = "feed_forward"
    main: ClassVar[str | None] = "intermediate_size"
    name: ClassVar[str]
    activation: ClassVar[str]
    gated: ClassVar[bool]

    intermediate_size: Size
    mlp_bias: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """A gated one multiplies two projections of the input; the other kind has one. Then down again."""
        hidden, inner, bias = scope.hidden_size, self.intermediate_size, self.mlp_bias
        weights = self.activation_weights()
        activation = Leaf("act_fn", self.non_linearity, weights=weights, part="feed_forward" if weights else "other")
        up: Block = linear(
            "up_proj", f"up {inner:,}", hidden, inner, bias=bias, part="feed_forward", role="feed_forward"
        )
        if self.beside:
            up = Sequence((up, Leaf("up_act", self.beside)))
        widened: tuple[Block, ...]
        if self.gated:
            gate = linear(
                "gate_proj", f"gate {inner:,}", hidden, inner, bias=bias, part="feed_forward", role="feed_forward"
            )
            widened = (Parallel((Sequence((gate, activation)), up), "multiply"),)
            if self.scale != 1:
                widened += (Leaf("scale", f"× {number(self.scale)}"),)
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
            self.label or f"{self.short[0].upper()}{self.short[1:]} feed forward",
            Sequence((*widened, down)),
            role="feed_forward",
            detail=f"{hidden:,} to {inner:,} to {hidden:,}",
            kind=self.keyword,
            notes=notes(self.remarks()),
        )

    @property
    def short(self) -> str:
        """The name within a label: ``SwiGLU``, ``clamped SwiGLU``."""
        return self.name

    @property
    def non_linearity(self) -> str:
        """What the gate passes, or the only widened line."""
        return self.activation

    @property
    def beside(self) -> str:
        """What is done to the line that the gate multiplies; empty for nothing."""
        return ""

    @property
    def scale(self) -> float:
        """What the product of both lines is multiplied by."""
        return 1.0

    def activation_weights(self) -> tuple[Weight, ...]:
        """Learned numbers of the non-linearity."""
        return ()

    def remarks(self) -> tuple[str, ...]:
        """Short facts for the notes beyond what the boxes say."""
        if not self.mlp_bias:
            return ()
        return ("gate, up and down have a bias" if self.gated else "up and down have a bias",)


class SwiGLU(FeedForwardKind):
    """SwiGLU: ``down(SiLU(gate(x)) * up(x))``.

    With all three numbers it is ``down(g sigmoid(swiglu_alpha g) * (u + swiglu_beta))`` (gpt-oss), where
    ``swiglu_limit`` bounds g, the gate, from above and u, the other factor, on both sides.
    """

    keyword: ClassVar[str] = "swiglu"
    name: ClassVar[str] = "SwiGLU"
    activation: ClassVar[str] = "SiLU"
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "swiglu: {intermediate_size: 14336}"
    source: ClassVar[str] = (
        "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202; "
        "limit, alpha and beta: gpt-oss, arXiv:2508.10925"
    )

    swiglu_limit: Factor | None = None
    swiglu_alpha: Factor = 1.0
    swiglu_beta: float = Field(default=0.0, ge=0, le=1e6)

    @property
    def short(self) -> str:
        """``clamped SwiGLU`` where both factors are bounded."""
        return self.name if self.swiglu_limit is None else f"clamped {self.name}"

    @property
    def non_linearity(self) -> str:
        """SiLU is swish with a factor of 1."""
        return self.activation if self.swiglu_alpha == 1 else f"swish {number(self.swiglu_alpha)}"

    @property
    def beside(self) -> str:
        """The sum with the field ``swiglu_beta``."""
        return f"+ {number(self.swiglu_beta)}" if self.swiglu_beta else ""

    def remarks(self) -> tuple[str, ...]:
        """With the clamp."""
        if self.swiglu_limit is None:
            return super().remarks()
        limit = number(self.swiglu_limit)
        return (f"gate clamped at {limit}, up at ±{limit}", *super().remarks())


class SiTUGLU(FeedForwardKind):
    """SiTU-GLU: ``down(b tanh(g / b) sigmoid(g) * c tanh(u / c))``, so that neither factor grows beyond its bound.

    g is the gate and b ``activation_situ_beta``; u is the other factor and c ``activation_situ_linear_beta``, without
    which u stays as it is.
    """

    keyword: ClassVar[str] = "situ_glu"
    name: ClassVar[str] = "SiTU-GLU"
    activation: ClassVar[str] = "SiTU"
    gated: ClassVar[bool] = True
    example: ClassVar[str] = (
        "situ_glu: {intermediate_size: 33792, activation_situ_beta: 4.0, activation_situ_linear_beta: 25.0}"
    )
    source: ClassVar[str] = "Moonshot AI 2026, Kimi K3, section 2.3, arXiv:2607.24653"

    activation_situ_beta: Factor = 1.0
    activation_situ_linear_beta: Factor | None = None

    @property
    def non_linearity(self) -> str:
        """With its bound."""
        return f"{self.activation} {number(self.activation_situ_beta)}"

    @property
    def beside(self) -> str:
        """The bound of the other factor."""
        bound = self.activation_situ_linear_beta
        return f"soft cap {number(bound)}" if bound is not None else ""


class PolyNormGLU(FeedForwardKind):
    """PolyNorm in a gated feed forward: ``down(s p(gate(x)) * up(x))``, s the ``polynorm_output_scale``.

    p is the sum of the first three powers of its input, each normalised by its root mean square and weighted by a
    learned number, and of a learned bias.
    """

    keyword: ClassVar[str] = "polynorm_glu"
    name: ClassVar[str] = "PolyNorm-GLU"
    activation: ClassVar[str] = "PolyNorm"
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "polynorm_glu: {intermediate_size: 12288, polynorm_output_scale: 0.5}"
    source: ClassVar[str] = "Zhuo et al. 2024, Polynomial Composition Activations, arXiv:2411.03884"

    polynorm_output_scale: Factor = 1.0

    @property
    def scale(self) -> float:
        """The field ``polynorm_output_scale``."""
        return self.polynorm_output_scale

    def activation_weights(self) -> tuple[Weight, ...]:
        """Three weights and a bias."""
        return (Weight("weight", (3,)), Weight("bias", (1,)))


class GEGLU(FeedForwardKind):
    """GEGLU: ``down(GELU(gate(x)) * up(x))``.

    With ``activation_sparsity`` p only the largest gates pass: from each, the mean of all plus as many standard
    deviations as leave a share of 1 - p in a normal distribution is taken, and what is then negative is 0 (Gemma 3n).
    """

    keyword: ClassVar[str] = "geglu"
    name: ClassVar[str] = "GEGLU"
    activation: ClassVar[str] = "GELU"
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "geglu: {intermediate_size: 21504}"
    source: ClassVar[str] = (
        "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202; sparsity: arXiv:2506.06644"
    )

    activation_sparsity: float = Field(default=0.0, ge=0, lt=1)

    @property
    def short(self) -> str:
        """``sparse GEGLU`` where most gates are 0."""
        return f"sparse {self.name}" if self.activation_sparsity else self.name

    @property
    def non_linearity(self) -> str:
        """The share of the gates that passes, before the activation."""
        share = number(100 * (1 - self.activation_sparsity))
        return f"top {share} %, {self.activation}" if self.activation_sparsity else self.activation


class GELU(FeedForwardKind):
    """A feed forward without a gate: ``down(GELU(up(x)))``."""

    keyword: ClassVar[str] = "gelu"
    name: ClassVar[str] = "GELU"
    activation: ClassVar[str] = "GELU"
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "gelu: {intermediate_size: 6400, mlp_bias: true}"
    source: ClassVar[str] = "Hendrycks and Gimpel 2016, Gaussian Error Linear Units, arXiv:1606.08415"


class ReLU(FeedForwardKind):
    """A feed forward without a gate: ``down(ReLU(up(x)))``."""

    keyword: ClassVar[str] = "relu"
    name: ClassVar[str] = "ReLU"
    activation: ClassVar[str] = "ReLU"
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "relu: {intermediate_size: 2048, mlp_bias: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, section 3.3, arXiv:1706.03762"


class ReLUSquared(FeedForwardKind):
    """A feed forward without a gate: ``down(ReLU(up(x)) ** 2)``."""

    keyword: ClassVar[str] = "relu_squared"
    name: ClassVar[str] = "ReLU²"
    activation: ClassVar[str] = "ReLU²"
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "relu_squared: {intermediate_size: 16384}"
    source: ClassVar[str] = "So et al. 2021, Primer, arXiv:2109.08668"
