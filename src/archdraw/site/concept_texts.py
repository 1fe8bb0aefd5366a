"""What pages say of concepts in words: a file of texts of our own, each with its source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from archdraw.glossary.concepts import Concept
from archdraw.records import record
from archdraw.source import parse, plain, read_text

FILE = Path(__file__).parent / "concepts.yaml"
PAPER = re.compile(r"arXiv:(\d{4}\.\d{4,5})")
"""How a source names a paper that the web has."""


@record
class Described:
    """One concept in three sentences, ``says``, with their ``source``.

    ``formula`` is as in LaTeX, ``where`` says what its letters are.
    """

    says: str
    source: str
    formula: str = ""
    where: str = ""


@record
class Texts:
    """``described`` are the concepts by name; ``alternatives`` are names of concepts that take each other's place."""

    described: Mapping[str, Described]
    alternatives: Sequence[Sequence[str]]


@cache
def texts() -> Texts:
    """What is said of the concepts that come with archdraw."""
    found = plain(parse(read_text(FILE), str(FILE)).root)
    return Texts({name: Described(**one) for name, one in found["concepts"].items()}, found["alternatives"])


def compared(concept: Concept) -> tuple[str, ...]:
    """The names of what ``concept`` takes the place of, or that takes its place, itself among them."""
    names = (name for one in texts().alternatives if concept.name in one for name in one)
    return tuple(dict.fromkeys(names))


def linked(source: str) -> list[tuple[str, str]]:
    """``source`` in parts, each with the address that it leads to; empty for plain words."""
    parts = PAPER.split(source)
    return [
        (f"arXiv:{part}", f"https://arxiv.org/abs/{part}") if place % 2 else (part, "")
        for place, part in enumerate(parts)
        if part
    ]
