"""Hybrids of Mamba and attention with a feed forward in every layer: Jamba, Bamba, Granite 4, Falcon-H1."""

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
    unless,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.state_space import time_step_rank
from archdraw.readers.family import Family
from archdraw.readers.traced import commented, whole

_WORDS = {"mamba": "mamba", "linear_attention": "mamba", "attention": "attention", "full_attention": "attention"}
_LABELS = {"mamba": "Mamba layer", "attention": "Attention layer"}


def _jamba(config: Config) -> Draft:
    made = draft(config)
    layers = layer_count(config)
    mixers = ["attention" if _is_at(config, "attn_layer", 8, 4, index) else "mamba" for index in range(layers)]
    experts = config.integer("num_experts", "num_local_experts", default=16)
    chosen = config.integer("num_experts_per_tok", default=2)
    sparse = [experts > 1 and _is_at(config, "expert_layer", 2, 1, index) for index in range(layers)]
    dense = gated_feed_forward(config)
    width = config.integer("intermediate_size", default=14336)
    moe = {"num_experts": experts, "num_experts_per_tok": chosen, "moe_intermediate_size": width}
    mixer = {"mamba": _mamba(config, made.hidden_size), "attention": attention(config, position="none")}
    if config.optional_integer("sliding_window") is not None:
        config.mark_incomplete("sliding_window, which the attention layers of the family do not use")
    names = [f"{mixer}_moe" if is_sparse else mixer for mixer, is_sparse in zip(mixers, sparse, strict=True)]
    for name in dict.fromkeys(names):
        kind, is_sparse = name.removesuffix("_moe"), name.endswith("_moe")
        feed_forward: Block = {"mixture_of_experts": moe} if is_sparse else dense
        made.define[name] = _layer(kind, mixer[kind], feed_forward)
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _is_at(config: Config, key: str, period: int, offset: int, index: int) -> bool:
    """Whether layer ``index`` is one of those that come every ``key``_period layers, the first at ``key``_offset."""
    turn = config.integer(f"{key}_period", default=period)
    return index % turn == config.integer(f"{key}_offset", default=offset, least=0)


def _layer(kind: str, mixer: Block, feed_forward: Block) -> dict[str, Any]:
    return {"decoder": {"label": _LABELS[kind], "attention": mixer, "feed_forward": feed_forward}}


def _mamba(config: Config, hidden: int) -> Block:
    """The first Mamba, with keys that begin with mamba."""
    expand = config.integer("mamba_expand", default=2)
    fields: dict[str, Any] = {
        "intermediate_size": commented(expand * hidden, f"mamba_expand {expand} × hidden_size"),
        "state_size": config.integer("mamba_d_state", default=16),
        "time_step_rank": time_step_rank(config, "mamba_dt_rank", hidden),
        "conv_kernel": config.integer("mamba_d_conv", default=4),
    }
    fields |= given(use_bias=config.flag("mamba_proj_bias", default=False))
    fields |= unless(use_conv_bias=(config.flag("mamba_conv_bias", default=True), True))
    if config.flag("mamba_inner_layernorms", default=True):
        fields["time_step_norms"] = "weighted"
    return {"mamba": fields}


def _mamba2(config: Config, hidden: int) -> dict[str, Any]:
    """Mamba-2, with keys that begin with mamba."""
    inner = config.optional_integer("mamba_d_ssm") or config.integer("mamba_expand", default=2) * hidden
    heads = config.integer("mamba_n_heads", default=128)
    if config.raw("mamba_d_head") in (None, "auto"):
        width = commented(inner // heads, "the inner width shared out among the heads")
    else:
        width = config.integer("mamba_d_head")
    if heads * width != inner:
        config.complain(f"mamba_n_heads {heads} × mamba_d_head {width} is not {inner:,}", "mamba_n_heads")
    groups = config.integer("mamba_n_groups", default=1)
    fields: dict[str, Any] = {
        "num_heads": heads,
        "head_dim": width,
        "state_size": config.integer("mamba_d_state", default=256),
        "n_groups": groups,
        "conv_kernel": config.integer("mamba_d_conv", default=4),
    }
    fields |= given(use_bias=config.flag("mamba_proj_bias", default=False))
    fields |= unless(
        use_conv_bias=(config.flag("mamba_conv_bias", default=True), True),
        norm_groups=(commented(whole(groups), "mamba_n_groups"), 1),
    )
    return fields


def _bamba(config: Config) -> Draft:
    made = draft(config)
    layers = layer_count(config)
    attending = config.integers("attn_layer_indices", default=[])
    turned = config.optional_integer("attn_rotary_emb")
    head = made.hidden_size // config.integer("num_attention_heads", default=32)
    if turned is not None and 2 * turned != head:
        config.mark_incomplete(f"attn_rotary_emb {turned}, where the class turns half of a head")
    bias = config.flag("attention_bias", default=False)
    mixer = {
        "mamba": {"mamba2": _mamba2(config, made.hidden_size)},
        "attention": attention(config, attention_bias=bias, position=rope(config, partial=0.5)),
    }
    names = ["attention" if index in attending else "mamba" for index in range(layers)]
    for name in dict.fromkeys(names):
        made.define[name] = _layer(name, mixer[name], gated_feed_forward(config))
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _granite(config: Config) -> Draft:
    made = draft(config)
    layers = layer_count(config)
    words = config.texts("layer_types", "layers_block_type", default=["mamba"] * layers)
    words = known_kinds(config, config.per_layer(words, layers, "layer_types"), tuple(_WORDS))
    names = [_WORDS[word] for word in words]
    turns = config.text("position_embedding_type", default="none") == "rope"
    mixer = {
        "mamba": {"mamba2": _mamba2(config, made.hidden_size)},
        "attention": attention(
            config,
            attention_bias=config.flag("attention_bias", default=False),
            attention_multiplier=config.number("attention_multiplier", default=1.0),
            position=rope(config) if turns else "none",
        ),
    }
    residual = config.number("residual_multiplier", default=1.0)
    for name in dict.fromkeys(names):
        layer = _layer(name, mixer[name], _granite_feed_forward(config))
        if residual != 1:
            layer["decoder"]["residual"] = {"scaled_residual": residual}
        made.define[name] = layer
    embedding = config.number("embedding_multiplier", default=1.0)
    scaling = config.number("logits_scaling", default=1.0)
    first: Block = {"embedding": {"embedding_multiplier": embedding}} if embedding != 1 else "embedding"
    last: Block = {"output_head": {"logits_scaling": scaling}} if scaling != 1 else "output_head"
    made.layers = [first, *stacks(names), "rmsnorm", last]
    return made


def _granite_feed_forward(config: Config) -> Block:
    """Experts beside a shared one; where there are none, the shared one alone."""
    shared = config.integer("shared_intermediate_size", default=1024)
    experts = config.integer("num_local_experts", default=8, least=0)
    chosen = config.integer("num_experts_per_tok", default=2, least=0)
    width = config.integer("intermediate_size", default=11008)
    if not experts:
        return gated_feed_forward(config, shared)
    fields = {
        "num_experts": experts,
        "num_experts_per_tok": chosen,
        "moe_intermediate_size": width,
        "shared_expert_intermediate_size": shared,
        "norm_topk_prob": True,
    }
    gated_feed_forward(config)  # Asks for the activation, which experts have too.
    return {"mixture_of_experts": fields}


def _falcon_h1(config: Config) -> Draft:
    made = draft(config)
    state = _mamba2(config, made.hidden_size)
    groups = state.pop("norm_groups", 1)
    if config.flag("mamba_rms_norm", default=False):
        before = config.flag("mamba_norm_before_gate", default=True)
        state |= unless(norm_groups=(groups, 1)) | given(norm_before_gate=before)
    else:
        config.raw("mamba_norm_before_gate")
        state["rms_norm"] = False
    output = config.flag("projectors_bias", default=False)
    state |= unless(projectors_bias=(output, state.get("use_bias", False)))
    heads = attention(config, attention_bias=config.flag("attention_bias", default=False), position=rope(config))
    mixer = {
        "parallel": {
            "branches": [
                _scaled(config, {"mamba2": state}, "ssm_in_multiplier", "ssm_out_multiplier"),
                _scaled(config, heads, "attention_in_multiplier", "attention_out_multiplier"),
            ]
        }
    }
    layer = {"label": "Hybrid layer", "attention": mixer, "feed_forward": gated_feed_forward(config)}
    made.define["layer"] = {"decoder": layer}
    embedding = config.number("embedding_multiplier", default=1.0)
    scale = config.number("lm_head_multiplier", default=1.0)
    first: Block = {"embedding": {"embedding_multiplier": embedding}} if embedding != 1 else "embedding"
    last: Block = {"output_head": {"logit_scale": scale}} if scale != 1 else "output_head"
    made.layers = [first, *stacks(["layer"] * layer_count(config)), "rmsnorm", last]
    return made


def _scaled(config: Config, mixer: Block, before: str, after: str) -> Any:
    """``mixer`` between the two factors that its line is multiplied by."""
    factors = [config.number(key, default=1.0) for key in (before, after)]
    first, last = ([{"op": f"× {factor:.4g}"}] if factor != 1 else [] for factor in factors)
    return [*first, mixer, *last] if first or last else mixer


_COMMON = """
use_mamba_kernels mamba_chunk_size num_logits_to_keep time_step_limit time_step_min time_step_max time_step_floor
mamba_expand mamba_use_mlp mamba_inner_layernorms z_loss_coefficient is_encoder_decoder
"""
_JAMBA = "use_mambapy use_associative_scan calc_logits_for_entire_prompt n_ctx"
_GRANITE = "init_method normalization_function rope_theta rope_scaling rope_parameters"
_FALCON = "key_multiplier mlp_multipliers ssm_multipliers mlp_expansion_factor"
# Factors inside the mixers and feed forwards of Falcon-H1 are fixed: they could be multiplied into the weights.


def _ignored(own: str = "") -> tuple[str, ...]:
    return tuple(f"{_COMMON} {own}".split())


FAMILIES = (
    Family(("jamba",), _jamba, ("JambaForCausalLM",), _ignored(_JAMBA)),
    Family(("bamba",), _bamba, ("BambaForCausalLM",), _ignored()),
    Family(("granitemoehybrid",), _granite, ("GraniteMoeHybridForCausalLM",), _ignored(_GRANITE)),
    Family(("falcon_h1",), _falcon_h1, ("FalconH1ForCausalLM",), _ignored(_FALCON)),
)
