"""Models that read images: a text model of another family with a vision encoder."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    given,
    layer_count,
    rope,
    tied_embeddings,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family, families
from archdraw.readers.towers import (
    clip_tower,
    feature_layer,
    pixtral_tower,
    qwen2_tower,
    qwen_tower,
    siglip_tower,
)
from archdraw.readers.traced import commented, whole

TEXT = {
    "qwen2_vl_text": "qwen2",
    "qwen2_5_vl_text": "qwen2",
    "qwen3_vl_text": "qwen3",
    "qwen3_vl_moe_text": "qwen3_moe",
}
"""Text parts that have a type of their own and the structure of another family."""

LLAMA = {
    "hidden_size": 4096,
    "intermediate_size": 11_008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32_000,
}
"""The class defaults of a Llama: the text part of LLaVA 1.5 says what differs from them, and nothing else."""

IMAGES = ("image_processor", "processor_class")


def text_part(config: Config) -> Config:
    """The section of the text model; the whole config where the file has none."""
    return config.section("text_config", "llm_config") or config


def text_model(config: Config, usual: str, *, tied: bool = False) -> Draft:
    """The text part of ``config``, read by the family of its model type (``usual`` where it says none).

    ``tied`` is the class default for files that say nothing on either level. A text model of a family that no reader
    knows is a fault of the file.
    """
    text = text_part(config)
    kind = usual if text is config else text.text("model_type", default=usual)
    family = families().get(TEXT.get(kind, kind))
    if family is None or family.read in (_qwen2_vl, _qwen3_vl, _mistral3, _llava, _idefics3):
        text.complain(f"there is no reader for the text model {kind[:40]}", "model_type")
        return Draft(1, 1, None)
    text.ignore(*family.ignored)
    made = family.read(text)
    made.tie_word_embeddings = tied_embeddings(text, tied, config)
    return made


def with_towers(made: Draft, towers: list[Block]) -> Draft:
    """``made`` with ``towers`` behind its embedding, where their tokens join."""
    place = next((index for index, block in enumerate(made.layers, start=1) if _is_embedding(block)), 0)
    made.layers[place:place] = towers
    return made


def _is_embedding(block: Block) -> bool:
    return block == "embedding" or (isinstance(block, dict) and "embedding" in block)


def _qwen3_vl(config: Config) -> Draft:
    """Qwen3-VL: Qwen3, dense or sparse, with an encoder that feeds its first layers too."""
    made = text_model(config, "qwen3")
    return with_towers(made, qwen_tower(config.section("vision_config")))


def _mistral3(config: Config) -> Draft:
    """Mistral Small 3.1 and Ministral 3.

    The head of a file that says nothing is untied, as the checkpoints of Mistral Small 3.1 are.
    """
    made = text_model(config, "mistral")
    return with_towers(made, pixtral_tower(config.section("vision_config"), config))


def _ministral3(config: Config) -> Draft:
    """Ministral 3: a Llama whose queries grow with their place beyond the context of the first training."""
    made = draft(config)
    positions = config.section("rope_parameters")
    grown: dict[str, Any] = {}
    if positions is not None:
        positions.ignore("max_position_embeddings")
        beta = positions.optional_number("llama_4_scaling_beta")
        if beta:
            floor = positions.integer("original_max_position_embeddings", default=16384)
            grown = {
                "attn_temperature_tuning": True,
                "floor_scale": commented(whole(floor), "original_max_position_embeddings"),
                "attn_scale": commented(float(beta), "llama_4_scaling_beta"),
            }
    mixer = attention(
        config, sliding_window=config.optional_integer("sliding_window"), position=rope(config, theta=1e6), **grown
    )
    made.define["layer"] = {"decoder": {"attention": mixer, "feed_forward": gated_feed_forward(config)}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


def _qwen2_vl(config: Config) -> Draft:
    """Qwen2-VL and Qwen2.5-VL: Qwen2, whose keys may stand at the top of the file."""
    made = text_model(config, "qwen2")
    return with_towers(made, qwen2_tower(config.section("vision_config")))


def _llava(config: Config) -> Draft:
    """LLaVA: any text model behind any of three encoders, joined by two projections."""
    text = config.section("text_config")
    if text is not None and text.text("model_type", default="llama") == "llama":
        text.defaults(**LLAMA)
    made = text_model(config, "llama")
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    kind = vision.text("model_type", default="clip_vision_model")
    if kind == "pixtral":
        config.ignore("vision_feature_select_strategy", "image_seq_length")
        return with_towers(made, pixtral_tower(vision, config, merges=False))
    if kind not in ("clip_vision_model", "siglip_vision_model"):
        config.complain(f"there is no reader for the vision encoder {kind[:40]}", "vision_config")
    if config.text("projector_hidden_act", default="gelu") not in ("gelu", "gelu_pytorch_tanh"):
        config.mark_incomplete("the activation of the projector")
    # "default" leaves the class token out, "full" takes all there are: SigLIP has none.
    usual = "full" if kind == "siglip_vision_model" else "default"
    if config.text("vision_feature_select_strategy", default="default") != usual:
        config.mark_incomplete("which tokens of the vision encoder are used")
    config.ignore("image_seq_length", "image_grid_pinpoints")
    fields = {
        "projector_hidden_sizes": [made.hidden_size],
        **given(projector_bias=config.flag("multimodal_projector_bias", default=True)),
        **feature_layer(config, default=-2),
    }
    tower = siglip_tower if kind == "siglip_vision_model" else clip_tower
    return with_towers(made, tower(vision, **fields))


def _idefics3(config: Config) -> Draft:
    """Idefics 3 and SmolVLM: SigLIP over tiles, shuffled pixels, one projection."""
    made = text_model(config, "llama")
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    vision.ignore("max_image_size", "size", "use_base_siglip")
    factor = config.integer("scale_factor", default=2)
    ratio = commented(1 / factor, "1 / scale_factor")
    # Sizes of this class, where they differ from SigLIP's own.
    sizes = {"hidden_size": 1152, "num_attention_heads": 16, "patch_size": 32}
    sizes = {name: size for name, size in sizes.items() if name not in vision}
    (tower,) = siglip_tower(vision, pooled=False, tiled=True, pixel_shuffle_ratio=ratio, **sizes)
    return with_towers(made, [tower])


FAMILIES = (
    Family(
        ("qwen2_vl", "qwen2_5_vl"),
        _qwen2_vl,
        ("Qwen2VLForConditionalGeneration", "Qwen2_5_VLForConditionalGeneration"),
        (*IMAGES, "max_window_layers", "vision_start_token_id"),
    ),
    Family(("llava",), _llava, ("LlavaForConditionalGeneration",), IMAGES),
    Family(
        ("idefics3", "smolvlm"),
        _idefics3,
        ("Idefics3ForConditionalGeneration", "SmolVLMForConditionalGeneration"),
        (*IMAGES, "neftune_noise_alpha", "use_resampler", "qk_layer_norms", "perceiver_config"),
    ),
    Family(("ministral3",), _ministral3, ("Ministral3ForCausalLM",)),
    Family(
        ("qwen3_vl", "qwen3_vl_moe"),
        _qwen3_vl,
        ("Qwen3VLForConditionalGeneration", "Qwen3VLMoeForConditionalGeneration"),
        IMAGES,
    ),
    Family(("mistral3",), _mistral3, ("Mistral3ForConditionalGeneration",), IMAGES),
)
