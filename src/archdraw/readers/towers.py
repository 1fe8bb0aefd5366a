"""Encoders of images and sounds, each from its section of a config to a block expression of the spec language."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config, said
from archdraw.readers.draft import Block
from archdraw.readers.pieces import given


def qwen_tower(vision: Config | None) -> list[Block]:
    """The encoder of Qwen3-VL and Qwen3.5 from ``vision_config``; nothing where there is none."""
    if vision is None:
        return []
    vision.harmless("initializer_range", "rope_parameters")
    vision.raw("out_hidden_size")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1152),
        "intermediate_size": vision.integer("intermediate_size", default=4304),
        "depth": vision.integer("depth", "num_hidden_layers", default=27),
        "num_heads": vision.integer("num_heads", "num_attention_heads", default=16),
        "patch_size": vision.integer("patch_size", default=16),
        "num_position_embeddings": vision.integer("num_position_embeddings", default=2304),
    }
    fields |= _unless(
        temporal_patch_size=(vision.integer("temporal_patch_size", default=2), 2),
        spatial_merge_size=(vision.integer("spatial_merge_size", default=2), 2),
        in_channels=(vision.integer("in_channels", default=3), 3),
        hidden_act=(vision.text("hidden_act", default="gelu_pytorch_tanh"), "gelu_pytorch_tanh"),
    )
    kind = vision.text("model_type", default="")
    # The class of the Qwen3-VL line feeds three layers of the text model; Qwen3.5's has none.
    stacked = vision.integers("deepstack_visual_indexes", default=[8, 16, 24] if kind.startswith("qwen3_vl") else [])
    if stacked:
        fields["deepstack_visual_indexes"] = stacked
    return [{"qwen_vision": fields}]


def moonvit_tower(vision: Config | None) -> list[Block]:
    """MoonViT (Kimi K2.5 and K3) from ``vision_config``; nothing where there is none."""
    if vision is None:
        return []
    vision.harmless("projector_ln_eps", "_attn_implementation", "rope_parameters", "pos_emb_interpolation_mode")
    vision.raw("text_hidden_size", "projection_hidden_size", "mm_hidden_size")
    merge = vision.raw("merge_kernel_size") or [2, 2]
    if not isinstance(merge, list) or len(set(map(str, merge))) != 1 or not isinstance(merge[0], int):
        vision.complain("merge_kernel_size must be two equal whole numbers", "merge_kernel_size")
        merge = [2, 2]
    for name, usual in (
        ("merge_type", ("sd2_tpool",)),
        ("pos_emb_type", ("divided_fixed",)),
        ("video_attn_type", ("spatial_temporal",)),
        ("projector_hidden_act", ("gelu",)),
        ("mlp_type", ("mlp2",)),
        ("norm_type", ("rmsnorm", "layernorm")),
        ("mm_projector_type", ("patchmerger", "patchmergerv2")),
    ):
        if vision.text(name, default=usual[0]) not in usual:
            vision.not_known(f"{name} {vision.text(name)[:40]} of the vision encoder")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("vt_hidden_size", "hidden_size", default=1152),
        "intermediate_size": vision.integer("vt_intermediate_size", "intermediate_size", default=4304),
        "num_hidden_layers": vision.integer("vt_num_hidden_layers", "num_hidden_layers", default=27),
        "num_attention_heads": vision.integer("vt_num_attention_heads", "num_attention_heads", default=16),
        "patch_size": vision.integer("patch_size", default=14),
        "pos_emb_height": vision.integer("init_pos_emb_height", "pos_emb_height", default=64),
        "pos_emb_width": vision.integer("init_pos_emb_width", "pos_emb_width", default=64),
        "pos_emb_time": vision.integer("init_pos_emb_time", "pos_emb_time", default=4),
    }
    fields |= _unless(merge_kernel_size=(said(int(merge[0]), "merge_kernel_size"), 2))
    return [{"moonvit": fields}]


def pixtral_tower(vision: Config | None, root: Config | None = None) -> list[Block]:
    """Pixtral's encoder from ``vision_config``, its projector from ``root``; nothing where there is none."""
    if vision is None:
        return []
    vision.harmless("image_size", "rope_theta", "rope_parameters", "head_dim")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1024),
        "intermediate_size": vision.integer("intermediate_size", default=4096),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=24),
        "num_attention_heads": vision.integer("num_attention_heads", default=16),
        "patch_size": vision.integer("patch_size", default=16),
    }
    fields |= _unless(
        num_channels=(vision.integer("num_channels", default=3), 3),
        hidden_act=(vision.text("hidden_act", default="silu"), "silu"),
    )
    if root is not None:
        if root.raw("vision_feature_layer") not in (None, -1):
            root.not_known("features of another layer of the vision encoder than the last")
        merge = root.optional_integer("spatial_merge_size")
        fields |= given(
            spatial_merge_size=merge, multimodal_projector_bias=root.flag("multimodal_projector_bias", default=merge is None)
        )
        fields |= _unless(projector_hidden_act=(root.text("projector_hidden_act", default="gelu"), "gelu"))
    return [{"pixtral_vision": fields}]


def siglip_tower(vision: Config | None, **projector: Any) -> list[Block]:
    """SigLIP from ``vision_config``; ``projector`` are further fields of the kind ``vision_encoder``."""
    if vision is None:
        return []
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=768),
        "intermediate_size": vision.integer("intermediate_size", default=3072),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=12),
        "num_attention_heads": vision.integer("num_attention_heads", default=12),
        "image_size": vision.integer("image_size", default=224),
        "patch_size": vision.integer("patch_size", default=16),
    }
    fields |= _unless(num_channels=(vision.integer("num_channels", default=3), 3))
    act = vision.text("hidden_act", default="gelu_pytorch_tanh")
    if not act.startswith("gelu"):
        vision.not_known(f"the activation {act} of the vision encoder")
    if vision.flag("vision_use_head", default=False):
        vision.not_known("the pooling head of the vision encoder")
    return [{"vision_encoder": fields | projector}]


def _unless(**values: tuple[Any, Any]) -> dict[str, Any]:
    """The fields whose value is not the usual one that stands beside it."""
    return {name: value for name, (value, usual) in values.items() if value != usual}
