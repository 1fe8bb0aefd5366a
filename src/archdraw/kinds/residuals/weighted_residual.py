"""Residual connections that weigh the line that passes and the output that is added."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Scope
from archdraw.kinds.fields import Factor
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.kinds.wording import number
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf


class WeightedResidual(ResidualKind):
    """The line that passes a sublayer is multiplied by alpha, the output that is added to it by beta (DeepNorm).

    The mixer and the feed forward have numbers of their own, all fixed (MiniMax-01: alpha 3.56, beta 1).
    """

    keyword: ClassVar[str] = "weighted_residual"
    example: ClassVar[str] = "weighted_residual: {attention_alpha: 3.5565588, feed_forward_alpha: 3.5565588}"
    source: ClassVar[str] = "Wang et al. 2022, DeepNet, arXiv:2203.00555; MiniMax-01, arXiv:2501.08313"

    attention_alpha: Factor = 1.0
    attention_beta: Factor = 1.0
    feed_forward_alpha: Factor = 1.0
    feed_forward_beta: Factor = 1.0

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """A plain residual where alpha is 1; else the line times alpha beside the branch, and their sum."""
        own = "feed_forward" if sublayer == "feed_forward" else "attention"
        alpha, beta = getattr(self, f"{own}_alpha"), getattr(self, f"{own}_beta")
        branch = body if beta == 1 else blocks.Sequence((body, Leaf("beta", f"× {number(beta)}")))
        if alpha == 1:
            return blocks.Residual(branch)
        return blocks.Parallel((Leaf("alpha", f"× {number(alpha)}"), branch), "add")
