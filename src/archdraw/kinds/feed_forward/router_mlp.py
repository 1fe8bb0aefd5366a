"""Routers that are more than one projection."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Size
from archdraw.tree.blocks import Block, Leaf, Parallel, Sequence, Weight, linear


class MLPRouter(Kind):
    """A router that is a small network of ``router_hidden_size``: down, RMSNorm, two layers with GELU, the scores.

    With ``depth_average`` the narrow line of the layer below, times a learned number a feature, is added to this
    layer's own, so that routers remember. ``skip`` is one choice more that no expert answers. It stands in the field
    ``router`` of a mixture of experts; the balancing bias is a buffer and not counted.
    """

    keyword: ClassVar[str] = "mlp_router"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "mlp_router: {num_experts: 16, router_hidden_size: 256}"
    source: ClassVar[str] = "Zyphra 2025, Training foundation models on a full-stack AMD platform, arXiv:2511.17127"

    num_experts: Size
    router_hidden_size: Size
    num_experts_per_tok: Size = 1
    depth_average: bool = True
    skip: bool = True

    @property
    def remark(self) -> str:
        """What tells a router apart that gets nothing from the layer below."""
        return "" if self.depth_average else "no router below"

    def expand(self, scope: Scope) -> Block:
        """The down projection, what the layer below hands over, the network, the choice; in a row, without a frame."""
        inner, choices = self.router_hidden_size, self.num_experts + self.skip
        down = _inside(
            "", linear("down_proj", f"down to {inner:,}", scope.hidden_size, inner, bias=True, part="router")
        )
        first: Block = down
        if self.depth_average:
            below = Leaf("router_states", "the same", detail="of the layer below", role="latent", inputs=0)
            weights = (Weight("gate.router_states_scale", (inner,)),)
            scale = Leaf("router_states_scale", "scale", weights=weights, part="router")
            first = Parallel((first, Sequence((below, scale))), "add")
        norm = Leaf("norm", "RMSNorm", role="norm", weights=(Weight("weight", (inner,)),), part="norm")
        layers: list[Block] = [first, _inside("router_mlp.", norm)]
        for name in ("fc1", "fc2"):
            layer = linear(name, f"linear {inner:,}", inner, inner, bias=True, part="router")
            layers += [_inside("router_mlp.", layer), Leaf(f"{name}_act", "GELU")]
        scores = linear("out_proj", f"scores {choices:,}", inner, choices, part="router")
        choice = Leaf(
            "choice",
            "Router",
            detail=f"softmax, top {self.num_experts_per_tok}" + (" or none" if self.skip else ""),
            weights=(Weight("gate.balancing_biases", (choices,), buffer=True),),
            part="router",
        )
        return Sequence((*layers, _inside("router_mlp.", scores), choice))


def _inside(place: str, leaf: Leaf) -> Leaf:
    """``leaf`` with tensors that are named as those of a module, which is not drawn as one."""
    renamed = tuple(replace(weight, name=f"gate.{place}{leaf.name}.{weight.name}") for weight in leaf.weights)
    return replace(leaf, weights=renamed)
