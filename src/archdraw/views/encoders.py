"""Modules beside the spine that come in, opened: the encoder of an encoder-decoder, and towers for images and sound."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from archdraw.glossary import text
from archdraw.glossary.plate import BESIDE_LAYERS
from archdraw.picture import Box, Chain, Inset, Item, Words
from archdraw.tree.blocks import Block, Module, Sequence, Side
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.framing import framed
from archdraw.tree.walks import walk
from archdraw.views.boxes import boxes, changed
from archdraw.views.diagrams import paths_of
from archdraw.views.fold import Fold
from archdraw.views.insets import names_of
from archdraw.views.stack import Option

BESIDE = 50
"""The priority of their panels: less than that of what is in the layers."""
MOST_BOXES = 24
"""An encoder of more boxes than these would be taller than the model beside it."""


def encoders(model: Module, towers: Collection[str]) -> tuple[Option, ...]:
    """The encoders beside the spine of ``model``, as boxes that may be opened; without those drawn as ``towers``."""
    sides = {id(part.body) for _, part in walk(model.body) if isinstance(part, Side) and part.direction == "in"}
    found = (
        Option(part, path, ()) for path, part in walk(model.body) if id(part) in sides and isinstance(part, Module)
    )
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
        # What leaves between two layers is said in words: no line could pass the frame around them.
        column = Chain(tuple(Fold(paths_of(body, path)).row(framed(_without_sides(body.body)))))
        inside = changed(column, _narrow)
        if not 1 < sum(1 for _ in boxes(inside)) <= MOST_BOXES:
            continue
        words = describe(body)
        items: tuple[Item, ...] = (inside, *map(Words, words.notes), *map(Words, _beside_layers(body.body)))
        panels.append(
            Inset(words.title, items, source=path, optional=wanted is None, priority=BESIDE if wanted is None else None)
        )
    return tuple(panels)


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
        yield text(BESIDE_LAYERS(what=f"{label} {numbers}".strip(), count=count))


def _narrow(box: Box) -> Box:
    """``box`` with what chips say in its second line: a panel has no room for them at the left."""
    words = ", ".join((*filter(None, (box.detail,)), *(chip.label for chip in box.chips)))
    return replace(box, detail=words, chips=())
