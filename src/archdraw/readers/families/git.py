"""GIT: a decoder like BERT whose first tokens are those of an image."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archdraw.readers.components import tied_embeddings
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import ungated_feed_forward
from archdraw.readers.family import Family
from archdraw.readers.vision_transformers import vision_transformer
from archdraw.readers.vision_variants import VARIANTS
from archdraw.readers.wrapped_towers import section

# The whole sequence of CLIP's, each token normalized, and patches of 16.
_VISION = replace(VARIANTS["clip_vision_model"], patch=16)


def _git(config: Config) -> Draft:
    made = Draft(
        hidden_size=config.integer("hidden_size", default=768),
        vocab_size=config.integer("vocab_size", default=30522),
        context_length=config.integer("max_position_embeddings", default=1024),
        tie_word_embeddings=tied_embeddings(config, False),
    )
    config.mark_incomplete("tokens of an image that see each other in both directions")
    frames = config.optional_integer("num_image_with_embedding")
    if frames:
        config.mark_incomplete("vectors that are added to each image of a video")
    made.define["layer"] = {
        "decoder": {
            "norm": "layernorm",
            "placement": "post_add",
            "attention": {
                "multi_head": {
                    "num_attention_heads": config.integer("num_attention_heads", default=12),
                    "attention_bias": True,
                }
            },
            "feed_forward": _feed_forward(config),
        }
    }
    number = config.integer("num_hidden_layers", default=6)
    positions: Block = {"embedding": {"max_position_embeddings": made.context_length}}
    made.layers = [positions, "layernorm", _tower(config, made), *stacks(["layer"] * number), _HEAD]
    return made


_HEAD: Block = {"output_head": {"bias": True}}


def _feed_forward(config: Config) -> Block:
    return ungated_feed_forward(config, config.integer("intermediate_size", default=3072), act="gelu")


def _tower(config: Config, made: Draft) -> Block:
    vision = section(config)
    project: dict[str, Any] = {"linear": {"name": "visual_projection", "features": made.hidden_size, "bias": True}}
    return vision_transformer(vision, _VISION, projector={"sequence": [project, "layernorm"]})


FAMILIES = (Family(("git",), _git, ("GitForCausalLM",)),)
