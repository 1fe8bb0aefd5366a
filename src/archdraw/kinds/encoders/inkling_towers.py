"""The encoders of images and sounds of Inkling, which have no attention: the text model does the mixing."""

from __future__ import annotations

from itertools import accumulate, combinations, pairwise
from math import ceil, log, prod
from operator import mul
from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.tree.blocks import Block, Leaf, Side, Weight

Scale = tuple[int, int, int, int]
"""How many frames, rows and columns of pixels one vector stands for, and its features."""


class FoldingVision(Kind):
    """A patch made one token by folding: ever larger neighbourhoods are laid side by side and projected.

    Between the pixels of a patch (``patch_size`` squared, ``temporal_patch_size`` frames) and the token stand
    ``n_layers`` steps, each with an RMSNorm and a GELU but for the last, which leads to the text model's width. The
    steps grow as evenly as the prime factors of both sizes allow, space before time, and are as wide as what they see,
    rounded up to 64 features.
    """

    keyword: ClassVar[str] = "folding_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = "folding_vision: {patch_size: 40, temporal_patch_size: 2, n_layers: 4}"
    source: ClassVar[str] = "InklingVisionModel of transformers; hierarchical MLP stem: arXiv:2203.09795"

    patch_size: Annotated[int, Field(ge=2, le=1024)]
    temporal_patch_size: Annotated[int, Field(ge=1, le=64)] = 2
    n_layers: Annotated[int, Field(ge=1, le=100)]
    n_channels: Annotated[int, Field(ge=1, le=64)] = 3
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line."""
        steps: list[Block] = []
        scales = self._scales()
        for index, (before, after) in enumerate(pairwise(scales)):
            last = index == self.n_layers - 1
            folds = [new // old for new, old in zip(after[:3], before[:3], strict=True)]
            inputs = before[3] * prod(folds)
            width = scope.hidden_size if last else after[3]
            across = f"{folds[1]} × {folds[2]}" if folds[1] > 1 else ""
            told = " and ".join(filter(None, (across, f"{folds[0]} frames" if folds[0] > 1 else "")))
            if told:
                steps.append(Leaf("fold", f"fold {told}", detail=f"{inputs:,} features"))
            steps.append(parts.linear(f"encoder_layers.{index}.projection", inputs, width, bias=False))
            if not last:
                steps += [parts.rmsnorm(f"encoder_layers.{index}.layer_norm", width), parts.activation("gelu")]
        steps.append(parts.rmsnorm("final_norm", scope.hidden_size))
        return parts.tower(
            "vision_tower",
            self.label or "Folding encoder",
            steps,
            layers=self.n_layers,
            keyword=self.keyword,
            said=(parts.pixels(self.patch_size), f"of {self.temporal_patch_size} frames, no attention"),
        )

    def _scales(self) -> list[Scale]:
        """The scales of pixels, of each step and of the whole patch.

        Those in between are the assignment of steps to scales that is nearest to equal ratios.
        """
        channels, patch = self.n_channels, self.patch_size
        rows = list(accumulate(_factors(patch), mul))
        times = list(accumulate(_factors(self.temporal_patch_size), mul))
        known: list[Scale] = [(1, 1, 1, channels)]
        known += [(1, size, size, ceil(size * size * channels / 64) * 64) for size in rows]
        known += [(time, patch, patch, patch * patch * channels * time * 64) for time in times]
        whole = log(patch * patch * self.temporal_patch_size * channels)
        wanted = [whole * index / self.n_layers for index in range(self.n_layers + 1)]
        sizes = [log(prod(scale[:3])) for scale in known]
        if self.n_layers >= len(known):
            chosen = tuple(min(range(len(known)), key=lambda scale: abs(size - sizes[scale])) for size in wanted)
        else:
            chosen = min(
                combinations(range(len(known)), self.n_layers + 1),
                key=lambda scales: sum(abs(size - sizes[scale]) for size, scale in zip(wanted, scales, strict=True)),
            )
        return [known[0], *(known[scale] for scale in chosen[1:-1]), known[-1]]


def _factors(size: int) -> list[int]:
    """The prime factors of ``size``, the largest first."""
    found, divisor = list[int](), 2
    while size > 1:
        while size % divisor == 0:
            found.append(divisor)
            size //= divisor
        divisor += 1
    return found[::-1]


class BinnedAudio(Kind):
    """A frame of sound made one token by a sum: each of ``n_mel_bins`` pitches has a vector for each loudness.

    Loudness is one of ``mel_vocab_size`` steps (dMel). No layers: an RMSNorm, then the text model.
    """

    keyword: ClassVar[str] = "binned_audio"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = "binned_audio: {n_mel_bins: 80, mel_vocab_size: 16}"
    source: ClassVar[str] = "Bai et al. 2024, dMel, arXiv:2407.15835; InklingAudioModel of transformers"

    n_mel_bins: Size
    mel_vocab_size: Size
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line."""
        rows, own = self.n_mel_bins * self.mel_vocab_size, scope.hidden_size
        table = Leaf(
            "embed_audio_tokens",
            "Bin embeddings, added",
            role="embedding",
            detail=f"{self.n_mel_bins} pitches × {self.mel_vocab_size} steps",
            weights=(Weight("embed_audio_tokens.embed_audio_tokens.weight", (rows, own)),),
        )
        return parts.tower(
            "audio_tower",
            self.label or "Audio embedding",
            (table, parts.rmsnorm("norm", own)),
            layers=0,
            keyword=self.keyword,
            said=("1 token for a frame of sound",),
        )
