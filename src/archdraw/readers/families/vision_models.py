"""Models that read images and write no text: vision transformers with a classifier or without."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.image_models import built, class_token, classifier, layers, pixels, tokens
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import Fields, transformer_fields
from archdraw.readers.vision_variants import VARIANTS

Head = Callable[[Config, Fields, str], list[Block]]
"""What a class, by its name, has behind the last norm."""


def _vit(config: Config, fields: Fields, name: str) -> list[Block]:
    """A pooler in the plain class, a classifier over the class token."""
    act = config.text("pooler_act", default="tanh")
    size = config.optional_integer("pooler_output_size") or fields["hidden_size"]
    if name.endswith("ForImageClassification"):
        return [class_token(), classifier(config)]
    if name.endswith("Model"):
        dense = {"name": "pooler.dense", "features": size, "bias": True, "label": "Pooler"}
        return [class_token(), {"linear": dense}, {"op": {"label": act[:20]}}]
    return _unknown(config, name)


def _deit(config: Config, fields: Fields, name: str) -> list[Block]:
    if not name.endswith("WithTeacher"):
        return _vit(config, fields, name)
    config.ignore("pooler_act", "pooler_output_size")
    both: list[list[Block]] = [
        [class_token(f"Select {token} token"), classifier(config, f"{place}_classifier")]
        for token, place in (("class", "cls"), ("distillation", "distillation"))
    ]
    return [{"parallel": {"branches": both}}, {"op": {"label": "÷ 2"}}]


def _dino(config: Config, fields: Fields, name: str) -> list[Block]:
    """The classifier reads the class token beside the mean of the patches."""
    if name.endswith("ForImageClassification"):
        wide = commented(2 * fields["hidden_size"], "2 × hidden_size")
        joined = {"label": "Class token and mean patch", "features": wide, "grid": []}
        return [{"op": joined}, classifier(config)]
    return [] if name.endswith(("Model", "Backbone")) else _unknown(config, name)


def _plain(config: Config, fields: Fields, name: str) -> list[Block]:
    return [] if name.endswith(("Model", "Backbone")) else _unknown(config, name)


def _unknown(config: Config, name: str) -> list[Block]:
    config.mark_incomplete(f"what {name[:40]} has after the last layer")
    return []


def _family(kind: str, usual: str, head: Head) -> Family:
    variant = VARIANTS[kind]

    def read(config: Config) -> Draft:
        fields = transformer_fields(config, variant)
        made = Draft(fields["hidden_size"], 1, None, reads_tokens=False)
        name = built(config, usual)
        made.layers = [pixels(config, fields, variant.image or 224), *tokens(fields), *layers(fields)]
        made.layers += head(config, fields, name)
        return made

    return Family((kind,), read, own_heads=True)


FAMILIES = (
    _family("vit", "ViTModel", _vit),
    _family("deit", "DeiTModel", _deit),
    _family("dinov2", "Dinov2Model", _dino),
    _family("dinov2_with_registers", "Dinov2WithRegistersModel", _dino),
    _family("dinov3_vit", "DINOv3ViTModel", _plain),
)
