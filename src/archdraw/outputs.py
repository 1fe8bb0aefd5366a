"""Finished pictures on their way out: to files and to notebooks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdraw.scene import Scene
    from archdraw.writers import Renderer, TextMode


def saved(scene: Scene, path: str | Path, *, text: TextMode, scale: float, renderer: Renderer) -> Path:
    """Writes ``scene`` to ``path`` in the format of its suffix, at once, and returns the path.

    Raises :class:`archdraw.ArchdrawError` as :func:`archdraw.writers.write`, :class:`OSError` where the file cannot be
    written; what was there before is then still there.
    """
    from archdraw.files import write_whole
    from archdraw.writers import write

    target = Path(path)
    format = target.suffix.removeprefix(".").lower()
    write_whole(target, write(scene, format, text=text, scale=scale, renderer=renderer))
    return target


def drawing(scene: Scene, text: TextMode = "embed") -> Any:
    """``scene`` as a ``svgwrite.Drawing``, to which a program can add elements of its own, in px of the scene.

    ``text`` is "embed", "outline" or "searchable", as in :meth:`archdraw.Model.svg`. Raises
    :class:`archdraw.ArchdrawError` for a link that could run a script.

    >>> from archdraw import load
    >>> diagram = drawing(load("gpt-2").scene(view="card"))
    >>> note = diagram.add(diagram.text("read in class 3", insert=(32, 24), font_size=16))
    >>> diagram.saveas("gpt-2.svg")  # doctest: +SKIP
    """
    from archdraw.writers._drawing import drawing

    return drawing(scene, text)


def mime_bundle(
    text: str, svg: Callable[[], str], include: Collection[str] | None, exclude: Collection[str] | None
) -> dict[str, Any]:
    """What a notebook shows of a picture: ``text`` where there are no pictures, and what ``svg`` draws if asked."""
    makers: dict[str, Callable[[], str]] = {"text/plain": lambda: text, "image/svg+xml": svg}
    return {
        kind: make()
        for kind, make in makers.items()
        if (not include or kind in include) and kind not in (exclude or ())
    }
