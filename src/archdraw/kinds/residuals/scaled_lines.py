"""Residual connections that scale the line that passes: by the depth, or by learned weights."""

from __future__ import annotations

from typing import ClassVar

from archdraw.glossary import residuals as words
from archdraw.glossary.concepts import SCALED_RESIDUALS, Concept
from archdraw.glossary.feed_forward import LEARNED_SCALE
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Scope
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree.blocks import Block, Leaf, Parallel, Sequence, Streams, Weight


class DepthScaledResidual(ResidualKind):
    """The n-th addition multiplies the line by √((n - 1) / n) and the output by 1 / √n, n from 2 on (Beam)."""

    keyword: ClassVar[str] = "depth_scaled_residual"
    example: ClassVar[str] = "depth_scaled_residual"
    source: ClassVar[str] = "BeamModel of transformers"
    term: ClassVar[Term] = words.DEPTH_SCALED_RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("depth scaling", "beam residual", "variance-preserving residual")
    concepts: ClassVar[tuple[Concept, ...]] = (SCALED_RESIDUALS,)

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The sum of the scaled line and the scaled output."""
        branch = Sequence((body, Leaf("output_by_depth", words.OUTPUT_BY_DEPTH())))
        return Parallel((_passed("line_by_depth", words.LINE_BY_DEPTH), branch), "add")


class LineScaledResidual(ResidualKind):
    """The line that passes a sublayer is multiplied by a learned weight per feature before the addition (Doge)."""

    keyword: ClassVar[str] = "line_scaled_residual"
    example: ClassVar[str] = "line_scaled_residual"
    source: ClassVar[str] = "DogeDecoderLayer of transformers"
    term: ClassVar[Term] = words.LINE_SCALED_RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("residual weights", "doge residual")
    concepts: ClassVar[tuple[Concept, ...]] = (SCALED_RESIDUALS,)

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The sum of the scaled line and the output; the weights have the shape ``[hidden_size]``."""
        name = "post_attention_residual" if sublayer == "feed_forward" else "input_residual"
        scale = _passed(name, LEARNED_SCALE, Weight("weight", (scope.hidden_size,)))
        return Parallel((scale, body), "add")


def _passed(name: str, label: Term, *weights: Weight) -> Leaf:
    """What scales the line that passes."""
    return Leaf(name, label(), tag=label(), streams=Streams(1, ""), weights=weights)
