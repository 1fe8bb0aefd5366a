"""How the boxes of two blocks are joined: whether they are joined alike, and in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Sequence as Several

from archdraw.analysis.difference import words
from archdraw.analysis.difference.places import Box, Joint, Place, joints
from archdraw.analysis.difference.structure import sort_of
from archdraw.glossary import comparison, text, within
from archdraw.tree.blocks import Block, Side

Two = tuple[list[Place], list[Place]]


def joined_differently(
    blocks: tuple[Block, Block], boxes: Two, pairing: tuple[Mapping[str, int], Mapping[str, int]]
) -> tuple[str, str] | None:
    """How both ``blocks`` are joined where the ``boxes`` that both have are not joined alike; None where they are.

    Boxes without a partner make no difference, but what is said of either block has all its boxes. Norms are named
    only where they make the difference. ``pairing`` has for paths of either side the numbers that partners share.
    """
    numbers, called = _numbered(boxes, pairing)
    common = set(called[0]) & set(called[1])
    norms = {number for own in called for number, box in own.items() if sort_of(box) == "norm"}

    def joined(shown: Collection[int]) -> tuple[Joint, Joint]:
        one, other = (
            joints(block, iter([number if number in shown else None for number in own]))
            for block, own in zip(blocks, numbers, strict=True)
        )
        return one, other

    for left_out in (norms, set[int]()):
        one, other = joined(common - left_out)
        if one != other:
            one, other = joined({*called[0], *called[1]} - left_out)
            return in_words(one, called[0]), in_words(other, called[1])
    return None


def _numbered(
    boxes: Two, pairing: tuple[Mapping[str, int], Mapping[str, int]]
) -> tuple[list[list[int]], tuple[dict[int, Box], dict[int, Box]]]:
    """The numbers of the ``boxes`` of both sides, and the boxes by them; those without a partner have their own."""
    numbers: list[list[int]] = []
    called: tuple[dict[int, Box], dict[int, Box]] = ({}, {})
    alone = 0
    for side, places in enumerate(boxes):
        own = []
        for path, box in places:
            alone -= 1
            own.append(pairing[side].get(path, alone))
            called[side][own[-1]] = box
        numbers.append(own)
    return numbers, called


def in_words(joint: object, called: Mapping[int, Block]) -> str:
    """How boxes are joined in a block, in full; ``called`` are the boxes by their numbers."""
    match joint:
        case None:
            return "–"
        case ("box", int(number)) if isinstance(called[number], Side):
            return _in_row([joint], called)[0]
        case ("box", int(number)):
            return within(text(words.label(called[number])))
        case ("row", *parts):
            # Sums one after the other are no chain: "x + (a)" reads what the sum before it leaves.
            sums = any(isinstance(part, tuple) and part[0] == "residual" for part in parts)
            return ("; " if sums else " → ").join(_in_row(parts, called))
        case ("residual", inner):
            blocks = in_words(inner, called)
            is_chain = isinstance(inner, tuple) and inner[0] == "row"
            return text(comparison.ADDED_TO_LINE(blocks=text(comparison.CHAIN(blocks=blocks)) if is_chain else blocks))
        case ("repeat" | "tied" as how, int(times), inner):
            term = comparison.SEVERAL_TIMES_TIED if how == "tied" else comparison.SEVERAL_TIMES
            return text(term(times=times, blocks=in_words(inner, called)))
        case ("experts", int(total), int(active), inner):
            return text(comparison.EXPERTS_OF(active=active, total=total, blocks=in_words(inner, called)))
        case ("frame", str(name), inner):
            return text(comparison.IN_FRAME(frame=name, blocks=in_words(inner, called)))
        case ("graph", tuple(edges), tuple(back), tuple(nodes), *inner):
            names = _names_of_nodes(nodes, inner, called)
            kinds = [(comparison.EDGE, edge) for edge in edges] + [(comparison.DELAYED_EDGE, edge) for edge in back]
            ends = [(term, [_end(one, names) for one in edge]) for term, edge in kinds]
            return "; ".join(text(term(start=start, end=end)) for term, (start, end) in ends)
        case ("line",):
            return "x"
        case (str(merge), *parts):
            signs = {"add": " + ", "multiply": " × ", "concatenate": " ; ", "separate": ", "}
            return f"({signs[merge].join(_branch(part, called) for part in parts)})"
        case _:
            return str(joint)


def _names_of_nodes(nodes: Several[str], inner: Several[object], called: Mapping[int, Block]) -> Mapping[str, str]:
    """What the nodes of a graph are called: by their boxes, those of one name with a number."""
    found: dict[str, str] = {}
    for node, joint in zip(nodes, inner, strict=True):
        name = node.replace("_", " ") if joint is None else in_words(joint, called)
        number = sum(one == name or one.startswith(f"{name} (") for one in found.values())
        found[node] = f"{name} ({number + 1})" if number else name
    return found


def _end(end: str, names: Mapping[str, str]) -> str:
    """An end of an edge: a node, or one of its lines."""
    node, dot, line = end.partition(".")
    return f"{names.get(node, node)}{dot}{line}"


def _branch(joint: object, called: Mapping[int, Block]) -> str:
    """One of the branches side by side, in brackets where it is more than one box."""
    blocks = in_words(joint, called)
    is_one = not isinstance(joint, tuple) or joint[0] not in ("row", "residual")
    return blocks if is_one else text(comparison.CHAIN(blocks=blocks))


def _in_row(parts: Several[object], called: Mapping[int, Block]) -> list[str]:
    """The ``parts`` of a line; a module beside it is said of what it joins, reads or stands beside, and is no part."""
    found: list[str] = []
    for part in parts:
        box = called[part[1]] if isinstance(part, tuple) and part[0] == "box" else None
        if not isinstance(box, Side):
            found.append(in_words(part, called))
            continue
        term = comparison.BESIDE
        if box.joins:
            term = comparison.JOINED_BY if box.direction == "in" else comparison.READ_BY
        line = found.pop() if found else text(comparison.LINE())
        found.append(text(term(line=line, block=within(text(words.label(box))))))
    return found
