"""From token ids to vectors."""

from __future__ import annotations

from math import isqrt
from typing import ClassVar

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import number
from archdraw.tree.blocks import Block, Leaf, Parallel, Sequence, Weight, linear


class Embedding(Kind):
    """The table of token vectors, ``[vocab_size, hidden_size]``; ``num_embeddings`` rows where it has more than that.

    ``scale_embedding`` multiplies the vectors by the square root of ``hidden_size`` (Gemma), ``embedding_multiplier``
    by a number of your own. Vectors of another ``embedding_size`` are projected to ``hidden_size`` (OPT 350M).
    ``max_position_embeddings`` adds a learned table of positions with so many rows (GPT-2), ``type_vocab_size`` one of
    segments (BERT); ``sinusoidal_positions`` adds sines and cosines of the place, which are not learned (Transformer).
    A table that is ``shared`` is another block's, which counts it: an encoder's that is the decoder's.
    """

    keyword: ClassVar[str] = "embedding"
    family: ClassVar[Family] = "embedding"
    example: ClassVar[str] = "embedding: {scale_embedding: true}"
    source: ClassVar[str] = (
        "Vaswani et al. 2017, Attention Is All You Need, section 3.4, arXiv:1706.03762; "
        "segments: arXiv:1810.04805; projected: arXiv:2205.01068"
    )

    num_embeddings: Size | None = None
    scale_embedding: bool = False
    embedding_multiplier: Factor | None = None
    embedding_size: Size | None = None
    max_position_embeddings: Size | None = None
    type_vocab_size: Size | None = None
    sinusoidal_positions: bool = False
    shared: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Block:
        """The table, or all tables added.

        Raises :class:`KindError` for two scales at once, and where rows are lacking or a tied head has none for them.
        """
        if self.num_embeddings is not None and (scope.tie_word_embeddings or self.num_embeddings < scope.vocab_size):
            why = "tie_word_embeddings" if scope.tie_word_embeddings else f"vocab_size {scope.vocab_size:,}"
            raise KindError(f"num_embeddings {self.num_embeddings:,} does not go with {why}", "num_embeddings")
        if self.scale_embedding and self.embedding_multiplier is not None:
            raise KindError(
                "scale_embedding and embedding_multiplier cannot both be set",
                "embedding_multiplier",
                "keep the one that the model uses",
            )
        tables: list[Block] = [self._tokens(scope)]
        if self.max_position_embeddings is not None:
            rows = self.max_position_embeddings
            tables.append(_table("embed_positions", "Position embedding", "positions", rows, scope.hidden_size))
        if self.type_vocab_size is not None:
            rows = self.type_vocab_size
            tables.append(_table("token_type_embeddings", "Segment embedding", "segments", rows, scope.hidden_size))
        if self.sinusoidal_positions:
            made = "sine and cosine"
            tables.append(Leaf("positions", "Position encoding", role="position", detail=made, inputs=0))
        return Parallel(tuple(tables), "add") if len(tables) > 1 else tables[0]

    def _tokens(self, scope: Scope) -> Block:
        width, rows = self.embedding_size or scope.hidden_size, self.num_embeddings or scope.vocab_size
        detail = f"{rows:,} to {width:,}"
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
            detail=f"{detail}, shared" if self.shared else detail,
            weights=(Weight("weight", (rows, width), tied=self.shared),),
            part="embedding",
        )
        if width == scope.hidden_size:
            return tokens
        return Sequence((tokens, _projected(width, scope.hidden_size)))


def _projected(width: int, hidden: int) -> Leaf:
    return linear("project_in", "Projection", width, hidden, detail=f"{width:,} to {hidden:,}")


def _table(name: str, label: str, unit: str, rows: int, width: int) -> Leaf:
    """A further table whose rows are added to those of the tokens; they are not looked up by the tokens' ids."""
    return Leaf(
        name,
        label,
        role="position",
        detail=f"{rows:,} {unit}",
        weights=(Weight("weight", (rows, width)),),
        part="embedding",
        inputs=0,
    )
