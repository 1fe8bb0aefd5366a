"""Lines from what is made once beside the line of a model to the layers that read it: shared keys and values."""

from __future__ import annotations

from collections.abc import Iterable

from archdraw.picture import Wire
from archdraw.tree.blocks import Block, Side
from archdraw.tree.walks import leaves
from archdraw.views.stack import Stack

SHARED = "shared_kv"
"""The name of what is made once, and of the source of the lines that read it."""

PER_LAYER = "per_layer_inputs"
"""The name of what has a narrow line for each layer."""


def is_shared(block: Block) -> bool:
    """Whether ``block`` makes keys and values of the line for the layers above it."""
    return isinstance(block, Side) and block.direction == "out" and block.body.name == SHARED


def is_for_layers(block: Block) -> bool:
    """Whether ``block`` makes something of the line that each layer above it reads: its own embedding of a token."""
    return isinstance(block, Side) and block.direction == "out" and block.body.name == PER_LAYER


def wire(source: str, stacks: Iterable[Stack]) -> Wire:
    """The line from the box at ``source`` to all boxes of ``stacks`` that read it."""
    found = (option for stack in stacks for slot in stack.slots for option in slot.options)
    return Wire(source, tuple(option.path for option in found if _reads(option.block)))


def _reads(block: Block) -> bool:
    return any(leaf.inputs == 0 and leaf.name == SHARED for leaf in leaves(block))
