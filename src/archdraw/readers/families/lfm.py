"""Hybrids of gated short convolutions and attention: LFM2, dense and with experts."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, given, known_kinds, layer_count, rope, unless, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

_MIXERS = {"conv": "conv", "full_attention": "attention"}


def _lfm2(config: Config) -> Draft:
    made = _head(config)
    names = _mixers(config)
    feed_forward = {"swiglu": {"intermediate_size": _width(config)}}
    for name in dict.fromkeys(names):
        made.define[name] = _layer(config, name, feed_forward)
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _lfm2_moe(config: Config) -> Draft:
    made = _head(config)
    mixers = _mixers(config)
    dense = config.integer("num_dense_layers", default=2, least=0)
    width = config.integer("intermediate_size", default=7168)
    sparse: dict[str, Any] = {
        "num_experts": config.integer("num_experts", default=32),
        "num_experts_per_tok": config.integer("num_experts_per_tok", default=4),
        "moe_intermediate_size": config.integer("moe_intermediate_size", default=1792),
        "scoring_func": commented("sigmoid", "by the family's class"),
    }
    sparse |= given(
        norm_topk_prob=config.flag("norm_topk_prob", default=True),
        e_score_correction_bias=config.flag("use_expert_bias", default=True),
    )
    sparse |= unless(routed_scaling_factor=(config.number("routed_scaling_factor", default=1.0), 1.0))
    made.define["moe"] = {"mixture_of_experts": sparse}
    names = [f"dense_{name}" if index < dense else name for index, name in enumerate(mixers)]
    for name in dict.fromkeys(names):
        is_dense = name.startswith("dense_")
        feed_forward: Block = {"swiglu": {"intermediate_size": width}} if is_dense else "moe"
        made.define[name] = _layer(config, name.removeprefix("dense_"), feed_forward)
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _head(config: Config) -> Draft:
    tied = config.flag("tie_embedding", default=True)
    return draft(config, tied=tied)


def _mixers(config: Config) -> list[str]:
    """The mixer of each layer; without a list of types, attention stands where ``full_attn_idxs`` says."""
    layers = layer_count(config)
    indices = config.raw("full_attn_idxs")
    types = config.raw("layer_types")
    if types is None:
        attending = range(layers) if indices is None else config.integers("full_attn_idxs")
        return ["attention" if index in attending else "conv" for index in range(layers)]
    words = config.per_layer(config.texts("layer_types"), layers, "layer_types")
    return [_MIXERS[word] for word in known_kinds(config, words, tuple(_MIXERS))]


def _layer(config: Config, name: str, feed_forward: Block) -> Block:
    heads = config.integer("num_attention_heads", "num_heads", default=32)
    if name == "attention":
        mixer: Block = whole_heads(
            heads,
            config.integer("num_key_value_heads", default=8),
            config.optional_integer("head_dim"),
            qk_norm="rmsnorm_per_head",
            position=rope(config, theta=1000000.0),
        )
    else:
        fields: dict[str, Any] = {"conv_L_cache": config.integer("conv_L_cache", default=3)}
        mixer = {"short_convolution": fields | given(conv_bias=config.flag("conv_bias", default=False))}
    label = "Attention layer" if name == "attention" else "Convolution layer"
    return {"decoder": {"label": label, "attention": mixer, "feed_forward": feed_forward}}


def _width(config: Config) -> int:
    """The width of the feed forwards, of which the number in the file may be three halves, unrounded."""
    width = config.integer("block_ff_dim", "intermediate_size", default=12288)
    adjusted = config.flag("block_auto_adjust_ff_dim", default=True)
    factor = config.number("block_ffn_dim_multiplier", default=1.0)
    multiple = config.integer("block_multiple_of", default=256)
    if not adjusted:
        return width
    rounded = -(-int(factor * int(2 * width / 3)) // multiple) * multiple
    return commented(rounded, f"2/3 of {width:,}, rounded up to a multiple of {multiple}")


_HARMLESS = """
block_dim block_mlp_init_scale block_norm_eps block_out_init_scale block_use_swiglu block_use_xavier_init conv_dim
conv_dim_out conv_use_xavier_init use_pos_enc num_heads num_key_value_heads rope_theta theta conv_bias conv_L_cache
num_attention_heads rope_parameters
"""
# Only the original code reads block_dim, conv_dim and block_use_swiglu; the class goes by hidden_size and SwiGLU.

FAMILIES = (
    Family(("lfm2",), _lfm2, ("Lfm2ForCausalLM",), tuple(_HARMLESS.split())),
    Family(("lfm2_moe",), _lfm2_moe, ("Lfm2MoeForCausalLM",), tuple(_HARMLESS.split())),
)
