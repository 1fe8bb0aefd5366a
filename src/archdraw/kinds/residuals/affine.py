"""A learned shift and scale of each feature, alone and in residual connections."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Label
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree.blocks import Block, Leaf, Parallel, Sequence, Weight


class Affine(Kind):
    """A learned shift and scale for each feature: ``(x + bias) * scale``."""

    keyword: ClassVar[str] = "affine"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "affine"
    source: ClassVar[str] = "the Zaya class of transformers: scales of the residual stream of ZAYA1, arXiv:2511.17127"

    label: Label | None = None

    def expand(self, scope: Scope) -> Block:
        """One leaf of two vectors."""
        return _shift_and_scale("input_hidden_states", self.label or "shift and scale", scope.hidden_size)


class AffineResidual(ResidualKind):
    """Both the line that passes a sublayer and its output get a learned shift and scale before they are added."""

    keyword: ClassVar[str] = "affine_residual"
    example: ClassVar[str] = "affine_residual"
    source: ClassVar[str] = "the Zaya class of transformers: scales of the residual stream of ZAYA1, arXiv:2511.17127"

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The sum of both, four vectors in all."""
        module = "post_mlp_residual_scale." if sublayer == "feed_forward" else "post_attention_residual_scale."
        passing = _shift_and_scale("residual", "shift, scale", scope.hidden_size, module)
        output = _shift_and_scale("hidden_states", "shift, scale", scope.hidden_size, module)
        return Parallel((passing, Sequence((body, output))), "add")


def _shift_and_scale(name: str, label: str, hidden: int, module: str = "") -> Leaf:
    weights = tuple(Weight(f"{module}{name}_{kind}", (hidden,)) for kind in ("scale", "bias"))
    return Leaf(f"{name}_scale", label, weights=weights, part="other")
