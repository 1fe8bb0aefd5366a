"""Vision encoders on the layers of Segment Anything, from their sections of a config."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import sides


def sam_layers(vision: Config) -> Block:
    """The layers and the neck, from pixels to a grid of features."""
    (patch, _), (height, width) = sides(vision, "patch_size", 16), sides(vision, "image_size", 1024)
    if height != width:
        vision.mark_incomplete("images that are no squares")
    hidden = vision.integer("hidden_size", default=768)
    ratio = vision.number("mlp_ratio", default=4.0)
    fields: dict[str, Any] = {
        "hidden_size": hidden,
        "mlp_dim": vision.integer("mlp_dim", default=round(hidden * ratio)),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=12),
        "num_attention_heads": vision.integer("num_attention_heads", default=12),
        "image_size": height,
        "patch_size": patch,
        "window_size": vision.integer("window_size", default=14),
        "global_attn_indexes": vision.integers("global_attn_indexes", default=[2, 5, 8, 11]),
        "output_channels": vision.integer("output_channels", default=256),
    }
    fields |= unless(
        num_channels=(vision.integer("num_channels", default=3), 3),
        hidden_act=(vision.text("hidden_act", default="gelu"), "gelu"),
        qkv_bias=(vision.flag("qkv_bias", default=True), True),
        use_abs_pos=(vision.flag("use_abs_pos", default=True), True),
        use_rel_pos=(vision.flag("use_rel_pos", default=True), True),
    )
    return {"sam_layers": fields}


def halving(name: str, width: int) -> Block:
    """A convolution that halves the grid."""
    shape = {"kernel_size": [3, 3], "stride": 2, "padding": 1, "role": "plain"}
    return {"convolution": {"name": name, "features": width, **shape}}


def got_tower(vision: Config, width: int) -> list[Block]:
    """GOT-OCR 2: two convolutions that halve the grid, one projection."""
    layers = sam_layers(vision)
    channels = vision.integer("output_channels", default=256)
    body: list[Block] = [
        layers,
        halving("conv_upsampler1", commented(channels * 2, "2 × output_channels")),
        halving("conv_upsampler2", width),
        {"linear": {"name": "multimodal_projector", "label": "Projector", "features": width, "bias": True}},
    ]
    return [{"modality_encoder": {"name": "vision_tower", "label": "Vision encoder", "body": body}}]
