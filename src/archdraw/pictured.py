"""What can be drawn: a model's pictures, as geometry and as files."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from archdraw.errors import FontWarning, Problem
from archdraw.outputs import saved, written

if TYPE_CHECKING:
    from archdraw.notebook import Explored
    from archdraw.readers import Reading
    from archdraw.scene import Scene
    from archdraw.spec import Spec
    from archdraw.theme import Theme
    from archdraw.tree.blocks import Module
    from archdraw.views.last import Pictures
    from archdraw.writers import Renderer, TextMode

Fonts: TypeAlias = str | Path | Sequence[str | Path]
"""A file with a font, or several."""


class Pictured:
    """A model with its pictures."""

    spec: Spec
    block: Module
    reading: Reading | None

    def scene(
        self,
        view: str = "plate",
        theme: str | Path | Theme = "light",
        fonts: Fonts = (),
        *,
        width: str = "",
        background: str = "",
        direction: str = "",
    ) -> Scene:
        """The diagram as geometry, in px.

        ``view`` is ``plate``, ``panels``, ``card``, ``strip``, ``inset:PATH``, or the name or file of a profile of
        pages (``slide``, ``column``); empty: the page that the spec's figure says, else ``plate``. ``theme`` is a
        theme's name, its file, or the theme. ``width`` is that in print
        (``3.25in``, ``8cm``, ``1280px``), for which a page of a profile is laid out; ``background`` is ``none``,
        ``white`` or ``#RRGGBB``; ``direction`` "right" has a page's model flow to the right. ``fonts`` are files with
        fonts (TTF, OTF, TTC) for letters that archdraw's own lacks, before those of this computer; a
        :class:`archdraw.FontWarning` says which was taken. Raises
        :class:`archdraw.ArchdrawError` where there is no such view, theme, path, font, width, background or direction,
        :class:`archdraw.InputError` at each text of a spec with a letter that no font has.
        """
        scene, problems = self.drawn(view, theme, fonts, width=width, background=background, direction=direction)
        for problem in problems:
            warnings.warn(FontWarning(problem), stacklevel=2)
        return scene

    def drawn(
        self,
        view: str = "plate",
        theme: str | Path | Theme = "light",
        fonts: Fonts = (),
        *,
        width: str = "",
        background: str = "",
        direction: str = "",
    ) -> tuple[Scene, tuple[Problem, ...]]:
        """The scene of ``view``, ``theme``, ``fonts``, ``width``, ``background`` and ``direction`` with its warnings.

        It is kept.

        Raises as :meth:`scene`.
        """
        from archdraw.sizing import check_background, check_width, on
        from archdraw.theme import load_theme

        check_width(width)
        check_background(background)
        if not view:
            from archdraw.spec.presenting import page_of

            view = page_of(self.spec)
        chosen = load_theme(theme) if isinstance(theme, str | Path) else theme
        files = [fonts] if isinstance(fonts, str | Path) else fonts
        scene, problems = self._pictures.drawn(view, chosen, files, width, direction)
        return on(scene, background) if background else scene, problems

    @cached_property
    def _pictures(self) -> Pictures:
        from archdraw.views.last import Pictures

        return Pictures(self.spec, self.block, own=self.reading is None)

    def svg(
        self,
        theme: str | Path | Theme = "light",
        view: str = "plate",
        text: TextMode = "embed",
        fonts: Fonts = (),
        *,
        prefix: str = "",
    ) -> str:
        """The diagram as SVG; ``theme``, ``view`` and ``fonts`` as in :meth:`scene`.

        ``text`` is "embed" (text with its font), "plain" (text for a page that brings the font), "outline" (shapes, for
        places without fonts) or "searchable" (shapes under a transparent text). All ids begin with ``prefix``: two
        pictures on one page share none. Raises as :meth:`scene`, and :class:`archdraw.ArchdrawError` for a ``prefix``
        that cannot be part of an id.

        >>> from archdraw import load
        >>> load("gpt-2").svg(theme="dark")[:5]
        '<?xml'
        """
        return self.write(self.scene(view, theme, fonts), "svg", text=text, prefix=prefix).decode()

    def png(
        self,
        theme: str | Path | Theme = "light",
        view: str = "plate",
        scale: float = 1.0,
        fonts: Fonts = (),
        *,
        renderer: Renderer = "resvg",
        palette: bool = False,
    ) -> bytes:
        """The diagram as PNG, ``scale`` pixels per px of the scene.

        ``theme``, ``view`` and ``fonts`` are as in :meth:`scene`. ``renderer`` "cairosvg" needs the library cairo.
        With a ``palette`` the file has 256 colours, and half the size.

        Raises as :meth:`scene`, and :class:`archdraw.ArchdrawError` for a ``scale`` that is not positive or too large,
        and for a renderer that there is not or that lacks its library.
        """
        return self.write(self.scene(view, theme, fonts), "png", scale=scale, renderer=renderer, palette=palette)

    def pdf(self, theme: str | Path | Theme = "light", view: str = "plate", fonts: Fonts = ()) -> bytes:
        """The diagram as PDF, one page of its size; ``theme``, ``view`` and ``fonts`` as in :meth:`scene`.

        Raises as :meth:`scene`, and :class:`archdraw.ArchdrawError` where a page would be too large.
        """
        return self.write(self.scene(view, theme, fonts), "pdf")

    def save(
        self,
        path: str | Path,
        theme: str | Path | Theme = "light",
        view: str = "plate",
        *,
        text: TextMode = "embed",
        scale: float = 1.0,
        fonts: Fonts = (),
        renderer: Renderer = "resvg",
        prefix: str = "",
        metadata: bool = True,
        palette: bool = False,
    ) -> Path:
        """Writes the diagram to ``path``, in the format of its suffix, and returns the path.

        ``theme``, ``view``, ``text``, ``fonts`` and ``prefix`` as in :meth:`svg`, ``renderer`` and ``palette`` as in
        :meth:`png`; ``scale`` multiplies every px. The file says which version drew it, and of what, unless
        ``metadata`` is false. Raises :class:`archdraw.ArchdrawError` for a suffix that is no
        format, and where a library that the format needs is missing, :class:`OSError` where the file cannot be
        written; what was there before is
        then still there.
        """
        from archdraw.drawn_with import drawn_with
        from archdraw.provenance import marked, named, of_document, theme_name

        scene = self.scene(view, theme, fonts)
        if metadata:
            document = self.spec.document
            specs = named({document.file: of_document(document, own=self.reading is None)})
            using = drawn_with(theme, view, (fonts,) if isinstance(fonts, str | Path) else fonts)
            scene = marked(scene, specs, using, theme=theme_name(theme), view=view)
        return saved(scene, path, text=text, scale=scale, renderer=renderer, prefix=prefix, palette=palette)

    write = staticmethod(written)

    def explore(self, theme: str | Path | None = None, fonts: Fonts = (), *, height: int = 720) -> Explored:
        """The plate as an interactive page: every block opens in place, with its facts; zoom; words are found.

        In Jupyter it renders in a frame of ``height`` px, with ``save`` it is a file; nothing is fetched. ``theme`` is
        that of :func:`archdraw.options` for None, ``fonts`` as in :meth:`scene`. Raises as :meth:`scene`.

        >>> from archdraw import load
        >>> load("gpt-2").explore()
        <archdraw page: GPT-2 124M architecture>
        """
        from archdraw.notebook import chosen

        # By name: what makes pages is made of models itself.
        make = import_module("archdraw.site.exploring").explored
        files = (fonts,) if isinstance(fonts, str | Path) else fonts
        made: Explored = make(self, chosen().theme if theme is None else theme, tuple(map(str, files)), height)
        return made

    def _repr_mimebundle_(self, include: Collection[str] | None = None, exclude: Collection[str] | None = None) -> Any:
        """What a notebook shows: the diagram as :func:`archdraw.options` say, and a line of text for other places."""
        from archdraw.notebook import bundle

        return bundle(repr(self), lambda chosen: self.scene(chosen.view, chosen.theme), include, exclude)
