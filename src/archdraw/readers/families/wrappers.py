"""Models of a text model and a vision encoder: which encoder each has, which projector, which text family.

A model that differs from a known one in these, and in the defaults of its keys, is a row of :data:`WRAPPERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from archdraw.readers import projectors as behind
from archdraw.readers import query_projectors as queries
from archdraw.readers import wrapped_towers as towers
from archdraw.readers.config import Config
from archdraw.readers.docling_tower import docling_tower
from archdraw.readers.draft import Draft
from archdraw.readers.family import Family
from archdraw.readers.phi_towers import SIZES as PHI
from archdraw.readers.phi_towers import phi_towers
from archdraw.readers.text_parts import text_model, with_towers
from archdraw.readers.wrapped_towers import Towers, transformer
from archdraw.records import record

IMAGES = (
    *("image_processor", "processor_class", "image_seq_length", "image_grid_pinpoints", "video_seq_length"),
    *("vision_feature_select_strategy", "vision_aspect_ratio", "projection_dim", "hidden_size", "vocab_size"),
    *("spatial_pool_mode", "spatial_pool_stride", "spatial_pool_out_channels", "projector_layernorm_eps"),
)
"""Keys of these files that say how images are cut, how many tokens they make, or again what the text part says."""


@record
class Wrapper:
    """Models that differ in no more than values: their types and classes, and what they are made of.

    ``text`` is the family of a text model that does not say its own, ``tied`` whether its table is the head where no
    part of the file says it, ``sizes`` the class defaults of one that stands in the whole config.
    """

    model_types: tuple[str, ...]
    text: str
    towers: Towers
    architectures: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    tied: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)

    def family(self) -> Family:
        """The family of configs."""
        return Family(self.model_types, self.read, self.architectures, (*IMAGES, *self.ignored), wraps=True)

    def read(self, config: Config) -> Draft:
        """The text model with its towers."""
        config.defaults(**self.sizes)
        made = text_model(config, self.text, tied=self.tied)
        return with_towers(made, self.towers(config, made))


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
        ("lfm2_vl",),
        "lfm2",
        transformer("siglip2_vision_model", behind.lfm2),
        ("Lfm2VlForConditionalGeneration",),
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
        ("nemotron_h_omni",),
        "nemotron_h",
        transformer("radio", behind.nemotron),
        ("NemotronH_Omni_Reasoning_V3",),
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
    Wrapper(
        ("kosmos-2.5",),
        "kosmos_2_5_text_model",
        transformer("kosmos_2_5_vision_model", queries.kosmos2_5),
        ("Kosmos2_5ForConditionalGeneration",),
    ),
    Wrapper(
        ("aya_vision",),
        "cohere2",
        transformer("siglip_vision_model", behind.aya),
        ("AyaVisionForConditionalGeneration",),
    ),
    Wrapper(("ovis2",), "qwen2", transformer("ovis2_vision", queries.ovis2), ("Ovis2ForConditionalGeneration",)),
    Wrapper(
        ("molmo2",),
        "molmo2_text",
        transformer("molmo2_vision", queries.molmo2),
        ("Molmo2ForConditionalGeneration",),
    ),
    Wrapper(
        ("granite_docling",),
        "granite_docling_text",
        docling_tower,
        ("GraniteDoclingForConditionalGeneration",),
        tied=True,
    ),
    Wrapper(("apertus1p5",), "apertus1p5_text", towers.apertus, ("Apertus1p5ForConditionalGeneration",)),
    Wrapper(("phi4_multimodal",), "phi3", phi_towers, ("Phi4MultimodalForCausalLM",), sizes=PHI),
    Wrapper(("janus",), "llama", towers.janus, ("JanusForConditionalGeneration",)),
    Wrapper(
        ("minicpmv4_6", "minicpmv4_7", "minicpm_ocr"),
        "qwen3_5_text",
        towers.minicpm,
        (
            *("MiniCPMV4_6ForConditionalGeneration", "MiniCPMV4_7ForConditionalGeneration"),
            "MiniCPMOcrForConditionalGeneration",
        ),
    ),
    Wrapper(("lfm3_vl",), "lfm3", towers.lfm3, ("Lfm3VlForConditionalGeneration",), MARKED),
    Wrapper(("muse_spark",), "muse_spark_text", towers.muse_spark, ("MuseSparkForConditionalGeneration",)),
    Wrapper(
        ("hy_v4_vl",),
        "hy_v4_vl_text",
        transformer("hy_v4_vl_vision", behind.hy_v4),
        ("HYV4VLForConditionalGeneration",),
    ),
    Wrapper(("dots3_note",), "dots3_note_text", towers.dots3, ("Dots3NoteForConditionalGeneration",)),
    Wrapper(("deepseek_vl_hybrid",), "llama", towers.deepseek_hybrid, ("DeepseekVLHybridForConditionalGeneration",)),
    Wrapper(("got_ocr2", "pp_chart2table"), "qwen2", towers.got, ("GotOcr2ForConditionalGeneration",)),
    Wrapper(("mistral3",), "mistral", transformer("pixtral", behind.plain_two), ("Mistral3ForConditionalGeneration",)),
    Wrapper(
        ("lighton_ocr",),
        "qwen3",
        transformer("pixtral", behind.plain_two),
        ("LightOnOcrForConditionalGeneration",),
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
        towers.qwen2,
        ("Qwen2VLForConditionalGeneration", "Qwen2_5_VLForConditionalGeneration"),
        MARKED,
    ),
    Wrapper(
        ("qwen3_vl", "qwen3_vl_moe", "cosmos3_omni"),
        "qwen3",
        towers.qwen3,
        (
            *("Qwen3VLForConditionalGeneration", "Qwen3VLMoeForConditionalGeneration"),
            "Cosmos3OmniForConditionalGeneration",
        ),
        MARKED,
    ),
    Wrapper(("exaone4_5",), "exaone4", towers.exaone, ("Exaone4_5_ForConditionalGeneration",)),
    Wrapper(
        ("hyperclovax_vision_v2",), "hyperclovax", towers.hyperclova, ("HyperCLOVAXVisionV2ForConditionalGeneration",)
    ),
    Wrapper(
        ("qwen2_5_omni_thinker",), "qwen2", towers.thinker, ("Qwen2_5OmniThinkerForConditionalGeneration",), MARKED
    ),
    Wrapper(
        ("qwen3_omni_moe_thinker",),
        "qwen3_moe",
        towers.thinker3,
        ("Qwen3OmniMoeThinkerForConditionalGeneration",),
        MARKED,
    ),
    Wrapper(
        ("glm4v", "glm46v", "glmga"),
        "glm4v_text",
        towers.glm,
        ("Glm4vForConditionalGeneration", "Glm46VForConditionalGeneration"),
    ),
    Wrapper(("glm4v_moe",), "glm4v_moe_text", towers.glm, ("Glm4vMoeForConditionalGeneration",)),
    Wrapper(("glm_ocr",), "glm_ocr_text", towers.glm_ocr, ("GlmOcrForConditionalGeneration",)),
)

FAMILIES = tuple(wrapper.family() for wrapper in WRAPPERS)
