"""A column whose layers stand in panels beside it: for models whose layers are too many or too high for one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from archdraw.glossary import plate as words
from archdraw.glossary import text, within
from archdraw.glossary.layers import LAYER
from archdraw.layout.diagram.forks import has_frame
from archdraw.parts import parts
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Inset, Plate, Rail, Words
from archdraw.records import replaced

MINOR = frozenset({"norm", "plain", "position"})
"""Roles of blocks that a layer has besides what it is known by."""


def layers_beside(plate: Plate, joint: Frame | None = None, said: Iterable[Words] = ()) -> Plate:
    """``plate`` with a bar in place of each of its frames of layers, and a panel that shows what is in it.

    One panel shows a ``joint`` frame of all of them, if there is one, and what is ``said`` of it.
    """
    found: list[Frame] = []
    column = _folded(plate.column, found)
    assert isinstance(column, Chain)
    if joint is not None:
        first, *others = found
        title = text(words.ONE_OF(layers=joint.title))
        panel = Inset(title, (joint.body, *said), source=first.path, also=tuple(frame.path for frame in others))
        return replace(plate, column=column, insets=(panel, *plate.insets))
    panels = tuple(
        Inset(
            f"{frame.times} {frame.caption}" if frame.caption else text(words.ONE_OF(layers=frame.title)),
            (frame.body,),
            source=frame.path,
        )
        for frame in found
    )
    return replace(plate, column=column, insets=(*panels, *plate.insets))


def _folded(item: Diagram, found: list[Frame]) -> Diagram:
    """``item`` with bars in place of its innermost frames, which are then in ``found``."""
    match item:
        case Frame(body=body) if not has_frame(body) and item.times:
            found.append(item)
            label = item.short or item.caption or text(LAYER())
            blocks = tuple(dict.fromkeys(_names(body)))
            said = text(words.IN_LAYER_BOX(layer=label, blocks=blocks)) if blocks else label
            return Bar(said, item.times, item.path, item.title, short=label)
        case Frame(body=body) | Rail(body=body):
            return replaced(item, body=_folded(body, found))
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(_folded(part, found) for part in items))
        case Graph(nodes=nodes):
            return replaced(item, nodes=tuple((key, _folded(node, found)) for key, node in nodes))
        case _:
            return item


def _first_layer(item: Diagram) -> int:
    """The first of the layers that ``item`` is in; 0 where they are not numbered."""
    return min(item.layers, default=0) if isinstance(item, Box) else 0


def any_of(names: list[str]) -> str:
    """One of several ``names``, their last word once where it is the same: "full, sliding or sparse attention".

    >>> any_of(["full attention", "sliding-window attention"])
    'full or sliding-window attention'
    """
    ends = {name.rpartition(" ")[2] for name in names}
    first = [name.rpartition(" ")[0] for name in names]
    if len(ends) > 1 or not all(first):
        first = names
    return f" {text(words.OR())} ".join(filter(None, (", ".join(first[:-1]), *names[-1:])))


def _names(item: Diagram, alternative: bool = False) -> Iterator[str]:
    """What the blocks in ``item`` are called, from its input up, without norms and signs; alternatives in one.

    Of a block that only some layers have, in how many; not of one that is an ``alternative`` to others.
    """
    match item:
        case Box(label=label, role=role, layers=layers):
            if role not in MINOR:
                # What only some layers have, and nothing in its place, is not in all that the bar stands for.
                partly = layers and not alternative
                yield text(words.PARTLY(what=within(label), number=len(layers))) if partly else within(label)
        case Choice(options=options):
            # In the order of the layers, as the names of these are, not from the rarest down as they are drawn.
            ordered = list(reversed(options))
            ordered.sort(key=_first_layer)
            found = (", ".join(_names(option, alternative=isinstance(option, Box))) for option in ordered)
            every = list(filter(None, dict.fromkeys(found)))
            # Of several blocks each, a sign says where the alternatives are parted.
            if any(", " in name for name in every):
                yield f"; {text(words.OR())} ".join(every)
            else:
                yield any_of(every)
        case _:
            for part in parts(item):
                yield from _names(part)
