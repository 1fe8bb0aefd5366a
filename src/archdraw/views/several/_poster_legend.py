"""The legend of a poster: what the roles and signs mean that its diagrams use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from archdraw.cells import LegendEntry, OrderCell, Strip, StripCell
from archdraw.layout.sheet import legend
from archdraw.picture import (
    Bar,
    Box,
    Branches,
    Chip,
    ExpertGrid,
    Frame,
    Graph,
    Inset,
    Lanes,
    Mask,
    Plate,
    Rail,
    Segment,
    Share,
    Tap,
)

MIXERS = {
    "attention": "full attention",
    "sliding": "sliding-window or chunked attention",
    "linear": "linear attention, state space, recurrent",
    "convolution": "convolution",
}
OTHERS = {
    "embedding": "embedding, LM head",
    "norm": "normalization",
    "feed_forward": "dense FFN",
    "experts": "mixture of experts",
    "shared": "shared expert",
    "position": "positional encoding",
    "latent": "cached",
    "auxiliary": "encoders, MTP, auxiliary heads",
    "plain": "projection or operation",
}
SIGNS = {
    "sum": "addition",
    "product": "multiplication",
    "tap": "same tensor, several uses",
    "bracket": "number of repetitions",
    "chip": "tag: property of the block",
    "letter": "expanded in the panel of that letter",
    "folded": "side module, not expanded",
    "grid": "experts; filled: active per token",
    "layers": "one cell per layer; full attention tallest",
    "dashed": "not disclosed",
}
"""What the legend says of each role and each sign, in its order."""


def plates_legend(plates: Sequence[Plate]) -> tuple[legend.Group, ...]:
    """What the roles and signs of ``plates`` mean; groups without an entry are left out."""
    roles, signs = set[str](), set[str]()
    for part in parts(tuple(plates)):
        own_roles, own_signs = roles_and_signs(part)
        roles |= own_roles
        signs |= own_signs
    groups = (
        legend.Group(
            "Sequence-mixing blocks",
            tuple(legend.Entry(words, role) for role, words in MIXERS.items() if role in roles),
        ),
        legend.Group(
            "Other blocks", tuple(legend.Entry(words, role) for role, words in OTHERS.items() if role in roles)
        ),
        legend.Group("Signs", tuple(legend.Entry(words, sign=sign) for sign, words in SIGNS.items() if sign in signs)),
    )
    return tuple(group for group in groups if group.entries)


def parts(value: Any) -> Iterator[Any]:
    """Every part of a picture, itself included."""
    if isinstance(value, tuple):
        for item in value:
            yield from parts(item)
    elif is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in fields(value):
            yield from parts(getattr(value, field.name))


def roles_and_signs(part: Any) -> tuple[set[str], set[str]]:
    """The roles and the signs of one part of a picture, without those of what is in it."""
    match part:
        case Box(label="+" | "×" as sign):
            return set(), {"sum" if sign == "+" else "product"}
        case Box(role=role) | Chip(role=role) | Mask(role=role) | Share(role=role) | Segment(role=role):
            signs = {"dashed"} if role == "unknown" else set()
            return {role}, signs | ({"chip"} if isinstance(part, Chip) else set())
        case OrderCell(role=role) | LegendEntry(role=role):
            return {role}, set()
        case StripCell(upper=upper, lower=lower):
            return {upper, lower} - {""}, set()
        case Branches(items=items, merge=merge):
            joined = {"+": {"sum"}, "×": {"product"}, None: set[str]()}[merge]
            return set(), joined | ({"tap"} if len(items) > 1 else set())
        case Graph(edges=edges):
            starts = [edge[:1] + edge[2:] for edge in edges]
            return set(), {"tap"} if len(set(starts)) < len(starts) else set()
        case Rail():
            return set(), {"sum", "tap"}
        case Lanes():
            return set(), {"sum"}
        case Frame(times=times) | Bar(times=times) if times:
            return set(), {"bracket"}
        case Tap(direction=direction, joins=joins):
            return set(), {"folded"} | ({"tap"} if direction == "out" else {"sum"} if joins else set())
        case ExpertGrid():
            return set(), {"grid"}
        case Strip():
            return set(), {"layers"}
        case Inset(source=source) if source:
            return set(), {"letter"}
    return set(), set()
