"""The layer strip of a stack: one cell a layer, with a caption that tells the order in factors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from archdraw.analysis.difference.words import settings_apart
from archdraw.cells import LegendEntry, OrderCell, OrderGroup, Strip, StripCell, StripLink
from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.glossary.attention import KV_OF, OF_LAYER
from archdraw.glossary.concepts import MIXTURE_OF_EXPERTS
from archdraw.tree.blocks import Module
from archdraw.tree.patterns import factored, nested, periods, runs
from archdraw.tree.sharing import kinds_of
from archdraw.tree.walks import leaves, walk
from archdraw.views.apart import kinds_apart, own_name
from archdraw.views.order import ordered, rounds
from archdraw.views.stack import Stack
from archdraw.views.wording import listed, short_name, within

LONGEST_CAPTION = 96
SHORT_ORDER = 48
LETTERS = {"attention": "a", "sliding": "s", "linear": "m", "convolution": "c", "feed_forward": "f", "experts": "e"}
"""What a layer is called in an order of many, by the role of its block (m: Mamba). Panels have the capitals."""
MOST_RUNS = 6
MOST_CELLS = 400
ATTENTION, FEED_FORWARD = " attention", " FFN"
MIXERS = frozenset({"attention", "sliding", "linear", "convolution"})
LOWER_ROLES = frozenset({"feed_forward", "experts", "shared"})


def strip(stack: Stack, *, alike: bool = False, decodes: bool = False) -> Strip | None:
    """The strip of ``stack``, or None where it has no layers, or too many to be seen as cells.

    Nor is there one where all layers are ``alike``, unless that is asked for. One of a stack that ``decodes`` what an
    encoder beside it leaves says so.
    """
    kinds, order_of_kinds = kinds_of(stack.all)
    every = [kinds[number] for number in order_of_kinds]
    if (len(kinds) < 2 and not alike) or not 0 < len(every) <= MOST_CELLS:
        return None
    found = {id(layer): (_upper(layer), _lower(layer)) for layer in every}
    if not any(upper or lower for upper, lower in found.values()):
        # Cells without a color would show nothing.
        return None
    uppers = [found[id(layer)][0] for layer in every]
    lowers = [found[id(layer)][1] for layer in every]
    upper_names = _names([module for module in uppers if module])
    lower_names = _names([module for module in lowers if module])
    own = {id(layer): own_name(layer) for layer in kinds}
    if not all(map(any, found.values())) and len(set(own.values())) == len(kinds):
        # A module is another sort of thing than a layer: where some go by their own names, all do.
        upper_names.update((upper, own[id(layer)]) for layer in kinds if (upper := found[id(layer)][0]))
    # A layer without a module in it goes by its own name.
    above = [
        _name(upper, upper_names) or _name(lower, lower_names) or own[id(layer)]
        for upper, lower, layer in zip(uppers, lowers, every, strict=True)
    ]
    below = [_name(lower, lower_names) for lower in lowers]
    upper_variants, lower_variants = _variants(uppers), _variants(lowers)
    number = len(every)
    if not all(below):
        # Layers without a feed forward go by their mixer; that they have none is written where others have both.
        both = any(upper and lower for upper, lower in zip(uppers, lowers, strict=True))
        below = [name or text(words.NO_FEED_FORWARD()) for name in below] if both else above
    rows = [above] if below == above else [above, below]
    if len(kinds) > 1 and not any(len(set(row)) > 1 for row in rows):
        # What sets them apart is neither their mixer nor what follows it.
        names = dict(zip(kinds, kinds_apart(kinds), strict=True))
        rows = [[names[layer] for layer in every]]
        for side, called in enumerate((upper_names, lower_names)):
            where: dict[Module, list[str]] = {}
            for layer in kinds:
                if module := found[id(layer)][side]:
                    where.setdefault(module, []).append(names[layer])
            _set_apart(called, {module: ", ".join(layers) for module, layers in where.items()})
    orders = [factored(row) for row in rows if len(set(row)) > 1]
    caption = text(words.ORDER(number=number, orders="; ".join(orders)) if orders else words.IDENTICAL(number=number))
    order: tuple[OrderCell | OrderGroup, ...] = ()
    if len(caption) > LONGEST_CAPTION:
        # An order without a rule is shown by the cells, and by groups of them or letters; the words count.
        differing = [row for row in rows if len(set(row)) > 1]
        caption = text(words.COUNTS(number=number, counts="; ".join(map(_counted, differing))))
        roles = {name: module.role for module, name in (*upper_names.items(), *lower_names.items())}
        order = ordered(differing[0], roles)
        if order:
            counts = "; ".join((_counted(differing[0]), *map(_briefly, differing[1:])))
            caption = text(words.COUNTS(number=number, counts=counts))
        elif len(rows) == 1:
            caption = _lettered(rows[0], {**lower_names, **upper_names}) or caption
    same = {name for name in below if name}
    if len(orders) == 1 and len(set(above)) > 1 and len(same) == 1:
        caption = text(words.EACH_WITH(order=caption, what=next(iter(same))))
    if decodes:
        caption = text(words.OF_DECODER(order=caption))
    groups, in_rounds = _groups(order, [f"{one}/{other}" for one, other in zip(above, below, strict=True)])
    step = max(1, -(-number // 12))
    bare = {name: place for place, name in enumerate(_bare(above, uppers, lowers))}
    cells = tuple(
        StripCell(
            upper.role if upper else "",
            lower.role if lower else "" if upper else "plain",
            text(words.CELL(number=str(index), what=(_name(upper, upper_names), _name(lower, lower_names)))),
            groups[index],
            # The first layer of each round, where there are any, and the last of all.
            str(index)
            if index in (0, number - 1) or (groups[index] != groups[index - 1] if in_rounds else index % step == 0)
            else "",
            upper_variants[upper] if upper else 0,
            lower_variants[lower] if lower else bare.get(above[index], 0),
        )
        for index, (upper, lower) in enumerate(zip(uppers, lowers, strict=True))
    )
    legend = [
        *(LegendEntry(name, module.role, "upper", upper_variants[module]) for module, name in upper_names.items()),
        *(LegendEntry(name, module.role, "lower", lower_variants[module]) for module, name in lower_names.items()),
        *(LegendEntry(name, "plain", "lower", variant) for name, variant in bare.items()),
    ]
    links = tuple(_links(every))
    if links:
        owners = {link.owner for link in links}
        cells = tuple(replace(cell, tick=str(n) if n in owners else cell.tick) for n, cell in enumerate(cells))
    return Strip(caption, cells, tuple(legend), order, links)


def _set_apart(called: dict[Module, str], kinds: Mapping[Module, str]) -> None:
    """Modules of one name, ``called`` by which they stand in a legend, get that of their kind of layer beside it."""
    numbers = Counter(called.values())
    called.update((module, f"{name} ({kinds[module]})") for module, name in [*called.items()] if numbers[name] > 1)


def _links(every: Sequence[Module]) -> Iterator[StripLink]:
    """Runs of layers that read the keys and values of another one."""
    origins = [next((leaf.origin for leaf in leaves(layer) if leaf.origin is not None), None) for layer in every]
    start = 0
    for origin, run in groupby(origins):
        end = start + sum(1 for _ in run)
        if origin is not None and origin < len(every):
            label = text(KV_OF(origin=OF_LAYER(number=str(origin))))
            yield StripLink(start, end - 1, origin, label, str(origin))
        start = end


def _bare(names: list[str], uppers: list[Module | None], lowers: list[Module | None]) -> list[str]:
    """The ``names`` of the layers that have no module in them."""
    found = (name for name, upper, lower in zip(names, uppers, lowers, strict=True) if not upper and not lower)
    return list(dict.fromkeys(found))


def _groups(order: Sequence[OrderCell | OrderGroup], names: list[str]) -> tuple[list[int], bool]:
    """The group of each layer: the rounds of its order where there is one, else those of the period of ``names``.

    Without either, a few runs are set apart; many would only scatter the cells. Says also whether there are rounds.
    """
    start, unit, times = periods(names)
    if order:
        lengths = rounds(order)
    elif times > 1:
        rest = len(names) - start - unit * times
        lengths = [*([start] if start else []), *[unit] * times, *([rest] if rest else [])]
    else:
        found = [count for _, count in runs(names)]
        lengths = found if len(found) <= MOST_RUNS else [len(names)]
    groups = [number for number, length in enumerate(lengths) for _ in range(length)]
    return groups, bool(order) or times > 1


def _variants(modules: list[Module | None]) -> dict[Module, int]:
    """The number of each of ``modules`` among those of its role, the most frequent first."""
    seen: Counter[str] = Counter()
    found: dict[Module, int] = {}
    for module, _ in Counter(module for module in modules if module).most_common():
        found[module] = seen[module.role]
        seen[module.role] += 1
    return found


def _lettered(names: list[str], modules: dict[Module, str]) -> str:
    """How often each of ``names`` comes, with a letter, and their order in those; empty where that would be long."""
    letters = {name: LETTERS.get(module.role, "") for module, name in modules.items() if name in names}
    if len(set(letters.values())) < len(letters) or not all(letters.values()):
        return ""
    order = nested("".join(letters[name] for name in names))
    counts = ", ".join(f"{count} {name} ({letters[name]})" for name, count in Counter(names).most_common())
    caption = words.LETTERED(number=len(names), counts=counts, order=order)
    return text(caption) if len(order) <= LONGEST_CAPTION else ""


def _counted(names: list[str]) -> str:
    counts = Counter(names)
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def _briefly(names: list[str]) -> str:
    """The order of ``names`` where it is short, else how often each comes."""
    order = factored(names)
    return order if len(order) <= SHORT_ORDER else _counted(names)


def _upper(layer: Module) -> Module | None:
    """The module of ``layer`` that mixes tokens: by what it keeps of them, by its role, or as the only other one."""
    others = [part for _, part in walk(layer.body) if isinstance(part, Module) and part.role not in LOWER_ROLES]
    keeping = [part for part in others if any(leaf.cache or leaf.state for leaf in leaves(part.body))]
    return (
        next((part for part in keeping if part.role in MIXERS), None)
        or next(iter(keeping), None)
        or _recurrent(layer)
        or next((part for part in others if part.role in MIXERS), None)
        or next(iter(others), None)
    )


def _recurrent(layer: Module) -> Module | None:
    """The first leaf of ``layer`` that keeps a state and is in no module, such as an LSTM, as a module."""
    leaf = next((leaf for leaf in leaves(layer.body) if leaf.state and leaf.role in MIXERS), None)
    return None if leaf is None else Module(leaf.name, leaf.label, leaf, role=leaf.role)


def _lower(layer: Module) -> Module | None:
    """The module of ``layer`` that works on each token by itself."""
    return next((part for _, part in walk(layer.body) if isinstance(part, Module) and part.role in LOWER_ROLES), None)


def _name(module: Module | None, names: dict[Module, str]) -> str:
    return names[module] if module else ""


def _names(modules: list[Module]) -> dict[Module, str]:
    """Short names that tell ``modules`` apart: their labels, with details or settings only where labels are equal."""
    kinds = list(dict.fromkeys(modules))
    # "gated DeltaNet" beside "gated" would not be understood: the word goes where all of them have it.
    attention = all(text(module.label).endswith(ATTENTION) for module in kinds if module.role not in LOWER_ROLES)
    short = [short_name(module) if attention and module.role in MIXERS else _short(module) for module in kinds]
    names = list(short)
    for name in dict.fromkeys(short):
        places = [place for place, one in enumerate(short) if one == name]
        details = _details_apart([kinds[place] for place in places])
        if len(set(details)) < len(places):
            # Details that are alike, too, tell nothing apart; settings do.
            details = settings_apart([kinds[place] for place in places])
        for place, detail in zip(places, details, strict=True):
            names[place] = f"{name} ({detail})" if detail and len(places) > 1 else name
    return dict(zip(kinds, names, strict=True))


def _details_apart(modules: list[Module]) -> list[str]:
    """The parts of the detail of each of ``modules`` that not all of them have."""
    parts = [
        [text(part) for part in (module.detail if isinstance(module.detail, tuple) else (module.detail,))]
        for module in modules
    ]
    return [", ".join(part for part in own if not all(part in other for other in parts)) for own in parts]


def _short(module: Module) -> str:
    label = within(listed(module)).replace(within(MIXTURE_OF_EXPERTS.name), MIXTURE_OF_EXPERTS.short)
    if module.role != "feed_forward":
        return label.removesuffix(" block").removesuffix(" Attention")
    return text(words.DENSE(what=label.removesuffix(FEED_FORWARD)))
