"""Which layers are blocks of a convolutional network: its layers are the convolutions in them."""

from __future__ import annotations

from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.walks import blocks_in


def only_convolves(layer: Module) -> bool:
    """Whether ``layer`` has convolutions, and no mixer of the tokens of a sequence."""
    inside = [part for part in blocks_in(layer.body) if isinstance(part, Module | Leaf)]
    if any(part.role in ("attention", "sliding", "linear") for part in inside):
        return False
    own = [part for part in inside if isinstance(part, Leaf)]
    mixes = any(leaf.heads is not None or leaf.cache is not None or leaf.state for leaf in own)
    return not mixes and any(leaf.role == "convolution" and leaf.weights for leaf in own)
