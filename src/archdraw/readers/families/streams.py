"""Models with several residual streams, after DeepSeek V4: hyper-connections around latent or compressed attention."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    draft,
    gated_feed_forward,
    known_kinds,
    layer_count,
    multi_token_prediction,
    rope,
    without_effect,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.deepseek import IGNORED
from archdraw.readers.family import Family
from archdraw.readers.latent_parts import (
    Defaults,
    index_fields,
    index_kinds,
    latent_attention,
    latent_rope,
    mixture,
    sparse_layers,
)
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented

_RATIOS = {0: "sliding", 4: "sparse", 128: "heavy"}
_TYPES = {
    "sliding_attention": "sliding",
    "compressed_sparse_attention": "sparse",
    "heavily_compressed_attention": "heavy",
}


def with_streams(layers: list[Block], streams: int, head: Block) -> list[Block]:
    """``layers`` between the copy of the embedding to ``streams`` residual streams and ``head``, which reads them."""
    return ["embedding", {"residual_streams": commented(streams, "hc_mult")}, *layers, head]


def layer_ratios(config: Config, number: int) -> list[str]:
    """For each layer how its attention compresses: ``sliding`` (not at all), ``sparse`` or ``heavy``."""
    if "layer_types" in config:
        config.raw("compress_ratios")
        listed = config.per_layer(config.texts("layer_types"), number, "layer_types", longer="MTP layers")
        return [_TYPES[kind] for kind in known_kinds(config, listed, tuple(_TYPES))]
    if "compress_ratios" in config:
        ratios = config.per_layer(config.integers("compress_ratios"), number, "compress_ratios", longer="MTP layers")
        for ratio in sorted(set(ratios) - set(_RATIOS)):
            config.complain(f"unknown compress ratio {ratio}", "compress_ratios", "choose from 0, 4, 128")
        return [_RATIOS.get(ratio, "heavy") for ratio in ratios]
    # The class: two layers that compress heavily, then both kinds in turns.
    return ["heavy" if layer < 2 or layer % 2 == 0 else "sparse" for layer in range(number)]


def compressed_attention(config: Config, kind: str) -> Block:
    """Compressed attention of DeepSeek V4."""
    fields: dict[str, Any] = {
        name: config.integer(name) for name in ("num_attention_heads", "head_dim", "q_lora_rank", "o_groups")
    }
    fields |= {"o_lora_rank": config.integer("o_lora_rank"), "qk_rope_head_dim": config.integer("qk_rope_head_dim")}
    fields["sliding_window"] = config.integer("sliding_window")
    rates = config.section("compress_rates") or Config({}, ("compress_rates",), config)
    if kind == "sliding":
        plain = rope(config, kind="main")
        assert isinstance(plain, dict)
        return {"compressed_attention": fields | {"position": {"rope": {"rope_theta": plain["rope"]["rope_theta"]}}}}
    index = {name: config.integer(name) for name in ("index_n_heads", "index_head_dim", "index_topk")}
    sparse = rates.integer("compressed_sparse_attention", default=config.integer("compress_rate_csa", default=4))
    heavy = rates.integer("heavily_compressed_attention", default=config.integer("compress_rate_hca", default=128))
    fields["compress_ratio"] = commented(sparse if kind == "sparse" else heavy, "compress_ratios")
    stretched = config.number("compress_rope_theta", default=160000.0)
    position = rope(config, theta=stretched, kind="compress")
    assert isinstance(position, dict)
    if not _nested(config):
        position["rope"]["rope_theta"] = stretched
    return {"compressed_attention": fields | (index if kind == "sparse" else {}) | {"position": position}}


def _nested(config: Config) -> bool:
    """Whether ``rope_parameters`` has bases for both kinds of layers, as files of transformers 5 have."""
    given = config.raw("rope_parameters")
    return isinstance(given, dict) and isinstance(given.get("compress"), dict)


def _deepseek_v4(config: Config) -> Draft:
    made = draft(config)
    number = layer_count(config)
    if config.integer("num_key_value_heads", default=1) != 1:
        config.mark_incomplete("more than one head of keys and values")
    without_effect(config, "attention_bias")
    kinds = layer_ratios(config, number)
    first = next((kind for kind in kinds if kind != "sliding"), "")
    for kind in dict.fromkeys(kinds):
        mixer = compressed_attention(config, kind)
        is_whole = kind in ("sliding", first)
        made.define[kind] = mixer if is_whole else like(first, compressed_attention(config, first), mixer)
    streams = config.integer("hc_mult", default=4)
    residual = {"hc_mult": streams, "hc_sinkhorn_iters": config.integer("hc_sinkhorn_iters", default=20)}
    made.define["mhc"] = {"hyper_connections": residual}
    mix = mixture(config, Defaults(norm_topk_prob=True, routed_scaling_factor=1.5))
    clamped(mix)
    if config.integer("n_shared_experts", default=1, least=0) != 1:
        config.mark_incomplete("n_shared_experts is not 1, and the class of transformers has one shared expert")
    if config.flag("mlp_bias", default=False):
        assert isinstance(mix, dict)
        mix["mixture_of_experts"]["shared_expert_bias"] = True
    made.define["moe"] = mix
    made.define["hash_moe"] = {"like": "moe", "hash_routing": True, "e_score_correction_bias": False}
    hashed = _hashed(config, number)
    if not any(hashed):
        del made.define["hash_moe"]
    names = []
    for kind, by_table in zip(kinds, hashed, strict=True):
        names.append(f"{kind}_hash" if by_table else f"{kind}_layer")
        layer = {"attention": kind, "feed_forward": "hash_moe" if by_table else "moe", "residual": "mhc"}
        made.define.setdefault(names[-1], {"decoder": layer})
    head: Block = {"stream_head": {"hc_mult": streams}}
    made.layers = with_streams([*stacks(names), *_further(config, made, head)], streams, head)
    made.layers += ["rmsnorm", "output_head"]
    return made


def clamped(mix: Block, *, shared: bool = True) -> None:
    """Takes ``moe_intermediate_size`` out of a mixture whose experts say their width themselves.

    The shared experts are no clamped ones unless ``shared``.
    """
    assert isinstance(mix, dict)
    fields = mix["mixture_of_experts"]
    if "expert" not in fields:
        return
    if "moe_intermediate_size" not in fields:
        return  # An expert of another activation is written whole already.
    width = fields.pop("moe_intermediate_size")
    number = fields.pop("n_shared_experts", None) if not shared else None
    if number is not None:
        fields["shared_expert"] = {
            "swiglu": {"intermediate_size": commented(number * width, "n_shared_experts experts wide")}
        }


def _hashed(config: Config, number: int) -> list[bool]:
    """For each layer whether a table of tokens chooses its experts."""
    if "mlp_layer_types" in config:
        config.raw("num_hash_layers")
        listed = config.per_layer(config.texts("mlp_layer_types"), number, "mlp_layer_types", longer="MTP layers")
        return [kind == "hash_moe" for kind in listed]
    first = config.integer("num_hash_layers", default=3, least=0)
    return [layer < first for layer in range(number)]


def _further(config: Config, made: Draft, head: Block) -> list[Block]:
    """The MTP modules: layers with nothing but the window, as the entries beyond the stack say.

    They read all streams, and end in a ``head`` of their own.
    """
    further = multi_token_prediction(config, "mtp_layer", stream_head=head)
    if further:
        if "sliding" not in made.define:
            made.define["sliding"] = compressed_attention(config, "sliding")
        made.define["mtp_layer"] = {"decoder": {"attention": "sliding", "feed_forward": "moe", "residual": "mhc"}}
    return further


def _hy_v4(config: Config) -> Draft:
    """Hy4: sparse latent attention with a gate and sinks, and streams that are not mixed (iHC)."""
    made = draft(config)
    number = layer_count(config)
    for name in ("use_mla", "use_dsa", "enable_ihc", "gated_mla", "learnable_sink"):
        if not config.flag(name, default=True):
            config.mark_incomplete(f"a model without {name}")
    if config.text("gating_type", default="elementwise") != "elementwise":
        config.mark_incomplete("a gate that is not elementwise")
    config.raw("layer_types")
    position = latent_rope(config)
    kinds = index_kinds(config, number)
    full = latent_attention(config, position, **index_fields(config, "full", 16), output_gate=True, sinks=True)
    made.define["indexed"] = full
    made.define["shared_index"] = {
        "like": "indexed",
        "indexer": "shared",
        "index_n_heads": None,
        "index_head_dim": None,
    }
    streams, magnitude = config.integer("hc_mult", default=4), config.number("hc_magnitude", default=2.0)
    made.define["ihc"] = {
        "hyper_connections": {"hc_mult": streams} | ({"hc_magnitude": magnitude} if magnitude != 2 else {})
    }
    mix = mixture(config, Defaults(first_dense=1, norm_topk_prob=True, routed_scaling_factor=2.827))
    clamped(mix, shared=False)
    made.define["moe"] = mix
    sparse = sparse_layers(config, number, Defaults(first_dense=1))
    dense = gated_feed_forward(config)
    names = []
    for kind, is_sparse in zip(kinds, sparse, strict=True):
        mixer = "shared_index" if kind == "shared" else "indexed"
        names.append(f"{'sparse' if is_sparse else 'dense'}_{mixer}")
        layer = {"attention": mixer, "feed_forward": "moe" if is_sparse else dense, "residual": "ihc"}
        made.define.setdefault(names[-1], {"decoder": layer})
    further = next((name for name in names[::-1] if name.endswith("_indexed")), names[-1])
    predicting = multi_token_prediction(config, "mtp_layer")
    if predicting:
        # Its checkpoint has no hyper-connections there: the module reads one line, and its residual line is one.
        written = made.define[further]
        assert isinstance(written, dict)
        own = {name: part for name, part in written["decoder"].items() if name != "residual"}
        made.define["mtp_layer"] = {"decoder": own}
    made.layers = with_streams(stacks(names), streams, {"stream_head": {"hc_mult": streams}})
    made.layers += ["rmsnorm", *predicting, "output_head"]
    return made


_STREAMS = ("hc_eps", "learnable_sink_init", "bitwise_backward_align")

FAMILIES = (
    Family(("deepseek_v4",), _deepseek_v4, ("DeepseekV4ForCausalLM",), (*_STREAMS, "expert_dtype")),
    Family(("hy_v4",), _hy_v4, ("HYV4ForCausalLM",), (*IGNORED, *_STREAMS)),
)
