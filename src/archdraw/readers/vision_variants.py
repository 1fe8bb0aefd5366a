"""Vision transformers by the types of their configs: a table of what their classes have in common with each other.

A tower that differs from a known one in names, sizes and switches is an entry of :data:`VARIANTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from archdraw.readers.components import unless
from archdraw.readers.config import Config
from archdraw.readers.traced import commented, whole
from archdraw.readers.vision_transformers import Fields, Variant, sides


def _siglip2(vision: Config, fields: Fields) -> None:
    fields["positions"] = [vision.integer("num_patches", default=256)]


def _internvl(vision: Config, fields: Fields) -> None:
    fields["post_layernorm"] = not vision.flag("use_mean_pooling", default=True)
    fields["norm"] = {"rms_norm": "rmsnorm"}.get(vision.text("norm_type", default="layer_norm"), "layernorm")
    if not vision.flag("use_absolute_position_embeddings", default=True):
        fields.pop("positions")


def mlp_ratio(usual: float) -> Callable[[Config, Fields], None]:
    """Reads the width of the feed forward as a multiple, ``mlp_ratio``, of the layer's: ``usual`` is the default."""

    def read(vision: Config, fields: Fields) -> None:
        vision.raw("intermediate_size")
        ratio = vision.number("mlp_ratio", default=usual)
        inner = whole(fields["hidden_size"] * ratio)
        fields["intermediate_size"] = commented(inner, "hidden_size × mlp_ratio")

    return read


def _radio(vision: Config, fields: Fields) -> None:
    mlp_ratio(4.0)(vision, fields)
    rows = vision.integer("max_img_size", default=2048) // fields["patch_size"]
    fields["positions"] = [commented(rows * rows, "one for each patch of max_img_size")]
    tokens = vision.integer("num_cls_tokens", default=3), vision.integer("num_registers", default=7, least=0)
    fields["register_tokens"] = commented(sum(tokens), "num_cls_tokens + num_registers")


def _ovis(vision: Config, fields: Fields) -> None:
    fields["output_bias"] = fields["attention_bias"]


def _dinov2(vision: Config, fields: Fields) -> None:
    mlp_ratio(4.0)(vision, fields)
    if vision.flag("use_swiglu_ffn", default=False):
        inner = (whole(fields["intermediate_size"] * 2 / 3) + 7) // 8 * 8
        fields["intermediate_size"] = commented(inner, "two thirds of hidden_size × mlp_ratio, a multiple of 8")
        fields |= {"gated": True, "fused_gate": True, "hidden_act": "silu"}


def _registers(vision: Config, fields: Fields) -> None:
    _dinov2(vision, fields)
    fields["register_tokens"] = vision.integer("num_register_tokens", default=4, least=0)


def _dinov3(vision: Config, fields: Fields) -> None:
    fields["register_tokens"] = vision.integer("num_register_tokens", default=0, least=0)
    biases = [vision.flag(f"{name}_bias", default=name != "key") for name in ("query", "key", "value")]
    if biases[0] != biases[2]:
        vision.mark_incomplete("biases of queries alone, or of values")
    fields |= {"attention_bias": biases[0], "attention_key_bias": biases[1]}
    if vision.flag("use_gated_mlp", default=False):
        fields["gated"] = True


def _inkling2(vision: Config, fields: Fields) -> None:
    grid = vision.integer("posemb_grid_size", default=32)
    fields["positions"] = [commented(grid * grid, "posemb_grid_size²"), 1]
    inner = vision.optional_integer("intermediate_size")
    ratio = vision.number("mlp_ratio", default=4.0)
    fields["intermediate_size"] = inner or commented(whole(fields["hidden_size"] * ratio), "hidden_size × mlp_ratio")


def _hy_v4(vision: Config, fields: Fields) -> None:
    places = vision.integer("max_image_size", default=2048) // fields["patch_size"]
    fields["positions"] = [commented(places * places + 1, "one for each patch of max_image_size and one more")]
    heads = fields["num_attention_heads"]
    groups = vision.optional_integer("num_key_value_heads") or heads
    fields |= unless(num_key_value_heads=(groups, heads))


def _pix2struct(vision: Config, fields: Fields) -> None:
    """Patches come in cut out, with the numbers of their row and column."""
    rows = vision.integer("max_num_patches", "seq_len", default=4096)
    fields["positions"] = [rows, rows]
    values = vision.integer("patch_embed_hidden_size", default=768)
    side = round((values / 3) ** 0.5)
    if 3 * side * side != values:
        vision.mark_incomplete(f"patches of {values:,} values")
    fields["patch_size"] = commented(max(side, 1), "√(patch_embed_hidden_size / 3)")
    heads = fields["num_attention_heads"]
    width = vision.integer("head_dim", "d_kv", default=64)
    fields |= unless(head_dim=(width, fields["hidden_size"] // heads))
    fields["hidden_act"] = vision.text("dense_act_fn", default="gelu_new")


def _molmo(vision: Config, fields: Fields) -> None:
    sides(vision, "image_size", 378)
    rows = vision.optional_integer("num_position_embeddings")
    height, width = sides(vision, "image_size", 378)
    patches = (height // fields["patch_size"]) * (width // fields["patch_size"])
    fields["positions"] = [rows or commented(patches, "one for each patch of image_size")]
    fields["output_bias"] = fields["attention_bias"]
    heads = fields["num_attention_heads"]
    groups = vision.integer("num_key_value_heads", default=heads)
    fields |= unless(num_key_value_heads=(groups, heads), head_dim=(vision.integer("head_dim", default=72), None))


ROTARY = "2D RoPE"
CLIP: Fields = {"class_token": True, "pre_layernorm": True, "patch_bias": False}
IDEFICS = Variant(768, 3072, 12, 12, 32, 224, ignored=("max_image_size", "size", "use_base_siglip", "vision_use_head"))
POOLED = {"vision_use_head": ("pooling_head", True)}
VIT: Fields = {"class_token": True}
QKV = {"qkv_bias": ("attention_bias", True)}
STRIDE = ("encoder_stride",)
BACKBONE = (
    *("layerscale_value", "drop_path_rate", "apply_layernorm", "reshape_hidden_states", "out_features", "out_indices"),
    *("stage_names", "_out_features", "_out_indices", "return_class_token"),
)
BLIP: Fields = {"class_token": True, "fused_projection": True}

VARIANTS: Mapping[str, Variant] = {
    "siglip_vision_model": Variant(
        768, 3072, 12, 12, 16, 224, switches=POOLED, ignored=("projection_dim", "vocab_size")
    ),
    "siglip2_vision_model": Variant(
        768, 3072, 12, 12, 16, fields={"flat_patches": True}, switches=POOLED, more=_siglip2
    ),
    "cosmos3_edge_vision": Variant(1152, 4304, 27, 16, 16, fields={"flat_patches": True}, more=_siglip2),
    "clip_vision_model": Variant(
        *(768, 3072, 12, 12, 32, 224, 1, "quick_gelu"),
        fields=CLIP,
        ignored=("projection_dim", "vocab_size", "logit_scale_init_value"),
    ),
    "kosmos_2_vision_model": Variant(1024, 4096, 24, 16, 14, 224, 1, "quick_gelu", fields=CLIP),
    "idefics_vision": Variant(*(768, 5120, 32, 16, 14, 224, 1, "gelu"), width_key="embed_dim", fields=CLIP),
    "idefics2_vision": IDEFICS,
    "idefics3_vision": Variant(1152, 3072, 12, 16, 32, 224, ignored=IDEFICS.ignored),
    "smolvlm_vision": Variant(1152, 3072, 12, 16, 32, 224, ignored=IDEFICS.ignored),
    "internvl_vision": Variant(
        *(1024, 4096, 24, 16, 14, 448, 1, "gelu"),
        fields={"class_token": True, "layer_scale": True},
        switches={
            "attention_bias": ("attention_bias", False),
            "use_mask_token": ("mask_token", False),
        },
        refused={
            "use_qk_norm": (False, "the norm of queries and keys"),
        },
        ignored=("layer_scale_init_value", "projection_dropout"),
        more=_internvl,
    ),
    "janus_vision_model": Variant(
        *(1024, 4096, 24, 16, 16, 384, 0, "gelu"),
        switches={"attention_bias": ("attention_bias", True)},
        refused={"use_qk_norm": (False, "the norm of queries and keys")},
        ignored=("hidden_dropout_rate", "projection_dropout", "num_image_tokens"),
        more=mlp_ratio(4.0),
    ),
    "paddleocr_vl_vision": Variant(1152, 4304, 27, 16, 14, 384, fields={"rotary": ROTARY}),
    "video_llama_3_vision": Variant(768, 3072, 12, 12, 16, fields={"rotary": ROTARY}),
    "step3p5_vision": Variant(
        *(1536, 8960, 47, 16, 14, 728, 0, "quick_gelu"),
        fields={
            "patch_bias": False,
            "pre_layernorm": True,
            "post_layernorm": False,
            "layer_scale": True,
            "rotary": ROTARY,
        },
        ignored=("layer_scale_init_value", "max_position_embeddings"),
        more=mlp_ratio(8960 / 1536),
    ),
    "radio": Variant(
        *(1280, 5120, 32, 16, 16, None, 0, "gelu"),
        fields={"flat_patches": True, "patch_bias": False, "post_layernorm": False, "layer_scale": True},
        switches={"qkv_bias": ("attention_bias", True)},
        refused={"use_swiglu_ffn": (False, "the gated feed-forward")},
        ignored=("layerscale_value", "summary_idxs", "norm_mean", "norm_std", "drop_path_rate"),
        more=_radio,
    ),
    "ovis2_vision": Variant(
        *(1024, 2816, 24, 8, 14, 224, 0, "silu"),
        fields={"norm": "rmsnorm", "patch_norm": "rmsnorm", "gated": True},
        switches={"qkv_bias": ("attention_bias", False), "mlp_bias": ("mlp_bias", False)},
        ignored=("hidden_stride", "num_visual_indicator_tokens", "tokenize_function", "vocab_size"),
        more=_ovis,
    ),
    "molmo2_vision": Variant(
        *(1152, 4304, 25, 16, 14),
        fields={"flat_patches": True, "post_layernorm": False},
        switches={"attention_bias": ("attention_bias", True)},
        more=_molmo,
    ),
    "vit": Variant(*(768, 3072, 12, 12, 16, 224, 1, "gelu"), fields=VIT, switches=QKV, ignored=STRIDE),
    "deit": Variant(
        *(768, 3072, 12, 12, 16, 224, 2, "gelu"), fields={**VIT, "distilled": True}, switches=QKV, ignored=STRIDE
    ),
    "dinov2": Variant(
        *(768, 3072, 12, 12, 14, 224, 1, "gelu"),
        fields={**VIT, "layer_scale": True},
        switches={**QKV, "use_mask_token": ("mask_token", True)},
        ignored=BACKBONE,
        more=_dinov2,
    ),
    "dinov2_with_registers": Variant(
        *(768, 3072, 12, 12, 16, 224, 1, "gelu"),
        fields={**VIT, "layer_scale": True, "mask_token": True},
        switches=QKV,
        ignored=BACKBONE,
        more=_registers,
    ),
    "dinov3_vit": Variant(
        *(384, 1536, 12, 6, 16, None, 0, "gelu"),
        fields={**VIT, "layer_scale": True, "mask_token": True, "rotary": ROTARY},
        switches={"proj_bias": ("output_bias", True), "mlp_bias": ("mlp_bias", True)},
        ignored=(*BACKBONE, "pos_embed_shift", "pos_embed_jitter", "pos_embed_rescale"),
        more=_dinov3,
    ),
    "inkling2_vision": Variant(
        *(1024, 4096, 23, 16, 20, None, 0, "gelu"),
        fields={
            "flat_patches": True,
            "patch_bias": False,
            "class_token": True,
            "pre_layernorm": True,
            "post_layernorm": False,
            "layer_scale": True,
            "rotary": ROTARY,
        },
        ignored=("layer_scale_init_value",),
        more=_inkling2,
    ),
    "hy_v4_vl_vision": Variant(
        *(1536, 6144, 40, 16, 16, None, 0, "gelu"),
        fields={"post_layernorm": False},
        ignored=("interpolate_mode",),
        more=_hy_v4,
    ),
    "kosmos_2_5_vision_model": Variant(
        *(1536, 3968, 18, 24, 16, None, 0, "gelu_new"),
        fields={
            "flat_patches": True,
            "norm": "rmsnorm",
            "attention_bias": False,
            "output_bias": False,
            "gated": True,
            "mlp_bias": False,
        },
        ignored=("dropout_rate",),
        more=_pix2struct,
    ),
    "blip_vision_model": Variant(768, 3072, 12, 12, 16, 384, 1, "gelu", fields=BLIP, ignored=("projection_dim",)),
    "blip_2_vision_model": Variant(
        1408, 6144, 39, 16, 14, 224, 1, "gelu", fields=BLIP, switches={"qkv_bias": ("attention_bias", True)}
    ),
}
VARIANTS = {
    **VARIANTS,
    "qianfan_ocr_vision": replace(
        VARIANTS["internvl_vision"],
        ignored=(*VARIANTS["internvl_vision"].ignored, "drop_path_rate"),
        switches={"attention_bias": ("attention_bias", True)},
    ),
    "instructblip_vision_model": VARIANTS["blip_2_vision_model"],
    "instructblipvideo_vision_model": VARIANTS["blip_2_vision_model"],
}
"""The classes by the ``model_type`` of their configs."""
