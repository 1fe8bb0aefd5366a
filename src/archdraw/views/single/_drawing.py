"""What views of a whole model share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from archdraw.errors import ArchdrawError
from archdraw.layout.plate.plate import LAST_RESORT as LARGEST
from archdraw.layout.plate.plate import is_too_high
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture
from archdraw.views.brief import shortened
from archdraw.views.drawn import paths_of_plate, paths_of_scene, undrawn
from archdraw.views.layers_as_one import layers_as_one
from archdraw.views.layers_beside import layers_beside


def whole(view: str, argument: str) -> None:
    """Raises :class:`archdraw.ArchdrawError` where a ``view`` of the whole model is given an ``argument``."""
    if argument:
        raise ArchdrawError(f"the view {view} is of the whole model: it takes no :{argument}")


STEPS = ("alternatives", "pairs", "runs")
"""What is made shorter in a column that is too high even with its layers beside it."""


def drawn(
    spec: Spec,
    block: Module,
    lay_out: Callable[[Plate], Scene],
    *,
    on_page: Callable[[Plate], Scene | None] | None = None,
) -> Scene:
    """The picture of a whole model: with all that is in its layers if that finds room, else with less of it.

    On a page of bounded height, on which ``on_page`` gives the scene of a plate, or None where it is certain to be too
    high, layers stand beside their column first, then have less in them. Where nothing finds room the lowest is taken,
    layers in brief among them.
    """
    too_high = is_too_high if on_page else _is_too_large
    full = picture(spec, block)

    def scene_of(plate: Plate, scene: Scene | None = None) -> Scene:
        scene = scene or lay_out(plate)
        return replace(scene, undrawn=_lacking(block, scene, full, plate))

    # The whole plate is laid out before others, but one that has no chance only where none of them finds room.
    first = on_page(full) if on_page else lay_out(full)
    best = scene_of(full, first) if first is not None else None
    if best is not None and not too_high(best):
        return best
    for plate in _shorter(full, lambda: layers_as_one(spec, block)) if on_page else ():
        scene = scene_of(plate)
        if scene.undrawn:
            # It says of some blocks no more than how many there are.
            continue
        if not too_high(scene):
            return scene
        best = scene if best is None or scene.height < best.height else best
    if first is None:
        scene = scene_of(full)
        best = best if best is not None and best.height < scene.height else scene
    assert best is not None
    scene = scene_of(picture(spec, block, brief=True))
    return scene if scene.height < best.height else best


def _lacking(block: Module, scene: Scene, full: Plate, plate: Plate) -> tuple[str, ...]:
    """The paths of what belongs in the ``scene`` of ``block`` and is not in it.

    What a panel of the ``full`` plate shows, or of the one that was drawn, is in it, also where its box is one with
    others.
    """
    opened = {
        path
        for panel in (*full.insets, *plate.insets)
        if panel.title not in scene.left_out
        for path in (panel.source, *panel.also)
    }
    there = {*paths_of_scene(scene), *opened} - {""}
    if not full.undrawn and paths_of_plate(full) <= there:
        return ()  # all that was to be drawn is, and that was all of the model
    return tuple(path for path, _ in undrawn(block, there))


def _is_too_large(scene: Scene) -> bool:
    return min(scene.width, scene.height) > LARGEST


def _shorter(plate: Plate, as_one: Callable[[], Plate | None]) -> Iterator[Plate]:
    """``plate`` with its layers ``as_one`` or beside its column, then with less and less in them; each once."""
    if not (plate.towers or plate.wires) and (joint := as_one()) is not None:
        yield joint
    seen = [plate]
    for number in range(len(STEPS) + 1):
        short = shortened(plate, STEPS[:number]).plate
        for shorter in (short, short if plate.towers or plate.wires else layers_beside(short)):
            if shorter not in seen:
                seen.append(shorter)
                yield shorter
