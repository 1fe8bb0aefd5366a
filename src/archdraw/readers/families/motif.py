"""Motif 3: grouped differential latent attention, PolyNorm, and residual streams mixed by hyper-connections."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, given, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined
from archdraw.readers.traced import commented

IGNORED = (
    *("_debug_force_load_balance", "load_balance_coeff", "mhc_identity_init", "hidden_clamp", "polynorm_bias_clamp"),
    *("score_before_experts", "max_window_layers", "mscale", "original_seq_len", "rope_factor"),
)
"""Training, starts, bounds that hold extreme values off, and repetitions of the keys of the positions."""


def _differential(config: Config, *, window: bool) -> Block:
    fields: dict[str, Any] = {
        name: config.integer(name)
        for name in ("num_attention_heads", "num_noise_heads", "num_key_value_heads", "head_dim", "v_head_dim")
    }
    fields |= {name: config.integer(name) for name in ("q_lora_rank", "kv_lora_rank", "qk_rope_head_dim")}
    fields["output_gate"] = config.flag("elementwise_attn_output_gate", default=False)
    if window:
        # A token attends to so many before it and to itself.
        size = config.integer("sliding_window")
        fields["sliding_window"] = commented(size + 1, f"sliding_window {size} before a token, and itself")
        theta = config.number("swa_rope_theta", default=10000.0)
        return {"grouped_differential_latent": given(**fields, position={"rope": {"rope_theta": theta}})}
    scaling = config.section("rope_scaling")
    if scaling is not None:
        scaling.ignore("apply_yarn_scaling")
    return {"grouped_differential_latent": given(**fields, position=rope(config))}


def _mixers(config: Config, number: int) -> list[str]:
    """Every ``sliding_window_period``-th layer sees everything, beginning with the first."""
    pattern = config.text("sliding_window_pattern", default="interleave")
    period = config.integer("sliding_window_period", default=4)
    if not config.flag("use_sliding_window", default=False) or config.optional_integer("sliding_window") is None:
        return ["full"] * number
    if pattern not in ("interleave", "all"):
        config.mark_incomplete(f"windows in the pattern {pattern[:40]}")
    return ["full" if pattern != "all" and index % period == 0 else "sliding" for index in range(number)]


def _feed_forward(config: Config, width: int) -> Block:
    if config.raw("polynorm_output_scale_per_layer"):
        config.mark_incomplete("scales of PolyNorm that differ from layer to layer")
    scale = config.number("polynorm_output_scale", default=1.0)
    if config.text("hidden_act", default="poly_norm") == "poly_norm":
        scaled = given(polynorm_output_scale=scale if scale != 1 else None)
        return {"polynorm_glu": {"intermediate_size": width} | scaled}
    config.mark_incomplete(f"the activation {config.text('hidden_act')[:40]}")
    return {"swiglu": {"intermediate_size": width}}


def _experts(config: Config) -> Block:
    shared = config.integer("num_shared_experts", default=0, least=0)
    scores, scale = config.text("score_func", default="sigmoid"), config.number("route_scale", default=1.0)
    fields = {
        "num_experts": config.integer("num_experts"),
        "num_experts_per_tok": config.integer("experts_top_k", "num_experts_per_tok"),
        "expert": _feed_forward(config, config.integer("moe_intermediate_size")),
    }
    fields |= given(
        n_shared_experts=shared or None,
        scoring_func=scores if scores != "softmax" else None,
        norm_topk_prob=config.flag("route_norm", default=False),
        routed_scaling_factor=scale if scale != 1 else None,
        e_score_correction_bias=config.raw("load_balance_coeff") is not None,
    )
    return {"mixture_of_experts": fields}


def _motif_3(config: Config) -> Draft:
    made = draft(config)
    number = layer_count(config)
    if config.text("attention_cls", default="gdla") != "gdla" or not config.flag("diff_v2", default=True):
        config.mark_incomplete("another differential attention than that of Motif 3")
    if config.integer("k_ratio", default=1) != 1 or config.flag("headwise_attn_output_gate", default=False):
        config.mark_incomplete("heads of keys in another ratio, or a gate for each head")
    first = config.integer("n_dense_first_layers", default=0, least=0)
    every = config.integer("interleave_moe_layer_step", default=1)
    sparse = [index >= first and (index + 1) % every == 0 for index in range(number)]
    mixers = _mixers(config, number)
    for mixer in dict.fromkeys(mixers):
        made.define[mixer] = _differential(config, window=mixer == "sliding")
    if not all(sparse):
        made.define["dense"] = _feed_forward(config, config.integer("intermediate_size"))
    if any(sparse):
        made.define["moe"] = _experts(config)
    streams = config.integer("mhc_expansion_rate", default=4) if config.flag("mhc_enabled", default=False) else 0
    fields: dict[str, Block] = {}
    if streams:
        alpha = config.number("mhc_h_post_alpha_end", default=0.0)
        made.define["mhc"] = {
            "hyper_connections": {
                "hc_mult": streams,
                "hc_sinkhorn_iters": config.integer("mhc_sinkhorn_iters", default=20),
                "hc_magnitude": commented(1 + alpha, "1 + mhc_h_post_alpha_end"),
                "hc_norm": True,
            }
        }
        fields["residual"] = "mhc"
    layers = combined(made, mixers, ["moe" if each else "dense" for each in sparse], **fields)
    begin: list[Block] = [{"residual_streams": streams}] if streams else []
    end: list[Block] = [{"stream_head": {"hc_mult": streams, "read": "mean"}}] if streams else []
    made.layers = ["embedding", *begin, *stacks(layers), *end, "rmsnorm", *_predicted(config, made), "output_head"]
    return made


def _predicted(config: Config, made: Draft) -> list[Block]:
    """The module that predicts a token more has a layer of its own: a window, a dense feed forward, plain residuals."""
    number = config.integer("num_nextn_predict_layers", default=0, least=0)
    if not number:
        return []
    mixer = "sliding" if "sliding" in made.define else "full"
    if "dense" not in made.define:
        made.define["dense"] = _feed_forward(config, config.integer("intermediate_size"))
    made.define["predicting"] = {"decoder": {"attention": mixer, "feed_forward": "dense"}}
    return [{"multi_token_prediction": {"num_nextn_predict_layers": number, "layer": "predicting"}}]


FAMILIES = (Family(("Motif", "motif3", "motif"), _motif_3, ("MotifForCausalLM",), IGNORED),)
