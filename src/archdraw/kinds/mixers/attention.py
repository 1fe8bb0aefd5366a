"""Softmax attention over keys and values of whole heads: multi-head, grouped-query, multi-query."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Term
from archdraw.glossary import attention as words
from archdraw.glossary.concepts import GROUPED_QUERY, MULTI_HEAD, MULTI_QUERY, Concept
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.softmax_attention import SoftmaxAttention


class MultiHead(SoftmaxAttention):
    """Multi-head attention: each query head has a key head and a value head of its own."""

    keyword: ClassVar[str] = "multi_head"
    example: ClassVar[str] = "multi_head: {num_attention_heads: 16, attention_bias: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762"
    term: ClassVar[Term] = words.MULTI_HEAD
    aliases: ClassVar[tuple[str, ...]] = ("mha", "attention", "self-attention", "self_attn", "softmax attention")
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_HEAD,)

    @property
    def key_value_heads(self) -> int:
        """As many as query heads."""
        return self.num_attention_heads


class GroupedQuery(SoftmaxAttention):
    """Grouped-query attention: groups of query heads share one key head and one value head."""

    keyword: ClassVar[str] = "grouped_query"
    example: ClassVar[str] = "grouped_query: {num_attention_heads: 32, num_key_value_heads: 8, position: rope}"
    source: ClassVar[str] = (
        "Ainslie et al. 2023, GQA, arXiv:2305.13245; sinks: arXiv:2309.17453; gate: arXiv:2505.06708; "
        "scaling of queries: arXiv:2501.19399"
    )
    term: ClassVar[Term] = words.GROUPED_QUERY
    aliases: ClassVar[tuple[str, ...]] = (
        *("gqa", "attention", "query groups", "swa", "sliding window", "sliding_window_attention", "local attention"),
        *("chunked attention", "gated attention"),
    )
    concepts: ClassVar[tuple[Concept, ...]] = (GROUPED_QUERY,)

    num_key_value_heads: Size = Field(
        description="Number of key heads, and of value heads; a divisor of num_attention_heads."
    )

    @property
    def key_value_heads(self) -> int:
        """The field ``num_key_value_heads``."""
        return self.num_key_value_heads


class MultiQuery(SoftmaxAttention):
    """Multi-query attention: all query heads share one key head and one value head."""

    keyword: ClassVar[str] = "multi_query"
    example: ClassVar[str] = "multi_query: {num_attention_heads: 8, head_dim: 256, position: rope}"
    source: ClassVar[str] = "Shazeer 2019, Fast Transformer Decoding, arXiv:1911.02150"
    term: ClassVar[Term] = words.MULTI_QUERY
    aliases: ClassVar[tuple[str, ...]] = ("mqa",)
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_QUERY,)

    @property
    def key_value_heads(self) -> int:
        """One."""
        return 1
