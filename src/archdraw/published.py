"""Published figures against the count.

A figure stands for every number that rounds to it. Its digits are those that are written, without the zeros that end
a whole number, of which two digits are kept: ``8.03e9`` stands for 8.025 to 8.035 billion, ``400e9`` for 395 to 405,
``80e9`` for 79.5 to 80.5, ``7e9`` for 6.5 to 7.5. A whole number written out to more than six digits is no rounded
figure: it must be equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from archdraw.errors import Problem
from archdraw.facts import Facts
from archdraw.source import Document, MappingNode, ScalarNode

FIGURES: Mapping[str, tuple[Callable[[Facts], int], ...]] = {
    "total_parameters": (lambda facts: facts.total_parameters,),
    # Published active counts mean either: few say whether the input embedding is in them.
    "active_parameters": (
        lambda facts: facts.active_parameters,
        lambda facts: facts.active_parameters_without_input_embedding,
    ),
    "kv_cache_bytes_per_token": (lambda facts: facts.kv_cache_bytes_per_token(),),
}
"""The fields of ``published`` in a spec, and the counts that may be meant by it."""

_EXACT_DIGITS = 7
_DECIMAL = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def tolerance(text: str) -> Decimal:
    """How far a count may be from the figure written as ``text``: half a unit of its last digit; 0 if it is exact."""
    number = Decimal(text)
    written = text.lower()
    digits = "".join(map(str, number.as_tuple().digits))
    exponent = int(number.as_tuple().exponent)
    if "." in written:
        return Decimal(1).scaleb(exponent) / 2
    significant = max(len(digits.rstrip("0")), min(2, len(digits)))
    if "e" not in written and significant >= _EXACT_DIGITS:
        return Decimal(0)
    return Decimal(1).scaleb(exponent + len(digits) - significant) / 2


def disagreements(document: Document, counted: Facts) -> list[Problem]:
    """A problem for each figure under ``published`` that the count of the block tree does not round to."""
    published = document.root.entry("published") if isinstance(document.root, MappingNode) else None
    if published is None or not isinstance(published.value, MappingNode):
        return []
    problems = []
    for entry in published.value.entries:
        node = entry.value
        if entry.key not in FIGURES or not isinstance(node, ScalarNode) or not isinstance(node.value, int | float):
            continue
        counts = [count(counted) for count in FIGURES[entry.key]]
        text = node.text if _DECIMAL.fullmatch(node.text) else str(node.value)
        if not math.isfinite(node.value) or any(abs(count - Decimal(text)) <= tolerance(text) for count in counts):
            continue
        found = " or ".join(f"{count:,}" for count in dict.fromkeys(counts))
        hint = "the spec differs from the model, or its figure is counted otherwise (docs/facts.md has the rules)"
        message = f"published {entry.key} {node.text}, but the blocks have {found}"
        problems.append(document.problem(message, node.span, hint))
    return problems
