"""Encoders of images and sounds, each from its section of a config to a block expression of the spec language."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented, whole


def qwen_tower(vision: Config | None, width: int, *, kind: str = "") -> list[Block]:
    """The encoder of Qwen3-VL and Qwen3.5 from ``vision_config``; nothing where there is none.

    ``width`` is that of the text model, ``kind`` the type of a section that says none.
    """
    if vision is None:
        return []
    vision.ignore("initializer_range", "rope_parameters", "image_size", "apply_vit_abs_pos_embed")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1152),
        "intermediate_size": vision.integer("intermediate_size", default=4304),
        "depth": vision.integer("depth", "num_hidden_layers", default=27),
        "num_heads": vision.integer("num_heads", "num_attention_heads", default=16),
        "patch_size": vision.integer("patch_size", default=16),
        "num_position_embeddings": vision.integer("num_position_embeddings", default=2304),
    }
    fields |= unless(
        temporal_patch_size=(vision.integer("temporal_patch_size", default=2), 2),
        spatial_merge_size=(vision.integer("spatial_merge_size", default=2), 2),
        in_channels=(vision.integer("in_channels", default=3), 3),
        hidden_act=(vision.text("hidden_act", default="gelu_pytorch_tanh"), "gelu_pytorch_tanh"),
        **_left(vision, width),
    )
    kind = vision.text("model_type", default=kind)
    # The classes of the Qwen3-VL line feed three layers of the text model; Qwen3.5's has none.
    feeds = kind.startswith(("qwen3_vl", "qwen3_omni"))
    stacked = vision.integers("deepstack_visual_indexes", default=[8, 16, 24] if feeds else [])
    if stacked:
        fields["deepstack_visual_indexes"] = stacked
    return [{"qwen_vision": fields}]


def moonvit_tower(vision: Config | None) -> list[Block]:
    """MoonViT (Kimi K2.5 and K3) from ``vision_config``; nothing where there is none."""
    if vision is None:
        return []
    vision.ignore("projector_ln_eps", "_attn_implementation", "rope_parameters", "pos_emb_interpolation_mode")
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
        ("norm_type", ("layernorm", "rmsnorm")),
        ("mm_projector_type", ("patchmerger", "patchmergerv2")),
    ):
        if vision.text(name, default=usual[0]) not in usual:
            vision.mark_incomplete(f"{name} {vision.text(name)[:40]} of the vision encoder")
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
    kind = vision.text("mm_projector_type", default="patchmerger")
    second = kind == "patchmergerv2"
    fields |= unless(
        merge_kernel_size=(commented(whole(merge[0]), "merge_kernel_size"), 2),
        qkv_hidden_size=(vision.optional_integer("qkv_hidden_size"), None),
        norm=(vision.text("norm_type", default="layernorm"), "layernorm"),
        attention_bias=(vision.flag("attn_bias", default=not second), True),
        mlp_bias=(vision.flag("linear_bias", default=not second), True),
        patch_bias=(vision.flag("patch_embed_proj_bias", default=not second), True),
        hidden_act=(vision.text("activation_func", "hidden_act", default="gelu_pytorch_tanh"), "gelu_pytorch_tanh"),
        mm_projector_type=(kind, "patchmerger"),
    )
    return [{"moonvit": fields}]


def pixtral_tower(vision: Config | None, root: Config | None = None, *, merges: bool = True) -> list[Block]:
    """Pixtral's encoder from ``vision_config``, its projector from ``root``; nothing where there is none.

    The projector of Mistral 3 ``merges`` patches, that of LLaVA (Pixtral 12B) does not.
    """
    if vision is None:
        return []
    vision.ignore("image_size", "rope_theta", "rope_parameters", "head_dim", "vocab_size")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1024),
        "intermediate_size": vision.integer("intermediate_size", default=4096),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=24),
        "num_attention_heads": vision.integer("num_attention_heads", default=16),
        "patch_size": vision.integer("patch_size", default=16),
    }
    fields |= unless(
        num_channels=(vision.integer("num_channels", default=3), 3),
        hidden_act=(vision.text("hidden_act", default="silu"), "silu"),
    )
    if root is not None:
        if root.raw("vision_feature_layer") not in (None, -1):
            root.mark_incomplete("features of another layer of the vision encoder than the last")
        bias = root.flag("multimodal_projector_bias", default=not merges)
        merge = root.integer("spatial_merge_size", default=2) if merges else None
        fields |= given(spatial_merge_size=merge, multimodal_projector_bias=bias)
        fields |= unless(projector_hidden_act=(root.text("projector_hidden_act", default="gelu"), "gelu"))
    return [{"pixtral_vision": fields}]


def qwen2_tower(vision: Config | None, width: int, *, kind: str = "", projected: bool = False) -> list[Block]:
    """The encoder of Qwen2-VL (``embed_dim``) or Qwen2.5-VL from ``vision_config``; nothing where there is none.

    ``width`` is that of the text model, ``kind`` the type of a section that says none; ``projected``: one projection
    more leads there.
    """
    if vision is None:
        return []
    vision.ignore("initializer_range", "rope_parameters", "tokens_per_second", "spatial_patch_size")
    fields: dict[str, Any] = {"depth": vision.integer("depth", "num_hidden_layers", default=32)}
    kind = vision.text("model_type", default=kind)
    second = kind.startswith(("qwen2_5", "exaone4_5")) or "fullatt_block_indexes" in vision
    if second:
        fields |= {
            "hidden_size": vision.integer("hidden_size", default=3584),
            "intermediate_size": vision.integer("intermediate_size", default=3420),
            "hidden_act": vision.text("hidden_act", default="silu"),
            "norm": "rmsnorm",
            "gated": True,
            "fullatt_block_indexes": vision.integers("fullatt_block_indexes", default=[7, 15, 23, 31]),
            "window_size": vision.integer("window_size", default=112),
        }
    else:
        own = vision.integer("embed_dim", default=1280)
        fields |= {
            "hidden_size": own,
            "intermediate_size": commented(
                whole(own * vision.number("mlp_ratio", default=4.0)), "embed_dim × mlp_ratio"
            ),
            "hidden_act": vision.text("hidden_act", default="quick_gelu"),
        }
    fields |= {
        "num_heads": vision.integer("num_heads", "num_attention_heads", default=16),
        "patch_size": vision.integer("patch_size", default=14),
        "patch_bias": False,
    }
    fields |= unless(
        temporal_patch_size=(vision.integer("temporal_patch_size", default=2), 2),
        spatial_merge_size=(vision.integer("spatial_merge_size", default=2), 2),
        in_channels=(vision.integer("in_channels", "in_chans", default=3), 3),
        # In the first generation hidden_size is the text model's.
        **_left(vision, width, "out_hidden_size" if second else "hidden_size"),
    )
    if kind == "exaone4_5_vision":
        fields["num_key_value_heads"] = vision.integer("num_key_value_heads", default=8)
    if kind == "qwen2_5_omni_vision_encoder":
        fields["fused_projection"] = False
    if projected:
        fields["projected"] = True
    return [{"qwen_vision": fields}]


def _left(vision: Config, width: int, key: str = "out_hidden_size", default: int = 3584) -> dict[str, Any]:
    """The width that a merger leaves, as :func:`unless` takes it, beside the ``width`` of the text model."""
    return {"out_hidden_size": (vision.integer(key, default=default), width)}


def siglip_tower(vision: Config | None, *, pooled: bool = True, **projector: Any) -> list[Block]:
    """SigLIP from ``vision_config``; ``projector`` are further fields of the kind ``vision_encoder``.

    ``pooled`` is the class default of the head that makes one vector of an image, which no text model reads.
    """
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
    fields |= unless(num_channels=(vision.integer("num_channels", default=3), 3))
    act = vision.text("hidden_act", default="gelu_pytorch_tanh")
    if not act.startswith("gelu"):
        fields["hidden_act"] = act
    fields |= unless(pooling_head=(vision.flag("vision_use_head", default=pooled), False))
    return [{"vision_encoder": fields | projector}]


def cohere_tower(vision: Config | None, root: Config) -> list[Block]:
    """SigLIP from ``vision_config`` with Cohere's projector from ``root``; nothing where there is none."""
    if vision is None:
        return []
    root.ignore("max_splits_per_img", "image_processor", "processor_class")
    factor = root.integer("downsample_factor", default=2)
    act = root.text("alignment_activation_fn", default="swiglu")
    if act != "swiglu":
        root.mark_incomplete(f"the activation {act[:40]} of the projector")
    if root.flag("enable_adapter_layer_norm", default=False):
        root.mark_incomplete("the norm of the projector (enable_adapter_layer_norm)")
    if root.text("vision_feature_select_strategy", default="full") != "full":
        root.mark_incomplete("which features of the vision encoder are used")
    return siglip_tower(
        vision,
        tiled=True,
        pixel_shuffle_ratio=commented(1 / factor, "1 / downsample_factor"),
        alignment_intermediate_size=root.integer("alignment_intermediate_size", default=36864),
        projector_bias=True,
        **feature_layer(root),
    )


def minimax_tower(vision: Config | None, root: Config) -> list[Block]:
    """MiniMax M3's encoder from ``vision_config``, its projector from ``root``; nothing where there is none."""
    if vision is None:
        return []
    root.ignore("image_seq_length", "process_image_mode", "img_token_compression_config", "image_grid_pinpoints")
    root.ignore("vision_feature_layer", "vision_feature_select_strategy", "merged_hidden_size")
    vision.raw("temporal_patch_size", "spatial_merge_size")  # also where a section of the file says them
    vision.ignore("initializer_factor", "projection_dim", "vision_segment_max_frames", "vocab_size", "image_size")
    vision.ignore("rope_theta", "rope_parameters")
    merging = vision.section("img_token_compression_config") or root.section("img_token_compression_config") or vision
    if merging.text("image_token_compression_method", default="patch_merge") != "patch_merge":
        merging.mark_incomplete("how the vision encoder's tokens are merged")
    if (
        vision.text("position_embedding_type", default="rope") != "rope"
        or vision.text("rope_mode", default="3d") != "3d"
    ):
        vision.mark_incomplete("the positions of the vision encoder")
    if not root.flag("multimodal_projector_bias", default=True):
        root.mark_incomplete("a projector without biases")
    if root.text("projector_hidden_act", default="gelu") != "gelu":
        root.mark_incomplete("the activation of the projector")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1280),
        "intermediate_size": vision.integer("intermediate_size", default=5120),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=32),
        "num_attention_heads": vision.integer("num_attention_heads", default=16),
        "projector_hidden_size": root.integer("projector_hidden_size", default=6144),
    }
    fields |= unless(
        patch_size=(vision.integer("patch_size", default=14), 14),
        temporal_patch_size=(merging.integer("temporal_patch_size", default=2), 2),
        spatial_merge_size=(merging.integer("spatial_merge_size", default=2), 2),
        num_channels=(vision.integer("num_channels", default=3), 3),
        hidden_act=(vision.text("hidden_act", default="gelu"), "gelu"),
    )
    return [{"minimax_vision": fields}]


def feature_layer(root: Config, *, default: int = -1) -> dict[str, Any]:
    """Which layer's output is used, where that is not the last."""
    value = root.raw("vision_feature_layer")
    value = default if value is None else value
    if not isinstance(value, int) or isinstance(value, bool) or value >= 0:
        root.mark_incomplete("which layers of the vision encoder are used")
        return {}
    return {} if value == -1 else {"vision_feature_layer": value}
