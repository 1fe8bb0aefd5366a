"""Models of a text model and a vision transformer: which tower each has, which projector, which text family.

A model that differs from a known one in these, and in the defaults of its keys, is a row of :data:`WRAPPERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.text_parts import text_model, with_towers
from archdraw.readers.towers import pixtral_tower
from archdraw.readers.traced import commented, whole
from archdraw.readers.vision_transformers import VARIANTS, Fields, vision_transformer

IMAGES = (
    *("image_processor", "processor_class", "image_seq_length", "image_grid_pinpoints", "video_seq_length"),
    *("vision_feature_select_strategy", "vision_aspect_ratio", "projection_dim", "hidden_size", "vocab_size"),
    *("spatial_pool_mode", "spatial_pool_stride", "spatial_pool_out_channels", "projector_layernorm_eps"),
)
"""Keys of these files that say how images are cut, how many tokens they make, or again what the text part says."""

Projector = Callable[[Config, Draft, Config], Fields]
"""What stands behind a tower, from the whole config, the text model and the section of the tower."""


@dataclass(frozen=True)
class Wrapper:
    """Models that differ in no more than values: their types, and what they are made of.

    ``text`` is the family of a text model that does not say its own, ``tower`` the type of a tower that does not.
    ``label`` is what the tower is called where that is not the usual, ``second`` the same of another one like it, which
    shares the projector.
    """

    model_types: tuple[str, ...]
    text: str
    tower: str
    project: Projector
    architectures: tuple[str, ...]
    label: str = ""
    second: str = ""
    ignored: tuple[str, ...] = ()

    def family(self) -> Family:
        """The family of configs."""
        return Family(self.model_types, self.read, self.architectures, (*IMAGES, *self.ignored), wraps=True)

    def read(self, config: Config) -> Draft:
        """The text model with its towers."""
        made = text_model(config, self.text)
        vision = config.section("vision_config") or Config({}, ("vision_config",), config)
        kind = vision.text("model_type", default=self.tower)
        if kind == "pixtral":
            # The projector of LLaVA (Pixtral 12B) joins no patches, that of all others does.
            return with_towers(made, pixtral_tower(vision, config, merges="llava" not in self.model_types))
        variant = VARIANTS.get(kind) or (VARIANTS[self.tower] if kind in self.model_types else None)
        if variant is None:
            config.mark_incomplete(f"the vision encoder {kind[:40]}, which is not known")
            return made
        behind = self.project(config, made, vision)
        towers: list[Block] = [vision_transformer(vision, variant, **behind, **given(label=self.label or None))]
        if self.second:
            shared = {"op": {"name": "shared", "label": "the same projector", "features": made.hidden_size}}
            again = vision_transformer(vision, variant, **behind | {"projector": shared}, label=self.second)
            towers.append(again)
        return with_towers(made, towers)


def mlp(*sizes: int, **fields: Any) -> Fields:
    """A projector of projections to ``sizes``, with ``fields`` of the kind ``mlp_projector`` that are not its defaults."""
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
    joined = {"label": f"outputs of {len(value)} layers joined", "detail": ", ".join(map(str, value))[:60]}
    return fields, [{"op": {"name": "joined", **joined, "features": wide}}]


def _llava(default: Any, *, normed: bool = False, marks: int = 0, biased: bool | None = None) -> Projector:
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


def _paligemma(config: Config, made: Draft, vision: Config) -> Fields:
    vision.ignore("num_image_tokens", "num_positions", "projector_hidden_act")
    out = vision.integer("projection_dim", default=made.hidden_size)
    return fitting(mlp(out, bias=True), out, made)


def _internvl(config: Config, made: Draft, vision: Config) -> Fields:
    ratio = config.number("downsample_ratio", default=0.5, more_than=0)
    side = commented(whole(1 / ratio), "1 / downsample_ratio")
    fields, joined = feature_layers(config, vision, -1)
    if joined or fields:
        config.mark_incomplete("features of other layers of the vision encoder than the last")
    act = activation(config, "projector_hidden_act")
    size = made.hidden_size
    return mlp(size, size, merge_size=side, merged="pixel shuffle", norm="layernorm", bias=True, hidden_act=act)


def _lfm2(config: Config, made: Draft, vision: Config) -> Fields:
    return mlp(
        config.integer("projector_hidden_size", default=2560),
        made.hidden_size,
        merge_size=config.integer("downsample_factor", default=2),
        merged="pixel shuffle",
        norm="layernorm" if config.flag("projector_use_layernorm", default=True) else None,
        bias=config.flag("projector_bias", default=True),
        hidden_act=activation(config, "projector_hidden_act"),
    )


def _paddle(config: Config, made: Draft, vision: Config) -> Fields:
    """The norm is before the merging; the first projection keeps the width."""
    side = vision.integer("spatial_merge_size", default=2)
    wide = vision.integer("hidden_size", default=1152) * side * side
    first = commented(wide, "hidden_size × spatial_merge_size²")
    fields = mlp(first, made.hidden_size, merge_size=side, norm="layernorm", bias=True)
    fields["projector"]["mlp_projector"]["norms_merged"] = False
    return fields


def _cosmos(config: Config, made: Draft, vision: Config) -> Fields:
    inner = config.integer("projector_hidden_size", default=11_520)
    side = vision.integer("spatial_merge_size", default=2)
    fields = mlp(inner, made.hidden_size, merge_size=side, norm="layernorm", bias=True)
    fields["projector"]["mlp_projector"]["norms_merged"] = False
    return fields


def _plain_two(config: Config, made: Draft, vision: Config) -> Fields:
    return mlp(made.hidden_size, made.hidden_size, bias=True)


def _nemotron(config: Config, made: Draft, vision: Config) -> Fields:
    config.ignore("force_image_size", "vision_hidden_size", "video_pruning_rate")
    frames = config.integer("video_temporal_patch_size", default=2)
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
    return fields | {"video_patch_size": vision.integer("video_temporal_patch_size", default=frames)}


def _step(config: Config, made: Draft, vision: Config) -> Fields:
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


def _idefics3(config: Config, made: Draft, vision: Config) -> Fields:
    config.ignore("neftune_noise_alpha", "use_resampler", "qk_layer_norms", "perceiver_config")
    return mlp(made.hidden_size, merge_size=config.integer("scale_factor", default=2), merged="pixel shuffle")


WRAPPERS = (
    Wrapper(("llava",), "llama", "clip_vision_model", _llava(-2), ("LlavaForConditionalGeneration",)),
    Wrapper(("idefics3",), "llama", "idefics3_vision", _idefics3, ("Idefics3ForConditionalGeneration",)),
    Wrapper(("smolvlm",), "llama", "smolvlm_vision", _idefics3, ("SmolVLMForConditionalGeneration",)),
    Wrapper(
        ("llava_next", "llava_next_video"),
        *("llama", "clip_vision_model", _llava(-2, marks=1)),
        ("LlavaNextForConditionalGeneration", "LlavaNextVideoForConditionalGeneration"),
    ),
    Wrapper(
        ("llava_onevision",),
        *("qwen2", "siglip_vision_model", _llava(-1, marks=1)),
        ("LlavaOnevisionForConditionalGeneration",),
    ),
    Wrapper(
        ("video_llava",),
        *("llama", "clip_vision_model", _llava(-2)),
        ("VideoLlavaForConditionalGeneration",),
        "Image encoder",
        "Video encoder",
    ),
    Wrapper(
        ("vipllava",),
        *("llama", "clip_vision_model", _llava([-2, -5, -8, -11, 6], normed=True, biased=True)),
        ("VipLlavaForConditionalGeneration",),
    ),
    Wrapper(
        ("paligemma",),
        *("gemma", "siglip_vision_model", _paligemma),
        ("PaliGemmaForConditionalGeneration",),
    ),
    Wrapper(("internvl",), "qwen2", "internvl_vision", _internvl, ("InternVLForConditionalGeneration",)),
    Wrapper(("lfm2_vl",), "lfm2", "siglip2_vision_model", _lfm2, ("Lfm2VlForConditionalGeneration",)),
    Wrapper(
        ("paddleocr_vl",),
        *("ernie4_5", "paddleocr_vl_vision", _paddle),
        ("PaddleOCRVLForConditionalGeneration",),
        ignored=("vision_start_token_id", "vision_end_token_id"),
    ),
    Wrapper(
        ("cosmos3_edge",), "cosmos3_edge_text", "cosmos3_edge_vision", _cosmos, ("Cosmos3EdgeForConditionalGeneration",)
    ),
    Wrapper(("deepseek_vl",), "llama", "siglip_vision_model", _plain_two, ("DeepseekVLForConditionalGeneration",)),
    Wrapper(("video_llama_3",), "qwen2", "video_llama_3_vision", _plain_two, ("VideoLlama3ForConditionalGeneration",)),
    Wrapper(("nemotron_h_omni",), "nemotron_h", "radio", _nemotron, ("NemotronH_Omni_Reasoning_V3",)),
    Wrapper(("step3p7",), "step3p5", "step3p5_vision", _step, ("Step3p7ForConditionalGeneration",)),
    Wrapper(("lighton_ocr",), "qwen3", "pixtral", _plain_two, ("LightOnOcrForConditionalGeneration",)),
)

FAMILIES = tuple(wrapper.family() for wrapper in WRAPPERS)
