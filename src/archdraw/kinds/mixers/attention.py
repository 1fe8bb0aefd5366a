"""Softmax attention over keys and values of whole heads: multi-head, grouped-query, multi-query."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.softmax_attention import SoftmaxAttention


class MultiHead(SoftmaxAttention):
    """Multi-head attention: each query head has a key head and a value head of its own.

    ``head_dim`` is ``hidden_size / num_attention_heads`` where it is not said, ``v_head_dim`` the width of a value
    where that is another. ``attention_bias`` gives all four projections a bias, ``attention_key_bias`` and
    ``attention_out_bias`` say otherwise for one. ``is_causal: false`` lets a token see those after it, as encoders do.

    ``sliding_window`` and ``attention_chunk_size`` bound what a token sees; ``sinks`` adds a learned score a head that
    draws attention to nothing. ``qk_norm`` normalises queries and keys before the position is told (or after it:
    ``qk_norm_after_position``), ``v_norm`` the values, which ``attention_value_scale`` multiplies (MiMo-V2);
    ``clip_qkv`` bounds all three (DBRX).
    ``attention_k_eq_v`` takes the keys before norm and rotation for values (Gemma 4); ``shares_kv`` takes keys and
    values of another layer, which a text in its place can name.

    ``output_gate`` multiplies the result by ``gate_activation`` of a projection of the input: a number for each
    feature, or one for each head (``per_head``). The projection is a part of ``q_proj``, or ``gate_projection`` names
    one of its own. The scores are divided by the root of a head's width; ``query_pre_attn_scalar`` puts another number
    under the root, ``attention_multiplier`` multiplies instead (Granite). ``attn_temperature_tuning`` multiplies the
    query of the nth token by ``1 + attn_scale * ln(1 + floor(n / floor_scale))`` (Llama 4),
    ``attn_temperature_len`` the scores of a token n beyond it by ``log(n) / log(attn_temperature_len)`` (Grok 2).
    """

    keyword: ClassVar[str] = "multi_head"
    title: ClassVar[str] = "Multi-head attention"
    example: ClassVar[str] = "multi_head: {num_attention_heads: 16, attention_bias: true}"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762"

    @property
    def key_value_heads(self) -> int:
        """As many as query heads."""
        return self.num_attention_heads


class GroupedQuery(SoftmaxAttention):
    """Grouped-query attention: groups of query heads share one key head and one value head.

    The fields are those of ``multi_head`` and ``num_key_value_heads``, which divides ``num_attention_heads``.
    """

    keyword: ClassVar[str] = "grouped_query"
    title: ClassVar[str] = "Grouped-query attention"
    example: ClassVar[str] = "grouped_query: {num_attention_heads: 32, num_key_value_heads: 8, position: rope}"
    source: ClassVar[str] = (
        "Ainslie et al. 2023, GQA, arXiv:2305.13245; sinks: arXiv:2309.17453; gate: arXiv:2505.06708; "
        "scaling of queries: arXiv:2501.19399"
    )

    num_key_value_heads: Size

    @property
    def key_value_heads(self) -> int:
        """The field ``num_key_value_heads``."""
        return self.num_key_value_heads


class MultiQuery(SoftmaxAttention):
    """Multi-query attention: all query heads share one key head and one value head. Fields as in ``multi_head``."""

    keyword: ClassVar[str] = "multi_query"
    title: ClassVar[str] = "Multi-query attention"
    example: ClassVar[str] = "multi_query: {num_attention_heads: 8, head_dim: 256, position: rope}"
    source: ClassVar[str] = "Shazeer 2019, Fast Transformer Decoding, arXiv:1911.02150"

    @property
    def key_value_heads(self) -> int:
        """One."""
        return 1
