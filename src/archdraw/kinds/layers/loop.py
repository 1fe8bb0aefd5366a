"""Looped stacks: the same layers, with the same weights, several times."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import AnyBlock, Family, Kind, KindError, Scope
from archdraw.kinds.expanding import expand_each
from archdraw.kinds.fields import Factor
from archdraw.kinds.wording import number
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf


class Loop(Kind):
    """Layers that are gone through ``num_loops`` times with the same weights, each time with a cache of its own.

    ``body`` is what a pass consists of: a stack and, where each pass has it, the final norm. With
    ``early_exit_threshold`` a gate reads the result of each pass and says how likely it is the last one; the loop ends
    early where these chances add up to the threshold (Ouro; at 1 it never does).
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

    num_loops: Annotated[int, Field(ge=1, le=1000)]
    body: Annotated[tuple[AnyBlock, ...], Field(min_length=1)]
    early_exit_threshold: Factor | None = None

    def expand(self, scope: Scope) -> Block:
        """A tied repeat of the body and the gate. Raises :class:`KindError` where the body changes the line's width."""
        made = expand_each(self.body, scope)
        for kind in self.body:
            width = kind.features_out(scope)
            if width != scope.hidden_size:
                raise KindError(
                    f"a loop leaves {width:,} features where {scope.hidden_size:,} came in",
                    "body",
                    f"end it with linear: {scope.hidden_size}",
                )
        if self.early_exit_threshold is not None:
            made += (_exit_gate(scope.hidden_size, self.early_exit_threshold),)
        body = made[0] if len(made) == 1 else blocks.Sequence(made)
        return body if self.num_loops == 1 else blocks.Repeat(body, self.num_loops, tied=True)


def _exit_gate(hidden: int, threshold: float) -> Leaf:
    """One number a pass; the line goes on as it is."""
    gate = blocks.linear("early_exit_gate", "Exit gate", hidden, 1, bias=True)
    return Leaf(gate.name, gate.label, detail=f"ends the loop at a sum of {number(threshold)}", weights=gate.weights)
