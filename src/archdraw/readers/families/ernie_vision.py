"""ERNIE 4.5 VL: experts of text and of images side by side, and the encoder whose tokens the latter read."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, rope, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import assembled, mixture, sparse_by_type
from archdraw.readers.text_parts import text_model, with_towers
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import sides


def _text(config: Config) -> Draft:
    """A token passes the experts of its own kind, and the shared ones."""
    config.ignore("moe_norm_min")
    made, number = draft(config, tied=True), layer_count(config)
    bias = config.flag("use_bias", default=False)
    mixer = attention(config, attention_bias=bias, position=rope(config, theta=5e5))
    widths = config.integers("moe_intermediate_size", default=[1536, 512])
    if len(widths) != 2:
        config.complain("moe_intermediate_size has a width for experts of text and one for those of images")
        widths = [1, 1]
    shared = config.integer("moe_num_shared_experts", default=2, least=0)
    branches: list[list[Block]] = [
        [
            {"op": {"label": f"tokens of {kind}"}},
            mixture(config, width, norm_topk_prob=True, e_score_correction_bias="parameter"),
        ]
        for kind, width in zip(("text", "images"), widths, strict=True)
    ]
    if bias:
        config.mark_incomplete("biases of experts (use_bias)")
    both: list[Any] = [*branches]
    if shared:
        inner = commented(shared * widths[0], "moe_num_shared_experts × moe_intermediate_size")
        both.append({"swiglu": {"label": "Shared experts", "intermediate_size": inner}})
    config.mark_incomplete("active parameters of a token: experts of text and of images are both counted")
    sparse = sparse_by_type(config, number, dense_first=1)
    feeds: dict[str, Block] = {"dense": gated_feed_forward(config), "sparse": {"parallel": {"branches": both}}}
    rows = ["sparse" if each else "dense" for each in sparse]
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, feeds, rows)


def _tower(vision: Config, width: int) -> list[Block]:
    """The encoder, and the resampler that joins neighbours and then pairs of frames."""
    hidden, side = vision.integer("hidden_size", default=1280), vision.integer("spatial_merge_size", default=2)
    frames = vision.integer("temporal_merge_size", default=2)
    merged = commented(hidden * side * side, "hidden_size × spatial_merge_size²")
    two = {"sizes": [merged, merged], "bias": True, "last_norm": "layernorm"}
    joined = {"name": "frames", "label": f"{counted(frames, 'frame', 'frames')} to 1", "features": merged * frames}
    projector: list[Block] = [
        {"mlp_projector": {**two, "merge_size": side, "label": "Spatial merger"}},
        {"op": joined},
        {"mlp_projector": {**two, "label": "Temporal merger"}},
        {"linear": {"name": "resampler_model.mlp", "features": width, "bias": True, "label": "Projector"}},
        {"rmsnorm": {"name": "resampler_model.after_norm"}},
    ]
    fields = {
        "hidden_size": hidden,
        "intermediate_size": vision.integer("intermediate_size", default=5120),
        "num_hidden_layers": vision.integer("depth", default=32),
        "num_attention_heads": vision.integer("num_heads", default=16),
        "patch_size": sides(vision, "patch_size", 14)[0],
        **unless(num_channels=(vision.integer("in_channels", default=3), 3)),
        "flat_patches": True,
        "patch_bias": False,
        "fused_projection": True,
        "rotary": "2D RoPE",
        "hidden_act": vision.text("hidden_act", default="quick_gelu"),
        "projector": projector,
    }
    vision.ignore("rope_parameters")
    return [{"vision_transformer": fields}]


def _whole(config: Config) -> Draft:
    made = text_model(config, "ernie4_5_vl_moe_text", tied=True)
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    return with_towers(made, _tower(vision, made.hidden_size))


FAMILIES = (
    Family(("ernie4_5_vl_moe_text",), _text),
    Family(("ernie4_5_vl_moe",), _whole, ("Ernie4_5_VLMoeForConditionalGeneration",), wraps=True),
)
