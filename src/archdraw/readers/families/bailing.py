"""Ling's hybrids: lightning attention (2.5) or Kimi Delta Attention (3.0) with latent attention between."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    draft,
    gated_feed_forward,
    given,
    layer_count,
    multi_token_prediction,
    never_tied,
    rope,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined
from archdraw.readers.latent_parts import Defaults, latent_attention, latent_rope, mixture, sparse_layers
from archdraw.readers.traced import commented

LING = Defaults(n_group=8, topk_group=4, first_dense=2, norm_topk_prob=True, routed_scaling_factor=2.5)
IGNORED = (
    *("max_window_layers", "mtp_loss_scaling_factor", "rope_interleave", "qk_head_dim", "num_key_value_heads"),
    *("rotary_dim", "score_function"),
)
"""Loss, how rotated features are paired, sizes and names that other keys say again, and windows that no layer has."""


def _experts(config: Config) -> Block:
    made = mixture(config, LING)
    assert isinstance(made, dict)
    fields = made["mixture_of_experts"]
    width = config.optional_integer("moe_shared_expert_intermediate_size")
    shared = fields.get("n_shared_experts")
    if shared and width is not None and width != config.integer("moe_intermediate_size"):
        del fields["n_shared_experts"]
        comment = f"{shared} × moe_shared_expert_intermediate_size"
        fields["shared_expert_intermediate_size"] = commented(shared * width, comment)
    if not config.flag("moe_router_enable_expert_bias", default=True):
        fields.pop("e_score_correction_bias", None)
    return made


def _mixers(config: Config, number: int, rest: str) -> list[str]:
    """Latent attention comes last in each group of ``layer_group_size`` layers.

    A last group in part has ``rest`` in all of its layers.
    """
    group = config.integer("layer_group_size", default=6)
    whole = number if rest == "linear" else number // group * group
    default = ["linear" if (index + 1) % group and index < whole else "latent" for index in range(number)]
    listed = config.raw("layer_types")
    if listed is None:
        return default
    kinds = config.per_layer(config.texts("layer_types"), number, "layer_types")
    return ["linear" if kind == "linear_attention" else "latent" for kind in kinds]


def _lightning(config: Config) -> Block:
    heads = config.integer("num_attention_heads")
    if config.integer("num_kv_heads_for_linear_attn", default=heads, least=0) not in (0, heads):
        config.mark_incomplete("linear attention with fewer heads of keys than of queries")
    fields: dict[str, Any] = {"num_attention_heads": heads, "head_dim": config.integer("head_dim")}
    norm = "rmsnorm_per_head" if config.flag("use_qk_norm", default=False) else None
    groups = config.integer("group_norm_size", default=1)
    out = config.flag("use_bias", default=False)
    bias = config.flag("use_qkv_bias", default=False) or out
    fields |= given(
        hidden_act="silu" if config.flag("linear_silu", default=False) else None,
        qk_norm=norm,
        group_norm_size=groups if groups > 1 else None,
        attention_bias=bias,
        position=rope(config, theta=6_000_000.0),
    )
    if bias != out:
        fields["attention_out_bias"] = out
    return {"lightning_attention": fields}


def _delta(config: Config) -> Block:
    """Kimi Delta Attention with as many heads as the latent attention has."""
    full = config.flag("no_kda_lora", default=True) and not config.flag("use_kda_lora", default=False)
    bound = config.number("kda_lower_bound", default=-5.0)
    fields: dict[str, Any] = {
        "num_heads": commented(config.integer("num_attention_heads"), "num_attention_heads"),
        "head_dim": config.integer("linear_head_dim", "head_dim", default=128),
        "short_conv_kernel_size": config.integer("linear_conv_kernel_dim", "short_conv_kernel_size", default=4),
    }
    # Files of transformers 5 have sizes of their own for these layers.
    if "linear_num_heads" in config:
        fields["num_heads"] = config.integer("linear_num_heads")
    safe = config.flag("kda_safe_gate", default=True)
    fields |= given(use_full_rank_decay=full, use_full_rank_gate=full, gate_lower_bound=bound if safe else None)
    return {"kimi_delta_attention": fields}


def _hybrid(config: Config, linear: Block, rest: str, gate: str = "") -> Draft:
    """The stack; ``rest`` is what a last group in part has, ``gate`` the class default of gates of latent attention."""
    made = draft(config)
    never_tied(config, made)
    made.context_length = made.context_length or config.optional_integer("model_max_length")
    number = layer_count(config)
    for name in ("use_qkv_bias", "use_bias"):
        if config.flag(name, default=False):
            config.mark_incomplete(f"the biases that {name} adds to latent attention")
    nope = config.flag("use_mla_nope", default=False)
    position = "none" if nope else latent_rope(config, 6_000_000.0)
    gates = {"head_wise": "per_head", "element_wise": True}
    kind = config.text("gated_attention_proj_granularity_type", default=gate)
    if kind and kind not in gates:
        config.mark_incomplete(f"a gate that is {kind[:40]}")
    sparse = sparse_layers(config, number, LING)
    made.define["linear"] = linear
    made.define["latent"] = latent_attention(config, position, **given(output_gate=gates.get(kind)))
    if not all(sparse):
        made.define["dense"] = gated_feed_forward(config, bias=None)
    if any(sparse):
        made.define["moe"] = _experts(config)
    else:
        config.set_aside(_experts)
    mixers = _mixers(config, number, rest)
    layers = combined(made, mixers, ["moe" if each else "dense" for each in sparse])
    wanted = "linear" if config.flag("mtp_use_kda", default=False) else "latent"
    last = [layer for layer, mixer in zip(layers, mixers, strict=True) if mixer == wanted]
    further = multi_token_prediction(config, (last or layers)[-1])
    made.layers = ["embedding", *stacks(layers), "rmsnorm", *further, "output_head"]
    return made


def _ling_2_5(config: Config) -> Draft:
    return _hybrid(config, _lightning(config), "latent")


def _ling_3(config: Config) -> Draft:
    for name in ("use_nGPT", "scale_router_input", "up_proj_norm", "value_norm"):
        if config.flag(name, default=False):
            config.mark_incomplete(f"what {name} adds")
    # Where an expert's factors are clamped at, layer by layer, is read and not drawn; so are sizes for other mixers.
    config.numbers("expert_swiglu_limit_list", default=[])
    config.numbers("share_expert_swiglu_limit_list", default=[])
    config.ignore("group_norm_size", "num_kv_heads_for_linear_attn", "linear_silu", "use_qk_norm")
    config.ignore("partial_rotary_factor")
    return _hybrid(config, _delta(config), "linear", "head_wise")


FAMILIES = (
    Family((), _ling_2_5, ("BailingMoeV2_5ForCausalLM",), IGNORED),
    Family(("bailing_hybrid",), _ling_3, ("BailingMoeV3ForCausalLM", "BailingHybridForCausalLM"), IGNORED),
)
