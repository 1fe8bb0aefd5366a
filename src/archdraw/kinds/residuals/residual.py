"""How a sublayer joins the residual stream, where that is not a plain addition."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor
from archdraw.kinds.wording import number
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf


class ResidualKind(Kind):
    """A way in which the sublayers of a decoder join the residual stream; it stands in the field ``residual``."""

    family: ClassVar[Family] = "residual"

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """``body``, the norms and the sublayer, joined to the stream. ``sublayer``: "attention" or "feed_forward".

        Raises :class:`KindError` where the fields don't fit the scope.
        """
        raise NotImplementedError

    def expand(self, scope: Scope) -> Block:
        """A residual stands inside a decoder only: raises :class:`KindError`."""
        raise KindError(f"{self.keyword} stands only in the residual of a decoder")


class ScaledResidual(ResidualKind):
    """The output of a sublayer is multiplied by ``residual_multiplier`` before it is added (Granite, MiniCPM)."""

    keyword: ClassVar[str] = "scaled_residual"
    example: ClassVar[str] = "scaled_residual: {residual_multiplier: 0.22}"
    source: ClassVar[str] = "Yang et al. 2022, Tensor Programs V, arXiv:2203.03466; Granite 3.0 language models"
    main: ClassVar[str | None] = "residual_multiplier"

    residual_multiplier: Factor

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The branch with a multiplication at its end."""
        scaled = Leaf("residual_multiplier", f"× {number(self.residual_multiplier)}")
        return blocks.Residual(blocks.Sequence((body, scaled)))
