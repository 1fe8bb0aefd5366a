"""Blocks and their order as phrases: what tables of differences say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence as Several
from dataclasses import fields, is_dataclass, replace
from functools import cache

from archdraw.analysis.difference.places import stack_number
from archdraw.analysis.difference.structure import boxes, sort_of, sublayers
from archdraw.glossary import Detail, Phrase, Words, attention, comparison, feed_forward, text, within
from archdraw.glossary.phrases import Term
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.patterns import factored
from archdraw.tree.settings import FEED_FORWARD, MIXER, settings_apart

OF_PLACE = frozenset({"begins_block", "is_first"})
"""Settings of a layer that follow from its place: whether a block of residuals begins with it, or all of them."""
LONGEST_ORDER = 240
"""Characters of an order that is written with its repeats; of a longer one only how often each layer comes."""


def label(block: Block) -> Words:
    """What ``block`` is called."""
    match block:
        case Leaf(label=label) | Module(label=label):
            return label
        case Side(body=body):
            return body.label
        case _:
            return type(block).__name__.lower()


def is_sign(label: str) -> bool:
    """Whether ``label`` is the sign of a sum or a product alone, which joins lines that residuals join as well."""
    return label in ("+", "×")


def several(block: Block) -> str:
    """What blocks that are counted are called: norms are counted whichever they are, and stacks, not their layers."""
    if stack_number(block) is not None:
        return text(comparison.STACKS())
    return text(comparison.NORMS()) if sort_of(block) == "norm" else within(text(label(block)))


def content(block: Block) -> Detail:
    """A block in full: its label and its second line, of a row or a fork those of all its boxes."""
    match block:
        case Leaf(label=label, detail=detail) | Module(label=label, detail=detail):
            return comparison.BLOCK(label=label, detail=detail) if text(detail) else label
        case Side(body=body):
            return content(body)
        case _:
            return tuple(text(content(box)) for box in boxes(block) if box is not block)


def apart(one: Block, other: Block) -> tuple[str, str]:
    """Two blocks that differ, in texts that do, too: what they are called, their tensors, or the fields that differ."""
    before, after = (text(content(block)) for block in (one, other))
    if before == after and isinstance(one, Leaf) and isinstance(other, Leaf):
        before, after = _with_tensors(one), _with_tensors(other)
    if before == after:
        before, after = (", ".join(found) for found in zip(*_fields_apart(one, other), strict=True))
    return before, after


def _with_tensors(leaf: Leaf) -> str:
    tensors = tuple(
        comparison.TENSOR(name=weight.name, shape="x".join(map(str, weight.shape))) for weight in leaf.weights
    )
    return text(comparison.TENSORS(block=text(content(leaf)), tensors=tensors)) if tensors else text(content(leaf))


def _fields_apart(one: object, other: object, name: str = "") -> list[tuple[str, str]]:
    """The fields in which two values differ, with both of their values."""
    if type(one) is not type(other) or not is_dataclass(one) or not is_dataclass(other):
        if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
            inner = [_fields_apart(*pair, name) for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
            return [pair for pairs in inner for pair in pairs]
        return [(f"{name}: {one!r}".removeprefix(": "), f"{name}: {other!r}".removeprefix(": "))]
    found: list[tuple[str, str]] = []
    for field in fields(one):
        values = getattr(one, field.name), getattr(other, field.name)
        if values[0] != values[1]:
            found += _fields_apart(*values, field.name)
    return found or [(repr(one), repr(other))]


def layer_names(kinds: Several[Module]) -> Mapping[Module, str]:
    """A name for each of the different layers ``kinds``, by what works in it and is not the same in all.

    Layers of one name are told apart by the settings in which they differ.
    """
    kinds = list(dict.fromkeys(kinds))
    works = {layer: [short(block.label) for block in sublayers(layer)] for layer in kinds}
    if len({len(work) for work in works.values()}) == 1 and len(works) > 1:
        shared = [len(set(labels)) == 1 for labels in zip(*works.values(), strict=True)]
        if not all(shared):
            works = {
                layer: [label for label, equal in zip(work, shared, strict=True) if not equal]
                for layer, work in works.items()
            }
    names = {layer: ", ".join(map(within, works[layer])) or within(text(layer.label)) for layer in kinds}
    for name, number in Counter(names.values()).items():
        if number > 1:
            alike = [layer for layer in kinds if names[layer] == name]
            for layer, settings in zip(alike, _settings_apart(alike), strict=True):
                # Where all layers are called alike, their name tells none from another.
                whole = (
                    settings if number == len(kinds) else text(comparison.WITH_SETTINGS(layer=name, settings=settings))
                )
                names[layer] = whole if settings else name
    return names


def _settings_apart(layers: Several[Module]) -> list[str]:
    """For each of ``layers`` the settings in which it differs from the others, its own and those of its sublayers."""
    own = settings_apart([_without_place(layer) for layer in layers])
    rows = zip(*(sublayers(layer) for layer in layers), strict=False)
    inner = [settings_apart(blocks) for blocks in rows]
    return [", ".join(filter(None, parts)) for parts in zip(own, *inner, strict=True)]


def _without_place(layer: Module) -> Module:
    """``layer`` without the settings that say where it is in its stack, which follow from the place."""
    kept = tuple(one for one in layer.settings if one[0].rpartition(".")[2] not in OF_PLACE)
    return replace(layer, settings=kept)


def order(every: Several[Module], names: Mapping[Module, str]) -> str:
    """The order of a stack from the input up, its layers called by ``names``."""
    called = [names[layer] for layer in every]
    written = min((_factored(called), _by_sort(every)), key=lambda text: (len(text) > LONGEST_ORDER, len(text), text))
    if len(written) <= LONGEST_ORDER:
        return written
    return ", ".join(f"{number} ({name})" for name, number in Counter(called).most_common())


ROLES = {
    "attention": comparison.ATTENTION,
    "sliding": comparison.SLIDING_ATTENTION,
    "cross": comparison.CROSS_ATTENTION,
    "linear": comparison.LINEAR_MIXER,
    "convolution": comparison.CONVOLUTION,
    "feed_forward": comparison.DENSE_FEED_FORWARD,
    "experts": comparison.EXPERTS,
}
"""What sublayers of a role are called."""


def _factored(called: Several[str]) -> str:
    return factored([f"({name})" if ", " in name else name for name in called])


def _by_sort(every: Several[Module]) -> str:
    """The order of the mixers, then that of the feed-forward blocks, as far as they are not the same in all layers."""
    found: list[str] = []
    for sort in (MIXER, FEED_FORWARD):
        called = [
            ", ".join(within(short(one.label)) for one in sublayers(layer) if sort_of(one) == sort) for layer in every
        ]
        if len(set(called)) > 1:
            found.append(_factored([name or "–" for name in called]))
    return "; ".join(found) if len(found) > 1 else " " * (LONGEST_ORDER + 1)


def short(label: Words) -> str:
    """What ``label`` is called where there is little room: by the abbreviation of the field where there is one."""
    if isinstance(label, Phrase) and label.term.short and not label.values:
        return label.term.short
    return _abbreviations().get(text(label), text(label))


@cache
def _abbreviations() -> Mapping[str, str]:
    """The abbreviations of the glossary by the terms that they stand for, which authors write as well."""
    terms = (term for module in (attention, feed_forward) for term in vars(module).values() if isinstance(term, Term))
    return {term.text: term.short for term in terms if term.short and "{" not in term.text}


def looped(times: Several[int]) -> str:
    """How often loops over the same weights are gone through; empty where there are none."""
    return ", ".join(text(comparison.TIMES(times=one)) for one in times)


def occurrences(numbers: Several[int]) -> str:
    """How many blocks of a name the layers of a stack have, of which there are as many as ``numbers``."""
    if len(set(numbers)) == 1:
        return text(comparison.PER_LAYER(number=numbers[0]))
    layers = sum(number > 0 for number in numbers)
    if layers == len(numbers):
        return text(comparison.IN_ALL_LAYERS(number=sum(numbers), all=layers))
    return text(comparison.IN_LAYERS(number=sum(numbers), layers=layers, all=len(numbers)))


def sides(one: Side, other: Side) -> tuple[str, str]:
    """Two modules beside the line in full, with what differs in how they are joined to it and whether they count."""
    facts = [(_joined_to_line(side), _counted(side), _fed(side)) for side in (one, other)]
    apart = [[fact for fact, like in zip(own, its, strict=True) if fact != like] for own, its in (facts, facts[::-1])]
    before, after = (
        text((content(side.body), *filter(None, own))) for side, own in zip((one, other), apart, strict=True)
    )
    return before, after


def _joined_to_line(side: Side) -> Phrase:
    if side.joins:
        return comparison.INPUT_SIDE() if side.direction == "in" else comparison.OUTPUT_SIDE()
    return comparison.READ_BY_LAYERS() if side.direction == "in" else comparison.READS_LAYERS()


def _counted(side: Side) -> Phrase:
    return comparison.COUNTED() if side.counted else comparison.NOT_COUNTED()


def _fed(side: Side) -> Words:
    return comparison.FEEDS(layers=side.feeds) if side.feeds else ""
