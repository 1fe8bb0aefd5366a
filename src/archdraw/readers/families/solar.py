"""Solar Open 2: Kimi Delta Attention with gated grouped-query attention between, experts in every layer."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    draft,
    gated_feed_forward,
    layer_count,
    multi_token_prediction,
    rope,
    whole_heads,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.kimi_linear import delta_attention
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined
from archdraw.readers.latent_parts import Defaults, mixture, sparse_layers


def _mixers(config: Config, number: int) -> list[str]:
    """By ``layer_types``, else ``gqa_layers`` (from 0), else one full layer and then ``gqa_interval`` linear ones."""
    period = config.integer("gqa_interval", default=3) + 1
    full = config.integers("gqa_layers", default=[index for index in range(number) if index % period == 0])
    for index in full:
        if not 0 <= index < number:
            config.complain(f"gqa_layers names layer {index}, but there are {number}, from 0 on", "gqa_layers")
    default = ["full_attention" if index in full else "linear_attention" for index in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=default), number, "layer_types")
    return ["kda" if kind == "linear_attention" else "full" for kind in kinds]


def _attention(config: Config) -> Block:
    heads = config.integer("num_attention_heads", default=64)
    gate = config.flag("use_gqa_gate", default=True)
    if gate and config.flag("use_gqa_gate_bias", default=False):
        config.mark_incomplete("the bias of the output gate")
    extra: dict[str, Any] = {"output_gate": True, "gate_projection": "g_proj"} if gate else {}
    turned = config.flag("use_rope", default=False)
    position = rope(config)
    return whole_heads(
        heads,
        config.integer("num_key_value_heads", default=8),
        config.integer("head_dim", default=128),
        attention_bias=config.flag("attention_bias", default=False),
        qk_norm="rmsnorm_per_head" if config.flag("use_qk_norm", default=False) else None,
        position=position if turned else "none",
        **extra,
    )


def _solar_open_2(config: Config) -> Draft:
    made = draft(config)
    number = layer_count(config)
    sizes = config.section("linear_attn_config") or Config({}, (*config.path, "linear_attn_config"), config)
    if sizes.optional_integer("num_kv_heads") not in (None, sizes.integer("num_heads", default=64)):
        config.mark_incomplete("delta attention with other heads for keys and values")
    full = config.flag("kda_use_full_proj", default=False)
    made.define["kda"] = delta_attention(
        sizes,
        use_full_rank_decay=full,
        use_full_rank_gate=full,
        allow_neg_eigval=config.flag("kda_allow_neg_eigval", default=True),
    )
    made.define["full"] = _attention(config)
    defaults = Defaults(norm_topk_prob=True)
    sparse = sparse_layers(config, number, defaults)
    if all(sparse):
        config.raw("intermediate_size", "hidden_act")
    else:
        made.define["dense"] = gated_feed_forward(config)
    if any(sparse):
        made.define["moe"] = mixture(config, defaults)
    mixers = _mixers(config, number)
    layers = combined(made, mixers, ["moe" if each else "dense" for each in sparse])
    further = multi_token_prediction(config, layers[-1])
    made.layers = ["embedding", *stacks(layers), "rmsnorm", *further, "output_head"]
    return made


FAMILIES = (Family(("solar_open2",), _solar_open_2, ("SolarOpen2ForCausalLM",)),)
