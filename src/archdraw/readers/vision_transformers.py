"""Vision transformers by the types of their configs: a table of what their classes have in common with each other.

A tower that differs from a known one in names, sizes and switches is an entry of :data:`VARIANTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from archdraw.readers.components import unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented, whole

Fields = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """A class of vision transformers: its defaults, and which fields of the kind ``vision_transformer`` are always so.

    ``image`` is the default of ``image_size``, for which a table of positions is made with ``extra`` rows more; None
    for towers of images of any size. ``switches`` are keys that are true or false, with the field and the class
    default; ``refused`` are values of keys under which the class has other parts than the kind, with what they are.
    ``more`` reads what is left.
    """

    width: int
    inner: int
    layers: int
    heads: int
    patch: int
    image: int | None = None
    extra: int = 0
    act: str = "gelu_pytorch_tanh"
    width_key: str = "hidden_size"
    fields: Mapping[str, Any] = field(default_factory=dict)
    switches: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    refused: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    more: Callable[[Config, Fields], None] | None = None


DEFAULTS: Fields = {
    "patch_bias": True,
    "patch_norm": "none",
    "class_token": False,
    "pre_layernorm": False,
    "post_layernorm": True,
    "norm": "layernorm",
    "attention_bias": True,
    "output_bias": True,
    "fused_projection": False,
    "gated": False,
    "mlp_bias": True,
    "layer_scale": False,
    "pooling_head": False,
    "flat_patches": False,
    "mask_token": False,
    "hidden_act": "gelu",
}
"""The defaults of the kind: a field that has its default is left out of the spec."""


def vision_transformer(vision: Config, variant: Variant, **behind: Any) -> Block:
    """The tower of ``vision``, a config of the class ``variant``; ``behind`` are further fields: the projector."""
    fields = transformer_fields(vision, variant)
    fields = {name: value for name, value in fields.items() if name not in DEFAULTS or value != DEFAULTS[name]}
    return {"vision_transformer": fields | behind}


def transformer_fields(vision: Config, variant: Variant) -> Fields:
    """The fields of the kind ``vision_transformer`` as the config ``vision`` of the class ``variant`` has them."""
    vision.ignore(*variant.ignored, "initializer_factor", "rope_parameters", "rope_theta")
    rows, columns = sides(vision, "patch_size", variant.patch)
    if rows != columns:
        vision.mark_incomplete("patches that are no squares")
    fields: Fields = {
        "hidden_size": vision.integer(variant.width_key, default=variant.width),
        "intermediate_size": vision.integer("intermediate_size", default=variant.inner),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=variant.layers),
        "num_attention_heads": vision.integer("num_attention_heads", default=variant.heads),
        "patch_size": rows,
    }
    fields |= unless(num_channels=(vision.integer("num_channels", default=3), 3))
    if variant.image is not None:
        height, width = sides(vision, "image_size", variant.image)
        patches = (height // rows) * (width // columns)
        extra = f" and {variant.extra} more" if variant.extra else ""
        fields["positions"] = [commented(patches + variant.extra, f"one for each patch of image_size{extra}")]
    else:
        vision.ignore("image_size")
    fields["hidden_act"] = vision.text("hidden_act", default=variant.act)
    fields |= variant.fields
    for key, (name, usual) in variant.switches.items():
        fields[name] = vision.flag(key, default=usual)
    for key, (wanted, what) in variant.refused.items():
        if vision.raw(key) not in (None, wanted):
            vision.mark_incomplete(f"{what} of the vision encoder")
    if variant.more:
        variant.more(vision, fields)
    return fields


def sides(config: Config, name: str, default: int) -> tuple[int, int]:
    """Height and width under ``name``: one whole number for both, or a list of two."""
    given = config.raw(name)
    if isinstance(given, list) and len(given) == 2:
        height, width = config.integers(name)
        if min(height, width) < 1:
            config.complain(f"{name} must be two numbers over 0", name)
            return 1, 1
        return height, width
    side = config.integer(name, default=default)
    return side, side


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
