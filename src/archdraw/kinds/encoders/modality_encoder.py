"""Encoders of other modalities beside the model, as an author writes them, and modules that stand beside a line."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, ClassVar, Literal, assert_never, get_args

from archdraw.checked import Field
from archdraw.glossary import common
from archdraw.glossary import encoders as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.layers import primitives
from archdraw.kinds.layers.primitives import AUTHORS_OWN, Name, slug
from archdraw.kinds.leaves import counted_under, uncached
from archdraw.records import replaced
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Role, Sequence, Side
from archdraw.tree.facts import facts
from archdraw.tree.runs import MOST_LAYERS, cycled
from archdraw.tree.walks import layers, walk

Note = Annotated[str, Field(min_length=1, max_length=160)]


class ModalityEncoder(Kind):
    """An encoder of images or audio beside the model, whose output joins the text tokens.

    ``body`` is what it is made of, from its own input up; it ends at the width of the line that it joins. Layers in a
    row (``layer``, ``decoder``, ``stack``) are its layers: equal ones are drawn once, none keeps a cache, and all
    parameters are counted as the encoder's. With ``joins: false`` it does not join the line: cross-attention reads it,
    whatever its width.
    """

    keyword: ClassVar[str] = "modality_encoder"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "modality_encoder:\n"
        "  label: Vision encoder\n"
        "  notes: [one token per 14×14 px]\n"
        "  body:\n"
        "    - patch_embedding: {features: 1024, patch_size: 14}\n"
        "    - layer:\n"
        "        times: 24\n"
        "        body:\n"
        "          - residual: [layernorm, encoder_attention: {num_attention_heads: 16}]\n"
        "          - residual: [layernorm, encoder_feed_forward: {intermediate_size: 4096}]\n"
        "    - projector: {label: Projector, body: {linear: 4096}}"
    )
    source: ClassVar[str] = AUTHORS_OWN
    term: ClassVar[Term] = words.MODALITY_ENCODER
    aliases: ClassVar[tuple[str, ...]] = ("vision tower", "image encoder", "audio tower", "custom encoder")
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)

    label: Label = Field(description="First line of its box.")
    name: Name | None = Field(default=None, description="Name in the checkpoint; made from the label where not given.")
    body: AnyBlock = Field(description="Its blocks, from its own input up.")
    hidden_size: Size | None = Field(default=None, description="Width of its own input, where that is no embedding's.")
    joins: bool = Field(default=True, description="Whether its output joins the line; else cross-attention reads it.")
    feeds: int = Field(
        default=0, ge=0, description="Number of first layers behind which outputs of its layers are added (DeepStack)."
    )
    notes: Annotated[tuple[Note, ...], Field(max_length=8)] = Field(
        default=(), description="Sentences about it; the first stands beside the line that joins."
    )

    def expand(self, scope: Scope) -> Side:
        """A counted side module. Raises :class:`KindError` where it leaves another width than the line has."""
        own = scope.within(self.hidden_size or scope.hidden_size)
        made = counted_under(uncached(_as_encoder(self.body.expand(own))), "encoder")
        width = self.body.features_out(own)
        if width != scope.hidden_size and self.joins:
            raise KindError(
                f"an encoder leaves {width:,} features where the line has {scope.hidden_size:,}",
                _last_in(self.body),
                f"end it with linear: {scope.hidden_size}",
            )
        count, total = _number_of_layers(made), facts(made).total_parameters
        behind = sum(
            _number_of_layers(part) for _, part in walk(made) if isinstance(part, Module) and part.level == "unused"
        )
        number = words.LAYERS_READ(read=count - behind, number=count) if behind else common.LAYERS(number=count)
        detail = (number if count else "", common.PARAMETERS(count=total))
        inside = Module(
            self.name or slug(self.label),
            self.label,
            made,
            role="auxiliary",
            detail=detail,
            notes=self.notes,
        )
        return Side(inside, direction="in", joins=self.joins, feeds=self.feeds)


class SideKind(Kind):
    """A module beside the line, which passes it unchanged: one that reads the line, or one whose output joins it."""

    keyword: ClassVar[str] = "side"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = "side: {direction: out, body: {module: {label: Probe, body: {linear: 16}}}}"
    source: ClassVar[str] = AUTHORS_OWN
    term: ClassVar[Term] = words.SIDE
    aliases: ClassVar[tuple[str, ...]] = ("probe", "tap", "auxiliary module")
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)

    body: AnyBlock = Field(description="The module.")
    direction: Literal["in", "out"] = Field(description="In: its output joins the line; out: it reads the line.")
    counted: bool = Field(default=True, description="Whether its parameters are part of the total.")
    joins: bool = Field(
        default=True, description="Whether its output joins the line; else blocks with a side_output inside read it."
    )

    def expand(self, scope: Scope) -> Side:
        """The module beside the line.

        Raises :class:`KindError` where the body is not one module, or where blocks are to read several lines of it.
        """
        made = self.body.expand(scope)
        if not isinstance(made, Module):
            raise KindError(f"{self.body.keyword} is not one module", "body", "put a module around it")
        if not self.joins and len(self.body.lines_out(scope)) != 1:
            raise KindError("a module that is read by side_output leaves one line", "body")
        return Side(made, self.direction, counted=self.counted, joins=self.joins)


class Projector(primitives.Module):
    """What brings the output of an encoder to the width of the model, framed as one module."""

    keyword: ClassVar[str] = "projector"
    example: ClassVar[str] = "projector: {label: Projector, body: [{linear: 4096}, {activation: gelu}, {linear: 4096}]}"
    source: ClassVar[str] = "Liu et al. 2023, Visual Instruction Tuning, section 4.1, arXiv:2304.08485"
    term: ClassVar[Term] = words.PROJECTOR
    aliases: ClassVar[tuple[str, ...]] = ("adapter", "connector", "merger", "resampler")
    drawn_as: ClassVar[tuple[Role, ...]] = get_args(Role)


class UnusedLayers(primitives.Module):
    """Layers of an encoder behind the one whose output is used: counted, and beside its line."""

    keyword: ClassVar[str] = "unused_layers"
    example: ClassVar[str] = (
        "unused_layers: {label: Unused layer, body: {layer: {residual: [layernorm, {linear: 4096}]}}}"
    )
    source: ClassVar[str] = "Liu et al. 2023, Visual Instruction Tuning, section 4.1, arXiv:2304.08485"
    term: ClassVar[Term] = words.UNUSED_LAYERS
    aliases: ClassVar[tuple[str, ...]] = ("skipped layers",)
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)

    def expand(self, scope: Scope) -> Block:
        """The module, its layers as an encoder's."""
        made = super().expand(scope)
        assert isinstance(made, Module)
        return replaced(made, body=_as_encoder(made.body), role="auxiliary", level="unused")


def _last_in(body: Kind) -> str:
    """The field of the last block on the line of ``body``, the one that says how wide it is."""
    parts = getattr(body, "parts", ()) if body.keyword == "sequence" else ()
    on_line = [index for index, kind in enumerate(parts) if kind.family != "side"]
    return f"body.{on_line[-1]}" if on_line else "body"


def _as_encoder(block: Block) -> Block:
    """``block`` with its layers as an encoder's, those that stand in a row as repeats where they are equal."""
    match block:
        case Module(level="layer"):
            return replaced(block, level="side_layer", name="layers" if block.name == "layer" else block.name)
        case Leaf():
            return block
        case Sequence(parts=parts):
            return Sequence(tuple(_rows(parts)))
        case Parallel(branches=branches):
            return replaced(block, branches=tuple(map(_as_encoder, branches)))
        case Graph(nodes=nodes):
            return replaced(block, nodes=tuple((name, _as_encoder(node)) for name, node in nodes))
        case Residual(body=body) | Repeat(body=body) | Experts(body=body) | Module(body=body):
            return replaced(block, body=_as_encoder(body))
        case Side(body=inner):
            return replaced(block, body=replaced(inner, body=_as_encoder(inner.body)))
        case _:
            assert_never(block)


def _rows(parts: tuple[Block, ...]) -> list[Block]:
    made: list[Block] = []
    for are_layers, group in groupby(parts, key=_is_layers):
        run = tuple(group)
        if are_layers and len(run) > 1:
            each = [layer for part in run for layer in layers(part)]
            if len(each) > MOST_LAYERS:
                raise KindError(f"{len(each):,} layers are more than the {MOST_LAYERS:,} that are drawn", "body")
            made.append(cycled([_as_encoder(layer) for layer in each], len(each)))
        else:
            made += map(_as_encoder, run)
    return made


def _is_layers(block: Block) -> bool:
    """Whether ``block`` is a layer, or repeats or lists some and nothing else."""
    match block:
        case Module(level=level):
            return level == "layer"
        case Repeat(body=body):
            return _is_layers(body)
        case Sequence(parts=parts):
            return bool(parts) and all(map(_is_layers, parts))
        case _:
            return False


def _number_of_layers(block: Block) -> int:
    """How many layers an encoder has, those that nothing uses too."""
    match block:
        case Module(level="side_layer"):
            return 1
        case Leaf():
            return 0
        case Repeat(body=body, times=times):
            return times * _number_of_layers(body)
        case Sequence(parts=inner) | Parallel(branches=inner):
            return sum(map(_number_of_layers, inner))
        case Graph(nodes=nodes):
            return sum(_number_of_layers(node) for _, node in nodes)
        case Residual(body=body) | Experts(body=body) | Module(body=body):
            return _number_of_layers(body)
        case Side(body=module):
            return _number_of_layers(module)
        case _:
            assert_never(block)
