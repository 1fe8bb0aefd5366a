"""What views of a whole model share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archdraw.errors import ArchdrawError
from archdraw.layout.plate.plate import is_too_high
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture
from archdraw.views.brief import shortened
from archdraw.views.drawn import paths_of_scene, undrawn


def whole(view: str, argument: str) -> None:
    """Raises :class:`archdraw.ArchdrawError` where a ``view`` of the whole model is given an ``argument``."""
    if argument:
        raise ArchdrawError(f"the view {view} is of the whole model: it takes no :{argument}")


STEPS = ((), ("alternatives",), ("alternatives", "pairs"), ("alternatives", "pairs", "runs"))
"""What is made shorter in a column that is too high, from all that is in it on."""


def drawn(spec: Spec, block: Module, lay_out: Callable[[Plate], Scene]) -> Scene:
    """The picture of a whole model: with all that is in its layers if that finds room, else with less of it.

    Where none does, the lowest, its layers in brief among them.
    """
    plate = picture(spec, block)
    best: Scene | None = None
    for steps in STEPS:
        brief = shortened(plate, steps)
        if len(brief.without) < len(steps):
            # One of them makes no difference here.
            continue
        scene = lay_out(brief.plate)
        best = scene if best is None or scene.height < best.height else best
        if not is_too_high(scene):
            break
    assert best is not None
    if is_too_high(best):
        scene = lay_out(picture(spec, block, brief=True))
        best = scene if scene.height < best.height else best
    return replace(best, undrawn=tuple(path for path, _ in undrawn(block, paths_of_scene(best))))
