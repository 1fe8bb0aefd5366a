"""Where the lines of a model begin: what comes in, by its author's name or by the block that reads it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from itertools import takewhile

from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.glossary.concepts import AUDIO_INPUT, IMAGE_INPUT
from archdraw.glossary.encoders import FEATURES
from archdraw.glossary.phrases import Term
from archdraw.kinds.registry import kinds
from archdraw.picture import Bar, Box, Branches, Chain, Diagram, Frame, Tap, Terminal
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Sequence, Side
from archdraw.tree.walks import leaves

FIRST_LAYERS, NEXT_LAYERS = "#first layers", "#next layers"
"""The goals of a module that feeds the first layers, and of one that each layer above it reads, until it is known where
these are."""
TOKENS = "tokens"
"""The path of an input that no block of the tree stands for."""


def input_of(module: Module) -> Term:
    """What comes into a module beside a model, by what the kind that made it is for."""
    kind = kinds().get(module.kind)
    concepts = kind.every_concept() if kind is not None else ()
    if IMAGE_INPUT in concepts:
        return words.IMAGE
    return words.SOUND if AUDIO_INPUT in concepts else words.SOURCE_TOKENS


def named_input(tap: Tap, side: Side) -> Tap:
    """The folded ``side`` with what it reads, where that is no line of the model, and which layers it feeds."""
    read, detail = input_of(side.body), tap.box.detail
    if side.direction == "in" and read in (words.IMAGE, words.SOUND):
        detail = text(words.READS(input=read(), what=detail))
    if side.feeds:
        fed = words.LAYER_RANGE(first="0", last=str(side.feeds - 1)) if side.feeds > 1 else words.ONE_LAYER(number="0")
        detail = f"{detail}; {text(words.FEEDS(layers=fed))}"
        tap = replace(tap, goal=FIRST_LAYERS, added=text(words.BEHIND(layers=fed)))
    return replace(tap, box=replace(tap.box, detail=detail))


def led(column: Chain) -> Chain:
    """``column`` with lines from modules below its layers that feed the first of them, or all.

    Where several modules are below the layers such a line would cross theirs, and where something broad is between it
    would cross that: the words in the box are enough.
    """
    goal = next((item.path for item in column.items if isinstance(item, Frame | Bar)), "")
    below = list(takewhile(lambda item: not isinstance(item, Frame | Bar), column.items))
    is_free = sum(isinstance(item, Tap) for item in below) == 1 and all(map(is_narrow, below))
    goals = {FIRST_LAYERS: goal if is_free else ""}
    items: list[Diagram] = []
    for item in reversed(column.items):
        if isinstance(item, Frame | Bar):
            goals[NEXT_LAYERS] = item.path
        is_led = isinstance(item, Tap) and item.goal in (FIRST_LAYERS, NEXT_LAYERS)
        items.append(replace(item, goal=goals.get(item.goal, "")) if isinstance(item, Tap) and is_led else item)
    return Chain(tuple(_reading(items[::-1])))


def _reading(items: list[Diagram]) -> Iterator[Diagram]:
    """``items``; a module that reads layers, and not the line, has the frame of these as its goal.

    Only where nothing but boxes on the line is between them, which such a module stands at the left of.
    """
    below = ""
    for item in items:
        if isinstance(item, Tap) and item.direction == "out" and not item.joins and not item.aside:
            item = replace(item, goal=below)
        yield item
        if isinstance(item, Frame):
            below = item.path
        elif not isinstance(item, Box) or item.chips:
            below = ""


def is_narrow(item: Diagram) -> bool:
    """Whether a line from below can pass at the left of ``item``."""
    if isinstance(item, Tap):
        return item.direction == "in" and not item.aside
    return (isinstance(item, Box) and not item.chips) or (isinstance(item, Branches) and item.main is not None)


def without_inputs(block: Block, paths: MutableMapping[int, str], tokens: Term) -> tuple[tuple[Terminal, ...], Block]:
    """What comes into ``block``, and the block without those of its own that say so.

    Where none does, it is named after the block that reads it: ``tokens`` where that is an embedding. Branches that
    begin a model have an input each where what they read is not the same.
    """
    first, *rest = block.parts if isinstance(block, Sequence) and block.parts else (block,)
    match first:
        case Leaf() if is_input(first):
            return (_terminal(first, paths[id(first)]),), Sequence(tuple(rest))
        case Leaf(inputs=0):
            return (), block
        case Sequence() if first.parts:
            inputs, inner = without_inputs(first, paths, tokens)
            return inputs, Sequence((inner, *rest))
        case Parallel(branches=branches):
            found = [_as_one(branch, *without_inputs(branch, paths, tokens)) for branch in branches]
            every = tuple(terminal for inputs, _ in found for terminal in inputs)
            own = tuple(one for _, one in found)
            if own != branches:
                path = paths[id(first)]
                first = replace(first, branches=own)
                paths[id(first)] = path
            if len({terminal.label for terminal in every}) == 1 and own == branches:
                # One line that is copied; what is known of it is what the first branch with a width says.
                return (max(every, key=lambda terminal: bool(terminal.detail)),), Sequence((first, *rest))
            return tuple(_numbered(every)), Sequence((first, *rest))
        case _:
            return (_named_after(first, tokens),), block


def _as_one(branch: Block, inputs: tuple[Terminal, ...], inner: Block) -> tuple[tuple[Terminal, ...], Block]:
    """The ``inputs`` of a branch and what is left, ``inner``: a branch takes one line from below, or begins its own.

    Where branches in it have inputs of their own these stand in it, as boxes.
    """
    if len(inputs) < 2:
        return inputs, inner
    read = tuple(one for one in inputs if one.path.startswith(TOKENS)) if inner != branch else inputs
    return (in_one(read),) if read else (), branch


def _numbered(inputs: tuple[Terminal, ...]) -> Iterator[Terminal]:
    """``inputs`` with paths of their own."""
    for number, one in enumerate(inputs):
        yield replace(one, path=f"{TOKENS}.{number + 1}") if one.path == TOKENS and number else one


def in_one(inputs: tuple[Terminal, ...]) -> Terminal:
    """All that comes into a model in one box, where its lines are not drawn apart."""
    labels = tuple(dict.fromkeys(one.label for one in inputs)) or (text(words.INPUT()),)
    return Terminal(", ".join(labels), inputs[0].path if inputs else TOKENS)


def is_input(block: Block) -> bool:
    """Whether ``block`` stands for what comes into a model."""
    return isinstance(block, Leaf) and block.inputs == 0 and block.role == "input"


def _terminal(leaf: Leaf, path: str) -> Terminal:
    return Terminal(text(leaf.label), path, text(leaf.detail))


def _named_after(block: Block, tokens: Term) -> Terminal:
    reader = next((leaf for leaf in leaves(block) if leaf.weights), None)
    if reader is None:
        return Terminal(text(words.INPUT()), TOKENS)
    if reader.role == "embedding" and (reader.part == "embedding" or tokens in (words.IMAGE, words.SOUND)):
        return Terminal(text(tokens()), TOKENS)
    width = next((weight.shape[-1] for weight in reader.weights if len(weight.shape) == 2), 0)
    return Terminal(text(words.INPUT()), TOKENS, text(FEATURES(width=width)) if width else "")
