"""A feed-forward network without a gate whose activation has learned slopes: xIELU."""

from __future__ import annotations

from typing import ClassVar

from archdraw.glossary import concepts as known
from archdraw.glossary import feed_forward as words
from archdraw.glossary.concepts import Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.feed_forward.kind import FeedForwardKind
from archdraw.tree.blocks import Weight


class XIELU(FeedForwardKind):
    """A feed-forward network without a gate: ``down(xIELU(up(x)))``.

    Where x is positive, xIELU is a parabola with a learned coefficient, elsewhere an exponential with another one.
    """

    keyword: ClassVar[str] = "xielu"
    name: ClassVar[Term] = words.XIELU
    activation: ClassVar[Term] = words.XIELU
    gated: ClassVar[bool] = False
    example: ClassVar[str] = "xielu: {intermediate_size: 21504}"
    source: ClassVar[str] = "Huang and Schlag 2024, Deriving Activation Functions Using Integration, arXiv:2411.13010"
    term: ClassVar[Term] = words.XIELU_FFN
    aliases: ClassVar[tuple[str, ...]] = ("expanded integral of the exponential linear unit", "apertus mlp")
    concepts: ClassVar[tuple[Concept, ...]] = (known.XIELU,)

    def activation_weights(self) -> tuple[Weight, ...]:
        """One coefficient for the positive side, one for the negative."""
        return (Weight("alpha_p", (1,)), Weight("alpha_n", (1,)))
