"""Encoders of images."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.booking import booked, uncached, with_leaves
from archdraw.kinds.feed_forward.feed_forward import GELU
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.layers.norm import LayerNorm, RMSNorm
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.wording import notes, number, parameters
from archdraw.tree.blocks import (
    LINE,
    Block,
    Leaf,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
    Side,
    Weight,
    linear,
)
from archdraw.tree.facts import facts


class VisionEncoder(Kind):
    """A vision transformer whose image tokens join the text tokens, with its projector.

    Pre-norm layers of LayerNorm, multi-head attention and a GELU feed forward, all with biases, over patches of
    ``patch_size`` by ``patch_size`` pixels with learned positions. The projector shuffles pixels
    (``pixel_shuffle_ratio`` 0.5: four tokens become one of four times the width) or pools down to
    ``mm_tokens_per_image``, normalises if ``projector_norm``, and projects through ``projector_hidden_sizes``, each
    with a GELU, to the text model's width; or through ``alignment_intermediate_size`` features of which one half gates
    the other (Cohere). ``projector_bias`` gives these projections biases. Where ``vision_feature_layer`` is not -1, the
    last layer, the projector reads an earlier one (-2 in LLaVA). ``tiled`` says that a large image is cut into tiles of
    ``image_size``.
    """

    keyword: ClassVar[str] = "vision_encoder"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "vision_encoder: {hidden_size: 1152, intermediate_size: 4304, num_hidden_layers: 27,\n"
        "                 num_attention_heads: 16, image_size: 896, patch_size: 14}"
    )
    source: ClassVar[str] = "Dosovitskiy et al. 2020, arXiv:2010.11929; SigLIP: arXiv:2303.15343"

    hidden_size: Size
    intermediate_size: Size
    num_hidden_layers: Size
    num_attention_heads: Size
    image_size: Size
    patch_size: Size
    num_channels: Size = 3
    tiled: bool = False
    patch_bias: bool = True
    class_token: bool = False
    pre_layernorm: bool = False
    post_layernorm: bool = True
    position: Position | None = None
    pixel_shuffle_ratio: float | None = Field(default=None, gt=0, le=1)
    mm_tokens_per_image: Size | None = None
    projector_norm: bool = False
    projector_hidden_sizes: Annotated[tuple[Size, ...], Field(max_length=8)] = ()
    alignment_intermediate_size: Annotated[int, Field(ge=2, multiple_of=2)] | None = None
    projector_bias: bool = False
    vision_feature_layer: Annotated[int, Field(ge=-1000, le=-1)] = -1
    hidden_act: Literal["gelu", "quick_gelu"] = "gelu"
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width, or the image is smaller than a patch.
        """
        if -self.vision_feature_layer > self.num_hidden_layers:
            raise KindError(
                f"vision_feature_layer {self.vision_feature_layer} of {self.num_hidden_layers} layers",
                "vision_feature_layer",
            )
        if self.image_size < self.patch_size:
            raise KindError(f"image_size {self.image_size} is less than patch_size {self.patch_size}", "image_size")
        inner = replace(scope, hidden_size=self.hidden_size)
        steps: list[Block] = [self._patches()]
        if self.pre_layernorm:
            steps.append(_named(LayerNorm().expand(inner), "layernorm_pre"))
        steps.extend(self._layers(inner))
        body = booked(uncached(Sequence((*steps, *self._projector(scope)))), "encoder")
        count = facts(body).total_parameters
        layers = f"{self.num_hidden_layers} layer{'s' if self.num_hidden_layers > 1 else ''}"
        return Side(
            Module(
                "vision_tower",
                self.label or "Vision encoder",
                body,
                role="auxiliary",
                detail=f"{layers}, {parameters(count)}",
                kind=self.keyword,
                notes=self._notes(),
            ),
            direction="in",
        )

    def _layers(self, inner: Scope) -> list[Block]:
        """The layers and the norm behind them; those that the projector does not read stand beside its line."""
        behind: list[Block] = []
        if self.post_layernorm:
            behind.append(_named(LayerNorm().expand(inner), "layernorm_post"))
        layer, unread = self._layer(inner), -1 - self.vision_feature_layer
        if not unread:
            return [Repeat(layer, self.num_hidden_layers), *behind]
        rest = Sequence((Repeat(layer, unread), *behind))
        label = f"{unread} layer{'s' if unread > 1 else ''} that nothing reads"
        side = Side(Module("unread", label, rest, role="auxiliary", kind="unread_layers"), direction="out")
        read = self.num_hidden_layers - unread
        return [Repeat(layer, read), side] if read else [side]

    @property
    def patches(self) -> int:
        """Patches of one image."""
        return (self.image_size // self.patch_size) ** 2

    @property
    def tokens(self) -> int:
        """Tokens of one image that reach the text model."""
        if self.mm_tokens_per_image is not None:
            return self.mm_tokens_per_image
        return round(self.patches * (self.pixel_shuffle_ratio or 1) ** 2)

    def _patches(self) -> Leaf:
        """Patches, class token and positions in one box: all three are added up before the first layer."""
        width = self.hidden_size
        weights: tuple[Weight, ...] = (Weight("weight", (width, self.num_channels, self.patch_size, self.patch_size)),)
        if self.patch_bias:
            weights += (Weight("bias", (width,)),)
        if self.class_token:
            weights += (Weight("class_embedding", (width,)),)
        rows = self.patches + (1 if self.class_token else 0)
        weights += (Weight("position_embedding", (rows, width)),)
        size = f"{self.patch_size} × {self.patch_size}"
        return Leaf(
            "patch_embedding",
            "Patch embedding",
            role="embedding",
            detail=f"{size}, {rows:,} positions",
            weights=weights,
        )

    def _layer(self, inner: Scope) -> Module:
        attention = MultiHead(num_attention_heads=self.num_attention_heads, attention_bias=True, position=self.position)
        feed_forward = GELU(intermediate_size=self.intermediate_size, mlp_bias=True).expand(inner)
        if self.hidden_act == "quick_gelu":
            feed_forward = _quick(feed_forward)
        norm = LayerNorm().expand(inner)
        mixer = replace(attention.expand(inner), notes=())
        return Module(
            "layers",
            "Encoder layer",
            Sequence(
                (
                    Residual(Sequence((_named(norm, "layer_norm1"), mixer))),
                    Residual(Sequence((_named(norm, "layer_norm2"), feed_forward))),
                )
            ),
            kind="encoder_layer",
        )

    def _projector(self, scope: Scope) -> list[Block]:
        width, steps = self.hidden_size, list[Block]()
        if self.pixel_shuffle_ratio is not None:
            width = round(width / self.pixel_shuffle_ratio**2)
            steps.append(Leaf("pixel_shuffle", "pixel shuffle", detail=f"{self.tokens:,} tokens of {width:,}"))
        elif self.tokens < self.patches:
            steps.append(Leaf("avg_pool", "average pool", detail=f"{self.patches:,} to {self.tokens:,} tokens"))
        if self.projector_norm:
            steps.append(_named(RMSNorm().expand(replace(scope, hidden_size=width)), "mm_soft_emb_norm"))
        for index, size in enumerate(self.projector_hidden_sizes, start=1):
            steps.append(linear(f"fc{index}", f"{width:,} to {size:,}", width, size, bias=self.projector_bias))
            steps.append(Leaf(f"act{index}", "GELU"))
            width = size
        if self.alignment_intermediate_size is not None:
            size = self.alignment_intermediate_size
            label = f"up and gate, {width:,} to 2 × {size // 2:,}"
            steps.append(linear("linear_1", label, width, size, bias=self.projector_bias, outputs=("up", "gate")))
            steps.append(Parallel((LINE, Leaf("act", "SiLU")), "multiply"))
            width = size // 2
        steps.append(
            linear(
                "multi_modal_projector",
                "Projector",
                width,
                scope.hidden_size,
                bias=self.projector_bias,
                detail=f"{width:,} to {scope.hidden_size:,}",
            )
        )
        return steps

    def _notes(self) -> tuple[str, ...]:
        pixels = f"{self.image_size} × {self.image_size} pixels = {self.patches:,} patches"
        layer = self.vision_feature_layer
        return notes(
            f"{number(self.tokens)} tokens {'a tile' if self.tiled else 'an image'}",
            f"of {pixels}",
            ""
            if layer == -1
            else f"the projector reads layer {self.num_hidden_layers + layer + 1} of {self.num_hidden_layers}",
        )


def _quick(feed_forward: Module) -> Module:
    """``feed_forward`` with x sigmoid(1.702 x) in place of GELU."""

    def change(leaf: Leaf) -> Leaf:
        return replace(leaf, label="quick GELU") if leaf.label == "GELU" else leaf

    return replace(feed_forward, body=with_leaves(feed_forward.body, change), label="Quick GELU feed forward")


def _named(norm: Leaf, name: str) -> Leaf:
    return replace(norm, name=name)
