"""Which blocks of a model are opened, and what stands in the panels: decided from the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from archdraw.glossary import Phrase, plate, text
from archdraw.glossary import Words as Wording
from archdraw.glossary.common import KV_CACHE, LAYERS
from archdraw.glossary.numbers import data_size, tokens
from archdraw.picture import Inset, Item, Mask, Masks, Segment, Share, Split, Words
from archdraw.tree.blocks import Block, Experts, Leaf, Module, Sequence, Window
from archdraw.tree.description import describe
from archdraw.tree.facts import Facts
from archdraw.tree.patterns import periods, runs
from archdraw.tree.walks import children, leaves, walk
from archdraw.views.active import Active
from archdraw.views.diagrams import opened
from archdraw.views.stack import Option, Stack
from archdraw.views.wording import share, short_name

MOST_OPENED = 8
"""More panels than these would not leave a plate; an author chooses by `insets:`."""
MOST_MASKS = 2
MASK_CELLS = 4
"""How far back a window reaches in its figure: a sign of being short, not to scale."""

RECURRENT = frozenset({"linear", "convolution"})
"""Roles of mixers that keep a state in place of keys and values."""


def insets(
    options: Iterable[Option],
    stack: Stack,
    counted: Facts,
    context: int | None,
    wanted: list[str] | None,
    active: Active,
) -> tuple[Inset, ...]:
    """The panels of a model: those of its boxes ``options`` from the top down, then what stands by itself.

    ``wanted`` names the boxes to open by path or name; None leaves the choice to the tree.
    """
    found: list[Inset] = []
    bodies: set[tuple[object, ...]] = set()
    masks = _masks(stack)
    for option in options:
        block = option.block
        if not isinstance(block, Module) or not _has_inside(block) or len(bodies) == MOST_OPENED:
            continue
        if wanted is not None and not names_of(option) & set(wanted):
            continue
        shape = _shape_of(block)
        if shape in bodies:
            # The same inside with another reach: the masks say what differs.
            if masks is not None and block.role == "sliding":
                found.append(replace(masks, source=option.path))
                masks = None
            continue
        bodies.add(shape)
        priority = None if wanted is not None else _priority_of(block, [inset.title for inset in found])
        found.extend(_opened(block, option.path, counted, active, priority))
    if masks is not None:
        found.append(masks)
    memory = _memory(stack, counted, context)
    shown = next((index for index, inset in enumerate(found) if isinstance(inset.items[0], Masks)), None)
    if shown is not None and len(memory) == 1 and isinstance(memory[0].items[0], Share):
        # What windows save belongs to the figure of the windows.
        bar, *more = memory.pop().items
        assert isinstance(bar, Share)
        assert context is not None
        at_context = replace(bar, left=text(plate.CACHE_AT(length=tokens(context) or context)))
        found[shown] = replace(found[shown], items=(*found[shown].items, at_context, *more))
    return (*found, *memory, *_parts(counted, stack))


def names_of(option: Option) -> set[str]:
    """What an author may call a box: its path, its name in a checkpoint, its label, the kind that made it."""
    kind = option.block.kind if isinstance(option.block, Module) else ""
    return {option.path, option.block.name, text(option.block.label), kind} - {""}


def spine_options(model: Module, stack: Stack, paths: dict[int, str]) -> tuple[Option, ...]:
    """The boxes of the spine that may be opened: those of the layers from the top down, then modules around them."""
    parts = model.body.parts if isinstance(model.body, Sequence) else (model.body,)
    around = (part for part in reversed(parts) if isinstance(part, Module) and part.level != "stack")
    inside = (option for slot in reversed(stack.slots) for option in slot.options)
    return (*inside, *(Option(part, paths[id(part)], ()) for part in around))


def _has_inside(module: Module) -> bool:
    """Whether there is anything inside that the folded box does not say."""
    return sum(1 for _ in leaves(module.body)) > 1


def _shape_of(module: Module) -> tuple[object, ...]:
    """What two mixers share that differ only in reach and position: they are opened once."""

    def plain(block: Block) -> object:
        match block:
            case Leaf():
                cache = replace(block.cache, window=None) if block.cache else None
                role = "attention" if block.role == "sliding" else block.role
                return None if block.role == "position" else (block.name, block.weights, role, cache)
            case _:
                inner = tuple(part for part in map(plain, children(block)) if part not in (None, ()))
                return inner[0] if len(inner) == 1 else inner

    return (plain(module.body),)


PART, USUAL, ALIKE, OWN = range(4)
"""The priority of an opened block: a part of another one, a usual feed-forward block, a second mixer, the rest."""


def _priority_of(block: Module, before: Iterable[str]) -> int:
    """How much a panel would be missed where there is no room for all."""
    if block.role == "feed_forward":
        return USUAL
    return ALIKE if block.role in ("attention", "sliding", "linear", "convolution") and len(list(before)) > 1 else OWN


def _opened(module: Module, path: str, counted: Facts, active: Active, priority: int | None) -> Iterator[Inset]:
    """The panel of ``module``, and that of one of its experts beside it."""
    items: list[Item] = [opened(module, path)]
    words = describe(module)
    items += [Words(note, strong=index == 0) for index, note in enumerate(words.notes)]
    # Of two groups of experts, shared ones behind a gate and routed ones, the larger is the one to open.
    groups = [(place, part) for place, part in walk(module.body, path) if isinstance(part, Experts)]
    expert = max(groups, key=lambda group: group[1].total, default=None)
    if expert is not None:
        total = counted.total_parameters
        caption = (
            plate.SHARE_EXCLUDING(part=(active.count, total), whole=total, parts=active.excluded)
            if active.excluded
            else plate.SHARE(part=(active.count, total), whole=total)
        )
        items.append(Share(text(caption), share(active.count, total), active.count, total, "expert_active"))
        items += [Words(text(plate.OTHER_COUNT(count=count, what=what))) for count, what in active.others]
    yield Inset(words.title, tuple(items), source=path, priority=priority)
    shown = None if expert is None else _beside(module, path, expert[1])
    if shown is not None:
        place, body = shown
        inner: list[Item] = [opened(body, place)]
        own = describe(body)
        inner += [Words(note) for note in own.notes]
        yield Inset(
            own.title if body.title else f"{own.label}: {own.detail}".removesuffix(": "),
            tuple(inner),
            beside=place,
            priority=None if priority is None else PART,
        )


def _beside(module: Module, path: str, experts: Experts) -> tuple[str, Module] | None:
    """Of the drawn inside of ``module`` the box that is opened: an expert, or a folded module with the experts in it."""
    for place, part in walk(module.body, path):
        if isinstance(part, Module) and (part is experts.body or any(inner is experts for _, inner in walk(part))):
            return place, part
    return None


def _masks(stack: Stack) -> Inset | None:
    """Who sees whom, where layers differ in how far they look back."""
    reaches: dict[tuple[Window | None, tuple[str, str]], list[Module]] = {}
    for layer in stack.all:
        for block in _looking(layer):
            cache = next((leaf.cache for leaf in leaves(block) if leaf.cache), None)
            window = cache.window if cache is not None else _own_reach(block)
            reaches.setdefault((window, _position(block)), []).append(block)
    if not any(window for window, _ in reaches) or len(reaches) > MOST_MASKS:
        return None
    figures = []
    # What all of them share tells none apart; where all rotate, their bases do.
    positions = {position for _, position in reaches}
    shown = 1 if all(base for _, base in positions) and len({base for _, base in positions}) > 1 else 0
    for (window, position), blocks in sorted(reaches.items(), key=lambda entry: _reach(entry[0][0])):
        mixer = blocks[0]
        kind = short_name(mixer)
        label: Wording = kind
        if window is not None:
            label = (plate.CHUNK if window.chunked else plate.WINDOW)(kind=kind, size=window.size)
        apart = position[shown] if len(positions) > 1 else ""
        detail = text((LAYERS(number=len(blocks)), apart))
        chunked = bool(window and window.chunked)
        figures.append(Mask(mixer.role, MASK_CELLS if window else None, chunked, text(label), detail))
    return Inset(text(_rhythm(stack)), (Masks(tuple(figures)),))


def _looking(layer: Module) -> Iterator[Module]:
    """The mixers of ``layer`` that look back at tokens, those included that read another layer's keys and values."""
    for _, part in walk(layer.body):
        if isinstance(part, Module) and part.role in ("attention", "sliding"):
            own = tuple(leaves(part.body))
            heads = [leaf.heads for leaf in own if leaf.heads]
            crosses = any(one.cross for one in heads)
            if not crosses and (any(leaf.cache for leaf in own) or any(one.cached for one in heads)):
                yield part


def _own_reach(mixer: Module) -> Window | None:
    """The window of a mixer that keeps nothing itself."""
    heads = next((leaf.heads for leaf in leaves(mixer.body) if leaf.heads), None)
    return Window(heads.reach) if heads is not None and heads.reach else None


def _rhythm(stack: Stack) -> Phrase:
    """The title of the masks, with ``5 sliding : 1 global`` where windows and their lack take turns by a rule."""
    kinds = [short_name(mixer) for layer in stack.all for mixer in _mixers(layer)]
    if len(kinds) != len(stack.all):
        return plate.MASKS()
    start, unit, times = periods(kinds)
    turns = runs(kinds[start : start + unit])
    looking = {short_name(mixer) for layer in stack.all for mixer in _looking(layer)}
    if times < 2 or len(turns) != 2 or not looking.issuperset(kinds):
        # Mixers without attention have no mask.
        return plate.MASKS()
    (one, first), (other, second) = turns
    return plate.MASKS_RHYTHM(first=first, one=one, second=second, other=other)


def _reach(window: Window | None) -> tuple[bool, int]:
    return (window is None, window.size if window else 0)


def _position(mixer: Module) -> tuple[str, str]:
    """How ``mixer`` tells places apart: ``("RoPE", "base 10,000")``."""
    rotation = next((leaf for leaf in leaves(mixer.body) if leaf.role == "position" and leaf.tag), None)
    return (text(rotation.tag), text(rotation.detail)) if rotation else ("", "")


def _mixers(layer: Module) -> Iterator[Module]:
    """The modules of ``layer`` that mix tokens: those with a cache or a state."""
    for _, part in walk(layer.body):
        if isinstance(part, Module) and any(leaf.cache or leaf.state for leaf in leaves(part.body)):
            yield part


def _memory(stack: Stack, counted: Facts, context: int | None) -> list[Inset]:
    """What a sequence keeps in memory at the model's own context length."""
    if context is None or not counted.cache:
        return []
    full = [
        sum(leaf.cache.elements for leaf in leaves(layer) if leaf.cache and not leaf.cache.index) for layer in stack.all
    ]
    kept = counted.kv_cache_bytes(context)
    # What only works on each token by itself could not be attention.
    mixing = sum(1 for layer in stack.all if any(leaf.cache or leaf.state or leaf.heads for leaf in leaves(layer)))
    which = plate.MIXING_LAYER() if mixing < len(full) else plate.LAYER()
    if_all = max(full) * mixing * 2 * context
    caching = sum(1 for elements in full if elements)
    title = text(plate.MEMORY(context=context))
    size = counted.kv_cache_bytes_per_token()
    windowed = any(entry.window for entry in counted.cache)
    token = text(plate.CACHE_IN_WINDOWS(size=size) if windowed else plate.CACHE_PER_TOKEN(size=size, layers=caching))
    if if_all <= kept:
        weights = counted.weight_memory()
        segments = (
            Segment(text(plate.WEIGHTS(size=weights)), weights, "feed_forward"),
            Segment(text(plate.CACHE(size=kept)), kept, "latent"),
        )
        return [Inset(title, (Split(segments), Words(token)), optional=True)]
    bar = Share(text(KV_CACHE()), data_size(kept), kept, if_all, "latent")
    last = Words(token)
    if counted.state:
        state = plate.STATE if any(role in RECURRENT for role in _roles(stack)) else plate.BUFFERS
        last = Words(text(state(size=counted.recurrent_state_bytes())), strong=True)
    whole = Words(text(plate.CACHE_FULL(size=if_all, layer=which)), strong=True)
    return [Inset(title, (bar, whole, last))]


def _roles(stack: Stack) -> set[str]:
    return {option.block.role for slot in stack.slots for option in slot.options}


def _parts(counted: Facts, stack: Stack) -> list[Inset]:
    """Where the parameters are, largest first, and what is left in one."""
    total = counted.total_parameters
    sizes = [(sum(counted.parts.get(part, 0) for part in group.parts), group) for group in plate.PART_GROUPS]  # type: ignore[call-overload]
    shown = sorted(((size, group) for size, group in sizes if size >= total / 200), key=lambda one: -one[0])
    recurrent = _roles(stack) & RECURRENT
    segments = []
    for size, group in shown:
        # The parts of state-space and linear mixers are counted where those of attention are.
        term = plate.TOKEN_MIXING if recurrent and group.role == "attention" else group.term
        segments.append(Segment(text(plate.PART(part=term(), share=share(size, total))), size, group.role))
    rest = total - sum(size for size, _ in shown)
    if rest >= total / 2000:
        segments.append(Segment(text(plate.PART(part=plate.OTHER(), share=share(rest, total))), rest, "plain"))
    return [Inset(text(plate.BREAKDOWN(total=total)), (Split(tuple(segments)),), optional=True)]
