"""The Fourier transform in place of attention (FNet)."""

from __future__ import annotations

from typing import ClassVar

from archdraw.glossary import Term
from archdraw.glossary import linear_mixers as words
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel
from archdraw.tree.blocks import Leaf, Module, Role, Sequence


class FourierMixing(Kind):
    """Fourier mixing (FNet): the real part of the Fourier transform over tokens and features. It has no weights."""

    keyword: ClassVar[str] = "fourier_mixing"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "fourier_mixing"
    source: ClassVar[str] = "Lee-Thorp et al. 2021, FNet, arXiv:2105.03824"
    term: ClassVar[Term] = words.FOURIER_MIXING
    aliases: ClassVar[tuple[str, ...]] = ("fnet", "fft", "fourier transform", "token mixing")
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """Two operations in a row."""
        transform = Leaf(
            "fourier_transform", words.FOURIER_TRANSFORM(), role="linear", detail=words.OVER_TOKENS_AND_FEATURES()
        )
        return Module(
            "fourier",
            self.label or self.term(),
            Sequence((transform, Leaf("real", words.REAL_PART()))),
            role="linear",
            detail=words.OVER_TOKENS_AND_FEATURES(),
        )
