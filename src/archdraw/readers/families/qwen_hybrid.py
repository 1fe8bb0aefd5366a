"""Qwen models of Gated DeltaNet and gated attention: Qwen3-Next, Qwen3.5 and later, dense and with experts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archdraw.readers.components import (
    draft,
    gated_feed_forward,
    given,
    known_kinds,
    layer_count,
    multi_token_prediction,
    rope,
    whole_heads,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined, routed
from archdraw.readers.state_precision import state_precision
from archdraw.readers.towers import qwen_tower

NORM: Block = {"rmsnorm": {"zero_centered": True}}


def layer_types(config: Config, layers: int) -> list[str]:
    """Which mixer each layer has: by ``layer_types``, else every ``full_attention_interval``-th layer is full."""
    interval = config.integer("full_attention_interval", default=4)
    default = ["full_attention" if (index + 1) % interval == 0 else "linear_attention" for index in range(layers)]
    types = config.per_layer(config.texts("layer_types", default=default), layers, "layer_types")
    return known_kinds(config, types, ("full_attention", "linear_attention"))


DELTA = {
    "linear_num_key_heads": 16,
    "linear_num_value_heads": 32,
    "linear_key_head_dim": 128,
    "linear_value_head_dim": 128,
    "linear_conv_kernel_dim": 4,
}
"""The sizes of Gated DeltaNet in Qwen's classes where the file is silent."""


def gated_delta_net(
    config: Config, projections: str | None, sizes: Mapping[str, int] | None = None, **extra: Any
) -> Block:
    """Gated DeltaNet with the sizes of ``config``, stored as ``projections`` says (None: two matrices).

    ``sizes`` are the class defaults that are not Qwen's, ``extra`` further fields of the kind.
    """
    gate = config.text("output_gate_type", default="silu")
    usual = {**DELTA, **(sizes or {})}
    fields: dict[str, Any] = {name: config.integer(name, default=size) for name, size in usual.items()}
    fields |= given(projections=projections, output_gate_type=gate if gate not in ("silu", "swish") else None, **extra)
    fields |= state_precision(config, "mamba_ssm_dtype")
    return {"gated_delta_net": fields}


def gated_attention(config: Config, gate: bool) -> Block:
    """Grouped-query attention with QK-norm and, where ``gate``, an output gate that is made with the queries."""
    heads = config.integer("num_attention_heads", default=16)
    return whole_heads(
        heads,
        config.integer("num_key_value_heads", default=heads),
        config.integer("head_dim", default=256),
        attention_bias=config.flag("attention_bias", default=False),
        qk_norm="rmsnorm_per_head",
        output_gate=gate,
        position=rope(config, partial=0.25),
    )


def experts(config: Config) -> Block:
    """A mixture of SwiGLU experts beside one shared expert behind a gate."""
    expert = gated_feed_forward(config, config.integer("moe_intermediate_size"))
    fields: dict[str, Any] = {
        "num_experts": config.integer("num_experts", "num_local_experts"),
        "num_experts_per_tok": config.integer("num_experts_per_tok"),
        **routed(expert),
        "shared_expert_intermediate_size": config.integer("shared_expert_intermediate_size"),
        "shared_expert_gate": True,
    }
    return {"mixture_of_experts": fields | given(norm_topk_prob=config.flag("norm_topk_prob", default=True))}


def _stacked(config: Config, made: Draft, feeds: list[str], projections: str | None, gate: bool) -> None:
    """Fills ``made`` with the layers; ``feeds`` says for each whether it is "dense" or "moe"."""
    names = {"linear_attention": "delta", "full_attention": "full"}
    mixers = [names.get(kind, "delta") for kind in layer_types(config, len(feeds))]
    if "delta" in mixers:
        made.define["delta"] = gated_delta_net(config, projections)
    if "full" in mixers:
        made.define["full"] = gated_attention(config, gate)
    if "dense" in feeds:
        made.define["dense"] = gated_feed_forward(config)
    if "moe" in feeds:
        made.define["moe"] = experts(config)
    config.set_aside(lambda apart: (gated_delta_net(apart, projections), gated_attention(apart, gate)))
    layers = combined(made, mixers, feeds, norm=NORM)
    further = [layer for layer, mixer in zip(layers, mixers, strict=True) if mixer == "full"]
    own = given(own_embedding=config.flag("mtp_use_dedicated_embeddings", default=False))
    predicting = multi_token_prediction(config, (further or layers)[-1], **own)
    made.layers += [*stacks(layers), NORM, *predicting, "output_head"]


def _qwen3_next(config: Config) -> Draft:
    made = draft(config)
    made.layers = ["embedding"]
    number = layer_count(config)
    step = config.integer("decoder_sparse_step", default=1)
    dense = config.integers("mlp_only_layers", default=[])
    no_experts = config.integer("num_experts", default=512, least=0) == 0
    feeds = ["dense" if no_experts or index in dense or (index + 1) % step else "moe" for index in range(number)]
    if "dense" not in feeds:
        config.raw("intermediate_size")
    config.raw("use_sliding_window")  # the class has no window
    _stacked(config, made, feeds, None, gate=True)
    return made


def _qwen3_5(config: Config, feed: str = "dense") -> Draft:
    text = config.section("text_config") or config
    made = draft(text, root=config)
    made.layers = ["embedding", *qwen_tower(config.section("vision_config"), made.hidden_size)]
    text.integers("mlp_only_layers", default=[])  # neither class has it: all layers are of one kind
    config.raw("hidden_size")
    gate = text.flag("attn_output_gate", default=True)
    _stacked(text, made, [feed] * layer_count(text), "qkv_z_b_a", gate)
    return made


def _qwen3_5_moe(config: Config) -> Draft:
    return _qwen3_5(config, "moe")


FAMILIES = (
    Family(("qwen3_next",), _qwen3_next, ("Qwen3NextForCausalLM",)),
    Family(("qwen3_5", "qwen3_5_text"), _qwen3_5, ("Qwen3_5ForConditionalGeneration", "Qwen3_5ForCausalLM")),
    Family(
        ("qwen3_5_moe", "qwen3_5_moe_text"),
        _qwen3_5_moe,
        ("Qwen3_5MoeForConditionalGeneration", "Qwen3_5MoeForCausalLM"),
    ),
)
