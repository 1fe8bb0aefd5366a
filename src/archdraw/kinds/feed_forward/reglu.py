"""A gated feed-forward network whose gate is the square of a ReLU."""

from __future__ import annotations

from typing import ClassVar

from archdraw.glossary import common
from archdraw.glossary import concepts as known
from archdraw.glossary import feed_forward as words
from archdraw.glossary.concepts import Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.feed_forward.kind import FeedForwardKind


class SquaredReGLU(FeedForwardKind):
    """Squared ReGLU: ``down(ReLU(gate(x)) ** 2 * up(x))``."""

    keyword: ClassVar[str] = "squared_reglu"
    name: ClassVar[Term] = words.SQUARED_REGLU
    activation: ClassVar[Term] = common.SQUARED_RELU
    gated: ClassVar[bool] = True
    example: ClassVar[str] = "squared_reglu: {intermediate_size: 6912, ffn_sub_norm: true}"
    source: ClassVar[str] = "Ma et al. 2025, BitNet b1.58 2B4T, section 2, arXiv:2504.12285"
    term: ClassVar[Term] = words.SQUARED_REGLU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("squared relu glu", "relu2 glu", "bitnet mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.SQUARED_RELU,)
