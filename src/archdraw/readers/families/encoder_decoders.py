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


def _t5(config: Config) -> Draft:
    """T5: RMSNorm, a learned bias of relative positions whose table is the first layer's, unscaled scores."""
    made = draft(config, vocab=32128, tied=True)
    made.context_length = None  # Relative positions have no longest text; n_positions is that of the training.
    width, heads = config.integer("d_kv", default=64), config.integer("num_heads", "num_attention_heads")
    buckets = config.integer("relative_attention_num_buckets", default=32)
    farthest = config.integer("relative_attention_max_distance", default=128)
    wide = width if width * heads != made.hidden_size else None
    feed_forward = _t5_feed_forward(config)
    unscaled = {"attention_multiplier": commented(1.0, "the scores are not scaled")}

    def position(*, shared: bool) -> Block:
        table = {"relative_attention_num_buckets": buckets, "relative_attention_max_distance": farthest}
        return {"relative_bias": table | ({"shared": True} if shared else {})}

    def encoding(*, shared: bool) -> Block:
        mixer = bidirectional(heads, head_dim=wide, **unscaled, position=position(shared=shared))
        return {"encoder_layer": {"attention": mixer, "feed_forward": feed_forward}}

    def decoding(*, shared: bool) -> Block:
        mixer = {"num_attention_heads": heads} | given(head_dim=wide, **unscaled, position=position(shared=shared))
        crossing = {"num_attention_heads": heads} | given(head_dim=wide) | unscaled
        return {
            "decoder": {
                "attention": {"multi_head": mixer},
                "cross_attention": {"cross_attention": crossing},
                "feed_forward": feed_forward,
            }
        }

    number = config.integer("num_layers", "num_hidden_layers")
    later = config.optional_integer("num_decoder_layers") or number
    for name, layer in (("encoding", encoding), ("decoding", decoding)):
        first = layer(shared=False)
        made.define[f"{name}_first"] = first
        made.define[name] = like(f"{name}_first", first, layer(shared=True))
    encoder = _encoder([{"embedding": {"shared": True}}, *_after_first("encoding", number), "rmsnorm"])
    head: Block = "output_head"
    if made.tie_word_embeddings:
        head = {
            "output_head": {"logit_scale": commented(made.hidden_size**-0.5, "1 / √d_model where the table is tied")}
        }
    made.layers = ["embedding", encoder, *_after_first("decoding", later), "rmsnorm", head]
    return made


def _after_first(name: str, number: int) -> list[Block]:
    return [f"{name}_first", *stacks([name] * (number - 1))] if number > 1 else [f"{name}_first"]


def _t5_feed_forward(config: Config) -> Block:
    """``feed_forward_proj``: an activation, behind "gated-" where a second projection multiplies it."""
    kind = config.text("feed_forward_proj", default="relu")
    gated, _, act = kind.rpartition("-")
    config.raw("dense_act_fn", "is_gated_act")
    known = {"gelu": "geglu", "gelu_new": "geglu", "silu": "swiglu"} if gated else UNGATED
    if act not in known:
        config.mark_incomplete(f"the feed forward {kind[:40]}")
    return {known.get(act, "relu"): {"intermediate_size": config.integer("d_ff")}}


FAMILIES = (
    Family(
        ("t5",),
        _t5,
        ("T5ForConditionalGeneration", "T5WithLMHeadModel"),
        ("dropout_rate", "is_encoder_decoder", "n_positions", "classifier_dropout"),
    ),
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
