"""What is to be made from a spec, and the making of it, but for the writing."""

from __future__ import annotations

import traceback
from dataclasses import field
from pathlib import Path

from archdraw.errors import ArchdrawError, InputError, Problem
from archdraw.model import Model, load
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.sizing import scale_at
from archdraw.writers import Renderer, TextMode, Writer

FACTS = "facts"
"""In place of a view: what a gallery says of a model, as JSON."""


@record
class Output:
    """One file to be made: ``format`` by name, ``theme`` by name or file, ``scale`` in pixels per px (PNG only).

    ``fonts`` are files for letters that archdraw's own font lacks, ``renderer`` draws pixels; all ids
    begin with ``prefix``. ``width`` and ``background`` are as in :meth:`archdraw.Model.scene`; with ``dpi`` pixels are
    so many per inch in print, whatever ``scale`` is.
    """

    path: Path
    format: str
    view: str = "plate"
    theme: str | Path = "light"
    text: TextMode = "embed"
    scale: float = 1.0
    fonts: tuple[str, ...] = ()
    renderer: Renderer = "resvg"
    prefix: str = ""
    width: str = ""
    background: str = ""
    dpi: float = 0


@record
class Job:
    """One spec and all files that are to be made from it; ``with_transformers`` as in :func:`archdraw.load`."""

    spec: Path
    outputs: tuple[Output, ...]
    with_transformers: bool = False


@record
class Made:
    """The bytes of one file, with what is said of it: ``width`` and ``height`` in px, and warnings.

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


def encoded(scene: Scene, output: Output) -> bytes:
    """``scene`` as the file that ``output`` asks for. Raises as :func:`archdraw.writers.write`."""
    dense = output.dpi and Writer(output.format).is_raster
    scale = scale_at(scene, output.dpi) if dense else output.scale
    return Model.write(
        scene, output.format, text=output.text, scale=scale, renderer=output.renderer, prefix=output.prefix
    )


def draw(job: Job) -> Drawn:
    """Does one job but for the writing; raises nothing, so that it can be sent to any executor."""
    made: list[Made] = []
    try:
        model = load(job.spec, with_transformers=job.with_transformers)
        # Warnings of a spec are for its author, who runs check; those of a config say how complete the diagram is.
        known = model.warnings if model.reading is not None else ()
        for output in job.outputs:
            if output.view == FACTS:
                from archdraw.app.cards import written

                made.append(Made(written(model), model.name))
                continue
            scene, found = model.drawn(
                output.view, output.theme, output.fonts, width=output.width, background=output.background
            )
            data = encoded(scene, output)
            about = (scene.title, scene.description, scene.width, scene.height)
            made.append(Made(data, *about, problems=(*known, *found), own_letters=not found))
    except InputError as error:
        return Drawn(tuple(made), error.problems)
    except ArchdrawError as error:
        return Drawn(tuple(made), (f"{job.spec}: error: {error}",))
    except Exception:
        return Drawn(tuple(made), crash=traceback.format_exc())
    return Drawn(tuple(made))
