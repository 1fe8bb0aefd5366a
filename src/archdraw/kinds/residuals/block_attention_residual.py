"""Attention residuals of Inkling 2: bare learned queries, means of their own for Q, K and V, messages of a loop."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Words, common
from archdraw.glossary import clipped as own
from archdraw.glossary import residuals as words
from archdraw.glossary.concepts import ATTENTION_RESIDUALS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.clipped_attention import LINES, NAMELESS
from archdraw.kinds.residuals.attention_residual import BeginsBlock, with_new_block
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Streams, Weight

MESSAGES = (*LINES, "mlp")
"""The lines of a layer that mix in a message."""
MESSAGE_GATES = "message_gates"
"""The name of the gates in the tree, by which a loop finds them."""


class BlockAttentionResidual(ResidualKind):
    """Attention residuals whose sums are normalized without weights, and the RMSNorm of the sublayer behind them.

    As in ``attention_residual`` a sublayer reads a weighted mean of the sums of all blocks so far; a sum is normalized
    without weights, before it is scored and in the mean. The attention may read a mean of its own for queries, keys
    and values, ``num_queries: 3``. In a loop each of these lines, and that of the feed-forward network, is mixed
    with a message of the pass before by a gate of rank ``loop_gate_rank``; one mean is then copied to three lines.
    Where its attention reads three lines it has their norms itself: ``input_norms``.
    """

    keyword: ClassVar[str] = "block_attention_residual"
    example: ClassVar[str] = "block_attention_residual: {n_layers_per_attn_res_block: 6, num_queries: 3}"
    source: ClassVar[str] = "Inkling2BlockAttentionResidual of transformers; Kimi Team 2026, arXiv:2603.15031"
    main: ClassVar[str | None] = "n_layers_per_attn_res_block"
    term: ClassVar[Term] = own.BLOCK_RESIDUALS
    aliases: ClassVar[tuple[str, ...]] = ("attnres", "message gate", "inkling 2 residual")
    concepts: ClassVar[tuple[Concept, ...]] = (ATTENTION_RESIDUALS,)
    brings_norm: ClassVar[bool] = True

    n_layers_per_attn_res_block: Size = Field(description="Layers in a block, whose outputs are summed.")
    num_queries: Literal[1, 3] = Field(
        default=1, description="Means that the attention reads: one, or one each for queries, keys and values."
    )
    begins_block: BeginsBlock = False
    is_first: bool = Field(
        default=False, description="Whether this is the first layer, whose attention reads the embedding alone."
    )
    loop_gate_rank: Size | None = Field(
        default=None, description="Rank of the gates that mix in messages of the pass before; left out without a loop."
    )

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """The means of earlier sums, gates of messages, the norm, the sublayer, and its sum with the line."""
        attends = sublayer == "attention"
        queries = self.num_queries if attends else 1
        lines = LINES if attends and (queries > 1 or self.loop_gate_rank) else ("",)
        parts: list[Block] = [self._mean(scope.hidden_size, attends, queries, lines)]
        if self.loop_gate_rank is not None:
            parts.append(_gates(scope.hidden_size, self.loop_gate_rank, lines, attends))
        if len(lines) == 1:
            parts.append(_norm(scope.hidden_size, attends))
        joined = blocks.Residual(blocks.Sequence((*parts, body)))
        return with_new_block(joined, self._streams()) if self.begins_block and attends else joined

    def _mean(self, hidden: int, attends: bool, queries: int, lines: tuple[str, ...]) -> Leaf:
        """The port on the lines: the mean that each of ``lines`` is, or a mean that all are."""
        alone = attends and self.is_first
        detail: Words = own.EMBEDDING_ALONE() if alone else words.BLOCKS_OF(layers=self.n_layers_per_attn_res_block)
        if queries > 1 and not alone:
            detail = own.MEANS_FOR_LINES(means=queries, lines=lines)
        shape = (hidden,) if queries == 1 else (queries, hidden)
        return Leaf(
            "attention_input" if attends else "mlp_input",
            words.ATTENTION_RESIDUALS(),
            detail=detail,
            weights=() if alone else (Weight("query", shape),),
            outputs=NAMELESS[: len(lines)],
            tag=words.ATTN_RES(),
            streams=self._streams(),
        )

    def _streams(self) -> Streams:
        """The running sum and the sums of the blocks before."""
        layers = self.n_layers_per_attn_res_block
        notes = (own.BARE_DEPTH_MEAN(), words.DEPTH_SUMS(layers=layers))
        return Streams(2, words.SUMS_OF_BLOCKS(layers=layers), words.ATTENTION_RESIDUALS(), self.keyword, notes)


def _norm(hidden: int, attends: bool) -> Leaf:
    name = "input_layernorm" if attends else "post_attention_layernorm"
    return Leaf(name, common.RMSNORM(), role="norm", weights=(Weight("weight", (hidden,)),), part="norm")


def _gates(hidden: int, rank: int, lines: tuple[str, ...], attends: bool) -> Leaf:
    """Of each line: down from line and message, and up to what it forgets and to what it takes of the message."""
    weights: list[Weight] = []
    for line in lines:
        gate = f"{line.lower() if attends else 'mlp'}_message_gate"
        weights += [
            Weight(f"{gate}.down_proj.weight", (rank, 2 * hidden)),
            Weight(f"{gate}.forget_gate_proj.weight", (hidden, rank)),
            Weight(f"{gate}.message_gate_proj.weight", (hidden, rank)),
        ]
    return Leaf(
        MESSAGE_GATES,
        own.MESSAGE_GATES() if len(lines) > 1 else own.MESSAGE_GATE(),
        detail=own.GATES_OF(rank=rank),
        weights=tuple(weights),
        inputs=len(lines),
        outputs=NAMELESS[: len(lines)],
    )
