"""Vision transformers that are a model of their own or one of two towers, as blocks of a spec."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import Fields, sides


def pixels(config: Config, fields: Fields, image: int) -> Block:
    """What enters: an image of ``image_size`` (``image`` by default of the class), or patches cut out before."""
    channels = config.integer("num_channels", default=3)
    if fields.get("flat_patches"):
        values = commented(channels * fields["patch_size"] ** 2, "num_channels × patch_size²")
        return {"input": {"label": "Image patches", "shape": [values, *fields["positions"]]}}
    height, width = sides(config, "image_size", image)
    return {"input": {"label": "Image", "shape": [channels, height, width]}}


def tokens(fields: Fields) -> list[Block]:
    """Patches, the learned vectors beside them, and their positions."""
    hidden, patch = fields["hidden_size"], fields["patch_size"]
    shape = {"name": "patch_embedding", "features": hidden, **given(bias=fields.get("patch_bias", True))}
    patches: list[Block] = [
        {"convolution": {**shape, "kernel_size": patch, "stride": patch, "label": "Patch embedding"}},
        {"flatten": "tokens"},
    ]
    if fields.get("flat_patches"):
        patches = [{"linear": {**shape, "label": "Patch embedding"}}]
    first = [_learned("class_token", "Class token", 1, hidden)] if fields.get("class_token") else []
    first += [_learned("distillation_token", "Distillation token", 1, hidden)] if fields.get("distilled") else []
    made = _beside(first, patches)
    table: list[dict[str, Any]] = [{"shape": [1, *fields["positions"], hidden]}] if "positions" in fields else []
    if fields.get("mask_token"):
        table.append({"name": "mask_token", "shape": [1, hidden]})
    if table:
        label = "+ position embedding" if "positions" in fields else "Mask token"
        detail = {"detail": "and a mask token"} if fields.get("mask_token") and "positions" in fields else {}
        role = {"role": "position", "part": "embedding"}
        made = [*made, {"weight": {"name": "position_embeddings", "label": label, **detail, **role, "weights": table}}]
    # Registers have no places, so that they come behind the positions.
    number = fields.get("register_tokens", 0)
    return _beside([_learned("register_tokens", "Registers", number, hidden)], made) if number else made


def _learned(name: str, label: str, number: int, width: int) -> Block:
    """Learned vectors that begin a line."""
    role = {"role": "embedding", "inputs": 0, "grid": [number]}
    return {"weight": {"name": name, "label": label, **role, "weights": [{"shape": [1, number, width]}]}}


def _beside(vectors: list[Block], line: list[Block]) -> list[Block]:
    """``line`` with learned vectors before it."""
    if not vectors:
        return line
    more = {"inputs": len(vectors) + 1} if len(vectors) > 1 else {}
    branches = [*vectors, line]
    return [{"parallel": {"merge": "separate", "branches": branches}}, {"concatenate": {"axis": "positions", **more}}]


def layers(fields: Fields, label: str = "") -> list[Block]:
    """The layers of a vision transformer, the norms before and after them."""
    norm: Block = fields.get("norm", "layernorm")
    made: list[Block] = [norm] if fields.get("pre_layernorm") else []
    biased, out = fields.get("attention_bias", True), fields.get("output_bias", True)
    mixer = {
        "multi_head": {
            "num_attention_heads": fields["num_attention_heads"],
            "is_causal": False,
            **given(attention_bias=biased, attention_out_bias=out if biased != out else None),
            **({"attention_key_bias": False} if biased and not fields.get("attention_key_bias", True) else {}),
            **given(position="rope" if fields.get("rotary") else None),
        }
    }
    feed_forward: dict[str, Any] = {"intermediate_size": fields["intermediate_size"]}
    feed_forward |= given(hidden_act=fields["hidden_act"] if fields["hidden_act"] != "gelu" else None)
    feed_forward |= given(
        gated=fields.get("gated"), fused_projection="weights_in" if fields.get("fused_gate") else None
    )
    feed_forward |= {} if fields.get("mlp_bias", True) else {"bias": False}
    inner: Block = {"encoder_feed_forward": feed_forward}
    times = {"times": fields["num_hidden_layers"]}
    if fields.get("layer_scale"):
        scales: list[Block] = [
            {"weight": {"name": name, "label": "× layer scale", "weights": [{"shape": [fields["hidden_size"]]}]}}
            for name in ("layer_scale1", "layer_scale2")
        ]
        body = [{"residual": [norm, mixer, scales[0]]}, {"residual": [norm, inner, scales[1]]}]
        made.append({"layer": {"label": label or "Encoder layer", **times, "body": body}})
    else:
        named = {"label": label} if label else {}
        made.append({"encoder_layer": {**named, **times, "norm": norm, "attention": mixer, "feed_forward": inner}})
    return [*made, norm] if fields.get("post_layernorm", True) else made


def class_token(label: str = "Select class token") -> Block:
    """One token of all is read from here on."""
    return {"op": {"label": label, "grid": []}}


def labels(config: Config) -> int:
    """How many labels a classifier has: 2 where the file names none."""
    named = config.raw("id2label")
    if isinstance(named, dict) and named:
        return commented(len(named), "labels in id2label")
    return config.integer("num_labels", "_num_labels", default=2)


def classifier(config: Config, name: str = "classifier") -> Block:
    """The last projection of a model that classifies."""
    return {"linear": {"name": name, "features": labels(config), "bias": True, "label": "Classifier"}}


def built(config: Config, usual: str) -> str:
    """The class that a file names, else ``usual``."""
    names = config.texts("architectures", default=[])
    return names[0] if names else usual
