"""Residual connections that weigh the line that passes and the output that is added."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import residuals as words
from archdraw.glossary.common import TIMES
from archdraw.glossary.concepts import SCALED_RESIDUALS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Scope
from archdraw.kinds.fields import Factor
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Streams


class WeightedResidual(ResidualKind):
    """The line that passes a sublayer is multiplied by α, the output that is added to it by β (DeepNorm).

    The mixer and the feed-forward network have constants of their own (MiniMax-01: α = 3.56, β = 1).
    """

    keyword: ClassVar[str] = "weighted_residual"
    example: ClassVar[str] = "weighted_residual: {attention_alpha: 3.5565588, feed_forward_alpha: 3.5565588}"
    source: ClassVar[str] = "Wang et al. 2022, DeepNet, arXiv:2203.00555; MiniMax-01, arXiv:2501.08313"

    term: ClassVar[Term] = words.WEIGHTED_RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("deepnorm", "deepnet", "alpha", "beta", "residual weights")
    concepts: ClassVar[tuple[Concept, ...]] = (SCALED_RESIDUALS,)

    attention_alpha: Factor = Field(default=1.0, description="Factor of the line that passes the mixer.")
    attention_beta: Factor = Field(default=1.0, description="Factor of the output of the mixer.")
    feed_forward_alpha: Factor = Field(
        default=1.0, description="Factor of the line that passes the feed-forward network."
    )
    feed_forward_beta: Factor = Field(default=1.0, description="Factor of the output of the feed-forward network.")

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """A plain residual where α is 1; else the line times α in parallel to the branch, and their sum."""
        own = "feed_forward" if sublayer == "feed_forward" else "attention"
        alpha, beta = getattr(self, f"{own}_alpha"), getattr(self, f"{own}_beta")
        branch = body if beta == 1 else blocks.Sequence((body, Leaf("beta", TIMES(factor=beta))))
        if alpha == 1:
            return blocks.Residual(branch)
        passed = Leaf("alpha", TIMES(factor=alpha), tag=TIMES(factor=alpha), streams=Streams(1, ""))
        return blocks.Parallel((passed, branch), "add")
