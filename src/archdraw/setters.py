"""Who sets out the texts that the font which comes with archdraw cannot show, and what is kept of what was measured.

Measuring is asked for from everywhere in a layout, and answered by :mod:`archdraw.fonts`. Which other fonts there are
is a matter of one picture: it is said once around its drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, update_wrapper
from typing import Generic, ParamSpec, Protocol, TypeVar

from archdraw.records import record
from archdraw.scene import Glyph

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@record
class SetOut:
    """A text set out: the glyphs that leave ink, from left to right, and its advance in font units (1/2048 em)."""

    glyphs: tuple[Glyph, ...]
    width: float


class Setter(Protocol):
    """Sets out texts with letters that the font which comes with archdraw lacks; equal ones set out alike."""

    def __hash__(self) -> int: ...

    def set_out(self, text: str, weight: int) -> SetOut:
        """``text``, as :func:`archdraw.fonts.shown` gives it, set out; every letter gets a mark, if no glyph."""
        ...


NO_FONT = "no font"
"""The source of the box that stands for a letter which no font has."""
NO_SHAPER = "no HarfBuzz"
"""The source of the box that stands for a letter which has to be joined or turned, where nothing can do that."""

_setter: ContextVar[Setter | None] = ContextVar("setter", default=None)


@contextmanager
def setting_by(setter: Setter) -> Iterator[None]:
    """Within, ``setter`` sets out what the font which comes with archdraw cannot show; outside that is an error."""
    before = _setter.set(setter)
    try:
        yield
    finally:
        _setter.reset(before)


def setter() -> Setter | None:
    """Who sets out other letters here and now."""
    return _setter.get()


class Kept(Generic[Asked, Answer]):
    """A function that measures texts, with its last answers, apart for each setter."""

    def __init__(self, function: Callable[Asked, Answer], most: int) -> None:
        def answered(_: Setter | None, *args: Asked.args, **named: Asked.kwargs) -> Answer:
            return function(*args, **named)

        self._once = lru_cache(maxsize=most)(answered)
        update_wrapper(self, function)

    def __call__(self, *args: Asked.args, **named: Asked.kwargs) -> Answer:
        return self._once(_setter.get(), *args, **named)  # type: ignore[arg-type]  # all that is asked is hashable

    def cache_clear(self) -> None:
        self._once.cache_clear()


def kept(most: int) -> Callable[[Callable[Asked, Answer]], Kept[Asked, Answer]]:
    """Keeps the last answers of a function that measures texts, at ``most`` so many, apart for each setter."""
    return lambda function: Kept(function, most)
