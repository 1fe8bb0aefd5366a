"""Diagrams with something done to each of their boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from archdraw.parts import all_in, parts, rebuilt
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
        return Joint(again(joint.body), on(joint.read), on(joint.between), on(joint.write))

    match item:
        case Box():
            return change(item)
        case Lanes(joints=joints) if in_ports:
            return replaced(item, joints=tuple(map(beside, joints)))
        case Frame() | Bar() | Tap():
            return around(rebuilt(item, again))
        case _:
            return rebuilt(item, again)


def marked(box: Box, every: Iterable[Box]) -> Box:
    """``box`` in the place of ``every`` one of several: it stands out where one of them does."""
    return replaced(box, mark=replaced(box.mark, highlight=any(one.mark.highlight for one in every)))


def unnoted(box: Box) -> Box:
    """``box`` without the note of its author."""
    detail = box.detail.removesuffix(box.mark.note).removesuffix(NOTE) if box.mark.note else box.detail
    return replaced(box, detail=detail, mark=replaced(box.mark, note=""))


def ports(item: Diagram) -> Iterator[Box]:
    """The boxes of ``item`` that are ports on lanes, which have a label and no other words."""
    for part in all_in(item):
        if isinstance(part, Lanes):
            yield from (port.box for joint in part.joints for port in joint.ports)


def bars(item: Diagram) -> Iterator[Bar]:
    """Every run of layers in ``item`` that is folded to a bar."""
    return (part for part in all_in(item) if isinstance(part, Bar))


def boxes(item: Diagram) -> Iterator[Box]:
    """Every box of ``item`` from its input up; those of modules beside a line too."""
    match item:
        case Box():
            yield item
        case Tap(box=box):
            yield box
        case Lanes(joints=joints):
            for joint in joints:
                yield from (port.box for port in joint.ports)
                yield from boxes(joint.body)
        case _:
            for part in parts(item):
                yield from boxes(part)
