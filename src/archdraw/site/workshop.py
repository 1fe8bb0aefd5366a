"""What pages of a site are made with: what is kept of models and of pictures, and processes for much work."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from archdraw.app.kept import Kept
from archdraw.app.known import Known, each_asked
from archdraw.app.packed import packed
from archdraw.app.pictures import Picture
from archdraw.errors import FontWarning
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.site.figures import Figure

if TYPE_CHECKING:
    from concurrent.futures import Executor

Workers: TypeAlias = Callable[[int], AbstractContextManager["Executor | None"]]


@contextmanager
def alone(_: int) -> Iterator[None]:
    """No workers: all is done here."""
    yield None


@record(eq=False)
class Workshop:
    """``kept`` is what was made before, None without a cache; ``workers`` do so many things as they are given.

    ``fonts`` are files for letters that archdraw's own font lacks.
    """

    kept: Kept | None = None
    workers: Workers = alone
    fonts: tuple[str, ...] = ()

    def each(self, asked: Sequence[tuple[Path, tuple[str, ...]]], make: Callable[..., Any]) -> Iterator[Any]:
        """``make(model, *words)`` for each spec and its words, records and plain values, which are kept.

        Raises what ``make`` raises: the models of a site have been drawn, so that whatever fails here is a fault.
        """
        for found in each_asked(self.kept, asked, make, self.workers):
            if not isinstance(found, Known):
                raise found
            yield found.value

    def scene(self, picture: Picture) -> Scene:
        """``picture`` in a light page. That a letter is of another font was said of each model already."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FontWarning)
            return picture.scene(fonts=self.fonts)

    def figure(self, name: str, value: Any, draw: Callable[[Any], Figure]) -> Figure:
        """The figure ``name`` that ``draw`` makes of ``value``, drawn again only where that is another."""
        if self.kept is None:
            return draw(value)
        key = self.kept.part_key(f"figure of {name}", packed(value), "", self.fonts)
        found = self.kept.value(key)
        if not isinstance(found, Figure):
            found = draw(value)
            self.kept.put_value(key, found, own_letters=found.own_letters)
        return found
