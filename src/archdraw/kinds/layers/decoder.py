"""The usual layers: a token mixer and a feed-forward network, each in a residual branch with its norm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import concepts as known
from archdraw.glossary import layers as words
from archdraw.glossary.concepts import Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import (
    AnyBlock,
    Family,
    FeedForward,
    Kind,
    KindError,
    Mixer,
    Norm,
    ResidualStream,
    Scope,
)
from archdraw.kinds.expanding import expand_each
from archdraw.kinds.fields import OwnLabel, Times
from archdraw.kinds.layers.norm import RMSNorm
from archdraw.kinds.layers.sublayers import NORM_NAMES, Join, Placement, Sublayer, arranged, branch, row
from archdraw.kinds.leaves import rest_counted_under, with_leaves
from archdraw.kinds.lines import check_one, keeps_line
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree import blocks, walks
from archdraw.tree.blocks import Block, Leaf, Module, Part, Role

_CONCEPTS: Mapping[Placement, Concept] = {
    "pre": known.PRE_NORM,
    "post": known.POST_NORM_INSIDE,
    "sandwich": known.SANDWICH_NORM,
    "parallel": known.PARALLEL_BLOCK,
    "post_add": known.POST_NORM,
}


class Decoder(Kind):
    """The usual layer: a token mixer and a feed-forward network, each in a residual branch with its norm.

    A layer that also reads an encoder has ``cross_attention`` between the two; a layer may lack any of the three.
    """

    keyword: ClassVar[str] = "decoder"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = (
        "decoder:\n"
        "  times: 32\n"
        "  attention: {grouped_query: {num_attention_heads: 32, num_key_value_heads: 8}}\n"
        "  feed_forward: {swiglu: {intermediate_size: 14336}}"
    )
    source: ClassVar[str] = (
        "Vaswani et al. 2017, arXiv:1706.03762; pre: Xiong et al. 2020, arXiv:2002.04745; "
        "post: OLMo 2, arXiv:2501.00656; sandwich: Gemma 2, arXiv:2408.00118; two norms side by side: arXiv:2204.06745"
    )
    term: ClassVar[Term] = words.DECODER_LAYER
    aliases: ClassVar[tuple[str, ...]] = ("decoder layer", "transformer", "transformer layer", "block")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    times: Times = 1
    norm: Norm = Field(default_factory=RMSNorm, description="The norm of each sublayer.")
    attention_norm: bool = Field(
        default=True,
        description="Whether there is a norm before the mixer; false where its input is normalized (ModernBERT).",
    )
    feed_forward_norm: Norm | None = Field(
        default=None,
        description=(
            "The norm of the feed-forward network where that is another than norm. "
            "With placement parallel it makes two norms of one (GPT-NeoX)."
        ),
    )
    placement: Placement = Field(
        default="pre",
        description=(
            "Where the norms are. pre: before each sublayer, inside its residual branch; post: after it, inside its "
            "branch (OLMo 2); sandwich: both (Gemma 2); parallel: one norm for mixer and feed-forward network side by "
            "side (GPT-J, Cohere); post_add: after the addition (Transformer 2017, GPT-1); pre_add: before the branch "
            "begins, so that the normalized line is added to (MiniMax-01)."
        ),
    )
    attention: Mixer | None = Field(
        default=None, description="The token mixer: attention, a recurrence, a convolution."
    )
    cross_attention: Mixer | None = Field(
        default=None, description="Attention to the output of an encoder, between mixer and feed-forward network."
    )
    feed_forward: FeedForward | None = Field(
        default=None, description="The feed-forward network or mixture of experts, the last sublayer."
    )
    residual: ResidualStream | None = Field(
        default=None, description="How each sublayer joins the residual stream; left out, its output is added."
    )
    first: AnyBlock | None = Field(default=None, description="A block before the sublayers, within the layer.")
    then: AnyBlock | None = Field(
        default=None, description="A block after the sublayers, within the layer, residual branches and all (Gemma 4)."
    )
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """With the placement of its norms, and cross-attention where it has one."""
        yield from super().concepts_used()
        if self.placement in _CONCEPTS:
            yield _CONCEPTS[self.placement]
        if self.cross_attention is not None:
            yield known.CROSS_ATTENTION

    def expand(self, scope: Scope) -> Block:
        """A module of level ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` for a layer without sublayers, for ``parallel`` without both mixer and feed-forward
        network, and for sublayers that leave another width than came in.
        """
        sublayers, join = self._sublayers(scope), self._join(scope)
        body = arranged(sublayers, join, self.placement, shared=self.feed_forward_norm is None)
        if self.first is not None:
            body = blocks.Sequence((*row(self.first.expand(scope)), *row(body)))
        if self.then is not None:
            body = blocks.Sequence((*row(body), *row(self.then.expand(scope))))
        layer = Module("layer", self.label or self.term(), body, level="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)

    def _join(self, scope: Scope) -> Join:
        """What makes a residual branch of a sublayer and its norms."""
        kind = self.residual
        if isinstance(kind, ResidualKind):
            return lambda sublayer, *parts: kind.around(branch(parts), scope, sublayer)
        return lambda sublayer, *parts: blocks.Residual(branch(parts))

    def _sublayers(self, scope: Scope) -> list[Sublayer]:
        """The sublayers that there are, from the input up. Raises :class:`KindError` where they don't fit."""
        given = {name: kind for name in NORM_NAMES if (kind := getattr(self, name)) is not None}
        if not given:
            raise KindError("a decoder needs attention, feed_forward, or both")
        if self.placement == "parallel" and set(given) != {"attention", "feed_forward"}:
            raise KindError("placement parallel needs both attention and feed_forward, and no third", "placement")
        if not self.attention_norm and self.placement not in ("pre", "sandwich"):
            raise KindError(
                f"placement {self.placement} has no norm that attention_norm could leave out", "attention_norm"
            )
        if self.feed_forward_norm is not None and self.feed_forward is None:
            raise KindError("a feed_forward_norm needs a feed_forward", "feed_forward_norm")
        second = self.feed_forward_norm or self.norm
        norm, other, *made = expand_each([self.norm, second, *given.values()], scope)
        if not isinstance(norm, Leaf | Module) or not isinstance(other, Leaf | Module):
            field = "feed_forward_norm" if isinstance(norm, Leaf | Module) else "norm"
            raise KindError(f"{getattr(self, field).keyword} is not one box and cannot be a layer's norm", field)
        for name, kind in given.items():
            check_one(kind, scope, name, name)
            keeps_line(kind, scope, name, name)
        sublayers = []
        for name, block in zip(given, made, strict=True):
            part: Part = "feed_forward" if name == "feed_forward" else "attention"
            own = other if name == "feed_forward" else norm
            names = self._norm_names(name, next(iter(given)))
            brings_norm = self._brings_norm(name, given[name])
            sublayers.append(Sublayer(name, rest_counted_under(block, part), own, *names, brings_norm))
        return sublayers

    def _brings_norm(self, name: str, kind: Kind) -> bool:
        """Whether a sublayer needs no norm before it: it has one inside, or the way from the streams to it has."""
        if name == "attention" and not self.attention_norm:
            return True
        return kind.brings_norm or (self.residual is not None and self.residual.brings_norm)

    def _norm_names(self, name: str, first: str) -> tuple[str, str]:
        """What checkpoints call the norms before and after the sublayer ``name``."""
        before, after = NORM_NAMES[name]
        if self.placement == "sandwich":
            return before, after
        if name == first:
            return "input_layernorm", after
        return "post_attention_layernorm" if name == "feed_forward" else before, after


class EncoderLayer(Decoder):
    """A layer of an encoder, in which each token attends to all tokens, later ones included."""

    keyword: ClassVar[str] = "encoder_layer"
    example: ClassVar[str] = (
        "encoder_layer:\n"
        "  placement: post_add\n"
        "  attention: {multi_head: {num_attention_heads: 16, is_causal: false}}\n"
        "  feed_forward: {gelu: {intermediate_size: 3072}}"
    )
    source: ClassVar[str] = "Vaswani et al. 2017, arXiv:1706.03762; Devlin et al. 2018, BERT, arXiv:1810.04805"
    term: ClassVar[Term] = words.ENCODER_LAYER
    aliases: ClassVar[tuple[str, ...]] = ("transformer", "encoder block", "bert layer", "bidirectional layer")

    def expand(self, scope: Scope) -> Block:
        """The layer. Raises :class:`KindError` also where its mixer keeps a cache or a state, as a causal one does."""
        # It reads its whole input at once: an attention of the author's own needs to say nothing of a cache.
        made = with_leaves(super().expand(scope), lambda leaf: replace(leaf, uncertain=False))
        if any(leaf.cache or leaf.state for leaf in walks.leaves(made)):
            raise KindError("a layer of an encoder has no KV cache and no state", "attention", "set is_causal: false")
        return made
