"""The text model of Mistral Large 4: sparse latent attention whose layers differ in rotation and in whose latent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, layer_count
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.families.deepseek import IGNORED
from archdraw.readers.family import Family
from archdraw.readers.latent_parts import (
    MISTRAL,
    index_fields,
    index_kinds,
    latent_attention,
    latent_rope,
    mixture,
    sparse_layers,
)
from archdraw.readers.sparse_parts import assembled

LARGE = replace(MISTRAL, first_dense=1)
NOPE_INTERVAL = 4
_USUAL: Block = {
    "rope": {
        "rope_theta": 10000.0,
        "rope_scaling": {"rope_type": "yarn", "factor": 2048.0, "original_max_position_embeddings": 512},
    }
}


def _text(config: Config) -> Draft:
    made, number = draft(config), layer_count(config)
    for name in ("q_lora_rank", "mlp_bias"):
        if config.raw(name):
            config.mark_incomplete(f"the key {name}")
    for kind in sorted(set(config.texts("layer_types", default=[])) - {"indexed_attention"}):
        config.mark_incomplete(f"layers of the kind {kind}")
    mixers, rows = _mixers(config, number)
    sparse = sparse_layers(config, number, LARGE)
    feeds: dict[str, Block] = {"sparse": mixture(config, LARGE)}
    if all(sparse):
        config.raw("intermediate_size")
    else:
        feeds["dense"] = gated_feed_forward(config)
    cap = config.number("final_logit_softcapping", default=30.0)
    ends: tuple[Block, Block, Block] = ("embedding", "rmsnorm", {"output_head": {"final_logit_softcapping": cap}})
    whole = assembled(config, made, mixers, rows, feeds, ["sparse" if one else "dense" for one in sparse], ends=ends)
    whole.layers.insert(1, _frequencies(config.integer("qk_rope_head_dim") // 2))
    return whole


def _mixers(config: Config, number: int) -> tuple[dict[str, Block], list[str]]:
    """The attention of each kind of layer by its name, and the name of each layer's."""
    every = config.integer("no_rope_layer_interval", default=NOPE_INTERVAL)
    usual = [int((layer + 1) % every != 0) for layer in range(number)]
    listed = config.integers("no_rope_layers", default=usual)
    turned = [bool(one) for one in config.per_layer(listed, number, "no_rope_layers", longer="more than the layers")]
    sources = config.per_layer(
        config.integers("kv_source_layers", default=list(range(number))), number, "kv_source_layers"
    )
    choices = index_kinds(config, number)
    position: Block = latent_rope(config) if config.section("rope_parameters") else _USUAL
    mixers: dict[str, Block] = {}
    rows: list[str] = []
    for layer, (turns, source, choice) in enumerate(zip(turned, sources, choices, strict=True)):
        shares = source != layer
        if shares and not (0 <= source < layer and sources[source] == source and turned[source] == turns):
            config.mark_incomplete(f"the latent of layer {source} in layer {layer}")
        label = "RoPE" if turns else "NoPE"
        name = "rotated" if turns else "unrotated"
        if shares:
            name, label = f"{name}_sharing", "shared KV" if not turns else "RoPE, shared KV"
        if choice == "shared":
            name, label = f"{name}_earlier_index", f"{label}, shared index"
        if name not in mixers:
            mixers[name] = _attention(config, f"MLA with DSA, {label}", turns, shares, choice, position)
        rows.append(name)
    return mixers, rows


def _attention(config: Config, label: str, turns: bool, shares: bool, choice: str, position: Block) -> Block:
    """One kind of attention; without rotation the latent gives all features of a head."""
    extra: dict[str, Any] = index_fields(config, choice, 32)
    made = latent_attention(config, position if turns else "none", softmax_scaling=True, shares_kv=shares, **extra)
    assert isinstance(made, dict)
    fields = made["multi_head_latent"]
    if not turns:
        fields["qk_nope_head_dim"] += fields["qk_rope_head_dim"]
        fields["qk_rope_head_dim"] = 0
    return {"multi_head_latent": {"label": label, **fields}}


def _frequencies(number: int) -> Block:
    """The numbers that scale the frequencies of the rotation, learned once for all layers."""
    weight: Block = {
        "weight": {
            "label": "RoPE frequencies",
            "name": "rotary_emb",
            "detail": f"× exp(α), {number} learned α",
            "role": "position",
            "part": "attention",
            "inputs": 0,
            "weights": [{"name": "alpha", "shape": [number]}],
        }
    }
    frame: Block = {"module": {"label": "RoPE frequencies", "role": "position", "body": [weight]}}
    return {"side": {"joins": False, "direction": "in", "body": frame}}


FAMILIES = (Family(("mistral_large4_text",), _text, ("MistralLarge4ForCausalLM",), IGNORED),)
