"""What blocks of a model read from a module beside it."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import encoders as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Line, Scope
from archdraw.kinds.fields import Label, ReadsSide, Size
from archdraw.kinds.layers.primitives import AUTHORS_OWN
from archdraw.tree.blocks import Leaf, Role


class SideOutput(Kind):
    """The output of a module beside the model, as a line that begins here: conditioning, features of an image.

    The module is a ``side`` or ``modality_encoder`` with ``joins: false``, or an ``encoder``; lines lead from it to
    every block with a ``side_output`` inside, of several modules from the one that it ``reads``.
    """

    keyword: ClassVar[str] = "side_output"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "side_output: {label: conditioning, features: 1152}"
    source: ClassVar[str] = AUTHORS_OWN
    main: ClassVar[str | None] = "label"
    term: ClassVar[Term] = words.SIDE_OUTPUT
    aliases: ClassVar[tuple[str, ...]] = ("conditioning", "condition", "context", "encoder output", "memory")
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)

    label: Label | None = Field(default=None, description="What it is; left out, encoder output.")
    reads: ReadsSide = None
    features: Size | None = Field(default=None, description="Its features; left out, the model's own width.")

    def expand(self, scope: Scope) -> Leaf:
        """A leaf that no line leads to."""
        label = self.label or words.ENCODER_OUTPUT()
        return Leaf("side_output", label, role="auxiliary", inputs=0, tag=label, side=self.reads or "")

    def lines_in(self, scope: Scope) -> int:
        """None: it begins a line."""
        return 0

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """One line of its features."""
        return (Line(self.features or scope.own_width),)
