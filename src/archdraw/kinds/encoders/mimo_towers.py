"""The encoders of images and sounds of MiMo V2.5."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Leaf, Module, Side, Weight

_SEES = {-1: "", 0: "row window", 1: "column window"}
WindowType = Literal[-1, 0, 1]


class MiMoVision(Kind):
    """MiMo's vision transformer for images and videos of any size, with its merger.

    Patches of ``temporal_patch_size`` frames; pre-norm layers with RMSNorm, grouped-query attention of ``head_dim`` and
    a gated feed forward, with biases; positions by a rotation over height and width. ``vit_window_attn_types`` has an
    entry a layer: -1 sees the whole image, 0 and 1 see ``visual_token_window_size`` patches before and after in an
    order by rows or by columns; these have learned sinks where ``use_sink``. The merger normalises, makes
    ``spatial_merge_size`` by ``spatial_merge_size`` patches one token and projects it twice, without biases.
    """

    keyword: ClassVar[str] = "mimo_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "mimo_vision: {hidden_size: 1280, intermediate_size: 4608, num_heads: 32, num_key_value_heads: 8,\n"
        "              vit_window_attn_types: [-1, 0, 0, 1, 1, -1], visual_token_window_size: 64}"
    )
    source: ClassVar[str] = "code and tensors of XiaomiMiMo/MiMo-V2.5; MiMo-VL, arXiv:2506.03569"

    hidden_size: Size
    intermediate_size: Size
    num_heads: Size
    num_key_value_heads: Size
    vit_window_attn_types: Annotated[tuple[WindowType, ...], Field(min_length=1, max_length=1000)]
    visual_token_window_size: Size = 64
    head_dim: Size = 64
    use_sink: bool = True
    patch_size: Size = 16
    temporal_patch_size: Size = 2
    spatial_merge_size: Size = 2
    in_channels: Size = 3
    hidden_act: str = "silu"
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide.
        """
        width, merge, types = self.hidden_size, self.spatial_merge_size, self.vit_window_attn_types
        wide = width * merge * merge
        steps = (
            parts.rmsnorm("ln_q", width),
            parts.merged(width, merge),
            parts.linear("mlp.0", wide, wide, bias=False),
            parts.activation("gelu"),
            parts.linear("mlp.2", wide, scope.hidden_size, bias=False),
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
                    bias=False,
                ),
                parts.row([self._layer(kind) for kind in types]),
                parts.projector("merger", "Patch merger", steps),
            ),
            layers=len(types),
            keyword=self.keyword,
            said=(
                parts.pixels(self.patch_size * merge),
                f"windows: {self.visual_token_window_size} patches to each side" if set(types) != {-1} else "",
            ),
        )

    def _layer(self, kind: WindowType) -> Module:
        width = self.hidden_size
        mixer = parts.attention(
            width,
            self.num_heads,
            key_value_heads=self.num_key_value_heads,
            head_dim=self.head_dim,
            fused="qkv",
            rotary="2D RoPE",
            sees=_SEES[kind],
            sinks=self.use_sink and kind != -1,
        )
        widened = parts.gated_feed_forward(width, self.intermediate_size, self.hidden_act)
        first, second = (parts.rmsnorm(name, width) for name in ("norm1", "norm2"))
        return parts.layer(first, mixer, second, widened, name="blocks")


class MiMoAudio(Kind):
    """MiMo's encoder of speech codes.

    A separate tokenizer turns sound into ``audio_channels`` codes at a time; each channel has a table of
    ``speech_vocab_size`` vectors, which are added. A small transformer sees ``group_size`` such moments at once, all
    of them or, unless ``input_full_attention``, those before; they are laid side by side and projected in
    ``projection_layers`` steps to the text model's width.
    """

    keyword: ClassVar[str] = "mimo_audio"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "mimo_audio: {input_local_dim: 1024, input_local_intermediate_size: 4096, input_local_layers: 6,\n"
        "             input_local_attn_heads: 16, audio_channels: 20, group_size: 4, speech_vocab_size: 1280}"
    )
    source: ClassVar[str] = "code and tensors of XiaomiMiMo/MiMo-V2.5; MiMo-Audio, arXiv:2512.23808"

    input_local_dim: Size
    input_local_intermediate_size: Size
    input_local_layers: Size
    input_local_attn_heads: Size
    audio_channels: Annotated[int, Field(ge=1, le=1000)]
    group_size: Size
    speech_vocab_size: Size
    input_local_head_dim: Size | None = None
    input_full_attention: bool = True
    add_post_norm: bool = True
    projection_layers: Literal[1, 2] = 2
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, group, own = self.input_local_dim, self.group_size, scope.hidden_size
        wide = width * group
        mixer = parts.attention(
            width,
            self.input_local_attn_heads,
            head_dim=self.input_local_head_dim,
            name="self_attn",
            out="o_proj",
            out_bias=False,
            rotary="RoPE",
            causal=not self.input_full_attention,
        )
        widened = parts.gated_feed_forward(width, self.input_local_intermediate_size, "silu", bias=False)
        first, second = (parts.rmsnorm(name, width) for name in ("input_layernorm", "post_attention_layernorm"))
        steps: tuple[Leaf, ...] = (parts.linear("projection", wide, own, bias=False),)
        if self.projection_layers == 2:
            steps = (
                parts.linear("mlp.0", wide, 4 * wide, bias=False),
                parts.activation("gelu"),
                parts.linear("mlp.2", 4 * wide, own, bias=False),
            )
        tables = tuple(
            Weight(f"speech_embeddings.{index}.weight", (self.speech_vocab_size, width))
            for index in range(self.audio_channels)
        )
        return parts.tower(
            "audio_encoder",
            self.label or "Audio encoder",
            (
                Leaf(
                    "speech_embeddings",
                    "Code embeddings, added",
                    role="embedding",
                    detail=f"{self.audio_channels} tables of {self.speech_vocab_size:,}",
                    weights=tables,
                ),
                parts.row([parts.layer(first, mixer, second, widened)] * self.input_local_layers),
                *((parts.rmsnorm("norm", width),) if self.add_post_norm else ()),
                Leaf("group", f"{group} moments to 1 token", detail=f"{wide:,} features"),
                parts.projector("projection", "Projector", steps),
            ),
            layers=self.input_local_layers,
            keyword=self.keyword,
            said=(f"1 token for {group} moments",),
        )
