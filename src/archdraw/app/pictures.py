"""Pictures of several models as Python sees them: ``archdraw.compare("a.yaml", "b.yaml").save("ab.svg")``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args, get_origin

from archdraw.errors import ArchdrawError, nearest
from archdraw.files import write_whole
from archdraw.model import Model, load, mime_bundle
from archdraw.resources import shipped_spec, specs_folder
from archdraw.theme import Theme, load_theme
from archdraw.views import several
from archdraw.views.several import Several, Subject

if TYPE_CHECKING:
    from archdraw.scene import Scene
    from archdraw.writers import TextMode


def options(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The options of one half of a view: its keyword-only parameters, annotations evaluated."""
    parameters = inspect.signature(function, eval_str=True).parameters
    return {name: found for name, found in parameters.items() if found.kind is inspect.Parameter.KEYWORD_ONLY}


def subject(model: Model, link: str = "") -> Subject:
    """``model`` as a view sees it. In ``link`` the text ``{slug}`` stands for its slug; empty: the spec's own link."""
    target = link.replace("{slug}", model.slug) if link else several.link_of(model.spec)
    return Subject(model.slug, model.spec, model.block, target)


Each: TypeAlias = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Does something with each of several things, and returns the results in order."""


def _apart(name: str, theme: Theme, part: Any) -> Scene:
    """One piece of the view ``name``: a function that other processes find."""
    piece = several.view(name).piece
    assert piece is not None
    return piece(part, theme)


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A view of several models: its ``value`` is what it tells, all else is how that is written.

    In a notebook it shows itself.
    """

    name: str
    view: Several
    value: Any
    drawing: Mapping[str, Any]

    def scene(self, theme: str | Path | Theme = "light", each: Each = map) -> Scene:
        """The picture as geometry. Raises :class:`archdraw.ArchdrawError` where there is no such theme.

        What is drawn piece by piece is drawn by ``each``: ``map``, or that of an executor.
        """
        chosen = load_theme(theme) if isinstance(theme, str | Path) else theme
        view = self.view
        if view.piece is None or view.pieces is None:
            return view.draw(self.value, chosen, **self.drawing)
        scenes = tuple(each(partial(_apart, self.name, chosen), view.pieces(self.value)))
        return view.draw(self.value, chosen, scenes, **self.drawing)

    def data(self) -> Any:
        """What it tells, as plain data: mappings, lists, texts and numbers."""
        return self.view.data(self.value)

    def svg(self, theme: str | Path | Theme = "light", text: TextMode = "embed") -> str:
        """The picture as SVG. ``text``: "embed" real text with its font, "outline" shapes for places without fonts."""
        return Model.write(self.scene(theme), "svg", text=text).decode()

    def png(self, theme: str | Path | Theme = "light", scale: float = 1.0) -> bytes:
        """The picture as PNG, ``scale`` pixels for each px of the scene."""
        return Model.write(self.scene(theme), "png", scale=scale)

    def pdf(self, theme: str | Path | Theme = "light") -> bytes:
        """The picture as PDF, one page of its size. Raises :class:`archdraw.ArchdrawError` where that is too large."""
        return Model.write(self.scene(theme), "pdf")

    def save(
        self, path: str | Path, theme: str | Path | Theme = "light", *, text: TextMode = "embed", scale: float = 1.0
    ) -> Path:
        """Writes the picture to ``path``, in the format of its suffix, and returns the path.

        Raises :class:`archdraw.ArchdrawError` for a suffix that is no format, :class:`OSError` where the file cannot be
        written; what was there before is then still there.
        """
        target = Path(path)
        format = target.suffix.removeprefix(".").lower()
        write_whole(target, Model.write(self.scene(theme), format, text=text, scale=scale))
        return target

    def __repr__(self) -> str:
        return f"<archdraw {self.name}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """What a notebook shows: the picture as SVG, with a line of text for places without pictures."""
        return mime_bundle(repr(self), self.svg, include, exclude)


def picture(name: str, subjects: Sequence[Subject], **chosen: Any) -> Picture:
    """The view ``name`` of ``subjects``, with ``chosen`` options.

    Raises :class:`archdraw.ArchdrawError` where there is no such view, for more or fewer models than it takes, and for
    a value that an option does not have; :class:`TypeError` for an option that the view does not have.
    """
    view = several.view(name)
    if len(subjects) < view.least:
        raise ArchdrawError(f"{name} needs {view.least} models at least, not {len(subjects)}")
    if view.most is not None and len(subjects) > view.most:
        raise ArchdrawError(f"{name} has room for {view.most} models, not {len(subjects)}")
    gathering, drawing = options(view.gather), options(view.draw)
    unknown = chosen.keys() - gathering.keys() - drawing.keys()
    if unknown:
        raise TypeError(f"{name} has no option {', '.join(sorted(unknown))}")
    known = {**gathering, **drawing}
    checked = {key: _checked(key, given, known[key].annotation) for key, given in chosen.items()}
    value = view.gather(subjects, **{key: checked[key] for key in checked if key in gathering})
    return Picture(name, view, value, {key: checked[key] for key in checked if key in drawing})


def _checked(name: str, given: Any, annotation: Any) -> Any:
    """What is ``given`` for an option, as its annotation has it: one text stands for a tuple of one.

    Raises :class:`ArchdrawError` for what is none of the literals, or out of the range.
    """
    more: tuple[Any, ...] = ()
    if get_origin(annotation) is Annotated:
        annotation, *_ = more = get_args(annotation)
    members = get_args(annotation)
    if NoneType in members:
        if given is None:
            return None
        annotation = next(member for member in members if member is not NoneType)
    if get_origin(annotation) is tuple and isinstance(given, str):
        return (given,)
    if get_origin(annotation) is Literal and given not in (known := get_args(annotation)):
        hint = nearest(given, known) if isinstance(given, str) else ""
        told = f"{name.strip('_')} is {', '.join(known[:-1])} or {known[-1]}, not {given!r}"
        raise ArchdrawError(f"{told}; {hint}" if hint else told)
    bounds = next((one for one in more if isinstance(one, range)), None)
    if bounds is not None and given not in bounds:
        raise ArchdrawError(f"{name.strip('_')} is a number from {bounds[0]} to {bounds[-1]}, not {given!r}")
    return given


def function(name: str) -> Callable[..., Picture]:
    """The Python function of the view ``name``: ``function("compare")("a.yaml", model, link="{slug}.svg")``."""
    made = partial(_drawn, name)
    made.__doc__ = several.view(name).summary
    return made


def _drawn(name: str, /, *models: str | Path | Model, link: str = "", **chosen: Any) -> Picture:
    """The view ``name`` of ``models``: read already, files, or names of models that come with the program.

    Without models the view is of all that come with the program. Raises as :func:`archdraw.load` and :func:`picture`.
    """
    given: Sequence[str | Path | Model] = models
    if not given and not several.view(name).least:
        given = sorted(specs_folder().glob("*.yaml"))
    read = [model if isinstance(model, Model) else load(shipped_spec(model) or model) for model in given]
    return picture(name, [subject(model, link) for model in read], **chosen)
