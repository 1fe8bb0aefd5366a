"""Whether a picture has all of its model: each block with weights, each module and all that stands beside the line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import TypeGuard

from archdraw.parts import parts
from archdraw.picture import Bar, Box, Diagram, Lanes, Plate, Tap
from archdraw.scene import FRAME, Scene, groups_of
from archdraw.tree.blocks import Block, Experts, Leaf, Module, Repeat
from archdraw.tree.blocks import Graph as BlockGraph
from archdraw.tree.remembered import remembered
from archdraw.tree.sharing import likeness
from archdraw.tree.walks import children, leaves, paths_in, walk
from archdraw.views.diagrams import is_activation, unnamed_path
from archdraw.views.overlay import WRAPPED, of_any_mixer


def undrawn(model: Module, paths: Collection[str]) -> tuple[tuple[str, Leaf | Module], ...]:
    """The blocks of ``model``, with their paths, that a picture with boxes at ``paths`` does not show.

    A block is shown by its own box, by that of a block around it, and by that of an equal block elsewhere in the model:
    layers that are alike are drawn once, whichever of them stores what they share. A module without a box is shown
    where all is that it consists of.
    """
    every = list(walk(model.body))
    own = {id(block) for path, block in every if path in paths}
    places = paths_in(model.body)
    number = likeness()

    @cache
    def shown() -> set[int]:
        """The numbers of what has a box; to find them, whole trees are read, for which there mostly is no need."""
        unnamed = (block for _, block in every if _is_unnamed(block) and _is_in_one_box(block, places, paths))
        named = (of_any_mixer(block) for path, block in every if path in paths and isinstance(block, Leaf | Module))
        return {*map(number, named), *map(number, unnamed)}

    def is_shown(block: Block) -> bool:
        return id(block) in own or number(of_any_mixer(block)) in shown()

    @remembered(len(every))
    def lacking(block: Block) -> tuple[tuple[str, Leaf | Module], ...]:
        if isinstance(block, Leaf):
            return () if not block.weights or is_shown(block) else ((places[id(block)], block),)
        if isinstance(block, Module) and id(block) in own:
            return ()
        if isinstance(block, Module) and not any(True for _ in _solid(block)):
            inside = list(leaves(block))
            hidden = [part for part in inside if not is_shown(part)]
            # A function of each value may be written into the box before it.
            if len(hidden) < len(inside) and all(map(is_activation, hidden)):
                return ()
            return () if is_shown(block) else ((places[id(block)], block),)
        if _is_unnamed(block) and _is_in_one_box(block, places, paths):
            return ()
        found = tuple(lack for child in children(block) for lack in lacking(child))
        if found and (isinstance(block, Module) or _is_unnamed(block)) and number(block) in shown():
            return ()
        return found

    return tuple(dict.fromkeys(found for part in children(model) for found in lacking(part)))


def _is_unnamed(block: Block) -> TypeGuard[BlockGraph | Repeat | Experts]:
    """Whether ``block`` has no name of its own, and may be drawn as one box all the same."""
    return isinstance(block, BlockGraph | Repeat | Experts)


def _is_in_one_box(block: BlockGraph | Repeat | Experts, places: Mapping[int, str], paths: Collection[str]) -> bool:
    """Whether one box at ``paths`` stands for all that is in ``block``."""
    if isinstance(block, Experts) and unnamed_path(block.body, places, "experts") in paths:
        return True
    return unnamed_path(block, places, WRAPPED) in paths


def _solid(block: Block) -> Iterator[Leaf]:
    """The leaves with weights in ``block``."""
    if isinstance(block, Leaf):
        if block.weights:
            yield block
    else:
        for child in children(block):
            yield from _solid(child)


def paths_of_plate(plate: Plate) -> frozenset[str]:
    """The paths of all boxes that ``plate`` is to have in its columns; panels only open some of them."""
    columns = (plate.column, *(tower.column for tower in plate.towers))
    inputs = (*plate.inputs, *(one for tower in plate.towers for one in tower.inputs))
    return frozenset([path for column in columns for path in _paths(column)]) | {one.path for one in inputs}


def paths_of_scene(scene: Scene) -> frozenset[str]:
    """The paths of all boxes that ``scene`` has; a frame has that of what is in it, drawn by boxes of its own."""
    return frozenset([group.path for group in groups_of(scene.children) if group.path and group.role != FRAME])


def _paths(item: Diagram) -> list[str]:
    match item:
        case Box(path=path) | Bar(path=path):
            return [path]
        case Tap(box=box):
            return [box.path]
        case Lanes(joints=joints):
            return [path for one in joints for path in (*(port.box.path for port in one.ports), *_paths(one.body))]
        case _:
            return [path for part in parts(item) for path in _paths(part)]
