"""From vectors to scores over the vocabulary."""

from __future__ import annotations

from typing import ClassVar

from archdraw.blocks import Block, Leaf, Sequence, Weight
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Factor, Label
from archdraw.kinds.wording import number


class OutputHead(Kind):
    """The linear output layer, ``[vocab_size, hidden_size]``.

    It is the token table itself where the model says ``tie_word_embeddings``. ``final_logit_softcapping`` is the cap c
    of ``c tanh(x / c)`` on the scores (Gemma 2).
    """

    keyword: ClassVar[str] = "output_head"
    family: ClassVar[Family] = "head"
    example: ClassVar[str] = "output_head: {final_logit_softcapping: 30.0}"
    source: ClassVar[str] = (
        "Press and Wolf 2017, Using the Output Embedding, arXiv:1608.05859; soft cap: arXiv:2408.00118"
    )

    bias: bool = False
    final_logit_softcapping: Factor | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Block:
        """The projection, and the cap as an operation after it."""
        tied = scope.tie_word_embeddings
        weights = (Weight("weight", (scope.vocab_size, scope.hidden_size), tied=tied),)
        head = Leaf(
            "lm_head",
            self.label or "Linear output",
            role="embedding",
            detail=f"{scope.hidden_size:,} to {scope.vocab_size:,}, {'tied' if tied else 'untied'}",
            weights=weights + ((Weight("bias", (scope.vocab_size,)),) if self.bias else ()),
            part="head",
        )
        if self.final_logit_softcapping is None:
            return head
        return Sequence((head, Leaf("logit_softcap", f"soft cap {number(self.final_logit_softcapping)}")))
