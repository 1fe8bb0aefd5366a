"""Stacks of layers, and a layer that an author composes of any blocks."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.glossary import layers as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Family, Kind, KindError, Layer, Scope
from archdraw.kinds.expanding import expand_each
from archdraw.kinds.fields import OwnLabel, Times
from archdraw.kinds.layers.primitives import Name, SecondLine
from archdraw.tree import blocks, walks
from archdraw.tree.blocks import Block, Module, Role
from archdraw.tree.runs import MOST_LAYERS, cycled, number_of_layers


class LayerKind(Kind):
    """One layer of the stack, composed of any blocks, where ``decoder`` does not fit."""

    keyword: ClassVar[str] = "layer"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = "layer: {label: Mixing layer, body: {residual: [rmsnorm, {linear: 4096}]}}"
    source: ClassVar[str] = "part of the language: the author says what the layer is"
    main: ClassVar[str | None] = "body"
    term: ClassVar[Term] = words.LAYER
    aliases: ClassVar[tuple[str, ...]] = ("custom layer", "block", "transformer block")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    body: AnyBlock = Field(description="What the layer consists of; it must output as many features as come in.")
    label: OwnLabel = None
    detail: SecondLine = ""
    name: Name = Field(default="layer", description="Name in checkpoints.")
    times: Times = 1

    def expand(self, scope: Scope) -> Block:
        """A module of level ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` where a layer contains layers, or leaves another width than came in.
        """
        body = self.body.expand(scope)
        if number_of_layers(body):
            raise KindError("a layer cannot contain layers", "body", "use stack for several")
        width = self.body.features_out(scope)
        if width != scope.hidden_size:
            raise KindError(
                f"a layer leaves {width:,} features where {scope.hidden_size:,} came in",
                "body",
                f"end it with linear: {scope.hidden_size}",
            )
        layer = Module(self.name, self.label or self.term(), body, detail=self.detail, level="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)


class Stack(Kind):
    """Layers in a pattern that repeats until there are ``num_hidden_layers``."""

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
    term: ClassVar[Term] = words.STACK
    aliases: ClassVar[tuple[str, ...]] = ("layers", "pattern", "hybrid")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    num_hidden_layers: Times | None = Field(
        default=None, description="Number of layers in all; left out, the pattern is gone through once."
    )
    pattern: Annotated[tuple[Layer, ...], Field(min_length=1)] = Field(
        description="The layers of one round, in order from the input."
    )

    def expand(self, scope: Scope) -> Block:
        """The layers in order, equal runs and whole rounds as repeats.

        Raises :class:`KindError` where the pattern is longer than the stack, or has no layers.
        """
        made = expand_each(self.pattern, scope)
        length = sum(number_of_layers(block) for block in made)
        if not length:
            raise KindError("there is no layer in this pattern", "pattern", "decoder and layer make layers")
        number = self.num_hidden_layers or length
        if length > number:
            raise KindError(
                f"num_hidden_layers {number:,} is less than the {length:,} layers of the pattern",
                "num_hidden_layers",
                "shorten the pattern, or leave num_hidden_layers out to go through it once",
            )
        if length > MOST_LAYERS:
            raise KindError(f"a stack of {length:,} layers; at most {MOST_LAYERS:,} are drawn", "pattern")
        return cycled([layer for block in made for layer in walks.layers(block)], number)
