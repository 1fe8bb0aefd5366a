"""How Gemma 4 hears: a conformer over spectrograms, and a projection of the waveform without an encoder."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.encoders.gemma_vision import soft_token_projector
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import number
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Heads, Leaf, Module, Parallel, Residual, Sequence, Side, Weight


class GemmaAudio(Kind):
    """The sound encoder of Gemma 4: a conformer of the Universal Speech Model's kind, with its projector.

    Two convolutions halve time and frequency of a spectrogram twice. A layer has a feed forward, attention to the
    ``attention_context_left`` frames up to its own (and ``attention_context_right`` after it) with positions relative
    to the query, a gated convolution over ``conv_kernel_size`` frames, and another feed forward; each feed forward is
    added with a weight of ``residual_weight``.
    """

    keyword: ClassVar[str] = "gemma_audio"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = "gemma_audio: {hidden_size: 1024, num_hidden_layers: 12, num_attention_heads: 8}"
    source: ClassVar[str] = "transformers, models/gemma4; Google USM, arXiv:2303.01037; Conformer, arXiv:2005.08100"

    hidden_size: Size
    num_hidden_layers: Size
    num_attention_heads: Size
    subsampling_conv_channels: Annotated[tuple[Size, ...], Field(min_length=2, max_length=2)] = (128, 32)
    conv_kernel_size: Size = 5
    attention_chunk_size: Size = 12
    attention_context_left: Size = 13
    attention_context_right: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    attention_logit_cap: Factor = 50.0
    residual_weight: Factor = 0.5
    hidden_act: str = "silu"
    output_proj_dims: Size = 1536
    use_clipped_linears: bool = True
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line.

        Raises :class:`KindError` where heads don't divide the width.
        """
        width, wide = self.hidden_size, self.output_proj_dims
        if width % self.num_attention_heads:
            raise KindError(f"{self.num_attention_heads} heads do not divide {width} features", "num_attention_heads")
        return parts.tower(
            "audio_tower",
            self.label or "Sound encoder",
            (
                self._subsampling(),
                parts.row([self._layer()] * self.num_hidden_layers),
                parts.linear("output_proj", width, wide),
                soft_token_projector(wide, scope.hidden_size),
            ),
            layers=self.num_hidden_layers,
            keyword=self.keyword,
            said=(
                "1 token for 4 frames",
                "inputs and outputs of projections are clipped" if self.use_clipped_linears else "",
            ),
        )

    def _subsampling(self) -> Module:
        """Two convolutions of stride 2, and a projection of the frequencies that remain."""
        first, second = self.subsampling_conv_channels
        steps: list[Block] = []
        for index, (before, after) in enumerate(((1, first), (first, second))):
            # The norm over the channels stands between convolution and activation.
            steps += [
                Leaf(
                    f"layer{index}",
                    f"convolution {before:,} to {after:,}",
                    role="convolution",
                    detail="3 × 3, stride 2",
                    weights=(Weight(f"layer{index}.conv.weight", (after, before, 3, 3)),),
                ),
                parts.layernorm(f"layer{index}.norm", after, bias=False),
                Leaf(f"layer{index}_act", "ReLU"),
            ]
        bands = (first // 4) * second
        steps.append(parts.linear("input_proj_linear", bands, self.hidden_size, bias=False))
        return Module(
            "subsample_conv_projection",
            "Subsampling",
            Sequence(tuple(steps)),
            detail="a quarter of the frames and bands",
            kind="subsampling",
        )

    def _layer(self) -> Module:
        width = self.hidden_size
        attended = Sequence(
            (parts.rmsnorm("norm_pre_attn", width), self._attention(), parts.rmsnorm("norm_post_attn", width))
        )
        rows: tuple[Block, ...] = (
            self._feed_forward("feed_forward1"),
            Residual(attended),
            Residual(self._convolution()),
            self._feed_forward("feed_forward2"),
            parts.rmsnorm("norm_out", width),
        )
        return Module("layers", "Conformer layer", Sequence(rows), kind="encoder_layer")

    def _feed_forward(self, name: str) -> Residual:
        width = self.hidden_size
        inside = parts.feed_forward(
            width, 4 * width, self.hidden_act, names=("ffw_layer_1", "ffw_layer_2"), bias=False, name=name
        )
        steps: list[Block] = [
            parts.rmsnorm(f"{name}_pre_layer_norm", width),
            inside,
            parts.rmsnorm(f"{name}_post_layer_norm", width),
        ]
        if self.residual_weight != 1:
            steps.append(Leaf(f"{name}_scale", f"× {number(self.residual_weight)}"))
        return Residual(Sequence(tuple(steps)))

    def _attention(self) -> Module:
        width, heads = self.hidden_size, self.num_attention_heads
        each = width // heads
        lines = tuple(
            blocks.linear(f"{line.lower()}_proj", f"{line} {width:,}", width, width, outputs=(line,)) for line in "QKV"
        )
        scale = Leaf("q_scale", "× learned scale", weights=(Weight("per_dim_scale", (each,)),))
        reach = self.attention_context_left + self.attention_context_right
        core = Leaf(
            "attention",
            "Softmax attention",
            role="sliding",
            detail=f"{heads} heads, relative positions",
            weights=(Weight("relative_k_proj.weight", (width, width)),),
            inputs=3,
            tag=f"soft cap {number(self.attention_logit_cap)}",
            heads=Heads(heads, heads, each, reach=reach),
        )
        projected = Parallel((Sequence((lines[0], scale)), *lines[1:]), "separate")
        out = blocks.linear("post", "output projection", width, width, detail=f"{width:,} to {width:,}")
        return Module(
            "self_attn",
            "Local attention",
            Sequence((projected, core, out)),
            role="sliding",
            detail=f"{heads} heads of {each}, {reach} frames",
            kind="encoder_attention",
        )

    def _convolution(self) -> Module:
        width, size = self.hidden_size, self.conv_kernel_size
        halves = blocks.linear("linear_start", f"2 × {width:,}", width, 2 * width, outputs=("value", "gate"))
        gated = Parallel((Sequence(), Leaf("glu", "sigmoid")), "multiply")
        steps = (
            parts.rmsnorm("pre_layer_norm", width),
            halves,
            gated,
            Leaf(
                "depthwise_conv1d",
                "depthwise convolution",
                role="convolution",
                detail=f"{size} frames, causal",
                weights=(Weight("weight", (width, 1, size)),),
            ),
            parts.rmsnorm("conv_norm", width),
            parts.activation(self.hidden_act),
            parts.linear("linear_end", width, width, bias=False),
        )
        return Module(
            "lconv1d",
            "Gated convolution",
            Sequence(steps),
            detail=f"{size} frames, {width:,} features",
            kind="gated_convolution",
        )


class GemmaWaveform(Kind):
    """Sound without an encoder (Gemma 4 12B): ``audio_embed_dim`` samples of the waveform are projected to a token."""

    keyword: ClassVar[str] = "gemma_waveform"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = "gemma_waveform: {audio_embed_dim: 640}"
    source: ClassVar[str] = "transformers, models/gemma4_unified"
    main: ClassVar[str | None] = "audio_embed_dim"

    audio_embed_dim: Size
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line."""
        return parts.tower(
            "embed_audio",
            self.label or "Waveform",
            (soft_token_projector(self.audio_embed_dim, scope.hidden_size),),
            layers=0,
            keyword=self.keyword,
            said=(
                f"1 token for {number(self.audio_embed_dim)} samples",
                "no encoder: the text model itself listens to the samples",
            ),
        )
