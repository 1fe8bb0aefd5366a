"""One block of a model, opened: ``inset:layers/self_attn``."""

from __future__ import annotations

from archdraw.errors import ArchdrawError
from archdraw.layout.plate import plate as layout
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The inset of the block at the path ``argument``. Raises :class:`archdraw.ArchdrawError` where there is none."""
    plate = picture(spec, block)
    try:
        return layout.draw_inset(plate, argument, theme)
    except KeyError:
        known = ", ".join(inset.source or inset.beside for inset in plate.insets if inset.source or inset.beside)
        raise ArchdrawError(f"{spec.name} has no inset {argument!r}; there are {known}") from None
