"""The boxes of the diagrams that are compared: what they show, and diagrams with other boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from archdraw.layout.diagram.diagram import flat
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Rail, Tap
from archdraw.theme import EQUAL


def boxes(item: Diagram) -> list[Box]:
    """Every box of ``item``, the lowest first."""
    match item:
        case Box():
            return [item]
        case Tap(box=box):
            return [box]
        case Chain(items=inner) | Branches(items=inner) | Choice(options=inner) | Graph(nodes=inner):
            return [box for part in inner for box in boxes(part)]
        case Rail(body=body) | Frame(body=body):
            return boxes(body)
        case Bar():
            return []
        case _:
            assert_never(item)


def paths(item: Diagram) -> list[str]:
    """The paths of all boxes of ``item``, and of a bar."""
    return [item.path] if isinstance(item, Bar) else [box.path for box in boxes(item)]


def inside(item: Rail | Frame) -> tuple[Diagram, ...]:
    body = item.body
    return flat(body) if isinstance(body, Chain) else (body,)


def touches(item: Diagram, path: str) -> bool:
    """Whether ``path`` is one of the boxes of ``item``, or inside one."""
    return any(path == box or path.startswith(f"{box}/") for box in paths(item))


def plain(item: Diagram) -> Diagram:
    """``item`` as it looks, without the paths and tooltips that say where it is from."""
    return _with_boxes(item, lambda box: replace(box, path="", title=""), "")


def placed(item: Diagram, prefix: str, *, pale: bool) -> Diagram:
    """``item`` with ``prefix`` before its paths, in the colours of what is equal where it is to be ``pale``."""

    def change(box: Box) -> Box:
        box = replace(box, path=f"{prefix}{box.path}")
        if not pale:
            return box
        return replace(box, role=EQUAL, chips=tuple(replace(chip, role=EQUAL) for chip in box.chips))

    return _with_boxes(item, change, prefix)


def _with_boxes(item: Diagram, change: Callable[[Box], Box], prefix: str) -> Diagram:
    """``item`` with ``change`` done to its boxes, and its frames and bars at paths that begin with ``prefix``."""

    def again(part: Diagram) -> Diagram:
        return _with_boxes(part, change, prefix)

    match item:
        case Box():
            return change(item)
        case Tap(box=box):
            return replace(item, box=change(box))
        case Chain(items=inner) | Branches(items=inner):
            return replace(item, items=tuple(map(again, inner)))
        case Choice(options=options):
            return replace(item, options=tuple(map(again, options)))
        case Graph(nodes=nodes, edges=edges):
            changed = {node.path: change(node) for node in nodes}
            names = {path: node.path for path, node in changed.items()}
            joined = tuple((names.get(start, start), names.get(end, end)) for start, end in edges)
            return Graph(tuple(changed.values()), joined)
        case Rail(body=body):
            return Rail(again(body))
        case Frame(body=body, path=path):
            return replace(item, body=again(body), path=f"{prefix}{path}" if prefix else "", title="")
        case Bar(path=path):
            return replace(item, path=f"{prefix}{path}" if prefix else "", title=item.title if prefix else "")
        case _:
            assert_never(item)
