"""Columns side by side: branches that have frames in them, as stacks of layers do."""

from __future__ import annotations

from collections.abc import Iterator

from archdraw.picture import Bar, Branches, Chain, Diagram, Frame, Graph, Lanes, Rail


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
    """Whether ``item`` is a column: a frame or a bar is in it."""
    match item:
        case Frame() | Bar():
            return True
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Lanes(items=items):
            return any(map(has_frame, items))
        case Rail(body=body):
            return has_frame(body)
        case _:
            return False


def frames(item: Diagram) -> Iterator[Frame]:
    """The outermost frames of ``item``."""
    match item:
        case Frame():
            yield item
        case Chain(items=items) | Branches(items=items) | Graph(items=items):
            for part in items:
                yield from frames(part)
        case Rail(body=body):
            yield from frames(body)
        case _:
            return
