"""Grouped-query attention to a few blocks of keys, which an indexer chooses for each group of heads."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention import GroupedQuery
from archdraw.kinds.mixers.attention_parts import cached, grouping, queries
from archdraw.kinds.mixers.position import NoPosition
from archdraw.kinds.wording import NBSP, notes
from archdraw.tree.blocks import LINE, Cache, Heads, Leaf, Module, Parallel, Sequence, Weight, linear

_NOT_DRAWN = ("output_gate", "shares_kv", "attention_k_eq_v", "v_norm", "sliding_window", "attention_chunk_size")


class BlockSparseAttention(GroupedQuery):
    """Block-sparse attention (MiniMax M3): grouped-query attention that meets only chosen blocks of keys.

    ``index_n_heads`` index queries, one for each group of heads, meet one index key a token, all ``index_head_dim``
    wide. A block of ``index_block_size`` tokens has the best score in it; each group attends to its
    ``index_topk_blocks`` best blocks, the last ``index_local_blocks`` always among them. The other fields are those of
    ``grouped_query``; norm and rotation are done to the index too.
    """

    keyword: ClassVar[str] = "block_sparse_attention"
    title: ClassVar[str] = "Block-sparse attention"
    example: ClassVar[str] = (
        "block_sparse_attention: {num_attention_heads: 64, num_key_value_heads: 4, head_dim: 128, index_n_heads: 4,\n"
        "                         index_head_dim: 128, index_block_size: 128, index_topk_blocks: 16}"
    )
    source: ClassVar[str] = "MiniMax 2026, MiniMax-M3, arXiv:2606.13392; MiniMaxM3VLIndexer of transformers"

    index_n_heads: Size
    index_head_dim: Size
    index_block_size: Size
    index_topk_blocks: Size
    index_local_blocks: Size = 1

    def expand(self, scope: Scope) -> Module:
        """The lines of the index at the left of those of grouped-query attention, both led to one attention.

        Raises :class:`KindError` where heads don't divide, or for fields that it does not draw.
        """
        self._check()
        for field in _NOT_DRAWN:
            if getattr(self, field):
                raise KindError(f"{field} does not go with blocks that an indexer chooses", field)
        if self.index_n_heads != self.key_value_heads:
            raise KindError(
                f"index_n_heads {self.index_n_heads} is not num_key_value_heads {self.key_value_heads}",
                "index_n_heads",
                "each group of heads has a choice of its own",
            )
        hidden, own = scope.hidden_size, self._heads(scope)
        reach = self.index_topk_blocks * self.index_block_size
        heads = Heads(own.query, own.key_value, own.width, own.value_width, reach)
        width = heads.query * heads.width
        always = self.index_local_blocks * self.index_block_size
        projections = (
            *self._index_projections(hidden),
            *queries(hidden, heads, None, bias=self.attention_bias),
            *self._keys_values(hidden, heads),
        )
        attention = Leaf(
            "attention",
            "Softmax attention",
            role="attention",
            detail=grouping(heads),
            part="attention",
            inputs=4,
            heads=heads,
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
        prepared = self._prepared(heads)
        lines = (prepared,) if prepared.parts else (LINE, LINE)
        mixed = (Parallel((self._index(), *lines, LINE), "separate"), attention)
        return Module(
            "self_attn",
            self.label or self.title,
            Sequence((Parallel(projections, "separate"), *mixed, out)),
            role="attention",
            detail=self._detail(heads),
            kind=self.keyword,
            notes=notes(
                cached(heads, once=False),
                f"index: {self.index_head_dim} values a token more",
                f"a query meets {reach:,} keys at most, always the last {always:,}",
            ),
        )

    def _index_projections(self, hidden: int) -> tuple[Leaf, Leaf]:
        number, width = self.index_n_heads, self.index_head_dim
        return (
            linear(
                "indexer.q_proj",
                f"index Q {number} × {width}",
                hidden,
                number * width,
                part="attention",
                outputs=("index Q",),
            ),
            linear(
                "indexer.k_proj",
                f"index K {width}",
                hidden,
                width,
                part="attention",
                outputs=("index K",),
                cache=Cache(width, index=True),
            ),
        )

    def _index(self) -> Sequence:
        """From index queries and keys to the chosen blocks of each group."""
        width, lines = self.index_head_dim, ("index Q", "index K")
        rotated = "" if self.position is None or isinstance(self.position, NoPosition) else ", RoPE"
        weights = (Weight("indexer.q_norm.weight", (width,)), Weight("indexer.k_norm.weight", (width,)))
        steps = []
        if self.qk_norm is not None:
            steps.append(
                Leaf("index_norm", "RMSNorm", role="norm", weights=weights, part="norm", inputs=2, outputs=lines)
            )
        steps.append(
            Leaf(
                "indexer",
                "Block indexer",
                role="attention",
                detail=f"top {self.index_topk_blocks} blocks of {self.index_block_size:,}{NBSP}tokens{rotated}",
                part="attention",
                inputs=2,
                outputs=("chosen",),
                tag=f"top {self.index_topk_blocks} blocks",
                heads=Heads(self.index_n_heads, 1, width, 0, cached=False),
            )
        )
        return Sequence(tuple(steps))
