"""Looped stacks: Nanbeige 4.2 and Ouro go through the same layers several times."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, layer_kinds, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family


def _layer(config: Config, **fields: Any) -> Block:
    bias = config.flag("attention_bias", default=False)
    mixer = attention(config, attention_bias=bias, position=rope(config))
    return {"decoder": {**fields, "attention": mixer, "feed_forward": gated_feed_forward(config)}}


def _nanbeige(config: Config) -> Draft:
    made = draft(config)
    made.define["layer"] = _layer(config)
    layers = stacks(["layer"] * layer_count(config))
    loops = config.integer("num_loops", default=1)
    config.raw("kv_channels")  # head_dim says the same
    if loops == 1:
        made.layers = ["embedding", *layers, "rmsnorm", "output_head"]
    elif config.flag("skip_loop_final_norm", default=False):
        made.layers = ["embedding", {"loop": {"num_loops": loops, "body": layers}}, "rmsnorm", "output_head"]
    else:
        made.layers = ["embedding", {"loop": {"num_loops": loops, "body": [*layers, "rmsnorm"]}}, "output_head"]
    return made


def _ouro(config: Config) -> Draft:
    """Ouro: norms before and after each sublayer, the final norm and the exit gate in every pass."""
    made = draft(config)
    kinds = layer_kinds(config, layer_count(config))
    if set(kinds) != {"full_attention"}:
        config.mark_incomplete("windows in some layers of a loop")
    made.define["layer"] = _layer(config, placement="sandwich")
    fields: dict[str, Any] = {
        "num_loops": config.integer("total_ut_steps", default=4),
        "early_exit_threshold": config.number("early_exit_threshold", default=1.0),
        "body": [*stacks(["layer"] * len(kinds)), "rmsnorm"],
    }
    made.layers = ["embedding", {"loop": fields}, "output_head"]
    return made


FAMILIES = (
    Family(("nanbeige",), _nanbeige, ("NanbeigeForCausalLM",), ("loop_loss_weights",)),
    Family(("ouro",), _ouro, ("OuroForCausalLM",)),
)
