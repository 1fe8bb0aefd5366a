"""The image encoder of Llama 3.2 Vision: one encoder for each tile, a gated one over all tiles, and what joins them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.residuals.tanh_gated_residual import tanh_gate
from archdraw.kinds.wording import number
from archdraw.tree.blocks import Block, Graph, Leaf, Module, Residual, Sequence, Side, Weight

Index = Annotated[int, Field(ge=0, le=1000)]


class MllamaVision(Kind):
    """The vision transformer of Llama 3.2 Vision, whose vectors the cross-attention of the text layers reads.

    An image is cut into up to ``max_num_tiles`` tiles of ``image_size`` pixels, in one of ``max_aspect_ratio_id``
    shapes; tables that differ by shape tell tile and place, each opened by a gate. There are ``num_hidden_layers``
    pre-norm layers and, with a gate in each branch, ``num_global_layers`` more. Their result stands beside what comes
    into the layers ``intermediate_layers_indices``; a projection with a bias brings all to the text model's width.
    """

    keyword: ClassVar[str] = "mllama_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "mllama_vision: {hidden_size: 1280, intermediate_size: 5120, num_hidden_layers: 32, num_global_layers: 8,\n"
        "                num_attention_heads: 16, image_size: 560, patch_size: 14,\n"
        "                intermediate_layers_indices: [3, 7, 15, 23, 30]}"
    )
    source: ClassVar[str] = "transformers, models/mllama; The Llama 3 Herd of Models, section 7, arXiv:2407.21783"

    hidden_size: Size
    intermediate_size: Size
    num_hidden_layers: Size
    num_global_layers: Size
    num_attention_heads: Size
    image_size: Size
    patch_size: Size
    num_channels: Size = 3
    max_num_tiles: Size = 4
    max_aspect_ratio_id: Size = 8
    intermediate_layers_indices: Annotated[tuple[Index, ...], Field(max_length=32)] = ()
    hidden_act: str = "gelu"
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module that the text layers read, and whose output does not join the line.

        Raises :class:`KindError` where heads don't divide the width, the image is smaller than a patch, or indices are
        not those of layers in order.
        """
        if self.image_size < self.patch_size:
            raise KindError(f"image_size {self.image_size} is less than patch_size {self.patch_size}", "image_size")
        indices = self.intermediate_layers_indices
        if list(indices) != sorted(set(indices)):
            raise KindError("indices of layers come in order, each once", "intermediate_layers_indices")
        if indices and indices[-1] >= self.num_hidden_layers:
            raise KindError(
                f"layer {indices[-1]} is read, but num_hidden_layers is {self.num_hidden_layers}",
                "intermediate_layers_indices",
            )
        width, wide = self.hidden_size, self.hidden_size * (1 + len(indices))
        made = parts.tower(
            "vision_tower",
            self.label or "Vision encoder",
            (
                self._patches(),
                parts.layernorm("layernorm_pre", width),
                self._stages(),
                parts.linear("multi_modal_projector", wide, scope.hidden_size),
            ),
            layers=self.num_hidden_layers + self.num_global_layers,
            keyword=self.keyword,
            said=self._said(),
        )
        return replace(made, joins=False)

    @property
    def patches(self) -> int:
        """Patches of one tile and its class token."""
        return (self.image_size // self.patch_size) ** 2 + 1

    def _patches(self) -> Leaf:
        """Patches, class token and the tables of tiles and places, all added up before the first layer."""
        width, shapes, tiles = self.hidden_size, self.max_aspect_ratio_id + 1, self.max_num_tiles
        place = "gated_positional_embedding"
        return parts.patches(
            "patch_embedding",
            width,
            self.patch_size,
            channels=self.num_channels,
            bias=False,
            added=(
                Weight("class_embedding", (width,)),
                *self._tile_table("pre_tile_positional_embedding"),
                Weight(f"{place}.gate", (1,)),
                Weight(f"{place}.embedding", (self.patches, width)),
                Weight(f"{place}.tile_embedding.weight", (shapes, tiles * self.patches * width)),
            ),
            detail=f"{self.patches:,} positions, {tiles} tiles",
        )

    def _tile_table(self, name: str) -> tuple[Weight, Weight]:
        """A vector for each tile of each shape of an image (the first shape: no image), and the gate before it."""
        shape = (self.max_aspect_ratio_id + 1, self.max_num_tiles * self.hidden_size)
        return Weight(f"{name}.gate", (1,)), Weight(f"{name}.embedding.weight", shape)

    def _stages(self) -> Block:
        """Both stages, and around them the lines that are read before each of ``intermediate_layers_indices``."""
        indices = self.intermediate_layers_indices
        table = Leaf(
            "post_tile_positional_embedding",
            "+ tile embedding",
            role="position",
            weights=self._tile_table("post_tile_positional_embedding"),
        )
        second: tuple[tuple[str, Block], ...] = (
            ("layernorm_post", parts.layernorm("layernorm_post", self.hidden_size)),
            ("table", table),
            ("global", self._run(self.num_global_layers, gated=True)),
        )
        ends = [*indices, self.num_hidden_layers]
        runs = [(start, end) for start, end in zip([0, *ends], ends, strict=False) if end > start]
        first = tuple((f"layers {start}", self._run(end - start, gated=False)) for start, end in runs)
        if not indices:
            return Sequence(tuple(block for _, block in (*first, *second)))
        wide = self.hidden_size * (1 + len(indices))
        joined = Leaf("concatenate", "concatenate", detail=f"{wide:,} features", inputs=1 + len(indices))
        nodes = (*first, *second, ("joined", joined))
        way = ("input", *(name for name, _ in nodes), "output")
        before = {end: name for (_, end), (name, _) in zip(runs, first, strict=True)} | {0: "input"}
        return Graph(nodes, (*pairwise(way), *((before[index], "joined") for index in indices)))

    def _run(self, number_of_layers: int, *, gated: bool) -> Block:
        return parts.row([self._layer(gated=gated)] * number_of_layers)

    def _layer(self, *, gated: bool) -> Module:
        """A pre-norm layer, of the second stage with a gate at the end of both branches."""
        width = self.hidden_size
        mixer = parts.attention(width, self.num_attention_heads, name="self_attn", out="o_proj", bias=False)
        widened = parts.feed_forward(width, self.intermediate_size, self.hidden_act)
        first = parts.layernorm("input_layernorm", width)
        second = parts.layernorm("post_attention_layernorm", width)
        if not gated:
            return parts.layer(first, mixer, second, widened)
        body = Sequence(
            (
                Residual(Sequence((first, mixer, tanh_gate("gate_attn")))),
                Residual(Sequence((second, widened, tanh_gate("gate_ffn")))),
            )
        )
        return Module("global_layers", "Gated layer", body, detail="over all tiles", kind="encoder_layer")

    def _said(self) -> tuple[str, ...]:
        tiles, indices = self.max_num_tiles, self.intermediate_layers_indices
        places = ", ".join(map(str, indices))
        size = f"{self.image_size} × {self.image_size} pixels"
        return (
            "to every cross-attention",
            f"an image is up to {tiles} tiles of {size}: {number(tiles * self.patches)} vectors",
            f"{self.num_hidden_layers} layers a tile, then {self.num_global_layers} gated ones over all tiles",
            f"joined by the lines into layers {places}" if indices else "",
        )
