"""Pictures that are built up: fragments, files, pages or slides, a step after the other."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

from archdraw.app.jobs import Job, Output, encoded, said
from archdraw.errors import ArchdrawError
from archdraw.model import Model
from archdraw.scene import Scene, until

Steps: TypeAlias = Literal["reveal", "files", "pdf", "clicks", "slides"]
"""How a picture is built up: as fragments of reveal.js in one SVG, as a file for each step, as a PDF with a page for
each, as one slide of PowerPoint by clicks, as a slide for each."""
WAYS: tuple[Steps, ...] = get_args(Steps)
FORMATS: dict[Steps, str] = {"reveal": "svg", "files": "", "pdf": "pdf", "clicks": "pptx", "slides": "pptx"}
"""The one format of each way; files are of any."""


def stepped(scene: Scene, output: Output, model: Model, job: Job) -> list[tuple[str, bytes]]:
    """The files that show ``scene`` of the ``model`` of ``job`` step after step, with what their names end in.

    Raises :class:`ArchdrawError` where the picture has no steps, and as :func:`archdraw.writers.write`.
    """
    if not scene.steps:
        raise ArchdrawError("this view has no steps: plates, slides and cards have")
    states = [until(scene, number) for number in range(len(scene.steps))]
    scale = output.scale
    match output.steps:
        case "files":
            digits = len(str(len(states)))
            numbers = (f"-{number:0{digits}}" for number in range(1, len(states) + 1))
            files = [encoded(state, output, model, job) for state in states]
            return list(zip(numbers, files, strict=True))
        case "reveal":
            from archdraw.writers._fragments import fragments

            whole = said(scene, output, model, job)
            # It is in a page, which has no room for the declaration of a file.
            written = fragments(whole, output.text, prefix=output.prefix, scale=scale)
            return [("", f"{written}\n".encode())]
        case "pdf":
            from archdraw.writers.pdf import pdf

            return [("", pdf(*(said(state, output, model, job) for state in states), scale=scale))]
        case _:
            return [("", _slides(states, said(scene, output, model, job), output))]


def _slides(states: list[Scene], scene: Scene, output: Output) -> bytes:
    from archdraw.writers.pptx import deck_of

    pictures: Any = output.pictures
    shown = (scene,) if output.steps == "clicks" else tuple(states)
    return deck_of(
        shown, scene, scale=output.scale, template=output.template or None, pictures=pictures,
        clicks=output.steps == "clicks",
    )  # fmt: skip
