"""DaViT, Florence-2's vision encoder: stages of layers that attend over windows, then over channels."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented, whole

LISTS: dict[str, list[Any]] = {
    "depths": [1, 1, 9, 1],
    "patch_size": [7, 3, 3, 3],
    "patch_stride": [4, 2, 2, 2],
    "patch_padding": [3, 1, 1, 1],
    "embed_dim": [128, 256, 512, 1024],
    "num_heads": [4, 8, 16, 32],
    "num_groups": [4, 8, 16, 32],
}
"""Values of each stage, by class default."""


def davit(vision: Config, width: int) -> list[Block]:
    """The encoder with its projector, from the image on; ``width`` is that of the text model."""
    vision.ignore("drop_path_rate", "window_size", "max_temporal_embeddings")
    found = {key: vision.integers(key, default=usual) for key, usual in LISTS.items()}
    norms = vision.raw("patch_prenorm")
    before = norms if isinstance(norms, list) else [False, True, True, True]
    number = len(found["depths"])
    for key, values in (*found.items(), ("patch_prenorm", before)):
        if len(values) != number:
            vision.complain(f"{key} has {len(values)} entries for {number} stages", key)
            return []
    widths = found["embed_dim"]
    pixels = {"label": "Image", "features": vision.integer("in_channels", default=3)}
    body: list[Block] = [{"input": pixels}]
    for index in range(number):
        inputs = widths[index - 1] if index else vision.integer("in_channels", default=3)
        step = {
            "name": f"convs.{index}.conv",
            "inputs": inputs,
            "features": widths[index],
            "kernel_size": [found["patch_size"][index]] * 2,
            "stride": found["patch_stride"][index],
            "padding": found["patch_padding"][index],
            "bias": True,
        }
        norm: Block = {"layernorm": {"name": f"convs.{index}.norm"}}
        convolution: Block = {"convolution": step}
        if index == 0 and before[0]:
            vision.mark_incomplete("a norm of the pixels (patch_prenorm)")
        body += [norm, convolution] if before[index] and index else [convolution, norm]
        body.append(_stage(vision, index, widths[index], {key: values[index] for key, values in found.items()}))
    last, out = widths[-1], vision.integer("projection_dim", default=1024)
    rows = vision.integer("max_position_embeddings", default=50)
    half = last // 2
    tables = [
        {"name": "row_embeddings.weight", "shape": [rows, half]},
        {"name": "column_embeddings.weight", "shape": [rows, commented(last - half, "the other half of embed_dim")]},
    ]
    place = {"name": "image_position_embed", "role": "position", "detail": f"{rows} rows and columns"}
    body += [
        {"weight": {**place, "label": "+ position embedding", "weights": tables}},
        {"op": {"name": "means", "label": "mean and patches", "detail": "one token more"}},
        {"linear": {"name": "image_projection", "features": out, "label": "Projector"}},
        {"layernorm": {"name": "image_proj_norm"}},
    ]
    if out != width:
        body.append({"op": {"name": "misfit", "label": "does not fit the text model", "features": width}})
    return body


def _stage(vision: Config, index: int, width: int, own: dict[str, int]) -> Block:
    """Layers of one width: windows of space, then groups of channels."""
    biased = vision.flag("qkv_bias", default=True)
    act = vision.text("activation_function", default="gelu")
    ratio = vision.number("mlp_ratio", default=4.0)
    inner = {"intermediate_size": commented(whole(width * ratio), "embed_dim × mlp_ratio")}
    inner |= given(hidden_act=act if act != "gelu" else None)
    body: list[Block] = []
    for name, heads, label in (
        ("spatial_block", own["num_heads"], None),
        ("channel_block", own["num_groups"], "Channel attention"),
    ):
        mixer = {
            "name": f"{name}.attn",
            "num_attention_heads": heads,
            "fused_projection": "qkv",
            "output_projection": "proj",
            **given(label=label, window=None if label else "window"),
            **({} if biased else {"attention_bias": False, "output_bias": True}),
        }
        for part, block in (("1", {"encoder_attention": mixer}), ("2", {"encoder_feed_forward": inner})):
            around = {"features": width, "kernel_size": [3, 3], "depthwise": True, "bias": True, "role": "plain"}
            body += [
                {"residual": {"convolution": {"name": f"{name}.conv{part}", **around}}},
                {"residual": [{"layernorm": {"name": f"{name}.norm{part}"}}, block]},
            ]
    return {"layer": {"name": f"blocks_{index}", "label": "Dual attention layer", "times": own["depths"], "body": body}}
