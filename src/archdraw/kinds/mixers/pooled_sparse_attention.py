"""Grouped-query attention to some blocks of tokens, chosen by an indexer whose keys are means over a block."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention import GroupedQuery
from archdraw.kinds.mixers.attention_parts import cached, gated, grouping, queries, value_width
from archdraw.kinds.wording import NBSP, notes
from archdraw.tree.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Sequence, Weight, linear


class PooledSparseAttention(GroupedQuery):
    """Sparse attention with a pooled index (Qwen3.8-Flash-Next): grouped-query attention to chosen blocks of tokens.

    An index key is the mean over ``indexer_compress_ratio`` tokens. ``indexer_n_heads`` index queries of
    ``indexer_head_dim`` features meet it, and the sum of their positive scores is the block's. The best blocks are
    attended to, ``indexer_budget`` tokens in all, and the unfinished block at the end. The other fields are those of
    ``grouped_query``.
    """

    keyword: ClassVar[str] = "pooled_sparse_attention"
    title: ClassVar[str] = "Sparse attention, pooled index"
    example: ClassVar[str] = (
        "pooled_sparse_attention: {num_attention_heads: 24, num_key_value_heads: 2, head_dim: 256,\n"
        "                          indexer_n_heads: 4, indexer_head_dim: 128, indexer_budget: 2048,\n"
        "                          indexer_compress_ratio: 4}"
    )
    source: ClassVar[str] = "Qwen4ExpTextQSAIndexer of transformers"

    indexer_n_heads: Size
    indexer_head_dim: Size
    indexer_budget: Size
    indexer_compress_ratio: Size

    def expand(self, scope: Scope) -> Module:
        """The lines of the index at the left of those of grouped-query attention, both led to one attention.

        Raises :class:`KindError` where heads don't divide, or for fields that it does not draw.
        """
        self._check()
        for field in ("shares_kv", "attention_k_eq_v", "v_norm", "sliding_window", "attention_chunk_size"):
            if getattr(self, field):
                raise KindError(f"{field} does not go with an indexer", field)
        if self.indexer_budget % self.indexer_compress_ratio:
            raise KindError(
                f"indexer_compress_ratio {self.indexer_compress_ratio} does not divide indexer_budget", "indexer_budget"
            )
        hidden, own = scope.hidden_size, self._heads(scope)
        heads = replace(own, reach=self.indexer_budget)
        gate, width = self._gate(heads), heads.query * value_width(heads)
        attention = Leaf(
            "attention",
            "Softmax attention",
            role="attention",
            detail=grouping(heads),
            part="attention",
            inputs=4,
            heads=heads,
        )
        prepared = self._prepared(heads)
        lines = (prepared,) if prepared.parts else (LINE, LINE)
        # The index stands at the right, since the gate's line must be the leftmost.
        attended: tuple[Block, ...] = (Parallel((*lines, LINE, self._index()), "separate"), attention)
        body = attended if gate is None else (gated(attended, gate, self.gate_activation),)
        projections = Parallel(
            (
                *queries(hidden, heads, gate, bias=self.attention_bias),
                *self._keys_values(hidden, heads),
                self._index_projection(hidden),
            ),
            "separate",
        )
        out = linear(
            "o_proj",
            "output projection",
            width,
            hidden,
            bias=self._biases().output,
            part="attention",
            detail=f"{width:,} to {hidden:,}",
        )
        ratio = self.indexer_compress_ratio
        return Module(
            "self_attn",
            self.label or self._label(),
            Sequence((projections, *body, out)),
            role="attention",
            detail=self._detail(heads),
            kind=self.keyword,
            notes=notes(
                cached(heads, once=False),
                f"index: {self.indexer_head_dim} values for {ratio} tokens",
                f"a query meets {self.indexer_budget:,} tokens at most and the last unfinished {ratio}",
            ),
        )

    def _label(self) -> str:
        return "Gated sparse attention" if self.output_gate else self.title

    def _index_projection(self, hidden: int) -> Leaf:
        width = (self.indexer_n_heads + 1) * self.indexer_head_dim
        made = linear(
            "indexer.index_qk_proj",
            f"index Q, K {width:,}",
            hidden,
            width,
            part="attention",
            role="latent",
            detail=f"K: mean of {self.indexer_compress_ratio}",
            outputs=("Q", "K"),
        )
        return replace(made, cache=Cache(self.indexer_head_dim, every=self.indexer_compress_ratio, index=True))

    def _index(self) -> Sequence:
        """Norm and rotation of index queries and keys, scores and choice."""
        width, ratio = self.indexer_head_dim, self.indexer_compress_ratio
        norm = Leaf(
            "indexer.norm",
            "RMSNorm per head",
            role="norm",
            weights=(
                Weight("indexer.q_layernorm.weight", (width,)),
                Weight("indexer.k_layernorm.weight", (width,)),
            ),
            part="norm",
            inputs=2,
            outputs=("Q", "K"),
        )
        turned = ", RoPE" if self._position() is not None else ""
        choice = Leaf(
            "indexer",
            "Indexer",
            role="attention",
            detail=f"top {self.indexer_budget // ratio:,} blocks{NBSP}of{NBSP}{ratio}{turned}",
            part="attention",
            inputs=2,
            outputs=("chosen",),
            tag=f"top {self.indexer_budget:,}",
            heads=Heads(self.indexer_n_heads, 1, width, 0, every=ratio, cached=False),
        )
        return Sequence((norm, choice))
