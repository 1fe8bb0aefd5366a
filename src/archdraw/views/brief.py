"""Pictures with less in them, for pages with little room: what is left out, one step at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from archdraw.glossary import Term, feed_forward, text
from archdraw.glossary import plate as words
from archdraw.glossary.encoders import ENCODER_OUTPUT
from archdraw.layout.diagram.forks import frames
from archdraw.parts import all_in, boxes_of
from archdraw.picture import Bar, Box, Branches, Chain, Chip, Choice, Diagram, Frame, Graph, Inset, Plate, Rail, Tap
from archdraw.records import record, replaced
from archdraw.views.boxes import boxes, changed, unnoted
from archdraw.views.kept_details import kept_details
from archdraw.views.layer_bars import bar as bar_of
from archdraw.views.layer_bars import beside_layers, number_in
from archdraw.views.merging import joined, merged, summed


@record
class Brief:
    """A plate with less in it, the frame that stands beside its column, and the steps that made a difference."""

    plate: Plate
    opened: Frame | None = None
    without: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """What the tags that are left out said: positions, norms of queries and keys."""
    tower_tags: tuple[str, ...] = ()
    """The same of towers, while they are open."""
    others: tuple[str, ...] = ()
    """The names of what else is left out: modules of a loop, the rest of layers of which one block is shown."""


def shortened(plate: Plate, steps: Sequence[str]) -> Brief:
    """``plate`` after the ``steps`` of :data:`archdraw.profile.Step`."""
    brief = Brief(plate)
    for step in steps:
        found = STEPS[step](brief)
        if found != brief:
            brief = replace(found, without=(*brief.without, step))
    return brief


def not_shown(brief: Brief, panels: Sequence[Inset]) -> tuple[str, ...]:
    """What a page says that it lacks, in the most words and in fewer ones; a single empty one for nothing.

    These are tags by their names, what else :data:`LEFT_OUT` names, and ``panels`` by their titles, else their number.
    """
    steps = (text(LEFT_OUT[step]()) for step in brief.without if step in LEFT_OUT)
    said = (*dict.fromkeys((*brief.tags, *brief.tower_tags)), *steps, *brief.others)
    if not panels:
        return (text(words.NOT_SHOWN(what=said)),) if said else ("",)
    titles = tuple(dict.fromkeys(panel.title.partition(" (")[0] for panel in panels))
    number = text(words.PANELS(number=len(panels)))
    return tuple(text(words.NOT_SHOWN(what=what)) for what in ((*said, *titles), (*said, number)))


def _boxes(brief: Brief, change: Callable[[Box], Box]) -> Brief:
    return _items(brief, lambda item: changed(item, change, lambda part: _beside(part, change)))


def _beside(item: Diagram, change: Callable[[Box], Box]) -> Diagram:
    return replace(item, box=change(item.box)) if isinstance(item, Tap) else item


def _details(brief: Brief) -> Brief:
    """Boxes and tags are left with their names."""

    kept = kept_details(brief.plate)

    def short(box: Box) -> Box:
        chips = tuple(replace(chip, label=_named(chip)) for chip in box.chips)
        return replace(_counting(box), detail=kept(box), figure=None, strong=frozenset(), chips=chips)

    def around(item: Diagram) -> Diagram:
        if isinstance(item, Bar) and item.short:
            return replace(item, label=item.short)
        return _beside(item, short)

    found = _items(brief, lambda item: changed(item, short, around))
    named = tuple(replace(terminal, detail="") for terminal in found.plate.inputs)
    towers = tuple(
        replace(tower, inputs=tuple(replace(one, detail="") for one in tower.inputs)) for tower in found.plate.towers
    )
    return replace(found, plate=replace(found.plate, inputs=named, towers=towers))


def _named(chip: Chip) -> str:
    """What ``chip`` says before its sizes."""
    return re.split(r", | \(", chip.label)[0]


def _counting(box: Box) -> Box:
    """``box``; one of a mixture of experts says in its name how many there are, which is what they are known by."""
    found = re.match(r"(\d[\d,]*) of (\d[\d,]*\d|\d)(?: \+ (\d+) shared)?", box.detail)
    if box.role != "experts" or box.label != text(feed_forward.MIXTURE_OF_EXPERTS()) or not found:
        return box
    total = int(found[2].replace(",", ""))
    if found[3]:
        return replace(box, label=text(words.EXPERTS_AND_SHARED(active=found[1], total=total, shared=int(found[3]))))
    return replace(box, label=text(words.EXPERTS_OF(active=found[1], total=total)))


ENCODER = "input"
"""The role of a tag in place of a line from another column, which no step leaves out."""
SAYS_INPUT = frozenset({"embedding", "position", "unknown"})
"""Roles of a first block that says what comes in."""


def _inputs(brief: Brief) -> Brief:
    """A model needs no box for one input that its first block says; what joins it from below stands beside its line."""

    def beside(item: Diagram) -> Diagram:
        if isinstance(item, Tap) and item.direction == "in" and (item.joins or not item.goal):
            return replace(item, aside=True)
        return item

    plate = brief.plate
    column = _chain(summed(Chain(tuple(map(beside, plate.column.items)))))
    towers = tuple(replace(tower, column=_chain(summed(tower.column))) for tower in plate.towers)
    first = next(boxes(plate.column), None)
    is_said = first is None or first.role in SAYS_INPUT
    inputs = plate.inputs if len(plate.inputs) > 1 or plate.towers or not is_said else ()
    return replace(brief, plate=replace(plate, inputs=inputs, column=column, towers=towers))


def _layers(brief: Brief) -> Brief:
    """Layers stand beside their columns, in which bars take their places: those of the frame with most of them."""
    plate, own = brief.plate, list(frames(brief.plate.column))
    if brief.opened or not own:
        return brief
    largest = max(own, key=number_in)

    def bar(frame: Frame) -> Bar:
        return bar_of(frame, is_largest=frame is largest)

    towers = tuple(
        replace(tower, column=_chain(_folded(tower.column, bar)), goals=(largest.path,)) for tower in plate.towers
    )
    column = _chain(_counted(_folded(plate.column, bar)))
    folded = replace(plate, column=column, towers=towers, wires=())
    opened = changed(replace(largest, times="", caption=""), _reading, lambda item: item)
    assert isinstance(opened, Frame)
    return replace(brief, plate=folded, opened=opened, tower_tags=())


def _reading(box: Box) -> Box:
    """``box``, which a line from a tower reaches in the column, with a tag for that where it is by itself."""
    if not box.wired:
        return box
    return replace(box, wired=False, chips=(Chip(text(ENCODER_OUTPUT()), ENCODER), *box.chips))


def _counted(item: Diagram) -> Diagram:
    """``item`` whose bars have no brackets beside a slim column, nor words for these: they say which layers."""
    match item:
        case Bar():
            return replace(item, times="")
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(map(_counted, items)))
        case _:
            return item


def _folded(item: Diagram, bar: Callable[[Frame], Bar]) -> Diagram:
    """``item`` with a ``bar`` in place of each of its outermost frames."""
    match item:
        case Frame():
            return bar(item)
        case Chain(items=items) | Branches(items=items):
            return replaced(item, items=tuple(_folded(part, bar) for part in items))
        case Graph(nodes=nodes):
            return replaced(item, nodes=tuple((key, _folded(node, bar)) for key, node in nodes))
        case Rail(body=body):
            return replaced(item, body=_folded(body, bar))
        case _:
            return item


def _items(brief: Brief, change: Callable[[Diagram], Diagram]) -> Brief:
    plate = brief.plate
    opened = change(brief.opened) if brief.opened else None
    assert opened is None or isinstance(opened, Frame)
    towers = tuple(replace(tower, column=_chain(change(tower.column))) for tower in plate.towers)
    return replace(brief, plate=replace(plate, column=_chain(change(plate.column)), towers=towers), opened=opened)


def _alternatives(brief: Brief, least: int) -> Brief:
    """One box in place of each slot with so many alternatives; of whole blocks the usual one stays as it is."""
    found = _items(brief, lambda item: merged(item, least))
    shown = [found.opened or found.plate.column, *(tower.column for tower in found.plate.towers)]
    blocks = (
        part for item in shown for part in all_in(item) if isinstance(part, Choice) and len(part.options) >= least
    )
    rest = text(words.REST_OF_LAYERS())
    return replace(found, others=(*found.others, rest)) if found != brief and any(blocks) else found


def _runs(brief: Brief) -> Brief:
    """Bars that follow each other become one."""
    items: list[Diagram] = []
    opened = brief.opened.path if brief.opened else ""
    for is_run, run in groupby(brief.plate.column.items, lambda item: isinstance(item, Bar) and item.path != opened):
        bars = list(run)
        if not is_run or len(bars) < 2:
            items += bars
            continue
        first = bars[0]
        assert isinstance(first, Bar)
        label = text(words.RUNS(number=len(bars)))
        title = "; ".join(bar.title for bar in bars if isinstance(bar, Bar))
        items.append(replace(first, label=label, times="", title=title))
    return replace(brief, plate=replace(brief.plate, column=Chain(tuple(items))))


def _modules(brief: Brief) -> Brief:
    """Modules beside the line are left out."""
    items = tuple(item for item in brief.plate.column.items if not isinstance(item, Tap))
    return replace(brief, plate=replace(brief.plate, column=Chain(items)))


def _inside(brief: Brief) -> Brief:
    """What layers hold is not shown, nor what is beside them in a loop."""
    return replace(brief, opened=None, others=beside_layers(brief.opened) if brief.opened else ())


def _tags(brief: Brief) -> Brief:
    """Tags are left out, and their names, without sizes, are what the page lacks; not those of closed modules."""
    plate = brief.plate
    own = _tag_names([brief.opened or plate.column])
    towers = () if brief.opened else _tag_names([tower.column for tower in plate.towers])

    def without(box: Box) -> Box:
        return replace(box, chips=tuple(chip for chip in box.chips if chip.role == ENCODER))

    return replace(_boxes(brief, without), tags=own, tower_tags=towers)


def _tag_names(items: Sequence[Diagram]) -> tuple[str, ...]:
    """What the tags in ``items`` say, each once: not those of modules beside the line, whose inside is closed."""
    every = (box for item in items for box in boxes_of(item))
    names = dict.fromkeys(_named(chip) for box in every for chip in box.chips)
    names.pop(text(ENCODER_OUTPUT()), None)
    return tuple(names)


def _rows(brief: Brief) -> Brief:
    """Boxes that follow each other become one."""
    return _items(brief, joined)


def _whole(brief: Brief) -> Brief:
    """The whole network is one box, with one line for all that comes in."""
    plate = brief.plate
    title = "; ".join(dict.fromkeys(box.label for box in boxes(plate.column)))
    inputs = (*plate.inputs, *(one for tower in plate.towers for one in tower.inputs))
    comes = (replace(inputs[0], label=", ".join(one.label for one in inputs), detail=""),) if inputs else ()
    column = Chain((Box("whole", plate.name, title=title),))
    return replace(brief, plate=replace(plate, column=column, inputs=comes, towers=(), wires=()), opened=None)


STEPS: Mapping[str, Callable[[Brief], Brief]] = {
    "spacing": lambda brief: brief,
    "details": _details,
    "inputs": _inputs,
    "tags": _tags,
    "layers": _layers,
    "notes": lambda brief: _boxes(brief, unnoted),
    "alternatives": lambda brief: _alternatives(brief, 3),
    "pairs": lambda brief: _alternatives(brief, 2),
    "runs": _runs,
    "modules": _modules,
    "inside": _inside,
    "rows": _rows,
    "whole": _whole,
}

LEFT_OUT: Mapping[str, Term] = {
    "details": words.SIZES,
    "notes": words.NOTES,
    "modules": words.MODULES,
    "inside": words.INSIDE,
    "whole": words.WHOLE,
}
"""What a page says that it lacks after a step; the other steps leave nothing out, or what they make says so."""


def _chain(item: Diagram) -> Chain:
    return item if isinstance(item, Chain) else Chain((item,))
