"""Metadata keys of GGUF files, behind the architecture's name, and what config.json calls them.

Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#standardized-key-value-pairs
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from archdraw.records import record

Keys = Mapping[str, str]
Metadata = Mapping[str, Any]
"""What stands behind the architecture's name."""


@record
class Architecture:
    """One ``general.architecture``: the model type whose config it becomes, its own keys, and fixed settings."""

    model_type: str
    keys: Keys = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    finish: Callable[[dict[str, Any], Metadata, set[str]], str] | None = None
    """Changes the config, given the metadata behind the architecture's name, of which it may mark some as used.

    What it returns is a reason for which the spec is incomplete, or empty.
    """


COMMON: Keys = {
    "block_count": "num_hidden_layers",
    "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size",
    "context_length": "max_position_embeddings",
    "vocab_size": "vocab_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.key_length": "head_dim",
    "attention.layer_norm_rms_epsilon": "rms_norm_eps",
    "attention.layer_norm_epsilon": "layer_norm_eps",
    "attention.sliding_window": "sliding_window",
    "rope.freq_base": "rope_theta",
    "attn_logit_softcapping": "attn_logit_softcapping",
    "final_logit_softcapping": "final_logit_softcapping",
}
"""Keys behind the architecture's name, and what config.json calls them."""

EXPERTS: Keys = {
    "expert_count": "num_experts",
    "expert_used_count": "num_experts_per_tok",
    "expert_feed_forward_length": "moe_intermediate_size",
    "expert_shared_feed_forward_length": "shared_expert_intermediate_size",
    "expert_weights_norm": "norm_topk_prob",
}
LATENT: Keys = {
    "attention.q_lora_rank": "q_lora_rank",
    "attention.kv_lora_rank": "kv_lora_rank",
    "expert_count": "n_routed_experts",
    "expert_used_count": "num_experts_per_tok",
    "expert_shared_count": "n_shared_experts",
    "expert_feed_forward_length": "moe_intermediate_size",
    "expert_weights_scale": "routed_scaling_factor",
    "expert_weights_norm": "norm_topk_prob",
    "expert_group_count": "n_group",
    "expert_group_used_count": "topk_group",
    "leading_dense_block_count": "first_k_dense_replace",
}
LOCAL_EXPERTS: Keys = {"expert_count": "num_local_experts", "expert_used_count": "num_experts_per_tok"}
LLAMA4: Keys = {
    **LOCAL_EXPERTS,
    "feed_forward_length": "intermediate_size_mlp",
    "expert_feed_forward_length": "intermediate_size",
    "interleave_moe_layer_step": "interleave_moe_layer_step",
    "attention.chunk_size": "attention_chunk_size",
}
DELTA: Keys = {
    "ssm.conv_kernel": "linear_conv_kernel_dim",
    "ssm.state_size": "linear_key_head_dim",
    "ssm.group_count": "linear_num_key_heads",
    "ssm.time_step_rank": "linear_num_value_heads",
    "full_attention_interval": "full_attention_interval",
}
"""Gated DeltaNet goes by the names of a state space."""
MAMBA: Keys = {"ssm.conv_kernel": "conv_kernel", "ssm.state_size": "state_size"}
MAMBA_2: Keys = {**MAMBA, "ssm.group_count": "n_groups", "ssm.time_step_rank": "num_heads"}
NEMOTRON_H: Keys = {
    "ssm.conv_kernel": "conv_kernel",
    "ssm.state_size": "ssm_state_size",
    "ssm.group_count": "n_groups",
    "ssm.time_step_rank": "mamba_num_heads",
}
GRANITE_STATES: Keys = {
    "ssm.conv_kernel": "mamba_d_conv",
    "ssm.state_size": "mamba_d_state",
    "ssm.group_count": "mamba_n_groups",
    "ssm.time_step_rank": "mamba_n_heads",
}
LFM2_EXPERTS: Keys = {
    "expert_count": "num_experts",
    "expert_used_count": "num_experts_per_tok",
    "expert_feed_forward_length": "moe_intermediate_size",
    "leading_dense_block_count": "num_dense_layers",
}
GRANITE: Keys = {
    "embedding_scale": "embedding_multiplier",
    "residual_scale": "residual_multiplier",
    "logit_scale": "logits_scaling",
    "attention.scale": "attention_multiplier",
}

BIASED = (
    *("llama", "mistral", "qwen3", "qwen3_moe", "granite", "granitemoe", "granitemoehybrid", "glm4", "glm4_moe"),
    *("seed_oss", "olmoe", "hunyuan_v1_dense", "dots1", "arcee", "cohere", "cohere2"),
)
"""Model types whose attention may have biases, which only the tensors of a GGUF file show."""

IGNORED = frozenset(
    [
        "attention.causal",
        "attention.layer_norm_rms_epsilon",
        "rope.dimension_sections",
        "tensor_data_layout",
        "rope.scaling.attn_factor",
        "rope.scaling.finetuned",
        "rope.scaling.yarn_log_multiplier",
        "rope.scaling.yarn_beta_fast",
        "rope.scaling.yarn_beta_slow",
        "use_parallel_residual",
        "rope.scaling.yarn_ext_factor",
        "rope.scaling.yarn_attn_factor",
        "pooling_type",
        "interleaved_layers",
        "rope.freq_base_swa",
        "rope.dimension_count_swa",
        "attention.key_length_swa",
        "attention.value_length_swa",
    ]
)
"""Keys without bearing on structure and counts, or that repeat the family's default."""
