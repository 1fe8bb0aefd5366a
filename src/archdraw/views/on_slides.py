"""What slides show of a model: the whole on one of them, then what is in its blocks, and what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.errors import ArchdrawError
from archdraw.layout.plate import alone, band
from archdraw.layout.plate import plate as layout
from archdraw.layout.plate.alone import Opened
from archdraw.profile import Profile
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views import paged
from archdraw.views.architecture import picture

WIDE = 820.0
"""Px across of a map of layers on a slide: its words are about as large there as those of the whole model."""


@record
class OnSlides:
    """The pictures of one model: the ``whole``, what is ``opened``, what is ``counted`` (None for nothing)."""

    whole: Scene
    opened: tuple[Opened, ...]
    counted: Scene | None


def on_slides(spec: Spec, block: Module, profiles: Sequence[Profile], theme: Theme) -> OnSlides:
    """The pictures of a model, the whole on a page of the first of ``profiles`` that has room for it.

    Raises :class:`ArchdrawError` where none has.
    """
    plate = layout.lettered(picture(spec, block), theme)
    cells = tuple(inset for inset in plate.insets if band.belongs(inset))
    panels = tuple(alone.opened(plate, inset, theme) for inset in plate.insets if not band.belongs(inset))
    return OnSlides(_whole(spec, block, profiles, theme), panels, alone.counted(plate, plate.strip, cells, WIDE, theme))


def _whole(spec: Spec, block: Module, profiles: Sequence[Profile], theme: Theme) -> Scene:
    for profile in profiles[:-1]:
        try:
            return paged.draw(spec, block, profile, theme)
        except ArchdrawError:
            continue
    return paged.draw(spec, block, profiles[-1], theme)
