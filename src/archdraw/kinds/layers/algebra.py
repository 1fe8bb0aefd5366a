"""The algebra as an author writes it: blocks in a row, in parallel, repeated, in a residual branch, as experts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import common
from archdraw.glossary import feed_forward as routed
from archdraw.glossary import layers as words
from archdraw.glossary.concepts import MIXTURE_OF_EXPERTS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Composed, Family, Kind, KindError, Line, Scope
from archdraw.kinds.expanding import expand_in_row, expand_placed, lines_in_row, lines_into_row
from archdraw.kinds.fields import Size
from archdraw.kinds.layers.primitives import AUTHORS_OWN
from archdraw.kinds.leaves import counted_under
from archdraw.kinds.lines import check_one, keeps_line, merged
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Merge
from archdraw.tree.runs import MOST_LAYERS


class Sequence(Composed):
    """Blocks one after the other, the first nearest to the input. A plain list means the same."""

    keyword: ClassVar[str] = "sequence"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "sequence: [rmsnorm, {linear: 4096}]"
    source: ClassVar[str] = AUTHORS_OWN
    main: ClassVar[str | None] = "parts"
    term: ClassVar[Term] = words.SEQUENCE
    aliases: ClassVar[tuple[str, ...]] = ("list", "chain", "sequential")

    parts: tuple[AnyBlock, ...] = Field(description="The blocks, the first nearest to the input.")

    def expand(self, scope: Scope) -> Block:
        """The parts, each at the width that the one before leaves."""
        return blocks.Sequence(expand_in_row(self.parts, scope))

    def lines_in(self, scope: Scope) -> int:
        """Those of the first part."""
        return lines_into_row(self.parts, scope)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """Those of the last part."""
        return lines_in_row(self.parts, scope)


class Residual(Composed):
    """A branch whose output is added to the line that passes it: x + body(x)."""

    keyword: ClassVar[str] = "residual"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "residual: [rmsnorm, {swiglu: {intermediate_size: 14336}}]"
    source: ClassVar[str] = "He et al. 2015, Deep Residual Learning, arXiv:1512.03385"
    main: ClassVar[str | None] = "body"
    term: ClassVar[Term] = words.RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("skip connection", "skip", "shortcut", "add")

    body: AnyBlock = Field(description="The branch; it must output as many features as come in.")

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` where the branch leaves another line than came in."""
        made = self.body.expand(scope)
        if self.body.lines_in(scope):
            check_one(self.body, scope, "the branch of a residual", "body")
        keeps_line(self.body, scope, "the branch of a residual", "body")
        return blocks.Residual(made)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """The line that came in."""
        return scope.lines[:1]


class Parallel(Composed):
    """Branches side by side that read the same line."""

    keyword: ClassVar[str] = "parallel"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "parallel:\n  merge: multiply\n  branches: [[{linear: 1024}, {op: SiLU}], {linear: 1024}]"
    source: ClassVar[str] = AUTHORS_OWN
    main: ClassVar[str | None] = "branches"
    term: ClassVar[Term] = words.PARALLEL
    aliases: ClassVar[tuple[str, ...]] = ("branches", "fork", "add", "multiply", "gate")

    branches: Annotated[tuple[AnyBlock, ...], Field(min_length=2)] = Field(
        description="The branches from left to right, each of which reads the line that comes in."
    )
    merge: Merge = Field(
        default="add",
        description=(
            "How the branches become one line again: added, multiplied or concatenated; "
            "separate: all their lines go to the next block."
        ),
    )

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` where branches of different widths are to be added or multiplied."""
        made = expand_placed(self._placed(scope))
        self.lines_out(scope)
        return blocks.Parallel(made, self.merge)

    def lines_in(self, scope: Scope) -> int:
        """One, which all branches read; as many as they read together where one of them takes several."""
        dealt = [branch.lines_in(scope.at(scope.line)) for branch in self.branches]
        if any(number > 1 for number in dealt) or sum(dealt) == len(scope.lines):
            return sum(dealt)
        return min(1, sum(dealt))

    def _placed(self, scope: Scope) -> list[tuple[Kind, Scope]]:
        """Each branch with the lines that it reads: a single one is copied, several are dealt out."""
        if len(scope.lines) == 1:
            return [(branch, scope) for branch in self.branches]
        waiting, placed = list(scope.lines), []
        for branch in self.branches:
            number = branch.lines_in(scope.at(scope.line))
            placed.append((branch, scope.at(*(waiting[:number] or scope.lines[:1]))))
            waiting = waiting[number:]
        return placed

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """All lines of the branches where they are kept apart, else the one that they are merged to."""
        lines = tuple(line for branch, own in self._placed(scope) for line in branch.lines_out(own))
        return lines if self.merge == "separate" else (merged(lines, self.merge, "branches"),)


class Repeat(Composed):
    """A block several times in a row, each time with weights of its own."""

    keyword: ClassVar[str] = "repeat"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "repeat: {times: 3, body: {residual: [rmsnorm, {linear: 4096}]}}"
    source: ClassVar[str] = AUTHORS_OWN
    term: ClassVar[Term] = words.REPEAT
    aliases: ClassVar[tuple[str, ...]] = ("times", "copies")

    times: Annotated[int, Field(ge=1, le=MOST_LAYERS)] = Field(description="How many times the block comes in a row.")
    body: AnyBlock = Field(description="The block; it must output as many features as come in.")

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` where the body leaves another width than it takes."""
        made = self.body.expand(scope)
        if self.times == 1:
            return made
        keeps_line(self.body, scope, "a repeated block", "body")
        return blocks.Repeat(made, self.times)

    def lines_in(self, scope: Scope) -> int:
        """The body's."""
        return self.body.lines_in(scope)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """The body's."""
        return self.body.lines_out(scope)


class Experts(Composed):
    """Copies of a block, of which each token passes a few that a linear router selects.

    For the usual mixture of feed-forward networks ``mixture_of_experts`` is shorter and has more fields.
    """

    keyword: ClassVar[str] = "experts"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "experts: {total: 64, active: 6, body: {swiglu: {intermediate_size: 1408}}}"
    source: ClassVar[str] = "Shazeer et al. 2017, Outrageously Large Neural Networks, arXiv:1701.06538"
    term: ClassVar[Term] = words.EXPERTS
    aliases: ClassVar[tuple[str, ...]] = ("expert", "custom experts")
    concepts: ClassVar[tuple[Concept, ...]] = (MIXTURE_OF_EXPERTS,)

    total: Size = Field(description="Number of experts.")
    active: Size = Field(description="Number of experts that each token passes; at most total.")
    body: AnyBlock = Field(description="One expert.")
    router: bool = Field(
        default=True, description="Whether a linear router comes first: a projection to as many scores as experts."
    )

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError` for more active experts than there are."""
        if self.active > self.total:
            raise KindError(f"active {self.active:,} is more than total {self.total:,}", "active")
        made = blocks.Experts(counted_under(self.body.expand(scope), "experts"), self.total, self.active)
        if not self.router:
            return made
        detail = common.ACTIVE_OF(active=self.active, total=self.total)
        router = blocks.linear("router", routed.ROUTER(), scope.hidden_size, self.total, part="router", detail=detail)
        return blocks.Sequence((replace(router, positions=scope.line.positions), made))

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """An expert's."""
        return self.body.lines_out(scope)
