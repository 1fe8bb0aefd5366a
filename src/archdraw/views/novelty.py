"""How usual a kind of block is among the shipped models: what few of them have is opened before what most have."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from archdraw.tree.blocks import Module

FILE = Path(__file__).with_name("uptake.txt")
"""A line for each kind, with the number of shipped models that have it; ``tests/write_uptake.py`` writes it."""


@lru_cache(maxsize=1)
def uptake() -> dict[str, int]:
    """How many of the shipped models have a block of a kind, by its name."""
    lines = (line.split() for line in FILE.read_text("utf-8").splitlines())
    return {kind: int(number) for kind, number in lines}


def models_with(module: Module) -> int:
    """How many of the shipped models have a block like ``module``; 0 for one that an author defines."""
    return uptake().get(module.kind, 0)
