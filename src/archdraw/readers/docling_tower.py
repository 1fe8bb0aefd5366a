"""The encoder of Granite Docling: SigLIP over tiles of a page, with one or two paths to the text model."""

from __future__ import annotations

from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft

SIZES = {
    "vocab_size": 133_800,
    "hidden_size": 1024,
    "intermediate_size": 2048,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
    "max_position_embeddings": 32_768,
}
"""Class defaults of the sizes of the text model, which is a Granite."""

FACTORS = {
    "embedding_multiplier": 12.0,
    "logits_scaling": 4.0,
    "residual_multiplier": 0.263,
    "attention_multiplier": 0.015625,
}
"""Class defaults of its factors."""


def docling_tower(config: Config, made: Draft) -> list[Block]:
    """The encoder of ``vision_config``; the router between its paths stands in the whole config."""
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    vision.raw("model_type")
    config.raw("density_router_threshold", "density_router_loss_weight")
    layers = vision.integer("num_hidden_layers", default=12)
    usual = [3, 7, 10]
    fed = usual if vision.raw("deepstack_visual_indexes") is None else vision.integers("deepstack_visual_indexes")
    reached = [index for index in range(layers) if index in fed]
    if reached != fed:
        vision.mark_incomplete("deepstack_visual_indexes that are not in order, doubled or behind the last layer")
        fed = reached
    fine = vision.flag("use_fine_route", default=True)
    factor = vision.integer("scale_factor", default=4)
    if fine and factor < 2:
        vision.complain(f"scale_factor {factor} has no half, which the fine path merges", "scale_factor")
    router = config.optional_integer("density_router_hidden_size")
    if router and not fine:
        config.complain("a router between two paths needs use_fine_route", "density_router_hidden_size")
    out = vision.integer("out_hidden_size", default=1024)
    if out != made.hidden_size:
        vision.complain(f"out_hidden_size {out:,} is not {made.hidden_size:,}, the text model's", "out_hidden_size")
    fields = {
        "hidden_size": vision.integer("hidden_size", default=768),
        "intermediate_size": vision.integer("intermediate_size", default=3072),
        "num_hidden_layers": layers,
        "num_attention_heads": vision.integer("num_attention_heads", default=12),
        "image_size": vision.integer("image_size", default=512),
        "patch_size": vision.integer("patch_size", default=16),
        **unless(
            num_channels=(vision.integer("num_channels", default=3), 3),
            hidden_act=(vision.text("hidden_act", default="gelu_pytorch_tanh"), "gelu_pytorch_tanh"),
            scale_factor=(factor, 4),
            use_fine_route=(fine, True),
        ),
        "deepstack_visual_indexes": fed,
        **given(density_router_hidden_size=router),
    }
    return [{"docling_vision": fields}]
