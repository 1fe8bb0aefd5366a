"""Models of which hardly more than a few figures are published: those figures, and what is not known as unknown."""

from __future__ import annotations

from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.picture import Chain, Frame, Inset, Item, Share, Words
from archdraw.spec import Spec
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.walks import leaves, modules, walk
from archdraw.views.diagrams import folded
from archdraw.views.wording import share


def has_layers(model: Module) -> bool:
    """Whether ``model`` has layers whose number is not disclosed."""
    return any(module.level == "stack" and module.role == "unknown" for module in modules(model.body))


def stack_picture(module: Module, path: str) -> Frame:
    """The frame of layers whose number nobody knows."""
    known = [(place, block) for place, block in walk(module.body, path) if isinstance(block, Leaf)]
    blocks = Chain(tuple(folded(block, place) for place, block in known))
    return Frame(blocks, text(words.UNKNOWN_TIMES()), path, text(words.UNKNOWN_LAYERS()))


def size(spec: Spec) -> str:
    """What the publisher reports of the number of parameters, for the line below the name."""
    published = spec.published
    total, active = (published.total_parameters, published.active_parameters) if published is not None else (None, None)
    if total is None:
        return text(words.NO_SIZE())
    if active is None:
        return text(words.REPORTED(figure=words.SIZE(count=round(total))))
    part = words.ACTIVE_OF(count=round(active), share=share(active, total))
    return text((words.TOTAL(total=round(total)), words.REPORTED(figure=part)))


def panels(spec: Spec, model: Module) -> tuple[Inset, ...]:
    """The published figures, and a list of what is not disclosed."""
    found: list[Inset] = []
    published = spec.published
    if published is not None and published.total_parameters and published.active_parameters:
        active, total = published.active_parameters, published.total_parameters
        caption = text(words.SHARE(part=round(active), whole=round(total)))
        items: list[Item] = [Share(caption, share(active, total), active, total, "expert_active")]
        items += [Words(text(words.SOURCE(source=published.source)))] if published.source else []
        found.append(Inset(text(words.REPORTED_FIGURES()), tuple(items)))
    unknown = [leaf for leaf in leaves(model) if leaf.role == "unknown"]
    reasons = [text(words.UNKNOWN_BLOCK(block=leaf.label, detail=leaf.detail)) for leaf in unknown]
    if has_layers(model):
        reasons.append(text(words.UNKNOWN_REST()))
    found.append(Inset(text(words.NOT_DISCLOSED()), tuple(Words(reason, strong=True) for reason in reasons)))
    return tuple(found)
