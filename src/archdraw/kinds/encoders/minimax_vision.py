"""The image encoder of MiniMax M3."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Side


class MiniMaxVision(Kind):
    """MiniMax M3's vision transformer: CLIP's layers for images and videos of any size, with its projector.

    Patches of ``temporal_patch_size`` frames, a LayerNorm, pre-norm layers with biases, positions by a rotation over
    time, height and width. The projector widens each patch to the text model's width in two steps, makes
    ``spatial_merge_size`` by ``spatial_merge_size`` of them one token and projects that in two steps again, each time
    through ``projector_hidden_size`` features.
    """

    keyword: ClassVar[str] = "minimax_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "minimax_vision: {hidden_size: 1280, intermediate_size: 5120, num_hidden_layers: 32,\n"
        "                 num_attention_heads: 16, projector_hidden_size: 6144}"
    )
    source: ClassVar[str] = "MiniMax M3, arXiv:2606.13392; MiniMaxM3VLVisionModel of transformers"

    hidden_size: Size
    intermediate_size: Size
    num_hidden_layers: Size
    num_attention_heads: Size
    projector_hidden_size: Size
    patch_size: Size = 14
    temporal_patch_size: Size = 2
    spatial_merge_size: Size = 2
    num_channels: Size = 3
    hidden_act: str = "gelu"
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, own, merge, inner = (
            self.hidden_size,
            scope.hidden_size,
            self.spatial_merge_size,
            self.projector_hidden_size,
        )
        mixer = parts.attention(width, self.num_attention_heads, name="self_attn", out="out_proj", rotary="3D RoPE")
        widened = parts.feed_forward(width, self.intermediate_size, self.hidden_act)
        first, second = (parts.layernorm(name, width) for name in ("layer_norm1", "layer_norm2"))
        steps = (
            parts.linear("linear_1", width, inner),
            parts.activation("gelu"),
            parts.linear("linear_2", inner, own),
            parts.merged(own, merge),
            parts.linear("merge_linear_1", own * merge * merge, inner),
            parts.activation("gelu"),
            parts.linear("merge_linear_2", inner, own),
        )
        return parts.tower(
            "vision_tower",
            self.label or "Vision encoder",
            (
                parts.patches(
                    "embeddings",
                    width,
                    self.patch_size,
                    channels=self.num_channels,
                    frames=self.temporal_patch_size,
                    conv="embeddings.proj.weight",
                    bias=False,
                ),
                # The name in the checkpoint is spelt so.
                parts.layernorm("pre_layrnorm", width),
                parts.row([parts.layer(first, mixer, second, widened)] * self.num_hidden_layers),
                parts.projector("multi_modal_projector", "Projector", steps),
            ),
            layers=self.num_hidden_layers,
            keyword=self.keyword,
            said=(parts.pixels(self.patch_size * merge),),
        )
