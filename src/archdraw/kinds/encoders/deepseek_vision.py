"""The image encoder of DeepSeek V4.1."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Leaf, Side, Weight


class DeepSeekVision(Kind):
    """DeepSeek V4.1's vision transformer for images of any size, with its aligner.

    Pre-norm layers with RMSNorm, biases in attention and none in the gated feed forward, positions by a rotation over
    height and width. The aligner makes ``downsample_ratio`` by ``downsample_ratio`` patches one token and projects it
    twice. Three learned vectors mark the start and the end of an image and the end of each of its rows.
    """

    keyword: ClassVar[str] = "deepseek_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "deepseek_vision: {hidden_size: 1024, intermediate_size: 2816, num_hidden_layers: 32,\n"
        "                  num_attention_heads: 16, downsample_ratio: 3}"
    )
    source: ClassVar[str] = "inference code of deepseek-ai/DeepSeek-V4.1-Flash"

    hidden_size: Size
    intermediate_size: Size
    num_hidden_layers: Size
    num_attention_heads: Size
    downsample_ratio: Size = 3
    patch_size: Size = 14
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, own, merge = self.hidden_size, scope.hidden_size, self.downsample_ratio
        mixer = parts.attention(width, self.num_attention_heads, fused="wqkv", out="wo", rotary="2D RoPE")
        widened = parts.gated_feed_forward(width, self.intermediate_size, "silu", bias=False, fused="w1", down="w2")
        first, second = (parts.rmsnorm(name, width) for name in ("norm1", "norm2"))
        steps = (
            parts.merged(width, merge),
            parts.linear("w1", width * merge * merge, own),
            parts.activation("gelu"),
            parts.linear("w2", own, own),
        )
        marks = tuple(Weight(f"image_{name}", (own,)) for name in ("start", "newline", "end"))
        return parts.tower(
            "vision",
            self.label or "Vision encoder",
            (
                parts.patches("patch_embed", width, self.patch_size, conv="patch_embed.proj.weight", flat=True),
                parts.row([parts.layer(first, mixer, second, widened, name="blocks")] * self.num_hidden_layers),
                parts.rmsnorm("norm", width),
                parts.projector("aligner", "Aligner", steps),
                Leaf(
                    "marks", "start, rows and end marked", role="embedding", detail="3 learned vectors", weights=marks
                ),
            ),
            layers=self.num_hidden_layers,
            keyword=self.keyword,
            said=(parts.pixels(self.patch_size * merge),),
        )
