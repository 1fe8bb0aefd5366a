"""Modules beside a model that join no line of it, and the blocks that read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archdraw.glossary import text
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.walks import blocks_in, leaves


def read_elsewhere(blocks: Iterable[Block]) -> Iterator[Module]:
    """The modules beside ``blocks`` whose output joins no line: what reads them begins a line with it."""
    for block in blocks:
        for part in blocks_in(block):
            match part:
                case Side(direction="in", joins=False, body=body):
                    yield body


def names(module: Module) -> tuple[str, ...]:
    """What an author may call ``module``: its label, and its name in checkpoints."""
    return text(module.label), module.name


def reads(leaf: Leaf, module: Module) -> bool:
    """Whether ``leaf`` is what ``module``, beside the model, leaves."""
    return leaf.side == "" or leaf.side in names(module)


def readers(block: Block) -> Iterator[Leaf]:
    """The leaves of ``block`` that are the output of a module beside the model."""
    return (leaf for leaf in leaves(block) if leaf.side is not None)
