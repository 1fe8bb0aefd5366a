"""What embeddings, inputs and towers of layers mean: by this they stand for each other, not by where they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archdraw.analysis.difference.places import Place, boxes_in
from archdraw.analysis.difference.structure import sort_of
from archdraw.analysis.difference.words import label
from archdraw.glossary import Phrase, text, within
from archdraw.glossary.comparison import AT_INPUT
from archdraw.glossary.embeddings import SEGMENT_EMBEDDING
from archdraw.kinds.registry import kinds
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.walks import blocks_in, walk

TOKENS = "tokens"
LEARNED = "learned vectors"
_OF_TOKENS = re.compile(r"\b(text|tokens?|token ids)\b", re.IGNORECASE)
"""What authors call inputs of tokens."""


def meaning_of(block: Block) -> str:
    """What an embedding, a position or an input is of; empty for blocks that stand for others by what they do.

    A table that tokens select rows of is no learned vector (a class token), one of segments none of positions, and an
    image no text.
    """
    match sort_of(block), block:
        case "embedding", Leaf(inputs=0):
            return LEARNED
        case "embedding", Leaf(part="embedding", weights=weights) if any(len(weight.shape) == 2 for weight in weights):
            return TOKENS
        case "embedding", Module():
            return TOKENS
        case "embedding", Leaf(label=label):
            return text(label)
        case "position", Leaf(label=Phrase(term=term)) if term == SEGMENT_EMBEDDING:
            return "segments"
        case "position", _:
            return "positions"
        case "input", Leaf(shape=shape, label=label):
            if shape:
                return f"{len(shape)} dimensions"
            return TOKENS if _OF_TOKENS.search(text(label)) else text(label)
        case _:
            return ""


def purpose_of(side: Side) -> str:
    """What a module beside the line is for, by what its kind says of itself (image input, multi-token prediction)."""
    kind = kinds().get(side.body.kind)
    return ", ".join(one.name for one in kind.every_concept()) if kind is not None else ""


def positions_at_input(model: Module, *, beside: bool = False) -> str:
    """What gives the inputs of ``model``, or of modules ``beside`` its line, their positions; empty for nothing."""
    boxes = [box for _, box in boxes_in(model.body, "")]
    if beside:
        boxes = [inner for box in boxes if isinstance(box, Side) for _, inner in boxes_in(box.body.body, "")]
    own = (box.label for box in boxes if isinstance(box, Leaf) and meaning_of(box) == "positions")
    label = next(map(text, own), "")
    return text(AT_INPUT(block=within(label.removeprefix("+ ")))) if label else ""


def sources(body: Block, stack: Module) -> frozenset[str]:
    """What the lines that reach ``stack`` in ``body`` begin with: inputs of so many dimensions, tokens."""
    before = _before(body, stack) or []
    boxes = [block for part in before for block in blocks_in(part)]
    beside = {id(inner) for block in boxes if isinstance(block, Side) for inner in blocks_in(block)}
    found = {meaning_of(block) for block in boxes if id(block) not in beside and _is_source(block)}
    return frozenset(found - {LEARNED})


def _is_source(block: Block) -> bool:
    return isinstance(block, Leaf | Module) and sort_of(block) in ("embedding", "input")


def _before(block: Block, stack: Module) -> list[Block] | None:
    """The blocks in ``block`` whose lines reach ``stack``; None where that is not in it."""
    if block is stack:
        return []
    match block:
        case Sequence(parts=parts):
            return _in_row(parts, stack)
        case Graph(nodes=nodes):
            return _in_row(tuple(node for _, node in nodes), stack)
        case Parallel(branches=branches):
            return next((found for one in branches if (found := _before(one, stack)) is not None), None)
        case Residual(body=body) | Repeat(body=body) | Experts(body=body) | Module(body=body):
            return _before(body, stack)
        case _:
            return None


def _in_row(parts: tuple[Block, ...], stack: Module) -> list[Block] | None:
    for index, part in enumerate(parts):
        if (found := _before(part, stack)) is not None:
            return [*parts[:index], *found]
    return None


def drawn_again(model: Module) -> Iterator[str]:
    """The paths of norms in the layers of ``model`` that are drawn a second time, where another branch reads them too.

    Their weights are those of a block of the same name in the same layer.
    """
    for path, layer in walk(model.body):
        if not (isinstance(layer, Module) and layer.level in ("layer", "side_layer")):
            continue
        norms = [
            (place, leaf)
            for place, leaf in walk(layer.body, path)
            if isinstance(leaf, Leaf) and leaf.weights and sort_of(leaf) == "norm"
        ]
        own = {leaf.name for _, leaf in norms if not _is_tied(leaf)}
        yield from (place for place, leaf in norms if leaf.name in own and _is_tied(leaf))


def _is_tied(leaf: Leaf) -> bool:
    return all(weight.tied for weight in leaf.weights)


def reads_tokens(places: Iterable[Place]) -> bool:
    """Whether a table that tokens select rows of is among ``places``."""
    return any(sort_of(box) == "embedding" and meaning_of(box) == TOKENS for _, box in places)


def called(place: Place) -> tuple[str, str]:
    """What a box is to a reader: its sort and its label; a norm is a norm."""
    sort = sort_of(place[1])
    return sort, "" if sort == "norm" else text(label(place[1]))


def named(place: Place) -> tuple[str, str]:
    """What a box is called, a norm by its kind and its label."""
    return sort_of(place[1]), text(label(place[1]))


def _is_of_one_name(one: Place, other: Place) -> bool:
    return named(one) == named(other)


def _is_for_one_thing(one: Place, other: Place) -> bool:
    """Whether two boxes are modules for one thing, or embeddings or inputs of one meaning."""
    if isinstance(one[1], Side) and isinstance(other[1], Side):
        return purpose_of(one[1]) == purpose_of(other[1]) != "" and one[1].direction == other[1].direction
    return sort_of(one[1]) == sort_of(other[1]) and meaning_of(one[1]) == meaning_of(other[1]) != ""


SAME_ELSEWHERE = (_is_of_one_name, _is_for_one_thing)
"""By what boxes in other places stand for each other, the strictest first."""
