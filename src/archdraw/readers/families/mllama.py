"""Llama 3.2 Vision: Llama 3.1 with layers in between that attend to an image, and the encoder that they read."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    CONTEXT,
    gated_feed_forward,
    never_tied,
    rope,
    tied_embeddings,
    unless,
    whole_heads,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

LAYERS = [3, 8, 13, 18, 23, 28, 33, 38]
READ = [3, 7, 15, 23, 30]
"""Class defaults: the text layers that read the image, and the layers of the encoder that are read besides the last."""


def _read(config: Config) -> Draft:
    text = config.section("text_config") or Config({}, ("text_config",), config)
    text.ignore("dropout")
    made = Draft(
        hidden_size=text.integer("hidden_size", default=4096),
        vocab_size=text.integer("vocab_size", default=128_256),
        context_length=text.integer(*CONTEXT, default=131_072),
        tie_word_embeddings=tied_embeddings(text, False, config),
    )
    never_tied(text, made)  # The table has rows more than the head.
    number = text.integer("num_hidden_layers", default=40)
    crossing = text.integers("cross_attention_layers", default=LAYERS)
    if any(not 0 <= index < number for index in crossing):
        text.complain(f"cross_attention_layers names a layer that is none of {number:,}", "cross_attention_layers")
    if "vision_config" not in config:
        config.mark_incomplete("the vision encoder: there is no vision_config")
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    tower, vectors = _tower(vision)
    heads, groups = text.integer("num_attention_heads", default=32), text.integer("num_key_value_heads", default=8)
    position = rope(text, theta=500_000.0)
    feed_forward = gated_feed_forward(text, text.integer("intermediate_size", default=14_336))
    mixer = whole_heads(heads, groups, position=position)
    made.define["layer"] = {"decoder": {"attention": mixer, "feed_forward": feed_forward}}
    reading = {
        "num_attention_heads": heads,
        **unless(num_key_value_heads=(groups, heads)),
        "qk_norm": "rmsnorm_per_head",
        "max_source_positions": vectors,
    }
    made.define["image_layer"] = {
        "decoder": {
            "label": "Cross-attention layer",
            "cross_attention": {"cross_attention": reading},
            "feed_forward": feed_forward,
            "residual": "tanh_gated_residual",
        }
    }
    names = ["image_layer" if index in crossing else "layer" for index in range(number)]
    rows = commented(made.vocab_size + 8, "vocab_size and 8 rows for tokens that stand for images")
    made.layers = [{"embedding": {"num_embeddings": rows}}, tower, *stacks(names), "rmsnorm", "output_head"]
    return made


def _tower(vision: Config) -> tuple[Block, int]:
    """The encoder, and how many vectors it makes of one image at most."""
    vision.ignore("norm_eps")
    shapes = vision.raw("supported_aspect_ratios")
    if shapes is not None and not isinstance(shapes, list):
        vision.complain("supported_aspect_ratios must be a list", "supported_aspect_ratios")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1280),
        "intermediate_size": vision.integer("intermediate_size", default=5120),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=32),
        "num_global_layers": vision.integer("num_global_layers", default=8),
        "num_attention_heads": vision.integer("attention_heads", "num_attention_heads", default=16),
        "image_size": vision.integer("image_size", default=448),
        "patch_size": vision.integer("patch_size", default=14),
        "intermediate_layers_indices": vision.integers("intermediate_layers_indices", default=READ),
    }
    tiles = vision.integer("max_num_tiles", default=4)
    fields |= unless(
        num_channels=(vision.integer("num_channels", default=3), 3),
        max_num_tiles=(tiles, 4),
        max_aspect_ratio_id=(len(shapes) if isinstance(shapes, list) else 8, 8),
        hidden_act=(vision.text("hidden_act", default="gelu"), "gelu"),
    )
    wide = fields["hidden_size"] * (1 + len(fields["intermediate_layers_indices"]))
    if vision.integer("vision_output_dim", default=7680) != wide:
        what = f"vision_output_dim is not {wide:,}: hidden_size for the last layer and for each that is read"
        vision.complain(what, "vision_output_dim")
    vectors = tiles * ((fields["image_size"] // fields["patch_size"]) ** 2 + 1)
    return {"mllama_vision": fields}, commented(vectors, "of one image: max_num_tiles × (patches + 1)")


FAMILIES = (Family(("mllama",), _read, ("MllamaForConditionalGeneration",)),)
