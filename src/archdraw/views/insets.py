"""Which blocks of a model are opened, and what stands in the panels: decided from the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from archdraw.glossary import plate, text
from archdraw.glossary.numbers import tokens
from archdraw.picture import Inset, Item, Masks, Share, Words
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Sequence
from archdraw.tree.description import describe
from archdraw.tree.facts import Facts
from archdraw.tree.walks import children, inputs, leaves, walk
from archdraw.views import lanes
from archdraw.views.active import Active
from archdraw.views.boxes import boxes
from archdraw.views.breakdown import breakdown
from archdraw.views.diagrams import opened
from archdraw.views.masks import masks_panel
from archdraw.views.memory import memory_panels
from archdraw.views.stack import Option, Stack
from archdraw.views.wording import share

MOST_OPENED = 8
"""More panels than these would not leave a plate; an author chooses by `insets:`."""


def insets(
    options: Iterable[Option],
    stack: Stack,
    counted: Facts,
    context: int | None,
    wanted: list[str] | None,
    active: Active,
    model: Module,
    vocabulary: int | None,
) -> tuple[Inset, ...]:
    """The panels of a model: those of its boxes ``options`` from the top down, then what stands by itself.

    ``wanted`` names the boxes to open by path or name; None leaves the choice to the tree.
    """
    found: list[Inset] = []
    bodies: set[tuple[object, ...]] = set()
    masks = masks_panel(stack.all)
    for option in options:
        block = option.block
        if not isinstance(block, Module) or len(bodies) == MOST_OPENED:
            continue
        if block.name != lanes.LANES and not has_inside(block):
            continue
        if wanted is not None and not names_of(option) & set(wanted):
            continue
        if block.name == lanes.LANES:
            own = lanes.panel(block, option.path, OWN if wanted is None else None)
            # Of several stacks with streams of one kind, one panel says what their ports do.
            if all((inset.title, inset.items) != (own.title, own.items) for inset in found):
                found.append(own)
            continue
        shape = shape_of(block)
        if shape in bodies:
            # The same inside with another reach: the masks say what differs.
            if masks is not None and block.role == "sliding":
                found.append(replace(masks, source=option.path))
                masks = None
            continue
        bodies.add(shape)
        priority = None if wanted is not None else _priority_of(block, [inset.title for inset in found])
        found.extend(panels_of(block, option.path, active, priority))
    if masks is not None:
        found.append(masks)
    memory = memory_panels(model, counted, context, vocabulary)
    shown = next((index for index, inset in enumerate(found) if isinstance(inset.items[0], Masks)), None)
    if shown is not None and len(memory) == 1 and isinstance(memory[0].items[0], Share):
        # What windows save belongs to the figure of the windows.
        bar, *more = memory.pop().items
        assert isinstance(bar, Share)
        assert context is not None
        at_context = replace(bar, left=text(plate.CACHE_AT(length=tokens(context) or context)))
        found[shown] = replace(found[shown], items=(*found[shown].items, at_context, *more), optional=False)
    return (*found, *memory, *breakdown(model, active))


def names_of(option: Option) -> set[str]:
    """What an author may call a box: its path, its name in a checkpoint, its label, the kind that made it."""
    kind = option.block.kind if isinstance(option.block, Module) else ""
    return {option.path, option.block.name, text(option.block.label), kind} - {""}


def has_inside(module: Module) -> bool:
    """Whether there is anything inside that the folded box does not say."""
    return sum(1 for _ in leaves(module.body)) > 1


def shape_of(module: Module) -> tuple[object, ...]:
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
    """How much a panel would be missed where there is no room for all.

    One that reads several lines is missed most: no other says what is made of them.
    """
    if inputs(block) > 1:
        return OWN
    if block.role == "feed_forward":
        return USUAL
    return ALIKE if block.role in ("attention", "sliding", "linear", "convolution") and len(list(before)) > 1 else OWN


def panels_of(module: Module, path: str, active: Active, priority: int | None) -> Iterator[Inset]:
    """The panel of ``module``, whose box is at ``path``, and that of one of its experts beside it."""
    inside = opened(module, path)
    items: list[Item] = [inside]
    words = describe(module)
    if len(lines := _lines_in(module)) > 1:
        items.append(Words(text(plate.LINES_IN(lines=lines))))
    items += [Words(note, strong=index == 0) for index, note in enumerate(words.notes)]
    # Of two groups of experts, shared ones behind a gate and routed ones, the larger is the one to open.
    groups = [(place, part) for place, part in walk(module.body, path) if isinstance(part, Experts)]
    expert = max(groups, key=lambda group: group[1].total, default=None)
    if expert is not None:
        total = active.total
        caption = (
            plate.SHARE_EXCLUDING(part=(active.count, total), whole=total, parts=active.excluded)
            if active.excluded
            else (plate.SHARE_AT_MOST if active.at_most else plate.SHARE)(part=(active.count, total), whole=total)
        )
        items.append(Share(text(caption), share(active.count, total), active.count, total, "expert_active"))
        if active.left_out:
            items.append(Words(text(plate.WITHOUT_PARTS(parts=active.left_out)), strong=True))
        items += [Words(text(plate.OTHER_COUNT(count=count, what=what))) for count, what in active.others]
    yield Inset(words.title, tuple(items), source=path, priority=priority)
    shown = None if expert is None else _beside(module, path, expert[1])
    # Of experts within experts the inner ones are in a box that has another name.
    if shown is not None and shown[0] in {box.path for box in boxes(inside)}:
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


def _lines_in(module: Module) -> tuple[str, ...]:
    """The names of the lines that come into ``module`` from left to right, where its author gave them some."""
    body = module.body
    while isinstance(body, Sequence) and body.parts:
        body = body.parts[0]
    return tuple(filter(None, body.inputs)) if isinstance(body, Graph) else ()


def _beside(module: Module, path: str, experts: Experts) -> tuple[str, Module] | None:
    """Of the inside of ``module`` the box that is opened: an expert, or a folded module with the experts in it."""
    for place, part in walk(module.body, path):
        if isinstance(part, Module) and (part is experts.body or any(inner is experts for _, inner in walk(part))):
            return place, part
    return None
