"""The algebra as an author writes it: blocks of one's own from sequences, branches, projections and operations."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import AnyBlock, Family, Kind, KindError, Scope
from archdraw.kinds.booking import booked
from archdraw.kinds.expanding import book_rest, expand_each, expand_in_row
from archdraw.kinds.fields import Label, Size
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Merge, Part, Role
from archdraw.tree.runs import MOST_LAYERS

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=60)]
"""The name of a module or tensor as a checkpoint has it."""

PARTS: dict[Role, Part] = {
    "embedding": "embedding",
    "norm": "norm",
    "attention": "attention",
    "sliding": "attention",
    "linear": "attention",
    "latent": "attention",
    "feed_forward": "feed_forward",
    "experts": "experts",
    "shared": "shared_experts",
}
_OWN = "part of the language: the author says what the block is"


def slug(label: str) -> str:
    """``label`` as a name: ``Token shift 2`` becomes ``token_shift_2``."""
    words = "".join(character if character.isascii() and character.isalnum() else " " for character in label.lower())
    return "_".join(words.split()) or "block"


class Sequence(Kind):
    """Blocks one after the other, the first nearest to the input. A plain list means the same."""

    keyword: ClassVar[str] = "sequence"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "sequence: [rmsnorm, {linear: 4096}]"
    source: ClassVar[str] = _OWN
    main: ClassVar[str | None] = "parts"

    parts: tuple[AnyBlock, ...]

    def expand(self, scope: Scope) -> Block:
        """The parts, each at the width that the one before leaves."""
        return blocks.Sequence(expand_in_row(self.parts, scope))

    def features_out(self, scope: Scope) -> int:
        """The width that the last part leaves."""
        for part in self.parts:
            scope = replace(scope, hidden_size=part.features_out(scope))
        return scope.hidden_size


class Residual(Kind):
    """A branch whose output is added to the line that passes it: x + body(x)."""

    keyword: ClassVar[str] = "residual"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "residual: [rmsnorm, {swiglu: {intermediate_size: 14336}}]"
    source: ClassVar[str] = "He et al. 2015, Deep Residual Learning, arXiv:1512.03385"
    main: ClassVar[str | None] = "body"

    body: AnyBlock

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` where the branch leaves another width than came in."""
        made = self.body.expand(scope)
        _keeps_width(self.body, scope, "the branch of a residual")
        return blocks.Residual(made)


class Parallel(Kind):
    """Branches side by side that read the same line, left to right.

    ``merge`` says how they become one line again: ``add``, ``multiply``, ``concatenate``; or ``separate``, which hands
    all their lines to the next block.
    """

    keyword: ClassVar[str] = "parallel"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "parallel:\n  merge: multiply\n  branches: [[{linear: 1024}, {op: SiLU}], {linear: 1024}]"
    source: ClassVar[str] = _OWN
    main: ClassVar[str | None] = "branches"

    branches: Annotated[tuple[AnyBlock, ...], Field(min_length=2)]
    merge: Merge = "add"

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` where branches of different widths are to be added or multiplied."""
        made = expand_each(self.branches, scope)
        self.features_out(scope)
        return blocks.Parallel(made, self.merge)

    def features_out(self, scope: Scope) -> int:
        """The sum of the branches' widths where they are concatenated, else the width of each."""
        widths = [branch.features_out(scope) for branch in self.branches]
        if self.merge == "concatenate":
            return sum(widths)
        if self.merge != "separate" and len(set(widths)) > 1:
            told = " and ".join(f"{width:,}" for width in widths)
            raise KindError(
                f"branches of {told} features cannot be merged by {self.merge}",
                "branches",
                "give them one width, or merge: concatenate",
            )
        return widths[0]


class Repeat(Kind):
    """A block several times in a row, each time with weights of its own."""

    keyword: ClassVar[str] = "repeat"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "repeat: {times: 3, body: {residual: [rmsnorm, {linear: 4096}]}}"
    source: ClassVar[str] = _OWN

    times: Annotated[int, Field(ge=1, le=MOST_LAYERS)]
    body: AnyBlock

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` where the body leaves another width than it takes."""
        made = self.body.expand(scope)
        if self.times == 1:
            return made
        _keeps_width(self.body, scope, "a repeated block")
        return blocks.Repeat(made, self.times)

    def features_out(self, scope: Scope) -> int:
        """The body's."""
        return self.body.features_out(scope)


class Experts(Kind):
    """``total`` copies of a block of which each token passes ``active``, behind a linear router.

    For the usual mixture of feed forwards ``mixture_of_experts`` is shorter and says more.
    """

    keyword: ClassVar[str] = "experts"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "experts: {total: 64, active: 6, body: {swiglu: {intermediate_size: 1408}}}"
    source: ClassVar[str] = "Shazeer et al. 2017, Outrageously Large Neural Networks, arXiv:1701.06538"

    total: Size
    active: Size
    body: AnyBlock
    router: bool = True

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` for more active experts than there are."""
        if self.active > self.total:
            raise KindError(f"active {self.active:,} is more than total {self.total:,}", "active")
        made = blocks.Experts(booked(self.body.expand(scope), "experts"), self.total, self.active)
        if not self.router:
            return made
        router = blocks.linear("router", "Router", scope.hidden_size, self.total, part="router")
        return blocks.Sequence((replace(router, detail=f"{self.active:,} of {self.total:,}"), made))

    def features_out(self, scope: Scope) -> int:
        """An expert's."""
        return self.body.features_out(scope)


class Linear(Kind):
    """A linear projection to ``features``, from the width of the line that comes in unless ``inputs`` says another.

    ``outputs`` names the lines that leave where the result is split evenly: ``[query, key, value]``.
    """

    keyword: ClassVar[str] = "linear"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "linear: {features: 12288, outputs: [query, key, value]}"
    source: ClassVar[str] = _OWN
    main: ClassVar[str | None] = "features"

    features: Size
    inputs: Size | None = None
    name: Name | None = None
    label: Label | None = None
    detail: Annotated[str, Field(max_length=60)] = ""
    bias: bool = False
    role: Role = "plain"
    outputs: Annotated[tuple[Label, ...], Field(min_length=1)] | None = None

    def expand(self, scope: Scope) -> Block:
        """One leaf. Raises :class:`KindError` where the features cannot be split evenly."""
        self.features_out(scope)
        return blocks.linear(
            self.name or (slug(self.label) if self.label else "linear"),
            self.label or f"{self.name or 'linear'} {self.features:,}",
            self.inputs or scope.hidden_size,
            self.features,
            bias=self.bias,
            part=PARTS.get(self.role, "other"),
            role=self.role,
            detail=self.detail,
            outputs=self.outputs or ("",),
        )

    def features_out(self, scope: Scope) -> int:
        """The features, or each line's share of them."""
        lines = len(self.outputs or ("",))
        if self.features % lines:
            raise KindError(f"{self.features:,} features cannot be split evenly among {lines} outputs", "outputs")
        return self.features // lines


class Op(Kind):
    """An operation without parameters: an activation, a softmax, a shift.

    ``inputs`` lines come in; ``outputs`` names those that leave where there are several; ``features`` is their width
    where it is another than that of the line that comes in. ``chip`` is a short text that stands beside the folded
    block it is in.
    """

    keyword: ClassVar[str] = "op"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "op: {label: Token shift, detail: mixes with the token before}"
    source: ClassVar[str] = _OWN
    main: ClassVar[str | None] = "label"

    label: Label
    name: Name | None = None
    detail: Annotated[str, Field(max_length=60)] = ""
    role: Role = "plain"
    inputs: Annotated[int, Field(ge=1, le=64)] = 1
    outputs: Annotated[tuple[Label, ...], Field(min_length=2, max_length=64)] | None = None
    features: Size | None = None
    chip: Annotated[str, Field(max_length=24)] = ""

    def expand(self, scope: Scope) -> Block:
        """One leaf."""
        return Leaf(
            self.name or slug(self.label),
            self.label,
            role=self.role,
            detail=self.detail,
            part=PARTS.get(self.role, "other"),
            inputs=self.inputs,
            outputs=self.outputs or ("",),
            chip=self.chip,
        )

    def features_out(self, scope: Scope) -> int:
        """``features``, or what came in."""
        return self.features or scope.hidden_size


class Module(Kind):
    """A frame with a name around a block: folded it is one box, opened it shows the block.

    ``role`` gives its colour, and says under which part its parameters are booked.
    """

    keyword: ClassVar[str] = "module"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "module:\n  label: Gated memory\n  role: linear\n  body: [{linear: 1024}, {op: SiLU}, {linear: 4096}]"
    )
    source: ClassVar[str] = _OWN

    label: Label
    name: Name | None = None
    role: Role = "plain"
    detail: Annotated[str, Field(max_length=60)] = ""
    title: Annotated[str, Field(max_length=60)] = ""
    notes: tuple[Annotated[str, Field(min_length=1, max_length=160)], ...] = ()
    body: AnyBlock

    def expand(self, scope: Scope) -> Block:
        """The module, its parameters booked by its role."""
        body = self.body.expand(scope)
        return blocks.Module(
            self.name or slug(self.label),
            self.label,
            book_rest(body, PARTS[self.role]) if self.role in PARTS else body,
            role=self.role,
            detail=self.detail,
            kind=self.keyword,
            title=self.title,
            notes=self.notes,
        )

    def features_out(self, scope: Scope) -> int:
        """The body's."""
        return self.body.features_out(scope)


def _keeps_width(body: Kind, scope: Scope, what: str) -> None:
    width = body.features_out(scope)
    if width != scope.hidden_size:
        raise KindError(
            f"{what} leaves {width:,} features where {scope.hidden_size:,} came in",
            "body",
            f"end it with linear: {scope.hidden_size}",
        )
