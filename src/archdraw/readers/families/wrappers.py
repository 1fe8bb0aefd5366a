"""Models of a text model and a vision encoder: which encoder each has, which projector, which text family.

A model that differs from a known one in these, and in the defaults of its keys, is a row of :data:`WRAPPERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archdraw.readers import projectors as behind
from archdraw.readers import query_projectors as queries
from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.projectors import Projector
from archdraw.readers.sam_towers import got_tower
from archdraw.readers.text_parts import text_model, with_towers
from archdraw.readers.towers import glm_tower, pixtral_tower, qwen2_tower, qwen_tower
from archdraw.readers.vision_transformers import VARIANTS, vision_transformer

IMAGES = (
    *("image_processor", "processor_class", "image_seq_length", "image_grid_pinpoints", "video_seq_length"),
    *("vision_feature_select_strategy", "vision_aspect_ratio", "projection_dim", "hidden_size", "vocab_size"),
    *("spatial_pool_mode", "spatial_pool_stride", "spatial_pool_out_channels", "projector_layernorm_eps"),
)
"""Keys of these files that say how images are cut, how many tokens they make, or again what the text part says."""

Towers = Callable[[Config, Draft], list[Block]]
"""The encoders of a whole config, beside the text model that is read already."""


@dataclass(frozen=True)
class Wrapper:
    """Models that differ in no more than values: their types and classes, and what they are made of.

    ``text`` is the family of a text model that does not say its own.
    """

    model_types: tuple[str, ...]
    text: str
    towers: Towers
    architectures: tuple[str, ...]
    ignored: tuple[str, ...] = ()

    def family(self) -> Family:
        """The family of configs."""
        return Family(self.model_types, self.read, self.architectures, (*IMAGES, *self.ignored), wraps=True)

    def read(self, config: Config) -> Draft:
        """The text model with its towers."""
        made = text_model(config, self.text)
        return with_towers(made, self.towers(config, made))


def section(config: Config, name: str = "vision_config") -> Config:
    """The section ``name``; an empty one, all of whose values are defaults, where there is none."""
    return config.section(name) or Config({}, (name,), config)


def transformer(tower: str, project: Projector, *, label: str = "", second: str = "", merges: bool = True) -> Towers:
    """A vision transformer of the class ``tower``, unless its section names another, with the projector of ``project``.

    ``label`` is what it is called where that is not the usual, ``second`` the same of another one like it, which shares
    the projector. ``merges``: the projector of Pixtral's encoder joins patches.
    """

    def read(config: Config, made: Draft) -> list[Block]:
        vision = section(config)
        kind = vision.text("model_type", default=tower)
        if kind == "pixtral":
            return pixtral_tower(vision, config, merges=merges)
        variant = VARIANTS.get(kind) or (VARIANTS.get(tower) if kind == config.data.get("model_type") else None)
        if variant is None:
            config.mark_incomplete(f"the vision encoder {kind[:40]}, which is not known")
            return []
        fields = project(config, made, vision)
        towers: list[Block] = [vision_transformer(vision, variant, **fields, **given(label=label or None))]
        if second:
            shared = {"op": {"name": "shared", "label": "the same projector", "features": made.hidden_size}}
            towers.append(vision_transformer(vision, variant, **fields | {"projector": shared}, label=second))
        return towers

    return read


def _qwen2(config: Config, made: Draft) -> list[Block]:
    return qwen2_tower(config.section("vision_config"), made.hidden_size)


def _qwen3(config: Config, made: Draft) -> list[Block]:
    return qwen_tower(config.section("vision_config"), made.hidden_size)


def _exaone(config: Config, made: Draft) -> list[Block]:
    """Qwen2.5-VL's encoder with fewer heads of keys and values."""
    return qwen2_tower(section(config), made.hidden_size, kind="exaone4_5_vision")


def _hyperclova(config: Config, made: Draft) -> list[Block]:
    """Qwen2.5-VL's encoder with one projection more."""
    return qwen2_tower(section(config), made.hidden_size, kind="qwen2_5_vl_vision", projected=True)


def _thinker(config: Config, made: Draft) -> list[Block]:
    """Qwen2.5-VL's encoder with three matrices in attention, and one of sounds."""
    config.ignore("position_id_per_seconds", "seconds_per_chunk")
    _leave_out(config, "audio_config")
    return qwen2_tower(section(config), made.hidden_size, kind="qwen2_5_omni_vision_encoder")


def _thinker3(config: Config, made: Draft) -> list[Block]:
    config.ignore("position_id_per_seconds", "audio_start_token_id", "audio_end_token_id")
    _leave_out(config, "audio_config")
    return qwen_tower(section(config), made.hidden_size, kind="qwen3_omni_moe_vision_encoder")


def _leave_out(config: Config, key: str) -> None:
    config.raw(key)
    config.mark_incomplete(f"the encoder of {key} is not drawn")


def _glm(config: Config, made: Draft) -> list[Block]:
    return glm_tower(section(config), made.hidden_size, "glm4v_vision")


def _glm_ocr(config: Config, made: Draft) -> list[Block]:
    return glm_tower(section(config), made.hidden_size, "glm_ocr_vision")


def _got(config: Config, made: Draft) -> list[Block]:
    return got_tower(section(config), made.hidden_size)


MARKED = ("vision_start_token_id", "vision_end_token_id", "max_window_layers")

WRAPPERS = (
    Wrapper(
        ("llava",),
        "llama",
        transformer("clip_vision_model", behind.llava(-2), merges=False),
        ("LlavaForConditionalGeneration",),
    ),
    Wrapper(
        ("llava_next", "llava_next_video"),
        "llama",
        transformer("clip_vision_model", behind.llava(-2, marks=1)),
        ("LlavaNextForConditionalGeneration", "LlavaNextVideoForConditionalGeneration"),
    ),
    Wrapper(
        ("llava_onevision",),
        "qwen2",
        transformer("siglip_vision_model", behind.llava(-1, marks=1)),
        ("LlavaOnevisionForConditionalGeneration",),
    ),
    Wrapper(
        ("video_llava",),
        "llama",
        transformer("clip_vision_model", behind.llava(-2), label="Image encoder", second="Video encoder"),
        ("VideoLlavaForConditionalGeneration",),
    ),
    Wrapper(
        ("vipllava",),
        "llama",
        transformer("clip_vision_model", behind.llava([-2, -5, -8, -11, 6], normed=True, biased=True)),
        ("VipLlavaForConditionalGeneration",),
    ),
    Wrapper(
        ("paligemma",),
        "gemma",
        transformer("siglip_vision_model", behind.paligemma),
        ("PaliGemmaForConditionalGeneration",),
    ),
    Wrapper(
        ("idefics3",),
        "llama",
        transformer("idefics3_vision", behind.idefics3),
        ("Idefics3ForConditionalGeneration",),
    ),
    Wrapper(
        ("smolvlm",),
        "llama",
        transformer("smolvlm_vision", behind.idefics3),
        ("SmolVLMForConditionalGeneration",),
    ),
    Wrapper(
        ("internvl",),
        "qwen2",
        transformer("internvl_vision", behind.internvl),
        ("InternVLForConditionalGeneration",),
    ),
    Wrapper(
        ("qianfan_ocr",),
        "qwen3",
        transformer("qianfan_ocr_vision", behind.internvl),
        ("QianfanOCRForConditionalGeneration",),
    ),
    Wrapper(
        ("lfm2_vl",), "lfm2", transformer("siglip2_vision_model", behind.lfm2), ("Lfm2VlForConditionalGeneration",)
    ),
    Wrapper(
        ("paddleocr_vl",),
        "ernie4_5",
        transformer("paddleocr_vl_vision", behind.paddle),
        ("PaddleOCRVLForConditionalGeneration",),
        MARKED,
    ),
    Wrapper(
        ("cosmos3_edge",),
        "cosmos3_edge_text",
        transformer("cosmos3_edge_vision", behind.cosmos),
        ("Cosmos3EdgeForConditionalGeneration",),
        MARKED,
    ),
    Wrapper(
        ("deepseek_vl",),
        "llama",
        transformer("siglip_vision_model", behind.plain_two),
        ("DeepseekVLForConditionalGeneration",),
    ),
    Wrapper(
        ("video_llama_3",),
        "qwen2",
        transformer("video_llama_3_vision", behind.plain_two),
        ("VideoLlama3ForConditionalGeneration",),
    ),
    Wrapper(
        ("nemotron_h_omni",), "nemotron_h", transformer("radio", behind.nemotron), ("NemotronH_Omni_Reasoning_V3",)
    ),
    Wrapper(("step3p7",), "step3p5", transformer("step3p5_vision", behind.step), ("Step3p7ForConditionalGeneration",)),
    Wrapper(
        ("idefics2",),
        "mistral",
        transformer("idefics2_vision", queries.idefics2),
        ("Idefics2ForConditionalGeneration",),
    ),
    Wrapper(("blip-2",), "opt", transformer("blip_2_vision_model", queries.blip2), ("Blip2ForConditionalGeneration",)),
    Wrapper(
        ("instructblip", "instructblipvideo"),
        "opt",
        transformer("instructblip_vision_model", queries.instructblip),
        ("InstructBlipForConditionalGeneration", "InstructBlipVideoForConditionalGeneration"),
    ),
    Wrapper(("aria",), "aria_text", transformer("idefics3_vision", queries.aria), ("AriaForConditionalGeneration",)),
    Wrapper(
        ("kosmos-2",),
        "kosmos_2_text_model",
        transformer("kosmos_2_vision_model", queries.kosmos2),
        ("Kosmos2ForConditionalGeneration",),
    ),
    Wrapper(("ovis2",), "qwen2", transformer("ovis2_vision", queries.ovis2), ("Ovis2ForConditionalGeneration",)),
    Wrapper(
        ("molmo2",), "molmo2_text", transformer("molmo2_vision", queries.molmo2), ("Molmo2ForConditionalGeneration",)
    ),
    Wrapper(("janus",), "llama", transformer("janus_vision_model", queries.janus), ("JanusForConditionalGeneration",)),
    Wrapper(("got_ocr2", "pp_chart2table"), "qwen2", _got, ("GotOcr2ForConditionalGeneration",)),
    Wrapper(("mistral3",), "mistral", transformer("pixtral", behind.plain_two), ("Mistral3ForConditionalGeneration",)),
    Wrapper(
        ("lighton_ocr",), "qwen3", transformer("pixtral", behind.plain_two), ("LightOnOcrForConditionalGeneration",)
    ),
    Wrapper(
        ("mistral_large4",),
        "mistral_large4_text",
        transformer("pixtral", behind.plain_two),
        ("MistralLarge4ForConditionalGeneration",),
    ),
    Wrapper(
        ("qwen2_vl", "qwen2_5_vl"),
        "qwen2",
        _qwen2,
        ("Qwen2VLForConditionalGeneration", "Qwen2_5_VLForConditionalGeneration"),
        MARKED,
    ),
    Wrapper(
        ("qwen3_vl", "qwen3_vl_moe", "cosmos3_omni"),
        "qwen3",
        _qwen3,
        (
            *("Qwen3VLForConditionalGeneration", "Qwen3VLMoeForConditionalGeneration"),
            "Cosmos3OmniForConditionalGeneration",
        ),
        MARKED,
    ),
    Wrapper(("exaone4_5",), "exaone4", _exaone, ("Exaone4_5_ForConditionalGeneration",)),
    Wrapper(("hyperclovax_vision_v2",), "hyperclovax", _hyperclova, ("HyperCLOVAXVisionV2ForConditionalGeneration",)),
    Wrapper(("qwen2_5_omni_thinker",), "qwen2", _thinker, ("Qwen2_5OmniThinkerForConditionalGeneration",), MARKED),
    Wrapper(
        ("qwen3_omni_moe_thinker",), "qwen3_moe", _thinker3, ("Qwen3OmniMoeThinkerForConditionalGeneration",), MARKED
    ),
    Wrapper(
        ("glm4v", "glm46v", "glmga"),
        "glm4v_text",
        _glm,
        ("Glm4vForConditionalGeneration", "Glm46VForConditionalGeneration"),
    ),
    Wrapper(("glm4v_moe",), "glm4v_moe_text", _glm, ("Glm4vMoeForConditionalGeneration",)),
    Wrapper(("glm_ocr",), "glm_ocr_text", _glm_ocr, ("GlmOcrForConditionalGeneration",)),
)

FAMILIES = tuple(wrapper.family() for wrapper in WRAPPERS)
