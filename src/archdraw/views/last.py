"""The pictures of one model, of which the last is kept: another format of it is not laid out again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archdraw.errors import Problem
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.typesetting import other_fonts
from archdraw.views import draw
from archdraw.views.glyphs import Written, remarks


class Pictures:
    """The pictures of ``spec`` and its ``block``; ``own`` says whether its author wrote it, and not a reader."""

    def __init__(self, spec: Spec, block: Module, *, own: bool) -> None:
        self._spec, self._block, self._own = spec, block, own
        self._last: tuple[object, tuple[Scene, tuple[Problem, ...]]] | None = None

    def drawn(
        self, view: str, theme: Theme, fonts: Sequence[str | Path], width: str = "", direction: str = ""
    ) -> tuple[Scene, tuple[Problem, ...]]:
        """The scene of ``view`` with its warnings. Raises as :func:`archdraw.views.draw`."""
        # Fonts are the same object as long as nothing has changed in their files.
        wanted = view, theme, other_fonts(fonts), width, direction
        last = self._last
        if last is not None and last[0] == wanted:
            return last[1]
        scene = draw(self._spec, self._block, view=view, theme=theme, fonts=fonts, width=width, direction=direction)
        made = scene, remarks(scene, [Written(self._spec.document, self._own)])
        self._last = wanted, made
        return made
