"""Routers that are more than one projection."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Phrase, common
from archdraw.glossary import feed_forward as words
from archdraw.glossary.layers import LINEAR_TO
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope, settings, signed
from archdraw.kinds.fields import Size
from archdraw.tree.blocks import Block, Leaf, Parallel, Role, Sequence, Weight, linear


class MLPRouter(Kind):
    """A router that is a small network: down, RMSNorm, two layers with GELU, the logits.

    It stands in the field ``router`` of a mixture of experts; its selection bias is a buffer and not counted.
    """

    keyword: ClassVar[str] = "mlp_router"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "mlp_router: {num_experts: 16, router_hidden_size: 256}"
    source: ClassVar[str] = "Zyphra 2025, Training foundation models on a full-stack AMD platform, arXiv:2511.17127"
    term: ClassVar[Term] = words.MLP_ROUTER
    aliases: ClassVar[tuple[str, ...]] = ("router", "zaya router", "gating network")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain", "norm")

    num_experts: Size = Field(description="Number of experts to choose from.")
    router_hidden_size: Size = Field(description="Features inside the router.")
    num_experts_per_tok: Size = Field(default=1, description="Number of experts that each token passes.")
    depth_average: bool = Field(
        default=True,
        description=(
            "Whether the router state of the layer below, times a learned scale per feature, is added to this layer's."
        ),
    )
    skip: bool = Field(default=True, description="Whether there is one choice more, at which a token passes no expert.")

    @property
    def remark(self) -> Phrase | None:
        """What distinguishes a router that gets nothing from the layer below."""
        return None if self.depth_average else words.WITHOUT_DEPTH_AVERAGE()

    def expand(self, scope: Scope) -> Block:
        """The down projection, what the layer below adds, the network, the choice; in a row, without a frame."""
        inner, choices = self.router_hidden_size, self.num_experts + self.skip
        label = words.DOWN_TO(inputs=scope.hidden_size, width=inner)
        down = _inside("", linear("down_proj", label, scope.hidden_size, inner, bias=True, part="router"))
        first: Block = down
        if self.depth_average:
            below = Leaf("router_states", words.ROUTER_STATE(), detail=words.OF_THE_LAYER_BELOW(), inputs=0)
            weights = (Weight("gate.router_states_scale", (inner,)),)
            scale = Leaf("router_states_scale", words.LEARNED_SCALE(), weights=weights, part="router")
            first = Parallel((first, Sequence((below, scale))), "add")
        norm = Leaf("norm", common.RMSNORM(), role="norm", weights=(Weight("weight", (inner,)),), part="norm")
        layers: list[Block] = [first, _inside("router_mlp.", norm)]
        for name in ("fc1", "fc2"):
            layer = linear(name, LINEAR_TO(width=inner), inner, inner, bias=True, part="router")
            layers += [_inside("router_mlp.", layer), Leaf(f"{name}_act", common.GELU())]
        logits = linear("out_proj", words.ROUTER_LOGITS(width=choices), inner, choices, part="router")
        selected = common.TOP_K(number=self.num_experts_per_tok)
        choice = Leaf(
            "choice",
            words.ROUTER(),
            detail=(common.SOFTMAX(), words.OR_SKIP(selected=selected) if self.skip else selected),
            weights=(Weight("gate.balancing_biases", (choices,), buffer=True),),
            part="router",
        )
        chosen = signed(choice, self.keyword, tuple(settings(self)))
        return Sequence((*layers, _inside("router_mlp.", logits), chosen))


def _inside(place: str, leaf: Leaf) -> Leaf:
    """``leaf`` with tensors that are named as those of a module, which is not drawn as one."""
    renamed = tuple(replace(weight, name=f"gate.{place}{leaf.name}.{weight.name}") for weight in leaf.weights)
    return replace(leaf, weights=renamed)
