"""Modules beside the spine that come in, opened: the encoder of an encoder-decoder, and towers for images and sound."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from archdraw.glossary import text, within
from archdraw.glossary.plate import ALL_BESIDE_LAYERS, BESIDE_LAYERS, IN_LAYER_BOX, IN_RESIDUAL_LAYER_BOX
from archdraw.picture import Box, Chain, Inset, Item, Words
from archdraw.tree.blocks import Block, Module, Residual, Sequence, Side
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.framing import ANY, framed
from archdraw.tree.runs import number_of_layers
from archdraw.tree.walks import sides, walk
from archdraw.views.boxes import DIAGRAMS, boxes, changed
from archdraw.views.diagrams import paths_of
from archdraw.views.fold import Fold
from archdraw.views.insets import has_inside, names_of
from archdraw.views.overlay import blocks_of
from archdraw.views.stack import Option

BESIDE = 50
"""The priority of their panels: less than that of what is in the layers."""
MOST_BOXES = 24
"""An encoder of more boxes than these would be taller than the model beside it: its runs of layers are boxes then."""


def encoders(model: Module, towers: Collection[str]) -> tuple[Option, ...]:
    """The encoders beside the spine of ``model``, as boxes that may be opened; without those drawn as ``towers``."""
    beside = {id(part.body) for part in sides(model.body) if part.direction == "in"}
    if not beside:
        return ()
    found = [
        Option(part, path, ()) for path, part in walk(model.body) if id(part) in beside and isinstance(part, Module)
    ]
    return tuple(option for option in found if option.path not in towers)


def encoder_panels(found: tuple[Option, ...], wanted: list[str] | None) -> tuple[Inset, ...]:
    """A panel for each encoder whose inside is more than one box, where there is room for it.

    ``wanted`` are the names of what an author wants opened, None for the choice of the program.
    """
    panels = []
    for option in found:
        body, path = option.block, option.path
        if not isinstance(body, Module) or (wanted is not None and not names_of(option) & set(wanted)):
            continue
        inside = _inside(body, path)
        if sum(map(_number, inside)) <= 1:
            continue
        words = describe(body)
        items: tuple[Item, ...] = (*inside, *map(Words, words.notes), *map(Words, _beside_layers(body.body)))
        panels.append(
            Inset(words.title, items, source=path, optional=wanted is None, priority=BESIDE if wanted is None else None)
        )
    return tuple(panels)


def _inside(module: Module, path: str) -> tuple[Item, ...]:
    """What is in ``module``, as one column; where that is too long and it is shorter so, runs of layers are boxes.

    Then words say what is in such a layer. However long it is, it is not left out here: a page without room says so.
    """
    # What leaves between two layers is said in words: no line could pass the frame around them.
    paths, body = paths_of(module, path), framed(_without_sides(module.body))
    while (only := _only(body)) is not None:
        # One module and nothing else would be one box, which says no more than that of the encoder.
        body = only.body
    column = changed(Chain(tuple(Fold(paths).row(body))), _narrow)
    if _number(column) <= MOST_BOXES:
        return (column,)
    fold = Fold(paths, brief=True)
    boxed = changed(Chain(tuple(fold.row(body))), _narrow)
    if _number(boxed) >= _number(column):
        return (column,)
    inside = {option.path: option.block for option in fold.boxes() if isinstance(option.block, Module)}
    sizes = {place: _sizes(layer) for place, layer in inside.items()}
    return (
        changed(boxed, lambda box: replace(box, detail=sizes.get(box.path, box.detail))),
        *(Words(line, strong=True) for line in dict.fromkeys(map(_blocks, inside.values()))),
    )


def _only(block: Block) -> Module | None:
    """The module that ``block`` is, or the only part of it, where more is in it than its box says."""
    if isinstance(block, Sequence) and len(block.parts) == 1:
        return _only(block.parts[0])
    if not isinstance(block, Module) or number_of_layers(block, ANY) or not has_inside(block):
        return None
    return block


def _sizes(layer: Module) -> str:
    """What the second lines of the blocks in ``layer`` say, of alike ones once."""
    return ", ".join(filter(None, dict.fromkeys(describe(block).detail for block in blocks_of(layer.body))))


def _blocks(layer: Module) -> str:
    """What ``layer`` consists of, from its input up."""
    blocks = tuple(within(block.label) for block in blocks_of(layer.body))
    residual = sum(isinstance(part, Residual) for _, part in walk(layer.body))
    term = IN_RESIDUAL_LAYER_BOX if residual else IN_LAYER_BOX
    return text(term(layer=layer.label, blocks=blocks, **({"number": residual} if residual else {})))


def _number(item: Item) -> int:
    """How many boxes ``item`` has; words have none."""
    return sum(1 for _ in boxes(item)) if isinstance(item, DIAGRAMS) else 0


def notes_of(towers: tuple[Option, ...]) -> tuple[Inset, ...]:
    """What is said of modules that are drawn as towers, where that is more than what their lines show."""
    panels = []
    for option in towers:
        words = describe(option.block)
        if len(words.notes) > 1:
            panels.append(
                Inset(words.title, tuple(Words(note) for note in words.notes), optional=True, priority=BESIDE)
            )
    return tuple(panels)


def _without_sides(block: Block) -> Block:
    if not isinstance(block, Sequence):
        return block
    return Sequence(tuple(_without_sides(part) for part in block.parts if not isinstance(part, Side)))


def _beside_layers(block: Block) -> Iterator[str]:
    """What stands beside the layers of an encoder, in words: modules that differ in their number together."""
    found: dict[str, list[Module]] = {}
    for part in block.parts if isinstance(block, Sequence) else ():
        if isinstance(part, Side):
            found.setdefault(text(part.body.label).rstrip("0123456789 "), []).append(part.body)
    for label, modules in found.items():
        numbers = ", ".join(text(module.label).removeprefix(label).strip() for module in modules)
        count = sum(facts(module).total_parameters for module in modules)
        said = BESIDE_LAYERS if len(modules) == 1 else ALL_BESIDE_LAYERS
        yield text(said(what=f"{label} {numbers}".strip(), count=count))


def _narrow(box: Box) -> Box:
    """``box`` with what chips say in its second line: a panel has no room for them at the left."""
    words = ", ".join((*filter(None, (box.detail,)), *(chip.label for chip in box.chips)))
    return replace(box, detail=words, chips=())
