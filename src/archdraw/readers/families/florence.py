"""Florence-2: BART, whose encoder reads the tokens of an image beside those of a text."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.davit_tower import davit
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.text_parts import text_model


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
    fields = dict(table["embedding"]) if isinstance(table, dict) else {}
    rows = fields.pop("max_position_embeddings", None)
    words: list[Block] = [{"embedding": fields} if fields else "embedding"]
    both: list[Block] = [
        {"parallel": {"merge": "separate", "branches": [image, words]}},
        {"concatenate": {"axis": "positions"}},
    ]
    if rows is not None:
        box = {"name": "embed_positions", "label": "+ position embedding", "role": "position", "part": "embedding"}
        both.append({"weight": {**box, "weights": [{"shape": [rows, width]}]}})
    return [*both, *rest]


FAMILIES = (Family(("florence2",), _florence2, ("Florence2ForConditionalGeneration",), wraps=True),)
