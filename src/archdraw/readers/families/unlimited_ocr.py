"""Unlimited OCR: layers of Segment Anything before those of CLIP, and experts beside shared ones."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.sam_towers import halving, sam_layers
from archdraw.readers.sparse_parts import assembled, mixture, sparse_by_type
from archdraw.readers.text_parts import text_model, with_towers
from archdraw.readers.traced import commented


def _text(config: Config) -> Draft:
    config.ignore("pretraining_tp", "output_router_logits", "sliding_window")
    made, number = draft(config, tied=False), layer_count(config)
    kinds = config.texts("layer_types", default=["reference_sliding_attention"] * number)
    if set(config.per_layer(kinds, number, "layer_types")) - {"full_attention"}:
        config.mark_incomplete("the window over tokens that were generated (reference_sliding_attention)")
    groups: dict[str, Any] = {}
    if config.text("topk_method", default="greedy") == "group_limited_greedy":
        groups = {name: config.integer(name, default=1) for name in ("n_group", "topk_group")}
        groups = {name: value for name, value in groups.items() if groups["n_group"] > 1}
    else:
        config.ignore("n_group", "topk_group")
    experts = mixture(
        config,
        config.integer("moe_intermediate_size", default=896),
        chosen=6,
        n_shared_experts=config.integer("n_shared_experts", default=2),
        routed_scaling_factor=config.number("routed_scaling_factor", default=1.0),
        **groups,
    )
    # The class sets head_dim to a head's share of the width, whatever the file says.
    config.ignore("head_dim")
    heads = config.integer("num_attention_heads", default=10)
    mixer = whole_heads(
        heads,
        config.integer("num_key_value_heads", default=heads),
        commented(made.hidden_size // heads, "hidden_size / num_attention_heads"),
        attention_bias=config.flag("attention_bias", default=False),
        position=rope(config),
    )
    if config.flag("mlp_bias", default=False):
        config.mark_incomplete("biases of the feed-forward networks (mlp_bias)")
    rows = ["sparse" if each else "dense" for each in sparse_by_type(config, number, dense_first=1)]
    feeds: dict[str, Block] = {"dense": gated_feed_forward(config, bias=None), "sparse": experts}
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, feeds, rows)


def _tower(vision: Config, width: int) -> list[Block]:
    """The grid that the first encoder leaves is what the second reads in place of patches; the projector reads both."""
    fine = vision.section("sam_config") or Config({}, ("sam_config",), vision)
    second = vision.section("encoder_config") or Config({}, ("encoder_config",), vision)
    channels = fine.integers("downsample_channels", default=[512, 1024])
    hidden = second.integer("hidden_size", default=1024)
    if len(channels) != 2 or channels[-1] != hidden:
        fine.complain("downsample_channels must be two numbers, the last of them the hidden_size of encoder_config")
        channels = [hidden, hidden]
    second.ignore("num_channels", "initializer_factor")
    side = second.integer("image_size", default=224) // second.integer("patch_size", default=14)
    tables = [
        {"name": "class_embedding", "shape": [hidden]},
        {"name": "position_embedding.weight", "shape": [side * side + 1, hidden]},
    ]
    start = {"name": "embeddings", "label": "+ class token, positions", "role": "position", "weights": tables}
    heads = {"num_attention_heads": second.integer("num_attention_heads", default=16)}
    inner = {
        "intermediate_size": second.integer("intermediate_size", default=4096),
        "hidden_act": second.text("hidden_act", default="quick_gelu"),
    }
    body = [
        {"residual": [{"layernorm": {"name": "layer_norm1"}}, {"encoder_attention": heads}]},
        {"residual": [{"layernorm": {"name": "layer_norm2"}}, {"encoder_feed_forward": inner}]},
    ]
    times = second.integer("num_hidden_layers", default=24)
    nodes: dict[str, Block | list[Block]] = {
        "first": [sam_layers(fine), halving("proj.conv1", channels[0]), halving("proj.conv2", channels[1])],
        "second": [
            {"weight": start},
            {"layernorm": {"name": "pre_layrnorm"}},
            {"layer": {"label": "Encoder layer", "times": times, "body": body}},
        ],
        "joined": {"concatenate": {"inputs": 2}},
        "projector": [
            {"linear": {"name": "multi_modal_projector", "label": "Projector", "features": width, "bias": True}},
            {
                "weight": {
                    "name": "separators",
                    "label": "+ vectors between rows, views",
                    "weights": [{"name": name, "shape": [width]} for name in ("image_newline", "view_separator")],
                }
            },
        ],
    }
    edges = [["input", "first", "second", "joined", "projector", "output"], ["first", "joined"]]
    graph: Block = {"graph": {"nodes": nodes, "edges": edges}}
    return [{"modality_encoder": {"name": "vision_tower", "label": "Vision encoder", "body": graph}}]


def _whole(config: Config) -> Draft:
    made = text_model(config, "unlimited_ocr_text", tied=False)
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    return with_towers(made, _tower(vision, made.hidden_size))


FAMILIES = (
    Family(("unlimited_ocr_text",), _text),
    Family(("unlimited_ocr",), _whole, ("UnlimitedOcrForConditionalGeneration",), wraps=True),
)
