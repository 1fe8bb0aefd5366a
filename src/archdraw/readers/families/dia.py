"""Dia: an encoder of bytes and a decoder that writes several channels of sound at a time."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import gated_feed_forward, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import encoder
from archdraw.readers.families.encoders import repeated
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

ENCODER = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 12,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "head_dim": 128,
    "vocab_size": 256,
}
DECODER = {
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 18,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "vocab_size": 1028,
}


def _mixer(config: Config, **fields: Any) -> Block:
    heads, groups = config.integer("num_attention_heads"), config.integer("num_key_value_heads")
    scale = {"attention_multiplier": commented(1.0, "the scores are not scaled")}
    return whole_heads(heads, groups, config.integer("head_dim"), **scale, position=rope(config), **fields)


def _dia(config: Config) -> Draft:
    """Rotation and RMSNorm in both halves; one table holds the codes of all channels, whose vectors are added."""
    source = config.section("encoder_config") or Config({}, ("encoder_config",), config)
    target = config.section("decoder_config") or Config({}, ("decoder_config",), config)
    source.defaults(**ENCODER)
    target.defaults(**DECODER)
    source.raw("max_position_embeddings")
    channels = target.integer("num_channels", default=9)
    codes = target.integer("vocab_size")
    delays = config.raw("delay_pattern")
    if isinstance(delays, list) and len(delays) != channels:
        config.complain(f"delay_pattern has {len(delays)} entries for {channels} channels", "delay_pattern")
    made = Draft(
        hidden_size=target.integer("hidden_size"),
        vocab_size=commented(channels * codes, f"{channels} channels of {codes:,} codes"),
        context_length=target.integer("max_position_embeddings", default=3072),
    )
    encoding = {"attention": _mixer(source, is_causal=False), "feed_forward": gated_feed_forward(source)}
    width, own = target.integer("cross_hidden_size", default=1024), source.integer("hidden_size")
    below: list[Block] = ["embedding", repeated(encoding, source.integer("num_hidden_layers")), "rmsnorm"]
    if width != own:
        detail = f"{own:,} features, not {width:,}"
        below.append({"op": {"label": "does not fit the decoder", "detail": detail, "features": width}})
    crossing: dict[str, Any] = {
        "num_attention_heads": target.integer("cross_num_attention_heads", default=16),
        "head_dim": target.integer("cross_head_dim", default=128),
        "encoder_hidden_size": width,
        "attention_multiplier": commented(1.0, "the scores are not scaled"),
    }
    groups = target.integer("cross_num_key_value_heads", default=16)
    if groups != crossing["num_attention_heads"]:
        crossing["num_key_value_heads"] = groups
    layers = {
        "times": target.integer("num_hidden_layers"),
        "attention": _mixer(target),
        "cross_attention": {"cross_attention": crossing},
        "feed_forward": gated_feed_forward(target),
    }
    made.layers = [
        {"embedding": {"label": f"Codes of {counted(channels, 'channel', 'channels')}, added"}},
        encoder(below, hidden_size=own, vocab_size=source.integer("vocab_size")),
        {"decoder": layers},
        "rmsnorm",
        {"output_head": {"label": f"Scores of {counted(channels, 'channel', 'channels')}"}},
    ]
    return made


FAMILIES = (Family(("dia",), _dia, ("DiaForConditionalGeneration",), ("is_encoder_decoder", "norm_eps")),)
