"""Architectures of GGUF files: the model type whose config each becomes, its own keys, and what they mean together.

What is not in this table is read only where its tensors say that the plainest reading is right (:mod:`.gguf`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archdraw.readers.gguf_hybrids import granite_hybrid, lfm2, mamba, mamba2, nemotron_h, qwen_next
from archdraw.readers.gguf_keys import (
    DELTA,
    EXPERTS,
    GRANITE,
    GRANITE_STATES,
    LATENT,
    LFM2_EXPERTS,
    LLAMA4,
    LOCAL_EXPERTS,
    MAMBA,
    MAMBA_2,
    NEMOTRON_H,
    Architecture,
    Metadata,
)
from archdraw.tree.runs import MOST_LAYERS


def _llama(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """Mixtral goes by the same name."""
    used |= {"expert_count", "expert_used_count"}
    if metadata.get("expert_count"):
        config["model_type"] = "mixtral"
        config["num_local_experts"] = metadata["expert_count"]
        config["num_experts_per_tok"] = metadata.get("expert_used_count")
    return ""


def _deepseek(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """Head sizes are given as those of the latent form (since 2025) or of whole heads."""
    used |= {"attention.key_length_mla", "attention.value_length_mla", "attention.value_length", "rope.dimension_count"}
    used.add("expert_gating_func")
    rotated = metadata.get("rope.dimension_count")
    key = metadata.get("attention.key_length_mla", metadata.get("attention.key_length"))
    value = metadata.get("attention.value_length_mla", metadata.get("attention.value_length"))
    config.pop("head_dim", None)
    config["qk_rope_head_dim"], config["v_head_dim"] = rotated, value
    if isinstance(key, int) and isinstance(rotated, int):
        config["qk_nope_head_dim"] = key - rotated
    config["num_key_value_heads"] = config.get("num_attention_heads")
    if metadata.get("expert_gating_func") == 2:
        config["model_type"], config["scoring_func"] = "deepseek_v3", "sigmoid"
    if "expert_count" in metadata and "expert_group_count" not in metadata:
        config["n_group"] = config["topk_group"] = 1
        return "whether experts are chosen within groups is not in the file"
    return ""


def _gpt_oss(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """The width of an expert is called intermediate_size."""
    config["intermediate_size"] = config.pop("moe_intermediate_size", None) or config.get("intermediate_size")
    config["num_local_experts"] = config.pop("num_experts", None)
    return ""


def _gemma3(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """Which layers slide may be written out; else every sixth does not."""
    used.add("attention.sliding_window_pattern")
    pattern = metadata.get("attention.sliding_window_pattern")
    if isinstance(pattern, list):
        config["layer_types"] = ["sliding_attention" if slides else "full_attention" for slides in pattern]
    elif isinstance(pattern, int):
        config["sliding_window_pattern"] = pattern
    return ""


def _llama4(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """The text part; whether queries and keys are normed goes by the number of experts, as in llama.cpp."""
    used.add("expert_gating_func")
    config["use_qk_norm"] = metadata.get("expert_count") != 128
    return ""


def _chosen(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """Experts are chosen by sigmoids (2) or a softmax (1)."""
    used.add("expert_gating_func")
    gating = metadata.get("expert_gating_func")
    scoring = {1: "softmax", 2: "sigmoid"}.get(gating) if isinstance(gating, int) else None
    if scoring is not None:
        config["scoring_func"] = scoring
    return ""


def _exaone4(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """Without a window all layers see everything; with one every fourth does."""
    layers = config.get("num_hidden_layers")
    if isinstance(layers, int) and 0 < layers <= MOST_LAYERS:
        kinds = ["sliding_attention"] * 3 if metadata.get("attention.sliding_window") else []
        config["layer_types"] = ([*kinds, "full_attention"] * layers)[:layers]
    return ""


ARCHITECTURES: Mapping[str, Architecture] = {
    "llama": Architecture("llama", finish=_llama),
    "llama4": Architecture(
        "llama4_text", LLAMA4, {"no_rope_layer_interval": 4, "floor_scale": 8192, "attn_scale": 0.1}, _llama4
    ),
    "mistral3": Architecture("mistral"),
    "qwen2": Architecture("qwen2"),
    "qwen2vl": Architecture("qwen2"),
    "qwen2moe": Architecture("qwen2_moe", EXPERTS),
    "qwen3": Architecture("qwen3"),
    "qwen3vl": Architecture("qwen3", {"n_deepstack_layers": "n_deepstack_layers"}),
    "qwen3moe": Architecture("qwen3_moe", EXPERTS, {"norm_topk_prob": True}),
    "qwen3vlmoe": Architecture(
        "qwen3_moe", {**EXPERTS, "n_deepstack_layers": "n_deepstack_layers"}, {"norm_topk_prob": True}
    ),
    "qwen3next": Architecture("qwen3_next", {**EXPERTS, **DELTA}, finish=qwen_next),
    "qwen35": Architecture("qwen3_5_text", DELTA, finish=qwen_next),
    "qwen35moe": Architecture("qwen3_5_moe_text", {**EXPERTS, **DELTA}, finish=qwen_next),
    "gemma": Architecture("gemma"),
    "gemma2": Architecture("gemma2"),
    "gemma3": Architecture("gemma3_text", finish=_gemma3),
    "gpt-oss": Architecture("gpt_oss", EXPERTS, {"attention_bias": True}, _gpt_oss),
    "deepseek2": Architecture("deepseek_v2", LATENT, finish=_deepseek),
    "granite": Architecture("granite", GRANITE),
    "granitemoe": Architecture("granitemoe", {**GRANITE, **LOCAL_EXPERTS}),
    "granitehybrid": Architecture(
        "granitemoehybrid", {**GRANITE, **LOCAL_EXPERTS, **GRANITE_STATES}, finish=granite_hybrid
    ),
    "olmo2": Architecture("olmo2"),
    "olmoe": Architecture("olmoe", EXPERTS),
    "phi3": Architecture("phi3"),
    "gpt2": Architecture("gpt2"),
    "command-r": Architecture("cohere", {"logit_scale": "logit_scale"}),
    "cohere2": Architecture("cohere2", {"logit_scale": "logit_scale"}, {"sliding_window_pattern": 4}),
    "glm4": Architecture("glm4"),
    "glm4moe": Architecture("glm4_moe", LATENT),
    "smollm3": Architecture("smollm3"),
    "starcoder2": Architecture("starcoder2"),
    "falcon": Architecture("falcon"),
    "bloom": Architecture("bloom"),
    "lfm2": Architecture("lfm2", finish=lfm2),
    "lfm2moe": Architecture("lfm2_moe", LFM2_EXPERTS, finish=lfm2),
    "nemotron_h": Architecture("nemotron_h", NEMOTRON_H, finish=nemotron_h),
    "mamba": Architecture("mamba", MAMBA, finish=mamba),
    "mamba2": Architecture("mamba2", MAMBA_2, finish=mamba2),
    "ernie4_5": Architecture("ernie4_5"),
    "seed_oss": Architecture("seed_oss"),
    "exaone4": Architecture("exaone4", finish=_exaone4),
    "arcee": Architecture("arcee"),
    "hunyuan-dense": Architecture("hunyuan_v1_dense"),
    "minimax-m2": Architecture(
        "minimax_m2", {**LOCAL_EXPERTS, "expert_feed_forward_length": "intermediate_size"}, finish=_chosen
    ),
    "dots1": Architecture("dots1", LATENT, finish=_chosen),
}
