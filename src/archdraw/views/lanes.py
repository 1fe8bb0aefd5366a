"""Residual lines of several streams: sublayers that read, mix and write them are joined to lanes by small ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from archdraw.glossary import plate, text
from archdraw.parts import all_in, rebuilt
from archdraw.picture import Box, Branches, Chain, Diagram, Inset, Joint, Lanes, Port, Rail, Words
from archdraw.records import record
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Residual, Sequence, Streams
from archdraw.tree.walks import children, leaves

LANES = "lanes"
"""The name of the module that is all that is done to streams, and the last part of the path of what they are called."""


@record
class Joined:
    """A sublayer that is joined to ``streams``: its ``body``, the leaves that read them, ``mix`` them and write them.

    What works on them ``before`` it stands in front of ``whole``, the block that has all the others.
    """

    streams: Streams
    whole: Parallel | Residual
    mix: tuple[Leaf, ...]
    read: tuple[Leaf, ...]
    body: Block
    write: tuple[Leaf, ...]
    before: tuple[Leaf, ...] = ()

    @property
    def first(self) -> Leaf:
        """The first of its leaves that a line comes to."""
        return (*self.before, *self.mix, *self.read, *self.write)[0]


def row(parts: Iterable[Block], drawn: Callable[[Block], Diagram], paths: Mapping[int, str]) -> tuple[Diagram, ...]:
    """``parts`` of a layer as they are ``drawn``, those that are joined to streams as lanes.

    They are drawn once each, in the order of the tree.
    """
    found: list[Diagram] = []
    for streams, run in groupby(_met(parts), lambda part: part.streams if isinstance(part, Joined) else None):
        if streams is None:
            found += [drawn(part) for part in run if not isinstance(part, Joined)]
            continue
        these = [part for part in run if isinstance(part, Joined)]
        pairs = [_drawn(part, drawn) for part in these]
        plain = Chain(tuple(one for _, one in pairs))
        joints = tuple(one for one, _ in pairs if one is not None)
        path = f"{paths[id(these[0].first)]}/{LANES}"
        many = streams.number if len(joints) == len(pairs) else 0
        found.append(Lanes(joints, many, text(streams.label), path, plain) if many else plain)
    return tuple(found)


def joined(block: Block) -> Joined | None:
    """How ``block`` joins a sublayer to residual streams; None where it does not."""
    match block:
        case Parallel(branches=(Leaf(streams=Streams()) as leaf, branch), merge="add"):
            mix: tuple[Leaf, ...] = (leaf,)
        case Residual(body=branch):
            mix = ()
        case _:
            return None
    parts = branch.parts if isinstance(branch, Sequence) else (branch,)
    read = _ports_of(parts)
    write = _ports_of(parts[:0:-1])[::-1]
    body = parts[len(read) : len(parts) - len(write)]
    found = next((leaf.streams for leaf in (*mix, *read, *write) if leaf.streams), None)
    if found is None or not body:
        return None
    return Joined(found, block, mix, read, body[0] if len(body) == 1 else Sequence(body), write)


def modules(layer: Block, drawn: Diagram, paths: Mapping[int, str]) -> Iterator[tuple[Module, str]]:
    """For each of the lanes in the ``drawn`` layer what is done to their streams, as a module, and its path.

    Lanes that no sublayer but by a plus writes to have nothing to open unless something is said of them.
    """
    shown = {part.path for part in all_in(drawn) if isinstance(part, Lanes)}
    for one in _all(layer):
        path = f"{paths[id(one.first)]}/{LANES}"
        if path not in shown or not (one.write or one.streams.notes):
            continue
        shown = {other for other in shown if other != path}
        body = Sequence((*one.before, *one.read, *one.mix, *one.write))
        yield Module(LANES, one.streams.title, body, kind=one.streams.kind, notes=one.streams.notes), path


def merged(found: Iterable[tuple[Module, str, tuple[int, ...]]]) -> list[tuple[Module, str, tuple[int, ...]]]:
    """Modules of :func:`modules`, with their paths and layers: those of streams of one kind are one, with all ports."""
    every: dict[tuple[object, ...], tuple[Module, str, tuple[int, ...]]] = {}
    for module, path, places in found:
        key = (module.label, module.kind, module.notes)
        first, where, others = every.get(key, (module, path, ()))
        ports = dict.fromkeys((*leaves(first.body), *leaves(module.body)))
        body = Sequence(tuple(ports))
        every[key] = (replace(first, body=body), where, tuple(sorted({*others, *places})))
    return list(every.values())


def panel(module: Module, path: str, priority: int | None) -> Inset:
    """The panel of a module of :func:`modules`: lanes are drawn where they are, it says what is done at their ports."""
    formula, *notes = (text(note) for note in module.notes)
    # What is called as the panel is says its facts alone.
    said = (
        text(leaf.detail if leaf.label == module.label else plate.PORT(label=leaf.label, detail=leaf.detail))
        for leaf in leaves(module.body)
        if leaf.detail
    )
    lines = [Words(line, strong=True) for line in dict.fromkeys(said)]
    items = (Words(formula, strong=True), *lines, *map(Words, notes))
    return Inset(text(module.label), items, source=path, priority=priority)


def without_lanes(item: Diagram) -> Diagram:
    """``item`` with boxes in place of ports: a picture that aligns those of several models has no room for lanes."""
    match item:
        case Lanes(plain=plain):
            return without_lanes(plain)
        case _:
            return rebuilt(item, without_lanes)


def _ports_of(parts: tuple[Block, ...]) -> tuple[Leaf, ...]:
    """The leaves with streams at the beginning of ``parts``."""
    found: list[Leaf] = []
    for part in parts:
        if not isinstance(part, Leaf) or part.streams is None:
            break
        found.append(part)
    return tuple(found)


def _met(parts: Iterable[Block]) -> Iterator[Block | Joined]:
    """``parts`` of a row with what is joined to streams as such; leaves with streams in front of it belong to it."""
    waiting: list[Leaf] = []
    for part in parts:
        found = joined(part)
        if isinstance(part, Leaf) and part.streams is not None:
            waiting.append(part)
        elif found is not None and all(leaf.streams == found.streams for leaf in waiting):
            yield replace(found, before=tuple(waiting))
            waiting = []
        else:
            yield from (*waiting, part)
            waiting = []
    yield from waiting


def _all(block: Block) -> Iterator[Joined]:
    """Everything in ``block`` that is joined to streams."""
    for part in _met(block.parts if isinstance(block, Sequence) else (block,)):
        if isinstance(part, Joined):
            yield part
        elif not isinstance(part, Module):
            for child in children(part):
                yield from _all(child)


def _drawn(one: Joined, drawn: Callable[[Block], Diagram]) -> tuple[Joint | None, Diagram]:
    """``one`` beside lanes, or None where layers differ in a port; and with all its blocks as boxes."""
    before, mix, read = ([drawn(leaf) for leaf in leaves] for leaves in (one.before, one.mix, one.read))
    body = drawn(one.body)
    write = [drawn(leaf) for leaf in one.write]
    branch = Chain((*read, body, *write))
    whole = Branches((*mix, branch), "+") if mix else Rail(branch)
    plain = Chain((*before, whole)) if before else whole
    boxes = [box for box in (*before, *mix, *read, *write) if isinstance(box, Box)]
    if len(boxes) < len(before) + len(mix) + len(read) + len(write):
        return None, plain
    ports = {
        id(leaf): Port(box, text(leaf.tag), _share(box, leaf))
        for leaf, box in zip((*one.before, *one.mix, *one.read, *one.write), boxes, strict=True)
    }
    reading, between, writing = (
        tuple(ports[id(leaf)] for leaf in leaves) for leaves in ((*one.before, *one.read), one.mix, one.write)
    )
    return Joint(body, reading, between, writing), plain


def _share(box: Box, leaf: Leaf) -> str:
    """What ``box`` says before the detail of its ``leaf``: in how many layers it is, where not in all."""
    return box.detail.removesuffix(text(leaf.detail)).rstrip("; ") if box.layers else ""
