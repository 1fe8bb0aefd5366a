"""Views of several models in one picture. A module here is a view: its name is that of the command and the function.

Such a module has a ``VIEW``, a :class:`Several`: a function that gathers a value from the models (``--json`` prints
it), and one that draws this value. Their keyword-only parameters are the options of the command and of the Python
function. Modules that begin with an underscore are parts of others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archdraw.doors import VIEWS_OF_SEVERAL
from archdraw.records import record

if TYPE_CHECKING:  # the names of the views are asked for by commands that draw none of them
    from archdraw.scene import Scene
    from archdraw.spec import Spec
    from archdraw.theme import Theme
    from archdraw.tree.blocks import Module
    from archdraw.tree.facts import Facts

LINK_ORDER = ("config", "report", "model")
"""Which of a spec's links is that of the model, where it has several."""


@record(eq=False)
class Subject:
    """One of the models in a picture of several.

    ``slug`` names it (``deepseek-v3``), as ``parents:`` in specs do; ``link`` is where its name leads to. ``authored``:
    somebody wrote the spec, it was not made from a config.
    """

    slug: str
    spec: Spec
    block: Module
    link: str = ""
    authored: bool = True

    @cached_property
    def facts(self) -> Facts:
        """Parameters, layers and cache, counted from the block tree."""
        from archdraw.tree.facts import facts

        return facts(self.block)

    @cached_property
    def released(self) -> date | None:
        """The day that the spec gives as its release: of a month the first, of a year the last."""
        if self.spec.released is None:
            return None
        said = [*map(int, self.spec.released.split("-"))]
        # Of a year alone nobody knows that it was before another model of that year: it is the last of them.
        year, month, day = (*said, 12, 31) if len(said) == 1 else (*said, 1)[:3]
        return date(year, month, day)


def link_of(spec: Spec) -> str:
    """Where the name of the model of ``spec`` leads to; empty where the spec has no links."""
    known = [spec.links[name] for name in LINK_ORDER if name in spec.links]
    return next(iter((*known, *spec.links.values())), "")


@record
class Several:
    """A view of several models.

    ``gather(subjects, **options)`` makes the value that is shown, ``draw(value, theme, **options)`` its scene; each
    takes those options that are its own keyword-only parameters, of which an ``Annotated`` text is the help. ``data``
    turns the value into plain data for JSON. ``summary`` is the one line of help, ``examples`` are lines of a shell. At
    least ``least`` models are needed, at most ``most`` fit; none given are all that come with the program, unless
    ``least`` is more than 0. ``parts(scene, scale)`` are the pieces, by name, that a format of pixels is written in,
    where the whole would be too large.

    With ``about(subject)``, records of what the picture shows of one model, ``gather`` is given these in place of the
    subjects: they are kept in the cache, and the model is read again only when its files have changed.

    What takes long to draw is drawn apart, maybe by other processes: ``pieces(value)`` are its parts,
    ``piece(part, theme)`` draws one, and ``draw(value, theme, scenes, **options)`` is handed all their scenes in order.
    Both are None, or neither.
    """

    summary: str
    gather: Callable[..., Any]
    draw: Callable[..., Scene]
    data: Callable[[Any], Any]
    examples: str = ""
    least: int = 0
    most: int | None = None
    parts: Callable[[Scene, float], Sequence[tuple[str, Scene]]] | None = None
    pieces: Callable[[Any], Sequence[Any]] | None = None
    piece: Callable[[Any, Theme], Scene] | None = None
    about: Callable[[Subject], Any] | None = None


def names() -> tuple[str, ...]:
    """The views of several models, without importing them."""
    return VIEWS_OF_SEVERAL.names()


def view(name: str) -> Several:
    """The view of that name.

    Raises :class:`archdraw.ArchdrawError` where there is none, two have that name, or another package's is broken.
    """
    found: Several = VIEWS_OF_SEVERAL.load(name, lambda thing: isinstance(thing, Several))
    return found
