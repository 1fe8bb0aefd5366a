"""MoonViT, the image encoder of the Kimi line."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Leaf, Module, Side, Weight


class MoonViT(Kind):
    """MoonViT: a vision transformer for images and videos of their own size, with its projector.

    Each patch gets a learned place from a grid of ``pos_emb_height`` by ``pos_emb_width`` that is stretched to the
    image, a frame of a video a fixed wave besides; queries and keys are rotated by height and width. All heads
    together are ``qkv_hidden_size`` wide, ``hidden_size`` unless said. The up to ``pos_emb_time`` frames of a clip are
    averaged, ``merge_kernel_size`` by ``merge_kernel_size`` neighbours are made one token, and two projections lead to
    the text model's width. The projector ``patchmerger`` has biases and a LayerNorm before, ``patchmergerv2`` no
    biases and an RMSNorm after (Kimi K3).
    """

    keyword: ClassVar[str] = "moonvit"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "moonvit: {hidden_size: 1152, intermediate_size: 4304, num_hidden_layers: 27, num_attention_heads: 16}"
    )
    source: ClassVar[str] = "Kimi-VL, arXiv:2504.07491; Kimi K2.5, arXiv:2602.02276"

    hidden_size: Size
    intermediate_size: Size
    num_hidden_layers: Size
    num_attention_heads: Size
    patch_size: Size = 14
    pos_emb_height: Size = 64
    pos_emb_width: Size = 64
    pos_emb_time: Size | None = None
    merge_kernel_size: Size = 2
    qkv_hidden_size: Size | None = None
    norm: Literal["layernorm", "rmsnorm"] = "layernorm"
    attention_bias: bool = True
    mlp_bias: bool = True
    patch_bias: bool = True
    mm_projector_type: Literal["patchmerger", "patchmergerv2"] = "patchmerger"
    hidden_act: str = "gelu_pytorch_tanh"
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, height, wide = self.hidden_size, self.pos_emb_height, self.pos_emb_width
        embedding = parts.patches(
            "patch_embed",
            width,
            self.patch_size,
            conv="patch_embed.proj.weight",
            bias=self.patch_bias,
            added=(Weight("patch_embed.pos_emb.position_embeddings", (height, wide, width)),),
            detail=f"{height} × {wide} positions",
        )
        return parts.tower(
            "vision_tower",
            self.label or "MoonViT",
            (
                embedding,
                parts.row([self._layer()] * self.num_hidden_layers),
                parts.norm(self.norm, "final_layernorm", width),
                *((Leaf("pool", "mean over frames"),) if self.pos_emb_time else ()),
                self._projector(scope.hidden_size),
            ),
            layers=self.num_hidden_layers,
            keyword=self.keyword,
            said=(parts.pixels(self.patch_size * self.merge_kernel_size),),
        )

    def _layer(self) -> Module:
        width, heads = self.hidden_size, self.num_attention_heads
        inner = self.qkv_hidden_size or width
        if inner % heads:
            field = "qkv_hidden_size" if self.qkv_hidden_size else "num_attention_heads"
            raise KindError(f"{heads} heads do not divide {inner} features", field)
        mixer = parts.attention(width, heads, head_dim=inner // heads, bias=self.attention_bias, rotary="2D RoPE")
        widened = parts.feed_forward(width, self.intermediate_size, self.hidden_act, bias=self.mlp_bias)
        first, second = (parts.norm(self.norm, name, width) for name in ("norm1", "norm2"))
        return parts.layer(first, mixer, second, widened)

    def _projector(self, own: int) -> Module:
        width, merge = self.hidden_size, self.merge_kernel_size
        wide = width * merge * merge
        joined, act = parts.merged(width, merge), parts.activation("gelu")
        if self.mm_projector_type == "patchmergerv2":
            first = parts.linear("proj.0", wide, wide, bias=False)
            second = parts.linear("proj.2", wide, own, bias=False)
            steps: tuple[Leaf, ...] = (joined, first, act, second, parts.rmsnorm("post_norm", own))
        else:
            first, second = parts.linear("in_proj", wide, wide), parts.linear("out_proj", wide, own)
            steps = (parts.layernorm("pre_norm", width), joined, first, act, second)
        return parts.projector("mm_projector", "Projector", steps)
