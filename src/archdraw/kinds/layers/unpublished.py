"""What nobody outside knows: parts of closed models, told as unknown rather than guessed."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import AnyBlock, Family, Kind, Scope
from archdraw.kinds.fields import Label
from archdraw.tree.blocks import Block, Leaf, Module, Part, Sequence


class Unpublished(Kind):
    """A block that is known to be there and of which nothing else is published.

    It is drawn with a dashed border and has no count, so that no count of its model is told either. ``part`` says where
    its parameters belong, where that is known.
    """

    keyword: ClassVar[str] = "unpublished"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "unpublished: {label: Mixture of experts, detail: number not published, part: experts}"
    source: ClassVar[str] = "none: what its publisher does not say"
    main: ClassVar[str | None] = "label"

    label: Label
    detail: Label = "not published"
    part: Part = "other"

    def expand(self, scope: Scope) -> Block:
        """One leaf of role ``unknown``, one line in and one out."""
        return Leaf("unpublished", self.label, role="unknown", detail=self.detail, part=self.part)


class UnpublishedLayers(Kind):
    """A stack of layers whose number is not published: what each of them is known to hold, from its input up.

    What stands around these blocks (norms, residual connections) is as unknown as their number, and is not drawn.
    """

    keyword: ClassVar[str] = "unpublished_layers"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = "unpublished_layers: [{unpublished: Attention}, {unpublished: Feed forward}]"
    source: ClassVar[str] = "none: what its publisher does not say"
    main: ClassVar[str | None] = "blocks"

    blocks: tuple[AnyBlock, ...]

    def expand(self, scope: Scope) -> Block:
        """A module of kind ``unpublished_layers`` around the blocks."""
        body = Sequence(tuple(block.expand(scope) for block in self.blocks))
        return Module("layers", "Layers", body, role="unknown", level="stack", detail="number not published")
