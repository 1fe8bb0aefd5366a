"""Whether a spec that was read is the model whose tensors a file holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from archdraw.readers.checked import checked
from archdraw.readers.reading import Reading
from archdraw.readers.traced import origins_of
from archdraw.weights.comparison import compare
from archdraw.weights.differences import Comparison
from archdraw.weights.tensors import Tensor, tensors


def comparison(reading: Reading, stored: Iterable[Tensor]) -> Comparison:
    """The spec's tensors against those that a file has ``stored``.

    Raises :class:`archdraw.InputError` where values of the config do not fit each other.
    """
    _, block = checked(reading)
    return compare(tensors(block), stored)


def disagreements(reading: Reading, stored: Iterable[Tensor], most: int = 3, *, with_missing: bool = True) -> list[str]:
    """Why a reading cannot be the whole truth: its ``most`` first differences from what is stored; empty for none.

    ``with_missing``: tensors that only the reading has are among them.
    """
    result = comparison(reading, stored)
    if not with_missing:
        result = replace(result, differences=tuple(one for one in result.differences if one.kind != "missing"))
    lines = list(result.lines())
    more = [f"{len(lines) - most} more tensors do not agree with the file"] if len(lines) > most else []
    return [f"by the file, {line}" for line in lines[:most]] + more


def assumed_sizes(reading: Reading) -> list[str]:
    """The keys of sizes in a reading's spec that its file does not have: they are those of its class."""
    found = (
        origin.path[-1]
        for value in _values(reading.provenance.spec)
        if isinstance(value, int) and (origins := origins_of(value)) and all(one.is_default for one in origins)
        for origin in origins
    )
    return list(dict.fromkeys(map(str, found)))


def _values(value: Any) -> Iterator[Any]:
    """Everything in ``value`` that is neither a mapping nor a list."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value
