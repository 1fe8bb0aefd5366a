"""Pictures of several models as Python sees them: what :mod:`archdraw.pictures` and the commands make."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from archdraw.app.options import checked, options
from archdraw.drawn_with import drawn_with
from archdraw.errors import ArchdrawError, FontWarning, Problem
from archdraw.model import Fonts, Model, load
from archdraw.outputs import saved
from archdraw.provenance import marked, named, of_document, theme_name
from archdraw.records import record
from archdraw.resources import specs_folder
from archdraw.setters import setting_by
from archdraw.spec.presenting import titled
from archdraw.theme import Theme, load_theme
from archdraw.typesetting import other_fonts
from archdraw.views import several
from archdraw.views.glyphs import Written, letters_of, remarks
from archdraw.views.several import Several, Subject

if TYPE_CHECKING:
    from archdraw.scene import Scene
    from archdraw.writers import Renderer, TextMode


def subject(model: Model, link: str = "") -> Subject:
    """``model`` as a view sees it. In ``link`` the text ``{slug}`` stands for its slug; empty: the spec's own link."""
    target = link.replace("{slug}", model.slug) if link else several.link_of(model.spec)
    return Subject(model.slug, titled(model.spec), model.block, target, model.reading is None)


@record(eq=False)
class Single:
    """One model in a picture of several: ``about`` is what the view is given of it, ``written`` finds its text."""

    about: Any
    written: Callable[[], Written]


def single(view: Several, one: Subject) -> Single:
    """``one`` as ``view`` is given it."""
    return Single(view.about(one) if view.about is not None else one, partial(Written, one.spec.document, one.authored))


Each: TypeAlias = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Does something with each of several things, and returns the results in order."""


def _apart(name: str, theme: Theme, fonts: tuple[str | Path, ...], part: Any) -> Scene:
    """One piece of the view ``name``: a function that other processes find."""
    piece = several.view(name).piece
    assert piece is not None
    with setting_by(other_fonts(fonts)):
        return piece(part, theme)


@record(eq=False, repr=False)
class Picture:
    """A view of several models: ``value`` is what it shows, ``drawing`` the options of how.

    ``written`` find their texts, for a letter that is not archdraw's own.

    In Jupyter it renders as its diagram.
    """

    name: str
    view: Several
    value: Any
    drawing: Mapping[str, Any]
    written: tuple[Callable[[], Written], ...] = ()

    def scene(self, theme: str | Path | Theme = "light", each: Each = map, fonts: Fonts = ()) -> Scene:
        """The picture as geometry, in px; ``theme`` is a theme's name, its file, or the theme.

        What is drawn piece by piece is drawn by ``each``: ``map``, or that of an executor. ``fonts`` as in
        :meth:`archdraw.Model.scene`, with the same warning. Raises :class:`archdraw.ArchdrawError` where there is no
        such theme or font, :class:`archdraw.InputError` at each text of a spec with a letter that no font has.
        """
        scene, problems = self.drawn(theme, each, fonts)
        for problem in problems:
            warnings.warn(FontWarning(problem), stacklevel=2)
        return scene

    def drawn(
        self, theme: str | Path | Theme = "light", each: Each = map, fonts: Fonts = ()
    ) -> tuple[Scene, tuple[Problem, ...]]:
        """The scene of ``theme``, ``each`` and ``fonts`` with its warnings. Raises as :meth:`scene`."""
        chosen = load_theme(theme) if isinstance(theme, str | Path) else theme
        files = (fonts,) if isinstance(fonts, str | Path) else tuple(fonts)
        view = self.view
        scenes: tuple[tuple[Scene, ...], ...] = ()
        if view.piece is not None and view.pieces is not None:
            scenes = (tuple(each(partial(_apart, self.name, chosen, files), view.pieces(self.value))),)
        with setting_by(other_fonts(files)):
            scene = view.draw(self.value, chosen, *scenes, **self.drawing)
        if not letters_of(scene):
            return scene, ()
        return scene, tuple(remarks(scene, [find() for find in self.written]))

    def data(self) -> Any:
        """What it shows, as plain data: mappings, lists, texts and numbers, as ``--json`` prints them."""
        return self.view.data(self.value)

    def svg(
        self, theme: str | Path | Theme = "light", text: TextMode = "embed", fonts: Fonts = (), *, prefix: str = ""
    ) -> str:
        """The picture as SVG; ``theme`` and ``fonts`` as in :meth:`scene`, ``text`` and ``prefix`` as for one model.

        Raises as :meth:`scene`, and :class:`archdraw.ArchdrawError` for a ``prefix`` that cannot be part of an id.
        """
        return Model.write(self.scene(theme, fonts=fonts), "svg", text=text, prefix=prefix).decode()

    def png(
        self,
        theme: str | Path | Theme = "light",
        scale: float = 1.0,
        fonts: Fonts = (),
        *,
        renderer: Renderer = "resvg",
    ) -> bytes:
        """The picture as PNG, ``scale`` pixels per px of the scene; ``theme`` and ``fonts`` as in :meth:`scene`.

        ``renderer`` as in :meth:`archdraw.Model.png`. Raises as :meth:`scene`, and :class:`archdraw.ArchdrawError` for
        a ``scale`` that is not positive or too large, and for a renderer that there is not or that lacks its library.
        """
        return Model.write(self.scene(theme, fonts=fonts), "png", scale=scale, renderer=renderer)

    def pdf(self, theme: str | Path | Theme = "light", fonts: Fonts = ()) -> bytes:
        """The picture as PDF, one page of its size; ``theme`` and ``fonts`` as in :meth:`scene`.

        Raises as :meth:`scene`, and :class:`archdraw.ArchdrawError` where a page would be too large.
        """
        return Model.write(self.scene(theme, fonts=fonts), "pdf")

    def save(
        self,
        path: str | Path,
        theme: str | Path | Theme = "light",
        *,
        text: TextMode = "embed",
        scale: float = 1.0,
        fonts: Fonts = (),
        renderer: Renderer = "resvg",
        prefix: str = "",
        metadata: bool = True,
    ) -> Path:
        """Writes the picture to ``path``, in the format of its suffix, and returns the path.

        ``theme``, ``text``, ``fonts`` and ``prefix`` as in :meth:`svg`, ``renderer`` as in
        :meth:`archdraw.Model.png`, ``metadata`` as in :meth:`archdraw.Model.save`; ``scale`` multiplies
        every px. Raises :class:`archdraw.ArchdrawError` for a suffix
        that is no format, and where a library that the format needs is missing, :class:`OSError` where the file
        cannot be written; what was there before is
        then still there.
        """
        scene = self.scene(theme, fonts=fonts)
        if metadata:
            texts = [find() for find in self.written]
            specs = named({one.document.file: of_document(one.document, own=one.authored) for one in texts})
            using = drawn_with(theme, fonts=(fonts,) if isinstance(fonts, str | Path) else fonts)
            scene = marked(scene, specs, using, theme=theme_name(theme), view=self.name)
        return saved(scene, path, text=text, scale=scale, renderer=renderer, prefix=prefix)

    def __repr__(self) -> str:
        return f"<archdraw {self.name}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """What a notebook shows: the picture as :func:`archdraw.options` say, and a line of text for other places."""
        from archdraw.notebook import bundle

        return bundle(repr(self), lambda chosen: self.scene(chosen.theme), include, exclude)


def picture(name: str, subjects: Sequence[Subject], /, **chosen: Any) -> Picture:
    """The view ``name`` of ``subjects``, with ``chosen`` options.

    Raises :class:`archdraw.ArchdrawError` where there is no such view, for more or fewer models than it takes, and with
    every option whose value is wrong; :class:`TypeError` for an option that the view does not have.
    """
    view = several.view(name)
    return picture_of(name, [single(view, subject) for subject in subjects], **chosen)


def picture_of(name: str, singles: Sequence[Single], /, **chosen: Any) -> Picture:
    """The view ``name`` of models that it was given one by one. Raises as :func:`picture`."""
    view = several.view(name)
    if len(singles) < view.least:
        raise ArchdrawError(f"{name} needs at least {view.least} models, not {len(singles)}")
    if view.most is not None and len(singles) > view.most:
        raise ArchdrawError(f"{name} takes at most {view.most} models, not {len(singles)}")
    gathering, drawing = options(view.gather), options(view.draw)
    values = checked(name, {**gathering, **drawing}, chosen)
    value = view.gather([one.about for one in singles], **{key: values[key] for key in values if key in gathering})
    written = tuple(one.written for one in singles)
    return Picture(name, view, value, {key: values[key] for key in values if key in drawing}, written)


def drawn(name: str, models: Sequence[str | Path | Model], link: str = "", /, **chosen: Any) -> Picture:
    """The view ``name`` of ``models``: read already, files, or names of models that come with archdraw.

    Without models the view is of all that come with archdraw, unless it needs some. In ``link`` the text ``{slug}``
    stands for a model's slug; empty: each model's own link. Raises as :func:`archdraw.load` and :func:`picture`.
    """
    given = models
    if not given and not several.view(name).least:
        given = sorted(specs_folder().glob("*.yaml"))
    return picture(name, [subject(opened(model), link) for model in given], **chosen)


def opened(model: str | Path | Model) -> Model:
    """``model`` itself, or the one that is loaded from what it names. Raises as :func:`archdraw.load`."""
    return model if isinstance(model, Model) else load(model)
