"""Models that read images: a text model of another family with an encoder beside it."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config, said
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family, families
from archdraw.readers.pieces import (
    attention,
    draft,
    gated_feed_forward,
    layer_count,
    rope,
    tied_embeddings,
)
from archdraw.readers.towers import pixtral_tower, qwen_tower

TEXT = {"qwen3_vl_text": "qwen3", "qwen3_vl_moe_text": "qwen3_moe"}
"""Text parts that have a type of their own and the structure of another family."""

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
    if family is None or family.read in (_qwen3_vl, _mistral3):
        text.complain(f"no reader knows the text model {kind[:40]}", "model_type")
        return Draft(1, 1, None)
    text.harmless(*family.harmless)
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
        positions.harmless("max_position_embeddings")
        beta = positions.optional_number("llama_4_scaling_beta")
        if beta:
            floor = positions.integer("original_max_position_embeddings", default=16384)
            grown = {
                "attn_temperature_tuning": True,
                "floor_scale": said(int(floor), "original_max_position_embeddings"),
                "attn_scale": said(float(beta), "llama_4_scaling_beta"),
            }
    mixer = attention(
        config, sliding_window=config.optional_integer("sliding_window"), position=rope(config, theta=1e6), **grown
    )
    made.define["layer"] = {"decoder": {"attention": mixer, "feed_forward": gated_feed_forward(config)}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


FAMILIES = (
    Family(("ministral3",), _ministral3, ("Ministral3ForCausalLM",)),
    Family(
        ("qwen3_vl", "qwen3_vl_moe"),
        _qwen3_vl,
        ("Qwen3VLForConditionalGeneration", "Qwen3VLMoeForConditionalGeneration"),
        IMAGES,
    ),
    Family(("mistral3",), _mistral3, ("Mistral3ForConditionalGeneration",), IMAGES),
)
