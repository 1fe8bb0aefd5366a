"""Dense decoders of the Llama line: RMSNorm, rotary positions, gated feed forward."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.pieces import attention, draft, gated_feed_forward, layer_count, rope, switched_window


def _plain(config: Config, *, placement: str = "pre", tied: bool = False, **fields: Any) -> Draft:
    """A stack of equal layers; ``fields`` are further fields of the attention."""
    made = draft(config, tied=tied)
    bias = config.flag("attention_bias", default=False)
    mixer = attention(config, **{"attention_bias": bias, "position": rope(config)} | fields)
    layer: dict[str, Any] = {"attention": mixer, "feed_forward": gated_feed_forward(config)}
    if placement != "pre":
        layer["placement"] = placement
    made.define["layer"] = {"decoder": layer}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


def _llama(config: Config) -> Draft:
    return _plain(config)


def _mistral(config: Config) -> Draft:
    # Mistral 7B v0.1 slides in every layer; later files give null.
    return _plain(config, sliding_window=config.optional_integer("sliding_window"))


FAMILIES = (
    Family(("llama",), _llama, ("LlamaForCausalLM",)),
    Family(("mistral",), _mistral, ("MistralForCausalLM",)),
)
