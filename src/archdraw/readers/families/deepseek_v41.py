"""DeepSeek V4.1: compressed entries that later layers share, residual streams, n-gram memory, a drafting model."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, layer_count, rope, without_effect
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.streams import clamped
from archdraw.readers.family import Family
from archdraw.readers.latent_parts import Defaults, mixture
from archdraw.readers.similarity import like
from archdraw.readers.special_towers import deepseek_tower
from archdraw.readers.traced import commented


def _ratios(config: Config, number: int) -> list[int]:
    ratios = config.integers("compress_ratios")
    return config.per_layer(ratios, number, "compress_ratios", longer="layers of the drafting model")


def _mixer(config: Config, ratio: int, entries: str, indexer: str, bound: bool) -> Block:
    """The attention of one layer. ``bound``: it makes, or is bound by, the choice of candidates."""
    fields: dict[str, Any] = {
        name: config.integer(name) for name in ("num_attention_heads", "head_dim", "q_lora_rank", "o_groups")
    }
    fields |= {"o_lora_rank": config.integer("o_lora_rank"), "qk_rope_head_dim": config.integer("qk_rope_head_dim")}
    fields["sliding_window"] = config.integer("sliding_window")
    if not ratio:
        theta = config.number("rope_theta", default=10000.0)
        return {"shared_compressed_attention": fields | {"position": {"rope": {"rope_theta": theta}}}}
    fields["compress_ratio"] = commented(ratio, "compress_ratios")
    if entries == "shared":
        fields["entries"] = "shared"
    if indexer == "shared":
        fields["indexer"] = "shared"
    fields |= {name: config.integer(name) for name in ("index_n_heads", "index_head_dim", "index_topk")}
    if bound:
        fields["candidate_topk_blocks"] = config.integer("candidate_topk_blocks")
        fields["candidate_block_size"] = config.integer("candidate_block_size")
    position = rope(config)
    assert isinstance(position, dict)
    position["rope"]["rope_theta"] = config.number("compress_rope_theta", default=160000.0)
    return {"shared_compressed_attention": fields | {"position": position}}


def _mixers(config: Config, made: Draft, number: int) -> list[str]:
    """Defines the attention of every layer; the name of each layer's definition."""
    sources, indexers = config.integers("kv_source_layer_ids"), config.integers("index_source_layer_ids")
    candidates = config.integer("candidate_source_layer_id", default=-1, least=-1)
    names: list[str] = []
    base = ""
    for layer, ratio in enumerate(_ratios(config, number)):
        entries = "own" if layer in sources else "shared"
        indexer = "own" if layer in indexers else "shared"
        if ratio and entries == "own" and indexer == "shared":
            config.complain(f"layer {layer} makes entries and has no indexer", "index_source_layer_ids")
        if ratio and entries == "shared" and not any(source < layer for source in sources):
            config.complain(f"layer {layer} shares entries that no layer before makes", "kv_source_layer_ids")
        bound = candidates == layer or (0 <= candidates < layer and indexer == "own")
        kind = "sources" if entries == "own" else "reindex" if indexer == "own" else "shares"
        name = f"{kind}_{ratio}" if ratio else "sliding"
        names.append(name)
        if name in made.define:
            continue
        mixer = _mixer(config, ratio, entries, indexer, bound)
        if not ratio:
            made.define[name] = mixer
        elif base:
            made.define[name] = like(base, made.define[base], mixer)
        else:
            base, made.define[name] = name, mixer
    return names


def _memories(config: Config, streams: int) -> dict[int, Block]:
    """The memory of n-grams by the index of its layer."""
    places = config.integers("engram_layer_ids", default=[])
    rows = config.integers("engram_num_embeddings", default=[])
    config.ignore("engram_vocab_size", "engram_compressed_vocab_size")
    if len(rows) != len(places):
        config.complain(
            f"engram_num_embeddings has {len(rows)} entries for {len(places)} layers", "engram_num_embeddings"
        )
        return {}
    if not places:
        return {}
    size, heads = config.integer("engram_max_ngram_size"), config.integer("engram_n_heads")
    width = (size - 1) * heads * config.integer("engram_head_dim")
    fields = {
        "embed_dim": commented(width, f"engram_head_dim × engram_n_heads × {size - 1} orders"),
        "ngram_size": size,
        "heads_per_ngram": heads,
        "hc_mult": streams,
        "conv_kernel_size": None,
        "projections": "wkv",
    }
    return {
        place: {"ngram_memory": {"num_embeddings": commented(number, "engram_num_embeddings"), **fields}}
        for place, number in zip(places, rows, strict=True)
    }


def _draft_model(config: Config, made: Draft, mix: Block) -> list[Block]:
    """The DSpark module, from the keys ``dspark_``; nothing where the file has none."""
    number = config.integer("num_nextn_predict_layers", default=0, least=0)
    targets = config.integers("dspark_target_layer_ids", default=[])
    if not number or not targets or "dspark_block_size" not in config:
        return []
    made.define.setdefault("sliding", _mixer(config, 0, "shared", "shared", False))
    assert isinstance(mix, dict)
    experts = config.integer("dspark_n_routed_experts", default=mix["mixture_of_experts"]["num_experts"])
    chosen = config.integer("dspark_num_experts_per_tok", default=mix["mixture_of_experts"]["num_experts_per_tok"])
    own = {"like": "moe", "num_experts": experts, "num_experts_per_tok": chosen}
    made.define["draft_layer"] = {"decoder": {"attention": "sliding", "feed_forward": own, "residual": "mhc"}}
    fields: dict[str, Any] = {"num_nextn_predict_layers": number, "target_layer_ids": list(targets)}
    fields |= {"markov_rank": config.integer("dspark_markov_rank"), "block_size": config.integer("dspark_block_size")}
    return [{"dspark": fields | {"layer": "draft_layer"}}]


def _deepseek_v41(config: Config) -> Draft:
    text = config.section("text_config") or config
    text.ignore("hc_eps")
    made = draft(text, root=config)
    number = layer_count(text)
    if text.integer("num_key_value_heads", default=1) != 1:
        text.mark_incomplete("more than one head of keys and values")
    without_effect(text, "attention_bias")
    mixers = _mixers(text, made, number)
    streams = text.integer("hc_mult", default=4)
    residual = {"hc_mult": streams, "hc_sinkhorn_iters": text.integer("hc_sinkhorn_iters", default=20)}
    made.define["mhc"] = {"hyper_connections": residual | {"single_pass": True}}
    mix = mixture(text, Defaults(norm_topk_prob=True, routed_scaling_factor=1.5))
    clamped(mix)
    made.define["moe"] = mix
    for mixer in dict.fromkeys(mixers):
        made.define[f"{mixer}_layer"] = {"decoder": {"attention": mixer, "feed_forward": "moe", "residual": "mhc"}}
    names = [f"{mixer}_layer" for mixer in mixers]
    for place, memory in _memories(text, streams).items():
        if not 0 <= place < number:
            text.complain(f"engram_layer_ids names layer {place} of {number}", "engram_layer_ids")
            continue
        base, names[place] = names[place], f"remember_{place}"
        made.define[names[place]] = {"like": base, "first": {"residual": memory}}
    made.layers = ["embedding", *deepseek_tower(config.section("vision_config"))]
    made.layers += [{"residual_streams": commented(streams, "hc_mult")}, *stacks(names)]
    made.layers += [{"stream_head": {"hc_mult": streams, "read": "carried"}}, "rmsnorm"]
    made.layers += [*_draft_model(text, made, mix), "output_head"]
    return made


FAMILIES = (Family(("deepseek_v41", "deepseek_v41_text"), _deepseek_v41, ("DeepseekV41ForCausalLM",)),)
