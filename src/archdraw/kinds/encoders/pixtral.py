"""Pixtral's image encoder."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Side


class PixtralVision(Kind):
    """Pixtral's vision transformer: layers as in a Llama, without biases, for images of any size; with its projector.

    RMSNorm, gated feed forward, rotary positions by height and width, every patch sees the whole image.
    With ``spatial_merge_size`` the projector normalises and makes so many by so many neighbours one token (Mistral
    Small 3.1); two projections follow, with biases where ``multimodal_projector_bias``.
    """

    keyword: ClassVar[str] = "pixtral_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "pixtral_vision: {hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24,\n"
        "                 num_attention_heads: 16, patch_size: 14, spatial_merge_size: 2}"
    )
    source: ClassVar[str] = "Agrawal et al. 2024, Pixtral 12B, arXiv:2410.07073"

    hidden_size: Size
    intermediate_size: Size
    num_hidden_layers: Size
    num_attention_heads: Size
    patch_size: Size = 16
    num_channels: Size = 3
    hidden_act: str = "silu"
    spatial_merge_size: Size | None = None
    multimodal_projector_bias: bool = False
    projector_hidden_act: str = "gelu"
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, own = self.hidden_size, scope.hidden_size
        mixer = parts.attention(
            width, self.num_attention_heads, name="attention", out="o_proj", bias=False, rotary="2D RoPE"
        )
        widened = parts.gated_feed_forward(
            width, self.intermediate_size, self.hidden_act, bias=False, name="feed_forward"
        )
        first, second = (parts.rmsnorm(name, width) for name in ("attention_norm", "ffn_norm"))
        merge, bias = self.spatial_merge_size, self.multimodal_projector_bias
        steps = []
        if merge:
            wide = merge * merge * width
            steps = [
                parts.rmsnorm("norm", width),
                parts.merged(width, merge),
                parts.linear("patch_merger.merging_layer", wide, width, bias=False),
            ]
        steps += [
            parts.linear("linear_1", width, own, bias=bias),
            parts.activation(self.projector_hidden_act),
            parts.linear("linear_2", own, own, bias=bias),
        ]
        side = self.patch_size * (merge or 1)
        return parts.tower(
            "vision_tower",
            self.label or "Pixtral encoder",
            (
                parts.patches("patch_conv", width, self.patch_size, channels=self.num_channels, bias=False),
                parts.rmsnorm("ln_pre", width),
                parts.row([parts.layer(first, mixer, second, widened)] * self.num_hidden_layers),
                parts.projector("multi_modal_projector", "Projector", steps),
            ),
            layers=self.num_hidden_layers,
            keyword=self.keyword,
            said=(parts.pixels(side),),
        )
