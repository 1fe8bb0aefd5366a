"""Grouped-query attention to a few tokens, which a lightning indexer chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention import GroupedQuery
from archdraw.kinds.mixers.indexer import Indexer
from archdraw.kinds.mixers.position import NoPosition
from archdraw.tree.blocks import Block, Heads, Module, Parallel, Sequence, renamed

_NOT_DRAWN = ("output_gate", "shares_kv", "attention_k_eq_v", "sliding_window", "attention_chunk_size")


class TokenSparseAttention(GroupedQuery):
    """Token-sparse attention (Naive-N0.5): grouped-query attention that meets only ``index_topk`` chosen tokens.

    The lightning indexer of DeepSeek Sparse Attention chooses them: ``index_n_heads`` index queries meet one index key
    a token, all ``index_head_dim`` wide and rotated as the others are; the sum of ReLU(query · key), weighted for each
    head, is a token's score. Queries, keys and weights are made from the layer's input. The other fields are those of
    ``grouped_query``.
    """

    keyword: ClassVar[str] = "token_sparse_attention"
    title: ClassVar[str] = "Sparse attention"
    example: ClassVar[str] = (
        "token_sparse_attention: {num_attention_heads: 64, num_key_value_heads: 4, head_dim: 128, index_n_heads: 16,\n"
        "                         index_head_dim: 128, index_topk: 2048}"
    )
    source: ClassVar[str] = (
        "DeepSeek-V3.2, arXiv:2512.02556; with whole heads: modeling_naive_n05_flash.py of NaiveAI/Naive-N0.5-Flash"
    )

    index_n_heads: Size
    index_head_dim: Size
    index_topk: Size

    def expand(self, scope: Scope) -> Module:
        """The lines of the index at the left of those of grouped-query attention, both led to one attention.

        Raises :class:`KindError` where heads don't divide, or for fields that it does not draw.
        """
        for field in _NOT_DRAWN:
            if getattr(self, field):
                raise KindError(f"{field} does not go with tokens that an indexer chooses", field)
        return super().expand(scope)

    def _heads(self, scope: Scope) -> Heads:
        return replace(super()._heads(scope), reach=self.index_topk)

    def _indexer(self, hidden: int) -> Indexer:
        return Indexer(hidden, hidden, self.index_n_heads, self.index_head_dim, self.index_topk)

    def _chooser(self, hidden: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        indexer = self._indexer(hidden)
        rotated = self.position is not None and not isinstance(self.position, NoPosition)
        lines = Parallel((indexer.weights(), indexer.keys(), renamed(indexer.queries(), "indexer.wq")), "separate")
        return (Sequence((lines, indexer.choice(rotated))),), (Sequence(),)

    def _more_notes(self) -> tuple[str, ...]:
        return self._indexer(1).notes()
