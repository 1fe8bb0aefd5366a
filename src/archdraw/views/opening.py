"""Any module of a model, opened: found by its path, the end of it, its label, what made it or its author's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from archdraw.errors import ArchdrawError
from archdraw.glossary import plate, text
from archdraw.kinds.base import KindError
from archdraw.picture import Inset, Words
from archdraw.spec import Spec
from archdraw.tree.blocks import Block, Module, Side
from archdraw.tree.description import describe
from archdraw.tree.walks import children, walk
from archdraw.views.boxes import DIAGRAMS, boxes
from archdraw.views.diagrams import opened
from archdraw.views.each_block import of_each_block
from archdraw.views.full_attention import usual_name
from archdraw.views.insets import has_inside, names_of
from archdraw.views.stack import Option


def openable_modules(model: Module) -> tuple[Option, ...]:
    """Every module of ``model`` with more than one block in it, equal ones once, those beside the line last."""
    found: dict[Module, str] = {}
    every = list(walk(model.body))
    beside = {id(inner) for _, side in every if isinstance(side, Side) for _, inner in walk(side)}
    for path, block in sorted(every, key=lambda one: id(one[1]) in beside):
        if isinstance(block, Module) and block.level != "stack" and has_inside(block):
            found.setdefault(block, path)
    return tuple(Option(of_each_block(block, model), path, ()) for block, path in found.items())


def is_beside(path: str, model: Module) -> bool:
    """Whether the block at ``path`` is in a module beside the line of ``model``."""
    sides = {id(block.body) for _, block in walk(model.body) if isinstance(block, Side)}
    return any(path == place or path.startswith(f"{place}/") for place, block in walk(model.body) if id(block) in sides)


def called(name: str, options: Iterable[Option], spec: Spec) -> tuple[Option, ...]:
    """Those of ``options`` that ``name`` stands for: by its whole path alone, else by whatever it may be called."""
    every = tuple(options)
    exact = tuple(option for option in every if option.path == name)
    if exact:
        return exact
    made = _made_by(name, spec)
    wanted = name.casefold()
    return tuple(
        option
        for option in every
        if option.path.endswith(f"/{name}")
        or wanted in {one.casefold() for one in names_of(option)}
        or wanted == text(describe(option.block).title).casefold()
        or any(option.block == block or _is_of(option.block, block) for block in made)
    )


def _made_by(name: str, spec: Spec) -> tuple[Module, ...]:
    """The modules that the definition called ``name`` makes."""
    kind = spec.define.get(name)
    if kind is None:
        return ()
    try:
        return tuple(_outermost(kind.expand(spec.scope)))
    except (KindError, ExceptionGroup, ArchdrawError):
        # At the width of the model it does not fit; where it stands in the model it does.
        return ()


def _outermost(block: Block) -> Iterator[Module]:
    if isinstance(block, Module):
        yield block
    else:
        for child in children(block):
            yield from _outermost(child)


def _is_of(block: object, made: Module) -> bool:
    """Whether ``block`` is ``made`` at another width."""
    if not isinstance(block, Module):
        return False
    label = usual_name(block.label) or block.label
    return (block.name, block.kind, text(label)) == (made.name, made.kind, text(made.label))


def panel(option: Option, *, source: str = "", beside: str = "") -> Inset:
    """What is in the module ``option``, as a panel."""
    module = option.block
    assert isinstance(module, Module)
    said = describe(module)
    return Inset(
        said.title,
        (opened(module, option.path), *(Words(note) for note in said.notes)),
        source=source,
        beside=beside,
    )


def further_panels(
    wanted: Iterable[str],
    spec: Spec,
    model: Module,
    there: tuple[Inset, ...],
    known: Collection[str],
    folded: Collection[str] = (),
) -> tuple[Inset, ...]:
    """Panels of the modules called ``wanted`` that have no box in the columns of ``model`` (paths ``known``).

    One whose box is in a panel that is ``there`` is joined to that, one whose layers are ``folded`` to a bar at its
    path to the bar; any other is by itself.
    """
    names = tuple(wanted)
    if not names:
        return ()
    drawn = (item for inset in there for item in inset.items if isinstance(item, DIAGRAMS))
    inside = {box.path for item in drawn for box in boxes(item)}
    every = openable_modules(model)
    found: dict[str, Inset] = {}
    for name in names:
        for option in called(name, every, spec):
            if option.path not in known and option.path not in {one.beside for one in there}:
                source = option.path if option.path in folded else ""
                beside = option.path if option.path in inside and not source else ""
                found.setdefault(option.path, panel(option, source=source, beside=beside))
    titles = Counter(inset.title for inset in found.values())
    owners = {option.path: option.block.label for option in every}

    def apart(path: str, inset: Inset) -> Inset:
        # Of several with one title each says which part of the model it is of.
        owner = owners.get(path.partition("/")[0], "")
        if titles[inset.title] == 1 or not owner or "/" not in path:
            return inset
        return replace(inset, title=text(plate.PANEL_OF(column=owner, panel=inset.title)))

    return tuple(apart(path, inset) for path, inset in found.items())
