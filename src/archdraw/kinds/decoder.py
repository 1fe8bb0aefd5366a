"""Layers and stacks of layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from archdraw import blocks
from archdraw.blocks import Block, Leaf, Module
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
from archdraw.kinds.residual import ResidualKind
from archdraw.runs import MOST_LAYERS, cycled, number_of_layers

Placement = Literal["pre", "post", "sandwich", "parallel", "post_add"]
Times = Annotated[int, Field(ge=1, le=MOST_LAYERS)]
Join = Callable[..., Block]
"""From the name of a sublayer and the blocks of its branch to the branch, joined to the residual stream."""


def _default_norm() -> Kind:
    from archdraw.kinds.norm import RMSNorm

    return RMSNorm()


class Decoder(Kind):
    """The usual layer: a token mixer and a feed forward, each in a residual branch with its norm.

    ``placement`` says where the norms stand: ``pre`` before each sublayer inside its branch; ``post`` after it inside
    its branch (OLMo 2); ``sandwich`` both (Gemma 2); ``parallel`` one norm for mixer and feed forward side by side
    (GPT-J, Cohere); ``post_add`` after the addition (Transformer 2017, GPT-1). A layer may lack one of the two.
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
        "post: OLMo 2, arXiv:2501.00656; sandwich: Gemma 2, arXiv:2408.00118"
    )

    times: Times = 1
    norm: Norm = Field(default_factory=_default_norm)
    placement: Placement = "pre"
    attention: Mixer | None = None
    feed_forward: FeedForward | None = None
    residual: ResidualStream | None = None
    label: Label = "Decoder layer"

    def expand(self, scope: Scope) -> Block:
        """A module of kind ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` for a layer without mixer and feed forward, and for ``parallel`` without both.
        """
        norm, attention, feed_forward = self._parts(scope)
        body = _PLACEMENTS[self.placement](norm, attention, feed_forward, self._join(scope))
        layer = Module("layer", self.label, body, kind="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)

    def _join(self, scope: Scope) -> Join:
        """What makes a residual branch of a sublayer and its norms."""
        kind = self.residual
        if isinstance(kind, ResidualKind):
            return lambda sublayer, *parts: kind.around(blocks.Sequence(parts), scope, sublayer)
        return lambda sublayer, *parts: blocks.Residual(blocks.Sequence(parts))

    def _parts(self, scope: Scope) -> tuple[Leaf | Module, Block | None, Block | None]:
        if self.attention is None and self.feed_forward is None:
            raise KindError("a decoder needs attention, feed_forward, or both")
        if self.placement == "parallel" and (self.attention is None or self.feed_forward is None):
            raise KindError("placement parallel needs both attention and feed_forward", "placement")
        sublayers = [kind for kind in (self.attention, self.feed_forward) if kind is not None]
        norm, *made = expand_each([self.norm, *sublayers], scope)
        if not isinstance(norm, Leaf | Module):
            raise KindError(f"{self.norm.keyword} is not one box and cannot be a layer's norm", "norm")
        for field, kind in (("attention", self.attention), ("feed_forward", self.feed_forward)):
            width = scope.hidden_size if kind is None else kind.features_out(scope)
            if width != scope.hidden_size:
                raise KindError(
                    f"{field} leaves {width:,} features where {scope.hidden_size:,} came in",
                    field,
                    f"end it with linear: {scope.hidden_size}",
                )
        attention = book_rest(made.pop(0), "attention") if self.attention is not None else None
        return norm, attention, book_rest(made.pop(0), "feed_forward") if made else None


def _named(norm: Leaf | Module, name: str, place: str = "") -> Block:
    return replace(norm, name=name, label=f"{norm.label} {place}".strip())


def _pre(norm: Leaf | Module, attention: Block | None, feed_forward: Block | None, join: Join) -> Block:
    row = []
    if attention is not None:
        row.append(join("attention", _named(norm, "input_layernorm"), attention))
    if feed_forward is not None:
        name = "input_layernorm" if attention is None else "post_attention_layernorm"
        row.append(join("feed_forward", _named(norm, name), feed_forward))
    return blocks.Sequence(tuple(row))


def _post(norm: Leaf | Module, attention: Block | None, feed_forward: Block | None, join: Join) -> Block:
    row = []
    if attention is not None:
        row.append(join("attention", attention, _named(norm, "post_attention_layernorm")))
    if feed_forward is not None:
        row.append(join("feed_forward", feed_forward, _named(norm, "post_feedforward_layernorm")))
    return blocks.Sequence(tuple(row))


def _sandwich(norm: Leaf | Module, attention: Block | None, feed_forward: Block | None, join: Join) -> Block:
    row = []
    sublayers = (
        ("attention", attention, "input_layernorm", "post_attention_layernorm"),
        ("feed_forward", feed_forward, "pre_feedforward_layernorm", "post_feedforward_layernorm"),
    )
    for name, sublayer, before, after in sublayers:
        if sublayer is not None:
            row.append(join(name, _named(norm, before, "before"), sublayer, _named(norm, after, "after")))
    return blocks.Sequence(tuple(row))


def _parallel(norm: Leaf | Module, attention: Block | None, feed_forward: Block | None, join: Join) -> Block:
    assert attention is not None
    assert feed_forward is not None
    branches = blocks.Parallel((attention, feed_forward), "add")
    return join("attention", _named(norm, "input_layernorm"), branches)


def _post_add(norm: Leaf | Module, attention: Block | None, feed_forward: Block | None, join: Join) -> Block:
    row: list[Block] = []
    if attention is not None:
        row += [join("attention", attention), _named(norm, "post_attention_layernorm")]
    if feed_forward is not None:
        row += [join("feed_forward", feed_forward), _named(norm, "post_feedforward_layernorm")]
    return blocks.Sequence(tuple(row))


_PLACEMENTS = {"pre": _pre, "post": _post, "sandwich": _sandwich, "parallel": _parallel, "post_add": _post_add}


class LayerKind(Kind):
    """One layer of the stack, written in the algebra where ``decoder`` does not fit."""

    keyword: ClassVar[str] = "layer"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = "layer: {label: Mixing layer, body: {residual: [rmsnorm, {linear: 4096}]}}"
    source: ClassVar[str] = "part of the language: the author says what the layer is"
    main: ClassVar[str | None] = "body"

    body: AnyBlock
    label: Label = "Layer"
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
        layer = Module("layer", self.label, body, kind="layer")
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
