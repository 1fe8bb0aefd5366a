"""Positions that every attention adds to what its queries and keys are made of, and its values are not."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Term, Words
from archdraw.glossary import positions as words
from archdraw.glossary.concepts import ADDED_POSITIONS, Concept
from archdraw.kinds.fields import Label, ReadsSide
from archdraw.kinds.layers.primitives import SecondLine
from archdraw.kinds.mixers.position import PositionKind
from archdraw.tree.blocks import LINE, Block, Leaf, Parallel


class AddedPosition(PositionKind):
    """Positions that are added in every layer to what queries and keys are projected from; values have none (DETR).

    They are a fixed encoding, or the output of a module beside the model that is read (learned queries of objects).
    """

    keyword: ClassVar[str] = "added_position"
    example: ClassVar[str] = "added_position: {detail: sines in two dimensions}"
    source: ClassVar[str] = "Carion et al. 2020, DETR, figure 10, arXiv:2005.12872"
    term: ClassVar[Term] = words.ADDED_POSITIONS
    concepts: ClassVar[tuple[Concept, ...]] = (ADDED_POSITIONS,)
    aliases: ClassVar[tuple[str, ...]] = ("query_pos", "with_pos_embed", "object queries", "spatial positions")

    label: Label | None = Field(default=None, description="What is added; left out, positions.")
    detail: SecondLine = Field(default="", description="Second line of its box.")
    reads: ReadsSide = None

    def to_lines(self, *lines: str) -> Block:
        """The sum of what comes in and the positions, before the projections to ``lines``: Q, K or both."""
        said: Words = self.label or words.ADDED_POSITIONS()
        source = Leaf(
            "position",
            said,
            role="position" if self.reads is None else "auxiliary",
            detail=self.detail,
            inputs=0,
            tag=words.ADDED_TO(what=said, lines=", ".join(lines)),
            side=self.reads,
        )
        return Parallel((LINE, source), "add")
