"""Layers and stacks of layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import (
    AnyBlock,
    Family,
    FeedForward,
    Kind,
    KindError,
    Layer,
    Mixer,
    Norm,
    ResidualStream,
    Scope,
)
from archdraw.kinds.expanding import book_rest, expand_each
from archdraw.kinds.fields import Label
from archdraw.kinds.layers.algebra import Name
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Module, Part
from archdraw.tree.runs import MOST_LAYERS, cycled, number_of_layers

Placement = Literal["pre", "post", "sandwich", "parallel", "post_add", "pre_add"]
Times = Annotated[int, Field(ge=1, le=MOST_LAYERS)]
Join = Callable[..., Block]
"""From the name of a sublayer and the blocks of its branch to the branch, joined to the residual stream."""


def _default_norm() -> Kind:
    from archdraw.kinds.layers.norm import RMSNorm

    return RMSNorm()


@dataclass(frozen=True, slots=True)
class _Sublayer:
    """A block of a layer with its norm, which is called ``before`` or ``after`` by where it stands."""

    name: str
    block: Block
    norm: Leaf | Module
    before: str
    after: str
    brings_norm: bool = False


class Decoder(Kind):
    """The usual layer: a token mixer and a feed forward, each in a residual branch with its norm.

    ``placement`` says where the norms stand: ``pre`` before each sublayer inside its branch; ``post`` after it inside
    its branch (OLMo 2); ``sandwich`` both (Gemma 2); ``parallel`` one norm for mixer and feed forward side by side
    (GPT-J, Cohere); ``post_add`` after the addition (Transformer 2017, GPT-1); ``pre_add`` before the branch begins, so
    that it is the normalised line that is added to (MiniMax-01). A ``feed_forward_norm`` is the feed forward's own
    where that is another than ``norm``; side by side it makes two norms of one (GPT-NeoX). ``attention_norm: false``
    leaves out the one before the mixer, where the line is normalised already (ModernBERT). A layer that also reads an
    encoder has ``cross_attention`` between the two; a layer may lack any of the three. ``first`` is what comes before
    them within the layer, ``then`` what follows, branches and all (Gemma 4).
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

    times: Times = 1
    norm: Norm = Field(default_factory=_default_norm)
    attention_norm: bool = True
    feed_forward_norm: Norm | None = None
    placement: Placement = "pre"
    attention: Mixer | None = None
    cross_attention: Mixer | None = None
    feed_forward: FeedForward | None = None
    residual: ResidualStream | None = None
    first: AnyBlock | None = None
    then: AnyBlock | None = None
    label: Label = "Decoder layer"

    def expand(self, scope: Scope) -> Block:
        """A module of kind ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` for a layer without mixer and feed forward, and for ``parallel`` without both.
        """
        sublayers, join = self._sublayers(scope), self._join(scope)
        if self.placement == "parallel":
            body = _side_by_side(sublayers, join, shared=self.feed_forward_norm is None)
        else:
            body = blocks.Sequence(tuple(part for one in sublayers for part in _PLACEMENTS[self.placement](one, join)))
        if self.first is not None:
            body = blocks.Sequence((*_row(self.first.expand(scope)), *_row(body)))
        if self.then is not None:
            body = blocks.Sequence((*_row(body), *_row(self.then.expand(scope))))
        layer = Module("layer", self.label, body, kind="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)

    def _join(self, scope: Scope) -> Join:
        """What makes a residual branch of a sublayer and its norms."""
        kind = self.residual
        if isinstance(kind, ResidualKind):
            return lambda sublayer, *parts: kind.around(_branch(parts), scope, sublayer)
        return lambda sublayer, *parts: blocks.Residual(_branch(parts))

    def _sublayers(self, scope: Scope) -> list[_Sublayer]:
        """The sublayers that there are, from the input up. Raises :class:`KindError` where they don't fit."""
        given = {name: kind for name in _NORM_NAMES if (kind := getattr(self, name)) is not None}
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
            width = kind.features_out(scope)
            if width != scope.hidden_size:
                raise KindError(
                    f"{name} leaves {width:,} features where {scope.hidden_size:,} came in",
                    name,
                    f"end it with linear: {scope.hidden_size}",
                )
        sublayers = []
        for name, block in zip(given, made, strict=True):
            part: Part = "feed_forward" if name == "feed_forward" else "attention"
            own = other if name == "feed_forward" else norm
            names = self._norm_names(name, next(iter(given)))
            sublayers.append(_Sublayer(name, book_rest(block, part), own, *names, self._brings_norm(name, given[name])))
        return sublayers

    def _brings_norm(self, name: str, kind: Kind) -> bool:
        """Whether a sublayer needs no norm before it: it has one inside, or the way from the streams to it has."""
        if name == "attention" and not self.attention_norm:
            return True
        return kind.brings_norm or (self.residual is not None and self.residual.brings_norm)

    def _norm_names(self, name: str, first: str) -> tuple[str, str]:
        """What checkpoints call the norms before and after the sublayer ``name``."""
        before, after = _NORM_NAMES[name]
        if self.placement == "sandwich":
            return before, after
        if name == first:
            return "input_layernorm", after
        return "post_attention_layernorm" if name == "feed_forward" else before, after


_NORM_NAMES = {
    "attention": ("input_layernorm", "post_attention_layernorm"),
    "cross_attention": ("pre_cross_attention_layernorm", "post_cross_attention_layernorm"),
    "feed_forward": ("pre_feedforward_layernorm", "post_feedforward_layernorm"),
}


def _branch(parts: tuple[Block, ...]) -> Block:
    return parts[0] if len(parts) == 1 else blocks.Sequence(parts)


def _named(norm: Leaf | Module, name: str, place: str = "") -> Block:
    return replace(norm, name=name, label=f"{norm.label} {place}".strip())


def _pre(one: _Sublayer, join: Join) -> tuple[Block, ...]:
    before = () if one.brings_norm else (_named(one.norm, one.before),)
    return (join(one.name, *before, one.block),)


def _post(one: _Sublayer, join: Join) -> tuple[Block, ...]:
    return (join(one.name, one.block, _named(one.norm, one.after)),)


def _sandwich(one: _Sublayer, join: Join) -> tuple[Block, ...]:
    before = () if one.brings_norm else (_named(one.norm, one.before, "before"),)
    return (join(one.name, *before, one.block, _named(one.norm, one.after, "after")),)


def _post_add(one: _Sublayer, join: Join) -> tuple[Block, ...]:
    return join(one.name, one.block), _named(one.norm, one.after)


def _pre_add(one: _Sublayer, join: Join) -> tuple[Block, ...]:
    return _named(one.norm, one.before), join(one.name, one.block)


_PLACEMENTS = {"pre": _pre, "post": _post, "sandwich": _sandwich, "post_add": _post_add, "pre_add": _pre_add}


def _row(block: Block) -> tuple[Block, ...]:
    return block.parts if isinstance(block, blocks.Sequence) else (block,)


def _side_by_side(sublayers: list[_Sublayer], join: Join, *, shared: bool) -> Block:
    """Mixer and feed forward beside each other, behind one ``shared`` norm or one norm each."""
    if shared:
        both = blocks.Parallel(tuple(one.block for one in sublayers), "add")
        return join("attention", _named(sublayers[0].norm, sublayers[0].before), both)
    branches = (blocks.Sequence((_named(one.norm, one.before), one.block)) for one in sublayers)
    return join("attention", blocks.Parallel(tuple(branches), "add"))


class EncoderLayer(Decoder):
    """A layer of an encoder, whose tokens see each other in both directions. Fields as in ``decoder``."""

    keyword: ClassVar[str] = "encoder_layer"
    example: ClassVar[str] = (
        "encoder_layer:\n"
        "  placement: post_add\n"
        "  attention: {multi_head: {num_attention_heads: 16, is_causal: false}}\n"
        "  feed_forward: {gelu: {intermediate_size: 3072}}"
    )
    source: ClassVar[str] = "Vaswani et al. 2017, arXiv:1706.03762; Devlin et al. 2018, BERT, arXiv:1810.04805"

    label: Label = "Encoder layer"

    def expand(self, scope: Scope) -> Block:
        """The layer. Raises :class:`KindError` also where its mixer keeps a cache, as one that sees no future does."""
        made = super().expand(scope)
        if any(leaf.cache or leaf.state for leaf in blocks.leaves(made)):
            raise KindError("a layer of an encoder keeps nothing in a cache", "attention", "say is_causal: false")
        return made


class LayerKind(Kind):
    """One layer of the stack, written in the algebra where ``decoder`` does not fit."""

    keyword: ClassVar[str] = "layer"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = "layer: {label: Mixing layer, body: {residual: [rmsnorm, {linear: 4096}]}}"
    source: ClassVar[str] = "part of the language: the author says what the layer is"
    main: ClassVar[str | None] = "body"

    body: AnyBlock
    label: Label = "Layer"
    detail: Annotated[str, Field(max_length=60)] = ""
    name: Name = "layer"
    times: Times = 1

    def expand(self, scope: Scope) -> Block:
        """A module of kind ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` where a layer holds layers, or leaves another width than came in.
        """
        body = self.body.expand(scope)
        if number_of_layers(body):
            raise KindError("a layer cannot hold layers", "body", "use stack for several")
        width = self.body.features_out(scope)
        if width != scope.hidden_size:
            raise KindError(
                f"a layer leaves {width:,} features where {scope.hidden_size:,} came in",
                "body",
                f"end it with linear: {scope.hidden_size}",
            )
        layer = Module(self.name, self.label, body, detail=self.detail, kind="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)


class Stack(Kind):
    """Layers in a pattern that is gone through again and again until there are ``num_hidden_layers``.

    Without ``num_hidden_layers`` the pattern is gone through once.
    """

    keyword: ClassVar[str] = "stack"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = (
        "stack:\n"
        "  num_hidden_layers: 62\n"
        "  pattern:\n"
        "    - decoder: {times: 5, feed_forward: {swiglu: {intermediate_size: 21504}}}\n"
        "    - decoder: {feed_forward: {swiglu: {intermediate_size: 10752}}}"
    )
    source: ClassVar[str] = "part of the language: the author says which layers there are"
    main: ClassVar[str | None] = "pattern"

    num_hidden_layers: Times | None = None
    pattern: Annotated[tuple[Layer, ...], Field(min_length=1)]

    def expand(self, scope: Scope) -> Block:
        """The layers in order, equal runs and whole rounds as repeats.

        Raises :class:`KindError` where the pattern is longer than the stack.
        """
        made = expand_each(self.pattern, scope)
        length = sum(number_of_layers(block) for block in made)
        number = self.num_hidden_layers or length
        if length > number:
            raise KindError(
                f"num_hidden_layers {number:,} is less than the {length:,} layers of the pattern",
                "num_hidden_layers",
                "shorten the pattern, or leave num_hidden_layers out to go through it once",
            )
        if length > MOST_LAYERS:
            raise KindError(f"a stack of {length:,} layers; at most {MOST_LAYERS:,} are drawn", "pattern")
        return cycled([layer for block in made for layer in blocks.layers(block)], number)
