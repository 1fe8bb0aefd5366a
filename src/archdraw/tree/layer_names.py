"""What layers that stand in a row are called in paths: a name that stays when a model gets layers of another kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from archdraw.tree.blocks import Block, Leaf, Module, Repeat
from archdraw.tree.children import children
from archdraw.tree.remembered import remembered
from archdraw.tree.roles import Role

Names: TypeAlias = Mapping[int, str]
"""The names of layers by their identity."""
OTHER = "other"
"""What a layer is called that has the same parts as the usual one, with other numbers or settings."""
DENSE = "dense"
"""One without experts where the usual one has some."""
TELLING: tuple[Role, ...] = (
    *("attention", "sliding", "linear", "convolution"),
    *("experts", "shared", "feed_forward", "latent", "position"),
)
"""The roles of parts that one kind of layer has and another one has not, the most telling first."""


@remembered(4096)
def layer_names(block: Block) -> Names:
    """The names of layers directly in ``block`` that are not called as they are by themselves.

    Of several kinds the one with most layers has the plain name. Each other has a word behind it for what sets it apart
    from that ("layer.dense" beside layers with experts), which does not depend on what other kinds there are.
    """
    kinds: dict[str, dict[int, tuple[Module, int]]] = {}
    for layer, times in _layers(block, 1):
        of_name = kinds.setdefault(layer.name, {})
        of_name[id(layer)] = (layer, times + of_name.get(id(layer), (layer, 0))[1])
    found: dict[int, str] = {}
    for name, counted in kinds.items():
        if len(counted) > 1:
            usual, _ = max(counted.values(), key=lambda one: one[1])
            found |= {key: f"{name}.{_word(layer, usual)}" for key, (layer, _) in counted.items() if layer is not usual}
    return found


def _word(layer: Module, usual: Module) -> str:
    """What sets ``layer`` apart from the ``usual`` one: a role, else a kind of block, that only one of them has."""
    roles, usual_roles = ({part.role for part in _parts(one)} for one in (layer, usual))
    for role in TELLING:
        if role in roles - usual_roles:
            return role
    for role in TELLING:
        if role in usual_roles - roles:
            return DENSE if role == "experts" else f"no_{role}"
    usual_kinds = {part.kind for part in _parts(usual) if isinstance(part, Module)}
    own = (part.kind for part in _parts(layer) if isinstance(part, Module))
    return next((kind for kind in own if kind and kind not in usual_kinds), OTHER)


def _layers(block: Block, times: int) -> list[tuple[Module, int]]:
    """The layers in ``block`` that are in no other module, with how often each comes."""
    found: list[tuple[Module, int]] = []
    for child in children(block):
        match child:
            case Leaf():
                continue
            case Module(level=level):
                if level in ("layer", "side_layer"):
                    found.append((child, times))
            case Repeat(times=rounds):
                found += _layers(child, times * rounds)
            case _:
                found += _layers(child, times)
    return found


def _parts(block: Block) -> list[Leaf | Module]:
    match block:
        case Leaf():
            return [block]
        case Module(body=body):
            return [block, *_parts(body)]
        case _:
            return [part for child in children(block) for part in _parts(child)]
