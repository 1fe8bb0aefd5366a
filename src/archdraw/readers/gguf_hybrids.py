"""GGUF files of hybrids: which layer is of which kind follows from lists with an entry for each layer."""

from __future__ import annotations

from typing import Any

from archdraw.readers.gguf_keys import Metadata


def lfm2(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """Layers without key-value heads are convolutions; the width of the feed forwards is the final one."""
    used |= {"shortconv.l_cache", "expert_gating_func"}
    config["conv_L_cache"] = metadata.get("shortconv.l_cache")
    heads = config.get("num_key_value_heads")
    if isinstance(heads, list):
        config["layer_types"] = ["full_attention" if number else "conv" for number in heads]
        config["num_key_value_heads"] = _only(heads)
    config["block_auto_adjust_ff_dim"] = False
    return ""


def qwen_next(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """The value heads' width is that of all of them, divided."""
    used |= {"ssm.inner_size", "expert_gating_func"}
    inner, heads = metadata.get("ssm.inner_size"), metadata.get("ssm.time_step_rank")
    if isinstance(inner, int) and isinstance(heads, int) and heads and not inner % heads:
        config["linear_value_head_dim"] = inner // heads
    if config["model_type"] == "qwen3_5_moe_text":
        config.pop("intermediate_size", None)  # that of no layer
    return ""


def nemotron_h(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """A layer has a feed forward, or attention, or else a state space."""
    used |= {"ssm.inner_size"}
    layers = config.pop("num_hidden_layers", None)
    width, heads = config.get("intermediate_size"), config.get("num_key_value_heads")
    if isinstance(layers, int) and isinstance(width, list) and isinstance(heads, list):
        pairs = list(zip(width, heads, strict=False))
        config["hybrid_override_pattern"] = "".join("-" if wide else "*" if some else "M" for wide, some in pairs)
        config["num_hidden_layers"] = layers
        config["intermediate_size"], config["num_key_value_heads"] = _only(width), _only(heads)
    config["mamba_head_dim"] = _width(metadata)
    return ""


def granite_hybrid(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """Layers without key-value heads are state spaces."""
    used |= {"ssm.inner_size"}
    heads = config.get("num_key_value_heads")
    if isinstance(heads, list):
        config["layer_types"] = ["attention" if number else "mamba" for number in heads]
        config["num_key_value_heads"] = _only(heads)
    config["mamba_d_head"] = _width(metadata)
    inner, hidden = metadata.get("ssm.inner_size"), config.get("hidden_size")
    if isinstance(inner, int) and isinstance(hidden, int) and hidden:
        config["mamba_expand"] = inner // hidden
    if not config.get("num_local_experts"):
        config["num_local_experts"] = 0
    shared = metadata.get("expert_shared_feed_forward_length", config.get("intermediate_size"))
    used.add("expert_shared_feed_forward_length")
    config["shared_intermediate_size"] = shared
    # The converter's sign for "positions are rotated".
    config["position_embedding_type"] = "rope" if metadata.get("rope.scaling.finetuned") else "nope"
    return ""


def mamba(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """There are neither heads nor feed forwards; what is inside is a multiple of the line's width."""
    used |= {"ssm.inner_size", "ssm.time_step_rank", "ssm.dt_b_c_rms"}
    config["time_step_rank"] = metadata.get("ssm.time_step_rank")
    _alone(config, metadata)
    return "norms of steps and states" if metadata.get("ssm.dt_b_c_rms") else ""


def mamba2(config: dict[str, Any], metadata: Metadata, used: set[str]) -> str:
    """As :func:`mamba`, in heads."""
    used |= {"ssm.inner_size"}
    _alone(config, metadata)
    config["head_dim"] = _width(metadata)
    return ""


def _alone(config: dict[str, Any], metadata: Metadata) -> None:
    for name in ("num_attention_heads", "num_key_value_heads", "intermediate_size", "head_dim", "rope_theta"):
        config.pop(name, None)
    inner, hidden = metadata.get("ssm.inner_size"), config.get("hidden_size")
    if isinstance(inner, int) and isinstance(hidden, int) and hidden:
        config["expand"] = inner / hidden


def _width(metadata: Metadata) -> int | None:
    """The features of one head of a state space."""
    inner, heads = metadata.get("ssm.inner_size"), metadata.get("ssm.time_step_rank")
    return inner // heads if isinstance(inner, int) and isinstance(heads, int) and heads else None


def _only(values: list[Any]) -> Any:
    """The number of a list that has one for some layers and 0 for the others; the list where there are several."""
    if not all(isinstance(value, int) for value in values):
        return values
    found = list(dict.fromkeys(value for value in values if value))
    return found[0] if len(found) == 1 else None if not found else values
