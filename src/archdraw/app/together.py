"""One picture of the several models of a job: a view such as ``compare``, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archdraw.app.jobs import Drawn, Job, Made, Output, attempted
from archdraw.app.pictures import picture, subject
from archdraw.drawn_with import drawn_with
from archdraw.errors import InputError, Problem
from archdraw.model import Model, load
from archdraw.provenance import command, digest_of, marked, name_of, named
from archdraw.scene import Scene
from archdraw.sizing import on


def draw_together(job: Job) -> Drawn:
    """Draws the models of ``job`` in one picture for each of its outputs; raises nothing, as :func:`jobs.draw`.

    The ``view`` of an output is one of several models, its ``figure`` has the view's own options: flags, as texts.
    """
    return attempted(job, _made)


def _made(job: Job) -> Iterator[Made]:
    models = _models(job.models)
    known = tuple(problem for model in models if model.reading is not None for problem in model.warnings)
    for output in job.outputs:
        flags: dict[str, Any] = {name: bool(value) for name, value in output.figure}
        shown = picture(output.view, [subject(model) for model in models], **flags)
        scene, found = shown.drawn(output.theme, fonts=output.fonts)
        if output.background:
            scene = on(scene, output.background)
        data = Model.write(
            _said(scene, output, job), output.format, text=output.text, scale=output.scale, prefix=output.prefix
        )
        about = (scene.title, scene.description, *scene.size)
        yield Made(data, *about, problems=(*known, *found), own_letters=not found)


def _models(files: tuple[Path, ...]) -> list[Model]:
    """The models in ``files``. Raises :class:`InputError` with all that is wrong with any of them."""
    models: list[Model] = []
    problems: list[Problem] = []
    for file in files:
        try:
            models.append(load(file))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return models


def _said(scene: Scene, output: Output, job: Job) -> Scene:
    """``scene`` with what the file of ``output`` says of its origin."""
    if not output.metadata:
        return scene
    theme = str(output.theme)
    words = ["archdraw", output.view, *map(name_of, job.models), *(f"--{name}" for name, _ in output.figure)]
    words += [] if theme == "light" else ["--theme", theme]
    words += [] if output.text == "embed" else ["--text", output.text]
    words += [] if output.format == "svg" else ["--format", output.format]
    specs = named({str(file): digest_of(file) for file in job.models})
    return marked(scene, specs, drawn_with(output.theme, fonts=output.fonts), command=command(words))
