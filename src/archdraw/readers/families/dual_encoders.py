"""Two encoders, of images and of texts, whose vectors are compared: CLIP, SigLIP; and either of them alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.image_models import built, class_token, layers, pixels, tokens
from archdraw.readers.vision_transformers import transformer_fields
from archdraw.readers.vision_variants import VARIANTS
from archdraw.records import record


@record
class Texts:
    """A text encoder's defaults: its sizes, activation, and whether a token sees those before it alone."""

    width: int
    inner: int
    heads: int
    words: int
    places: int
    act: str
    causal: bool


CLIP = Texts(512, 2048, 8, 49_408, 77, "quick_gelu", causal=True)
SIGLIP = Texts(768, 3072, 12, 32_000, 64, "gelu_pytorch_tanh", causal=False)


@record
class Pair:
    """A dual encoder: the variant of its vision transformer, its text encoder.

    ``projects``: a projection without bias leads from each encoder to ``projection_dim`` features; otherwise images are
    pooled by attention, texts by a projection of the last token with a bias.
    """

    vision: str
    texts: Texts
    projects: bool


def _part(config: Config, name: str) -> Config:
    """The section ``name``; the whole file where it is that encoder's own."""
    if str(config.data.get("model_type", "")).endswith(("vision_model", "text_model")):
        return config
    return config.section(name) or Config({}, (name,), config)


def _images(config: Config, pair: Pair, projection: int | None, label: str = "") -> list[Block]:
    vision = _part(config, "vision_config")
    variant = VARIANTS[pair.vision]
    fields = transformer_fields(vision, variant)
    made = [pixels(vision, fields, variant.image or 224), *tokens(fields)]
    if pair.projects:
        norm: Block = "layernorm"
        made += [*layers(fields | {"post_layernorm": False}, label), class_token(), norm]
        if projection:
            made.append({"linear": {"name": "visual_projection", "features": projection, "label": "Image projection"}})
        return made
    made += layers(fields, label)
    if fields.get("pooling_head"):
        pooling = {
            "intermediate_size": fields["intermediate_size"],
            "num_attention_heads": fields["num_attention_heads"],
            **given(hidden_act=fields["hidden_act"] if fields["hidden_act"] != "gelu" else None),
        }
        made += [{"attention_pooling": pooling}, {"op": {"label": "one vector", "grid": []}}]
    return made


def _texts(config: Config, pair: Pair, projection: int | None, label: str = "") -> tuple[list[Block], Draft]:
    text, usual = _part(config, "text_config"), pair.texts
    text.ignore("projection_dim")
    width = text.integer("hidden_size", default=usual.width)
    places = text.integer("max_position_embeddings", default=usual.places)
    number = text.integer("num_hidden_layers", default=12)
    mixer: dict[str, Any] = {
        "num_attention_heads": text.integer("num_attention_heads", default=usual.heads),
        "attention_bias": True,
        **({} if usual.causal else {"is_causal": False}),
    }
    act = text.text("hidden_act", default=usual.act)
    inner = text.integer("intermediate_size", default=usual.inner)
    feed_forward = {"intermediate_size": inner, **given(hidden_act=act if act != "gelu" else None)}
    layer = {
        **given(label=label or None),
        "times": number,
        "norm": "layernorm",
        "attention": {"multi_head": mixer},
        "feed_forward": {"encoder_feed_forward": feed_forward},
    }
    made: list[Block] = [
        {"input": {"label": "Tokenized text", "detail": f"up to {counted(places, 'token', 'tokens')}"}},
        {"embedding": {"max_position_embeddings": places}},
        {"decoder" if usual.causal else "encoder_layer": layer},
        "layernorm",
        {"op": {"label": "Select end token" if usual.causal else "Select last token", "grid": []}},
    ]
    if not pair.projects:
        out = text.optional_integer("projection_size") or width
        made.append({"linear": {"name": "head", "features": out, "bias": True, "label": "Text projection"}})
    elif projection:
        made.append({"linear": {"name": "text_projection", "features": projection, "label": "Text projection"}})
    return made, Draft(width, text.integer("vocab_size", default=usual.words), places)


def _both(config: Config, pair: Pair) -> Draft:
    config.ignore("logit_scale_init_value", "initializer_factor")
    name = built(config, "Model")
    if not name.endswith("Model"):
        config.mark_incomplete(f"what {name[:40]} has after the encoders")
    projection = config.integer("projection_dim", default=512) if pair.projects else None
    images = _images(config, pair, projection, "Image encoder")
    texts, made = _texts(config, pair, projection, "Text encoder")
    scale: list[Any] = [{"name": "logit_scale", "shape": [1]}]
    label = "× temperature"
    if not pair.projects:
        scale.append({"name": "logit_bias", "shape": [1]})
        label = "× temperature + bias"
    made.layers = [
        {"parallel": {"merge": "separate", "branches": [images, texts]}},
        {"op": {"label": "Cosine similarity", "detail": "every image with every text", "inputs": 2}},
        {"weight": {"name": "logits", "label": label, "weights": scale}},
    ]
    return made


def _vision_alone(config: Config, pair: Pair) -> Draft:
    name = built(config, "VisionModel")
    config.ignore("logit_scale_init_value", "vocab_size", "initializer_factor")
    width = config.integer("projection_dim", default=512) if name.endswith("WithProjection") else None
    if not name.endswith(("VisionModel", "WithProjection")):
        config.mark_incomplete(f"what {name[:40]} has after the last layer")
    made = Draft(1, 1, None, reads_tokens=False)
    made.layers = _images(config, pair, width)
    return made


def _text_alone(config: Config, pair: Pair) -> Draft:
    name = built(config, "TextModel")
    width = config.integer("projection_dim", default=512) if name.endswith("WithProjection") else None
    if not name.endswith(("TextModel", "WithProjection")):
        config.mark_incomplete(f"what {name[:40]} has after the last layer")
    blocks, made = _texts(config, pair, width)
    made.layers = blocks[1:]
    return made


PAIRS: Mapping[str, Pair] = {
    "clip": Pair("clip_vision_model", CLIP, projects=True),
    "metaclip_2": Pair("clip_vision_model", CLIP, projects=True),
    "siglip": Pair("siglip_vision_model", SIGLIP, projects=False),
    "siglip2": Pair("siglip2_vision_model", SIGLIP, projects=False),
}
"""Dual encoders by model type."""


def _families(kind: str, pair: Pair) -> tuple[Family, ...]:
    return (
        Family((kind,), lambda config: _both(config, pair), own_heads=True),
        Family((f"{kind}_vision_model",), lambda config: _vision_alone(config, pair), own_heads=True),
        Family((f"{kind}_text_model",), lambda config: _text_alone(config, pair), own_heads=True),
    )


FAMILIES = tuple(family for kind, pair in PAIRS.items() for family in _families(kind, pair))
