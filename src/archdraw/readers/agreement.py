"""Whether a spec that was read is the model whose tensors a file holds."""

from __future__ import annotations

from collections.abc import Iterable

from archdraw.readers.reading import Reading
from archdraw.spec import expand, parse_spec
from archdraw.weights.comparison import compare
from archdraw.weights.differences import Comparison
from archdraw.weights.tensors import Tensor, tensors


def comparison(reading: Reading, stored: Iterable[Tensor]) -> Comparison:
    """The spec's tensors beside those that a file has ``stored``.

    Raises :class:`archdraw.InputError` where the spec has no model.
    """
    return compare(tensors(expand(parse_spec(reading.text, "the imported spec"))), stored)


def disagreements(reading: Reading, stored: Iterable[Tensor], most: int = 3) -> list[str]:
    """Why a reading cannot be the whole truth: its ``most`` first differences from what is stored; empty for none."""
    told = list(comparison(reading, stored).told())
    more = [f"{len(told) - most} more tensors do not agree with the file"] if len(told) > most else []
    return [f"by the file, {line}" for line in told[:most]] + more
