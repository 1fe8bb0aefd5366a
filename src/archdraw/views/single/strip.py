"""The layers of a model as a strip of cells."""

from __future__ import annotations

from archdraw.errors import ArchdrawError
from archdraw.layout.plate import plate as layout
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture
from archdraw.views.single._drawing import whole


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The strip of a model.

    Raises :class:`archdraw.ArchdrawError` for an ``argument``, and where the model has no strip.
    """
    whole("strip", argument)
    plate = picture(spec, block)
    if plate.strip is None:
        raise ArchdrawError(f"{plate.name} has no layer strip: all its layers are alike, or too many for cells")
    return layout.draw_strip(plate, theme)
