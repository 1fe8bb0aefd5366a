"""A whole model as columns: a fold over its tree, from what comes in to what leaves.

What follows in a row stands above each other. A stack of layers is one frame, branches that hold layers are columns
side by side, a residual around layers is a line outside their frame, a named part that holds layers a frame with its
name.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from archdraw.glossary import Detail, text
from archdraw.glossary import plate as words
from archdraw.glossary.common import LAYERS, PARAMETERS
from archdraw.parts import parts
from archdraw.picture import Bar, Box, Branches, Chain, Diagram, Frame, Tap, Terminal, Tower, Wire
from archdraw.records import record
from archdraw.tree.beside import readers, reads
from archdraw.tree.blocks import Block, Graph, Leaf, Module, Parallel, Sequence, Side
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.framing import ANY, framed
from archdraw.tree.runs import number_of_layers
from archdraw.tree.walks import children, paths_in
from archdraw.views.boxes import boxes, changed
from archdraw.views.fold import Fold
from archdraw.views.stack import Option, Stack, joined
from archdraw.views.terminals import input_of, led, without_inputs

MOST_ROWS = 28
"""Of a column with more boxes above each other than these nothing could be read on one page."""


@record
class Columns:
    """The columns of a model: its own from the input up, where its lines begin, and towers at its left.

    ``stack`` has the layers of all its stacks; ``around`` are the boxes that may be opened and are in none of them,
    ``beside`` those in towers, ``opened`` the modules that are drawn as towers. Those of a model whose stacks stand
    side by side are ``forked``: its layers have no one order. ``wires`` lead to layers from what they share.
    """

    column: Chain
    inputs: tuple[Terminal, ...]
    towers: tuple[Tower, ...]
    stack: Stack
    around: tuple[Option, ...]
    beside: tuple[Option, ...]
    opened: tuple[Option, ...]
    forked: bool
    wires: tuple[Wire, ...] = ()

    @property
    def options(self) -> tuple[Option, ...]:
        """The boxes that may be opened: those of the layers from the top down, those around them, those of towers."""
        inside = (option for slot in reversed(self.stack.slots) for option in slot.options)
        return (*inside, *reversed(self.around), *self.beside)


def columns(model: Module, *, towers: bool = True, brief: bool = False, whole: bool = False) -> Columns:
    """The columns of ``model``. Without ``towers`` a module that its layers read is folded to a box.

    Where they are to be ``brief``, or would be too high, layers are one box for each run of equal ones; where they are
    to be ``whole``, each stack is one frame, however high.
    """
    paths = dict(paths_in(model.body))
    parts = model.body.parts if isinstance(model.body, Sequence) else (model.body,)
    # Of what no block says that it reads it no line could be drawn but one that leads nowhere.
    read = [leaf for leaf in readers(model) if towers]
    beside = [
        part.body
        for part in parts
        if isinstance(part, Side) and _is_tower(part) and any(reads(leaf, part.body) for leaf in read)
    ]
    decodes = any(module.level == "encoder" for module in beside)
    own = Sequence(tuple(part for part in parts if not (isinstance(part, Side) and part.body in beside)))
    inputs, body = without_inputs(own, paths, words.SHIFTED_TOKENS if decodes else words.TOKENIZED_TEXT)
    fold, column = _fitting(body, paths, brief=brief, wired=towers, whole=whole)
    column = led(column)
    if beside:
        # Between towers and the model there is no way for lines from below.
        column = Chain(
            tuple(
                replace(item, aside=True) if isinstance(item, Tap) and item.direction == "in" else item
                for item in column.items
            )
        )
        column = _decoder(column, fold.stacks) if decodes else column
    every = (*fold.boxes(), *fold.around)
    # The line of a tower further left comes in from above: nearest stands what is read furthest down.
    heights = {box.path: height for height, box in enumerate(boxes(column))}
    nearest = sorted(
        ((module, _goals(module, every)) for module in beside),
        key=lambda pair: -min((heights.get(goal, 0) for goal in pair[1]), default=0),
    )
    drawn = [_tower(module, paths, goals) for module, goals in nearest]
    goals = {goal for tower, _ in drawn for goal in tower.goals}
    said = {text(leaf.tag) for option in every for leaf in readers(option.block)}
    return Columns(
        _chain(changed(column, lambda box: _wired(box, said) if box.path in goals else box)) if beside else column,
        inputs,
        tuple(tower for tower, _ in drawn),
        joined(fold.stacks),
        tuple(fold.around),
        tuple(option for _, options in drawn for option in options),
        tuple(Option(module, paths[id(module)], ()) for module in beside),
        _is_forked(body),
        fold.wires(),
    )


def _wired(box: Box, said: Container[str]) -> Box:
    """A box to which a wire leads, without the words, ``said``, of where its lines come from."""
    return replace(box, chips=tuple(chip for chip in box.chips if chip.label not in said), wired=True)


def _is_forked(block: Block) -> bool:
    """Whether layers stand in more than one of the branches of anything in ``block``."""
    if isinstance(block, Parallel | Graph):
        return sum(number_of_layers(branch) > 0 for branch in children(block)) > 1
    return not isinstance(block, Side | Leaf) and any(map(_is_forked, children(block)))


def _is_tower(side: Side) -> bool:
    """Whether ``side`` is a module that makes of an input of its own what the layers read."""
    return side.direction == "in" and not side.joins


def _goals(module: Module, options: Iterable[Option]) -> tuple[str, ...]:
    """The paths of those of ``options`` that read ``module``, which stands beside them."""
    return tuple(option.path for option in options if any(reads(leaf, module) for leaf in readers(option.block)))


def _tower(module: Module, paths: dict[int, str], goals: tuple[str, ...]) -> tuple[Tower, tuple[Option, ...]]:
    """The column of ``module``, which is read by the boxes at ``goals``, and its boxes that may be opened."""
    inputs, body = without_inputs(module.body, paths, input_of(module))
    fold, column = _fitting(framed(body), paths)
    path = paths[id(module)]
    if number_of_layers(module, ANY) > 1:
        layers = [layer for stack in fold.stacks for layer in stack.all]
        # What stands around the frame of the layers is not counted by its caption.
        own = LAYERS(number=len(layers)), PARAMETERS(count=sum(facts(layer).total_parameters for layer in layers))
        column = _captioned(column, module, own, path)
    return Tower(column, inputs, path, goals), (*reversed(tuple(fold.boxes())), *reversed(fold.around))


def _decoder(column: Chain, stacks: Iterable[Stack]) -> Chain:
    """``column`` beside an encoder, whose frame of layers says in a caption that they are the decoder."""
    frames = [item for item in column.items if isinstance(item, Frame)]
    if len(frames) != 1 or frames[0].caption:
        return column
    layers = [layer for stack in stacks for layer in stack.all]
    size = LAYERS(number=len(layers)), PARAMETERS(count=sum(facts(layer).total_parameters for layer in layers))
    name = text(words.DECODER())
    said = replace(frames[0], caption=f"{name}, {text(size)}", short=name)
    return Chain(tuple(said if item is frames[0] else item for item in column.items))


def _captioned(column: Chain, module: Module, own: Detail, path: str) -> Chain:
    """``column`` of ``module`` with a caption at its only frame, which says its ``own`` detail.

    In a frame of its own where it has none, or several.
    """
    name, caption, inside = text(module.label), describe(module).full, describe(replace(module, detail=own)).full
    frames = [item for item in column.items if isinstance(item, Frame)]
    if len(frames) == 1 and not frames[0].caption:
        return Chain(
            tuple(replace(item, caption=inside, short=name) if item is frames[0] else item for item in column.items)
        )
    number = number_of_layers(module, ANY)
    return Chain((Frame(column, "", f"{path}/tower", caption, caption, short=name, number=number),))


def _fitting(
    body: Block, paths: Mapping[int, str], *, brief: bool = False, wired: bool = False, whole: bool = False
) -> tuple[Fold, Chain]:
    """The column of ``body``; where it would be too high, layers in it are one box for each run of equal ones.

    Not where each stack is to be ``whole``.
    """
    if brief:
        fold = Fold(paths, brief=True, wired=wired)
        return fold, Chain(tuple(fold.row(body)))
    if number_of_layers(body, ANY) < 2:
        # Nothing is repeated: what is in the modules is the picture.
        fold = Fold(paths, wide_open=True)
        column = Chain(tuple(fold.row(body)))
        if rows(column) <= MOST_ROWS:
            return fold, column
    fold = Fold(paths, wired=wired, whole=whole)
    column = Chain(tuple(fold.row(body)))
    if whole or rows(column) <= MOST_ROWS or len(fold.stacks) < 2:
        return fold, column
    return _fitting(body, paths, brief=True, wired=wired)


def rows(item: Diagram) -> int:
    """About how many boxes stand above each other in ``item``."""
    match item:
        case Branches(items=items):
            return max(map(rows, items), default=0)
        case Box() | Bar() | Tap():
            return 1
        case _:
            return sum(map(rows, parts(item)))


def _chain(item: Diagram) -> Chain:
    return item if isinstance(item, Chain) else Chain((item,))
