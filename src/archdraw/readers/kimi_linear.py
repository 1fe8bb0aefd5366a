"""Kimi Linear and what was built like it: Kimi Delta Attention with latent or grouped-query attention between."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.deepseek import latent_attention, sparse_layers, Defaults
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined, numbered
from archdraw.readers.pieces import draft, gated_feed_forward, given, layer_count, multi_token_prediction

HARMLESS = ("num_key_value_heads", "head_dim", "rope_theta", "rope_scaling")
"""Latent attention has head sizes of its own, and Kimi's does not rotate."""


def delta_attention(sizes: Config, **extra: Any) -> Block:
    """Kimi Delta Attention from ``linear_attn_config``; ``extra`` are further fields of the kind."""
    fields = {
        "num_heads": sizes.integer("num_heads", default=32),
        "head_dim": sizes.integer("head_dim", default=128),
        "short_conv_kernel_size": sizes.integer("short_conv_kernel_size", default=4),
    }
    bound = sizes.optional_number("gate_lower_bound")
    gate = sizes.flag("use_full_rank_gate", default=False)
    return {"kimi_delta_attention": fields | given(gate_lower_bound=bound, use_full_rank_gate=gate) | given(**extra)}


def mixture(config: Config) -> Block:
    """Experts beside shared ones, from Kimi Linear's names for them."""
    fields: dict[str, Any] = {
        "num_experts": config.integer("num_experts", "num_local_experts", default=256),
        "num_experts_per_tok": config.integer("num_experts_per_token", "num_experts_per_tok", default=8),
        "moe_intermediate_size": config.integer("moe_intermediate_size", default=1024),
    }
    shared = config.integer("num_shared_experts", "n_shared_experts", default=1, least=0)
    groups = config.integer("num_expert_group", "n_group", default=1)
    chosen = config.integer("topk_group", default=1)
    grouped = config.flag("use_grouped_topk", default=True) and groups > 1
    scale = config.number("routed_scaling_factor", default=2.446)
    scores = config.text("moe_router_activation_func", default="sigmoid")
    if config.text("topk_method", default="noaux_tc") != "noaux_tc":
        config.not_known(f"the choice of experts by {config.text('topk_method')[:40]}")
    fields |= given(
        n_shared_experts=shared or None,
        scoring_func=scores if scores != "softmax" else None,
        n_group=groups if grouped else None,
        topk_group=chosen if grouped else None,
        norm_topk_prob=config.flag("moe_renormalize", "norm_topk_prob", default=True),
        routed_scaling_factor=scale if scale != 1 else None,
        e_score_correction_bias=True,
    )
    return {"mixture_of_experts": fields}


def mixers_of(config: Config, number: int, full: str = "latent") -> tuple[list[str], Config]:
    """The mixer of each layer, "kda" or ``full``, and the section that has the sizes of the delta attention."""
    sizes = config.section("linear_attn_config") or Config({}, (*config.path, "linear_attn_config"), config)
    if "kda_layers" in sizes:
        # Numbers begin with 1 in Kimi's files.
        return numbered(sizes, {"kda_layers": "kda", "full_attn_layers": full}, number, 1), sizes
    default = ["full_attention" if index and index % 4 == 0 else "linear_attention" for index in range(number)]
    types = config.per_layer(config.texts("layer_types", default=default), number, "layer_types")
    return ["kda" if kind == "linear_attention" else full for kind in types], sizes


def _kimi_linear(config: Config) -> Draft:
    made = draft(config)
    made.context_length = made.context_length or config.optional_integer("model_max_length")
    number = layer_count(config)
    mixers, sizes = mixers_of(config, number)
    sparse = sparse_layers(config, number, Defaults(first_dense=1))
    if "kda" in mixers:
        made.define["kda"] = delta_attention(sizes)
    if not config.flag("mla_use_nope", default=True):
        config.not_known("rotated features in its latent attention")
    made.define["latent"] = latent_attention(config, "none")
    if not all(sparse):
        made.define["dense"] = gated_feed_forward(config)
    if any(sparse):
        made.define["moe"] = mixture(config)
    layers = combined(made, mixers, ["moe" if each else "dense" for each in sparse])
    further = multi_token_prediction(config, layers[-1])
    made.layers = ["embedding", *stacks(layers), "rmsnorm", *further, "output_head"]
    return made


FAMILIES = (Family(("kimi_linear",), _kimi_linear, ("KimiLinearForCausalLM",), HARMLESS),)
