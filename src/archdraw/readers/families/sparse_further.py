"""Sparse decoders with gates, sinks or scales of their own: Beam, Flint, Aria, Granite with windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.readers.components import (
    LAYER_NAMES,
    attention,
    draft,
    gated_feed_forward,
    known_kinds,
    layer_count,
    rope,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.scaling import granite
from archdraw.readers.sparse_parts import assembled, balanced, mixers_of, mixture, sparse_by_step, sparse_by_type

SLIDING, FULL = "sliding_attention", "full_attention"


def _kinds(config: Config, usual: Sequence[str]) -> list[str]:
    listed = config.per_layer(config.texts("layer_types", default=list(usual)), len(usual), "layer_types")
    return known_kinds(config, listed, tuple(LAYER_NAMES))


def _feeds(config: Config, sparse: Sequence[bool], mix: Block) -> tuple[dict[str, Block], list[str]]:
    """Definitions of the feed forwards and the name of each layer's; dense ones have no biases in these classes."""
    if all(sparse):
        config.raw("intermediate_size", "mlp_bias")
        return {"sparse": mix}, ["sparse"] * len(sparse)
    dense = gated_feed_forward(config, bias=None)
    return {"sparse": mix, "dense": dense}, ["sparse" if one else "dense" for one in sparse]


def _beam(config: Config) -> Draft:
    """Beam: a gate with a bias for each head, layers without rotation that grow their queries, scales by the depth."""
    made, number = draft(config), layer_count(config)
    usual = [SLIDING if (layer + 1) % 6 else FULL for layer in range(number)]
    usual[-1] = FULL
    kinds = _kinds(config, usual)
    bias = config.flag("attention_bias", default=False)
    bases = config.data.get("rope_parameters")

    def mixer(kind: str) -> Block:
        slides = kind == SLIDING
        turned = isinstance(bases.get(kind), dict) if isinstance(bases, dict) else slides
        grows = {} if turned else {"attn_temperature_tuning": "power", "floor_scale": 2048, "attn_scale": 0.1}
        return attention(
            config,
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            output_gate=True,
            gate_projection="gate_proj",
            gate_bias=True,
            sliding_window=config.integer("sliding_window", default=512) if slides else None,
            position=rope(config, kind=kind) if turned else "none",
            **grows,
        )

    config.raw("sliding_window")
    positions = config.section("rope_parameters")
    if positions is not None:
        positions.raw(FULL, SLIDING)  # null: no rotation
    if isinstance(bases, dict):
        rope(config, kind=next((kind for kind, base in bases.items() if isinstance(base, dict)), ""))
    router = balanced(config, scale=2.5, groups=8, chosen=4)
    mix = mixture(config, config.integer("moe_intermediate_size"), **router)
    feeds, rows = _feeds(config, sparse_by_type(config, number, dense_first=min(3, number)), mix)
    mixers, mixer_rows = mixers_of(config, kinds, mixer)
    cap = config.optional_number("final_logit_softcapping")
    if cap is None and "final_logit_softcapping" not in config.data:
        cap = config.number("final_logit_softcapping", default=30.0)
    head: Block = "output_head" if cap is None else {"output_head": {"final_logit_softcapping": cap}}
    return assembled(
        config,
        made,
        mixers,
        mixer_rows,
        feeds,
        rows,
        ends=("embedding", "rmsnorm", head),
        placement="sandwich",
        residual="depth_scaled_residual",
    )


def _flint(config: Config) -> Draft:
    """Flint: sinks, rotation in sliding layers alone, a sigmoid router without a bias, a shared expert."""
    made, number = draft(config), layer_count(config)
    usual = [FULL if layer < 2 or layer % 4 == 1 or layer == number - 1 else SLIDING for layer in range(number)]
    kinds = _kinds(config, usual)
    bias = config.flag("attention_bias", default=False)

    def mixer(kind: str) -> Block:
        slides = kind == SLIDING
        return attention(
            config,
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            sinks=True,
            sliding_window=config.integer("sliding_window", default=513) if slides else None,
            position=rope(config) if slides else "none",
        )

    mix = mixture(
        config,
        config.integer("moe_intermediate_size"),
        shared_expert_intermediate_size=config.integer("shared_expert_intermediate_size", default=1024),
        scoring_func="sigmoid",
        norm_topk_prob=config.flag("norm_topk_prob", default=True),
    )
    feeds, rows = _feeds(config, sparse_by_step(config, number, usual=range(min(2, number))), mix)
    mixers, mixer_rows = mixers_of(config, kinds, mixer)
    return assembled(config, made, mixers, mixer_rows, feeds, rows)


def _aria(config: Config) -> Draft:
    """Aria's text model: Llama with experts, and shared ones that are as wide as so many of them."""
    made, number = draft(config), layer_count(config)
    mixer = attention(config, attention_bias=config.flag("attention_bias", default=False), position=rope(config))
    biased = config.flag("mlp_bias", default=False)
    shared = config.integer("moe_num_shared_experts", default=2, least=0)
    mix = mixture(
        config,
        config.integer("intermediate_size"),
        n_shared_experts=shared or None,
        shared_expert_bias=biased or None,
        norm_topk_prob=True,
    )
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, {"sparse": mix}, ["sparse"] * number)


def _granite_windows(config: Config) -> Draft:
    """Granite with windows: sinks, and a base of the rotation for each layer, 0 for none."""
    made, number = draft(config, tied=True), layer_count(config)
    return _granite(config, made, {"dense": gated_feed_forward(config)}, ["dense"] * number)


def _granite_experts(config: Config) -> Draft:
    """Granite MoE with windows, as the dense model."""
    made, number = draft(config), layer_count(config)
    shared = config.integer("shared_intermediate_size", default=0, least=0) or None
    width = config.integer("intermediate_size")
    mix = mixture(config, width, chosen=2, shared_expert_intermediate_size=shared, norm_topk_prob=True)
    return _granite(config, made, {"sparse": mix}, ["sparse"] * number)


def _granite(config: Config, made: Draft, feeds: dict[str, Block], rows: list[str]) -> Draft:
    kinds = _kinds(config, [FULL if layer % 4 == 0 else SLIDING for layer in range(len(rows))])
    factors = granite(config)
    turned = rope(config)
    assert isinstance(turned, dict)
    base = turned["rope"]["rope_theta"]
    listed = config.numbers("layer_rope_theta", default=[base] * len(rows))
    bases = config.per_layer(listed, len(rows), "layer_rope_theta")
    bias = config.flag("attention_bias", default=False)
    mixers: dict[str, Block] = {}
    names: list[str] = []
    for kind, theta in zip(kinds, bases, strict=True):
        position: Block = {"rope": {**turned["rope"], "rope_theta": float(theta)}} if theta else "none"
        mixer = attention(
            config,
            attention_bias=bias,
            sinks=True,
            sliding_window=config.integer("sliding_window", default=128) if kind == SLIDING else None,
            position=position,
            **factors.mixer,
        )
        found = next((name for name, block in mixers.items() if block == mixer), "")
        name = found or LAYER_NAMES[kind] + (f"_{len(mixers)}" if LAYER_NAMES[kind] in mixers else "")
        mixers.setdefault(name, mixer)
        names.append(name)
    config.raw("sliding_window")
    ends: tuple[Block, Block, Block] = (
        {"embedding": factors.embedding} if factors.embedding else "embedding",
        "rmsnorm",
        {"output_head": factors.head} if factors.head else "output_head",
    )
    layer: dict[str, Any] = factors.layer
    return assembled(config, made, mixers, names, feeds, rows, ends=ends, **layer)


def _jetmoe(config: Config) -> Draft:
    """JetMoE: experts in attention as well, as many as in the feed forwards, and a learned vector behind both."""
    made, number = draft(config, tied=True), layer_count(config)
    groups = config.integer("num_key_value_heads", default=16)
    mix = mixture(config, config.integer("intermediate_size"), chosen=2, norm_topk_prob=True, output_bias=True)
    assert isinstance(mix, dict)
    fields = {name: mix["mixture_of_experts"][name] for name in ("num_experts", "num_experts_per_tok")}
    mixer: Block = {
        "mixture_of_heads": {
            "num_key_value_heads": groups,
            "head_dim": config.integer("kv_channels", "head_dim", default=128),
            **fields,
            "position": rope(config),
        }
    }
    config.raw("num_attention_heads")  # The class derives it from the two numbers above.
    return assembled(config, made, {"heads": mixer}, ["heads"] * number, {"sparse": mix}, ["sparse"] * number)


FAMILIES = (
    Family(("jetmoe",), _jetmoe, ("JetMoeForCausalLM",), ("aux_loss_coef",)),
    Family(("beam",), _beam, ("BeamForCausalLM",)),
    Family(("flint",), _flint, ("FlintForCausalLM",)),
    Family(("aria_text",), _aria, ("AriaTextForCausalLM",)),
    Family(("granite_swa",), _granite_windows, ("GraniteSWAForCausalLM",)),
    Family(("granitemoe_swa",), _granite_experts, ("GraniteMoeSWAForCausalLM",)),
)
