"""The whole model: its layers, what is opened beside them, and the strip."""

from __future__ import annotations

from archdraw.layout.plate import plate as layout
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views.closed import with_closed
from archdraw.views.single._drawing import drawn, whole


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The plate of a model. Raises :class:`archdraw.ArchdrawError` for an ``argument``: it takes none."""
    whole("plate", argument)

    def on_page(plate: Plate) -> Scene | None:
        return layout.draw_unless_too_high(with_closed(plate, block), theme)

    return drawn(spec, block, lambda plate: layout.draw(with_closed(plate, block), theme), on_page=on_page)
