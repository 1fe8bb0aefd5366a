"""The image encoder of Muse Glimmer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Leaf, Module, Side, Weight


class MuseVision(Kind):
    """Muse Glimmer's vision transformer for images and videos of any size, with its adapter.

    Patches of ``patch_temporal`` frames, flattened, get a learned place from a grid of ``pos_emb_height`` by
    ``pos_emb_width`` that is stretched to the image; queries and keys are rotated by height and width. In layers
    outside ``fullatt_block_indexes`` a patch sees the window of that grid's size which it lies in. ``merge_size`` by
    ``merge_size`` patches are made one token; the adapter projects it twice to ``projector_hidden_size``, with a GELU
    after each, then to the text model's width, and normalises it.
    """

    keyword: ClassVar[str] = "muse_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "muse_vision: {hidden_size: 1536, intermediate_size: 8960, num_hidden_layers: 50, num_attention_heads: 16,\n"
        "              fullatt_block_indexes: [3, 7, 11], projector_hidden_size: 4096}"
    )
    source: ClassVar[str] = "MuseGlimmerVisionModel of transformers"

    hidden_size: Size
    intermediate_size: Size
    num_attention_heads: Size
    num_hidden_layers: Annotated[int, Field(ge=1, le=1000)]
    projector_hidden_size: Size
    fullatt_block_indexes: tuple[Annotated[int, Field(ge=0, le=1000)], ...] | None = None
    patch_size: Size = 14
    patch_temporal: Size = 2
    pos_emb_height: Size = 32
    pos_emb_width: Size = 32
    merge_size: Size = 2
    hidden_act: str = "gelu"
    projector_hidden_act: str = "gelu"
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width or an index is no layer.
        """
        layers, whole = self.num_hidden_layers, self.fullatt_block_indexes
        if any(index >= layers for index in whole or ()):
            raise KindError(
                f"fullatt_block_indexes names layer {max(whole or ())} of {layers}", "fullatt_block_indexes"
            )
        width, own, merge, inner = self.hidden_size, scope.hidden_size, self.merge_size, self.projector_hidden_size
        rows = self.pos_emb_height * self.pos_emb_width
        steps = (
            parts.merged(width, merge),
            parts.linear("vision_adapter.fc1", width * merge * merge, inner, bias=False),
            parts.activation(self.projector_hidden_act),
            parts.linear("vision_adapter.fc2", inner, inner, bias=False),
            parts.activation(self.projector_hidden_act),
            parts.linear("vision_projection", inner, own, bias=False),
            Leaf("perception_emb_norm", "RMSNorm", role="norm", detail="no weights"),
        )
        return parts.tower(
            "vision_tower",
            self.label or "Vision encoder",
            (
                parts.patches(
                    "patch_embedder",
                    width,
                    self.patch_size,
                    frames=self.patch_temporal,
                    conv="patch_embedder.patch_embedding.weight",
                    bias=False,
                    flat=True,
                    added=(Weight("patch_embedder.position_embedding_table.weight", (rows, width)),),
                    detail=f"{self.pos_emb_height} × {self.pos_emb_width} positions",
                ),
                parts.layernorm("ln_pre", width),
                parts.row([self._layer(windowed=whole is not None and index not in whole) for index in range(layers)]),
                parts.layernorm("ln_post", width),
                parts.projector("vision_adapter", "Adapter", steps),
            ),
            layers=layers,
            keyword=self.keyword,
            said=(parts.pixels(self.patch_size * merge),),
        )

    def _layer(self, *, windowed: bool) -> Module:
        width = self.hidden_size
        sees = "window" if windowed else ""
        mixer = parts.attention(width, self.num_attention_heads, rotary="2D RoPE", sees=sees)
        widened = parts.feed_forward(width, self.intermediate_size, self.hidden_act)
        first, second = (parts.layernorm(name, width) for name in ("norm1", "norm2"))
        return parts.layer(first, mixer, second, widened)
