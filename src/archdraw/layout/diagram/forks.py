"""Columns side by side: branches that have frames in them, as stacks of layers do."""

from __future__ import annotations

from archdraw.picture import Branches, Chain, Diagram, Frame, Graph, Lanes, Rail


def is_forked(item: Diagram) -> bool:
    """Whether ``item`` has columns side by side anywhere."""
    match item:
        case Branches(items=items) | Graph(items=items):
            return any(map(has_frame, items)) or any(map(is_forked, items))
        case Chain(items=items) | Lanes(items=items):
            return any(map(is_forked, items))
        case Rail(body=body) | Frame(body=body):
            return is_forked(body)
        case _:
            return False


def has_frame(item: Diagram) -> bool:
    """Whether ``item`` is a column: a frame is in it."""
    match item:
        case Frame():
            return True
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Lanes(items=items):
            return any(map(has_frame, items))
        case Rail(body=body):
            return has_frame(body)
        case _:
            return False
