"""Vision transformers, each from a config and what is known of its class to the fields of ``vision_transformer``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from archdraw.readers.components import unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented
from archdraw.records import record

Fields = dict[str, Any]


@record
class Variant:
    """A class of vision transformers: its defaults, and which fields of the kind ``vision_transformer`` are always so.

    ``image`` is the default of ``image_size``, for which a table of positions is made with ``extra`` rows more; None
    for towers of images of any size. ``switches`` are keys that are true or false, with the field and the class
    default; ``refused`` are values of keys under which the class has other parts than the kind, with what they are.
    ``more`` reads what is left.
    """

    width: int
    inner: int
    layers: int
    heads: int
    patch: int
    image: int | None = None
    extra: int = 0
    act: str = "gelu_pytorch_tanh"
    width_key: str = "hidden_size"
    fields: Mapping[str, Any] = field(default_factory=dict)
    switches: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    refused: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    more: Callable[[Config, Fields], None] | None = None


DEFAULTS: Fields = {
    "patch_bias": True,
    "patch_norm": "none",
    "class_token": False,
    "pre_layernorm": False,
    "post_layernorm": True,
    "norm": "layernorm",
    "attention_bias": True,
    "output_bias": True,
    "fused_projection": False,
    "gated": False,
    "mlp_bias": True,
    "layer_scale": False,
    "pooling_head": False,
    "flat_patches": False,
    "mask_token": False,
    "hidden_act": "gelu",
}
"""The defaults of the kind: a field that has its default is left out of the spec."""


def vision_transformer(vision: Config, variant: Variant, **behind: Any) -> Block:
    """The tower of ``vision``, a config of the class ``variant``; ``behind`` are further fields: the projector."""
    fields = transformer_fields(vision, variant)
    fields = {name: value for name, value in fields.items() if name not in DEFAULTS or value != DEFAULTS[name]}
    return {"vision_transformer": fields | behind}


def transformer_fields(vision: Config, variant: Variant) -> Fields:
    """The fields of the kind ``vision_transformer`` as the config ``vision`` of the class ``variant`` has them."""
    vision.ignore(*variant.ignored, "initializer_factor", "rope_parameters", "rope_theta")
    rows, columns = sides(vision, "patch_size", variant.patch)
    if rows != columns:
        vision.mark_incomplete("patches that are no squares")
    fields: Fields = {
        "hidden_size": vision.integer(variant.width_key, default=variant.width),
        "intermediate_size": vision.integer("intermediate_size", default=variant.inner),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=variant.layers),
        "num_attention_heads": vision.integer("num_attention_heads", default=variant.heads),
        "patch_size": rows,
    }
    fields |= unless(num_channels=(vision.integer("num_channels", default=3), 3))
    if variant.image is not None:
        height, width = sides(vision, "image_size", variant.image)
        patches = (height // rows) * (width // columns)
        extra = f" and {variant.extra} more" if variant.extra else ""
        fields["positions"] = [commented(patches + variant.extra, f"one for each patch of image_size{extra}")]
    else:
        vision.ignore("image_size")
    fields["hidden_act"] = vision.text("hidden_act", default=variant.act)
    fields |= variant.fields
    for key, (name, usual) in variant.switches.items():
        fields[name] = vision.flag(key, default=usual)
    for key, (wanted, what) in variant.refused.items():
        if vision.raw(key) not in (None, wanted):
            vision.mark_incomplete(f"{what} of the vision encoder")
    if variant.more:
        variant.more(vision, fields)
    return fields


def sides(config: Config, name: str, default: int) -> tuple[int, int]:
    """Height and width under ``name``: one whole number for both, or a list of two."""
    given = config.raw(name)
    if isinstance(given, list) and len(given) == 2:
        found = config.integers(name)
        height, width = found if len(found) == 2 else (1, 1)
        if min(height, width) < 1:
            config.complain(f"{name} must be two numbers over 0", name)
            return 1, 1
        return height, width
    side = config.integer(name, default=default)
    return side, side
