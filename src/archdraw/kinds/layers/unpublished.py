"""What is not disclosed: parts of closed models, drawn as unknown rather than guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import layers as words
from archdraw.glossary.concepts import MIXTURE_OF_EXPERTS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Family, Kind, Scope
from archdraw.kinds.fields import Label
from archdraw.tree.blocks import Block, Leaf, Module, Part, Role, Sequence


class Unpublished(Kind):
    """A block that its publisher names and does not describe.

    It is drawn with a dashed border and has no count, so that its model has no count either.
    """

    keyword: ClassVar[str] = "unpublished"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "unpublished: {label: Mixture of experts, detail: number not disclosed, part: experts}"
    source: ClassVar[str] = "none: what its publisher does not disclose"
    main: ClassVar[str | None] = "label"
    term: ClassVar[Term] = words.UNPUBLISHED
    aliases: ClassVar[tuple[str, ...]] = ("unknown", "undisclosed", "closed", "secret")
    drawn_as: ClassVar[tuple[Role, ...]] = ("unknown",)

    label: Label = Field(description="Label of the box, at most 60 characters.")
    detail: Label | None = Field(default=None, description="Second line of the box in place of: not disclosed.")
    part: Part = Field(default="other", description="Which part of the model its parameters belong to, where known.")

    def concepts_used(self) -> Iterator[Concept]:
        """Experts of which no more is disclosed are a mixture of experts."""
        yield from super().concepts_used()
        if self.part == "experts":
            yield MIXTURE_OF_EXPERTS

    def expand(self, scope: Scope) -> Block:
        """One leaf of role ``unknown``, one line in and one out."""
        detail = self.detail or words.NOT_DISCLOSED()
        return Leaf("unpublished", self.label, role="unknown", detail=detail, part=self.part)


class UnpublishedLayers(Kind):
    """A stack of layers whose number is not disclosed: what each of them is known to contain, from its input up.

    What stands around these blocks (norms, residual connections) is as unknown as their number, and is not drawn.
    """

    keyword: ClassVar[str] = "unpublished_layers"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = "unpublished_layers: [{unpublished: Attention}, {unpublished: Feed-forward}]"
    source: ClassVar[str] = "none: what its publisher does not disclose"
    main: ClassVar[str | None] = "blocks"
    term: ClassVar[Term] = words.UNPUBLISHED_LAYERS
    aliases: ClassVar[tuple[str, ...]] = ("unknown layers", "undisclosed layers", "closed model")
    drawn_as: ClassVar[tuple[Role, ...]] = ("unknown",)

    blocks: Annotated[tuple[AnyBlock, ...], Field(min_length=1)] = Field(
        description="What is known to be in each layer, from the input up."
    )

    def expand(self, scope: Scope) -> Block:
        """The stack as one module around the blocks."""
        body = Sequence(tuple(block.expand(scope) for block in self.blocks))
        return Module(
            "layers",
            words.LAYERS(),
            body,
            role="unknown",
            level="stack",
            detail=words.NUMBER_NOT_DISCLOSED(),
        )
