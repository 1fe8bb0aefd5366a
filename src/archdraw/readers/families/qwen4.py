"""Qwen3.8-Flash-Next: Gated DeltaNet and sparse attention between residual streams, with a memory of n-grams."""

from __future__ import annotations

from functools import cache
from math import isqrt
from typing import Any

from archdraw.readers.components import draft, given, known_kinds, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.qwen_hybrid import experts, gated_delta_net
from archdraw.readers.family import Family
from archdraw.readers.towers import qwen_tower
from archdraw.readers.traced import commented

MOST_TABLES = 1024
"""More n-gram tables, in all layers, than any model has: finding a prime number of rows for each takes time."""


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, isqrt(number) + 1))


@cache
def table_rows(base: int, before: int, tables: int, padded: int) -> int:
    """Rows of ``tables`` n-gram tables together, padded to a multiple.

    Each has a prime number of rows: the primes from ``base`` up, in order, ``before`` of them already taken.
    """
    primes: list[int] = []
    number = int(base)
    while len(primes) < before + tables:
        if _is_prime(number):
            primes.append(number)
        number += 1
    rows = sum(primes[before:])
    return -(-rows // padded) * padded


def sparse_attention(config: Config) -> Block:
    """Grouped-query attention with QK-norm and output gate, to the tokens that the pooled index chooses."""
    fields: dict[str, Any] = {
        "num_attention_heads": config.integer("num_attention_heads", default=16),
        "num_key_value_heads": config.integer("num_key_value_heads", default=2),
        "head_dim": config.integer("head_dim", default=256),
        "qk_norm": "rmsnorm_per_head",
        "output_gate": True,
        "position": rope(config, partial=0.25),
    }
    if config.flag("attention_bias", default=False):
        fields["attention_bias"] = True
    if "indexer_n_heads" not in config:
        return {"grouped_query": fields}
    if config.integer("indexer_kv_heads", default=1) != 1:
        config.mark_incomplete("more than one index key")
    sizes = ("indexer_n_heads", "indexer_head_dim", "indexer_budget", "indexer_compress_ratio")
    return {"pooled_sparse_attention": fields | {name: config.integer(name) for name in sizes}}


def memories(config: Config, streams: int) -> dict[int, Block]:
    """The memory of n-grams by the index of its layer. The file counts layers from 1."""
    places = sorted(set(config.integers("ple_layer_ids", default=[])))
    width = config.integer("ple_embed_dim", default=config.integer("hidden_size"))
    size, heads = config.integer("ngram_size", default=3), config.integer("heads_per_ngram", default=8)
    base = config.integer("ngram_vocab_size_base", default=20_000_000)
    padded = config.integer("make_ngram_vocab_size_divisible_by", default=128)
    kernel = config.integer("ple_conv_kernel_size", default=4)
    tables = (size - 1) * heads
    if tables * len(places) > MOST_TABLES:
        config.complain(f"{tables:,} n-gram tables per layer are more than any model has", "ngram_size")
        return {}
    made: dict[int, Block] = {}
    for number, place in enumerate(places):
        rows = table_rows(base, number * tables, tables, padded)
        made[place - 1] = {
            "ngram_memory": {
                "num_embeddings": commented(rows, f"{tables} primes from ngram_vocab_size_base, padded"),
                "embed_dim": width,
                "ngram_size": size,
                "heads_per_ngram": heads,
                "hc_mult": streams,
                "conv_kernel_size": kernel,
            }
        }
    return made


def _qwen4(config: Config) -> Draft:
    text = config.section("text_config") or config
    text.ignore("split_ngram_parts", "seed")
    made = draft(text, root=config)
    number = layer_count(text)
    streams = text.integer("hc_count", default=4)
    every = text.integer("full_attention_interval", default=4)
    usual = ["linear_attention" if (layer + 1) % every else "full_attention" for layer in range(number)]
    kinds = text.per_layer(text.texts("layer_types", default=usual), number, "layer_types")
    kinds = known_kinds(text, kinds, ("linear_attention", "full_attention", "indexed_attention"))
    made.define["streams"] = {
        "gated_residual": {"hc_count": streams, "hc_lowrank": text.integer("hc_lowrank", default=320)}
    }
    made.define["moe"] = experts(text)
    made.define["delta"] = {
        "decoder": {"attention": gated_delta_net(text, "qkv_z_b_a"), "feed_forward": "moe", "residual": "streams"}
    }
    made.define["sparse"] = {
        "decoder": {"attention": sparse_attention(text), "feed_forward": "moe", "residual": "streams"}
    }
    names = ["delta" if kind == "linear_attention" else "sparse" for kind in kinds]
    for place, memory in memories(text, streams).items():
        if place >= number:
            text.complain(f"ple_layer_ids names layer {place + 1} of {number}", "ple_layer_ids")
            continue
        base, names[place] = names[place], f"remember_{place + 1}"
        made.define[names[place]] = {"like": base, "first": {"residual": memory}}
    head: Block = {"stream_head": {"hc_mult": commented(streams, "hc_count"), "read": "gated"}}
    if text.integer("hc_lowrank", default=320) != 320:
        head["stream_head"]["hc_lowrank"] = text.integer("hc_lowrank")  # type: ignore[index]
    made.layers = ["embedding", *qwen_tower(config.section("vision_config"), made.hidden_size)]
    made.layers += [{"residual_streams": commented(streams, "hc_count")}, *stacks(names), *_further(text, head)]
    made.layers += [head, "output_head"]
    return made


def _further(config: Config, head: Block) -> list[Block]:
    """The module that predicts one token further: a layer of sparse attention with the residual streams, all of which
    it reads, and with a ``head`` of its own in place of a norm."""
    number = config.integer("mtp_num_hidden_layers", default=0, least=0)
    mtp = config.section("mtp")
    if mtp is not None:
        mtp.ignore("hybrid", "rope_theta", "num_hidden_layers")
        if set(mtp.texts("layer_types", default=["full_attention"])) - {"full_attention"}:
            config.mark_incomplete("the layers of the MTP module")
        if mtp.raw("mtp_use_hidden_state_from_layer") is not None:
            config.mark_incomplete("an MTP module that reads an inner layer")
    own = config.flag("mtp_use_dedicated_embeddings", default=False)
    if not number:
        return []
    fields: dict[str, Any] = {"num_nextn_predict_layers": commented(number, "mtp_num_hidden_layers")}
    fields |= {"layer": "sparse", "stream_head": head, "final_norm": False, **given(own_embedding=own)}
    return [{"multi_token_prediction": fields}]


FAMILIES = (
    Family(("qwen4_exp", "qwen4_exp_text"), _qwen4, ("Qwen4ExpForConditionalGeneration", "Qwen4ExpForCausalLM")),
)
