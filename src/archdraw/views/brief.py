"""Pictures with less in them, for pages with little room: what is left out, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from archdraw.glossary import Term, text
from archdraw.glossary import plate as words
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Lanes, Plate, Rail, Tap
from archdraw.records import record, replaced
from archdraw.views.boxes import boxes, changed

MIXERS = frozenset({"attention", "sliding", "linear", "convolution"})
"""Roles of what mixes tokens."""


@record
class Brief:
    """A plate with less in it, the frame that stands beside its column, and the steps that made a difference."""

    plate: Plate
    opened: Frame | None = None
    without: tuple[str, ...] = ()


def shortened(plate: Plate, steps: Sequence[str]) -> Brief:
    """``plate`` after the ``steps`` of :data:`archdraw.profile.Step`."""
    brief = Brief(plate)
    for step in steps:
        found = STEPS[step](brief)
        if found != brief:
            brief = replace(found, without=(*brief.without, step))
    said = [LEFT_OUT[step] for step in brief.without if step in LEFT_OUT]
    if not said:
        return brief
    note = text(words.NOT_SHOWN(what=tuple(text(term()) for term in said)))
    footer = brief.plate.footer
    return replace(brief, plate=replace(brief.plate, footer=(*footer[:-1], note, *footer[-1:])))


def _boxes(brief: Brief, change: Callable[[Box], Box]) -> Brief:
    def around(item: Diagram) -> Diagram:
        return replace(item, box=change(item.box)) if isinstance(item, Tap) else item

    return _items(brief, lambda item: changed(item, change, around))


def _details(brief: Brief) -> Brief:
    """Boxes and tags are left with their names."""

    def short(box: Box) -> Box:
        chips = tuple(replace(chip, label=chip.label.partition(" (")[0]) for chip in box.chips)
        return replace(box, detail="", figure=None, strong=frozenset(), chips=chips)

    return _boxes(brief, short)


def _tags(brief: Brief) -> Brief:
    return _boxes(brief, lambda box: replace(box, chips=()))


def _inputs(brief: Brief) -> Brief:
    """A model with one input needs no box that says so; modules that join it from below stand beside its line."""

    def beside(item: Diagram) -> Diagram:
        if isinstance(item, Tap) and item.direction == "in" and item.joins:
            return replace(item, aside=True)
        return item

    plate = brief.plate
    if len(plate.inputs) > 1 or plate.towers:
        return brief
    items = tuple(map(beside, plate.column.items))
    return replace(brief, plate=replace(plate, inputs=(), column=Chain(items)))


def _layers(brief: Brief) -> Brief:
    """The frame of the most layers stands beside its column, in which a bar takes its place."""
    items = brief.plate.column.items
    frames = [item for item in items if isinstance(item, Frame)]
    if brief.opened or not frames or brief.plate.towers or brief.plate.wires:
        return brief
    largest = max(frames, key=lambda frame: int("".join(filter(str.isdigit, frame.times)) or 1))
    label = largest.caption or text(words.LAYER_OPENED())
    bar = Bar(label, largest.times, largest.path, largest.title)
    column = Chain(tuple(bar if item is largest else item for item in items))
    return replace(brief, plate=replace(brief.plate, column=column), opened=replace(largest, times="", caption=""))


def _alternatives(brief: Brief) -> Brief:
    """More than two alternatives in one slot become one box."""
    return _items(brief, lambda item: merged(item, 3))


def _pairs(brief: Brief) -> Brief:
    """Any alternatives in one slot become one box."""
    return _items(brief, lambda item: merged(item, 2))


def _items(brief: Brief, change: Callable[[Diagram], Diagram]) -> Brief:
    plate = brief.plate
    opened = change(brief.opened) if brief.opened else None
    assert opened is None or isinstance(opened, Frame)
    towers = tuple(replace(tower, column=_chain(change(tower.column))) for tower in plate.towers)
    return replace(brief, plate=replace(plate, column=_chain(change(plate.column)), towers=towers), opened=opened)


def merged(item: Diagram, least: int) -> Diagram:
    """``item`` with one box in place of each slot with at least so many alternatives."""

    def again(part: Diagram) -> Diagram:
        return merged(part, least)

    match item:
        case Choice(options=options) if len(options) >= least:
            return _one(options)
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(map(again, items)))
        case Lanes(joints=joints):
            return replaced(item, joints=tuple(replaced(joint, body=again(joint.body)) for joint in joints))
        case Rail(body=body) | Frame(body=body):
            return replaced(item, body=again(body))
        case _:
            return item


def _one(options: tuple[Diagram, ...]) -> Box:
    """One box for ``options``, with the path and the role of the usual one, which stands last."""
    every = [next(boxes(option)) if not isinstance(option, Box) else option for option in options]
    usual = every[-1]
    title = "; ".join(box.title or box.label for box in every)
    plain = all(isinstance(option, Box) for option in options)
    same = {box.role in MIXERS for box in every}
    what = words.KINDS_OF_BLOCK
    if plain and len(same) == 1:
        what = words.TOKEN_MIXING if True in same else words.KINDS_OF_FEED_FORWARD
    label = text(words.KINDS_OF(number=len(options), what=what()))
    return replace(usual, label=label, detail="", title=title, figure=None, strong=frozenset())


def _runs(brief: Brief) -> Brief:
    """Bars that follow each other become one."""
    items: list[Diagram] = []
    for is_bar, run in groupby(brief.plate.column.items, lambda item: isinstance(item, Bar)):
        bars = list(run)
        if not is_bar or len(bars) < 2 or (brief.opened and any(_is_opened(bar, brief.opened) for bar in bars)):
            items += bars
            continue
        first = bars[0]
        assert isinstance(first, Bar)
        label = text(words.RUNS(number=len(bars)))
        title = "; ".join(bar.title for bar in bars if isinstance(bar, Bar))
        items.append(replace(first, label=label, times="", title=title))
    return replace(brief, plate=replace(brief.plate, column=Chain(tuple(items))))


def _is_opened(bar: Diagram, frame: Frame) -> bool:
    return isinstance(bar, Bar) and bar.path == frame.path


def _modules(brief: Brief) -> Brief:
    """Modules beside the line are left out."""
    items = tuple(item for item in brief.plate.column.items if not isinstance(item, Tap))
    return replace(brief, plate=replace(brief.plate, column=Chain(items)))


STEPS: Mapping[str, Callable[[Brief], Brief]] = {
    "details": _details,
    "inputs": _inputs,
    "tags": _tags,
    "layers": _layers,
    "alternatives": _alternatives,
    "pairs": _pairs,
    "runs": _runs,
    "modules": _modules,
}

LEFT_OUT: Mapping[str, Term] = {
    "details": words.SIZES,
    "tags": words.TAGS,
    "modules": words.MODULES,
}
"""What a page says that it lacks after a step; the other steps leave nothing out, or what they make says so."""


def _chain(item: Diagram) -> Chain:
    return item if isinstance(item, Chain) else Chain((item,))
