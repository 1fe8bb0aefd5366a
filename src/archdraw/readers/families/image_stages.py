"""Networks for images in stages of ever coarser grids: Swin, ConvNeXt."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config, UnreadableError
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.image_models import built, classifier, pixels
from archdraw.readers.traced import commented, whole
from archdraw.readers.vision_transformers import sides
from archdraw.readers.vision_variants import BACKBONE

SWIN_LAYER = "Swin layer, windows shifted in every other one"


def _grid(config: Config, width: int, image: int, patch: int) -> list[Block]:
    """What enters, and the convolution that cuts it into patches, with its norm."""
    size, _ = sides(config, "patch_size", patch)
    stem = {"name": "patch_embeddings", "kernel_size": size, "stride": size, "bias": True, "label": "Patch embedding"}
    return [pixels(config, {}, image), {"convolution": {"features": width, **stem}}, "layernorm"]


def _end(config: Config, name: str, *, pooled_first: bool) -> list[Block]:
    """Norm and mean over the grid, a classifier where the class has one."""
    mean: Block = {"pool": {"mode": "average", "label": "mean over the grid"}}
    made: list[Block] = [mean, "layernorm"] if pooled_first else ["layernorm", mean]
    if name.endswith("ForImageClassification"):
        return [*made, classifier(config)]
    if not name.endswith(("Model", "Backbone")):
        config.mark_incomplete(f"what {name[:40]} has after the last layer")
    return made


def _stage(index: int, blocks: list[Block]) -> Block:
    return {"module": {"name": f"stages.{index}", "label": f"Stage {index + 1}", "role": "convolution", "body": blocks}}


def _lengths(config: Config, *lists: tuple[str, list[int]]) -> int:
    """How many stages there are; lists of other lengths are a fault."""
    number = len(lists[0][1])
    if not number:
        config.complain(f"{lists[0][0]} names no stages", lists[0][0])
        raise UnreadableError
    for key, values in lists:
        if len(values) != number:
            config.complain(f"{key} has {len(values)} entries for {number} stages", key)
    return number


def _convnext(config: Config, *, second: bool = False) -> Draft:
    config.ignore(*BACKBONE, "layer_scale_init_value")
    widths = config.integers("hidden_sizes", default=[96, 192, 384, 768])
    depths = config.integers("depths", default=[3, 3, 9, 3])
    number = _lengths(config, ("hidden_sizes", widths), ("depths", depths))
    if config.integer("num_stages", default=number) != number:
        config.complain(f"num_stages is not {number}, the number of hidden_sizes", "num_stages")
    scaled = not second and config.number("layer_scale_init_value", default=1e-6) > 0
    act = config.text("hidden_act", default="gelu")
    made = Draft(1, 1, None, reads_tokens=False)
    made.layers = _grid(config, widths[0], 224, 4)
    for index, (width, depth) in enumerate(zip(widths, depths, strict=False)):
        halved: Block = {"convolution": {"features": width, "kernel_size": 2, "stride": 2, "bias": True}}
        wide = commented(4 * width, "4 × hidden_sizes")
        normal = {"name": "grn", "label": "global response norm", "role": "norm"}
        body: list[Block] = [
            {"convolution": {"name": "dwconv", "features": width, "kernel_size": 7, "depthwise": True, "bias": True}},
            "layernorm",
            {"linear": {"name": "pwconv1", "features": wide, "bias": True, "label": f"{width:,} → {wide:,}"}},
            {"activation": act},
        ]
        if second:
            weights = [{"name": name, "shape": [1, 1, 1, wide]} for name in ("weight", "bias")]
            body.append({"weight": {**normal, "weights": weights}})
        body.append({"linear": {"name": "pwconv2", "features": width, "bias": True, "label": f"{wide:,} → {width:,}"}})
        if scaled:
            body.append(
                {"weight": {"name": "layer_scale_parameter", "label": "× layer scale", "weights": [{"shape": [width]}]}}
            )
        layer: Block = {"layer": {"label": "ConvNeXt layer", "times": depth, "body": {"residual": body}}}
        made.layers.append(_stage(index, [*(["layernorm", halved] if index else []), layer]))
    made.layers += _end(config, built(config, "ConvNextModel"), pooled_first=True)
    return made


def _convnext_v2(config: Config) -> Draft:
    return _convnext(config, second=True)


def _swin(config: Config) -> Draft:
    config.ignore(*BACKBONE, "encoder_stride", "hidden_size", "num_layers")
    width = config.integer("embed_dim", default=96)
    depths = config.integers("depths", default=[2, 2, 6, 2])
    heads = config.integers("num_heads", default=[3, 6, 12, 24])
    _lengths(config, ("depths", depths), ("num_heads", heads))
    window = config.integer("window_size", default=7)
    ratio = config.number("mlp_ratio", default=4.0)
    act = config.text("hidden_act", default="gelu")
    biased = config.flag("qkv_bias", default=True)
    made = Draft(1, 1, None, reads_tokens=False)
    made.layers = _grid(config, width, 224, 4)
    (size, _), image = sides(config, "patch_size", 4), sides(config, "image_size", 224)
    grid = [extent // size for extent in image]
    if config.flag("use_absolute_embeddings", default=False):
        table = {"name": "position_embeddings", "shape": [grid[0] * grid[1], width]}
        role = {"role": "position", "part": "embedding"}
        made.layers.append(
            {"weight": {"name": "positions", "label": "+ position embedding", **role, "weights": [table]}}
        )
    for index, (depth, number) in enumerate(zip(depths, heads, strict=False)):
        own = width * 2**index
        table_rows = commented((2 * window - 1) ** 2, "(2 × window_size − 1)²")
        attention: dict[str, Any] = {
            "num_attention_heads": number,
            "label": "Windowed attention",
            "window": "window",
            "relative_bias": table_rows,
            **({} if biased else {"attention_bias": False, "output_bias": True}),
        }
        inner = {"intermediate_size": commented(whole(own * ratio), "width of the stage × mlp_ratio")}
        inner |= given(hidden_act=act if act != "gelu" else None)
        body: list[Block] = [
            {"residual": ["layernorm", {"encoder_attention": attention}]},
            {"residual": ["layernorm", {"encoder_feed_forward": inner}]},
        ]
        layer: Block = {"layer": {"label": SWIN_LAYER, "times": depth, "body": body}}
        rest = _merged(own, [extent // 2 ** (index + 1) for extent in grid]) if index + 1 < len(depths) else []
        made.layers.append(_stage(index, [layer, *rest]))
    made.layers += _end(config, built(config, "SwinModel"), pooled_first=False)
    return made


def _merged(width: int, grid: list[int]) -> list[Block]:
    """Two by two neighbours become one token of twice the width; ``grid`` is what is left."""
    joined = {"name": "merge", "label": "2 × 2 patches to 1", "features": 4 * width, "grid": grid}
    reduced = {"name": "downsample.reduction", "features": 2 * width, "label": f"{4 * width:,} → {2 * width:,}"}
    return [{"op": joined}, {"layernorm": {"name": "downsample.norm"}}, {"linear": reduced}]


FAMILIES = (
    Family(("convnext",), _convnext, own_heads=True),
    Family(("convnextv2",), _convnext_v2, own_heads=True),
    Family(("swin",), _swin, own_heads=True),
)
