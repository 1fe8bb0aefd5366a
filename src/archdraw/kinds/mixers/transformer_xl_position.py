"""Relative positions of Transformer-XL: sines of the distance, projected, with learned biases for each head."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from archdraw.glossary import Words
from archdraw.glossary import positions as words
from archdraw.glossary.concepts import RELATIVE_POSITIONS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.position import PositionKind
from archdraw.tree.blocks import Weight


class TransformerXLPosition(PositionKind):
    """Each logit gets a term for the distance, whose sines are projected, and for whether both are of one segment.

    Queries have a learned bias in each of the three terms.
    """

    keyword: ClassVar[str] = "transformer_xl_position"
    example: ClassVar[str] = "transformer_xl_position: {d_model: 1024, d_head: 64}"
    source: ClassVar[str] = "Dai et al. 2019, Transformer-XL, arXiv:1901.02860; segments: XLNet, arXiv:1906.08237"
    term: ClassVar[Term] = words.TRANSFORMER_XL
    aliases: ClassVar[tuple[str, ...]] = ("xlnet", "transformer-xl", "relative encoding")
    concepts: ClassVar[tuple[Concept, ...]] = (RELATIVE_POSITIONS,)

    d_model: Size = Field(description="Features of the sines of a distance; those of the line.")
    d_head: Size = Field(description="Features per head.")

    @property
    def note(self) -> Words:
        """What the logits get."""
        return words.TRANSFORMER_XL_NOTE()

    def score_bias(self, heads: int) -> tuple[Words, tuple[Weight, ...]]:
        """The projection of the sines, three biases of the queries, two vectors for the segments."""
        biases = tuple(Weight(name, (heads, self.d_head)) for name in ("r_r_bias", "r_s_bias", "r_w_bias"))
        projection = Weight("r", (self.d_model, heads, self.d_head))
        return words.TRANSFORMER_XL(), (projection, *biases, Weight("seg_embed", (2, heads, self.d_head)))
