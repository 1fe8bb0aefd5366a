"""The panels of a model on a sheet of their own: all of them, also those that find no room on its plate."""

from __future__ import annotations

from archdraw.errors import ArchdrawError
from archdraw.layout.plate import panel_sheet
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture
from archdraw.views.single._drawing import whole


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The sheet of a model.

    Raises :class:`archdraw.ArchdrawError` for an ``argument``: it takes none, and for a model without panels.
    """
    whole("panels", argument)
    plate = picture(spec, block)
    if not plate.insets:
        raise ArchdrawError(f"{spec.name} has no panels: nothing in it has more inside than its box says")
    return panel_sheet.draw(plate, theme)
