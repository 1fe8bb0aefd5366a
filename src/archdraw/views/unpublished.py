"""Models of which hardly more than a few figures are published: those figures, and what is not known as unknown."""

from __future__ import annotations

from archdraw.glossary import text
from archdraw.picture import Chain, Frame, Inset, Item, Share, Words
from archdraw.spec import Spec
from archdraw.tree.blocks import Leaf, Module, leaves, walk
from archdraw.views.diagrams import folded
from archdraw.views.wording import parameters, share, within


def stack_picture(module: Module, path: str) -> Frame:
    """The frame of layers whose number nobody knows."""
    known = [(place, block) for place, block in walk(module.body, path) if isinstance(block, Leaf)]
    return Frame(
        Chain(tuple(folded(block, place) for place, block in known)), "? ×", path, "number of layers not published"
    )


def size(spec: Spec) -> str:
    """What the publisher says of the number of parameters, for the line below the name."""
    published = spec.published
    total, active = (published.total_parameters, published.active_parameters) if published is not None else (None, None)
    if total is None:
        return "size not published"
    if active is None:
        return f"{parameters(total)} by its publisher"
    return f"{parameters(total)} total, {parameters(active)} active ({share(active, total)}) by its publisher"


def panels(spec: Spec, model: Module) -> tuple[Inset, ...]:
    """The published figures, and a list of what is not published."""
    found: list[Inset] = []
    published = spec.published
    if published is not None and published.total_parameters and published.active_parameters:
        active, total = published.active_parameters, published.total_parameters
        words = f"active {parameters(active, total)} of {parameters(total)}"
        items: list[Item] = [Share(words, share(active, total), active, total, "expert_active")]
        items += [Words(f"source: {published.source}")] if published.source else []
        found.append(Inset("As published, not counted", tuple(items)))
    unknown = [leaf for leaf in leaves(model) if leaf.role == "unknown"]
    reasons = [f"{within(text(leaf.label))}: {text(leaf.detail)}" for leaf in unknown]
    modules = (block for _, block in walk(model) if isinstance(block, Module))
    if any(module.level == "stack" and module.role == "unknown" for module in modules):
        reasons.append("number of layers, norms, residual connections, positions")
    found.append(Inset("Not known", tuple(Words(reason, strong=True) for reason in reasons)))
    return tuple(found)
