"""Grouped-query attention to some blocks of tokens, selected by an indexer whose keys are means over a block."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase, Term, common, positions
from archdraw.glossary import attention as attention_words
from archdraw.glossary import sparse_attention as words
from archdraw.glossary.concepts import BLOCK_SPARSE, GROUPED_QUERY, Concept
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention import GroupedQuery
from archdraw.kinds.mixers.indexer import SELECTED, index_cache
from archdraw.tree.blocks import Block, Cache, Heads, Leaf, Module, Role, Sequence, Weight, linear

_NOT_DRAWN = ("shares_kv", "attention_k_eq_v", "sliding_window", "attention_chunk_size")


class PooledSparseAttention(GroupedQuery):
    """Sparse attention with a pooled index (Qwen3.8-Flash-Next): grouped-query attention to selected blocks of tokens.

    An index key is the mean over ``indexer_compress_ratio`` tokens. A block scores by the sum over index heads of
    ReLU(query · key); the best blocks are attended to, ``indexer_budget`` tokens in all, and the unfinished last block.
    """

    keyword: ClassVar[str] = "pooled_sparse_attention"
    example: ClassVar[str] = (
        "pooled_sparse_attention: {num_attention_heads: 24, num_key_value_heads: 2, head_dim: 256,\n"
        "                          indexer_n_heads: 4, indexer_head_dim: 128, indexer_budget: 2048,\n"
        "                          indexer_compress_ratio: 4}"
    )
    source: ClassVar[str] = "Qwen4ExpTextQSAIndexer of transformers"
    term: ClassVar[Term] = words.POOLED_INDEX
    aliases: ClassVar[tuple[str, ...]] = ("qsa", "sparse attention", "block sparse")
    concepts: ClassVar[tuple[Concept, ...]] = (GROUPED_QUERY, BLOCK_SPARSE)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)
    chooser_side: ClassVar[Literal["left", "right"]] = "right"  # the gate's line must be the leftmost

    indexer_n_heads: Size = Field(description="Number of index query heads.")
    indexer_head_dim: Size = Field(description="Features per index query head, and of an index key.")
    indexer_budget: Size = Field(description="Number of tokens in the selected blocks.")
    indexer_compress_ratio: Size = Field(description="Tokens per block, whose mean is one index key.")

    def expand(self, scope: Scope) -> Module:
        """The lines of the index right of those of grouped-query attention, both led to one attention.

        Raises :class:`KindError` where heads don't divide, or for fields that cannot be combined with an indexer.
        """
        self.refuse(_NOT_DRAWN, "an indexer")
        if self.indexer_budget % self.indexer_compress_ratio:
            raise KindError(
                f"indexer_compress_ratio {self.indexer_compress_ratio} does not divide indexer_budget "
                f"{self.indexer_budget}",
                "indexer_budget",
            )
        return super().expand(scope)

    def heads(self, scope: Scope) -> Heads:
        """The heads; a query reaches the selected blocks, and besides the unfinished one that it is in."""
        block = self.indexer_compress_ratio
        return replace(super().heads(scope), reach=self.indexer_budget, pattern="selection", block=block)

    def named(self) -> Phrase:
        """The gate is named where there is one; the index is in the tag."""
        return words.GATED_SPARSE() if self.output_gate else self.term()

    def chooser(self, hidden: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """One projection to index queries and keys; norm, rotation, scores and selection."""
        width, ratio = (self.indexer_n_heads + 1) * self.indexer_head_dim, self.indexer_compress_ratio
        projection = linear(
            "indexer.index_qk_proj",
            words.INDEX_QUERIES_KEYS(width=width),
            hidden,
            width,
            part="attention",
            role="latent",
            detail=words.MEAN_OF_TOKENS(tokens=ratio),
            outputs=("Q", "K"),
            cache=Cache(self.indexer_head_dim, every=ratio, index=True),
        )
        return (projection,), (self._index(),)

    def selection(self) -> tuple[Note, ...]:
        """The indexer's cache, and how many tokens a query attends to."""
        budget, ratio = self.indexer_budget, self.indexer_compress_ratio
        return index_cache(self.indexer_head_dim, ratio), words.REACH_UNFINISHED(keys=budget, tokens=ratio)

    def masked(self) -> Phrase:
        """Causal; how far back is the indexer's to decide."""
        return attention_words.CAUSAL()

    def _index(self) -> Sequence:
        """Norm and rotation of index queries and keys, scores and selection."""
        width, ratio = self.indexer_head_dim, self.indexer_compress_ratio
        norm = Leaf(
            "indexer.norm",
            attention_words.PER_HEAD(what=common.RMSNORM()),
            role="norm",
            weights=(
                Weight("indexer.q_layernorm.weight", (width,)),
                Weight("indexer.k_layernorm.weight", (width,)),
            ),
            part="norm",
            inputs=2,
            outputs=("Q", "K"),
        )
        selected = words.TOP_BLOCKS_OF(number=self.indexer_budget // ratio, tokens=ratio)
        choice = Leaf(
            "indexer",
            words.POOLED_INDEXER(),
            role="attention",
            detail=(selected, positions.ROPE() if self.rotated else ""),
            part="attention",
            inputs=2,
            outputs=(SELECTED,),
            tag=words.TOP(number=self.indexer_budget),
            heads=Heads(self.indexer_n_heads, 1, width, 0, every=ratio, cached=False),
        )
        return Sequence((norm, choice))
