"""A recurrent layer that reads a transformer block which many layers share."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import common
from archdraw.glossary import layers as words
from archdraw.glossary.concepts import Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, FeedForward, Kind, KindError, Line, Mixer, Norm, Scope
from archdraw.kinds.expanding import expand_each
from archdraw.kinds.feed_forward.kind import ADAPTER
from archdraw.kinds.fields import OwnLabel, Times
from archdraw.kinds.layers.norm import RMSNorm
from archdraw.kinds.leaves import rest_counted_under, with_leaves
from archdraw.kinds.mixers.attention_fields import AttentionFields
from archdraw.tree import blocks
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Role, Sequence, linear


class SharedTransformerLayer(Kind):
    """A layer with a recurrent mixer that reads its input plus what a shared transformer block makes of it (Zamba).

    The block reads the line and the token embeddings side by side, twice ``hidden_size`` features; its output passes a
    projection of the layer's own. Layers with ``shared: true`` have the weights of the first such layer.
    """

    keyword: ClassVar[str] = "shared_transformer_layer"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = (
        "shared_transformer_layer:\n"
        "  attention: {multi_head: {num_attention_heads: 16}}\n"
        "  feed_forward: {geglu: {intermediate_size: 3072}}\n"
        "  mixer: {mamba: {intermediate_size: 1536, time_step_rank: 48}}"
    )
    source: ClassVar[str] = "Glorioso et al. 2024, Zamba, arXiv:2405.16712; adapters: Zamba2, arXiv:2411.15242"
    term: ClassVar[Term] = words.SHARED_TRANSFORMER_LAYER
    aliases: ClassVar[tuple[str, ...]] = ("zamba layer", "hybrid layer", "shared attention")
    concepts: ClassVar[tuple[Concept, ...]] = ()
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    attention: Mixer = Field(description="The attention of the shared block, which leaves hidden_size features.")
    feed_forward: FeedForward = Field(description="The feed-forward network of the shared block.")
    mixer: Mixer = Field(description="The recurrent mixer, the layer's own.")
    norm: Norm = Field(default_factory=RMSNorm, description="The norm before each of the three.")
    shared: bool = Field(
        default=False, description="Whether the block's weights are those of an earlier layer, which counts them."
    )
    times: Times = 1
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """A module of level ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` where the attention leaves another width than ``hidden_size``.
        """
        hidden = scope.hidden_size
        wide = scope.at(Line(2 * hidden, scope.grid))
        mixing: Kind = self.attention
        if isinstance(mixing, AttentionFields) and mixing.out_features is None:
            mixing = mixing.model_copy(update={"out_features": hidden})
        width = mixing.features_out(wide)
        if width != hidden:
            raise KindError(f"attention leaves {width:,} features", "attention", f"it has to leave {hidden:,}")
        norm, dense, mixer = expand_each([self.norm, self.feed_forward, self.mixer], scope)
        outer, attention = expand_each([self.norm, mixing], wide)
        if not isinstance(norm, Leaf | Module) or not isinstance(outer, Leaf | Module):
            raise KindError(f"{self.norm.keyword} is not one box and cannot be a layer's norm", "norm")
        first = Leaf("embeddings", words.FIRST_EMBEDDINGS(), inputs=0)
        inner = Sequence(
            (
                _named(outer, "input_layernorm"),
                rest_counted_under(attention, "attention"),
                _named(norm, "pre_ff_layernorm"),
                rest_counted_under(dense, "feed_forward"),
            )
        )
        block = Module("shared_transformer", words.SHARED_TRANSFORMER(), inner, level="block")
        made = with_leaves(block, _tied) if self.shared else block
        own = linear(
            "linear", words.OWN_PROJECTION(), hidden, hidden, detail=common.WIDTHS(inputs=hidden, outputs=hidden)
        )
        read = blocks.Residual(Sequence((Parallel((LINE, first), "concatenate"), made, own)))
        body = blocks.Residual(
            Sequence((read, _named(norm, "input_layernorm"), rest_counted_under(mixer, "attention")))
        )
        layer = Module("layer", self.label or self.term(), body, level="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)


def _tied(leaf: Leaf) -> Leaf:
    """``leaf`` with the tensors of another layer, but for those of adapters."""
    own = (replace(weight, tied=weight.tied or not weight.name.startswith(ADAPTER)) for weight in leaf.weights)
    return replace(leaf, weights=tuple(own))


def _named(block: Block, name: str) -> Block:
    return replace(block, name=name) if isinstance(block, Leaf | Module) else block
