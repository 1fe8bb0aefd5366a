"""The image encoder of Inkling, which has no attention: the text model does the mixing.

It is written in code, and not as a template, because its widths come from a search over factors of the patch.
"""

from __future__ import annotations

from itertools import accumulate, combinations, pairwise
from math import ceil, log, prod
from operator import mul
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Words, common
from archdraw.glossary import encoders as words
from archdraw.glossary.common import GRID
from archdraw.glossary.concepts import IMAGE_INPUT, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.encoders.encoder_feed_forward import activation
from archdraw.kinds.fields import OwnLabel
from archdraw.kinds.leaves import counted_under
from archdraw.tree.blocks import Block, Leaf, Module, Role, Sequence, Side
from archdraw.tree.facts import facts

Scale = tuple[int, int, int, int]
"""How many frames, rows and columns of pixels one vector stands for, and its features."""


class FoldingVision(Kind):
    """A patch made one token by folding: ever larger neighborhoods are concatenated and projected.

    Between the pixels of a patch (``patch_size`` squared, ``temporal_patch_size`` frames) and the token stand
    ``n_layers`` steps, each with an RMSNorm and a GELU but for the last, which leads to the text model's width. The
    steps grow as evenly as the prime factors of both sizes allow, space before time, and are as wide as what they see,
    rounded up to 64 features.
    """

    keyword: ClassVar[str] = "folding_vision"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = "folding_vision: {patch_size: 40, temporal_patch_size: 2, n_layers: 4}"
    source: ClassVar[str] = "InklingVisionModel of transformers; hierarchical MLP stem: arXiv:2203.09795"
    term: ClassVar[Term] = words.FOLDING_ENCODER
    aliases: ClassVar[tuple[str, ...]] = ("inkling vision", "hierarchical mlp stem")
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)
    concepts: ClassVar[tuple[Concept, ...]] = (IMAGE_INPUT,)

    patch_size: int = Field(ge=2, le=1024, description="Pixels of a patch, in height and width.")
    temporal_patch_size: int = Field(default=2, ge=1, le=64, description="Frames of a patch.")
    n_layers: int = Field(ge=1, le=100, description="Steps from the pixels to the token.")
    n_channels: int = Field(default=3, ge=1, le=64, description="Values of a pixel.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module whose output joins the line."""
        steps: list[Block] = []
        scales = self._scales()
        for index, (before, after) in enumerate(pairwise(scales)):
            last = index == self.n_layers - 1
            folds = [new // old for new, old in zip(after[:3], before[:3], strict=True)]
            inputs = before[3] * prod(folds)
            width = scope.hidden_size if last else after[3]
            parts_folded: tuple[Words, ...] = ()
            if folds[1] > 1:
                parts_folded += (GRID(rows=folds[1], columns=folds[2]),)
            if folds[0] > 1:
                parts_folded += (words.FRAMES(frames=folds[0]),)
            if parts_folded:
                steps.append(Leaf("fold", words.FOLD(parts=parts_folded), detail=words.FEATURES(width=inputs)))
            steps.append(parts.linear(f"encoder_layers.{index}.projection", inputs, width, bias=False))
            if not last:
                steps += [parts.rmsnorm(f"encoder_layers.{index}.layer_norm", width), activation("gelu")]
        steps.append(parts.rmsnorm("final_norm", scope.hidden_size))
        body = counted_under(Sequence(tuple(steps)), "encoder")
        count = facts(body).total_parameters
        module = Module(
            "vision_tower",
            self.label or self.term(),
            body,
            role="auxiliary",
            detail=(common.LAYERS(number=self.n_layers), common.PARAMETERS(count=count)),
            notes=(
                words.TOKEN_PER_SQUARE(side=self.patch_size),
                words.OF_FRAMES(frames=self.temporal_patch_size),
            ),
        )
        return Side(module, direction="in")

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
