"""The image encoders of the Qwen-VL line: patches of two frames, rotary positions, a merger of neighbours."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Block, Module, Side, Weight

Index = Annotated[int, Field(ge=0, le=1000)]


class QwenVision(Kind):
    """A vision transformer for images and videos of any size, with the merger that joins its tokens to the text.

    A patch spans ``temporal_patch_size`` frames. Places are told by a rotation over height and width and, with
    ``num_position_embeddings``, by a learned grid that is stretched to the image. ``depth`` pre-norm layers, all
    projections with biases; those outside ``fullatt_block_indexes`` see windows of ``window_size`` pixels. The merger
    normalises, joins ``spatial_merge_size`` by ``spatial_merge_size`` patches and projects them to the text model's
    width. Mergers like it at ``deepstack_visual_indexes`` feed the first layers of the text model.
    """

    keyword: ClassVar[str] = "qwen_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "qwen_vision: {hidden_size: 1152, intermediate_size: 4304, depth: 27, num_heads: 16, patch_size: 16,\n"
        "              num_position_embeddings: 2304, deepstack_visual_indexes: [8, 16, 24]}"
    )
    source: ClassVar[str] = (
        "Qwen2-VL, arXiv:2409.12191; windows: Qwen2.5-VL, arXiv:2502.13923; deepstack: arXiv:2406.04334; "
        "Qwen3-VL, arXiv:2511.21631"
    )

    hidden_size: Size
    intermediate_size: Size
    depth: Size
    num_heads: Size
    patch_size: Size
    temporal_patch_size: Size = 2
    in_channels: Size = 3
    spatial_merge_size: Size = 2
    num_position_embeddings: Size | None = None
    deepstack_visual_indexes: tuple[Index, ...] = ()
    fullatt_block_indexes: tuple[Index, ...] | None = None
    window_size: Size | None = None
    norm: Literal["layernorm", "rmsnorm"] = "layernorm"
    hidden_act: str = "gelu_pytorch_tanh"
    gated: bool = False
    patch_bias: bool = True
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width or an index is no layer.
        """
        for field in ("deepstack_visual_indexes", "fullatt_block_indexes"):
            for index in getattr(self, field) or ():
                if index >= self.depth:
                    raise KindError(f"{field} names layer {index}, but depth is {self.depth}", field)
        own, merge = scope.hidden_size, self.spatial_merge_size
        side = self.patch_size * merge
        return parts.tower(
            "visual",
            self.label or "Vision encoder",
            (self._patches(), *self._stack(own), self._merger("merger", "Patch merger", own, after=False)),
            layers=self.depth,
            keyword=self.keyword,
            said=(parts.pixels(side), self._deepstack_note()),
        )

    def _patches(self) -> Block:
        rows = self.num_position_embeddings
        return parts.patches(
            "patch_embed",
            self.hidden_size,
            self.patch_size,
            channels=self.in_channels,
            frames=self.temporal_patch_size,
            conv="patch_embed.proj.weight",
            bias=self.patch_bias,
            added=(Weight("pos_embed.weight", (rows, self.hidden_size)),) if rows else (),
            detail=f"{rows:,} positions" if rows else "",
        )

    def _stack(self, own: int) -> list[Block]:
        """The layers in runs, a deepstack merger behind each layer that feeds one."""
        runs: list[Block] = []
        waiting: list[Block] = []
        for index in range(self.depth):
            waiting.append(self._layer(index))
            if index in self.deepstack_visual_indexes:
                number = self.deepstack_visual_indexes.index(index) + 1
                merger = self._merger("deepstack_merger_list", f"Merger for text layer {number}", own, after=True)
                runs += [parts.row(waiting), Side(merger, direction="out")]
                waiting = []
        return [*runs, parts.row(waiting)] if waiting else runs

    def _layer(self, index: int) -> Module:
        width = self.hidden_size
        windowed = self.fullatt_block_indexes is not None and index not in self.fullatt_block_indexes
        mixer = parts.attention(width, self.num_heads, fused="qkv", rotary="2D RoPE", sees="window" if windowed else "")
        if self.gated:
            widened = parts.gated_feed_forward(width, self.intermediate_size, self.hidden_act)
        else:
            widened = parts.feed_forward(width, self.intermediate_size, self.hidden_act, names=self._names)
        first, second = (parts.norm(self.norm, name, width) for name in ("norm1", "norm2"))
        return parts.layer(first, mixer, second, widened, name="blocks")

    @property
    def _names(self) -> tuple[str, str]:
        """The names of the projections: those of the line's third generation, which has learned positions."""
        return ("linear_fc1", "linear_fc2") if self.num_position_embeddings else ("fc1", "fc2")

    def _merger(self, name: str, label: str, own: int, *, after: bool) -> Module:
        """Norm and merging (``after`` it in deepstack mergers), then two projections."""
        width, merge = self.hidden_size, self.spatial_merge_size
        wide = width * merge * merge
        third = self.num_position_embeddings is not None
        names = ("linear_fc1", "linear_fc2") if third else ("mlp.0", "mlp.2")
        joined = parts.merged(width, merge)
        normed = parts.norm(self.norm, "norm" if third else "ln_q", wide if after else width)
        steps = (joined, normed) if after else (normed, joined)
        first, second = parts.linear(names[0], wide, wide), parts.linear(names[1], wide, own)
        return parts.projector(name, label, (*steps, first, parts.activation("gelu"), second))

    def _deepstack_note(self) -> str:
        number = len(self.deepstack_visual_indexes)
        if not number:
            return ""
        places = ", ".join(str(index + 1) for index in self.deepstack_visual_indexes)
        return f"deepstack: layers {places} are added behind text layers 1 to {number}"
