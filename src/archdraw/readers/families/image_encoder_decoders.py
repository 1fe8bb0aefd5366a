"""Encoder-decoders that read images: Florence-2, PP-FormulaNet."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.davit_tower import davit
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import encoder
from archdraw.readers.family import Family
from archdraw.readers.sam_towers import halving, sam_layers
from archdraw.readers.text_parts import text_model, words_apart


def _florence2(config: Config) -> Draft:
    """BART, whose encoder reads the tokens of an image beside those of a text."""
    config.ignore("is_encoder_decoder", "projection_dim")
    made = text_model(config, "bart", tied=True)
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    image = davit(vision, made.hidden_size)
    for block in made.layers:
        if isinstance(block, dict) and "encoder" in block:
            source: dict[str, Any] = block["encoder"]
            source["layers"] = _joined(source["layers"], image, made.hidden_size)
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


def _formulanet(config: Config) -> Draft:
    """MBART's decoder over the layers of Segment Anything."""
    config.ignore("is_encoder_decoder")
    text = config.section("text_config")
    if text is not None:
        text.ignore("encoder_layers", "encoder_attention_heads")
    made = text_model(config, "pp_formulanet_text")
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    out = vision.integer("decoder_hidden_size", default=512)
    if out != made.hidden_size:
        vision.complain(f"decoder_hidden_size is not {made.hidden_size:,}, the decoder's", "decoder_hidden_size")
    pixels = {"label": "Image", "features": vision.integer("num_channels", default=3)}
    wide = vision.integer("post_conv_out_channels", default=1024)
    channels = vision.integer("post_conv_in_channels", default=256)
    if channels != vision.integer("output_channels", default=256):
        vision.complain("post_conv_in_channels is not output_channels", "post_conv_in_channels")
    layers: list[Block] = [
        {"input": pixels},
        sam_layers(vision),
        halving("conv1", vision.integer("post_conv_mid_channels", default=512)),
        halving("conv2", wide),
        {"linear": {"name": "linear_1", "features": wide, "bias": True}},
        {"linear": {"name": "linear_2", "features": made.hidden_size, "bias": True}},
    ]
    # MBART's own class has a table for both halves besides, which is not here: there is one half that reads words.
    kept = (block for block in made.layers if not (isinstance(block, dict) and "side" in block))
    made.layers = [encoder(layers) if isinstance(block, dict) and "encoder" in block else block for block in kept]
    return made


FAMILIES = (
    Family(("florence2",), _florence2, ("Florence2ForConditionalGeneration",), wraps=True),
    Family(("pp_formulanet",), _formulanet, ("PPFormulaNetForConditionalGeneration",), wraps=True),
)
