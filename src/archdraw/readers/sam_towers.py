"""Vision encoders on the layers of Segment Anything, from their sections of a config."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import Fields, sides, transformer_fields
from archdraw.readers.vision_variants import VARIANTS


def sam_layers(vision: Config) -> Block:
    """The layers and the neck, from pixels to a grid of features."""
    vision.ignore("num_pos_feats", "scale")
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


def hybrid_tower(vision: Config, fine: Config, width: int) -> list[Block]:
    """DeepSeek-VL 7B: SigLIP over a small image beside the layers of Segment Anything over a large one.

    What the first layer that sees all patches leaves is added to what the last one does, each behind a neck. ``vision``
    and ``fine`` are the sections of the two, ``width`` is that of the text model.
    """
    layers = sam_layers(fine)
    assert isinstance(layers, dict)
    whole = layers["sam_layers"]
    channels, seen = fine.integer("output_channels", default=256), whole["global_attn_indexes"]
    split = (seen[0] if seen else 0) + 1
    half = commented(width // 2, "half of the text model's hidden_size")
    neck: list[Block] = []
    for place, kernel in ((1, 1), (2, 3)):
        shape = {"features": channels, "kernel_size": [kernel, kernel], "role": "plain"}
        neck += [
            {"convolution": {"name": f"neck.conv{place}", **shape}},
            {"layernorm": {"name": f"neck.layer_norm{place}"}},
        ]
    alpha = {"name": "high_res_vision_alpha", "label": "× alpha", "weights": [{"name": "alpha", "shape": [1]}]}
    doubled = [commented(channels * times, f"{times} × output_channels") for times in (2, 4)]
    large: list[Block] = [
        {"op": {"name": "resize", "label": "resized"}},
        *(halving(f"high_res_vision_proj.conv{place}", size) for place, size in enumerate(doubled, start=1)),
        {"linear": {"name": "high_res_vision_proj", "features": half, "bias": True, "label": "Projector"}},
    ]
    nodes: dict[str, Block | list[Block]] = {
        "first": {"sam_layers": {**whole, "end": split}},
        "rest": {"sam_layers": {**whole, "begin": split}},
        "neck": [*neck, {"weight": alpha}],
        "sum": {"op": {"label": "+", "inputs": 2}},
        "fine_projector": large,
        "small": [
            *_siglip(transformer_fields(vision, VARIANTS["siglip_vision_model"])),
            {"linear": {"name": "vision_proj", "features": half, "bias": True, "label": "Projector"}},
        ],
        "joined": {"concatenate": {"inputs": 2}},
        "projector": [
            {"activation": "gelu"},
            {"linear": {"name": "proj", "features": width, "bias": True, "label": f"{width:,} → {width:,}"}},
        ],
    }
    edges = [
        ["input", "first", "rest", "sum", "fine_projector", "joined", "projector", "output"],
        ["first", "neck", "sum"],
        ["input", "small", "joined"],
    ]
    body: Block = {"graph": {"nodes": nodes, "edges": edges}}
    notes = {"notes": ["two sizes of one image"]}
    return [{"modality_encoder": {"name": "vision_tower", "label": "Vision encoders", **notes, "body": body}}]


def _siglip(fields: Fields) -> list[Block]:
    """SigLIP from pixels to the last norm, its pooling head beside the line."""
    act = given(hidden_act=fields["hidden_act"] if fields["hidden_act"] != "gelu" else None)
    heads = {"num_attention_heads": fields["num_attention_heads"]}
    inner = {"intermediate_size": fields["intermediate_size"], **act}
    table = [{"name": "position_embedding", "shape": [*fields["positions"], fields["hidden_size"]]}]
    made: list[Block] = [
        {
            "patch_embedding": {
                "features": fields["hidden_size"],
                "patch_size": fields["patch_size"],
                **given(num_channels=fields.get("num_channels")),
                "weights": table,
            }
        },
        {
            "layer": {
                "label": "Encoder layer",
                "times": fields["num_hidden_layers"],
                "body": [
                    {"residual": [{"layernorm": {"name": "layer_norm1"}}, {"encoder_attention": heads}]},
                    {"residual": [{"layernorm": {"name": "layer_norm2"}}, {"encoder_feed_forward": inner}]},
                ],
            }
        },
        {"layernorm": {"name": "post_layernorm"}},
    ]
    if fields.get("pooling_head"):
        pooling = {"attention_pooling": {**inner, **heads}}
        head = {"unused_layers": {"name": "head", "label": "Unused pooling head", "body": [pooling]}}
        made.append({"side": {"direction": "out", "body": head}})
    return made
