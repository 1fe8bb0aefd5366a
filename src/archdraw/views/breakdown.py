"""The panel of parameters: where they are, by what their blocks do."""

from __future__ import annotations

from collections import Counter
from typing import assert_never

from archdraw.glossary import Words, plate, text, within
from archdraw.picture import Inset, Segment, Split
from archdraw.picture import Words as Remark
from archdraw.records import record
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.walks import children, keeps, leaves
from archdraw.views.active import Active
from archdraw.views.wording import share

LEAST = 1 / 200
"""Parts that are a smaller share of all parameters are counted under "other"."""

MOSTLY = 0.95
"""Parameters of which one part is a larger share are not broken down."""

MIXERS = frozenset({"attention", "sliding", "linear", "convolution"})
"""Roles of modules that mix the tokens of a sequence."""

OTHER_MIXERS = frozenset({"linear", "convolution"})
"""Those that are no softmax attention."""

GROUPS = {
    "attention": "attention",
    "sliding": "attention",
    "linear": "mixing",
    "convolution": "convolution",
    "feed_forward": "feed_forward",
    "experts": "experts",
    "shared": "shared_experts",
}
"""Where parameters are counted of which their block says nothing, by the role of the innermost module around it."""


_NAMED, _ALONE = "auxiliary ", "alone "
"""What comes before the names of modules, and of boxes beside the layers, whose parameters are counted by them."""

_MIXING = "mixing "
"""What comes before the role and the name of a mixer that is no softmax attention: it is counted by itself."""


@record
class _Place:
    """What stands around a block: the roles of the innermost module with a group and of the innermost mixer, a name.

    The name is that of the innermost module of those that only serve others, as the modulation of a block;
    ``mixer_name`` is what the mixer is called, and it is ``mixed`` where it has heads of attention and a recurrence:
    what both share is then of neither.
    """

    role: str = ""
    mixer: str = ""
    name: str = ""
    mixer_name: str = ""
    mixed: bool = False

    def within(self, module: Module) -> _Place:
        """The place of what is in ``module``, which is here."""
        # What keeps nothing of other tokens, such as a gate, is no mixer of its own in softmax attention.
        serves = self.mixer in MIXERS - OTHER_MIXERS and not keeps(module)
        mixes = module.role in MIXERS and not serves
        return _Place(
            module.role if module.role in GROUPS and not serves else self.role,
            module.role if mixes else self.mixer,
            _name(module) if module.role == "auxiliary" and module.level == "block" else self.name,
            within(module.label) if mixes else self.mixer_name,
            _is_mixed(module) if mixes else self.mixed,
        )


def _is_mixed(module: Module) -> bool:
    inside = list(leaves(module.body))
    return any(leaf.role == "linear" for leaf in inside) and any(leaf.heads is not None for leaf in inside)


def _name(module: Module) -> str:
    """What ``module`` is called, without the number that it has among its like."""
    return within(module.label).rstrip("0123456789").rstrip()


def breakdown(model: Module, active: Active) -> list[Inset]:
    """Where the parameters of ``model`` are, largest first, and what is left in one.

    They are those that the header quotes: tables that it leaves out are left out here. A model nearly all of whose
    parameters are in one part has no panel.
    """
    total = active.total
    if not total:
        return []
    found: Counter[str] = Counter()
    _count(model.body, _Place(), 1, found)
    # Tables that are no parameters of the model as its publisher counts it.
    found["embedding"] -= sum(found.values()) - total
    parts: list[tuple[int, Words, str]] = []
    for group in plate.PART_GROUPS:
        size = sum(found.pop(part, 0) for part in group.parts)
        term = group.term if "head" not in group.parts or _has_head(model) else plate.EMBEDDING
        parts.append((size, term(), group.role))
    for name, size in found.items():
        if name.startswith(_MIXING):
            role, _, label = name.removeprefix(_MIXING).partition(" ")
            parts.append((size, label, role))
    named = [
        (size, name.removeprefix(prefix), role)
        for prefix, role in ((_NAMED, "auxiliary"), (_ALONE, "plain"))
        for name, size in found.items()
        if name.startswith(prefix)
    ]
    shown = sorted((part for part in (*parts, *named) if part[0] >= total * LEAST), key=lambda part: -part[0])
    if not shown or (len(shown) == 1 and shown[0][0] > MOSTLY * total):
        return []
    segments = [
        Segment(text(plate.PART(part=term, share=share(size, total))), size, role) for size, term, role in shown
    ]
    rest = total - sum(size for size, _, _ in shown)
    # What is left is called by its name where it is one part and hardly more.
    alone = next((part for part in (*parts, *named) if part[0] < total * LEAST and part[0] >= MOSTLY * rest > 0), None)
    if alone is not None and rest >= total * LEAST / 10:
        segments.append(Segment(text(plate.PART(part=alone[1], share=share(rest, total))), rest, alone[2]))
    elif rest >= total * LEAST / 10:
        segments.append(Segment(text(plate.PART(part=plate.OTHER(), share=share(rest, total))), rest, "plain"))
    if len(segments) < 2:
        return []
    without = (Remark(text(plate.WITHOUT_PARTS(parts=active.left_out)), strong=True),) if active.left_out else ()
    return [Inset(text(plate.BREAKDOWN(total=total)), (Split(tuple(segments)), *without), optional=True)]


def _has_head(model: Module) -> bool:
    """Whether ``model`` has an LM head, with weights of its own or not: bare layers and classifiers have none."""
    return any(leaf.part == "head" for leaf in leaves(model.body))


def _count(block: Block, place: _Place, times: int, found: Counter[str]) -> None:
    """Adds the parameters of ``times`` as many as ``block`` to those ``found`` of each part.

    They are those that :func:`archdraw.tree.facts.facts` counts.
    """
    match block:
        case Leaf(weights=weights):
            if number := sum([weight.count for weight in weights]):
                found[_part(block, place)] += number * times
        case Repeat(body=body, times=rounds, tied=tied):
            _count(body, place, times if tied else times * rounds, found)
        case Experts(body=body, total=total):
            _count(body, place, times * total, found)
        case Module(body=body):
            _count(body, place.within(block), times, found)
        case Side(body=body, counted=counted):
            if counted:
                _count(body, place, times, found)
        case Sequence() | Parallel() | Graph() | Residual():
            for child in children(block):
                _count(child, place, times, found)
        case _:
            assert_never(block)


def _part(leaf: Leaf, place: _Place) -> str:
    """Under which part the parameters of ``leaf`` are counted."""
    if leaf.part == "token_mixing" or (
        leaf.part == "attention"
        and (place.mixed or leaf.role == "linear" or (place.mixer or leaf.role) in OTHER_MIXERS)
    ):
        # In the colour of the block that it is in, heads of several kinds in one module together.
        role = place.mixer or (leaf.role if leaf.role in MIXERS else "attention")
        return f"{_MIXING}{role} {place.mixer_name or within(leaf.label)}"
    if leaf.part != "other":
        return leaf.part
    if leaf.role == "linear" and leaf.state:
        return "recurrent"
    if place.role:
        return GROUPS[place.role]
    if place.name:
        return f"{_NAMED}{place.name}"
    label = within(leaf.label)
    if leaf.role == "plain" and not any(letter.isdigit() for letter in label):
        # A projection that its author named, such as a classifier, beside the layers.
        return f"{_ALONE}{label}"
    return GROUPS.get(leaf.role, "other")
