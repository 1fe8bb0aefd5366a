"""What blocks are to a comparison: what stands in a place, what is inside of it, what is left without its widths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Several

from archdraw.glossary import Detail, Phrase, Value, Words, text
from archdraw.glossary.embeddings import TIED, UNTIED
from archdraw.records import record
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
    Setting,
    Side,
)
from archdraw.tree.settings import FEED_FORWARD, MIXER, SORTS
from archdraw.tree.walks import leaves


def sort_of(block: Block) -> str:
    """What stands in a place, whichever kind of it: token mixer, feed-forward, norm, embedding ..."""
    match block:
        case Leaf(part="head"):
            return "output"
        case Module(level="block", body=body) if _is_head(body):
            return "output"
        case Module(level="stack"):
            return "layers"
        case Module(level="layer" | "model" as level):
            return level
        case Leaf(role=role) | Module(role=role):
            return SORTS.get(role, role)
        case Side(direction=direction):
            return "input module" if direction == "in" else "output module"
        case _:
            return type(block).__name__.lower()


def _is_head(body: Block) -> bool:
    """Whether all weights in ``body`` are those of an output layer."""
    parts = {leaf.part for leaf in leaves(body) if leaf.weights and leaf.role != "norm"}
    return parts == {"head"}


def norm_kind(label: Words) -> str:
    """What kind of norm a label names, wherever that stands: a pre-attention RMSNorm is an RMSNorm."""
    inner = dict(label.values).get("norm") if isinstance(label, Phrase) else None
    return norm_kind(inner) if isinstance(inner, Phrase | str) else text(label)


def is_sublayer(block: Block) -> bool:
    """Whether ``block`` mixes tokens or is a feed-forward block."""
    return sort_of(block) in (MIXER, FEED_FORWARD)


def inside(block: Block) -> Block:
    """What ``block`` brackets, as one row; a box is itself."""
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
    """The parts of a sequence; any other block by itself."""
    return block.parts if isinstance(block, Sequence) else (block,)


def begins_with_norm(block: Block) -> bool:
    """Whether a mixer or a feed-forward module normalizes the line of its layer itself, as in a Conformer block."""
    return isinstance(block, Module) and is_sublayer(block) and sort_of(next(iter(row(block.body)), block)) == "norm"


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


def sublayers(layer: Module) -> tuple[Leaf | Module, ...]:
    """What works on the tokens in ``layer``, from the input up."""
    return tuple(box for box in boxes(layer.body) if isinstance(box, Leaf | Module) and is_sublayer(box))


def called_differently(one: Leaf | Module, other: Leaf | Module) -> bool:
    """Whether their author gave both blocks a name, and not the same: a name in an author's words is a text."""
    return isinstance(one.label, str) and isinstance(other.label, str) and one.label != other.label


def loops(block: Block) -> tuple[int, ...]:
    """How often each loop of a stack over the same weights is applied."""
    match block:
        case Repeat(body=body, times=times, tied=tied):
            return (*((times,) if tied else ()), *loops(body))
        case Sequence(parts=parts):
            return tuple(times for part in parts for times in loops(part))
        case _:
            return ()


MOST_TIMES = 8
"""A number that is up to so many times a width of the model follows from that."""

Widths = Mapping[int, str]
"""Widths of a model and numbers that follow from them, with what they are."""


@record(eq=False)
class _Number:
    """A number that may follow from a width: it is as good as one that is equal, and as one that follows likewise."""

    value: int
    follows: str

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Number):
            return self.value == other.value or self.follows == other.follows
        return self.value == other

    __hash__ = None  # type: ignore[assignment]


def _number(value: int, widths: Widths) -> object:
    follows = None if isinstance(value, bool) else widths.get(value)
    return value if follows is None else _Number(value, follows)


def widths_of(settings: Mapping[str, Setting], names: Several[str]) -> Widths:
    """The widths among ``settings`` that have one of ``names``, and what is some times as wide."""
    known = {name: value for name in names if isinstance(value := settings.get(name), int) and value > 1}
    found: dict[int, str] = {}
    for times in range(1, MOST_TIMES + 1):
        for name, value in known.items():
            found.setdefault(times * value, f"{times} {name}")
    return found


def outline(block: Block, widths: Widths, *, every: bool = False) -> object:
    """``block`` without its widths: what it is made of, whatever the hidden size.

    Numbers that are ``widths`` are given by name, in words and in settings; with ``every`` all numbers in words are
    left out, which follow from settings that are compared by themselves.
    """
    match block:
        case Leaf():
            detail: Detail = block.detail
            if block.part == "head":
                # Whether its table is that of the embedding is a setting of the whole model.
                detail = tuple(one for one in _parts(detail) if one not in (TIED(), UNTIED()))
            words = tuple(_masked(one, None if every else widths) for one in (block.label, detail, block.tag))
            weights = tuple(
                (weight.name, len(weight.shape), weight.tied and block.part != "head", weight.buffer)
                for weight in block.weights
            )
            # Checkpoints call norms by their place.
            name = "" if block.role == "norm" else block.name
            lines = block.inputs, block.outputs
            return name, block.role, block.part, lines, words, weights, block.cache is None, _settings(block, widths)
        case Module(name=name, kind=kind, role=role, body=body):
            return name, kind, role, _settings(block, widths), outline(body, widths, every=every)
        case Sequence(parts=parts):
            return "sequence", *(outline(part, widths, every=every) for part in parts)
        case Parallel(branches=branches, merge=merge):
            return merge, *(outline(part, widths, every=every) for part in branches)
        case Graph(nodes=nodes, edges=edges, back=back):
            return edges, back, *(outline(node, widths, every=every) for _, node in nodes)
        case Repeat(body=body, times=times, tied=tied):
            return times, tied, outline(body, widths, every=every)
        case Experts(body=body, total=total, active=active):
            return total, active, outline(body, widths, every=every)
        case Residual(body=body):
            return "residual", outline(body, widths, every=every)
        case Side(body=body, direction=direction, counted=counted, joins=joins):
            return direction, counted, joins, outline(body, widths, every=every)


def _settings(block: Leaf | Module, widths: Widths) -> tuple[tuple[str, object], ...]:
    return tuple((name, _number(value, widths) if isinstance(value, int) else value) for name, value in block.settings)


def _masked(words: Detail | Value, widths: Widths | None) -> object:
    """``words`` with the numbers that are ``widths`` by name, without any number where that is None."""
    match words:
        case str():
            return words
        case Phrase(term=term, values=values):
            return term, *(_masked(value, widths) for _, value in values)
        case tuple():
            return tuple(_masked(part, widths) for part in words)
        case _:
            return "#" if widths is None else _number(words, widths) if isinstance(words, int) else words


def _parts(detail: Detail) -> tuple[Words, ...]:
    return detail if isinstance(detail, tuple) else (detail,)
