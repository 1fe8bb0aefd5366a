"""ZAYA1: compressed convolutional attention and experts behind a router network."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, given, known_kinds, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import routed

_LABELS = {"hybrid": "Decoder layer", "hybrid_sliding": "Sliding layer"}


def _zaya(config: Config) -> Draft:
    made = draft(config, tied=True)
    layers = layer_count(config)
    types = config.texts("layer_types", default=["hybrid"] * layers)
    types = config.per_layer(types, layers, "layer_types", longer="attention and experts counted apart")
    types = known_kinds(config, types, tuple(_LABELS))
    positions = config.section("rope_parameters")
    if positions is not None:
        positions.ignore("rope_type", *(word for word in _LABELS if word not in types))
    names = []
    for index, word in enumerate(types):
        name = {"hybrid": "global", "hybrid_sliding": "local"}.get(word, "global")
        names.append(name if index else f"first_{name}")
        if names[-1] not in made.define:
            made.define[names[-1]] = _layer(config, word if word in _LABELS else "hybrid", first=not index)
    bias = config.flag("lm_head_bias", default=False)
    head: Block = {"output_head": {"bias": True}} if bias else "output_head"
    made.layers = ["embedding", "affine", *stacks(names), "rmsnorm", head]
    return made


def _layer(config: Config, kind: str, *, first: bool) -> Block:
    """One layer; the first has no router below it that could hand it anything."""
    window = config.optional_integer("sliding_window")
    if kind == "hybrid_sliding" and window is None:
        config.complain("sliding_window is missing", "", "some layers slide")
    position = rope(config, theta=5000000.0 if kind == "hybrid" else 10000.0, partial=0.5, kind=kind)
    attention: dict[str, Any] = {
        "num_attention_heads": config.integer("num_attention_heads", default=8),
        "num_key_value_heads": config.integer("num_key_value_heads", default=2),
        "head_dim": config.integer("head_dim", default=128),
        "cca_time0": config.integer("cca_time0", default=2),
        "cca_time1": config.integer("cca_time1", default=2),
        "position": position,
    }
    attention |= given(
        attention_bias=config.flag("attention_bias", default=False),
        sliding_window=window if kind == "hybrid_sliding" else None,
    )
    experts = config.integer("num_experts", default=16)
    chosen = config.integer("num_experts_per_tok", default=1)
    if chosen != 1:
        config.complain(f"num_experts_per_tok {chosen}: the family's class has 1 only", "num_experts_per_tok")
    router: dict[str, Any] = {
        "num_experts": experts,
        "router_hidden_size": config.integer("router_hidden_size", default=256),
    }
    if first:
        router["depth_average"] = False
    sparse = {
        "num_experts": experts,
        "num_experts_per_tok": chosen,
        **routed(gated_feed_forward(config, config.integer("moe_intermediate_size", default=2048), bias=None)),
        "router": {"mlp_router": router},
    }
    layer: dict[str, Any] = {"label": "First layer" if first else _LABELS[kind], "residual": "affine_residual"}
    layer["attention"] = {"compressed_convolutional_attention": attention}
    layer["feed_forward"] = {"mixture_of_experts": sparse}
    return {"decoder": layer}


FAMILIES = (Family(("zaya",), _zaya, ("ZayaForCausalLM",), ("output_router_logits", "is_encoder_decoder")),)
