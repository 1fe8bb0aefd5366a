"""Sparse decoders with softmax attention in every layer: Mixtral, Qwen MoE, gpt-oss, GLM-4.5 and what is like them."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    layer_count,
    layer_kinds,
    rope,
    switched_window,
    whole_heads,
    without_effect,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import (
    assembled,
    balanced,
    mixers_of,
    mixture,
    sparse_by_step,
    sparse_by_type,
)
from archdraw.readers.traced import commented


def _feeds(config: Config, sparse: list[bool], mix: Block) -> tuple[dict[str, Block], list[str]]:
    """Definitions of the feed forwards and the name of each layer's; a dense one is ``intermediate_size`` wide."""
    feeds: dict[str, Block] = {"sparse": mix}
    if not all(sparse):
        feeds["dense"] = gated_feed_forward(config)
    else:
        # The width of dense layers stands in files of models that have none.
        config.raw("intermediate_size", "mlp_bias")
    return feeds, ["sparse" if one else "dense" for one in sparse]


def _mixtral(config: Config) -> Draft:
    """Mixtral: intermediate_size is an expert's; the softmax is over the chosen experts."""
    made, number = draft(config), layer_count(config)
    window = config.optional_integer("sliding_window")
    mixer = attention(config, sliding_window=window, position=rope(config, theta=1e6))
    mix = mixture(config, config.integer("intermediate_size"), chosen=2, norm_topk_prob=True)
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, {"sparse": mix}, ["sparse"] * number)


def _qwen3_moe(config: Config) -> Draft:
    """Qwen3 MoE: QK-norm, all layers slide where one does."""
    made, number = draft(config), layer_count(config)
    window = switched_window(config, on=False)
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        qk_norm="rmsnorm_per_head",
        sliding_window=window,
        position=rope(config),
    )
    norm = config.flag("norm_topk_prob", default=False)
    mix = mixture(config, config.integer("moe_intermediate_size"), norm_topk_prob=norm)
    feeds, feed_rows = _feeds(config, sparse_by_step(config, number), mix)
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, feeds, feed_rows)


def _qwen2_moe(config: Config) -> Draft:
    """Qwen1.5 and Qwen2 MoE: biases on queries, keys and values, a shared expert behind a gate."""
    made, number = draft(config), layer_count(config)
    kinds = layer_kinds(config, number)
    biased = config.flag("qkv_bias", default=True)

    def mixer(kind: str) -> Block:
        return attention(
            config,
            attention_bias=biased,
            attention_out_bias=False if biased else None,
            sliding_window=config.integer("sliding_window") if kind == "sliding_attention" else None,
            position=rope(config),
        )

    mix = mixture(
        config,
        config.integer("moe_intermediate_size"),
        shared_expert_intermediate_size=config.integer("shared_expert_intermediate_size", default=5632),
        shared_expert_gate=True,
        norm_topk_prob=config.flag("norm_topk_prob", default=False),
    )
    feeds, feed_rows = _feeds(config, sparse_by_step(config, number), mix)
    mixers, rows = mixers_of(config, kinds, mixer)
    return assembled(config, made, mixers, rows, feeds, feed_rows)


def _gpt_oss(config: Config) -> Draft:
    """gpt-oss: windows in every other layer, sinks, biases, clamped experts of intermediate_size."""
    made, number = draft(config), layer_count(config)
    listed = config.texts("layer_types", default=["sliding_attention", "full_attention"] * number)
    kinds = config.per_layer(listed, number, "layer_types", longer="" if "layer_types" in config else "the pattern")
    bias = config.flag("attention_bias", default=True)
    # The length of the first training stands in rope_scaling as well.
    config.raw("initial_context_length")
    position = rope(config, theta=150000.0)
    if "rope_scaling" not in config and "rope_parameters" not in config and isinstance(position, dict):
        scaling = {"rope_type": "yarn", "factor": 32.0, "original_max_position_embeddings": 4096}
        position["rope"]["rope_scaling"] = scaling

    def mixer(kind: str) -> Block:
        window = config.integer("sliding_window", default=128) if kind == "sliding_attention" else None
        return attention(config, attention_bias=bias, sinks=True, sliding_window=window, position=position)

    without_effect(config, "hidden_act", "silu")
    limit = config.number("swiglu_limit", default=7.0)
    expert: dict[str, Any] = {
        "intermediate_size": config.integer("intermediate_size"),
        "mlp_bias": True,
        "swiglu_limit": limit,
        "swiglu_alpha": config.number("swiglu_alpha", default=1.702),
        "swiglu_beta": commented(1.0, "not in the file: gate * sigmoid(alpha gate) * (up + 1)"),
    }
    mix: Block = {
        "mixture_of_experts": {
            "num_experts": config.integer("num_local_experts", "num_experts"),
            "num_experts_per_tok": config.integer("num_experts_per_tok", "experts_per_token"),
            "router_bias": True,
            "norm_topk_prob": True,
            "expert": {"swiglu": expert},
        }
    }
    mixers, rows = mixers_of(config, kinds, mixer)
    return assembled(config, made, mixers, rows, {"sparse": mix}, ["sparse"] * number)


def _in_pairs(position: Block, width: int) -> Block:
    """``position`` of heads of ``width`` features, of which the class rotates one more where their number is odd."""
    assert isinstance(position, dict)
    share = position["rope"].get("partial_rotary_factor", 1.0)
    rotated = int(width * share)
    if rotated % 2 and rotated < width:
        even = commented((rotated + 1) / width, f"{share:g} of {width} features, rounded up to pairs", share)
        position["rope"]["partial_rotary_factor"] = even
    return position


def glm4_moe(config: Config, *, biased: bool = False) -> Draft:
    """GLM-4.5: dense layers first, biases on queries, keys and values, a shared expert.

    ``biased`` is the class default.
    """
    made, number = draft(config), layer_count(config)
    biased = config.flag("attention_bias", default=biased)
    heads = config.integer("num_attention_heads")
    whole = commented(made.hidden_size // heads, "hidden_size / num_attention_heads, rounded down")
    width = config.integer("head_dim", default=whole)
    mixer = whole_heads(
        heads,
        config.integer("num_key_value_heads", default=8),
        width if "head_dim" in config or width * heads != made.hidden_size else None,
        attention_bias=biased,
        attention_out_bias=False if biased else None,
        qk_norm="rmsnorm_per_head" if config.flag("use_qk_norm", default=False) else None,
        position=_in_pairs(rope(config, partial=0.5), width),
    )
    mix = mixture(
        config,
        config.integer("moe_intermediate_size"),
        n_shared_experts=config.integer("n_shared_experts", default=1, least=0) or None,
        **balanced(config),
    )
    first = config.integer("first_k_dense_replace", default=1, least=0)
    feeds, feed_rows = _feeds(config, [layer >= first for layer in range(number)], mix)
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, feeds, feed_rows)


def _sarvam_moe(config: Config) -> Draft:
    """Sarvam 30B, by the code in its repository: the router of Ling with a scale of 2.5, QK-norm."""
    made, number = draft(config), layer_count(config)
    biased, out = config.flag("use_qkv_bias", default=False), config.flag("use_bias", default=False)
    mixer = attention(
        config,
        attention_bias=biased,
        attention_out_bias=out if biased or out else None,
        qk_norm="rmsnorm_per_head" if config.flag("use_qk_norm", default=True) else None,
        position=rope(config),
    )
    router = balanced(config, scale=2.5)
    router["e_score_correction_bias"] = config.flag("moe_router_enable_expert_bias", default=True)
    mix = mixture(
        config,
        config.integer("moe_intermediate_size"),
        n_shared_experts=config.integer("num_shared_experts", "n_shared_experts", default=1, least=0) or None,
        **router,
    )
    first = config.integer("first_k_dense_replace", default=1, least=0)
    feeds, feed_rows = _feeds(config, [layer >= first for layer in range(number)], mix)
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, feeds, feed_rows)


def _hy_v3(config: Config) -> Draft:
    """Hunyuan 3: QK-norm, the first layer dense, a shared expert."""
    made, number = draft(config), layer_count(config)
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        qk_norm="rmsnorm_per_head",
        position=rope(config, theta=11_158_840.0),
    )
    # The class always makes the weights of the chosen experts sum to 1.
    router = balanced(config, scale=2.826) | {"norm_topk_prob": True}
    mix = mixture(
        config,
        config.integer("moe_intermediate_size"),
        n_shared_experts=config.integer("num_shared_experts", default=1, least=0) or None,
        **router,
    )
    first = config.integer("first_k_dense_replace", default=1, least=0)
    feeds, feed_rows = _feeds(config, sparse_by_type(config, number, dense_first=first, longer="MTP layers"), mix)
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, feeds, feed_rows)


FAMILIES = (
    Family(("mixtral",), _mixtral, ("MixtralForCausalLM",)),
    Family(("qwen3_moe",), _qwen3_moe, ("Qwen3MoeForCausalLM",), ("max_window_layers",)),
    Family(("qwen2_moe",), _qwen2_moe, ("Qwen2MoeForCausalLM",), ("max_window_layers",)),
    Family(("gpt_oss",), _gpt_oss, ("GptOssForCausalLM",)),
    Family(("glm4_moe",), glm4_moe, ("Glm4MoeForCausalLM",)),
    Family(("sarvam_moe",), _sarvam_moe, ("SarvamMoEForCausalLM",), ("max_window_layers",)),
    Family(("hy_v3",), _hy_v3, ("HYV3ForCausalLM",), ("enable_moe_fp32_combine", "is_encoder_decoder")),
)
