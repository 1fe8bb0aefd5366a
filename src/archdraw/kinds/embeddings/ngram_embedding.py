"""Embeddings of n-grams: tables whose row is found by hashing the last few tokens."""

from __future__ import annotations

from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import embeddings as words
from archdraw.glossary.common import FROM_VOCABULARY, WIDTHS
from archdraw.glossary.concepts import NGRAM_TABLES, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.embeddings.ngrams import orders, table_notes
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Role, Sequence, Weight


class NgramEmbedding(Kind):
    """The token table and tables of n-grams, whose mean is the embedding (LongCat-Flash-Lite).

    The tables of one length of n-gram have different odd numbers of rows, so that n-grams which share a row in one
    don't in the next. Their narrow rows are projected to the model's width.
    """

    keyword: ClassVar[str] = "ngram_embedding"
    family: ClassVar[Family] = "embedding"
    example: ClassVar[str] = "ngram_embedding: {ngram_vocab_size_ratio: 2, emb_neighbor_num: 3, emb_split_num: 4}"
    source: ClassVar[str] = (
        "Meituan LongCat Team 2026, Scaling Embeddings Outperforms Scaling Experts, arXiv:2601.21204"
    )

    term: ClassVar[Term] = words.NGRAM_EMBEDDING
    aliases: ClassVar[tuple[str, ...]] = ("n-gram", "ngram", "hash embedding", "bigram", "over-encoding")
    concepts: ClassVar[tuple[Concept, ...]] = (NGRAM_TABLES,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    ngram_vocab_size_ratio: float = Field(
        gt=0, le=1e6, allow_inf_nan=False, description="Rows of a table of n-grams, about, in multiples of vocab_size."
    )
    emb_neighbor_num: Annotated[int, Field(ge=2, le=64)] = Field(
        description="Tokens of the longest n-grams; the shortest have 2."
    )
    emb_split_num: Size = Field(description="Number of tables for each length of n-gram.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """The token table in parallel to the tables and projections of n-grams.

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
            words.TOKEN_EMBEDDING(),
            role="embedding",
            detail=FROM_VOCABULARY(inputs=vocab, outputs=hidden),
            weights=(Weight("weight", (vocab, hidden)),),
            part="embedding",
        )
        tables = Leaf(
            "ngram_embeddings.embedders",
            words.NGRAM_TABLES(number=number),
            role="embedding",
            detail=(orders(self.emb_neighbor_num), words.ABOUT_EACH(rows=rows, width=width)),
            weights=tuple(Weight(f"{index}.weight", (size, width)) for index, size in enumerate(sizes)),
            part="embedding",
            lookup=words.NGRAM_LOOKUP(),
        )
        projections = Leaf(
            "ngram_embeddings.post_projs",
            words.PROJECTIONS(number=number),
            detail=(WIDTHS(inputs=width, outputs=hidden), words.SUMMED()),
            weights=tuple(Weight(f"{index}.weight", (hidden, width)) for index in range(number)),
            part="other",
        )
        both: Block = Parallel((token, Sequence((tables, projections))), "add")
        return Module(
            "ngram_embeddings",
            self.label or self.term(),
            Sequence((both, Leaf("mean", words.DIVIDED(divisor=number + 1)))),
            role="embedding",
            detail=words.TOKEN_AND_NGRAM_TABLES(number=number),
            notes=(table_notes(sum(sizes) * width, number),),
        )
