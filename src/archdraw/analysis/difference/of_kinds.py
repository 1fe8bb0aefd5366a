"""What blocks of a kind always have or never have, so that it is no setting of theirs."""

from __future__ import annotations

from archdraw.tree.blocks import Setting

OF_HEADS_ALONE = ("qk_norm", "v_norm", "attention_k_eq_v", "clip_qkv")
CLIPS = ("clip_qkv", "qk_l2_clip_threshold")
PLAIN = ("qk_l2_clip_threshold",)
"""What no usual softmax attention has."""
LACKING: dict[str, tuple[str, ...]] = {
    # Latent attention has norms of its latents, none of heads.
    "multi_head_latent": (*OF_HEADS_ALONE, *PLAIN),
    "grouped_differential_latent": (*OF_HEADS_ALONE, *PLAIN, "sinks", "attention_bias"),
    "compressed_attention": ("output_gate", "attention_bias", *CLIPS),
    "shared_compressed_attention": ("output_gate", "attention_bias", *CLIPS),
    "compressed_convolutional_attention": ("output_gate", "sinks", "attention_k_eq_v", *CLIPS),
    "relative_attention": ("output_gate", "sinks", "v_norm", "attention_k_eq_v", "attention_bias", *CLIPS),
    "clipped_relative_attention": ("qk_norm", "attention_k_eq_v", "clip_qkv", "attention_bias"),
} | dict.fromkeys(
    (
        *("multi_head", "grouped_query", "multi_query"),
        *("block_sparse_attention", "pooled_sparse_attention", "token_sparse_attention"),
    ),
    PLAIN,
)
"""What kinds without such a setting are known not to have."""

CAUSAL: dict[str, Setting] = {"is_causal": True}
COMPRESSED: dict[str, Setting] = {**CAUSAL, "num_key_value_heads": 1, "attention_k_eq_v": True, "sinks": True}
RELATIVE: dict[str, Setting] = {**CAUSAL, "position": "relative_bias"}
FIXED: dict[str, dict[str, Setting]] = {
    "dense_and_experts": {"scoring_func": "softmax", "norm_topk_prob": True},
    "multi_head_latent": CAUSAL,
    "grouped_differential_latent": CAUSAL,
    "compressed_convolutional_attention": CAUSAL,
    "compressed_attention": COMPRESSED,
    "shared_compressed_attention": COMPRESSED,
    "relative_attention": {**RELATIVE, "qk_norm": "rmsnorm_per_head"},
    "clipped_relative_attention": {
        **RELATIVE,
        "output_gate": True,
        "sinks": True,
        "v_norm": True,
        "attention_scale": "1/√d",
    },
}
"""What blocks of a kind always have: how they route, one entry for K and V, a bias for each distance."""

SCALED_BY_WIDTH = frozenset({"relative_attention"})
"""Kinds of attention that divide scores by the width of a head, not by its root."""

AS_OTHERS = {
    "attention_key_bias": "attention_bias",
    "attention_out_bias": "attention_bias",
    "mlp_down_bias": "mlp_bias",
}
"""Biases of single projections, and of which others they have the value where they are left out."""
