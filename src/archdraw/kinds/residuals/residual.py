"""How a sublayer joins the residual stream, where that is not a plain addition."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import residuals as words
from archdraw.glossary.common import TIMES
from archdraw.glossary.concepts import SCALED_RESIDUALS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Role


class ResidualKind(Kind):
    """A way in which the sublayers of a decoder join the residual stream: a value of its field ``residual``."""

    family: ClassVar[Family] = "residual"
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """``body``, a sublayer with its norms, joined to the stream.

        ``sublayer`` is the field of the decoder that it comes from: "attention", "cross_attention", "feed_forward".
        Raises :class:`KindError` where the fields don't fit the scope.
        """
        raise NotImplementedError

    def expand(self, scope: Scope) -> Block:
        """A residual connection has no block without a sublayer: raises :class:`KindError`."""
        raise KindError(f"{self.keyword} is valid only as the residual of a decoder")


class ScaledResidual(ResidualKind):
    """The output of a sublayer is multiplied by a constant before it is added (Granite, MiniCPM)."""

    keyword: ClassVar[str] = "scaled_residual"
    example: ClassVar[str] = "scaled_residual: {residual_multiplier: 0.22}"
    source: ClassVar[str] = "Yang et al. 2022, Tensor Programs V, arXiv:2203.03466; Granite 3.0 language models"
    main: ClassVar[str | None] = "residual_multiplier"
    term: ClassVar[Term] = words.SCALED_RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("residual multiplier", "depth scaling", "scale_depth", "mup")
    concepts: ClassVar[tuple[Concept, ...]] = (SCALED_RESIDUALS,)

    residual_multiplier: Factor = Field(description="The constant that the output of each sublayer is multiplied by.")

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The branch with a multiplication at its end."""
        scaled = Leaf("residual_multiplier", TIMES(factor=self.residual_multiplier))
        return blocks.Residual(blocks.Sequence((body, scaled)))
