"""What views of a whole model share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archdraw.errors import ArchdrawError
from archdraw.layout.plate.plate import LAST_RESORT as LARGEST
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture
from archdraw.views.drawn import paths_of_plate, paths_of_scene, undrawn


def whole(view: str, argument: str) -> None:
    """Raises :class:`archdraw.ArchdrawError` where a ``view`` of the whole model is given an ``argument``."""
    if argument:
        raise ArchdrawError(f"the view {view} is of the whole model: it takes no :{argument}")


def drawn(spec: Spec, block: Module, lay_out: Callable[[Plate], Scene]) -> Scene:
    """The picture of a whole model, its layers in brief where nobody could read it otherwise."""
    plate = picture(spec, block)
    scene = lay_out(plate)
    if min(scene.width, scene.height) > LARGEST:
        plate = picture(spec, block, brief=True)
        scene = lay_out(plate)
    there = paths_of_scene(scene)
    if not plate.undrawn and paths_of_plate(plate) <= there:
        return scene  # all that was to be drawn is, and that was all of the model
    return replace(scene, undrawn=tuple(path for path, _ in undrawn(block, there)))
