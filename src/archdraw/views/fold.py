"""A fold over the tree of a model: the items of its column, the stacks that it meets, and the boxes around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from archdraw.glossary import comparison, text
from archdraw.glossary import plate as words
from archdraw.picture import Box, Branches, Chain, Diagram, Frame, Rail, Wire
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.framing import ANY, labels
from archdraw.tree.published import with_lookup_tables
from archdraw.tree.runs import number_of_layers
from archdraw.tree.walks import layers, leaves
from archdraw.views import shared, unpublished
from archdraw.views.diagrams import (
    SIGNS,
    activated,
    concatenated,
    diagram,
    folded,
    leads_back,
    reading,
    tapped,
    unnamed_path,
)
from archdraw.views.graphs import drawn
from archdraw.views.insets import has_inside
from archdraw.views.stack import Option, Stack, in_brief, openable, stacked
from archdraw.views.terminals import NEXT_LAYERS, is_narrow, named_input
from archdraw.views.wording import in_a_row

MOST_JOINING = 3
"""So many lines find a way from below into the line of a model; of more, each module stands beside it."""


class Fold:
    """Draws blocks and keeps what it meets: the stacks, and the boxes that stand in none of them."""

    def __init__(
        self,
        paths: Mapping[int, str],
        *,
        brief: bool = False,
        wide_open: bool = False,
        wired: bool = False,
        whole: bool = False,
    ) -> None:
        """With ``brief`` layers are drawn as boxes, with ``wide_open`` modules as what is in them; where it is to be
        ``wired``, what layers share stands where a line to them begins; each stack is one frame if it is to be
        ``whole``."""
        self.paths, self.brief, self.wide_open, self.wired, self.whole = paths, brief, wide_open, wired, whole
        self.stacks: list[Stack] = []
        self.begun = 0
        self.around: list[Option] = []
        self.sources: list[tuple[str, int]] = []

    def wires(self) -> tuple[Wire, ...]:
        """The lines from what layers share to those above it, up to the next that makes it anew."""
        ends = [*(place for _, place in self.sources[1:]), len(self.stacks)]
        found = (
            shared.wire(path, self.stacks[begin:end]) for (path, begin), end in zip(self.sources, ends, strict=False)
        )
        return tuple(wire for wire in found if wire.goals)

    def boxes(self) -> Iterator[Option]:
        """The boxes of all layers."""
        for stack in self.stacks:
            for slot in stack.slots:
                yield from slot.options

    def row(self, block: Block, *, final: bool = True) -> list[Diagram]:
        """The items of ``block`` from its input up; a norm after its last layer is called the ``final`` one."""
        parts = block.parts if isinstance(block, Sequence) else (block,)
        many = sum(isinstance(part, Side) and part.direction == "in" for part in parts) > MOST_JOINING
        last = max((index for index, part in enumerate(parts) if number_of_layers(part, ANY)), default=-1)
        found: list[Diagram] = []
        for index, part in enumerate(parts):
            if isinstance(part, Leaf) and part.role == "norm" and final and 0 <= last < index:
                # The one after the last layer; a norm behind that one is of what stands between them.
                final = False
                found.append(folded(part, self.paths[id(part)], label=text(words.FINAL(norm=part.label))))
            elif isinstance(part, Leaf) and part.reads:
                found.append(reading(part, self.paths[id(part)]))
            elif isinstance(part, Side) and self.wired and shared.is_shared(part):
                path = self.paths[id(part.body)]
                self.sources.append((path, len(self.stacks)))
                self.around.append(Option(part.body, path, ()))
                found.append(replace(tapped(part, path), aside=True))
            elif isinstance(part, Side):
                note = _said_of(part.body) if part.direction == "in" else ""
                tap = named_input(tapped(part, self.paths[id(part.body)], note), part)
                aside = part.direction == "in" and part.joins and (many or not all(map(is_narrow, found)))
                found.append(replace(tap, aside=aside, goal=NEXT_LAYERS if shared.is_for_layers(part) else tap.goal))
            elif found and _is_function(part, found[-1]) and (joined := activated(found[-1], part)) is not None:
                found[-1] = joined
            else:
                found += self._items(part)
        return found

    def _items(self, block: Block) -> Iterator[Diagram]:
        path = self.paths.get(id(block), "")
        match block:
            case Module(level="stack") if block.role == "unknown":
                yield unpublished.stack_picture(block, path)
            case Module(level="stack") if self.wide_open and (alone := _alone(block)) is not None:
                (layer,) = layers(block, ANY)
                name = labels(block) or (text(alone.label),)
                self.stacks.append(Stack((layer,), (), ()))
                yield self._opened(alone, in_a_row(name))
            case Module(level="stack"):
                made = in_brief(block, path, self.paths) if self.brief else self._stacked(block, path)
                self.stacks.append(made)
                yield from self.stacks[-1].picture
            case Module() if self.wide_open and not number_of_layers(block, ANY) and has_inside(block):
                yield self._opened(block, text(block.label))
            case Leaf() | Module() if not number_of_layers(block, ANY):
                if isinstance(block, Module):
                    self.around.append(Option(block, path, ()))
                yield folded(block, path)
            case Parallel(branches=branches, merge="add") if all(isinstance(branch, Leaf) for branch in branches):
                # Tables that are added up: the first is the one that stands on the spine, the others at its left.
                boxes = [folded(leaf, self.paths[id(leaf)]) for leaf in branches if isinstance(leaf, Leaf)]
                yield Branches((*boxes[1:], boxes[0]), "+", main=len(boxes) - 1)
            case _ if not number_of_layers(block, ANY):
                self.around += openable(block, self.paths)
                yield diagram(block, self.paths)
            case Sequence():
                yield from self.row(block)
            case Module(body=body):
                framed = _in_frame(tuple(self.row(body)), _caption(block), path, apart=self.whole)
                # Blocks of convolutions are not called layers: a caption says how large they are.
                number = 0 if facts(body).in_blocks else number_of_layers(body, ANY)
                yield replace(framed, number=number)
            case Residual(body=body):
                yield Rail(Chain(tuple(self.row(body))))
            case Parallel(branches=branches, merge=merge):
                yield concatenated(
                    Branches(tuple(Chain(self._column(branch)) for branch in branches), SIGNS.get(merge)),
                    merge,
                    unnamed_path(block, self.paths, "concatenate"),
                )
            case Graph():
                yield drawn(block, lambda node: _single(self._column(node)))
            case Repeat(body=body, times=times, tied=tied):
                title = text((words.LOOP if tied else comparison.TIMES)(times=times))
                said = text((words.LOOPED if tied else words.REPEATED)(**{"times" if tied else "number": times}))
                yield Frame(
                    Chain(tuple(self.row(body, final=not tied))),
                    said,
                    unnamed_path(block, self.paths, "repeat"),
                    title,
                    back=leads_back(block),
                    number=number_of_layers(body, ANY),
                )
            case Experts(body=body, total=total, active=active):
                said = text(words.EXPERTS_PER_TOKEN(total=total, active=active))
                yield Frame(Chain(tuple(self.row(body))), "", unnamed_path(block, self.paths, "experts"), said, said)
            case Leaf() | Side():
                raise AssertionError("a leaf holds no layers, and what stands beside the line is met in its row")
            case _:
                assert_never(block)

    def _stacked(self, block: Module, path: str) -> Stack:
        """The stack ``block``; its layers are numbered on from those of the stacks below it in its own column."""
        before = sum(len(stack.all) for stack in self.stacks[self.begun :])
        return stacked(block, path, self.paths, before, whole=self.whole)

    def _column(self, block: Block) -> tuple[Diagram, ...]:
        """The items of ``block``, which begins a column: its layers are numbered from 0."""
        begun, self.begun = self.begun, len(self.stacks)
        items = tuple(self.row(block))
        self.begun = begun
        return items

    def _opened(self, module: Module, caption: str) -> Frame:
        """What is in ``module``, in a frame of that name."""
        self.around += openable(module.body, self.paths)
        return Frame(diagram(module.body, self.paths), "", self.paths[id(module)], caption, caption)


def _caption(module: Module) -> str:
    """What the frame of a part of the model says: its name and detail, and how much of its experts a token passes.

    Tables that are only looked up are not among the active parameters of a part.
    """
    found, counted = describe(module), facts(module.body)
    computed = with_lookup_tables(counted) - counted.parts.get("embedding", 0)
    active = text(words.ACTIVE_IN(count=computed)) if counted.inactive else ""
    return ": ".join(filter(None, (found.label, ", ".join(filter(None, (found.detail, active))))))


def _said_of(module: Module) -> str:
    """What stands at the line of ``module``: its first note; of one that is a single block what that says of itself."""
    own = describe(module)
    (first, *others) = leaves(module.body)
    return next(iter(own.notes), "") or (describe(first).detail if not others and not own.detail else "")


def _is_function(block: Block, before: Diagram) -> bool:
    """Whether ``block`` is called like a function, in one word, and stands behind a box that is no norm."""
    called = isinstance(block, Leaf) and " " not in text(block.label)
    return called and isinstance(before, Box) and before.role != "norm"


def _in_frame(items: tuple[Diagram, ...], caption: str, path: str, *, apart: bool) -> Frame:
    """``items`` in a frame with a caption: that of their layers alone, if it is not to stand ``apart``."""
    if not apart and len(items) == 1 and isinstance(items[0], Frame) and not items[0].caption:
        return replace(items[0], caption=caption)
    return Frame(_single(items), "", path, caption, caption)


def _single(items: tuple[Diagram, ...]) -> Diagram:
    return items[0] if len(items) == 1 else Chain(items)


def _alone(stack: Module) -> Module | None:
    """The module that is all of the only layer of ``stack``; None where there is more."""
    every = layers(stack, ANY)
    body = every[0].body if len(every) == 1 else None
    while isinstance(body, Sequence) and len(body.parts) == 1:
        body = body.parts[0]
    return body if isinstance(body, Module) else None
