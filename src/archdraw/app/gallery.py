"""Many models on one page: every diagram as SVG and PNG, and an index to look through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from archdraw.app.batch import Outcome
from archdraw.app.jobs import Job, Output
from archdraw.app.pages import page
from archdraw.writers import Renderer

PNG_SCALE = 2.0


def jobs(
    specs: Mapping[Path, str],
    folder: Path,
    theme: str | Path = "light",
    fonts: tuple[str, ...] = (),
    renderer: Renderer = "resvg",
) -> list[Job]:
    """What is to be drawn: the diagram of each of ``specs`` in ``folder``, under its name there, as SVG and as PNG.

    ``fonts`` are files for letters that archdraw's own font lacks, ``renderer`` draws the PNG.
    """
    return [
        Job(
            spec,
            (
                Output(folder / f"{name}.svg", "svg", theme=theme, fonts=fonts),
                Output(folder / f"{name}.png", "png", theme=theme, scale=PNG_SCALE, fonts=fonts, renderer=renderer),
            ),
        )
        for spec, name in specs.items()
    ]


def index(outcomes: Sequence[Outcome], names: Mapping[Path, str]) -> str:
    """An HTML page that shows every picture of ``outcomes``, of models of these ``names``.

    It is meant for the folder of the pictures.
    """
    figures = [
        {
            "slug": names[outcome.spec],
            "title": outcome.title,
            "description": outcome.description,
            "files": [file.name for file in outcome.written],
            "width": round(outcome.width),
            "height": round(outcome.height),
        }
        for outcome in outcomes
        if outcome.written
    ]
    count = "1 model" if len(figures) == 1 else f"{len(figures)} models"
    return page("gallery.html.j2", count=count, figures=figures)
