"""A view of several models: how large their vocabularies are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.views.several import Several, Subject

WIDTH, ROW, NAME = 1224.0, 28.0, 160.0


def gather(
    subjects: Sequence[Subject], *, least: Annotated[int, "Entries that a vocabulary has at least."] = 1
) -> dict[str, int]:
    """The sizes of vocabularies by the name of the model, the largest first."""
    known = ((one.spec.name, one.spec.vocab_size) for one in subjects)
    sizes = {name: size for name, size in known if size is not None and size >= least}
    return dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))


def draw(sizes: Mapping[str, int], theme: Theme) -> Scene:
    """A line for each model."""
    canvas = Canvas(theme)
    page.header(canvas, "Vocabularies", (f"{len(sizes)} {'model' if len(sizes) == 1 else 'models'}",), WIDTH)
    top = page.HEADER
    for name, size in sizes.items():
        canvas.text(page.MARGIN, top + 20, f"{size:,}", 16, 600)
        canvas.text(page.MARGIN + NAME, top + 20, name, 16, 400)
        top += ROW
    height = page.footer(canvas, ("Counted from the specs", "archdraw"), WIDTH, top)
    words = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    return canvas.scene(WIDTH, height, "Vocabularies", f"Sizes of vocabularies: {words}.")


VIEW = Several(
    summary="List the vocabulary sizes of models.",
    gather=gather,
    draw=draw,
    data=dict,
    examples="archdraw vocabularies --least 100000 -o vocabularies.svg",
)
