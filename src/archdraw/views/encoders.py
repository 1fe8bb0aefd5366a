"""Modules beside the spine that come in, opened: the encoder of an encoder-decoder, and towers for images and sound."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import assert_never

from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Inset, Item, Rail, Tap, Words
from archdraw.tree.blocks import Block, Module, Sequence, Side
from archdraw.tree.description import describe
from archdraw.tree.framing import framed
from archdraw.tree.walks import walk
from archdraw.views.columns import Fold
from archdraw.views.diagrams import paths_of
from archdraw.views.insets import names_of
from archdraw.views.stack import Option

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
        # What leaves between two layers is told in words: no line could pass the frame around them.
        inside = _narrow(Chain(tuple(Fold(paths_of(body, path)).row(framed(_without_sides(body.body))))))
        if not 1 < _boxes(inside) <= MOST_BOXES:
            continue
        words = describe(body)
        items: tuple[Item, ...] = (inside, *(Words(note) for note in words.notes))
        panels.append(Inset(words.title, items, source=path, optional=wanted is None))
    return tuple(panels)


def _without_sides(block: Block) -> Block:
    if not isinstance(block, Sequence):
        return block
    return Sequence(tuple(_without_sides(part) for part in block.parts if not isinstance(part, Side)))


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
