"""Looped stacks: the same layers, with the same weights, several times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import clipped
from archdraw.glossary import layers as words
from archdraw.glossary.concepts import EXIT_GATE, LOOPED_DEPTH, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Family, Kind, Scope
from archdraw.kinds.expanding import expand_in_row
from archdraw.kinds.fields import Factor
from archdraw.kinds.layers.algebra import Sequence
from archdraw.kinds.leaves import with_leaves
from archdraw.kinds.lines import keeps_line
from archdraw.kinds.residuals.block_attention_residual import MESSAGE_GATES, MESSAGES
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Role, Weight
from archdraw.tree.runs import number_of_layers
from archdraw.tree.walks import MESSAGE_INPUT


class Loop(Kind):
    """Layers that are applied ``num_loops`` times with the same weights, each time with a cache of their own.

    With ``early_exit_threshold`` an exit gate reads the result of each pass and gives the probability that it is the
    last one; the loop ends early where these probabilities add up to the threshold. With ``messages`` no pass reads the
    result of the one before: each begins with what the first began with, and its layers mix in messages of that pass.
    """

    keyword: ClassVar[str] = "loop"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "loop:\n"
        "  num_loops: 2\n"
        "  body:\n"
        "    - decoder: {times: 22, feed_forward: {swiglu: {intermediate_size: 10752}}}\n"
        "    - rmsnorm"
    )
    source: ClassVar[str] = (
        "Dehghani et al. 2018, Universal Transformers, arXiv:1807.03819; exit gate: Ouro, arXiv:2510.25741"
    )
    term: ClassVar[Term] = words.LOOP
    aliases: ClassVar[tuple[str, ...]] = ("looped depth", "universal transformer", "recurrent depth", "weight sharing")
    concepts: ClassVar[tuple[Concept, ...]] = (LOOPED_DEPTH,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    num_loops: Annotated[int, Field(ge=1, le=1000)] = Field(description="How many times the body is applied.")
    body: Annotated[tuple[AnyBlock, ...], Field(min_length=1)] = Field(
        description="What one pass consists of: a stack and, where each pass has one, its final norm."
    )
    early_exit_threshold: Factor | None = Field(
        default=None,
        description=(
            "Cumulative exit probability at which the loop ends early; at 1 it never does (Ouro). "
            "Left out where there is no exit gate."
        ),
    )

    messages: bool = Field(
        default=False,
        description=(
            "Whether each pass begins anew and reads the one before by four messages per layer, for Q, K, V and the "
            "feed-forward network: means of the sums of its blocks (Inkling 2)."
        ),
    )

    def concepts_used(self) -> Iterator[Concept]:
        """With the exit gate where there is one."""
        yield from super().concepts_used()
        if self.early_exit_threshold is not None:
            yield EXIT_GATE

    def expand(self, scope: Scope) -> Block:
        """A tied repeat of the body and the gate. Raises :class:`KindError` where the body changes the line's width."""
        made = expand_in_row(self.body, scope)
        keeps_line(Sequence(parts=self.body), scope, "a loop", "body")
        if self.messages:
            made = (_messages(scope.hidden_size, blocks.Sequence(made)), *self._gated(made))
        if self.early_exit_threshold is not None:
            made += (_exit_gate(scope.hidden_size, self.early_exit_threshold),)
        body = made[0] if len(made) == 1 else blocks.Sequence(made)
        return body if self.num_loops == 1 else blocks.Repeat(body, self.num_loops, tied=True)

    def _gated(self, made: tuple[Block, ...]) -> tuple[Block, ...]:
        """``made`` with gates that all passes but the first go through."""
        share = Fraction(self.num_loops - 1, self.num_loops)

        def change(leaf: Leaf) -> Leaf:
            return replace(leaf, passes=share) if leaf.name == MESSAGE_GATES else leaf

        return tuple(with_leaves(block, change) for block in made)


def _messages(hidden: int, body: Block) -> Leaf:
    """Learned queries of the messages of each layer; the line goes on as it is."""
    number = len(MESSAGES)
    return Leaf(
        MESSAGE_INPUT,
        clipped.MESSAGES(),
        detail=clipped.MESSAGES_FOR(number=number),
        weights=(Weight("query", (number_of_layers(body), number, hidden)),),
        multiplications=0,
        reads=True,
    )


def _exit_gate(hidden: int, threshold: float) -> Leaf:
    """One number per pass; the line goes on as it is."""
    gate = blocks.linear("early_exit_gate", words.EXIT_GATE(), hidden, 1, bias=True)
    settings = (("early_exit_threshold", threshold),)
    return replace(
        gate,
        detail=words.EXIT_AT(threshold=threshold) if threshold < 1 else words.EXIT_NEVER(),
        settings=settings,
        reads=True,
    )
