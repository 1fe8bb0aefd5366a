"""Kimi Linear and what was built like it: Kimi Delta Attention with latent or grouped-query attention between."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    draft,
    gated_feed_forward,
    given,
    layer_count,
    multi_token_prediction,
    never_tied,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined, numbered, routed
from archdraw.readers.latent_parts import Defaults, latent_attention, sparse_layers
from archdraw.readers.towers import moonvit_tower

IGNORED = ("num_key_value_heads", "head_dim", "qk_head_dim", "rope_theta", "rope_scaling")
"""Latent attention has head sizes of its own, and Kimi's does not rotate."""


FLAT = {
    "num_heads": "linear_num_heads",
    "head_dim": "linear_head_dim",
    "short_conv_kernel_size": "linear_conv_kernel_dim",
    "gate_lower_bound": "linear_lower_bound",
}
"""The keys of the delta attention: in a section of their own, and beside the others in files of transformers 5."""


def delta_attention(sizes: Config, whole: Config | None = None, *, heads: int = 32, **extra: Any) -> Block:
    """Kimi Delta Attention from ``linear_attn_config``, else from keys of the ``whole`` config.

    ``heads`` is the class default, ``extra`` are further fields of the kind.
    """

    def place(name: str) -> tuple[Config, str]:
        if whole is None:
            return sizes, name
        whole.raw(FLAT[name])
        return (sizes, name) if name in sizes or FLAT[name] not in whole else (whole, FLAT[name])

    usual = {"num_heads": heads, "head_dim": 128, "short_conv_kernel_size": 4}
    fields: dict[str, Any] = {}
    for name, size in usual.items():
        where, key = place(name)
        fields[name] = where.integer(key, default=size)
    where, key = place("gate_lower_bound")
    bound = where.optional_number(key)
    gate = sizes.flag("use_full_rank_gate", default=False)
    return {"kimi_delta_attention": fields | given(gate_lower_bound=bound, use_full_rank_gate=gate) | given(**extra)}


def mixture(config: Config) -> Block:
    """Experts beside shared ones, from Kimi Linear's names for them."""
    fields: dict[str, Any] = {
        "num_experts": config.integer("num_experts", "num_local_experts", default=256),
        "num_experts_per_tok": config.integer("num_experts_per_token", "num_experts_per_tok", default=8),
        **routed(_feed_forward(config, config.integer("moe_intermediate_size", default=1024))),
    }
    latent = config.optional_integer("routed_expert_hidden_size")
    norm = config.flag("latent_moe_use_norm", default=False)
    fields |= given(moe_latent_size=latent, latent_moe_use_norm=norm if latent else None)
    shared = config.integer("num_shared_experts", "n_shared_experts", default=1, least=0)
    groups = config.integer("num_expert_group", "n_group", default=1)
    chosen = config.integer("topk_group", default=1)
    grouped = config.flag("use_grouped_topk", default=True) and groups > 1
    scale = config.number("routed_scaling_factor", default=2.446)
    scores = config.text("moe_router_activation_func", default="sigmoid")
    if config.text("topk_method", default="noaux_tc") != "noaux_tc":
        config.mark_incomplete(f"the choice of experts by {config.text('topk_method')[:40]}")
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
    default = ["full_attention" if index and index % 4 == 0 else "linear_attention" for index in range(number)]
    types = config.per_layer(config.texts("layer_types", default=default), number, "layer_types")
    mixers = ["kda" if kind == "linear_attention" else full for kind in types]
    if "kda_layers" in sizes:
        # Numbers begin with 1 in Kimi's files. The class asks for layer_types first, which it writes itself.
        listed = numbered(sizes, {"kda_layers": "kda", "full_attn_layers": full}, number, 1)
        if "layer_types" not in config:
            return listed, sizes
        if listed != mixers:
            config.mark_incomplete("layer_types and kda_layers contradict each other")
    return mixers, sizes


def _kimi_linear(config: Config, root: Config | None = None) -> Draft:
    made = draft(config, root=root)
    made.context_length = made.context_length or config.optional_integer("model_max_length")
    number = layer_count(config)
    mixers, sizes = mixers_of(config, number)
    sparse = sparse_layers(config, number, Defaults(first_dense=1))
    if "kda" in mixers:
        made.define["kda"] = delta_attention(sizes, config)
    if root is None:
        never_tied(config, made)
    if not config.flag("mla_use_nope", default=True):
        config.mark_incomplete("rotated features in its latent attention")
    gate = config.flag("mla_use_output_gate", default=False)
    made.define["latent"] = latent_attention(config, "none", **given(output_gate=gate))
    if not all(sparse):
        made.define["dense"] = _feed_forward(config, config.integer("intermediate_size"))
    if any(sparse):
        made.define["moe"] = mixture(config)
    block = config.optional_integer("attn_res_block_size")
    residual: Block | None = {"attention_residual": {"attn_res_block_size": block}} if block else None
    layers = combined(made, mixers, ["moe" if each else "dense" for each in sparse], **given(residual=residual))
    if block:
        layers = [beginning(made, name) if index % block == 0 else name for index, name in enumerate(layers)]
    last: list[Block] = [{"attention_residual_output": {"attn_res_block_size": block}}] if block else []
    further = multi_token_prediction(config, layers[-1])
    tower = moonvit_tower(root.section("vision_config")) if root is not None else []
    made.layers = ["embedding", *tower, *stacks(layers), *last, "rmsnorm", *further, "output_head"]
    return made


def beginning(made: Draft, layer: str) -> str:
    """The name of the definition of ``layer`` as the first of a block of attention residuals, which is added."""
    name = f"block_{layer}"
    made.define[name] = {"like": layer, "residual": {"attention_residual": {"begins_block": True}}}
    return name


def _feed_forward(config: Config, width: int) -> Block:
    if config.text("hidden_act", default="silu") != "situ":
        return gated_feed_forward(config, width)
    fields: dict[str, Any] = {
        "intermediate_size": width,
        "activation_situ_beta": config.number("activation_situ_beta", default=1.0),
    }
    bound = config.optional_number("activation_situ_linear_beta")
    return {"situ_glu": fields | given(activation_situ_linear_beta=bound)}


def _kimi_k3(config: Config) -> Draft:
    text = config.section("text_config") or config
    text.ignore(*IGNORED)
    if text.flag("is_encoder_decoder", default=False):
        text.mark_incomplete("an encoder before the decoder")
    return _kimi_linear(text, config)


FAMILIES = (
    Family(("kimi_linear",), _kimi_linear, ("KimiLinearForCausalLM",), IGNORED),
    Family(("kimi_k3",), _kimi_k3, ("KimiK3ForConditionalGeneration",)),
)
