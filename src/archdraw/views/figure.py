"""A finished plate as its author wants it: what ``figure:`` of a spec says of its panels, boxes and words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from archdraw.errors import nearest
from archdraw.picture import Bar, Box, Chain, Diagram, Inset, Plate, Tap, Words
from archdraw.remarks import UNMARKED, Mark
from archdraw.spec import Spec
from archdraw.spec.figure import Figure
from archdraw.spec.presenting import pages
from archdraw.tree.blocks import Module
from archdraw.tree.facts import facts
from archdraw.views.active import active_parameters
from archdraw.views.alike import Opening
from archdraw.views.boxes import DIAGRAMS, NOTE, bars, boxes, changed, ports
from archdraw.views.encoders import encoder_panels, encoders
from archdraw.views.insets import panels_of
from archdraw.views.named import NOT_TO_BE_OPENED, Names, can_be_opened, same
from archdraw.views.opening import is_beside, panel
from archdraw.views.stack import Option


def subtitled(spec: Spec, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The line below the name: the one that the figure of ``spec`` says, else the parts of the ``usual`` one."""
    return (spec.figure.subtitle,) if spec.figure and spec.figure.subtitle else usual


def figured(plate: Plate, spec: Spec, model: Module, *, brief: bool = False) -> Plate:
    """``plate`` as the figure of ``spec`` says. A ``brief`` one has no box for some blocks, whose names are right.

    Raises :class:`archdraw.errors.InputError` with every name that nothing has, at its place in the text, and
    :class:`archdraw.errors.ArchdrawError` where none of them stands there.
    """
    if spec.figure is None:
        return plate
    figure, names = spec.figure, Names(spec, model)
    insets = _ordered(_chosen(plate, figure, names, model), plate, figure, names)
    titled = replace(plate, name=figure.title or plate.name, subtitle=subtitled(spec, plate.subtitle), insets=insets)
    every = {box.path: box for box in _named(_diagrams(titled))}

    def found(field: str, name: str) -> set[str]:
        return names.boxes(field, name, every, titled)

    marked = _marked(titled, figure, names, found)
    if figure.profile and figure.profile not in pages():
        hint = nearest(figure.profile, pages()) or f"choose from {', '.join(pages())}"
        names.wrong("profile", figure.profile, f"no page is called {figure.profile}", hint)
    if not brief:
        names.check()
    return marked


def figured_panel(inset: Inset, plate: Plate, spec: Spec, model: Module) -> Inset:
    """A panel that is not on the ``plate``, its boxes and words as the figure of ``spec`` says."""
    if spec.figure is None:
        return inset
    names = Names(spec, model)
    every = {box.path: box for box in boxes(_inside(inset)) if box.path}
    alone = replace(plate, insets=(inset,))
    return _marked(alone, spec.figure, names, lambda _, name: names.among(name, every)).insets[0]


# Which panels there are.


def _chosen(plate: Plate, figure: Figure, names: Names, model: Module) -> tuple[Inset, ...]:
    """The panels of ``plate`` without those that are folded, and with those that are to be opened."""
    insets, wanted = list(plate.insets), list[Inset]()
    for name in figure.fold:
        found = names.panels(name, insets)
        if not names.panels(name, plate.insets) and not names.blocks(name):
            names.unknown("fold", name, plate)
        insets = [left for inset in insets for left in (names.without(name, inset) if inset in found else (inset,))]
    closed = {option.path for name in figure.fold for option in names.blocks(name)}
    for name in figure.open:
        there = names.panels(name, insets)
        if any(one.path in closed for one in names.blocks(name)):
            names.wrong("open", name, f"{name} is to be opened and to be folded", "say one of them")
            continue
        drawn = [] if there else _drawn(names.blocks(name), plate)
        new = [] if there or drawn else _opened(name, insets, plate, names, model)
        if drawn:
            names.wrong("open", name, f"{name} is drawn as what is in it", "name a block inside of it")
        elif not there and not new and names.blocks(name):
            names.wrong("open", name, f"{name} has no more inside than its box says")
        elif not there and not new:
            names.unknown("open", name, plate, NOT_TO_BE_OPENED)
        insets += new
        wanted += [*there, *new]
    sources = tuple(f"{inset.source}/" for inset in insets if inset.source)
    found = []
    for inset in insets:
        if inset.beside and not inset.beside.startswith(sources):
            # A part of what is folded goes with it; opened on purpose it stands by itself.
            found += [replace(_standing(inset), beside="")] if inset in wanted else []
        else:
            owns = inset.source and any(part.beside.startswith(f"{inset.source}/") for part in wanted)
            found.append(_standing(inset) if owns or inset in wanted else inset)
    return tuple(found)


def _drawn(options: Iterable[Option], plate: Plate) -> list[Option]:
    """Those of ``options`` that are drawn in the columns of ``plate``, as what is in them: layers, towers."""
    columns = _paths((plate.column, *(tower.column for tower in plate.towers)))
    framed = (one for one in options if one.path not in columns)
    return [one for one in framed if any(path.startswith(f"{one.path}/") for path in columns)]


def _opened(name: str, insets: Iterable[Inset], plate: Plate, names: Names, model: Module) -> list[Inset]:
    """Panels of the blocks called ``name`` that can be opened: the model's own before those of a draft module."""
    found = [option for option in names.blocks(name) if can_be_opened(option.block)]
    found = [option for option in found if not is_beside(option.path, model)] or found
    columns = _paths((plate.column, *(tower.column for tower in plate.towers)))
    inside = _paths(map(_inside, insets))
    made: dict[str, list[Inset]] = {}
    done: list[Option] = []
    for option in sorted(found, key=lambda one: (one.path not in columns, one.path not in inside)):
        if not any(same(option, other) for other in done):
            done.append(option)
            made[option.path] = list(_panels(option, names.spec, model, columns, inside))
    return [inset for option in found for inset in made.get(option.path, ())]


def _panels(
    option: Option, spec: Spec, model: Module, columns: Collection[str], inside: Collection[str]
) -> Iterable[Inset]:
    """The panel of ``option``, joined to its box where that is in the ``columns`` or ``inside`` another panel."""
    module, path = option.block, option.path
    assert isinstance(module, Module)
    if path not in columns:
        return [panel(option, beside=path if path in inside else "")]
    if path in {one.path for one in encoders(model, ())}:
        return map(_standing, encoder_panels((option,), [path]))
    counted = facts(model)
    if counted.unknown or is_beside(path, model):
        # What is not counted with the model has no share in it.
        return [panel(option, source=path)]
    return panels_of(Opening(option), active_parameters(counted, spec.published), None)


def _ordered(insets: tuple[Inset, ...], plate: Plate, figure: Figure, names: Names) -> tuple[Inset, ...]:
    """``insets`` with those first that the author names, in that order, which are left out last."""
    first: list[Inset] = []
    for name in figure.order:
        found = names.panels(name, insets)
        if not found and not names.blocks(name):
            names.unknown("order", name, plate)
        elif not found:
            can = any(can_be_opened(option.block) for option in names.blocks(name))
            names.wrong("order", name, f"{name} has no panel", f"open: [{name}] makes one" if can else "")
        first += [inset for inset in found if inset not in first]
    rest = (inset for inset in insets if inset not in first)
    return (*(replace(_standing(inset), first=True) for inset in first), *rest)


def _standing(inset: Inset) -> Inset:
    """``inset``, left out last where there is no room for all."""
    return replace(inset, optional=False, priority=None)


# What boxes look like, and what is said of them.


def _marked(plate: Plate, figure: Figure, names: Names, found: Callable[[str, str], set[str]]) -> Plate:
    """``plate`` with the notes, colours and borders that boxes have, which are ``found`` by field and name."""
    marks: dict[str, Mark] = {}
    for name, note in figure.notes.items():
        own = names.panels(name, plate.insets)
        if own:
            noted = (_noted(inset, note) if inset in own else inset for inset in plate.insets)
            plate = replace(plate, insets=tuple(noted))
            continue
        paths = found("notes", name)
        if paths & {box.path for item in _diagrams(plate) for box in ports(item)}:
            names.wrong("notes", name, f"the box of {name} has no room for words", "name the block around it")
        for path in paths:
            mark = marks.get(path, UNMARKED)
            marks[path] = replace(mark, note=NOTE.join(filter(None, (mark.note, note))))
    for field, colours in (("roles", figure.roles), ("colours", figure.colours)):
        for name, colour in colours.items():
            marks.update({path: replace(marks.get(path, UNMARKED), colour=colour) for path in found(field, name)})
    for name in figure.highlight:
        marks.update({path: replace(marks.get(path, UNMARKED), highlight=True) for path in found("highlight", name)})

    def marked(box: Box) -> Box:
        mark = marks.get(box.path, UNMARKED)
        return replace(box, detail=NOTE.join(filter(None, (box.detail, mark.note))), mark=mark)

    def marked_bar(bar: Bar) -> Bar:
        mark = marks.get(bar.path, UNMARKED)
        return replace(bar, label=NOTE.join(filter(None, (bar.label, mark.note))), mark=mark)

    return _each_box(plate, lambda box: marked(box) if box.path in marks else box, marked_bar)


def _noted(inset: Inset, note: str) -> Inset:
    """``inset`` with ``note`` below what it shows first."""
    return replace(inset, items=(*inset.items[:1], Words(note, strong=True), *inset.items[1:]))


def _each_box(plate: Plate, change: Callable[[Box], Box], change_bar: Callable[[Bar], Bar]) -> Plate:
    """``plate`` with ``change`` done to every box of its columns and panels, and ``change_bar`` to every bar."""

    def beside(item: Diagram) -> Diagram:
        if isinstance(item, Bar):
            return change_bar(item)
        return replace(item, box=change(item.box)) if isinstance(item, Tap) else item

    def column(item: Chain) -> Chain:
        made = changed(item, change, beside, in_ports=True)
        assert isinstance(made, Chain)
        return made

    def opened(inset: Inset) -> Inset:
        items = (
            changed(item, change, beside, in_ports=True) if isinstance(item, DIAGRAMS) else item for item in inset.items
        )
        return replace(inset, items=tuple(items))

    return replace(
        plate,
        column=column(plate.column),
        towers=tuple(replace(tower, column=column(tower.column)) for tower in plate.towers),
        insets=tuple(map(opened, plate.insets)),
    )


def _inside(inset: Inset) -> Chain:
    """What is drawn in ``inset``."""
    return Chain(tuple(item for item in inset.items if isinstance(item, DIAGRAMS)))


def _diagrams(plate: Plate) -> Iterator[Chain]:
    yield plate.column
    yield from (tower.column for tower in plate.towers)
    yield from map(_inside, plate.insets)


def _paths(items: Iterable[Diagram]) -> set[str]:
    return {box.path for box in _named(items)}


def _named(items: Iterable[Diagram]) -> Iterator[Box | Bar]:
    """The boxes and bars in ``items`` that have a path."""
    for item in items:
        yield from (box for box in boxes(item) if box.path)
        yield from bars(item)
