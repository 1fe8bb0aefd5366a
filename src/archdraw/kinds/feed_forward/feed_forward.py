"""Feed-forward networks by their non-linearity: SwiGLU, GeGLU, GELU, ReLU and others."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Phrase, common
from archdraw.glossary import concepts as known
from archdraw.glossary import feed_forward as words
from archdraw.glossary.concepts import Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.feed_forward.kind import FeedForwardKind
from archdraw.kinds.fields import Factor
from archdraw.tree.blocks import Weight

_FEED_FORWARD = ("ffn", "mlp", "feed-forward", "feed forward")


class SwiGLU(FeedForwardKind):
    """SwiGLU: ``down(SiLU(gate(x)) * up(x))``.

    With all three numbers it is ``down(g sigmoid(swiglu_alpha g) * (u + swiglu_beta))`` (gpt-oss), where
    ``swiglu_limit`` bounds g, the gate, from above and u, the other factor, on both sides.
    """

    keyword: ClassVar[str] = "swiglu"
    name: ClassVar[Term] = words.SWIGLU
    activation: ClassVar[Term] = common.SILU
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "swiglu: {intermediate_size: 14336}"
    source: ClassVar[str] = (
        "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202; "
        "limit, alpha and beta: gpt-oss, arXiv:2508.10925"
    )
    term: ClassVar[Term] = words.SWIGLU_FFN
    aliases: ClassVar[tuple[str, ...]] = (*_FEED_FORWARD, "gated mlp", "swish glu", "llama mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.SWIGLU,)

    swiglu_limit: Factor | None = Field(
        default=None, description="Bound of the gate from above and of the other factor on both sides; none: unbounded."
    )
    swiglu_alpha: Factor = Field(default=1.0, description="Factor of the gate inside its sigmoid.")
    swiglu_beta: float = Field(default=0.0, ge=0, le=1e6, description="Number that is added to the other factor.")

    @property
    def usual_label(self) -> Phrase:
        """``Clamped SwiGLU FFN`` where both factors are bounded."""
        return self.term() if self.swiglu_limit is None else words.CLAMPED_SWIGLU_FFN()

    @property
    def short_name(self) -> Phrase:
        """``Clamped SwiGLU`` where both factors are bounded."""
        return self.name() if self.swiglu_limit is None else words.CLAMPED_SWIGLU()

    @property
    def non_linearity(self) -> Phrase:
        """SiLU is the product of x and its sigmoid, with a factor of 1 inside."""
        return self.activation() if self.swiglu_alpha == 1 else words.SIGMOID_GATED(alpha=self.swiglu_alpha)

    @property
    def second_factor(self) -> Phrase | None:
        """The sum with the field ``swiglu_beta``."""
        return words.PLUS(addend=self.swiglu_beta) if self.swiglu_beta else None

    def facts_beyond_boxes(self) -> tuple[Phrase, ...]:
        """With the clamp, and with both factors where they are not those of SwiGLU: an expert may not be opened."""
        clamp = () if self.swiglu_limit is None else (words.CLAMPED_AT(limit=self.swiglu_limit),)
        return (*clamp, *self._factors(), *super().facts_beyond_boxes())

    def _factors(self) -> tuple[Phrase, ...]:
        if self.swiglu_alpha == 1 and not self.swiglu_beta:
            return ()
        gate = words.SILU_OF_GATE() if self.swiglu_alpha == 1 else words.GATED_BY(alpha=self.swiglu_alpha)
        up = words.UP_PLUS(addend=self.swiglu_beta) if self.swiglu_beta else words.UP()
        return (words.MULTIPLIED(gate=gate, up=up),)


class SiTUGLU(FeedForwardKind):
    """SiTU-GLU: ``down(b tanh(g / b) sigmoid(g) * c tanh(u / c))``, so that neither factor grows beyond its bound.

    g is the gate and b ``activation_situ_beta``; u is the other factor and c ``activation_situ_linear_beta``.
    """

    keyword: ClassVar[str] = "situ_glu"
    name: ClassVar[Term] = words.SITU_GLU
    activation: ClassVar[Term] = words.SITU
    gated: ClassVar[bool] = True
    example: ClassVar[str] = (
        "situ_glu: {intermediate_size: 33792, activation_situ_beta: 4.0, activation_situ_linear_beta: 25.0}"
    )
    source: ClassVar[str] = "Moonshot AI 2026, Kimi K3, section 2.3, arXiv:2607.24653"
    term: ClassVar[Term] = words.SITU_GLU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("situ", "kimi k3 mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.SITU_GLU,)

    activation_situ_beta: Factor = Field(default=1.0, description="Bound of the gate.")
    activation_situ_linear_beta: Factor | None = Field(
        default=None, description="Bound of the other factor; left out, it is unbounded."
    )

    @property
    def non_linearity(self) -> Phrase:
        """With its bound."""
        return self.activation(beta=self.activation_situ_beta)

    @property
    def second_factor(self) -> Phrase | None:
        """The bound of the other factor."""
        bound = self.activation_situ_linear_beta
        return words.SOFTCAP(cap=bound) if bound is not None else None

    @property
    def short_name(self) -> Phrase:
        """With its bounds: an expert may not be opened."""
        gate, up = self.activation_situ_beta, self.activation_situ_linear_beta
        return words.SITU_GLU_ONE_BOUND(gate=gate) if up is None else words.SITU_GLU_BOUNDS(gate=gate, up=up)


class PolyNormGLU(FeedForwardKind):
    """PolyNorm in a gated feed-forward network: ``down(s p(gate(x)) * up(x))``, s the ``polynorm_output_scale``.

    p is the sum of the first three powers of its input, each normalized by its root mean square and weighted by a
    learned number, and of a learned bias.
    """

    keyword: ClassVar[str] = "polynorm_glu"
    name: ClassVar[Term] = words.POLYNORM_GLU
    activation: ClassVar[Term] = words.POLYNORM
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "polynorm_glu: {intermediate_size: 12288, polynorm_output_scale: 0.5}"
    source: ClassVar[str] = "Zhuo et al. 2024, Polynomial Composition Activations, arXiv:2411.03884"
    term: ClassVar[Term] = words.POLYNORM_GLU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("polynorm", "motif mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.POLYNORM,)

    polynorm_output_scale: Factor = Field(default=1.0, description="Factor of the product of gate and other factor.")

    @property
    def scale(self) -> float:
        """The field ``polynorm_output_scale``."""
        return self.polynorm_output_scale

    def activation_weights(self) -> tuple[Weight, ...]:
        """Three weights and a bias."""
        return (Weight("weight", (3,)), Weight("bias", (1,)))


class GEGLU(FeedForwardKind):
    """GeGLU: ``down(GELU(gate(x)) * up(x))``."""

    keyword: ClassVar[str] = "geglu"
    name: ClassVar[Term] = words.GEGLU
    activation: ClassVar[Term] = common.GELU
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "geglu: {intermediate_size: 21504}"
    source: ClassVar[str] = (
        "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202; sparsity: arXiv:2506.06644"
    )
    term: ClassVar[Term] = words.GEGLU_FFN
    aliases: ClassVar[tuple[str, ...]] = (*_FEED_FORWARD, "gelu glu", "gemma mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.GEGLU,)

    activation_sparsity: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description=(
            "Share p of the gates that are set to 0 (Gemma 3n): from each is taken the mean of all plus as many "
            "standard deviations as leave a share of 1 - p in a normal distribution."
        ),
    )

    @property
    def usual_label(self) -> Phrase:
        """``Sparse GeGLU FFN`` where most gates are 0."""
        return words.SPARSE_GEGLU_FFN() if self.activation_sparsity else self.term()

    @property
    def short_name(self) -> Phrase:
        """``Sparse GeGLU`` where most gates are 0."""
        return words.SPARSE_GEGLU() if self.activation_sparsity else self.name()

    @property
    def non_linearity(self) -> Phrase:
        """The share of the gates that passes, before the activation."""
        percent = 100 * (1 - self.activation_sparsity)
        plain = self.activation()
        return words.TOP_SHARE(percent=percent, activation=plain) if self.activation_sparsity else plain


class ReGLU(FeedForwardKind):
    """ReGLU: ``down(ReLU(gate(x)) * up(x))``."""

    keyword: ClassVar[str] = "reglu"
    name: ClassVar[Term] = words.REGLU
    activation: ClassVar[Term] = common.RELU
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "reglu: {intermediate_size: 2048}"
    source: ClassVar[str] = "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202"
    term: ClassVar[Term] = words.REGLU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("relu glu", "pop2piano mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.REGLU,)


class GELU(FeedForwardKind):
    """A feed-forward network without a gate: ``down(GELU(up(x)))``."""

    keyword: ClassVar[str] = "gelu"
    name: ClassVar[Term] = common.GELU
    activation: ClassVar[Term] = common.GELU
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "gelu: {intermediate_size: 6400, mlp_bias: true}"
    source: ClassVar[str] = "Hendrycks and Gimpel 2016, Gaussian Error Linear Units, arXiv:1606.08415"
    term: ClassVar[Term] = words.GELU_FFN
    aliases: ClassVar[tuple[str, ...]] = (*_FEED_FORWARD, "gpt mlp", "bert mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.GELU,)


class QuickGELU(FeedForwardKind):
    """A feed-forward network without a gate, with an approximation of GELU: ``y sigmoid(1.702 y)`` of ``y = up(x)``."""

    keyword: ClassVar[str] = "quick_gelu"
    name: ClassVar[Term] = words.QUICK_GELU
    activation: ClassVar[Term] = common.QUICK_GELU
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "quick_gelu: {intermediate_size: 3072, mlp_bias: true}"
    source: ClassVar[str] = "QuickGELU of openai/CLIP, clip/model.py; arXiv:1606.08415, section 2"
    term: ClassVar[Term] = words.QUICK_GELU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("clip mlp", "approximate gelu")
    concepts: ClassVar[tuple[Concept, ...]] = (known.GELU,)


class ReLU(FeedForwardKind):
    """A feed-forward network without a gate: ``down(ReLU(up(x)))``."""

    keyword: ClassVar[str] = "relu"
    name: ClassVar[Term] = common.RELU
    activation: ClassVar[Term] = common.RELU
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "relu: {intermediate_size: 2048, mlp_bias: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, section 3.3, arXiv:1706.03762"
    term: ClassVar[Term] = words.RELU_FFN
    aliases: ClassVar[tuple[str, ...]] = (*_FEED_FORWARD, "transformer mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.RELU,)


class SiLU(FeedForwardKind):
    """A feed-forward network without a gate: ``down(SiLU(up(x)))``."""

    keyword: ClassVar[str] = "silu"
    name: ClassVar[Term] = common.SILU
    activation: ClassVar[Term] = common.SILU
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "silu: {intermediate_size: 2048, mlp_bias: true}"
    source: ClassVar[str] = "Ramachandran et al. 2017, Searching for Activation Functions, arXiv:1710.05941"
    term: ClassVar[Term] = words.SILU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("marian mlp",)
    concepts: ClassVar[tuple[Concept, ...]] = (known.SILU,)


class ReLUSquared(FeedForwardKind):
    """A feed-forward network without a gate: ``down(ReLU(up(x)) ** 2)``."""

    keyword: ClassVar[str] = "relu_squared"
    name: ClassVar[Term] = words.SQUARED_RELU
    activation: ClassVar[Term] = common.SQUARED_RELU
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "relu_squared: {intermediate_size: 16384}"
    source: ClassVar[str] = "So et al. 2021, Primer, arXiv:2109.08668"
    term: ClassVar[Term] = words.SQUARED_RELU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("squared relu", "relu2", "relu^2")
    concepts: ClassVar[tuple[Concept, ...]] = (known.SQUARED_RELU,)
