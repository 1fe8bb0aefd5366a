"""What every kind of block is: a pydantic model of what an author writes, and its expansion into the algebra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, InstanceOf

from archdraw.blocks import Block
from archdraw.errors import ArchdrawError

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

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Lets every kind sign the errors of its expansion, so that they can be shown at its place in the text."""
        for method in ("expand", "features_out"):
            if method in cls.__dict__:
                setattr(cls, method, _signed(cls.__dict__[method]))


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
