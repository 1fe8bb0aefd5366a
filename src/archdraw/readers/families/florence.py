"""Florence-2: BART, whose encoder reads the tokens of an image beside those of a text."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.davit_tower import davit
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.text_parts import text_model, words_apart


def _florence2(config: Config) -> Draft:
    config.ignore("is_encoder_decoder", "projection_dim")
    made = text_model(config, "bart", tied=True)
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    image = davit(vision, made.hidden_size)
    for block in made.layers:
        if isinstance(block, dict) and "encoder" in block:
            encoder: dict[str, Any] = block["encoder"]
            encoder["layers"] = _joined(encoder["layers"], image, made.hidden_size)
    return made


def _joined(layers: list[Block], image: list[Block], width: int) -> list[Block]:
    """``layers`` of an encoder whose embedding has the tokens of ``image`` beside it; positions are those of both."""
    table, *rest = layers
    words, added = words_apart(table, width)
    branches: list[list[Block]] = [image, [words]]
    return [
        {"parallel": {"merge": "separate", "branches": branches}},
        {"concatenate": {"axis": "positions"}},
        *added,
        *rest,
    ]


FAMILIES = (Family(("florence2",), _florence2, ("Florence2ForConditionalGeneration",), wraps=True),)
