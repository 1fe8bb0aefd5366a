"""From token ids to vectors."""

from __future__ import annotations

from math import isqrt
from typing import ClassVar

from archdraw.blocks import Block, Leaf, Parallel, Weight
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import number


class Embedding(Kind):
    """The table of token vectors, ``[vocab_size, hidden_size]``.

    ``scale_embedding`` multiplies the vectors by the square root of ``hidden_size`` (Gemma), ``embedding_multiplier``
    by a number of your own. ``max_position_embeddings`` adds a learned table of positions with so many rows (GPT-2).
    """

    keyword: ClassVar[str] = "embedding"
    family: ClassVar[Family] = "embedding"
    example: ClassVar[str] = "embedding: {scale_embedding: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, section 3.4, arXiv:1706.03762"

    scale_embedding: bool = False
    embedding_multiplier: Factor | None = None
    max_position_embeddings: Size | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Block:
        """The table, or both tables added. Raises :class:`KindError` for two scales at once."""
        if self.scale_embedding and self.embedding_multiplier is not None:
            raise KindError(
                "scale_embedding and embedding_multiplier cannot both be set",
                "embedding_multiplier",
                "keep the one that the model uses",
            )
        detail = f"{scope.vocab_size:,} to {scope.hidden_size:,}"
        if self.scale_embedding:
            root = isqrt(scope.hidden_size)
            exact = root * root == scope.hidden_size
            detail += f", × {root:,}" if exact else f", × √{scope.hidden_size:,}"
        elif self.embedding_multiplier is not None:
            detail += f", × {number(self.embedding_multiplier)}"
        tokens = Leaf(
            "embed_tokens",
            self.label or "Token embedding",
            role="embedding",
            detail=detail,
            weights=(Weight("weight", (scope.vocab_size, scope.hidden_size)),),
            part="embedding",
        )
        if self.max_position_embeddings is None:
            return tokens
        positions = Leaf(
            "embed_positions",
            "Position embedding",
            role="position",
            detail=f"{self.max_position_embeddings:,} positions",
            weights=(Weight("weight", (self.max_position_embeddings, scope.hidden_size)),),
            part="embedding",
        )
        return Parallel((tokens, positions), "add")
