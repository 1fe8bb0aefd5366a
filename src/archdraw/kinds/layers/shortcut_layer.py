"""A layer whose experts run in parallel to its second half: shortcut-connected mixture of experts."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import layers as words
from archdraw.glossary.concepts import SHORTCUT_EXPERTS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, FeedForward, Kind, KindError, Mixer, Norm, Scope
from archdraw.kinds.expanding import expand_each
from archdraw.kinds.fields import OwnLabel, Times
from archdraw.kinds.layers.norm import RMSNorm
from archdraw.kinds.leaves import rest_counted_under, with_leaves
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Module, Role


class ShortcutLayer(Kind):
    """A layer of two mixers and two dense feed-forward networks, with experts on a shortcut around its second half.

    The experts read the same normed line as the first feed-forward network; their output is added at the end of the
    layer, after the second mixer and the second feed-forward network, so that both can be computed at once.
    """

    keyword: ClassVar[str] = "shortcut_layer"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = (
        "shortcut_layer:\n"
        "  times: 28\n"
        "  attention: {multi_head: {num_attention_heads: 16}}\n"
        "  feed_forward: {swiglu: {intermediate_size: 12288}}\n"
        "  experts: {mixture_of_experts: {num_experts: 512, num_experts_per_tok: 12, moe_intermediate_size: 2048}}"
    )
    source: ClassVar[str] = "LongCat-Flash Technical Report, arXiv:2509.01322; Cai et al. 2024, ScMoE, arXiv:2404.05019"
    term: ClassVar[Term] = words.SHORTCUT_LAYER
    aliases: ClassVar[tuple[str, ...]] = ("scmoe", "shortcut-connected moe", "longcat layer")
    concepts: ClassVar[tuple[Concept, ...]] = (SHORTCUT_EXPERTS,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    attention: Mixer = Field(description="The token mixer; the layer has two of it, each with weights of its own.")
    feed_forward: FeedForward = Field(description="The dense feed-forward network; the layer has two of it.")
    experts: FeedForward = Field(description="The mixture of experts on the shortcut.")
    norm: Norm = Field(default_factory=RMSNorm, description="The norm before each mixer and feed-forward network.")
    times: Times = 1
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """A module of level ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` where a part leaves another width than came in.
        """
        for name in ("attention", "feed_forward", "experts"):
            width = getattr(self, name).features_out(scope)
            if width != scope.hidden_size:
                raise KindError(f"{name} leaves {width:,} features where {scope.hidden_size:,} came in", name)
        norm, mixer, dense, experts = expand_each([self.norm, self.attention, self.feed_forward, self.experts], scope)
        if not isinstance(norm, Leaf | Module):
            raise KindError(f"{self.norm.keyword} is not one box and cannot be a layer's norm", "norm")
        mixer, dense = rest_counted_under(mixer, "attention"), rest_counted_under(dense, "feed_forward")
        first = blocks.Residual(blocks.Sequence((_named(norm, "input_layernorm.0"), _named(mixer, "self_attn.0"))))
        rows = (
            ("post_attention_layernorm.0", dense, "mlps.0"),
            ("input_layernorm.1", mixer, "self_attn.1"),
            ("post_attention_layernorm.1", dense, "mlps.1"),
        )
        way = [blocks.Residual(blocks.Sequence((_named(norm, name), _named(part, own)))) for name, part, own in rows]
        # The experts read what the first feed-forward network reads: the norm is one, drawn on both ways.
        read = _named(_shared(norm), "post_attention_layernorm.0")
        shortcut = blocks.Sequence((read, _named(rest_counted_under(experts, "feed_forward"), "mlp")))
        body = blocks.Sequence((first, blocks.Parallel((shortcut, blocks.Sequence(tuple(way))), "add")))
        layer = Module("layer", self.label or self.term(), body, level="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)


def _shared(norm: Leaf | Module) -> Leaf | Module:
    """``norm`` once more, its weights those of the other."""
    made = with_leaves(
        norm,
        lambda leaf: replace(
            leaf,
            label=words.SAME_NORM(norm=leaf.label),
            weights=tuple(replace(weight, tied=True) for weight in leaf.weights),
        ),
    )
    assert isinstance(made, Leaf | Module)
    return made


def _named(block: Block, name: str) -> Block:
    return replace(block, name=name) if isinstance(block, Leaf | Module) else block
