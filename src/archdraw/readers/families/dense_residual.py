"""Sparse decoders with a dense feed forward beside the experts: Arctic and Grok 2, and Grok 1 before it."""

from __future__ import annotations

from math import isclose, sqrt
from typing import Any

from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import assembled, mixture
from archdraw.readers.traced import commented, whole


def _arctic(config: Config) -> Draft:
    """Arctic: a usual dense layer, and beside it experts that read what went into the layer."""
    made, number = draft(config), layer_count(config)
    every = config.integer("moe_layer_frequency", default=2)
    residual = config.flag("parallel_attn_mlp_res", "use_residual", default=False)
    mixer = attention(
        config, sliding_window=config.optional_integer("sliding_window"), position=rope(config, theta=1e6)
    )
    mix = mixture(config, config.integer("intermediate_size"), norm_topk_prob=True)
    sparse = [(layer + 1) % every == 0 for layer in range(number)]
    dense: Block = {"decoder": {"attention": mixer, "feed_forward": gated_feed_forward(config)}}
    if residual:
        width = commented(whole(made.hidden_size), "hidden_size: the residual feed forward is as wide as its input")
        own: list[Block] = [
            {"residual": {"sequence": ["rmsnorm", mixer]}},
            {"residual": {"sequence": ["rmsnorm", gated_feed_forward(config, width)]}},
        ]
        body: Block = {"parallel": {"branches": [{"sequence": own}, {"sequence": ["rmsnorm", mix]}]}}
        made.define["hybrid_layer"] = {"layer": {"label": "Dense-MoE hybrid layer", "body": body}}
    else:
        made.define["hybrid_layer"] = {"decoder": {"attention": mixer, "feed_forward": mix}}
    if not all(sparse):
        made.define["dense_layer"] = dense
    names = ["hybrid_layer" if one else "dense_layer" for one in sparse]
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _grok(config: Config) -> Draft:
    """Grok: four norms a layer, capped scores, experts with GELU; from Grok 2 on with a dense feed forward beside."""
    made, number = draft(config), layer_count(config)
    every, window = config.integer("global_attn_every_n", default=1), config.raw("sliding_window_size")
    if every > 1 or (isinstance(window, int) and window > 0):
        config.mark_incomplete("windows in some of the layers")
    heads = config.integer("num_attention_heads")
    width = config.optional_integer("head_dim") or made.hidden_size // heads
    scale = config.optional_number("attn_output_multiplier")
    longest = config.optional_integer("attn_temperature_len", least=-1)
    mixer = attention(
        config,
        attention_multiplier=scale if scale is not None and not isclose(scale * sqrt(width), 1) else None,
        attn_logit_softcapping=_cap(config, "attn_logit_softcapping", "max_attn_value"),
        attn_temperature_len=longest if longest is not None and longest > 0 else None,
        position=_position(config),
    )
    expert = config.optional_integer("moe_intermediate_size") or config.integer("intermediate_size")
    cap = _cap(config, "router_logit_softcapping")
    mix = mixture(config, expert, act="gelu", router_logit_softcapping=cap)
    feed: Any = mix
    if config.flag("residual_moe", default=False):
        feed = [
            {"parallel": {"branches": [gated_feed_forward(config, act="gelu"), mix]}},
            {"op": commented("÷ √2", "not in the file: the code beside the checkpoint has it")},
        ]
    else:
        config.raw("intermediate_size")
    multiplier = config.number("embedding_multiplier_scale", default=1.0)
    embedding: Block = {"embedding": {"embedding_multiplier": multiplier}} if multiplier != 1 else "embedding"
    output: dict[str, Any] = {}
    logits = config.number("output_multiplier_scale", default=1.0)
    if logits != 1:
        output["logit_scale"] = logits
    final = _cap(config, "final_logit_softcapping")
    if final is not None:
        output["final_logit_softcapping"] = final
    head: Block = {"output_head": output} if output else "output_head"
    ends: tuple[Block, Block, Block] = (embedding, "rmsnorm", head)
    rows = ["softmax"] * number, ["sparse"] * number
    return assembled(
        config, made, {"softmax": mixer}, rows[0], {"sparse": feed}, rows[1], ends=ends, placement="sandwich"
    )


def _cap(config: Config, *names: str) -> float | None:
    """A soft cap; none where the file has none, or 0."""
    value = config.optional_number(*names)
    return value if value else None


def _position(config: Config) -> Block:
    """The rotation, which the files of Grok 2 stretch by a method of their own; "original" leaves it as it is."""
    config.ignore("attn_factor", "beta_fast", "beta_slow", "extrapolation_factor", "original_max_position_embeddings")
    config.raw("scaling_factor")
    method = config.text("rope_type", default="original")
    if method != "original":
        config.mark_incomplete(f"rotation stretched by {method}")
    return rope(config)


FAMILIES = (
    Family(("arctic",), _arctic, ("ArcticForCausalLM",), ("moe_token_dropping", "enable_expert_tensor_parallelism")),
    Family(("grok-1", "grok-2"), _grok, ("Grok1ModelForCausalLM", "Grok1ForCausalLM")),
)
