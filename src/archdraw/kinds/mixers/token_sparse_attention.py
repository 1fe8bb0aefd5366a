"""Grouped-query attention to a few tokens, which a lightning indexer selects."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase, Term
from archdraw.glossary import attention as attention_words
from archdraw.glossary import sparse_attention as words
from archdraw.glossary.concepts import GROUPED_QUERY, INDEXER, Concept
from archdraw.kinds.base import Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention import GroupedQuery
from archdraw.kinds.mixers.indexer import Indexer
from archdraw.kinds.mixers.position import Rope
from archdraw.tree.blocks import Block, Heads, Module, Parallel, Role, Sequence

_NOT_DRAWN = ("output_gate", "shares_kv", "attention_k_eq_v", "sliding_window", "attention_chunk_size")


class TokenSparseAttention(GroupedQuery):
    """Token-sparse attention (Naive-N0.5): grouped-query attention to the ``index_topk`` best tokens only.

    The lightning indexer of DeepSeek Sparse Attention selects them: the sum over index heads of
    weight · ReLU(query · key) is a token's score, with one index key per token. Index queries, keys and weights are
    computed from the layer's input, and rotated as the other queries and keys are.
    """

    keyword: ClassVar[str] = "token_sparse_attention"
    example: ClassVar[str] = (
        "token_sparse_attention: {num_attention_heads: 64, num_key_value_heads: 4, head_dim: 128, index_n_heads: 16,\n"
        "                         index_head_dim: 128, index_topk: 2048}"
    )
    source: ClassVar[str] = (
        "DeepSeek-V3.2, arXiv:2512.02556; with whole heads: modeling_naive_n05_flash.py of NaiveAI/Naive-N0.5-Flash"
    )
    term: ClassVar[Term] = words.GROUPED_QUERY_DSA
    aliases: ClassVar[tuple[str, ...]] = ("dsa", "sparse attention", "lightning indexer", "top-k attention")
    concepts: ClassVar[tuple[Concept, ...]] = (GROUPED_QUERY, INDEXER)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)

    index_n_heads: Size = Field(description="Number of index query heads.")
    index_head_dim: Size = Field(description="Features per index query head, and of the one index key.")
    index_topk: Size = Field(description="Number of tokens that a query attends to.")

    def expand(self, scope: Scope) -> Module:
        """The lines of the index left of those of grouped-query attention, both led to one attention.

        Raises :class:`KindError` where heads don't divide, or for fields that cannot be combined with an indexer.
        """
        self.refuse(_NOT_DRAWN, "an indexer")
        return super().expand(scope)

    def heads(self, scope: Scope) -> Heads:
        """The heads; a query reaches the selected tokens."""
        return replace(super().heads(scope), reach=self.index_topk, pattern="selection")

    def chooser(self, hidden: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """The whole indexer stands among the projections, and its one line passes what prepares Q, K and V."""
        indexer = self._indexer(hidden)
        lines = Parallel((indexer.weights(), indexer.keys(), indexer.queries("indexer.wq")), "separate")
        # The layer's own angles turn as many features of an index head as of any other head.
        width = self.head_dim or hidden // self.num_attention_heads
        turned = self.position.rotary_width(width) if isinstance(self.position, Rope) else 0
        return (Sequence((lines, indexer.choice(turned))),), (Sequence(),)

    def selection(self) -> tuple[Note, ...]:
        """The indexer's cache, and how many keys a query attends to."""
        return (*self._indexer(1).notes(), words.REACH(keys=self.index_topk))

    def masked(self) -> Phrase:
        """Causal; how far back is the indexer's to decide."""
        return attention_words.CAUSAL()

    def _indexer(self, hidden: int) -> Indexer:
        return Indexer(hidden, hidden, self.index_n_heads, self.index_head_dim, self.index_topk)
