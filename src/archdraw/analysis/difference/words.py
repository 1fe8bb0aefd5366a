"""Blocks in words: what stands in a place, what it is called, how layers follow each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from archdraw.kinds.wording import within
from archdraw.tree.blocks import (
    Block,
    Experts,
    Graph,
    Leaf,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
    Side,
    walk,
)
from archdraw.tree.patterns import factored

_NUMBER = re.compile(r"\d[\d,.]*")
LONGEST_ORDER = 240
"""Characters of an order that is told with its repeats; a longer one is told by the numbers of its layers."""
SORTS = dict.fromkeys(("attention", "sliding", "linear", "convolution"), "token mixer") | dict.fromkeys(
    ("feed_forward", "experts", "shared"), "feed forward"
)
"""What works on tokens, by its role: one of a sort can stand for another."""
WORKS = 10.0
"""How much more than other blocks those say which part of a layer stands for which.

Two norms then never stand for each other at the price of what works on tokens.
"""


def sort_of(block: Block) -> str:
    """What stands in a place, whichever kind of it: token mixer, feed forward, norm, embedding ..."""
    match block:
        case Leaf(part="head") | Module(kind="output_head"):
            return "output"
        case Module(level="stack" | "layer" | "model" as level):
            return level
        case Leaf(role=role) | Module(role=role):
            return SORTS.get(role, role)
        case Side(direction=direction):
            return f"beside, {direction}"
        case _:
            return type(block).__name__.lower()


def is_work(block: Block) -> bool:
    return sort_of(block) in ("token mixer", "feed forward")


def inside(block: Block) -> Block:
    match block:
        case Residual(body=body) | Repeat(body=body) | Experts(body=body):
            return body
        case Parallel(branches=branches):
            return Sequence(branches)
        case Graph(nodes=nodes):
            return Sequence(tuple(node for _, node in nodes))
        case _:
            return block


def branches(block: Block) -> tuple[Block, ...]:
    """The branches of a block that is several side by side, of a residual the one that is added; else the block."""
    match block:
        case Parallel(branches=several):
            return several
        case Residual(body=body):
            return (body,)
        case _:
            return (block,)


def row(block: Block) -> tuple[Block, ...]:
    return block.parts if isinstance(block, Sequence) else (block,)


def has_settings(block: Block) -> bool:
    return any(isinstance(part, Module) and part.settings for _, part in walk(block))


def boxes(block: Block) -> Iterator[Block]:
    """The boxes that ``block`` is drawn as; itself where it is no more than lines."""
    match block:
        case Leaf() | Module() | Side():
            yield block
        case Sequence(parts=parts) | Parallel(branches=parts) if parts:
            for part in parts:
                yield from boxes(part)
        case Graph(nodes=nodes) if nodes:
            for _, node in nodes:
                yield from boxes(node)
        case Residual(body=body) | Repeat(body=body) | Experts(body=body):
            yield from boxes(body)
        case _:
            yield block


def label(block: Block) -> str:
    match block:
        case Leaf(label=label) | Module(label=label):
            return label
        case Side(body=body):
            return body.label
        case Experts():
            return "experts"
        case _:
            return type(block).__name__.lower()


def told(block: Block) -> str:
    """A block in words: its label and its second line."""
    match block:
        case Leaf(label=label, detail=detail) | Module(label=label, detail=detail):
            return f"{label}, {detail}" if detail else label
        case Side(body=body):
            return told(body)
        case _:
            return ", ".join(told(box) for box in boxes(block) if box is not block)


def layer(layer: Module) -> str:
    """A layer by what works in it."""
    labels = [label(part) for part in boxes(layer.body) if is_work(part)]
    return ", ".join(labels) or layer.label


def order(every: tuple[Module, ...]) -> str:
    """The order of a stack from the input up, told by what works in each layer and is not the same in all."""
    works = {layer: [label(part) for part in boxes(layer.body) if is_work(part)] for layer in every}
    if len({len(work) for work in works.values()}) == 1 and len(works) > 1:
        shared = [len(set(labels)) == 1 for labels in zip(*works.values(), strict=True)]
        if not all(shared):
            works = {
                layer: [label for label, same in zip(work, shared, strict=True) if not same]
                for layer, work in works.items()
            }
    names = [", ".join(map(within, works[layer])) or within(layer.label) for layer in every]
    order = factored([f"({name})" if ", " in name else name for name in names])
    if len(order) <= LONGEST_ORDER:
        return order
    return ", ".join(f"{number} ({name})" for name, number in Counter(names).most_common())


def times(repeat: Repeat) -> str:
    return f"{repeat.times} times{' with the same weights' if repeat.tied else ''}"


def side(side: Side) -> str:
    words = [side.body.label, side.direction, "counted" if side.counted else "not counted"]
    return ", ".join([*words, "" if side.joins else "not joining"]).rstrip(", ")


def edges(graph: Graph) -> str:
    return "; ".join(f"{start} to {end}" for start, end in graph.edges)


def shapes(leaf: Leaf) -> str:
    """A leaf with the shapes of its weights, or all that it is where it has none."""
    tensors = ", ".join(f"{weight.name} {'x'.join(map(str, weight.shape))}" for weight in leaf.weights)
    return f"{told(leaf)} ({tensors})" if tensors else repr(leaf)


def outline(block: Block, widths: frozenset[int] | None = None) -> object:
    """``block`` without its widths: what it is made of, whatever the hidden size.

    Of numbers only those in ``widths`` are left out, all of them where that is None.
    """
    match block:
        case Leaf():
            texts = tuple(_masked(text, widths) for text in (block.label, block.detail, block.tag))
            weights = tuple((weight.name, len(weight.shape), weight.tied, weight.buffer) for weight in block.weights)
            # Checkpoints call norms by their place.
            name = "" if block.role == "norm" else block.name
            return name, block.role, block.part, block.inputs, block.outputs, texts, weights, block.cache is None
        case Module():
            return block.name, block.kind, block.role, outline(block.body, widths)
        case Sequence(parts=parts) | Parallel(branches=parts):
            return type(block).__name__, *(outline(part, widths) for part in parts)
        case Graph(nodes=nodes, edges=edges):
            return edges, *(outline(node, widths) for _, node in nodes)
        case Repeat(body=body, times=times):
            return times, outline(body, widths)
        case Experts(body=body, total=total, active=active):
            return total, active, outline(body, widths)
        case Residual(body=body) | Side(body=body):
            return type(block).__name__, outline(body, widths)


def _masked(text: str, widths: frozenset[int] | None) -> str:
    def mask(number: re.Match[str]) -> str:
        value = number[0].replace(",", "")
        return "#" if widths is None or (value.isdecimal() and int(value) in widths) else number[0]

    # Whether a head is tied is a setting of the model.
    return _NUMBER.sub(mask, text.replace("untied", "").replace("tied", ""))


def loops(block: Block) -> tuple[int, ...]:
    """How often the loops of a stack over the same weights are gone through."""
    match block:
        case Repeat(body=body, times=times, tied=tied):
            return (*((times,) if tied else ()), *loops(body))
        case Sequence(parts=parts):
            return tuple(times for part in parts for times in loops(part))
        case _:
            return ()


def around(block: Block) -> tuple[Block, ...]:
    """What stands between the layers of a stack and is none."""
    match block:
        case Sequence(parts=parts):
            return tuple(one for part in parts for one in around(part))
        case Repeat(body=body):
            return around(body)
        case Module(level="layer"):
            return ()
        case _:
            return (block,)
