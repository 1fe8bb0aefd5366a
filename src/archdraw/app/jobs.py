"""What is to be made from a spec, and the making of it, but for the writing."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from archdraw.doors import VIEWS
from archdraw.drawn_with import drawn_with
from archdraw.errors import ArchdrawError, InputError, Problem
from archdraw.model import Model, load
from archdraw.provenance import command, digest_of, marked, name_of
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.sizing import fitted, scale_at
from archdraw.writers import Renderer, TextMode, Writer

PLATE = "plate"
"""The view of a model where nothing is said."""
RECORDS = {
    "facts": "archdraw.site.cards",
    "compare": "archdraw.site.comparing",
    "about": "archdraw.site.about",
    "spec": "archdraw.site.spec_text",
}
"""In place of a view: what a gallery says of a model, and the module whose ``written`` makes its bytes."""
DRAWINGS = {"blocks": "archdraw.site.blocks"}
"""The same of what is drawn in it: the module whose ``made`` makes it, in the theme and with the fonts of an output."""
SLIDES = "pptx"
"""The format that has a design: a template, and pictures that may be edited."""
Said: TypeAlias = tuple[tuple[str, str | tuple[str, ...]], ...]
"""What is said of a figure: its options by name, those of :meth:`archdraw.Model.figure`."""


@record
class Output:
    """One file to be made: ``format`` by name, ``theme`` by name or file, ``scale`` in pixels per px (PNG only).

    ``view`` and ``theme`` are as in :meth:`archdraw.Model.scene`, ``width``, ``background`` and ``direction`` too.
    ``fonts`` are files for letters that archdraw's own font lacks, ``renderer`` draws pixels; all ids begin with
    ``prefix``. With ``dpi`` pixels are so many per inch in print, whatever ``scale`` is; None: as many as the profile
    of a page says. The options in ``figure``, by their names, come on top of the spec's own figure. Without
    ``metadata`` the file does not say of what, and how, it was made. ``usual`` is the view where ``view`` is empty and
    the spec says none. ``template`` is the file whose design a slide has, ``pictures`` what it is on it, ``steps`` how
    it is built up. With a ``palette`` PNG has 256 colours. ``scale`` is less where a picture would otherwise have more
    pixels across or down than ``within``.
    """

    path: Path
    format: str
    view: str = PLATE
    theme: str | Path = "light"
    text: TextMode = "embed"
    scale: float = 1.0
    fonts: tuple[str, ...] = ()
    renderer: Renderer = "resvg"
    prefix: str = ""
    width: str = ""
    background: str = ""
    dpi: float | None = 0
    figure: Said = ()
    metadata: bool = True
    usual: str = PLATE
    direction: str = ""
    template: str = ""
    pictures: str = "shapes"
    steps: str = ""
    palette: bool = False
    within: tuple[int, int] | None = None

    @property
    def page(self) -> Mapping[str, str]:
        """What is said of the page, by the names of :meth:`archdraw.Model.scene`."""
        return {"width": self.width, "background": self.background, "direction": self.direction}


@record
class Job:
    """One spec and all files that are to be made from it; ``with_transformers`` as in :func:`archdraw.load`.

    A spec that is no file of its own is ``text``, a part of the document ``spec``. A picture of several models has
    ``others`` than ``spec``.
    """

    spec: Path
    outputs: tuple[Output, ...]
    with_transformers: bool = False
    text: str = ""
    others: tuple[Path, ...] = ()

    @property
    def models(self) -> tuple[Path, ...]:
        """The files of its models."""
        return (self.spec, *self.others)


@record
class Made:
    """The bytes of one file, with what is said of it: ``width`` and ``height`` in px as it is printed, and warnings.

    ``own_letters``: all letters are those of archdraw's own font, and no other font has to do with it.
    """

    data: bytes = field(repr=False)
    title: str = ""
    description: str = ""
    width: float = 0
    height: float = 0
    problems: tuple[Problem | str, ...] = ()
    own_letters: bool = True


@record
class Drawn:
    """What came of a job where it was done: ``made`` in the order of its outputs, fewer where something is wrong."""

    made: tuple[Made, ...] = ()
    problems: tuple[Problem | str, ...] = ()
    crash: str = ""


def figured(model: Model, output: Output) -> Model:
    """``model`` with the figure that ``output`` says. Raises as :meth:`archdraw.Model.figure`."""
    said: dict[str, Any] = dict(output.figure)
    return model.figure(**said) if said else model


def words_of(output: Output) -> list[str]:
    """The options of ``archdraw render`` that ask for ``output``, those that are not as usual."""
    # Pixels of a page are as many as its profile says, where nothing else is said.
    scaled = output.dpi == 0 and (output.scale != 1 or not output.view or usual_dpi(output.view) > 0)
    said = {
        "view": output.view or ("" if output.usual == PLATE else output.usual),
        "theme": "" if output.theme == "light" else str(output.theme),
        "text": "" if output.text == "embed" else output.text,
        "scale": f"{output.scale:g}" if scaled else "",
        "dpi": f"{output.dpi:g}" if output.dpi else "",
        "width": output.width,
        "background": output.background,
        "direction": output.direction,
        "renderer": "" if output.renderer == "resvg" else output.renderer,
        "id-prefix": output.prefix,
        "format": "" if output.format == "svg" else output.format,
        "template": output.template,
        "steps": output.steps,
        "as": "" if output.pictures == "shapes" else output.pictures,
    }
    pairs = [(name, value) for name, value in said.items() if value] + [("font", font) for font in output.fonts]
    for name, values in output.figure:
        pairs += [(name, value) for value in ([values] if isinstance(values, str) else values)]
    words = [word for name, value in pairs for word in (f"--{name}", value)]
    return [*words, "--palette"] if output.palette else words


def usual_dpi(view: str) -> float:
    """Pixels per inch of a page where nothing is asked for; 0 for a ``view`` that is none."""
    if view.partition(":")[0] in VIEWS.names():
        return 0.0
    from archdraw.profile import load_profile

    return load_profile(view).dpi


def view_of(output: Output, model: Model) -> str:
    """The view that ``output`` asks for of ``model``, or else the spec, or else the usual one, of its format first."""
    from archdraw.spec.presenting import page_of

    if output.view:
        return output.view
    usual = Writer(output.format).view if output.usual == PLATE else ""
    return page_of(model.spec, usual or output.usual)


def said(scene: Scene, output: Output, model: Model, job: Job) -> Scene:
    """``scene`` of the ``model`` of ``job`` with what the file of ``output`` says of its origin."""
    # What is in a document is no spec that the command could be given.
    if not output.metadata or job.text:
        return scene
    name = name_of(job.spec)
    completed = ["--with-transformers"] if job.with_transformers else []
    view = view_of(output, model)
    asked = output if output.usual == PLATE else replace(output, view=view)
    using = drawn_with(output.theme, view, output.fonts, output.template)
    words = ["archdraw", "render", name, *words_of(asked), *completed]
    return marked(scene, {name: digest_of(job.spec)}, using, command=command(words))


def encoded(scene: Scene, output: Output, model: Model, job: Job) -> bytes:
    """``scene`` of the ``model`` of ``job`` as the file that ``output`` asks for.

    Raises as :func:`archdraw.writers.write`.
    """
    if output.within is not None:
        output = replace(output, scale=fitted(scene, output.scale, output.within))
    scene = said(scene, output, model, job)
    if output.format == SLIDES:
        from archdraw.writers.pptx import write

        pictures: Any = output.pictures
        return write(scene, scale=output.scale, template=output.template or None, pictures=pictures)
    dpi = usual_dpi(view_of(output, model)) if output.dpi is None else output.dpi
    dense = dpi and Writer(output.format).is_raster
    scale = scale_at(scene, dpi) if dense else output.scale
    return Model.write(
        scene,
        output.format,
        text=output.text,
        scale=scale,
        renderer=output.renderer,
        prefix=output.prefix,
        palette=output.palette,
    )


def draw(job: Job) -> Drawn:
    """Does one job but for the writing; raises nothing, so that it can be sent to any executor."""
    return attempted(job, _made)


def _made(job: Job) -> Iterator[Made]:
    if job.text:
        model = Model.from_text(job.text, file=str(job.spec))
    else:
        model = load(job.spec, with_transformers=job.with_transformers)
    # Warnings of a spec are for its author, who runs check; those of a config say how complete the diagram is.
    known = model.warnings if model.reading is not None else ()
    shown: dict[Said, Model] = {}
    for output in job.outputs:
        if output.view in RECORDS:
            yield Made(import_module(RECORDS[output.view]).written(model), model.name)
            continue
        if output.view in DRAWINGS:
            yield import_module(DRAWINGS[output.view]).made(model, output)
            continue
        one = shown[output.figure] = shown.get(output.figure) or figured(model, output)
        scene, found = one.drawn(view_of(output, one), output.theme, output.fonts, **output.page)
        data = encoded(scene, output, one, job)
        about = (scene.title, scene.description, *scene.size)
        yield Made(data, *about, problems=(*known, *found), own_letters=not found)


def attempted(job: Job, make: Callable[[Job], Iterator[Made]]) -> Drawn:
    """What ``make`` makes of ``job``, as far as it gets, and what is wrong; raises nothing."""
    made: list[Made] = []
    try:
        for one in make(job):
            made.append(one)
    except InputError as error:
        return Drawn(tuple(made), error.problems)
    except ArchdrawError as error:
        return Drawn(tuple(made), (f"{job.spec}: error: {error}",))
    except Exception:
        return Drawn(tuple(made), crash=traceback.format_exc())
    return Drawn(tuple(made))
