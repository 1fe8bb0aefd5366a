"""What a block is placed in: the lines that come to it, and the sizes of the model around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Protocol

from archdraw.errors import ArchdrawError
from archdraw.records import record


class Named(Protocol):
    """What an error passes on its way: a kind, by its keyword."""

    keyword: ClassVar[str]


class KindError(ArchdrawError):
    """A kind cannot be expanded in its scope; ``field`` is the field at fault (empty: the kind as a whole).

    ``trail`` holds the kinds that were being expanded, the one that raised it first.
    """

    def __init__(self, message: str, field: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.field, self.hint = message, field, hint
        self.trail: list[Named] = []

    def passes(self, kind: Named) -> None:
        """Notes that it was raised within ``kind``, the innermost first."""
        self.trail.append(kind)


class MissingSizeError(KindError):
    """A block reads a ``size`` of the model that its author left out; the innermost kind is the one that needs it."""

    def __init__(self, size: str, hint: str) -> None:
        super().__init__(f"a block needs {size}", "", hint)
        self.size = size

    def passes(self, kind: Named) -> None:
        """As of any error; the first kind is named in the message."""
        if not self.trail:
            self.message = f"{kind.keyword} needs {self.size}"
        super().passes(kind)


@record
class Line:
    """What one line carries: so many ``features`` (None: not known) at each position of a ``grid``.

    A grid has one extent for each axis: (224, 224) for an image, (3000,) for frames of audio, () for one vector. It is
    None where the number of positions is not fixed, as that of tokens.
    """

    features: int | None = None
    grid: tuple[int, ...] | None = None

    @property
    def positions(self) -> int | None:
        """Positions of the grid; None where they are not fixed."""
        return None if self.grid is None else prod(self.grid)


@dataclass(frozen=True, slots=True, init=False)
class Scope:
    """What a block knows of the model around it: the ``lines`` that come to it, and sizes of the model.

    ``own_width`` is the width of the model (or of the encoder) that the block is in, ``vocabulary`` the entries of its
    vocabulary; both are None where they were left out. Blocks read them as :attr:`hidden_size` and
    :attr:`vocab_size`.
    """

    lines: tuple[Line, ...]
    own_width: int | None
    vocabulary: int | None
    context_length: int | None
    tie_word_embeddings: bool

    def __init__(
        self,
        hidden_size: int | None = None,
        vocab_size: int | None = None,
        context_length: int | None = None,
        tie_word_embeddings: bool = False,
        *,
        lines: Sequence[Line] = (),
        own_width: int | None = None,
        vocabulary: int | None = None,
    ) -> None:
        """A scope with one line of ``hidden_size`` features, or with these ``lines``.

        A ``hidden_size`` takes the place of ``lines``, and the grid of the new line is not known.
        """
        arriving = tuple(lines) if lines and hidden_size is None else (Line(hidden_size),)
        object.__setattr__(self, "lines", arriving)
        object.__setattr__(self, "own_width", hidden_size if own_width is None else own_width)
        object.__setattr__(self, "vocabulary", vocabulary if vocab_size is None else vocab_size)
        object.__setattr__(self, "context_length", context_length)
        object.__setattr__(self, "tie_word_embeddings", tie_word_embeddings)

    @property
    def line(self) -> Line:
        """The line that comes in, of several the first."""
        return self.lines[0]

    @property
    def hidden_size(self) -> int:
        """Features of the line that comes in. Raises :class:`MissingSizeError` where nothing says how many they are."""
        features = self.lines[0].features
        if features is None:
            raise MissingSizeError(
                "hidden_size",
                "write hidden_size: ... at the top of the spec, or begin with input: {features: ...}",
            )
        return features

    @property
    def grid(self) -> tuple[int, ...] | None:
        """Extents of the line that comes in, one for each axis; None where they are not fixed."""
        return self.lines[0].grid

    @property
    def vocab_size(self) -> int:
        """Entries of the vocabulary. Raises :class:`MissingSizeError` where the spec does not give it."""
        if self.vocabulary is None:
            raise MissingSizeError("vocab_size", "write vocab_size: ... at the top of the spec")
        return self.vocabulary

    def at(self, *lines: Line | int | None) -> Scope:
        """The same model where these ``lines`` come in; a number is the width of a line whose grid is not known."""
        arriving = tuple([line if isinstance(line, Line) else Line(line) for line in lines])
        if arriving == self.lines:
            return self
        return Scope(
            lines=arriving,
            own_width=self.own_width,
            vocabulary=self.vocabulary,
            context_length=self.context_length,
            tie_word_embeddings=self.tie_word_embeddings,
        )

    def within(self, width: int | None, vocabulary: int | None = None) -> Scope:
        """The scope of a model within this one, ``width`` features wide, with an input of its own.

        Its ``vocabulary`` is this one's unless given.
        """
        return Scope(
            lines=[Line(width)],
            own_width=width,
            vocabulary=self.vocabulary if vocabulary is None else vocabulary,
            context_length=self.context_length,
            tie_word_embeddings=self.tie_word_embeddings,
        )

    def begun(self) -> Scope:
        """The scope at a block that starts a line of its own, as the first of the model."""
        return self.within(self.own_width)
