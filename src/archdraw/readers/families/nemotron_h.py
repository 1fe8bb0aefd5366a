"""Hybrids of Mamba-2, attention and feed forwards, one to a layer: Nemotron-H and Nemotron 3."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, given, known_kinds, never_tied, unless, whole_heads, without_effect
from archdraw.readers.config import Config, UnreadableError
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.state_precision import state_precision
from archdraw.readers.traced import commented, whole

_LETTERS = {"M": "mamba", "*": "attention", "-": "dense", "E": "experts"}
_WORDS = {
    "mamba": "mamba",
    "linear_attention": "mamba",
    "attention": "attention",
    "full_attention": "attention",
    "mlp": "dense",
    "moe": "experts",
}
_UNGATED = {"relu2": "relu_squared", "gelu": "gelu", "gelu_new": "gelu", "gelu_pytorch_tanh": "gelu", "relu": "relu"}


def _nemotron_h(config: Config) -> Draft:
    made = draft(config)
    never_tied(config, made)
    names = _names(config, ("layers_block_type", "layer_types"), "hybrid_override_pattern")
    stated = config.optional_integer("num_hidden_layers")
    if stated is not None and stated != len(names):
        config.complain(f"the pattern has {len(names)} layers, not {stated}", "num_hidden_layers")
    if config.optional_integer("sliding_window") is not None:
        config.mark_incomplete("sliding_window, which the attention layers of the family do not use")
    further = config.integer("num_nextn_predict_layers", default=0, least=0)
    later = _names(config, ("mtp_layers_block_type",), "mtp_hybrid_override_pattern", ["attention", "experts"])
    for name in dict.fromkeys([*names, *(later if further else [])]):
        field, label, short, body = _PARTS[name]
        made.define[short] = body(config)
        made.define[name] = {"decoder": {"label": label, field: short}}
    config.set_aside(_attention)
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    if further:
        layer = [{"residual": ["rmsnorm", _PARTS[name][2]]} for name in later]
        block = {"layer": {"label": "MTP layers", "body": layer}}
        # It reads what the head reads, not the head.
        made.layers.insert(-1, {"multi_token_prediction": {"num_nextn_predict_layers": further, "layer": block}})
    return made


def _names(config: Config, keys: tuple[str, ...], pattern: str, default: list[str] | None = None) -> list[str]:
    """The kind of each layer, from a list of words or a string of letters."""
    words = config.raw(*keys)
    letters = config.raw(pattern)
    if words is None and letters is None and default is not None:
        return default
    if isinstance(words, list):
        known, entries = _WORDS, config.texts(*keys)
    else:
        known, entries = _LETTERS, list(config.text(pattern))
    key = pattern if known is _LETTERS else next(key for key in keys if key in config)
    if not entries:
        if config.raw(key) in ("", []):
            config.complain(f"{key} lists no layers", key)
        raise UnreadableError
    return [known[entry] for entry in known_kinds(config, entries, tuple(known), key)]


def _mamba(config: Config) -> Block:
    groups = config.integer("n_groups", "mamba_n_groups", default=8)
    fields = {
        "num_heads": config.integer("mamba_num_heads", default=128),
        "head_dim": config.integer("mamba_head_dim", default=64),
        "state_size": config.integer("ssm_state_size", default=128),
        "n_groups": groups,
        "conv_kernel": config.integer("conv_kernel", "mamba_d_conv", default=4),
        "norm_groups": commented(whole(groups), "n_groups"),
    }
    if config.text("mamba_hidden_act", default="silu") not in ("silu", "swish"):
        config.mark_incomplete("an activation of Mamba-2 other than SiLU")
    fields |= given(use_bias=config.flag("use_bias", default=False))
    fields |= unless(use_conv_bias=(config.flag("use_conv_bias", "mamba_conv_bias", default=True), True))
    return {"mamba2": fields | state_precision(config, "mamba_ssm_cache_dtype")}


def _attention(config: Config) -> Block:
    heads = config.integer("num_attention_heads", default=32)
    groups = config.optional_integer("num_key_value_heads") or heads
    without_effect(config, "attention_bias")
    return whole_heads(heads, groups, config.integer("head_dim", default=128), position="none")


def _ungated(config: Config) -> str:
    name = config.text("mlp_hidden_act", default="relu2")
    if name not in _UNGATED:
        config.mark_incomplete(f"the activation {name}")
    return _UNGATED.get(name, "relu_squared")


def _dense(config: Config) -> Block:
    width = config.raw("intermediate_size")
    if isinstance(width, list):
        config.mark_incomplete("feed forwards of several widths")
    fields = {"intermediate_size": config.integer("intermediate_size", default=21504)}
    fields |= given(mlp_bias=config.flag("mlp_bias", default=False))
    return {_ungated(config): fields}


def _experts(config: Config) -> Block:
    bias = config.flag("mlp_bias", default=False)
    config.integer("n_shared_experts", default=1, least=0)
    latent = config.optional_integer("moe_latent_size")
    fields: dict[str, Any] = {
        "num_experts": config.integer("n_routed_experts", default=8),
        "num_experts_per_tok": config.integer("num_experts_per_tok", default=2),
        "expert": {_ungated(config): {"intermediate_size": config.integer("moe_intermediate_size", default=7688)}},
        "shared_expert_intermediate_size": config.integer("moe_shared_expert_intermediate_size", default=7688),
        "scoring_func": commented("sigmoid", "by the family's class"),
        "e_score_correction_bias": True,
    }
    fields |= given(
        moe_latent_size=latent,
        moe_latent_bias=bias and latent is not None,
        shared_expert_bias=bias,
        norm_topk_prob=config.flag("norm_topk_prob", default=True),
    )
    fields |= unless(
        n_group=(config.integer("n_group", default=1), 1),
        topk_group=(config.integer("topk_group", default=1), 1),
        routed_scaling_factor=(config.number("routed_scaling_factor", default=1.0), 1.0),
    )
    return {"mixture_of_experts": fields}


_PARTS = {
    "mamba": ("attention", "Mamba layer", "ssm", _mamba),
    "attention": ("attention", "Attention layer", "gqa", _attention),
    "dense": ("feed_forward", "Feed-forward layer", "mlp", _dense),
    "experts": ("feed_forward", "Expert layer", "moe", _experts),
}
"""The field of a layer that a block stands in, the layer's label, the block's own name, and what reads it."""


_HARMLESS = """
chunk_size expand moe_shared_expert_overlap partial_rotary_factor rope_theta time_step_floor
time_step_limit time_step_max time_step_min use_mamba_kernels mamba_proj_bias n_shared_experts intermediate_size
moe_intermediate_size moe_shared_expert_intermediate_size mamba_expand mamba_dt_max mamba_dt_min mamba_dt_limit
mamba_dt_init_floor mamba_chunk_size mamba_dt_rank max_position_embeddings mlp_bias mlp_hidden_act n_group
topk_group norm_topk_prob routed_scaling_factor n_routed_experts num_experts_per_tok moe_latent_size head_dim
mtp_hybrid_override_pattern mtp_layers_block_type ssm_state_size
"""
# The attention of the family turns nothing, so that keys of rotary positions say nothing; keys of layers that the
# pattern does not have say nothing either.

FAMILIES = (Family(("nemotron_h",), _nemotron_h, ("NemotronHForCausalLM",), tuple(_HARMLESS.split())),)
