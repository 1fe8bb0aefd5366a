"""Attention residuals: each sublayer reads a mean of what earlier blocks of layers made, by attention over depth."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import residuals as words
from archdraw.glossary.concepts import ATTENTION_RESIDUALS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Role, Streams, Weight

_SOURCE = "Kimi Team 2026, Attention Residuals, arXiv:2603.15031; Kimi K3, section 2.2, arXiv:2607.24653"
_NAMES = {"attention": "self_attention_res", "feed_forward": "mlp_res"}


BeginsBlock = Annotated[
    bool,
    Field(
        description=(
            "Whether this layer is the first of a block: the sum so far joins the finished ones, and the running sum "
            "begins anew with what the attention adds to it."
        )
    ),
]


def with_new_block(sublayer: Block, streams: Streams) -> Block:
    """``sublayer``, the first of a block, behind a leaf where the sum on ``streams`` ends and the next begins at 0.

    It is in front of the mean that the sublayer reads: a sum that is finished and one that is not count alike there.
    """
    begins = Leaf("new_block", words.NEW_BLOCK(), detail=words.SUM_BEGINS(), tag=words.NEW_BLOCK(), streams=streams)
    return blocks.Sequence((begins, sublayer))


class AttentionResidual(ResidualKind):
    """Attention residuals: a sublayer reads a weighted mean of earlier results in place of their plain sum.

    The residual line is the running sum of a block of layers; each block begins a new one. A sublayer reads the sums of
    all blocks so far, the token embedding being the first, weighted by a softmax: each sum is normalized and scored by
    a learned vector, one per sublayer. Its output is added to the running sum. The first layer of a block
    (``begins_block``) stores the sum so far before its attention, whose output then begins the new sum.
    """

    keyword: ClassVar[str] = "attention_residual"
    example: ClassVar[str] = "attention_residual: {attn_res_block_size: 12}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "attn_res_block_size"

    term: ClassVar[Term] = words.ATTENTION_RESIDUALS
    aliases: ClassVar[tuple[str, ...]] = ("attnres", "attention over depth", "attention residuals", "depth attention")
    concepts: ClassVar[tuple[Concept, ...]] = (ATTENTION_RESIDUALS,)

    attn_res_block_size: Size = Field(description="Layers in a block, whose outputs are summed.")
    begins_block: BeginsBlock = False

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The mean of earlier sums, the sublayer, and its sum with the line."""
        mean = _attention_over_depth(
            _NAMES.get(sublayer, f"{sublayer}_res"), scope.hidden_size, self.attn_res_block_size
        )
        # The running sum, to which a sublayer adds, and the sums of earlier blocks, which it only reads.
        label = words.SUMS_OF_BLOCKS(layers=self.attn_res_block_size)
        notes = (words.DEPTH_MEAN(), words.DEPTH_SUMS(layers=self.attn_res_block_size))
        lines = Streams(2, label, words.ATTENTION_RESIDUALS(), self.keyword, notes)
        port = replace(mean, tag=words.ATTN_RES(), streams=lines)
        joined = blocks.Residual(blocks.Sequence((port, body)))
        return with_new_block(joined, lines) if self.begins_block and sublayer == "attention" else joined


class AttentionResidualOutput(Kind):
    """The end of attention residuals: a weighted mean of the sums of all blocks, for the final norm."""

    keyword: ClassVar[str] = "attention_residual_output"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "attention_residual_output: {attn_res_block_size: 12}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "attn_res_block_size"

    term: ClassVar[Term] = words.ATTENTION_RESIDUAL_OUTPUT
    aliases: ClassVar[tuple[str, ...]] = ("attnres", "attention over depth", "depth attention")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    attn_res_block_size: Size = Field(description="Layers in a block, whose outputs are summed.")
    elementwise_affine: bool = Field(
        default=True, description="Whether the norm of the sums has weights; not behind block_attention_residual."
    )

    def expand(self, scope: Scope) -> Block:
        """One leaf: a norm and a learned vector of ``hidden_size`` features, or that vector alone."""
        if not self.elementwise_affine:
            leaf = _attention_over_depth("final_input", scope.hidden_size, self.attn_res_block_size)
            return replace(leaf, weights=(Weight("query", (scope.hidden_size,)),))
        return _attention_over_depth("output_attn_res", scope.hidden_size, self.attn_res_block_size)


def _attention_over_depth(name: str, hidden: int, layers: int) -> Leaf:
    return Leaf(
        name,
        words.ATTENTION_RESIDUALS(),
        detail=words.BLOCKS_OF(layers=layers),
        weights=(Weight(f"{name}_norm.weight", (hidden,)), Weight(f"{name}_proj.weight", (1, hidden))),
        part="other",
    )
