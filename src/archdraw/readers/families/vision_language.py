"""Models that read images: a text model of another family with a vision encoder."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    layer_count,
    rope,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.text_parts import text_model, with_towers
from archdraw.readers.towers import pixtral_tower, qwen2_tower, qwen_tower
from archdraw.readers.traced import commented, whole

IMAGES = ("image_processor", "processor_class")


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


FAMILIES = (
    Family(
        ("qwen2_vl", "qwen2_5_vl"),
        _qwen2_vl,
        ("Qwen2VLForConditionalGeneration", "Qwen2_5_VLForConditionalGeneration"),
        (*IMAGES, "max_window_layers", "vision_start_token_id"),
        wraps=True,
    ),
    Family(("ministral3",), _ministral3, ("Ministral3ForCausalLM",)),
    Family(
        ("qwen3_vl", "qwen3_vl_moe"),
        _qwen3_vl,
        ("Qwen3VLForConditionalGeneration", "Qwen3VLMoeForConditionalGeneration"),
        IMAGES,
        wraps=True,
    ),
    Family(("mistral3",), _mistral3, ("Mistral3ForConditionalGeneration",), IMAGES, wraps=True),
)
