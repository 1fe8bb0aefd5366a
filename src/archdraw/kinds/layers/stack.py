"""Stacks of layers, and a layer that an author composes of any blocks."""

from __future__ import annotations

from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import layers as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Composed, Family, KindError, Layer, Line, Scope
from archdraw.kinds.expanding import expand_in_row, lines_in_row, lines_into_row
from archdraw.kinds.fields import OwnLabel, Times
from archdraw.kinds.layers.declared import Passes, Trainable, passed, trained, with_remarks
from archdraw.kinds.layers.primitives import Name, SecondLine
from archdraw.kinds.lines import keeps_line
from archdraw.tree import blocks, walks
from archdraw.tree.blocks import Block, Module, Role
from archdraw.tree.runs import MOST_LAYERS, cycled, number_of_layers


class LayerKind(Composed):
    """One layer of the stack, composed of any blocks, where ``decoder`` does not fit."""

    keyword: ClassVar[str] = "layer"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = "layer: {label: Mixing layer, body: {residual: [rmsnorm, {linear: 4096}]}}"
    source: ClassVar[str] = "part of the language: the author says what the layer is"
    main: ClassVar[str | None] = "body"
    term: ClassVar[Term] = words.LAYER
    aliases: ClassVar[tuple[str, ...]] = ("custom layer", "block", "transformer block")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    body: AnyBlock = Field(
        description="What the layer consists of; what is repeated must output as many features as come in."
    )
    label: OwnLabel = None
    detail: SecondLine = ""
    name: Name = Field(default="layer", description="Name in checkpoints.")
    passes: Passes = None
    trainable: Trainable = None
    times: Times = 1

    def expand(self, scope: Scope) -> Block:
        """A module of level ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` where a layer contains layers, or where one that is repeated leaves another line than
        came in.
        """
        body = self.body.expand(scope)
        if number_of_layers(body):
            raise KindError("a layer cannot contain layers", "body", "use stack for several")
        if self.times > 1:
            keeps_line(self.body, scope, "a layer", "body")
        body = trained(passed(body, self.passes), self.trainable)
        detail = with_remarks(self.detail, self.passes, self.trainable)
        layer = Module(self.name, self.label or self.term(), body, detail=detail, level="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)

    def lines_in(self, scope: Scope) -> int:
        """The body's."""
        return self.body.lines_in(scope)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """The body's."""
        return self.body.lines_out(scope)


class Stack(Composed):
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
        made = expand_in_row(self.pattern, scope)
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
        if number > length:
            self._keeps_line(scope)
        return cycled([layer for block in made for layer in walks.layers(block)], number)

    def _keeps_line(self, scope: Scope) -> None:
        """Raises :class:`KindError` where the pattern is repeated and one of its layers changes the line."""
        for index, layer in enumerate(self.pattern):
            keeps_line(layer, scope, "a layer of a pattern that repeats", f"pattern.{index}")

    def lines_in(self, scope: Scope) -> int:
        """Those of the first layer."""
        return lines_into_row(self.pattern, scope)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """Those of the last layer."""
        return lines_in_row(self.pattern, scope)
