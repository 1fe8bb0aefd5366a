"""Boxes of a plate that stay closed: what has more inside than its box says, and no panel. The footer names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.picture import Closed, Inset, Plate
from archdraw.tree.blocks import Block, Experts, Module
from archdraw.tree.walks import children, leaves, walk
from archdraw.views.alike import shape_of
from archdraw.views.boxes import DIAGRAMS, boxes
from archdraw.views.drawn import paths_of_plate
from archdraw.views.insets import is_usual
from archdraw.views.named import can_be_opened, opens
from archdraw.views.overlay import blocks_of

MOST_NAMED = 4
"""Of more closed boxes in one panel the others are counted."""


def with_closed(plate: Plate, model: Module) -> Plate:
    """``plate`` of ``model`` with the names of those boxes in it that no panel opens."""
    found: dict[str, dict[str, None]] = {}
    for module, panel in closed(plate, model):
        found.setdefault(panel, {})[text(module.label)] = None
    named = tuple(Closed(panel, _named(tuple(names), panel), len(names)) for panel, names in found.items())
    return replace(plate, closed=named)


def closed(plate: Plate, model: Module) -> Iterator[tuple[Module, str]]:
    """The modules of ``model`` whose box in ``plate`` is not opened, with the title of the panel that the box is in.

    Empty for a box of the columns. A panel opens all boxes with the same blocks inside, whatever their widths; a usual
    expert is opened by the line that says what it is.
    """
    blocks = dict(reversed(list(walk(model.body))))
    shown = {path for inset in plate.insets for path in opens(inset)}
    known = {_inside(blocks[path]) for path in shown & blocks.keys()}
    drawn: dict[str, Inset | None] = {}
    for column in (plate.column, *(tower.column for tower in plate.towers)):
        drawn.update(dict.fromkeys(box.path for box in boxes(column)))
    for inset in plate.insets:
        for item in inset.items:
            for box in boxes(item) if isinstance(item, DIAGRAMS) else ():
                drawn.setdefault(box.path, inset)
    for path in sorted(paths_of_plate(plate) - drawn.keys()):
        # A layer that is folded to a bar has no boxes: what is usual in it is said there.
        layer = blocks.get(path)
        for part in blocks_of(layer.body) if isinstance(layer, Module) else ():
            if not isinstance(part, Module) or not can_be_opened(part) or is_usual(part):
                continue
            if path not in shown and _inside(part) not in known:
                yield part, ""
    for path, within in drawn.items():
        block = blocks.get(path)
        if block is None or path in shown or not can_be_opened(block) or _inside(block) in known:
            continue
        assert isinstance(block, Module)
        owner = blocks.get(path.rpartition("/")[0])
        if within is None or not (is_usual(block) and isinstance(owner, Module) and _has_experts(owner.body)):
            yield block, within.title if within else ""


def _inside(block: Block) -> tuple[object, ...]:
    """What two boxes have to share for one panel to open both; attention to what comes later is not that to before."""
    if not isinstance(block, Module):
        return ()
    looks = tuple(leaf.heads.causal for leaf in leaves(block) if leaf.heads)
    return (*shape_of(block, sized=False), looks)


def _has_experts(block: Block) -> bool:
    """Whether there are experts in ``block``, and not only in a module inside of it."""
    return isinstance(block, Experts) or any(map(_has_experts, () if isinstance(block, Module) else children(block)))


def _named(names: tuple[str, ...], panel: str) -> str:
    """The ``names`` of closed boxes of one panel in words, with the ``panel`` that they are in."""
    said = text(names)
    if len(names) > MOST_NAMED + 1:
        said = text(words.AND_MORE(first=text(names[:MOST_NAMED]), number=len(names) - MOST_NAMED))
    return text(words.CLOSED_IN(panel=panel, blocks=said)) if panel else said
