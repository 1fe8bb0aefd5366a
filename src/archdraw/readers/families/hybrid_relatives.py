"""Further hybrids: Olmo Hybrid, LFM3, Lara Mini."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    given,
    known_kinds,
    layer_count,
    rope,
    whole_heads,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.qwen_hybrid import gated_delta_net
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import assembled, mixture
from archdraw.readers.traced import commented

FULL, LINEAR, SLIDING, CONVOLUTION = "full_attention", "linear_attention", "sliding_attention", "conv"


def _kinds(config: Config, usual: list[str], known: tuple[str, ...]) -> list[str]:
    """The word for each layer in ``layer_types``, else the ``usual`` one."""
    listed = config.texts("layer_types", default=usual)
    return known_kinds(config, config.per_layer(listed, len(usual), "layer_types"), known)


def _olmo_hybrid(config: Config) -> Draft:
    """Olmo Hybrid: Gated DeltaNet behind norms, in every fourth layer the attention of OLMo 3 before norms."""
    made, number = draft(config), layer_count(config)
    usual = [FULL if layer % 4 == 3 else LINEAR for layer in range(number)]
    if FULL not in usual:
        usual[-1:] = [FULL]
    kinds = _kinds(config, usual, (LINEAR, FULL))
    turned = rope(config) if _rotates(config) else "none"
    norm = "rmsnorm_per_projection"
    negative = config.flag("linear_allow_neg_eigval", default=True)
    mixers = {
        LINEAR: gated_delta_net(config, "qkv_z_b_a", _delta_sizes(config, made), allow_neg_eigval=negative),
        FULL: attention(
            config, attention_bias=config.flag("attention_bias", default=False), qk_norm=norm, position=turned
        ),
    }
    names = {LINEAR: "delta_layer", FULL: "full_layer"}
    feed_forward = gated_feed_forward(config, bias=None)
    for kind in dict.fromkeys(kinds):
        placement = {"placement": "post"} if kind == FULL else {}
        layer = {**placement, "attention": mixers[kind], "feed_forward": feed_forward}
        made.define[names[kind]] = {"decoder": layer}
    made.layers = ["embedding", *stacks([names[kind] for kind in kinds]), "rmsnorm", "output_head"]
    return made


def _rotates(config: Config) -> bool:
    """Whether there are rotary positions: a base that is null says that there are none."""
    given = config.data.get("rope_parameters")
    return not (isinstance(given, dict) and "rope_theta" in given and given["rope_theta"] is None)


def _delta_sizes(config: Config, made: Draft) -> dict[str, int]:
    """The sizes of the delta rule that the file may leave out, or say null for."""
    heads = config.integer("num_attention_heads")
    own = config.integer("linear_num_key_heads", default=commented(heads, "num_attention_heads"))
    keys = config.integer("linear_key_head_dim", default=commented(int(0.75 * made.hidden_size / own), "3/4 of a head"))
    return {
        "linear_num_key_heads": commented(heads, "num_attention_heads"),
        "linear_num_value_heads": commented(heads, "num_attention_heads"),
        "linear_key_head_dim": keys,
        "linear_value_head_dim": commented(2 * keys, "twice linear_key_head_dim"),
    }


def _lfm3(config: Config) -> Draft:
    """LFM3: convolutions of seven tokens, gated attention with a window or without one, four norms a layer."""
    made, number = draft(config, tied=True), layer_count(config)
    usual = [
        FULL if layer % 4 == 2 else SLIDING if layer and layer % 4 == 0 else CONVOLUTION for layer in range(number)
    ]
    kinds = _kinds(config, usual, (CONVOLUTION, SLIDING, FULL))
    bias = config.flag("attention_bias", default=False)
    gate = "per_head" if config.flag("use_attention_gate", default=True) else None
    convolution: dict[str, Any] = {"conv_L_cache": config.integer("conv_L_cache", default=7)}
    convolution |= given(conv_bias=config.flag("conv_bias", default=False))
    heads, groups = config.integer("num_attention_heads", default=16), config.integer("num_key_value_heads", default=4)

    def mixer(kind: str) -> Block:
        if kind == CONVOLUTION:
            return {"short_convolution": convolution}
        slides = kind == SLIDING
        theta, turning = (1e4, 1.0) if slides or "rope_parameters" in config else (1e6, 0.5)
        return whole_heads(
            heads,
            groups,
            config.integer("head_dim", default=128),
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            output_gate=gate,
            gate_projection="g_proj" if gate else None,
            sliding_window=config.integer("sliding_window", default=256) if slides else None,
            position=rope(config, theta=theta, partial=turning, kind=kind),
        )

    names = {CONVOLUTION: "convolution_layer", SLIDING: "local_layer", FULL: "global_layer"}
    feed_forward: Block = {"swiglu": {"intermediate_size": config.integer("intermediate_size", default=7680)}}
    sandwich = {"placement": "sandwich"} if config.flag("use_sandwich_norm", default=True) else {}
    for kind in dict.fromkeys(kinds):
        layer = {**sandwich, "attention": mixer(kind), "feed_forward": feed_forward}
        made.define[names[kind]] = {"decoder": layer}
    config.raw("sliding_window", "conv_L_cache", "conv_bias")
    made.layers = ["embedding", *stacks([names[kind] for kind in kinds]), "rmsnorm", "output_head"]
    return made


LARA = {"linear_num_key_heads": 8, "linear_num_value_heads": 16}


def _lara_mini(config: Config) -> Draft:
    """Lara Mini: Gated DeltaNet, windows with rotation, full attention without positions, experts in each layer."""
    made, number = draft(config, tied=True), layer_count(config)
    pattern = [LINEAR, SLIDING, LINEAR, FULL, SLIDING]
    kinds = _kinds(config, [pattern[layer % len(pattern)] for layer in range(number)], (LINEAR, SLIDING, FULL))
    bias = config.flag("attention_bias", default=False)

    def mixer(kind: str) -> Block:
        slides = kind == SLIDING
        return attention(
            config,
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            sliding_window=config.integer("sliding_window", default=512) if slides else None,
            position=rope(config) if slides else "none",
        )

    mixers = {"delta": gated_delta_net(config, "qkv_z_b_a", LARA), "local": mixer(SLIDING), "global": mixer(FULL)}
    names = {LINEAR: "delta", SLIDING: "local", FULL: "global"}
    mix = mixture(
        config,
        config.integer("moe_intermediate_size"),
        shared_expert_intermediate_size=config.integer("shared_expert_intermediate_size", default=512),
        norm_topk_prob=config.flag("norm_topk_prob", default=True),
    )
    rows = [names[kind] for kind in kinds]
    return assembled(config, made, mixers, rows, {"sparse": mix}, ["sparse"] * number)


DELTA_TRAINING = (*("linear_a_log_max", "linear_a_log_min", "linear_dt_init_floor", "linear_dt_max", "linear_dt_min"),)
"""How the decays of the delta rule begin."""

FAMILIES = (
    Family(("olmo_hybrid",), _olmo_hybrid, ("OlmoHybridForCausalLM",), DELTA_TRAINING),
    Family(("lfm3",), _lfm3, ("Lfm3ForCausalLM",)),
    Family(("lara_mini",), _lara_mini, ("LaraMiniForCausalLM",)),
)
