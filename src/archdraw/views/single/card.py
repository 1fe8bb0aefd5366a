"""A model as a small picture: its layers without what is opened beside them."""

from __future__ import annotations

from archdraw.layout.plate import plate as layout
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views.single._drawing import drawn, whole


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The card of a model. Raises :class:`archdraw.ArchdrawError` for an ``argument``: it takes none."""
    whole("card", argument)
    return drawn(spec, block, lambda plate: layout.draw_card(plate, theme))
