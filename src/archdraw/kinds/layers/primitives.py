"""The boxes that an author makes: projections, operations, and named frames around other blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, get_args

from archdraw.checked import Field
from archdraw.glossary import Detail
from archdraw.glossary import layers as words
from archdraw.glossary.common import WIDTHS
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Family, KindError, Line, Scope
from archdraw.kinds.fields import Label, OwnLabel, Size
from archdraw.kinds.layers.declared import CACHING, Declaring, DeclaringComposed, with_remarks
from archdraw.kinds.layers.heads import OwnHeads, made_heads
from archdraw.kinds.leaves import mixer_counted_under, rest_counted_under
from archdraw.kinds.lines import Grid, common_grid
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Part, Role

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=60)]
"""The name of a module or tensor as a checkpoint has it."""

OwnName = Annotated[Name | None, Field(description="Name in checkpoints; left out, it is made from the label.")]
OwnRole = Annotated[
    Role, Field(description="What the block is, for its color and for the part its parameters count under.")
]
SecondLine = Annotated[str, Field(max_length=60, description="Second line of the box.")]

AUTHORS_OWN = "part of the language: the author says what the block is"
"""The source of kinds that have no formula of their own."""

PARTS: dict[Role, Part] = {
    "embedding": "embedding",
    "norm": "norm",
    "attention": "attention",
    "sliding": "attention",
    "linear": "token_mixing",
    "latent": "attention",
    "feed_forward": "feed_forward",
    "experts": "experts",
    "shared": "shared_experts",
}


def slug(label: str) -> str:
    """``label`` as a name: ``Token shift 2`` becomes ``token_shift_2``."""
    plain = "".join(character if character.isascii() and character.isalnum() else " " for character in label.lower())
    return "_".join(plain.split()) or "block"


class Linear(Declaring):
    """A linear projection, stored as ``[features, inputs]``; its result may be split into several lines."""

    keyword: ClassVar[str] = "linear"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "linear: {features: 12288, outputs: [query, key, value]}"
    source: ClassVar[str] = AUTHORS_OWN
    main: ClassVar[str | None] = "features"
    term: ClassVar[Term] = words.LINEAR
    aliases: ClassVar[tuple[str, ...]] = ("dense", "projection", "fully connected", "fc", "matmul", "split")
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    features: Size = Field(description="Output features of the projection, of all lines together.")
    inputs: Size | None = Field(default=None, description="Input features; left out, those of the line that comes in.")
    name: OwnName = None
    label: OwnLabel = None
    detail: SecondLine = ""
    bias: bool = Field(default=False, description="Whether a learned bias per output feature is added.")
    role: OwnRole = "plain"
    outputs: (
        Annotated[tuple[Label, ...], Field(min_length=1)] | Annotated[dict[Label, Size], Field(min_length=1)] | None
    ) = Field(
        default=None,
        description=(
            "Names of the lines that the result is split into evenly: [query, key, value]; "
            "with their features where these differ: {query: 4096, key: 1024, value: 1024}."
        ),
    )

    def expand(self, scope: Scope) -> Block:
        """One leaf. Raises :class:`KindError` where the features cannot be split so."""
        self.features_out(scope)
        width = self.features
        label = words.NAMED_TO(name=self.name, width=width) if self.name else words.LINEAR_TO(width=width)
        made = blocks.linear(
            self.name or (slug(self.label) if self.label else "linear"),
            self.label or label,
            self.inputs or scope.hidden_size,
            self.features,
            bias=self.bias,
            part=PARTS.get(self.role, "other"),
            role=self.role,
            detail=self.detail or self._widths(scope),
            outputs=tuple(self.outputs or ("",)),
        )
        return self.declared(made)

    def _widths(self, scope: Scope) -> Detail:
        """The features before and after, where the label is a name without a number."""
        if self.label is None or any(letter.isdigit() for letter in self.label):
            return ""
        return WIDTHS(inputs=self.inputs or scope.hidden_size, outputs=self.features)

    def features_out(self, scope: Scope) -> int:
        """The features, or the first line's share of them."""
        return self._split()[0]

    def _split(self) -> tuple[int, ...]:
        """The features of each line."""
        if isinstance(self.outputs, dict):
            total = sum(self.outputs.values())
            if total != self.features:
                raise KindError(f"the outputs have {total:,} features in all, not {self.features:,}", "outputs")
            return tuple(self.outputs.values())
        lines = len(self.outputs or ("",))
        if self.features % lines:
            hint = "say how many each has: {query: 4096, key: 1024}"
            message = f"{self.features:,} features cannot be split evenly among {lines} outputs"
            raise KindError(message, "outputs", hint)
        return (self.features // lines,) * lines

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """One for each output."""
        return tuple(Line(width, scope.grid) for width in self._split())


class Op(Declaring):
    """An operation without weights, such as an activation, a shift, a split or a sum."""

    keyword: ClassVar[str] = "op"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "op: {label: Token shift, detail: mixes with the token before}"
    source: ClassVar[str] = AUTHORS_OWN
    main: ClassVar[str | None] = "label"
    former: ClassVar[Mapping[str, str]] = {"chip": "tag"}
    term: ClassVar[Term] = words.OPERATION
    aliases: ClassVar[tuple[str, ...]] = ("operation", "split", "scale", "function")
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    label: Label = Field(description="Label of the box, at most 60 characters; + and × are drawn as signs in a graph.")
    name: OwnName = None
    detail: SecondLine = ""
    role: OwnRole = "plain"
    inputs: Annotated[int, Field(ge=0, le=64)] = Field(
        default=1,
        description="How many lines it takes; 0: what leaves is from elsewhere, as its label says.",
    )
    outputs: Annotated[tuple[Label, ...], Field(min_length=2, max_length=64)] | None = Field(
        default=None, description="Names of the lines that leave where it is more than one."
    )
    features: Size | None = Field(
        default=None, description="Features of each line that leaves; left out, those of the line that comes in."
    )
    grid: Grid | None = Field(
        default=None,
        description="Extents of the lines that leave: [112, 112]; [] for one vector. Left out, those that came in.",
    )
    tag: Annotated[str, Field(max_length=24)] = Field(
        default="", description="Short text that the folded module around it shows next to its label."
    )
    heads: OwnHeads = None

    def expand(self, scope: Scope) -> Block:
        """One leaf. Raises :class:`KindError` where groups do not divide the heads."""
        made = Leaf(
            self.name or slug(self.label),
            self.label,
            role=self.role,
            detail=self.detail,
            part=PARTS.get(self.role, "other"),
            inputs=self.inputs,
            outputs=self.outputs or ("",),
            tag=self.tag,
            heads=made_heads(self.heads),
        )
        return self.declared(made, attends=self.role in CACHING and scope.grid is None)

    def lines_in(self, scope: Scope) -> int:
        """As many as it says."""
        return self.inputs

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """One for each output, of ``features`` and on the ``grid``, or as what came in."""
        grid = common_grid(scope.lines) if self.grid is None else self.grid
        return (Line(self.features or scope.line.features, grid),) * len(self.outputs or ("",))


class Module(DeclaringComposed):
    """A frame with a name around a block: folded it is one box, opened it shows the block."""

    keyword: ClassVar[str] = "module"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "module:\n  label: Gated memory\n  role: linear\n  body: [{linear: 1024}, {op: SiLU}, {linear: 4096}]"
    )
    source: ClassVar[str] = AUTHORS_OWN
    term: ClassVar[Term] = words.MODULE
    aliases: ClassVar[tuple[str, ...]] = ("frame", "group", "custom block", "named block")
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    label: Label = Field(description="Label of the folded box, at most 60 characters.")
    name: OwnName = None
    role: OwnRole = "plain"
    detail: SecondLine = ""
    title: Annotated[str, Field(max_length=60)] = Field(
        default="", description="Heading of the opened module; left out, its label."
    )
    notes: tuple[Annotated[str, Field(min_length=1, max_length=160)], ...] = Field(
        default=(), description="Lines of text under the opened module."
    )
    body: AnyBlock = Field(description="What is inside.")

    def expand(self, scope: Scope) -> Block:
        """The module; parameters inside that belong to no part yet are counted under that of its role."""
        body = self.declared(self.body.expand(scope), attends=self.role in CACHING and scope.grid is None)
        if self.role in PARTS:
            part = PARTS[self.role]
            body = mixer_counted_under(body, part) if part == "attention" else rest_counted_under(body, part)
        return blocks.Module(
            self.name or slug(self.label),
            self.label,
            body,
            role=self.role,
            detail=with_remarks(self.detail, self.passes, self.trainable),
            title=self.title,
            notes=self.notes,
        )

    def lines_in(self, scope: Scope) -> int:
        """The body's."""
        return self.body.lines_in(scope)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """The body's."""
        return self.body.lines_out(scope)
