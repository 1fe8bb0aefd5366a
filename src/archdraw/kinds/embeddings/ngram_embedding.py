"""Embeddings of n-grams: tables whose row is found by hashing the last few tokens."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import notes, parameters
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Sequence, Weight


class NgramEmbedding(Kind):
    """The token table and, beside it, tables of n-grams (LongCat-Flash-Lite).

    For each length from 2 to ``emb_neighbor_num`` tokens there are ``emb_split_num`` tables of about
    ``ngram_vocab_size_ratio`` times ``vocab_size`` rows, each of another odd size, so that n-grams which share a row in
    one don't in the next. Their narrow rows are projected to the model's width; the mean of all is the embedding.
    """

    keyword: ClassVar[str] = "ngram_embedding"
    family: ClassVar[Family] = "embedding"
    example: ClassVar[str] = "ngram_embedding: {ngram_vocab_size_ratio: 2, emb_neighbor_num: 3, emb_split_num: 4}"
    source: ClassVar[str] = (
        "Meituan LongCat Team 2026, Scaling Embeddings Outperforms Scaling Experts, arXiv:2601.21204"
    )

    ngram_vocab_size_ratio: float = Field(gt=0, le=1e6, allow_inf_nan=False)
    emb_neighbor_num: Annotated[int, Field(ge=2, le=64)]
    emb_split_num: Size
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """The token table beside the tables and projections of n-grams.

        Raises :class:`KindError` where the tables don't divide the model's width.
        """
        hidden, vocab = scope.hidden_size, scope.vocab_size
        number = self.emb_split_num * (self.emb_neighbor_num - 1)
        if hidden % number:
            raise KindError(
                f"{number} tables do not divide hidden_size {hidden:,}",
                "emb_split_num",
                "there are emb_split_num times (emb_neighbor_num - 1) tables",
            )
        width, rows = hidden // number, int(self.ngram_vocab_size_ratio * vocab)
        sizes = [rows + 2 * index + 1 for index in range(number)]
        token = Leaf(
            "embed_tokens",
            f"token table {vocab:,}",
            role="embedding",
            weights=(Weight("weight", (vocab, hidden)),),
            part="embedding",
        )
        tables = Leaf(
            "ngram_embeddings.embedders",
            f"{number} n-gram tables",
            role="embedding",
            detail=f"2 to {self.emb_neighbor_num} tokens, {rows:,} × {width} each",
            weights=tuple(Weight(f"{index}.weight", (size, width)) for index, size in enumerate(sizes)),
            part="embedding",
        )
        projections = Leaf(
            "ngram_embeddings.post_projs",
            f"{number} projections",
            detail=f"{width:,} to {hidden:,}, sum",
            weights=tuple(Weight(f"{index}.weight", (hidden, width)) for index in range(number)),
            part="other",
        )
        both: Block = Parallel((token, Sequence((tables, projections))), "add")
        ngrams = sum(sizes) * width
        return Module(
            "ngram_embeddings",
            self.label or "N-gram embedding",
            Sequence((both, Leaf("mean", f"÷ {number + 1}"))),
            role="embedding",
            detail=f"token table and {number} of n-grams",
            kind=self.keyword,
            notes=notes(f"n-gram tables: {parameters(ngrams)} parameters, of which a token looks up {number} rows"),
        )
