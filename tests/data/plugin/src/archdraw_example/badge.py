"""A view of one model: its name and how many parameters it has."""

from __future__ import annotations

from archdraw.errors import ArchdrawError
from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.tree.facts import facts

WIDTH = 640.0


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The badge of a model. Raises :class:`archdraw.ArchdrawError` for an ``argument``: it takes none."""
    if argument:
        raise ArchdrawError(f"the view badge takes no :{argument}")
    total = f"{facts(block).total_parameters:,} parameters"
    canvas = Canvas(theme)
    page.header(canvas, spec.name, (total,), WIDTH)
    return canvas.scene(WIDTH, page.HEADER, spec.name, f"{spec.name}: {total}.")
