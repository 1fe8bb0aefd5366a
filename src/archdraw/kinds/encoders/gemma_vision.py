"""How Gemma 4 reads images: an encoder for images of any shape, and projections of the pixels without an encoder."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import number
from archdraw.tree.blocks import Block, Leaf, Module, Residual, Sequence, Side, Weight


def soft_token_projector(width: int, hidden: int) -> Module:
    """What every modality of Gemma 4 ends with: a norm without weights, and a projection to the text model's width."""
    return parts.projector(
        "embedder",
        "Projector",
        (
            parts.rmsnorm("embedding_pre_projection_norm", width, affine=False),
            parts.linear("embedding_projection", width, hidden, bias=False),
        ),
        detail=f"{width:,} to {hidden:,}",
    )


class GemmaVision(Kind):
    """The image encoder of Gemma 4: a vision transformer for images of any shape, with its projector.

    Each patch of ``patch_size`` by ``patch_size`` pixels gets two learned places, one by its column and one by its row,
    from tables of ``position_embedding_size`` rows; queries and keys are rotated by both as well. Layers have norms
    before and after each sublayer, norms of queries, keys and values, and a GEGLU. ``pooling_kernel_size`` squared
    neighbours are averaged to one soft token, of which an image has at most ``default_output_length``; ``standardize``
    shifts and scales their features by constants. ``use_clipped_linears`` bounds what goes into and comes out of each
    projection.
    """

    keyword: ClassVar[str] = "gemma_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "gemma_vision: {hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 16, num_attention_heads: 12}"
    )
    source: ClassVar[str] = "transformers, models/gemma4; rotation in two dimensions: RoFormer, arXiv:2104.09864"

    hidden_size: Size
    intermediate_size: Size
    num_hidden_layers: Size
    num_attention_heads: Size
    num_key_value_heads: Size | None = None
    head_dim: Size | None = None
    patch_size: Size = 16
    position_embedding_size: Size = 10_240
    pooling_kernel_size: Size = 3
    default_output_length: Size | None = None
    hidden_activation: str = "gelu_pytorch_tanh"
    standardize: bool = False
    use_clipped_linears: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, places = self.hidden_size, self.position_embedding_size
        steps: list[Block] = [
            parts.patches(
                "patch_embedder",
                width,
                self.patch_size,
                conv="input_proj.weight",
                bias=False,
                flat=True,
                added=(Weight("position_embedding_table", (2, places, width)),),
                detail=f"2 × {places:,} positions",
            ),
            parts.row([self._layer()] * self.num_hidden_layers),
            Leaf(
                "pooler",
                f"mean of {self.pooling_kernel_size} × {self.pooling_kernel_size} patches",
                detail=f"× √{width:,}",
            ),
        ]
        if self.standardize:
            constants = tuple(Weight(name, (width,), buffer=True) for name in ("std_bias", "std_scale"))
            steps.append(Leaf("standardize", "shift and scale", detail="by constants", weights=constants))
        side = self.patch_size * self.pooling_kernel_size
        return parts.tower(
            "vision_tower",
            self.label or "Vision encoder",
            (*steps, soft_token_projector(width, scope.hidden_size)),
            layers=self.num_hidden_layers,
            keyword=self.keyword,
            said=(
                _tokens(self.default_output_length),
                f"1 token for {side} × {side} pixels",
                "inputs and outputs of projections are clipped" if self.use_clipped_linears else "",
            ),
        )

    def _layer(self) -> Module:
        width = self.hidden_size
        mixer = parts.attention(
            width,
            self.num_attention_heads,
            key_value_heads=self.num_key_value_heads,
            head_dim=self.head_dim,
            name="self_attn",
            out="o_proj",
            bias=False,
            rotary="2D RoPE",
            qk_norm=True,
            v_norm=True,
        )
        widened = parts.gated_feed_forward(width, self.intermediate_size, self.hidden_activation, bias=False)
        sandwiched = (
            ("input_layernorm", mixer, "post_attention_layernorm"),
            ("pre_feedforward_layernorm", widened, "post_feedforward_layernorm"),
        )
        rows = tuple(
            Residual(Sequence((parts.rmsnorm(before, width), block, parts.rmsnorm(after, width))))
            for before, block, after in sandwiched
        )
        return Module("layers", "Encoder layer", Sequence(rows), kind="encoder_layer")


class GemmaPatches(Kind):
    """Images without an encoder (Gemma 4 12B): the pixels of a patch are projected, placed, and projected again.

    A patch is ``patch_size * pooling_kernel_size`` pixels wide; its column and its row have learned places from tables
    of ``mm_posemb_size`` rows.
    """

    keyword: ClassVar[str] = "gemma_patches"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = "gemma_patches: {mm_embed_dim: 3840, mm_posemb_size: 1120}"
    source: ClassVar[str] = "transformers, models/gemma4_unified"

    mm_embed_dim: Size
    mm_posemb_size: Size
    patch_size: Size = 16
    pooling_kernel_size: Size = 3
    num_soft_tokens: Size | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line."""
        side, width = self.patch_size * self.pooling_kernel_size, self.mm_embed_dim
        pixels = 3 * side * side
        places = Weight("pos_embedding", (self.mm_posemb_size, 2, width))
        return parts.tower(
            "embed_vision",
            self.label or "Image patches",
            (
                parts.layernorm("patch_ln1", pixels),
                parts.linear("patch_dense", pixels, width),
                parts.layernorm("patch_ln2", width),
                Leaf(
                    "pos_embedding",
                    "+ column and row",
                    role="position",
                    detail=f"2 × {self.mm_posemb_size:,} positions",
                    weights=(places,),
                ),
                parts.layernorm("pos_norm", width),
                soft_token_projector(width, scope.hidden_size),
            ),
            layers=0,
            keyword=self.keyword,
            said=(
                _tokens(self.num_soft_tokens),
                f"1 token for {side} × {side} pixels",
                "no encoder: the text model itself looks at the patches",
            ),
        )


def _tokens(most: int | None) -> str:
    return "" if most is None else f"up to {number(most)} tokens an image"
