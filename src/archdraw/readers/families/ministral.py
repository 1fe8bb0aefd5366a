"""Ministral 3: a Llama whose queries grow with their place."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    layer_count,
    rope,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented, whole


def _ministral3(config: Config) -> Draft:
    """Ministral 3: a Llama whose queries grow with their place beyond the context of the first training."""
    made = draft(config)
    positions = config.section("rope_parameters")
    grown: dict[str, Any] = {}
    if positions is not None:
        positions.ignore("max_position_embeddings")
        beta = positions.optional_number("llama_4_scaling_beta")
        if beta:
            floor = positions.integer("original_max_position_embeddings", default=16384)
            grown = {
                "attn_temperature_tuning": True,
                "floor_scale": commented(whole(floor), "original_max_position_embeddings"),
                "attn_scale": commented(float(beta), "llama_4_scaling_beta"),
            }
    mixer = attention(
        config, sliding_window=config.optional_integer("sliding_window"), position=rope(config, theta=1e6), **grown
    )
    made.define["layer"] = {"decoder": {"attention": mixer, "feed_forward": gated_feed_forward(config)}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


FAMILIES = (Family(("ministral3",), _ministral3, ("Ministral3ForCausalLM",)),)
