"""A lesson in ten steps: how a decoder works and what makes models differ, with pictures of well-known models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from archdraw.errors import ArchdrawError
from archdraw.model import load
from archdraw.records import record
from archdraw.resources import shipped_spec
from archdraw.site.entries import Site
from archdraw.site.figures import Figure, figure
from archdraw.site.templating import read_data
from archdraw.source import read_text

STATIC: tuple[str, ...] = ("lesson.css",)
NAMES: tuple[str, ...] = ("lesson",)
LESSON = Path(__file__).parent.parent / "lesson.yaml"
ALONE = Path(__file__).parent.parent / "lesson-page.yaml"
"""The page that the view "column" of a step is: the model without panels."""


@record
class Picture:
    """One picture of a step: a ``view`` of the model in the file ``spec``, with blocks that are highlighted in it."""

    name: str
    model: str
    spec: Path
    view: str
    highlight: tuple[str, ...]

    @property
    def caption(self) -> str:
        """The name of the model."""
        return load(self.spec).name

    def drawn(self) -> Figure:
        """The picture as it is in a page."""
        model = load(self.spec)
        shown = model.figure(highlight=list(self.highlight)) if self.highlight else model
        return figure(shown.scene(self.view), f"{self.name}-")


@record
class Step:
    """One step: its title, paragraphs, pictures, and names of models to go on with."""

    title: str
    text: tuple[str, ...]
    pictures: tuple[Picture, ...]
    models: tuple[str, ...]


@cache
def steps() -> tuple[Step, ...]:
    """The steps of the lesson, in order."""
    return tuple(_step(number, one) for number, one in enumerate(read_data(LESSON), 1))


def _step(number: int, given: Mapping[str, Any]) -> Step:
    pictures = tuple(_picture(f"lesson-{number:02}-{place}", one) for place, one in enumerate(given["pictures"], 1))
    return Step(given["title"], tuple(given["text"]), pictures, tuple(given["models"]))


def _picture(name: str, given: Mapping[str, Any]) -> Picture:
    spec = shipped_spec(given["model"])
    if spec is None:
        raise ArchdrawError(f"the lesson shows {given['model']}, which does not come with archdraw")
    view = str(ALONE) if given["view"] == "column" else given["view"]
    return Picture(name, given["model"], spec, view, tuple(given.get("highlight", ())))


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page of the lesson."""
    yield site.page("lesson.html", "lesson.html.j2", steps=steps(), shown=lambda picture: _shown(site, picture))


def _shown(site: Site, picture: Picture) -> str:
    """``picture`` in a page, drawn again when its model is another."""
    value = (read_text(picture.spec), picture.view, picture.highlight)
    return site.shown(site.workshop.figure(picture.name, value, lambda _: picture.drawn()))
