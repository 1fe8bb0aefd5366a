"""The layer strip of a stack: one cell a layer, with a caption that tells the order in factors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from archdraw.cells import LegendEntry, OrderCell, OrderGroup, Strip, StripCell, StripLink
from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.glossary.attention import KV_OF, OF_LAYER
from archdraw.glossary.concepts import MIXTURE_OF_EXPERTS
from archdraw.tree.blocks import Module
from archdraw.tree.patterns import factored, nested, periods, runs
from archdraw.tree.settings import settings_apart
from archdraw.tree.sharing import kinds_of
from archdraw.tree.walks import for_each, leaves, walk
from archdraw.views.apart import kinds_apart, own_name
from archdraw.views.order import MOST_OF_LAYERS, is_even, ordered, rounds
from archdraw.views.stack import Stack
from archdraw.views.wording import short_label, short_name, within

LONGEST_CAPTION, SHORT_ORDER = 96, 48
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
    if (len(kinds) < 2 and not alike) or not 0 < len(order_of_kinds) <= MOST_CELLS:
        return None
    own = [own_name(layer) for layer in kinds]
    found = [(_upper(layer), _lower(layer)) for layer in kinds]
    several = len(set(own)) == len(kinds) > 1 and any(map(_is_of_several_lines, kinds))
    if several:
        # One module of each is not all that works on tokens there: the layers go by their own names.
        found = [(upper, None) for upper, _ in found]
    if not any(map(any, found)) or any(upper and upper.role == "unknown" for upper, _ in found):
        # Cells without a color would show nothing, and one for layers whose number is not disclosed would count them.
        return None
    numbers = Counter(order_of_kinds)
    upper_names = _names([upper for upper, _ in found if upper])
    lower_names = _names([lower for _, lower in found if lower])
    if several or (not all(map(any, found)) and len(set(own)) == len(kinds)):
        # A module is another sort of thing than a layer: where some go by their own names, all do.
        upper_names.update((upper, name) for (upper, _), name in zip(found, own, strict=True) if upper)
    named = [(_name(upper, upper_names), _name(lower, lower_names)) for upper, lower in found]
    # A layer without a module in it goes by its own name.
    above_of = [upper or lower or name for (upper, lower), name in zip(named, own, strict=True)]
    below_of = [lower for _, lower in named]
    number = len(order_of_kinds)
    if not all(below_of):
        # Layers without a feed forward go by their mixer; that they have none is written where others have both.
        below_of = [name or text(words.NO_FEED_FORWARD()) for name in below_of] if any(map(all, found)) else above_of
    above, below = ([names[kind] for kind in order_of_kinds] for names in (above_of, below_of))
    rows = [above] if below == above else [above, below]
    if len(kinds) > 1 and not any(len(set(row)) > 1 for row in rows):
        # What sets them apart is neither their mixer nor what follows it.
        names = kinds_apart(kinds)
        rows = [[names[kind] for kind in order_of_kinds]]
        for side, called in enumerate((upper_names, lower_names)):
            where: dict[Module, list[str]] = {}
            for both, name in zip(found, names, strict=True):
                if module := both[side]:
                    where.setdefault(module, []).append(name)
            _set_apart(called, {module: ", ".join(layers) for module, layers in where.items()})
        named = [(_name(upper, upper_names), _name(lower, lower_names)) for upper, lower in found]
    upper_variants = _variants([(upper, numbers[kind]) for kind, (upper, _) in enumerate(found)], upper_names)
    lower_variants = _variants([(lower, numbers[kind]) for kind, (_, lower) in enumerate(found)], lower_names)
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
    groups, in_rounds = _groups(order, above, [f"{one}/{other}" for one, other in zip(above, below, strict=True)])
    step = max(1, -(-number // 12))
    bare = {name: place for place, name in enumerate(_bare(above_of, found))}
    shown_as = [
        (upper.role if upper else "", lower.role if lower else "" if upper else "plain") for upper, lower in found
    ]
    variants = [
        (upper_variants[upper] if upper else 0, lower_variants[lower] if lower else bare.get(name, 0))
        for (upper, lower), name in zip(found, above_of, strict=True)
    ]
    titles = list(_titles([(groups[index], kind) for index, kind in enumerate(order_of_kinds)], named))
    cells = tuple(
        StripCell(
            *shown_as[kind],
            titles[index],
            groups[index],
            # The first layer of each round, where there are any, and the last of all.
            str(index)
            if index in (0, number - 1) or (groups[index] != groups[index - 1] if in_rounds else index % step == 0)
            else "",
            *variants[kind],
        )
        for index, kind in enumerate(order_of_kinds)
    )
    legend = [
        *(LegendEntry(name, module.role, "upper", upper_variants[module]) for module, name in upper_names.items()),
        *(LegendEntry(name, module.role, "lower", lower_variants[module]) for module, name in lower_names.items()),
        *(LegendEntry(name, "plain", "lower", variant) for name, variant in bare.items()),
    ]
    links = tuple(_links([kinds[kind] for kind in order_of_kinds]))
    if links:
        owners = {link.owner for link in links}
        cells = tuple(replace(cell, tick=str(n) if n in owners else cell.tick) for n, cell in enumerate(cells))
    return Strip(caption, cells, tuple(dict.fromkeys(legend)), order, links)


def _titles(layers: Sequence[tuple[int, int]], named: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The title of each of ``layers``, of which the group and the kind are given: those alike in a row have one."""
    start = 0
    for (_, kind), run in groupby(layers):
        number = sum(1 for _ in run)
        first, last, what = str(start), str(start + number - 1), named[kind]
        one = words.CELL(number=first, what=what) if number == 1 else words.CELLS(first=first, last=last, what=what)
        yield from [text(one)] * number
        start += number


def _set_apart(called: dict[Module, str], kinds: Mapping[Module, str]) -> None:
    """Modules of one name, ``called`` by which they stand in a legend, get that of their kind of layer beside it."""
    numbers = Counter(called.values())
    called.update((module, f"{name} ({kinds[module]})") for module, name in [*called.items()] if numbers[name] > 1)


def _links(every: Sequence[Module]) -> Iterator[StripLink]:
    """Runs of layers that read the keys and values of another one."""
    origins = for_each(
        every, lambda layer: next((leaf.origin for leaf in leaves(layer) if leaf.origin is not None), None)
    )
    start = 0
    for origin, run in groupby(origins):
        end = start + sum(1 for _ in run)
        if origin is not None and origin < len(every):
            label = text(KV_OF(origin=OF_LAYER(number=str(origin))))
            yield StripLink(start, end - 1, origin, label, str(origin))
        start = end


def _bare(names: list[str], found: list[tuple[Module | None, Module | None]]) -> list[str]:
    """Those of the ``names`` of kinds of layers that have no module in them."""
    return list(dict.fromkeys(name for name, modules in zip(names, found, strict=True) if not any(modules)))


def _groups(order: Sequence[OrderCell | OrderGroup], mixers: list[str], names: list[str]) -> tuple[list[int], bool]:
    """The group of each layer: the rounds of its order where there is one, else those of a period.

    That is the period of the ``mixers``, as the caption has it; where they have none, that of the ``names`` of whole
    layers. Without either, a few runs are set apart; many would only scatter the cells. Says also whether there are
    rounds, of like lengths, that most layers are in.
    """
    start, unit, times = periods(mixers)
    if times < 2:
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
    return groups, (bool(order) or (times > 1 and 2 * unit * times > len(names))) and is_even(lengths)


def _variants(modules: list[tuple[Module | None, int]], names: Mapping[Module, str]) -> dict[Module, int]:
    """The number of each module among those of its role, by how often it comes the most frequent first.

    Modules of one of ``names`` are drawn alike and have one number: a legend could not say which is which.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for module, number in modules:
        if module:
            counts[module.role, names[module]] += number
    seen: Counter[str] = Counter()
    found: dict[tuple[str, str], int] = {}
    for (role, name), _ in counts.most_common():
        found[role, name] = seen[role]
        seen[role] += 1
    return {module: found[module.role, names[module]] for module, _ in modules if module}


def _lettered(names: list[str], modules: dict[Module, str]) -> str:
    """How often each of ``names`` comes, with a letter, and their order in those; empty where that is long."""
    letters = {name: LETTERS.get(module.role, "") for module, name in modules.items() if name in names}
    if len(set(letters.values())) < len(letters) or not all(letters.values()):
        return ""
    order = nested("".join(letters[name] for name in names))
    counts = ", ".join(f"{count} {name} ({letters[name]})" for name, count in Counter(names).most_common())
    is_short = len(order) <= LONGEST_CAPTION and sum(map(str.isalpha, order)) <= MOST_OF_LAYERS * len(names)
    return text(words.LETTERED(number=len(names), counts=counts, order=order)) if is_short else ""


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


def _is_of_several_lines(layer: Module) -> bool:
    """Whether several feed forwards of ``layer`` work on lines of their own, as for text and for images."""
    return sum(isinstance(part, Module) and part.role == "feed_forward" for _, part in walk(layer.body)) > 1


def _name(module: Module | None, names: dict[Module, str]) -> str:
    return names[module] if module else ""


def _names(modules: list[Module]) -> dict[Module, str]:
    """Short names that tell ``modules`` apart: their labels, with details or settings only where labels are equal."""
    kinds = list(dict.fromkeys(modules))
    # "gated DeltaNet" beside "gated" would not be understood: the word goes where all of them have it.
    attention = all(short_label(module).endswith(ATTENTION) for module in kinds if module.role not in LOWER_ROLES)
    short = [short_name(module) if attention and module.role in MIXERS else _short(module, kinds) for module in kinds]
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


def _short(module: Module, kinds: Sequence[Module]) -> str:
    """What ``module`` is called in a caption: a feed forward is dense where others of ``kinds`` are mixtures."""
    label = short_label(module).replace(within(MIXTURE_OF_EXPERTS.name), MIXTURE_OF_EXPERTS.short)
    if module.role != "feed_forward":
        return label.removesuffix(" block").removesuffix(" Attention")
    is_apart = any(other.role == "experts" for other in kinds)
    return text(words.DENSE(what=label.removesuffix(FEED_FORWARD))) if is_apart else label
