"""Whether a spec that was read is the model whose tensors a file holds."""

from __future__ import annotations

from collections.abc import Iterable

from archdraw.readers.checked import checked
from archdraw.readers.reading import Reading
from archdraw.weights.comparison import compare
from archdraw.weights.differences import Comparison
from archdraw.weights.tensors import Tensor, tensors


def comparison(reading: Reading, stored: Iterable[Tensor]) -> Comparison:
    """The spec's tensors against those that a file has ``stored``.

    Raises :class:`archdraw.InputError` where values of the config do not fit each other.
    """
    _, block = checked(reading)
    return compare(tensors(block), stored)


def disagreements(reading: Reading, stored: Iterable[Tensor], most: int = 3) -> list[str]:
    """Why a reading cannot be the whole truth: its ``most`` first differences from what is stored; empty for none."""
    lines = list(comparison(reading, stored).lines())
    more = [f"{len(lines) - most} more tensors do not agree with the file"] if len(lines) > most else []
    return [f"by the file, {line}" for line in lines[:most]] + more
