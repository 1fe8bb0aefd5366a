"""Encoders with a decoder: T5, Whisper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.readers.components import draft, given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.encoders import bidirectional, repeated
from archdraw.readers.families.gpt import UNGATED, ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented


def _encoder(layers: Sequence[Block], **fields: Any) -> Block:
    return {"encoder": {**fields, "layers": list(layers)}}


def _side(config: Config, name: str, fallback: str = "") -> tuple[int, int, int]:
    """Layers, heads and width of the feed forward of the encoder or decoder."""
    names = (f"{name}_layers", fallback) if fallback else (f"{name}_layers",)
    return (
        config.integer(*names),
        config.integer(f"{name}_attention_heads"),
        config.integer(f"{name}_ffn_dim"),
    )


def _scaled(config: Config) -> dict[str, Any]:
    return {"scale_embedding": True} if config.flag("scale_embedding", default=False) else {}


def _whisper(config: Config) -> Draft:
    """Whisper: an encoder of sound behind two convolutions, a decoder of text; keys have no bias."""
    made = draft(config, vocab=51865, tied=True)
    made.context_length = config.integer("max_target_positions", default=448)
    config.raw("num_hidden_layers")
    longest = config.integer("max_source_positions", default=1500)
    biases = {"attention_bias": True, "attention_key_bias": False}
    number, heads, width = _side(config, "encoder")
    encoding = {
        "norm": "layernorm",
        "attention": {"multi_head": {"num_attention_heads": heads, "is_causal": False, **biases}},
        "feed_forward": ungated_feed_forward(config, width),
    }
    stem = {"audio_stem": {"num_mel_bins": config.integer("num_mel_bins", default=80), "max_source_positions": longest}}
    encoder = _encoder([stem, repeated(encoding, number), "layernorm"], label="Audio encoder")
    number, heads, width = _side(config, "decoder")
    crossing = {"num_attention_heads": heads, "max_source_positions": longest, **biases}
    decoding = {
        "times": number,
        "norm": "layernorm",
        "attention": {"multi_head": {"num_attention_heads": heads, **biases}},
        "cross_attention": {"cross_attention": crossing},
        "feed_forward": ungated_feed_forward(config, width),
    }
    tables = _scaled(config) | {"max_position_embeddings": made.context_length}
    made.layers = [{"embedding": tables}, encoder, {"decoder": decoding}, "layernorm", "output_head"]
    return made


FAMILIES = (
    Family(
        ("whisper",),
        _whisper,
        ("WhisperForConditionalGeneration",),
        words(
            "activation_dropout apply_spec_augment classifier_proj_size decoder_layerdrop "
            "encoder_layerdrop is_encoder_decoder mask_feature_length mask_feature_min_masks "
            "mask_feature_prob mask_time_length mask_time_min_masks mask_time_prob median_filter_width "
            "max_length use_weighted_layer_sum"
        ),
    ),
)
