"""The walk over a diagram: what each kind of item is made of. All that goes through diagrams goes this way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Lanes, Rail, Tap
from archdraw.records import replaced


def parts(item: Diagram) -> tuple[Diagram, ...]:
    """The diagrams that ``item`` is made of, from its input up; none of a box, a bar or a module beside the line."""
    match item:
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Lanes(items=items):
            return items
        case Choice(options=options):
            return options
        case Rail(body=body) | Frame(body=body):
            return (body,)
        case Box() | Bar() | Tap():
            return ()
        case _:
            assert_never(item)


def rebuilt(item: Diagram, change: Callable[[Diagram], Diagram]) -> Diagram:
    """``item`` of its parts as ``change`` makes them; a box, a bar or a module beside the line as it is."""
    match item:
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(map(change, items)))
        case Graph(nodes=nodes):
            return replaced(item, nodes=tuple((key, change(node)) for key, node in nodes))
        case Lanes(joints=joints):
            return replaced(item, joints=tuple(replaced(joint, body=change(joint.body)) for joint in joints))
        case Choice(options=options):
            return replaced(item, options=tuple(map(change, options)))
        case Rail(body=body) | Frame(body=body):
            return replaced(item, body=change(body))
        case Box() | Bar() | Tap():
            return item
        case _:
            assert_never(item)


def all_in(item: Diagram) -> Iterator[Diagram]:
    """``item`` and all that is in it, each before its parts."""
    yield item
    for part in parts(item):
        yield from all_in(part)


def boxes_of(item: Diagram) -> Iterator[Box]:
    """The boxes of ``item`` from its input up, without those of ports on lanes and of modules beside the line."""
    return (part for part in all_in(item) if isinstance(part, Box))
