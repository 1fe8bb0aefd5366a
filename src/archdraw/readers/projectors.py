"""What stands behind a vision transformer in each model, and which of its layers is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.traced import commented, whole
from archdraw.readers.vision_transformers import Fields

Projector = Callable[[Config, Draft, Config], Fields]
"""From the whole config, the text model and the section of the tower, fields of the kind ``vision_transformer``."""


def mlp(*sizes: int, **fields: Any) -> Fields:
    """A projector of projections to ``sizes``; ``fields`` are further ones of the kind ``mlp_projector``."""
    return {"projector": {"mlp_projector": {"sizes": list(sizes), **given(**fields)}}}


def activation(config: Config, key: str, *, usual: str = "gelu") -> str | None:
    """The activation under ``key``, None for the kind's own, GELU."""
    act = config.text(key, default=usual)
    return None if act == "gelu" else act


def fitting(fields: Fields, out: int, made: Draft) -> Fields:
    """``fields`` with the width ``out`` that the projector leaves, where the text model has another."""
    return fields if out == made.hidden_size else fields | {"out_hidden_size": out}


def feature_layers(config: Config, vision: Config, default: Any) -> tuple[Fields, list[Block]]:
    """Which layer of the tower is used, and a block that joins several, if there are: ``vision_feature_layer``."""
    value = config.raw("vision_feature_layer")
    value = default if value is None else value
    layers = vision.integer("num_hidden_layers", default=24)
    given_layers = value if isinstance(value, list) else [value]
    if not given_layers or any(
        isinstance(layer, bool) or not isinstance(layer, int) or not -layers <= layer <= layers
        for layer in given_layers
    ):
        config.complain(f"vision_feature_layer names no layers of the {layers:,}", "vision_feature_layer")
        return {}, []
    # 0 is what enters the first layer, so that a positive number counts layers from 1.
    ends = [layer if layer < 0 else layer - layers - 1 for layer in given_layers]
    last = max(ends)
    if last < -layers:
        config.mark_incomplete("an encoder none of whose layers is used")
        return {}, []
    fields: Fields = {} if last == -1 else {"vision_feature_layer": last}
    if not isinstance(value, list):
        return fields, []
    wide = vision.integer("hidden_size", default=1024) * len(value)
    joined = {
        "label": f"outputs of {counted(len(value), 'layer', 'layers')} joined",
        "detail": ", ".join(map(str, value))[:60],
    }
    return fields, [{"op": {"name": "joined", **joined, "features": wide}}]


def llava(default: Any, *, normed: bool = False, marks: int = 0, biased: bool | None = None) -> Projector:
    """Two projections, of one layer's output or several."""

    def project(config: Config, made: Draft, vision: Config) -> Fields:
        fields, joined = feature_layers(config, vision, default)
        bias = config.flag("multimodal_projector_bias", default=True) if biased is None else biased
        two = mlp(
            made.hidden_size,
            made.hidden_size,
            bias=bias,
            norm="layernorm" if normed else None,
            hidden_act=activation(config, "projector_hidden_act"),
        )["projector"]
        return {**fields, "projector": [*joined, two] if joined else two, **given(marks=marks or None)}

    return project


def paligemma(config: Config, made: Draft, vision: Config) -> Fields:
    vision.ignore("num_image_tokens", "num_positions", "projector_hidden_act")
    text = config.section("text_config")
    if text is not None:
        text.ignore("num_image_tokens")
    # The class gives its own width to the section of the encoder, whatever stands there.
    vision.ignore("projection_dim")
    out = config.integer("projection_dim", default=2048)
    return fitting(mlp(out, bias=True), out, made)


def internvl(config: Config, made: Draft, vision: Config) -> Fields:
    ratio = config.number("downsample_ratio", default=0.5, more_than=0)
    side = commented(whole(1 / ratio), "1 / downsample_ratio")
    fields, joined = feature_layers(config, vision, -1)
    if joined or fields:
        config.mark_incomplete("features of other layers of the vision encoder than the last")
    act = activation(config, "projector_hidden_act")
    size = made.hidden_size
    return mlp(size, size, merge_size=side, merged="pixel shuffle", norm="layernorm", bias=True, hidden_act=act)


def lfm2(config: Config, made: Draft, vision: Config) -> Fields:
    return mlp(
        config.integer("projector_hidden_size", default=2560),
        made.hidden_size,
        merge_size=config.integer("downsample_factor", default=2),
        merged="pixel shuffle",
        norm="layernorm" if config.flag("projector_use_layernorm", default=True) else None,
        bias=config.flag("projector_bias", default=True),
        hidden_act=activation(config, "projector_hidden_act"),
    )


def paddle(config: Config, made: Draft, vision: Config) -> Fields:
    """The norm is before the merging; the first projection keeps the width."""
    side = vision.integer("spatial_merge_size", default=2)
    wide = vision.integer("hidden_size", default=1152) * side * side
    first = commented(wide, "hidden_size × spatial_merge_size²")
    fields = mlp(first, made.hidden_size, merge_size=side, norm="layernorm", bias=True)
    fields["projector"]["mlp_projector"]["norms_merged"] = False
    return fields


def cosmos(config: Config, made: Draft, vision: Config) -> Fields:
    inner = config.integer("projector_hidden_size", default=11_520)
    side = vision.integer("spatial_merge_size", default=2)
    fields = mlp(inner, made.hidden_size, merge_size=side, norm="layernorm", bias=True)
    fields["projector"]["mlp_projector"]["norms_merged"] = False
    return fields


def plain_two(config: Config, made: Draft, vision: Config) -> Fields:
    return mlp(made.hidden_size, made.hidden_size, bias=True)


def nemotron(config: Config, made: Draft, vision: Config) -> Fields:
    config.ignore("force_image_size", "vision_hidden_size", "video_pruning_rate")
    frames = vision.integer("video_temporal_patch_size", default=config.integer("video_temporal_patch_size", default=2))
    if "audio_config" in config:
        config.raw("audio_config")
        config.mark_incomplete("the encoder of audio_config is not drawn")
    ratio = config.number("downsample_ratio", default=0.5, more_than=0)
    fields = mlp(
        config.integer("projector_hidden_size", default=4096),
        made.hidden_size,
        merge_size=commented(whole(1 / ratio), "1 / downsample_ratio"),
        merged="pixel shuffle",
        norm="rmsnorm",
        hidden_act="relu2",
    )
    pixels = vision.integer("num_channels", default=3) * vision.integer("patch_size", default=16) ** 2
    for key, wanted in (("patch_dim", pixels), ("video_patch_dim", pixels * frames)):
        if vision.integer(key, default=wanted) != wanted:
            vision.complain(f"{key} is not {wanted:,}, the values of a patch", key)
    return fields | {"video_patch_size": frames}


def step(config: Config, made: Draft, vision: Config) -> Fields:
    """Two convolutions that halve the grid and double the width, one projection."""
    width = vision.integer("hidden_size", default=1536)
    halves: list[Block] = [
        {
            "convolution": {
                "name": f"downsampler{place}",
                "features": commented(width * factor, f"{factor} × hidden_size"),
                "kernel_size": [3, 3],
                "stride": 2,
                "padding": 1,
                "bias": True,
                "role": "plain",
            }
        }
        for place, factor in enumerate((2, 4), start=1)
    ]
    last = mlp(made.hidden_size, bias=config.flag("projector_bias", default=False))["projector"]
    return {"projector": [*halves, last]}


def idefics3(config: Config, made: Draft, vision: Config) -> Fields:
    config.ignore("neftune_noise_alpha", "use_resampler", "qk_layer_norms", "perceiver_config")
    return mlp(made.hidden_size, merge_size=config.integer("scale_factor", default=2), merged="pixel shuffle")


def inkling2(config: Config, made: Draft, vision: Config) -> Fields:
    """Neighbours joined, two projections."""
    out = vision.integer("text_hidden_size", default=4608)
    act = activation(vision, "hidden_act")
    fields = mlp(
        vision.integer("projection_hidden_dim", default=4096),
        out,
        merge_size=vision.integer("spatial_merge_size", default=2),
        bias=vision.flag("projector_bias", default=False),
        hidden_act=act,
    )
    return fitting(fields, out, made)


def hy_v4(config: Config, made: Draft, vision: Config) -> Fields:
    """A norm, a convolution that joins neighbours, one more over each; a learned vector ends each row."""
    side, width = vision.integer("spatial_merge_size", default=2), vision.integer("hidden_size", default=1536)
    out = vision.integer("out_hidden_size", default=6144)
    wide = commented(width * side * side, "hidden_size × spatial_merge_size²")
    shape = {"bias": True, "role": "plain"}
    steps: list[Block] = [
        {"rmsnorm": {"name": "before_rms"}},
        {"convolution": {"name": "proj_conv", "features": wide, "kernel_size": [side, side], "stride": side, **shape}},
        {"activation": vision.text("hidden_act", default="gelu")},
        {"convolution": {"name": "proj_out", "features": out, "kernel_size": [1, 1], **shape}},
        {
            "weight": {
                "name": "image_newline",
                "label": "ends of rows marked",
                "role": "embedding",
                "weights": [{"name": "image_newline", "shape": [out]}],
            }
        },
    ]
    return fitting({"projector": steps}, out, made)


def aya(config: Config, made: Draft, vision: Config) -> Fields:
    """Shuffled pixels, a norm, a gated projection with biases, one half of which gates the other."""
    config.ignore("adapter_layer_norm_eps", "max_splits_per_img")
    fields, joined = feature_layers(config, vision, -1)
    if joined:
        config.mark_incomplete("features of several layers of the vision encoder")
    side = config.integer("downsample_factor", default=2)
    both = config.integer("alignment_intermediate_size", default=made.hidden_size)
    wide = commented(vision.integer("hidden_size", default=768) * side * side, "hidden_size × downsample_factor²")
    gated = {
        "intermediate_size": commented(both // 2, "half of alignment_intermediate_size"),
        "features": made.hidden_size,
        "bias": True,
        "down_bias": True,
    }
    steps: list[Block] = [
        {
            "op": {
                "name": "pixel_shuffle",
                "label": "pixel shuffle",
                "detail": counted(wide, "feature", "features"),
                "features": wide,
            }
        },
        {"layernorm": {"name": "layernorm"}},
        {"gated_projector": gated},
    ]
    return {**fields, "projector": steps}
