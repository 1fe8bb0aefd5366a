"""A learned bias and scale of each feature, alone and in residual connections."""

from __future__ import annotations

from typing import ClassVar

from archdraw.glossary import Words
from archdraw.glossary import residuals as words
from archdraw.glossary.concepts import SCALED_RESIDUALS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree.blocks import Block, Leaf, Parallel, Role, Sequence, Weight


class Affine(Kind):
    """A learned bias and scale for each feature: ``(x + bias) * scale``."""

    keyword: ClassVar[str] = "affine"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "affine"
    source: ClassVar[str] = "the Zaya class of transformers: scales of the residual stream of ZAYA1, arXiv:2511.17127"
    term: ClassVar[Term] = words.AFFINE
    aliases: ClassVar[tuple[str, ...]] = ("scale", "shift", "bias and scale", "layer scale")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """One leaf of two vectors of ``hidden_size`` features."""
        return _affine("input_hidden_states", self.label or self.term(), scope.hidden_size)


class AffineResidual(ResidualKind):
    """Both the line that passes a sublayer and its output get a learned bias and scale before they are added."""

    keyword: ClassVar[str] = "affine_residual"
    example: ClassVar[str] = "affine_residual"
    source: ClassVar[str] = "the Zaya class of transformers: scales of the residual stream of ZAYA1, arXiv:2511.17127"
    term: ClassVar[Term] = words.AFFINE_RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("residual scaling", "layer scale", "zaya")
    concepts: ClassVar[tuple[Concept, ...]] = (SCALED_RESIDUALS,)

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The sum of both, four vectors of ``hidden_size`` features in all."""
        module = "post_mlp_residual_scale." if sublayer == "feed_forward" else "post_attention_residual_scale."
        passing = _affine("residual", words.AFFINE(), scope.hidden_size, module)
        output = _affine("hidden_states", words.AFFINE(), scope.hidden_size, module)
        return Parallel((passing, Sequence((body, output))), "add")


def _affine(name: str, label: Words, hidden: int, module: str = "") -> Leaf:
    weights = tuple(Weight(f"{module}{name}_{vector}", (hidden,)) for vector in ("scale", "bias"))
    return Leaf(f"{name}_scale", label, detail=words.AFFINE_FORMULA(), weights=weights, part="other")
