"""Reads a ``config.json`` of the ``model_type`` ``min_gru``."""

from __future__ import annotations

from archdraw.readers.config import Config
from archdraw.readers.draft import Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.pieces import draft, gated_feed_forward, layer_count


def _min_gru(config: Config) -> Draft:
    made = draft(config)
    made.define["layer"] = {
        "decoder": {
            "attention": {"min_gru": {"inner_size": config.integer("inner_size")}},
            "feed_forward": gated_feed_forward(config),
        }
    }
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


FAMILIES = (Family(("min_gru",), _min_gru, ("MinGRUForCausalLM",)),)
