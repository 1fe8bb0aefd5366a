"""Finished pictures on their way out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdraw.scene import Scene
    from archdraw.writers import Renderer, TextMode


def written(
    scene: Scene,
    format: str,
    *,
    text: TextMode = "embed",
    scale: float = 1.0,
    renderer: Renderer = "resvg",
    prefix: str = "",
    palette: bool = False,
) -> bytes:
    """``scene`` as a file of ``format``.

    ``text``, ``scale``, ``renderer``, ``prefix`` and ``palette`` are as in :meth:`archdraw.Model.save`.

    Raises :class:`archdraw.ArchdrawError` for an unknown format, a ``scale`` or ``prefix`` that no file can have, and
    where a library is missing.
    """
    from archdraw.writers import write

    return write(scene, format, text=text, scale=scale, renderer=renderer, prefix=prefix, palette=palette)


def saved(
    scene: Scene,
    path: str | Path,
    *,
    text: TextMode,
    scale: float,
    renderer: Renderer,
    prefix: str = "",
    palette: bool = False,
) -> Path:
    """Writes ``scene`` to ``path`` in the format of its suffix, at once, and returns the path.

    Raises :class:`archdraw.ArchdrawError` as :func:`archdraw.writers.write`, :class:`OSError` where the file cannot be
    written; what was there before is then still there.
    """
    from archdraw.files import write_whole

    target = Path(path)
    format = target.suffix.removeprefix(".").lower()
    drawn = written(scene, format, text=text, scale=scale, renderer=renderer, prefix=prefix, palette=palette)
    write_whole(target, drawn)
    return target


def drawing(scene: Scene, text: TextMode = "embed", *, prefix: str = "") -> Any:
    """``scene`` as a ``svgwrite.Drawing``, to which a program can add elements of its own, in px of the scene.

    ``text`` and ``prefix`` are as in :meth:`archdraw.Model.svg`. Raises :class:`archdraw.ArchdrawError` for a link that
    could run a script, and for a ``prefix`` that cannot be part of an id.

    >>> from archdraw import load
    >>> diagram = drawing(load("gpt-2").scene(view="card"))
    >>> note = diagram.add(diagram.text("read in class 3", insert=(32, 24), font_size=16))
    >>> diagram.saveas("gpt-2.svg")  # doctest: +SKIP
    """
    from archdraw.writers._drawing import drawing

    return drawing(scene, text, prefix)
