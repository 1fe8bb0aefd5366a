"""Grouped-query attention to a few blocks of keys, which an indexer selects for each group of heads."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase, Term, common, positions
from archdraw.glossary import attention as attention_words
from archdraw.glossary import sparse_attention as words
from archdraw.glossary.concepts import BLOCK_SPARSE, GROUPED_QUERY, Concept
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention import GroupedQuery
from archdraw.kinds.mixers.indexer import SELECTED, index_cache, index_queries
from archdraw.tree.blocks import Block, Cache, Heads, Leaf, Module, Role, Sequence, Weight, linear

_NOT_DRAWN = ("output_gate", "shares_kv", "attention_k_eq_v", "sliding_window", "attention_chunk_size")


class BlockSparseAttention(GroupedQuery):
    """Block-sparse attention (MiniMax M3): grouped-query attention to selected blocks of keys only.

    Each group of query heads has an index query; all are compared with one index key per token. A block scores as its
    best key does, and each group attends to the ``index_topk_blocks`` best blocks, the last ``index_local_blocks``
    always among them. QK-norm and rotation are applied to the index, too.
    """

    keyword: ClassVar[str] = "block_sparse_attention"
    example: ClassVar[str] = (
        "block_sparse_attention: {num_attention_heads: 64, num_key_value_heads: 4, head_dim: 128, index_n_heads: 4,\n"
        "                         index_head_dim: 128, index_block_size: 128, index_topk_blocks: 16}"
    )
    source: ClassVar[str] = "MiniMax 2026, MiniMax-M3, arXiv:2606.13392; MiniMaxM3VLIndexer of transformers"
    term: ClassVar[Term] = words.BLOCK_SPARSE
    aliases: ClassVar[tuple[str, ...]] = ("sparse attention", "block sparse", "native sparse attention")
    concepts: ClassVar[tuple[Concept, ...]] = (GROUPED_QUERY, BLOCK_SPARSE)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)

    index_n_heads: Size = Field(description="Number of index queries; num_key_value_heads, one for each group.")
    index_head_dim: Size = Field(description="Features of an index query, and of the one index key.")
    index_block_size: Size = Field(description="Tokens per block.")
    index_topk_blocks: Size = Field(description="Number of blocks that a group of heads attends to.")
    index_local_blocks: Size = Field(
        default=1, description="Number of blocks always among them: the query's own, those before it."
    )

    @property
    def reach(self) -> int:
        """How many keys a query attends to at most."""
        return self.index_topk_blocks * self.index_block_size

    def expand(self, scope: Scope) -> Module:
        """The lines of the index left of those of grouped-query attention, both led to one attention.

        Raises :class:`KindError` where heads don't divide, or for fields that cannot be combined with an indexer.
        """
        self.check()
        self.refuse(_NOT_DRAWN, "an indexer")
        if self.index_n_heads != self.key_value_heads:
            raise KindError(
                f"index_n_heads {self.index_n_heads} differs from num_key_value_heads {self.key_value_heads}",
                "index_n_heads",
                "blocks are selected for each group of query heads",
            )
        return super().expand(scope)

    def heads(self, scope: Scope) -> Heads:
        """The heads; a query reaches the selected blocks, its own always among them."""
        return replace(
            super().heads(scope),
            reach=self.reach,
            pattern="selection",
            block=self.index_block_size,
            local=self.index_local_blocks,
        )

    def chooser(self, hidden: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """Projections to index queries and keys; norm, scores and selection."""
        number, width = self.index_n_heads, self.index_head_dim
        keys = linear(
            "indexer.k_proj",
            words.INDEX_KEYS(width=width),
            hidden,
            width,
            part="attention",
            role="latent",
            outputs=("index K",),
            cache=Cache(width, index=True),
        )
        return (index_queries("indexer.q_proj", hidden, number, width), keys), (self._index(),)

    def selection(self) -> tuple[Note, ...]:
        """The indexer's cache, and how many keys a query attends to."""
        before = self.index_local_blocks - 1
        sizes = {"keys": self.reach, "tokens": self.index_block_size}
        reach = words.REACH_OWN_BLOCKS(before=before, **sizes) if before else words.REACH_OWN_BLOCK(**sizes)
        return index_cache(self.index_head_dim), reach

    def masked(self) -> Phrase:
        """Causal; how far back is the indexer's to decide."""
        return attention_words.CAUSAL()

    def _index(self) -> Sequence:
        """From index queries and keys to the selected blocks of each group."""
        width, lines = self.index_head_dim, ("index Q", "index K")
        weights = (Weight("indexer.q_norm.weight", (width,)), Weight("indexer.k_norm.weight", (width,)))
        norm = Leaf("index_norm", common.RMSNORM(), role="norm", weights=weights, part="norm", inputs=2, outputs=lines)
        selected = words.TOP_BLOCKS_OF(number=self.index_topk_blocks, tokens=self.index_block_size)
        indexer = Leaf(
            "indexer",
            words.BLOCK_INDEXER(),
            role="attention",
            detail=(selected, positions.ROPE() if self.rotated else ""),
            part="attention",
            inputs=2,
            outputs=(SELECTED,),
            tag=words.TOP_BLOCKS(number=self.index_topk_blocks),
            heads=Heads(self.index_n_heads, 1, width, 0, cached=False),
        )
        return Sequence((norm, indexer) if self.qk_norm is not None else (indexer,))
