"""Modules beside the spine that come in, opened: the encoder of an encoder-decoder, and towers for images and sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import assert_never

from archdraw.picture import (
    Bar,
    Box,
    Branches,
    Chain,
    Choice,
    Diagram,
    Frame,
    Graph,
    Inset,
    Item,
    Rail,
    Tap,
    Words,
)
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Experts, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.description import describe
from archdraw.views.diagrams import diagram, paths_of
from archdraw.views.insets import names_of
from archdraw.views.stack import Option, stacked

MOST_BOXES = 24
"""An encoder of more boxes than these would be taller than the model beside it."""
PRIORITY = 2
"""The priority of the panel of an encoder that is half of the model: that of a second mixer."""


def encoders(model: Module, paths: dict[int, str]) -> tuple[Option, ...]:
    """The encoders beside the spine of ``model``, as boxes that may be opened."""
    parts = model.body.parts if isinstance(model.body, Sequence) else (model.body,)
    sides = (part for part in parts if isinstance(part, Side) and part.direction == "in")
    return tuple(Option(side.body, paths[id(side.body)], ()) for side in sides)


def encoder_panels(found: tuple[Option, ...], wanted: list[str] | None) -> tuple[Inset, ...]:
    """A panel for each encoder whose inside is more than one box.

    Of an encoder-decoder it is half of the model; towers of other modalities are opened where there is room. ``wanted``
    are the names of what an author wants opened, None for the choice of the program.
    """
    panels = []
    for option in found:
        body, path = option.block, option.path
        if not isinstance(body, Module) or (wanted is not None and not names_of(option) & set(wanted)):
            continue
        inside = _narrow(Chain(tuple(_items(body.body, paths_of(body, path), path))))
        if not 1 < _boxes(inside) <= MOST_BOXES:
            continue
        words = describe(body)
        items: tuple[Item, ...] = (inside, *(Words(note) for note in words.notes))
        half = body.level == "encoder"
        priority = PRIORITY if wanted is None and half else None
        optional = wanted is None and not half
        panels.append(Inset(words.title, items, source=path, optional=optional, priority=priority))
    return tuple(panels)


def _items(block: Block, paths: dict[int, str], path: str) -> Iterator[Diagram]:
    """The diagrams of ``block`` from its input up, neighbouring layers as one stack."""
    # What leaves between two layers is told in words: no line could pass the frame around them.
    parts = (part for part in _row(block) if not isinstance(part, Side))
    for number, (are_layers, group) in enumerate(groupby(parts, _is_layers)):
        together = tuple(group)
        if are_layers:
            yield from _stack(together, f"{path}/{number}")
        else:
            yield diagram(Sequence(together), paths)


def _row(block: Block) -> tuple[Block, ...]:
    return tuple(inner for part in block.parts for inner in _row(part)) if isinstance(block, Sequence) else (block,)


def _is_layers(block: Block) -> bool:
    match block:
        case Module(level=level):
            return level in ("layer", "side_layer")
        case Repeat(body=body):
            return _is_layers(body)
        case Sequence(parts=parts):
            return bool(parts) and all(map(_is_layers, parts))
        case Leaf() | Parallel() | blocks.Graph() | Residual() | Experts() | Side():
            return False
        case _:
            assert_never(block)


def _stack(parts: tuple[Block, ...], path: str) -> tuple[Diagram, ...]:
    """Layers as the spine has them: one block with its count, those that differ laid over each other."""
    return stacked(Module("layers", "Layers", Sequence(tuple(map(_as_layers, parts))), level="stack"), path).picture


def _as_layers(block: Block) -> Block:
    match block:
        case Module():
            return replace(block, level="layer")
        case Repeat(body=body):
            return replace(block, body=_as_layers(body))
        case Sequence(parts=parts):
            return Sequence(tuple(map(_as_layers, parts)))
        case _:
            return block


def _narrow(item: Diagram) -> Diagram:
    """``item`` with what chips say in the second line of their box: a panel has no room for them at the left."""
    match item:
        case Box(detail=detail, chips=chips):
            words = ", ".join((*filter(None, (detail,)), *(chip.label for chip in chips)))
            return replace(item, detail=words, chips=())
        case Chain(items=items) | Branches(items=items):
            return replace(item, items=tuple(map(_narrow, items)))
        case Choice(options=options):
            return replace(item, options=tuple(map(_narrow, options)))
        case Rail(body=body) | Frame(body=body):
            return replace(item, body=_narrow(body))
        case Graph() | Bar() | Tap():
            return item
        case _:
            assert_never(item)


def _boxes(item: Diagram) -> int:
    """How many boxes ``item`` has."""
    inner = getattr(item, "items", ()) or getattr(item, "options", ())
    if inner:
        return sum(map(_boxes, inner))
    return _boxes(item.body) if hasattr(item, "body") else 1
