"""A block opened one level: from the algebra of models to the diagrams of the drawing half."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Literal, assert_never

from archdraw.glossary import Phrase, comparison, plate, text
from archdraw.glossary.common import OUTPUT_PROJECTION
from archdraw.glossary.positions import ALIBI_TAG, RELATIVE_BIAS, RELATIVE_BIAS_UP_TO
from archdraw.picture import Box, Branches, Chain, Chip, Diagram, ExpertGrid, Frame, HeadGroups, Rail, Tap
from archdraw.records import replaced
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Merge, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.description import describe
from archdraw.tree.walks import MESSAGE_INPUT, children, inputs, leaves, outputs, walk
from archdraw.views import graphs, routing

LONGEST_LABEL = 36
"""Characters of a label that takes its second line with it; longer ones keep two lines."""
CHIP_ROLES = frozenset({"norm", "position", "latent", "embedding"})
POSITION_TAGS = frozenset({ALIBI_TAG, RELATIVE_BIAS, RELATIVE_BIAS_UP_TO})
"""Tags of attention that stand for positions."""
"""Roles whose colors a property has beside a mixer: a step of its own, and what comes from elsewhere in the model."""
MOST_GROUPS = 40
"""Above this many groups single heads are no longer seen; the words say their number."""
MOST_EXPERTS = 2048
"""Above this many the grid of experts would be taller than a panel; the words say their number."""


def paths_of(module: Module, path: str) -> dict[int, str]:
    """The path of every block in ``module``, which itself is at ``path``, by identity of the first place."""
    found: dict[int, str] = {}
    for place, part in walk(module.body, path):
        found.setdefault(id(part), place)
    return found


def opened(module: Module, path: str) -> Diagram:
    """What is inside ``module``: its leaves as boxes, modules in it folded."""
    return diagram(module.body, paths_of(module, path))


def folded(block: Leaf | Module, path: str, *, label: str = "", detail: str | None = None) -> Box:
    """``block`` as one box, with the chips of what is in it: those of a mixer, which a box of a whole layer has not."""
    words = describe(block)
    return Box(
        path,
        label or words.label,
        words.detail if detail is None else detail,
        role=block.role,
        inputs=inputs(block),
        outputs=outputs(block),
        chips=chips(block) if isinstance(block, Module) and block.level != "layer" else (),
        title=f"{words.label}: {words.detail}" if words.detail else words.label,
        cap=block.role == "norm",
        short=block.label.term.short if isinstance(block.label, Phrase) else "",
    )


def chips(module: Module) -> tuple[Chip, ...]:
    """The properties of a mixer that stand beside it: each text once, in the order of the flow."""
    found: dict[str, Chip] = {}
    for leaf in leaves(module.body):
        if (tag := text(leaf.tag)) and leaf.streams is None:
            role = leaf.role if leaf.role in CHIP_ROLES else "plain"
            # Scores may be shifted by positions in the attention itself: the tag is one of positions all the same.
            is_position = isinstance(leaf.tag, Phrase) and leaf.tag.term in POSITION_TAGS
            found.setdefault(tag, Chip(tag, "position" if is_position else role))
    return tuple(found.values())


def reading(leaf: Leaf, path: str) -> Tap:
    """A block that reads the line, beside it."""
    return Tap(replaced(folded(leaf, path), chips=()), "out")


def tapped(side: Side, path: str, note: str = "") -> Tap:
    """A module beside the spine, folded."""
    return Tap(folded(side.body, path), side.direction, note, side.joins)


SIGNS: Mapping[Merge, Literal["+", "×"]] = {"add": "+", "multiply": "×"}
"""The node that joins branches, by their merge; others leave them apart."""


def unnamed_path(block: Block, paths: Mapping[int, str], name: str) -> str:
    """A path for a block without a name: that of the first block in it that has one, and what it is."""
    return f"{paths[id(_first_named(block) or block)]}/{name}"


def _first_named(block: Block) -> Leaf | Module | None:
    if isinstance(block, Leaf | Module):
        return block
    return next((found for part in children(block) if (found := _first_named(part))), None)


def concatenated(fan: Branches, merge: Merge, path: str) -> Diagram:
    """``fan`` with the box that joins its branches where these are concatenated."""
    if merge != "concatenate":
        return fan
    return Chain((fan, Box(path, text(plate.CONCATENATE()), inputs=len(fan.items))))


def leads_back(repeat: Repeat) -> bool:
    """Whether each pass reads the result of the one before: not where it begins anew and reads messages of that one."""
    return repeat.tied and all(leaf.name != MESSAGE_INPUT for leaf in leaves(repeat.body))


def diagram(block: Block, paths: Mapping[int, str]) -> Diagram:
    """``block``, whose parts have ``paths`` by identity."""
    match block:
        case Leaf(reads=True):
            return reading(block, paths[id(block)])
        case Leaf():
            return _leaf(block, paths[id(block)])
        case Module():
            return folded(block, paths[id(block)])
        case Sequence(parts=(*_, Experts() | Parallel())) if routing.is_routed(block):
            return routing.routed(block, lambda part: diagram(part, paths))
        case Sequence(parts=parts):
            items = _unrepeated(_activated([diagram(part, paths) for part in parts], parts))
            return items[0] if len(items) == 1 else Chain(items)
        case Parallel(branches=branches, merge=merge):
            items = tuple(diagram(branch, paths) for branch in branches)
            return concatenated(Branches(items, SIGNS.get(merge)), merge, unnamed_path(block, paths, "concatenate"))
        case Graph():
            return graphs.drawn(block, lambda node: _node(node, paths))
        case Residual(body=body):
            return Rail(diagram(body, paths))
        case Repeat(body=body, times=times, tied=tied):
            path = unnamed_path(block, paths, "repeat")
            title = text((plate.LOOP if tied else comparison.TIMES)(times=times))
            return Frame(diagram(body, paths), text(plate.REPEATED(number=times)), path, title, back=leads_back(block))
        case Experts(body=body, total=total, active=active, at_most=at_most):
            inner = paths[id(body)] if isinstance(body, Leaf | Module) else unnamed_path(body, paths, "experts")
            title = text(plate.EXPERTS_PER_TOKEN(total=total, active=active))
            said = plate.EXPERTS_AT_MOST if at_most else plate.EXPERTS
            label = text(said(total=total, active=active)) if total > 1 else text(plate.ONE_EXPERT())
            grid = ExpertGrid(total, active) if total <= MOST_EXPERTS else None
            return Box(inner, label, role="experts", title=title, figure=grid)
        case Side():
            return tapped(block, paths[id(block.body)])
        case _:
            assert_never(block)


def _node(block: Block, paths: Mapping[int, str]) -> Diagram:
    """A node of a graph: layers in a row as one box that says how many they are."""
    match block:
        case Repeat(body=Module(label=label) as body, times=times) if len(outputs(body)) == inputs(body) == 1:
            return folded(body, paths[id(body)], label=f"{times} × {text(label)}")
        case _:
            return diagram(block, paths)


def _activated(items: list[Diagram], parts: tuple[Block, ...]) -> tuple[Diagram, ...]:
    """``items`` with activations written into the boxes before them."""
    result: list[Diagram] = []
    for item, part in zip(items, parts, strict=True):
        joined = activated(result[-1], part) if result else None
        if joined is None:
            result.append(item)
        else:
            result[-1] = joined
    return tuple(result)


def activated(before: Diagram, part: Block) -> Box | None:
    """The box ``before`` with the activation ``part`` in it (``gate 14,336, SiLU``); None where it is none."""
    if (
        isinstance(part, Leaf)
        and is_activation(part)
        and isinstance(before, Box)
        and len(before.outputs) == 1
        and before.figure is None
        and len(before.label) + len(text(part.label)) <= LONGEST_LABEL
    ):
        return replaced(before, label=f"{before.label}, {text(part.label)}")
    return None


def _unrepeated(items: tuple[Diagram, ...]) -> tuple[Diagram, ...]:
    """``items`` without names at lines that only repeat the label of the box which the line enters."""
    result = list(items)
    for index, (item, above) in enumerate(pairwise(items)):
        entered = [box.label if box else "" for box in _entered(above)]

        def quiet(box: Box, entered: list[str] = entered) -> Box:
            names = [entered.pop(0) if entered else "" for _ in box.outputs]
            kept = ("" if name == label else name for name, label in zip(box.outputs, names, strict=True))
            return replaced(box, outputs=tuple(kept))

        if isinstance(item, Box):
            result[index] = quiet(item)
        elif isinstance(item, Branches) and all(isinstance(branch, Box) for branch in item.items):
            result[index] = replaced(item, items=tuple(quiet(box) for box in item.items if isinstance(box, Box)))
    return tuple(result)


def _entered(item: Diagram) -> list[Box | None]:
    """For each line that comes into ``item`` the box that it enters, if it enters one."""
    match item:
        case Box(inputs=inputs):
            return [item] * inputs
        case Chain(items=()):
            return [None]
        case Chain(items=items):
            return _entered(items[0])
        case Branches(items=items):
            return [box for branch in items for box in _entered(branch)]
        case _:
            return [None]


def is_activation(leaf: Leaf) -> bool:
    """An element-wise function: no weights, nothing to say but its name."""
    plain = not (leaf.weights or leaf.detail or leaf.state or leaf.tag or leaf.heads)
    return plain and leaf.inputs == 1 and len(leaf.outputs) == 1 and leaf.role in ("plain", "feed_forward")


def _leaf(leaf: Leaf, path: str) -> Box:
    heads = leaf.heads
    cached = heads is not None and heads.cached and heads.key_value <= MOST_GROUPS
    figure = HeadGroups(heads.query, heads.key_value, heads.kept) if heads is not None and cached else None
    label, detail = text(leaf.label), text(leaf.detail)
    if heads is not None and leaf.tag and text(leaf.tag) not in detail:
        # What is done to the scores is said where they are made.
        detail = text((detail, text(leaf.tag)))
    is_output = isinstance(leaf.label, Phrase) and leaf.label.term is OUTPUT_PROJECTION
    if is_output and len(label) + len(detail) < LONGEST_LABEL:
        label, detail = f"{label} {detail}".strip(), ""
    return Box(
        path,
        label,
        detail,
        role=leaf.role,
        inputs=leaf.inputs,
        outputs=leaf.outputs,
        figure=figure,
    )
