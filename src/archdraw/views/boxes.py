"""Diagrams with something done to each of their boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Joint, Lanes, Port, Rail, Tap
from archdraw.records import replaced

NOTE = "; "
"""What stands between the second line of a box and the note of its author."""
DIAGRAMS = (Box, Chain, Branches, Graph, Lanes, Rail, Choice, Frame, Bar, Tap)
"""Whatever stands in a panel and is no words or chart."""


def changed(
    item: Diagram,
    change: Callable[[Box], Box],
    around: Callable[[Diagram], Diagram] = lambda item: item,
    *,
    in_ports: bool = False,
) -> Diagram:
    """``item`` with ``change`` done to its boxes, and ``around`` to its frames, bars and modules beside a line.

    The boxes of ports on lanes are left as they are, but for ``in_ports``.
    """

    def again(part: Diagram) -> Diagram:
        return changed(part, change, around, in_ports=in_ports)

    def on(every: tuple[Port, ...]) -> tuple[Port, ...]:
        return tuple(replaced(port, box=change(port.box)) for port in every)

    def beside(joint: Joint) -> Joint:
        body = again(joint.body)
        if not in_ports:
            return replaced(joint, body=body)
        return Joint(body, on(joint.read), on(joint.between), on(joint.write))

    match item:
        case Box():
            return change(item)
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(map(again, items)))
        case Graph(nodes=nodes):
            return replaced(item, nodes=tuple((key, again(node)) for key, node in nodes))
        case Lanes(joints=joints):
            return replaced(item, joints=tuple(map(beside, joints)))
        case Choice(options=options):
            return replaced(item, options=tuple(map(again, options)))
        case Rail(body=body):
            return replaced(item, body=again(body))
        case Frame(body=body):
            return around(replaced(item, body=again(body)))
        case Bar() | Tap():
            return around(item)
        case _:
            assert_never(item)


def marked(box: Box, every: Iterable[Box]) -> Box:
    """``box`` in the place of ``every`` one of several: it stands out where one of them does."""
    return replaced(box, mark=replaced(box.mark, highlight=any(one.mark.highlight for one in every)))


def unnoted(box: Box) -> Box:
    """``box`` without the note of its author."""
    detail = box.detail.removesuffix(box.mark.note).removesuffix(NOTE) if box.mark.note else box.detail
    return replaced(box, detail=detail, mark=replaced(box.mark, note=""))


def ports(item: Diagram) -> Iterator[Box]:
    """The boxes of ``item`` that are ports on lanes, which have a label and no other words."""
    match item:
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Choice(options=items):
            for part in items:
                yield from ports(part)
        case Lanes(joints=joints):
            for joint in joints:
                yield from (port.box for port in joint.ports)
                yield from ports(joint.body)
        case Rail(body=body) | Frame(body=body):
            yield from ports(body)
        case _:
            return


def boxes(item: Diagram) -> Iterator[Box]:
    """Every box of ``item`` from its input up; those of modules beside a line too."""
    match item:
        case Box():
            yield item
        case Tap(box=box):
            yield box
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Choice(options=items):
            for part in items:
                yield from boxes(part)
        case Lanes(joints=joints):
            for joint in joints:
                yield from (port.box for port in joint.ports)
                yield from boxes(joint.body)
        case Rail(body=body) | Frame(body=body):
            yield from boxes(body)
        case Bar():
            return
        case _:
            assert_never(item)
