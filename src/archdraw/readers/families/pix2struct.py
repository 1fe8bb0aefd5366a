"""Pix2Struct: an encoder of patches that come in cut out, and T5's decoder."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import tied_embeddings, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.encoder_decoder_parts import encoder
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented

GATED = {"gelu": "geglu", "gelu_new": "geglu", "silu": "swiglu"}


def _feed_forward(config: Config) -> Block:
    act = config.text("dense_act_fn", default="gelu_new")
    if act not in GATED:
        config.mark_incomplete(f"the activation {act[:40]}")
    return {GATED.get(act, "geglu"): {"intermediate_size": config.integer("d_ff", default=2048)}}


def _encoder(vision: Config, width: int) -> Block:
    """Patches with the tables of their rows and columns, layers without biases."""
    vision.ignore("dropout_rate", "relative_attention_num_buckets", "relative_attention_max_distance")
    if vision.integer("hidden_size", default=768) != width:
        vision.complain(
            f"hidden_size is not {width:,}, the text model's: its attention reads the encoder", "hidden_size"
        )
    heads = vision.integer("num_attention_heads", default=12)
    places, values = vision.integer("seq_len", default=4096), vision.integer("patch_embed_hidden_size", default=768)
    tables = [{"name": f"{name}_embedder.weight", "shape": [places, width]} for name in ("row", "column")]
    place = {"name": "positions", "label": "+ row and column", "role": "position", "part": "embedding"}
    mixer = {
        "num_attention_heads": heads,
        **unless(head_dim=(vision.integer("d_kv", default=64), width // heads)),
        "is_causal": False,
        "attention_multiplier": commented(1.0, "the scores are not scaled"),
    }
    layer = {
        "times": vision.integer("num_hidden_layers", default=12),
        "attention": {"multi_head": mixer},
        "feed_forward": _feed_forward(vision),
    }
    return encoder(
        [
            {"input": {"label": "Image patches", "shape": [values, places]}},
            {"linear": {"name": "patch_projection", "features": width, "bias": True, "label": "Patch embedding"}},
            {"weight": {**place, "weights": tables}},
            {"encoder_layer": layer},
            "rmsnorm",
        ]
    )


def _pix2struct(config: Config) -> Draft:
    config.ignore("is_encoder_decoder", "is_vqa")
    text = config.section("text_config") or Config({}, ("text_config",), config)
    text.ignore("dropout_rate", "is_encoder_decoder", "d_kv")
    made = Draft(
        hidden_size=text.integer("hidden_size", default=768),
        vocab_size=text.integer("vocab_size", default=50_244),
        context_length=None,
        tie_word_embeddings=tied_embeddings(text, False, config),
    )
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    heads = {"num_attention_heads": text.integer("num_heads", default=12)}
    fields: dict[str, Any] = {**heads, "attention_multiplier": commented(1.0, "the scores are not scaled")}
    table = {
        "relative_attention_num_buckets": text.integer("relative_attention_num_buckets", default=32),
        "relative_attention_max_distance": text.integer("relative_attention_max_distance", default=128),
    }
    layers: list[Block] = [
        {
            "decoder": {
                "attention": {"multi_head": {**fields, "position": {"relative_bias": {**table, **shared}}}},
                "cross_attention": {"cross_attention": fields},
                "feed_forward": _feed_forward(text),
            }
        }
        for shared in ({}, {"shared": True})
    ]
    number = text.integer("num_layers", default=12)
    made.define["first"] = layers[0]
    rest: list[Block] = []
    if number > 1:
        made.define["layer"] = like("first", layers[0], layers[1])
        rest = stacks(["layer"] * (number - 1))
    made.layers = ["embedding", _encoder(vision, made.hidden_size), "first", *rest, "rmsnorm", "output_head"]
    return made


FAMILIES = (Family(("pix2struct",), _pix2struct, ("Pix2StructForConditionalGeneration",), wraps=True),)
