"""What every kind of block is: a pydantic model of what an author writes, and its expansion into the algebra."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, InstanceOf

from archdraw.errors import ArchdrawError
from archdraw.tree.blocks import Block, Module, Repeat, Setting

Family = Literal["embedding", "layer", "mixer", "feed_forward", "norm", "position", "residual", "head", "side", "block"]
"""Where a kind may stand. "block" is the algebra itself and may stand wherever a mixer or a feed forward may."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a block knows of the model around it; widths and sizes are numbers of features and entries."""

    hidden_size: int
    vocab_size: int
    context_length: int | None = None
    tie_word_embeddings: bool = False


class KindError(ArchdrawError):
    """A kind cannot be expanded in its scope; ``field`` is the field at fault (empty: the kind as a whole).

    ``trail`` holds the kinds that were being expanded, the one that raised it first.
    """

    def __init__(self, message: str, field: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.field, self.hint = message, field, hint
        self.trail: list[Kind] = []


class Kind(BaseModel):
    """One kind of block as an author writes it: ``keyword: {field: value, ...}``, or the bare keyword.

    A subclass in any module of :mod:`archdraw.kinds` is found by itself. Its docstring is its glossary entry, its
    fields have the names of ``config.json``, ``source`` says where its formula comes from, ``example`` is YAML that an
    author could paste, and ``main`` names the field that a scalar or a list in place of the mapping stands for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    keyword: ClassVar[str]
    family: ClassVar[Family]
    example: ClassVar[str]
    source: ClassVar[str]
    main: ClassVar[str | None] = None
    brings_norm: ClassVar[bool] = False
    """Whether the block begins with norms of its own, so that a layer puts none before it."""

    def expand(self, scope: Scope) -> Block:
        """The block tree of this kind.

        Raises :class:`KindError` where the fields don't fit the scope (heads that don't divide the hidden size).
        """
        raise NotImplementedError

    def features_out(self, scope: Scope) -> int:
        """How many features the line has that leaves this block; as many as came in unless a kind says otherwise."""
        return scope.hidden_size

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """What fields come to that were left to follow from others (``head_dim``)."""
        return {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Lets every kind sign its expansion: the module with what it was told, errors with its place in the text."""
        if "expand" in cls.__dict__:
            cls.expand = _telling(_signed(cls.__dict__["expand"]))  # type: ignore[method-assign]
        if "features_out" in cls.__dict__:
            cls.features_out = _signed(cls.__dict__["features_out"])  # type: ignore[method-assign]


def _signed(method: Callable[..., Any]) -> Callable[..., Any]:
    """``method`` of a kind, adding the kind to the trail of an error that passes."""

    @wraps(method)
    def signed(self: Kind, scope: Scope) -> Any:
        try:
            return method(self, scope)
        except KindError as error:
            error.trail.append(self)
            raise

    return signed


def _telling(method: Callable[..., Block]) -> Callable[..., Block]:
    """``method`` that expands a kind, the module that it makes with the settings of the kind."""

    @wraps(method)
    def telling(self: Kind, scope: Scope) -> Block:
        return _with_settings(method(self, scope), {**dict(settings(self)), **self.resolved(scope)})

    return telling


def _with_settings(block: Block, told: Mapping[str, Setting]) -> Block:
    match block:
        case Module(settings=()):
            return replace(block, settings=tuple(told.items()))
        case Repeat(body=body):
            return replace(block, body=_with_settings(body, told))
        case _:
            return block


UNTOLD = frozenset({"label", "name", "times", "projections", "gate_projection"})
"""Fields that say nothing of how a block works: its name, how often it comes, how its weights are stored."""


def settings(kind: BaseModel, name: str = "") -> Iterator[tuple[str, Setting]]:
    """What ``kind`` was told, those of kinds within it after its own name and a dot.

    The blocks of a layer are blocks of their own in the tree and tell themselves.
    """
    in_tree = isinstance(kind, Kind) and kind.family == "layer"
    for field in type(kind).model_fields:
        value, place = getattr(kind, field), f"{name}{field}"
        match value:
            case _ if field in UNTOLD:
                continue
            case Kind():
                if not in_tree:
                    yield place, value.keyword
                    yield from settings(value, f"{place}.")
            case BaseModel():
                yield from settings(value, f"{place}.")
            case str() | int() | float() | None:
                yield place, value
            case tuple() | list() if value and all(isinstance(item, str | int | float) for item in value):
                yield place, ", ".join(map(str, value))


@dataclass(frozen=True, slots=True)
class Expects:
    """Marks a field that holds a block expression, and the families that may stand there (none named: any)."""

    families: tuple[Family, ...] = ()


AnyBlock: TypeAlias = Annotated[InstanceOf[Kind], Expects()]
Mixer: TypeAlias = Annotated[InstanceOf[Kind], Expects(("mixer", "block"))]
FeedForward: TypeAlias = Annotated[InstanceOf[Kind], Expects(("feed_forward", "block"))]
Norm: TypeAlias = Annotated[InstanceOf[Kind], Expects(("norm",))]
Position: TypeAlias = Annotated[InstanceOf[Kind], Expects(("position",))]
ResidualStream: TypeAlias = Annotated[InstanceOf[Kind], Expects(("residual",))]
Layer: TypeAlias = Annotated[InstanceOf[Kind], Expects(("layer",))]
