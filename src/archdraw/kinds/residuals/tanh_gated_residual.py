"""Residual connections whose branch is multiplied by a learned gate."""

from __future__ import annotations

from typing import ClassVar

from archdraw.glossary import residuals as words
from archdraw.glossary.concepts import GATED_RESIDUALS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Scope
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree.blocks import Block, Leaf, Residual, Sequence, Weight

_NAMES = {"attention": "attn", "cross_attention": "cross_attn_attn", "feed_forward": "cross_attn_mlp"}
"""The gates of a sublayer as the cross-attention layers of Llama 3.2 call them."""


class TanhGatedResidual(ResidualKind):
    """The output of a sublayer is multiplied by the tanh of one learned number before it is added.

    The number starts at 0, so that a layer put into a trained model changes nothing until it is trained itself.
    """

    keyword: ClassVar[str] = "tanh_gated_residual"
    example: ClassVar[str] = "tanh_gated_residual"
    source: ClassVar[str] = "Alayrac et al. 2022, Flamingo, section 2.2, arXiv:2204.14198"
    term: ClassVar[Term] = words.TANH_GATED_RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("gated residual", "tanh gate", "flamingo gate", "gated cross-attention")
    concepts: ClassVar[tuple[Concept, ...]] = (GATED_RESIDUALS,)

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The branch with the gate at its end."""
        return Residual(Sequence((body, tanh_gate(f"{_NAMES[sublayer]}_gate"))))


def tanh_gate(name: str, module: str = "") -> Leaf:
    """A multiplication by the tanh of one learned number."""
    return Leaf(name, words.TANH_GATE(), weights=(Weight(f"{module}{name}", (1,)),))
