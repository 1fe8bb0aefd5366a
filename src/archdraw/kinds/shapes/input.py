"""What enters the model."""

from __future__ import annotations

from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import Detail, encoders, shapes
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Composed, Family, KindError, Line, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.layers.primitives import AUTHORS_OWN, OwnName, SecondLine, slug
from archdraw.tree.blocks import Leaf, Role


class Input(Composed):
    """What enters the model, by its own name: token ids, image patches, a log-mel spectrogram, shifted targets.

    It starts a line and stands first: of the model, of a branch, in a graph. ``shape`` says its channels and, after
    them, its grid, which all blocks behind it follow; a batch is not part of it.
    """

    keyword: ClassVar[str] = "input"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "input: {label: Image, shape: [3, 224, 224]}"
    source: ClassVar[str] = AUTHORS_OWN
    main: ClassVar[str | None] = "label"
    term: ClassVar[Term] = shapes.INPUT
    aliases: ClassVar[tuple[str, ...]] = (
        "inputs",
        "image",
        "pixels",
        "source",
        "placeholder",
        "x",
        "tokens",
        "waveform",
    )
    drawn_as: ClassVar[tuple[Role, ...]] = ("input",)

    label: Label | None = Field(default=None, description="What it is: image patches, log-mel spectrogram.")
    shape: Annotated[tuple[Size, ...], Field(min_length=1, max_length=5)] | None = Field(
        default=None, description="Shape of one input, channels first: [3, 224, 224]; left out where it is not fixed."
    )
    features: Size | None = Field(default=None, description="Features of the line, where there is no shape.")
    name: OwnName = None
    detail: SecondLine = ""

    def expand(self, scope: Scope) -> Leaf:
        """A leaf that no line leads to. Raises :class:`KindError` for a shape of other features than it says."""
        if self.shape and self.features and self.shape[0] != self.features:
            raise KindError(f"shape begins with {self.shape[0]:,} channels, not {self.features:,}", "features")
        detail: Detail = self.detail
        if not self.detail and self.shape:
            detail = shapes.EXTENTS(extents=self.shape)
        elif not self.detail and self.features:
            detail = encoders.FEATURES(width=self.features)
        name = self.name or (slug(self.label) if self.label else "input")
        label = self.label or self.term()
        return Leaf(name, label, role="input", detail=detail, inputs=0, shape=self.shape or ())

    def lines_in(self, scope: Scope) -> int:
        """None: it starts a line."""
        return 0

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """The line that it starts, of the model's own width where it says none."""
        if self.shape:
            return (Line(self.shape[0], self.shape[1:]),)
        return (Line(self.features or scope.own_width),)
