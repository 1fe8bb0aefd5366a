"""Which blocks of a model are opened, and what is in the panels: decided from the tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archdraw.glossary import plate, text
from archdraw.picture import Inset, Item, Share, Words
from archdraw.tree.blocks import Block, Experts, Graph, Module, Sequence
from archdraw.tree.description import describe
from archdraw.tree.facts import Facts
from archdraw.tree.walks import inputs, leaves, walk
from archdraw.views import alike, lanes
from archdraw.views.active import Active
from archdraw.views.alike import Opening
from archdraw.views.boxes import boxes
from archdraw.views.breakdown import breakdown
from archdraw.views.diagrams import opened
from archdraw.views.each_block import of_each_block
from archdraw.views.full_attention import usual_name
from archdraw.views.masks import masks_panel
from archdraw.views.memory import memory_panels
from archdraw.views.novelty import models_with
from archdraw.views.stack import Option, Stack
from archdraw.views.wording import share

MOST_OPENED = 8
"""More panels than these would not leave a plate; an author chooses by `insets:`."""
USUAL_EXPERT, USUAL_WEIGHTS = 5, 3
"""An expert is said in a line where so many models have its like, and it has at most so many layers of weights."""


def insets(
    options: Iterable[Option],
    stack: Stack,
    counted: Facts,
    context: int | None,
    wanted: list[str] | None,
    active: Active,
    model: Module,
    vocabulary: int | None,
    precision: str | None = None,
) -> tuple[Inset, ...]:
    """The panels of a model: those of its boxes ``options`` from the top down, then what is by itself.

    ``wanted`` names the boxes to open by path or name; None leaves the choice to the tree. ``precision`` says what the
    weights are published in.
    """
    found: list[Inset] = []
    opening: list[Opening] = []
    masks = masks_panel(stack.all)
    for option in options:
        block = option.block
        if not isinstance(block, Module) or (block.name != lanes.LANES and not has_inside(block)):
            continue
        if wanted is not None and not names_of(option) & set(wanted):
            continue
        if block.name == lanes.LANES:
            own = lanes.panel(block, option.path, STREAMS if wanted is None else None)
            # Of several stacks with streams of one kind, one panel says what their ports do.
            if all((inset.title, inset.items) != (own.title, own.items) for inset in found):
                found.append(own)
            continue
        said = replace(option, block=of_each_block(block, model))
        if not alike.joined(opening, said, wanted is None):
            opening.append(Opening(said))
    for one in most_novel(opening, MOST_OPENED):
        priority = None if wanted is not None else _priorities(opening)[id(one)]
        found.extend(panels_of(one, active, priority))
    if masks is not None:
        # The masks are the panel of what slides, whether or not its inside is opened, too.
        sliding = (option.path for option in options if option.block.role == "sliding")
        masks = replace(masks, source=next(sliding, ""), priority=SLIDING if wanted is None else None)
        found.append(masks)
    return (*found, *memory_panels(model, counted, context, vocabulary, precision), *breakdown(model, active))


def most_novel(opening: list[Opening], number: int) -> list[Opening]:
    """So many of ``opening``, in their order: those that few models have."""
    worth = _priorities(opening)
    ranked = sorted(opening, key=lambda one: -worth[id(one)])[:number]
    return [one for one in opening if any(one is kept for kept in ranked)]


def names_of(option: Option) -> set[str]:
    """What an author may call a box: its path, its name in a checkpoint, its label, the kind that made it."""
    kind = option.block.kind if isinstance(option.block, Module) else ""
    label = option.block.label
    return {option.path, option.block.name, text(label), usual_name(label), kind} - {""}


def is_usual(expert: Module) -> bool:
    """Whether a panel of ``expert`` would show nothing new: two or three projections of a usual kind."""
    weighted = sum(bool(leaf.weights) for leaf in leaves(expert.body))
    return weighted <= USUAL_WEIGHTS and models_with(expert) >= USUAL_EXPERT


def has_inside(module: Module) -> bool:
    """Whether there is anything inside that the folded box does not say."""
    return sum(1 for _ in leaves(module.body)) > 1


PART, READS_SEVERAL, STREAMS, SLIDING, NOVEL, FURTHER = 1, 1000, 900, 600, 500, 90
"""The priority of an opened block: a part of another one, one that reads several lines, what joins streams, masks; of
any other the fifth, less by one for each shipped model that has its like, and by the last for each one of its kind."""


def _priority_of(block: Module) -> int:
    """How much a panel would be missed where there is no room for all: most where few models have its like.

    One that reads several lines is missed most: no other says what is made of them.
    """
    return READS_SEVERAL if inputs(block) > 1 else max(PART + 1, NOVEL - models_with(block))


def _priorities(opening: list[Opening]) -> dict[int, int]:
    """How much the panel of each of ``opening`` would be missed, by identity.

    Of several of one kind the one with most in it shows what the kind is: each further one is worth less.
    """
    found: dict[int, int] = {}
    of_kind: Counter[str] = Counter()
    for one in sorted(opening, key=lambda one: -sum(1 for _ in leaves(one.block.body))):
        kind = one.block.kind
        found[id(one)] = max(PART + 1, _priority_of(one.block) - (FURTHER * of_kind[kind] if kind else 0))
        of_kind[kind] += 1
    return found


def panels_of(opening: Opening, active: Active, priority: int | None) -> Iterator[Inset]:
    """The panel of ``opening``, and that of one of its experts beside it where it is not a usual one."""
    module, path = opening.block, opening.option.path
    inside = opened(module, path)
    items: list[Item] = [inside]
    words = describe(module)
    if len(lines := _lines_in(module)) > 1:
        items.append(Words(text(plate.LINES_IN(lines=lines))))
    items += [Words(note, strong=index == 0) for index, note in enumerate(words.notes)]
    items += [Words(line, strong=True) for line in alike.differences(opening)]
    # Of two groups of experts, shared ones behind a gate and routed ones, the larger is the one to open.
    groups = [(place, part) for place, part in walk(module.body, path) if isinstance(part, Experts)]
    expert = max(groups, key=lambda group: group[1].total, default=None)
    if expert is not None:
        total = active.whole
        caption = (
            plate.SHARE_EXCLUDING(part=active.count, whole=total, parts=active.excluded)
            if active.excluded
            else (plate.SHARE_AT_MOST if active.at_most else plate.SHARE)(part=active.count, whole=total)
        )
        items.append(Share(text(caption), share(active.count, total), active.count, total, "expert_active"))
        if active.left_out:
            items.append(Words(text(plate.WITHOUT_PARTS(parts=active.left_out)), strong=True))
        items += [Words(text(plate.OTHER_COUNT(count=count, what=what))) for count, what in active.others]
    shown = None if expert is None else _beside(module, path, expert[1])
    # Of experts within experts the inner ones are in a box that has another name.
    apart = None
    if expert is not None and shown is not None and shown[0] in {box.path for box in boxes(inside)}:
        place, body = shown
        own = describe(body)
        title = own.title if body.title else f"{own.label}: {own.detail}".removesuffix(": ")
        if is_usual(body):
            # Right under the figure of the experts.
            items[1:1] = [Words("; ".join((title, *own.notes)), strong=True)]
        else:
            inner = () if body is expert[1].body else _said_of(expert[1].body)
            apart = place, title, (opened(body, place), *inner, *map(Words, own.notes))
    # A box that is drawn twice has one path, and one letter.
    also = tuple(dict.fromkeys(option.path for option in opening.also if option.path != path))
    title = alike.title_of_all(opening, words.title)
    yield Inset(title, tuple(items), source=path, priority=priority, also=also)
    if apart is not None:
        place, title, within = apart
        yield Inset(
            title,
            within,
            beside=place,
            priority=None if priority is None else PART,
        )


def _said_of(expert: Block) -> tuple[Words, ...]:
    """A line on an expert that is drawn as one cell of many: its title and notes."""
    if not isinstance(expert, Module):
        return ()
    own = describe(expert)
    return (Words("; ".join((own.title, *own.notes)), strong=True),)


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
