"""What stands in a panel besides diagrams: words, attention masks and bars, before anything has a place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text under a diagram, wrapped where it is too long; ``strong`` in ink, else muted."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Mask:
    """One attention mask: for each query from the top down, the keys that it sees; with two lines of words below."""

    role: str
    rows: tuple[tuple[int, ...], ...]
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks side by side: which keys each query sees."""

    masks: tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A bar filled to ``part`` of ``whole``, with words above it at the left and right."""

    left: str
    right: str
    part: float
    whole: float
    role: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a split bar."""

    label: str
    value: float
    role: str


@dataclass(frozen=True, slots=True)
class Split:
    """A bar cut into named segments, with a legend of their shares below."""

    segments: tuple[Segment, ...]
