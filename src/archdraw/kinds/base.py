"""What every kind of block is: a model of what an author writes, checked, and its expansion into the algebra."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from archdraw.checked import Checked
from archdraw.glossary.concepts import Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.leaves import on_grid
from archdraw.kinds.makers import makers
from archdraw.kinds.scope import KindError as KindError
from archdraw.kinds.scope import Line as Line
from archdraw.kinds.scope import Scope as Scope
from archdraw.records import record, replaced
from archdraw.tree.blocks import Block, Leaf, Module, Repeat, Role, Setting, Settings, Side

Family = Literal["embedding", "layer", "mixer", "feed_forward", "norm", "position", "residual", "head", "side", "block"]
"""Where a kind may stand. "block" is the algebra itself and may stand wherever a mixer or a feed forward may."""


_PLACING: frozenset[Family] = frozenset({"block", "layer", "side"})
"""Families of kinds that place other kinds, each of which knows the grid that it reads."""


class Kind(Checked):
    """One kind of block as an author writes it: ``keyword: {field: value, ...}``, or the bare keyword.

    A subclass in any module of :mod:`archdraw.kinds` is found by itself, and says all of itself: its docstring is its
    glossary entry; ``term`` is its name, long and short; ``aliases`` are what else people call it, for hints and for
    search; ``concepts`` are the design decisions that every block of this kind takes (:meth:`concepts_used` adds those
    that follow from its fields; those of them that are not in the glossary stand in ``may_use``); ``drawn_as`` are the
    roles that its block may have in a picture. Its fields have the names of ``config.json`` and a description each,
    ``source`` says where its formula comes from, ``example`` is YAML that an author could paste, and ``main`` names the
    field that a scalar or a list in place of the mapping stands for.
    """

    model_is_block: ClassVar[bool] = True
    keyword: ClassVar[str]
    family: ClassVar[Family]
    example: ClassVar[str]
    source: ClassVar[str]
    main: ClassVar[str | None] = None
    term: ClassVar[Term] = Term("")
    aliases: ClassVar[tuple[str, ...]] = ()
    concepts: ClassVar[tuple[Concept, ...]] = ()
    may_use: ClassVar[tuple[Concept, ...]] = ()
    drawn_as: ClassVar[tuple[Role, ...]] = ()
    former: ClassVar[Mapping[str, str]] = {}
    """Fields of today by the names that they had; those are read with a warning until version 1.0."""

    brings_norm: ClassVar[bool] = False
    """Whether the block begins with norms of its own, so that a layer puts none before it."""

    counts_uses: ClassVar[bool] = False
    """Whether each use in a spec counts by itself, even where it is written as another one."""

    def expand(self, scope: Scope) -> Block:
        """The block tree of this kind.

        Raises :class:`KindError` where the fields don't fit the scope (heads that don't divide the hidden size).
        """
        raise NotImplementedError

    def concepts_used(self) -> Iterator[Concept]:
        """The concepts of this block as its fields make it. Those of kinds within it are their own."""
        yield from self.concepts

    @classmethod
    def every_concept(cls) -> tuple[Concept, ...]:
        """The concepts that are known by this kind: those of every such block and those that some may use."""
        return (*cls.concepts, *cls.may_use)

    def lines_in(self, scope: Scope) -> int:
        """How many of the lines of ``scope`` this block reads; 0 where it starts a line of its own."""
        return 1

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """The lines that leave this block: their widths and their grids."""
        if self.family == "side":
            return scope.lines  # it stands beside them
        keeps_width = type(self).features_out is Kind.features_out
        features = scope.line.features if keeps_width else self.features_out(scope)
        return (Line(features, self.grid_out(scope)),)

    def features_out(self, scope: Scope) -> int:
        """How many features the line has that leaves this block; as many as came in unless a kind says otherwise."""
        return scope.hidden_size

    def grid_out(self, scope: Scope) -> tuple[int, ...] | None:
        """The extents of the line that leaves this block; those that came in unless a kind says otherwise."""
        return scope.grid

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """What fields come to that were left to follow from others (``head_dim``)."""
        return {}

    def __init_subclass__(cls) -> None:
        """Lets every kind sign its expansion: the block with its settings, errors with their place in the text."""
        super().__init_subclass__()
        if "expand" in cls.__dict__:
            cls.expand = _signing(_traced(cls.__dict__["expand"]))  # type: ignore[method-assign]
        for name in ("features_out", "grid_out", "lines_in", "lines_out"):
            if name in cls.__dict__:
                setattr(cls, name, _traced(cls.__dict__[name]))


def _traced(method: Callable[..., Any]) -> Callable[..., Any]:
    """``method`` of a kind, adding the kind to the trail of an error that passes."""

    @wraps(method)
    def traced(self: Kind, scope: Scope) -> Any:
        try:
            return method(self, scope)
        except KindError as error:
            error.passes(self)
            raise

    return traced


def _signing(method: Callable[..., Block]) -> Callable[..., Block]:
    """``method`` that expands a kind; the block that it makes has the kind's keyword and its settings."""

    @wraps(method)
    def signing(self: Kind, scope: Scope) -> Block:
        record = makers()
        if record is None:
            return made(self, scope)
        block: Block | None = None
        record.begins(self)
        try:
            block = made(self, scope)
        finally:
            record.ends(self, block)
        return block

    def made(self: Kind, scope: Scope) -> Block:
        block = method(self, scope)  # before anything else: its errors have a trail
        if scope.line.positions is not None and (isinstance(block, Leaf) or self.family not in _PLACING):
            block = on_grid(block, scope.line.positions)
        given = {**dict(settings(self)), **self.resolved(scope)}
        return signed(block, self.keyword, tuple(given.items()))

    return signing


def signed(block: Block, keyword: str, given: Settings) -> Block:
    """``block`` with the keyword and the settings of the kind that made it, unless another kind has signed it.

    A row or a fork of blocks has no place for settings: what made it signs the blocks in it.
    """
    match block:
        case Module(kind=kind, settings=()):
            return replaced(block, kind=kind or keyword, settings=given)
        case Leaf(settings=()):
            return replaced(block, settings=given)
        case Repeat(body=body) | Side(body=body):
            inner = signed(body, keyword, given)
            return replaced(block, body=inner) if inner is not body else block
        case _:
            return block


UNSIGNED = frozenset({"label", "name", "times", "projections", "gate_projection", "input_norms"})
"""Fields that are no settings of how a block works: its name, how often it comes, how its weights are stored."""


_SCALARS = frozenset({str, int, float, bool})


def settings(kind: Checked, name: str = "") -> Iterator[tuple[str, Setting]]:
    """The settings of ``kind``, those of kinds within it after its own name and a dot.

    The blocks of a layer are blocks of their own in the tree and have their own; what joins them to the residual
    stream is not, so that its settings are the layer's.
    """
    in_tree = isinstance(kind, Kind) and kind.family == "layer"
    values = vars(kind)
    for field in type(kind).model_fields:
        if field in UNSIGNED:
            continue
        value, place = values[field], f"{name}{field}"
        if value is None or type(value) in _SCALARS:
            yield place, value
            continue
        match value:
            case Kind():
                if not in_tree or value.family == "residual":
                    yield place, value.keyword
                    yield from settings(value, f"{place}.")
            case Checked():
                yield from settings(value, f"{place}.")
            case str() | int() | float():
                yield place, value
            case tuple() | list() if value and all(isinstance(item, str | int | float) for item in value):
                yield place, ", ".join(map(str, value))


class Composed(Kind):
    """A kind that says its lines as a whole, in :meth:`lines_out`: it is made of others, or changes their shape."""

    def features_out(self, scope: Scope) -> int:
        """Those of the first line that leaves; raises :class:`KindError` where nothing says how many they are."""
        return scope.at(*self.lines_out(scope)).hidden_size

    def grid_out(self, scope: Scope) -> tuple[int, ...] | None:
        """That of the first line that leaves."""
        return self.lines_out(scope)[0].grid


@record
class Expects:
    """Marks a field that holds a block expression, and the families that may stand there (none named: any)."""

    families: tuple[Family, ...] = ()
    bounds: ClassVar[Mapping[str, Any]] = {}
    """What it asks of a value: nothing but that it is a block."""


AnyBlock: TypeAlias = Annotated[Kind, Expects()]
Mixer: TypeAlias = Annotated[Kind, Expects(("mixer", "block"))]
FeedForward: TypeAlias = Annotated[Kind, Expects(("feed_forward", "block"))]
Norm: TypeAlias = Annotated[Kind, Expects(("norm",))]
Position: TypeAlias = Annotated[Kind, Expects(("position",))]
ResidualStream: TypeAlias = Annotated[Kind, Expects(("residual",))]
Layer: TypeAlias = Annotated[Kind, Expects(("layer",))]
