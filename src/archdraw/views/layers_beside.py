"""A column whose layers stand in panels beside it: for models whose layers are too many or too high for one page."""

from __future__ import annotations

from dataclasses import replace

from archdraw.glossary import text
from archdraw.glossary.layers import LAYER
from archdraw.layout.diagram.forks import has_frame
from archdraw.picture import Bar, Branches, Chain, Diagram, Frame, Graph, Inset, Plate, Rail
from archdraw.records import replaced


def layers_beside(plate: Plate) -> Plate:
    """``plate`` with a bar in place of each of its frames of layers, and a panel that shows what is in it."""
    found: list[Frame] = []
    column = _folded(plate.column, found)
    assert isinstance(column, Chain)
    panels = tuple(
        Inset(
            f"{frame.times} {frame.caption}" if frame.caption else frame.title,
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
            return Bar(label, item.times, item.path, item.title)
        case Frame(body=body) | Rail(body=body):
            return replaced(item, body=_folded(body, found))
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(_folded(part, found) for part in items))
        case Graph(nodes=nodes):
            return replaced(item, nodes=tuple((key, _folded(node, found)) for key, node in nodes))
        case _:
            return item
