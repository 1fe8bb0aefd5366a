"""Attention residuals: each sublayer reads a mix of what earlier blocks of layers left, by attention over depth."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Weight

_SOURCE = "Kimi Team 2026, Attention Residuals, arXiv:2603.15031; Kimi K3, section 2.2, arXiv:2607.24653"
_NAMES = {"attention": "self_attention_res", "feed_forward": "mlp_res"}


class AttentionResidual(ResidualKind):
    """Attention residuals: a sublayer reads a weighted mean of earlier results in place of their plain sum.

    The residual line is the running sum of a block of ``attn_res_block_size`` layers; each block begins a new one. A
    sublayer reads the sums of all blocks so far, the token embedding as the first, and weighs them by a softmax: each
    sum is normalised and scored by a learned vector, one for each sublayer. What it makes is added to the running sum.
    """

    keyword: ClassVar[str] = "attention_residual"
    example: ClassVar[str] = "attention_residual: {attn_res_block_size: 12}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "attn_res_block_size"

    attn_res_block_size: Size

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The mix, the sublayer, and the sum with the line."""
        mix = _mix(_NAMES.get(sublayer, f"{sublayer}_res"), scope.hidden_size, self.attn_res_block_size)
        return blocks.Residual(blocks.Sequence((mix, body)))


class AttentionResidualOutput(Kind):
    """The end of attention residuals: the sums of all blocks mixed once more, for the final norm."""

    keyword: ClassVar[str] = "attention_residual_output"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "attention_residual_output: {attn_res_block_size: 12}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "attn_res_block_size"

    attn_res_block_size: Size

    def expand(self, scope: Scope) -> Block:
        """One box."""
        return _mix("output_attn_res", scope.hidden_size, self.attn_res_block_size)


def _mix(name: str, hidden: int, layers: int) -> Leaf:
    return Leaf(
        name,
        "Attention over depth",
        detail=f"mixes sums of {layers} layers each",
        weights=(Weight(f"{name}_norm.weight", (hidden,)), Weight(f"{name}_proj.weight", (1, hidden))),
        part="other",
    )
