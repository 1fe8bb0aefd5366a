"""The image encoder of GLM-5.3-Flash."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.tree.blocks import Leaf, Side, Weight


class GLMVision(Kind):
    """GLM's vision transformer for images and videos of any size, with its merger.

    Patches of ``temporal_patch_size`` frames, pre-norm layers with RMSNorm, QK-norm and a gated feed forward, positions
    by a rotation over height and width. A convolution makes ``spatial_merge_size`` by ``spatial_merge_size`` patches
    one token of the text model's width, which passes a projection with LayerNorm and GELU and a gated feed forward of
    ``projection_intermediate_size``. ``swiglu_limit`` clamps both factors of the gated feed forwards.
    """

    keyword: ClassVar[str] = "glm_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "glm_vision: {hidden_size: 1024, intermediate_size: 4096, depth: 24, num_heads: 16,\n"
        "             projection_intermediate_size: 10240, swiglu_limit: 10.0}"
    )
    source: ClassVar[str] = "GLM-4.5V, arXiv:2507.01006; Glm5NextVisionModel of transformers"

    hidden_size: Size
    intermediate_size: Size
    depth: Size
    num_heads: Size
    projection_intermediate_size: Size
    patch_size: Size = 14
    temporal_patch_size: Size = 2
    spatial_merge_size: Size = 2
    in_channels: Size = 3
    attention_bias: bool = True
    hidden_act: str = "silu"
    swiglu_limit: Factor | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, own, merge, bias = self.hidden_size, scope.hidden_size, self.spatial_merge_size, self.attention_bias
        mixer = parts.attention(width, self.num_heads, fused="qkv", bias=bias, rotary="2D RoPE", qk_norm=True)
        widened = parts.gated_feed_forward(
            width, self.intermediate_size, self.hidden_act, bias=bias, limit=self.swiglu_limit
        )
        first, second = (parts.rmsnorm(name, width) for name in ("norm1", "norm2"))
        downsample = Leaf(
            "downsample",
            f"convolution {merge} × {merge}, stride {merge}",
            detail=f"{width:,} to {own:,}",
            weights=(Weight("weight", (own, width, merge, merge)), Weight("bias", (own,))),
        )
        inner = parts.gated_feed_forward(
            own, self.projection_intermediate_size, self.hidden_act, bias=False, limit=self.swiglu_limit
        )
        steps = (
            parts.linear("proj", own, own, bias=False),
            parts.layernorm("post_projection_norm", own),
            parts.activation("gelu"),
            inner.body,
        )
        return parts.tower(
            "visual",
            self.label or "Vision encoder",
            (
                parts.patches(
                    "patch_embed",
                    width,
                    self.patch_size,
                    channels=self.in_channels,
                    frames=self.temporal_patch_size,
                    conv="patch_embed.proj.weight",
                ),
                parts.row([parts.layer(first, mixer, second, widened, name="blocks")] * self.depth),
                parts.rmsnorm("post_layernorm", width),
                downsample,
                parts.projector("merger", "Patch merger", steps),
            ),
            layers=self.depth,
            keyword=self.keyword,
            said=(parts.pixels(self.patch_size * merge),),
        )
