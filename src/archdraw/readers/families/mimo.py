"""The MiMo-V2 line: wide keys and narrow values, sinks in sliding layers, experts in all layers but the first."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import assembled, balanced, mixers_of, mixture, sparse_by_type
from archdraw.readers.special_towers import mimo_towers
from archdraw.readers.text_parts import with_towers

SLIDING = "sliding_attention"
IGNORED = (
    *("attention_projection_layout", "moe_router_dtype", "indexer_activation_dtype", "hybrid_block_size"),
    *("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id"),
)
"""How projections are stored together, and number types."""


def _kinds(config: Config, number: int) -> list[str]:
    """The kind of each layer: ``hybrid_layer_pattern`` has 1 for those that slide, 0 for full attention.

    Transformers 5 writes ``layer_types`` beside it; where they contradict each other, its own list counts.
    """
    usual = ["full_attention" if layer == 0 or (layer + 1) % 6 == 0 else SLIDING for layer in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=usual), number, "layer_types")
    if "hybrid_layer_pattern" not in config:
        return kinds
    listed = config.per_layer(config.integers("hybrid_layer_pattern"), number, "hybrid_layer_pattern")
    pattern = [SLIDING if slides else "full_attention" for slides in listed]
    if "layer_types" in config and kinds != pattern:
        config.mark_incomplete("layer_types and hybrid_layer_pattern contradict each other")
    return kinds if "layer_types" in config else pattern


def _mixer(config: Config, kind: str) -> Block:
    """The attention of a kind of layer; the keys of sliding layers begin with ``swa_``."""
    slides = kind == SLIDING
    heads, width = config.integer("num_attention_heads"), config.integer("head_dim", default=192)
    value = config.integer("v_head_dim", default=128)
    groups = config.integer("num_key_value_heads")
    theta = 5e6
    if slides:
        heads = config.integer("swa_num_attention_heads", default=heads)
        groups = config.integer("swa_num_key_value_heads", default=2 * groups)
        width, value = config.integer("swa_head_dim", default=width), config.integer("swa_v_head_dim", default=value)
        theta = config.number("swa_rope_theta", default=10000.0)
    position = rope(config, theta=5e6, partial=0.334, kind=kind)
    if slides and isinstance(position, dict) and not isinstance(_positions(config).get(kind), dict):
        position = {"rope": {**position["rope"], "rope_theta": theta}}
        position["rope"].pop("rope_scaling", None)
    biased = config.flag("attention_bias", default=False)
    sinks = config.flag(f"add_{'swa' if slides else 'full'}_attention_sink_bias", default=slides)
    fields: dict[str, Any] = {
        "v_head_dim": value if value != width else None,
        "attention_bias": biased,
        "attention_out_bias": False if biased else None,
        "attention_value_scale": config.optional_number("attention_value_scale"),
        "sinks": sinks,
        "sliding_window": config.integer("sliding_window_size", "sliding_window", default=128) if slides else None,
        "position": position,
    }
    # Second names of the window, and of the base where rope_parameters has it.
    config.raw("sliding_window", "sliding_window_size", "attention_chunk_size", "rope_theta")
    return whole_heads(heads, groups, width, **fields)


def _positions(config: Config) -> dict[str, Any]:
    value = config.data.get("rope_parameters")
    return value if isinstance(value, dict) else {}


def _sparse(config: Config, number: int) -> list[bool]:
    """Which layers have experts: ``moe_layer_freq`` has 1 for them; ``mlp_layer_types`` counts where both are there."""
    by_type = sparse_by_type(config, number, dense_first=1)
    if "moe_layer_freq" not in config:
        return by_type
    flags = config.per_layer(config.integers("moe_layer_freq"), number, "moe_layer_freq")
    listed = [bool(one) for one in flags]
    if "mlp_layer_types" in config and listed != by_type:
        config.mark_incomplete("mlp_layer_types and moe_layer_freq contradict each other")
    return by_type if "mlp_layer_types" in config else listed


def _decoder(config: Config, mixer: Any = _mixer) -> Draft:
    made, number = draft(config), layer_count(config)
    kinds = _kinds(config, number)
    shared = config.integer("n_shared_experts", default=0, least=0) or None
    mix = mixture(config, config.integer("moe_intermediate_size"), n_shared_experts=shared, **balanced(config))
    sparse = _sparse(config, number)
    mixers, rows = mixers_of(config, kinds, lambda kind: mixer(config, kind))
    feeds = {"sparse": mix, "dense": gated_feed_forward(config)}
    feed_rows = ["sparse" if one else "dense" for one in sparse]
    # A module of multi-token prediction slides and is dense, as the code beside the checkpoints has it.
    further = ("local" if "local" in mixers else rows[-1], "dense")
    return assembled(config, made, mixers, rows, feeds, feed_rows, predicts=further)


def _mimo_v2_flash(config: Config) -> Draft:
    """MiMo-V2-Flash, whose class in transformers derives what the model's own files say of sliding layers."""
    number = layer_count(config)
    made = _mimo_v2(config)
    derived = {
        "swa_num_attention_heads": config.integer("num_attention_heads"),
        "swa_num_key_value_heads": 2 * config.integer("num_key_value_heads"),
        "swa_head_dim": config.integer("head_dim", default=192),
        "swa_v_head_dim": config.integer("v_head_dim", default=128),
        "add_swa_attention_sink_bias": True,
        "add_full_attention_sink_bias": False,
        "n_shared_experts": 0,
    }
    lists = {
        "hybrid_layer_pattern": [int(layer > 0 and (layer + 1) % 6 != 0) for layer in range(number)],
        "moe_layer_freq": [int(layer > 0) for layer in range(number)],
    }
    for name, value in {**derived, **lists}.items():
        given = config.data.get(name)
        if given is not None and given != value:
            config.mark_incomplete(f"{name} is another one than in the class of transformers, which does not read it")
    return made


def _mimo_v2(config: Config) -> Draft:
    return with_towers(_decoder(config), mimo_towers(config))


def _naive(config: Config) -> Draft:
    """Naive-N0.5: the full layers of a MiMo-V2 meet only the tokens that an indexer chooses."""
    if not config.flag("enable_dsa", default=True):
        return _decoder(config)
    if config.integer("index_n_kv_heads", default=1) != 1:
        config.mark_incomplete("several heads of index keys")
    index: dict[str, Any] = {
        "index_n_heads": config.integer("index_n_heads", default=16),
        "index_head_dim": config.integer("index_head_dim", default=128),
        "index_topk": config.integer("index_top_k", "index_topk", default=2048),
    }

    def mixer(config: Config, kind: str) -> Block:
        plain = _mixer(config, kind)
        if kind == SLIDING:
            return plain
        assert isinstance(plain, dict)
        ((_, fields),) = plain.items()
        groups = {"num_key_value_heads": config.integer("num_key_value_heads")}
        return {"token_sparse_attention": {"label": "Sparse attention", **groups, **fields, **index}}

    return _decoder(config, mixer)


FAMILIES = (
    Family(("mimo_v2_flash",), _mimo_v2_flash, ("MiMoV2FlashForCausalLM",), IGNORED),
    Family(("mimo_v2",), _mimo_v2, ("MiMoV2ForCausalLM",), IGNORED),
    Family(("naive_n05_flash",), _naive, ("NaiveN05FlashForCausalLM",), IGNORED),
)
