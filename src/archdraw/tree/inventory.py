"""Every different block of a model once: what is directly in it, and how many of it the model has."""

from __future__ import annotations

from archdraw.records import record
from archdraw.tree.blocks import Block, Experts, Leaf, Module, Repeat, Side
from archdraw.tree.children import children
from archdraw.tree.walks import walk


@record(eq=False)
class Stocked:
    """One block, first at ``path``, and ``inside`` it the numbers of other blocks in the inventory by their names.

    The model has ``number`` blocks that are equal to it, each with weights of its own; those that are no part of its
    counts are not among them.
    """

    block: Leaf | Module
    path: str
    number: int
    inside: dict[str, int]


def inventory(model: Module) -> tuple[Stocked, ...]:
    """All blocks of ``model``, itself first; a path is followed from there by the names in it.

    The weights of all leaves, each times its number, are the parameters of the model.
    """
    numbers: dict[int, tuple[Leaf | Module, int]] = {}
    _count(model, 1, numbers)
    places: dict[int, int] = {id(model): 0}
    # Equal blocks are hardly ever two objects, and a hash goes through all that is inside.
    equal: dict[Leaf | Module, int] = {model: 0}
    found: list[Stocked] = [Stocked(model, "", 0, {})]
    waiting: list[int] = [0]
    while waiting:
        own = found[waiting.pop()]
        if isinstance(own.block, Leaf):
            continue
        new: list[int] = []
        for name, block in _directly(own.block):
            place = places.get(id(block))
            if place is None:
                place = places[id(block)] = equal.setdefault(block, len(found))
                if place == len(found):
                    found.append(Stocked(block, f"{own.path}/{name}".removeprefix("/"), 0, {}))
                    new.append(place)
            own.inside[name] = place
        waiting.extend(reversed(new))
    totals = [0] * len(found)
    for key, (block, number) in numbers.items():
        totals[places[key] if key in places else equal[block]] += number
    return tuple(Stocked(one.block, one.path, number, one.inside) for one, number in zip(found, totals, strict=True))


def _directly(module: Module) -> list[tuple[str, Leaf | Module]]:
    """The blocks directly in ``module`` by their names, those of no name left out of the way."""
    return [(name, block) for name, block in walk(module.body) if isinstance(block, Leaf | Module) and "/" not in name]


def _count(block: Block, times: int, numbers: dict[int, tuple[Leaf | Module, int]]) -> None:
    match block:
        case Leaf() | Module():
            numbers[id(block)] = block, numbers.get(id(block), (block, 0))[1] + times
        case Repeat(times=number, tied=False):
            times *= number
        case Experts(total=number):
            times *= number
        case Side(counted=False):
            times = 0
        case _:
            pass
    for child in children(block):
        _count(child, times, numbers)
